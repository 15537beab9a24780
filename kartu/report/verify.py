"""What the gates of `kartu verify` found, as text for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby

from kartu.core.language import _
from kartu.publish.verify import VerifyResult
from kartu.publish.verify.findings import MOST_SHOWN, Finding, Gate
from kartu.publish.verify.run import Verified

# The counts of an update, in the order in which they are reported.
_OF_UPDATES = {
    "studied": "studied",
    "new": "new",
    "updated": "updated",
    "edits_kept": "edits kept",
    "edits_overwritten": "edits overwritten",
    "tags_kept": "tags kept",
    "tags_overwritten": "tags overwritten",
    "outside": "outside this edition",
}


def verify_text(result: VerifyResult | Verified) -> str:
    """Returns one block per gate: what it ran over, and its findings by rule.

    With several packages, each has a heading.
    """
    lines = []
    for file, gates in groupby(result.gates, key=lambda gate: gate.file):
        lines += [file] if file and file != result.file else []
        lines += [line for gate in gates for line in _gate(gate)]
    return "".join(line + "\n" for line in lines)


def verify_json(result: VerifyResult | Verified) -> str:
    """Returns a JSON object with the file and its gates (see schemas/verify.json)."""
    gates = [
        {
            "gate": gate.gate,
            "from": gate.old,
            "anki": gate.anki or None,
            "counts": gate.counts,
            "findings": [one._asdict() for one in gate.findings],
            "file": gate.file,
        }
        for gate in result.gates
    ]
    content = {"report": 1, "file": result.file, "gates": gates}
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _gate(gate: Gate) -> Iterator[str]:
    count = len(gate.findings)
    parts = [gate.gate, f"anki {gate.anki}" if gate.anki else "anki ?"]
    if "notes" in gate.counts:
        parts.append(f"{gate.counts['notes']} notes {gate.counts['cards']} cards")
    found = f"{count} finding{'s' if count != 1 else ''}"
    yield f"{'  '.join(parts)}: {found}"
    if gate.old:
        yield f"    from {gate.old}: {_update(gate)}".rstrip(": ")
    for _rest, group in groupby(sorted(gate.findings, key=_rule), key=_rule):
        yield from _rule_block(list(group))


def _update(gate: Gate) -> str:
    return ", ".join(
        f"{gate.counts[key]} {words}" for key, words in _OF_UPDATES.items() if gate.counts.get(key)
    )


def _rule_block(findings: list[Finding]) -> Iterator[str]:
    for one in findings[:MOST_SHOWN]:
        place = f" {one.note}" if one.note else ""
        card = f' "{one.card}"' if one.card else ""
        yield _(
            "    {rule}{place}{card}: {message}",
            rule=one.rule,
            place=place,
            card=card,
            message=one.message,
        )
    if len(findings) > MOST_SHOWN:
        yield _(
            "    {rule}: … and {findings} more",
            rule=findings[0].rule,
            findings=len(findings) - MOST_SHOWN,
        )
    yield _("        help: {help}", help=findings[0].help)


def _rule(one: Finding) -> str:
    return one.rule
