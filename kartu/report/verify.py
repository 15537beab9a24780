"""What the gates of `kartu verify` found, as text for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby

from kartu.core.language import N_, _, ngettext
from kartu.publish.verify import VerifyResult
from kartu.publish.verify.findings import MOST_SHOWN, Finding, Gate
from kartu.publish.verify.run import Verified

# The counts of an update, in the order in which they are reported.
_OF_UPDATES = {
    "studied": N_("{count} studied"),
    "new": N_("{count} new"),
    "updated": N_("{count} updated"),
    "edits_kept": N_("{count} edits kept"),
    "edits_overwritten": N_("{count} edits overwritten"),
    "tags_kept": N_("{count} tags kept"),
    "tags_overwritten": N_("{count} tags overwritten"),
    "outside": N_("{count} outside this edition"),
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
    parts = [gate.gate, f"anki {gate.anki}" if gate.anki else "anki ?"]
    if "notes" in gate.counts:
        notes = ngettext("{number} note", "{number} notes", gate.counts["notes"])
        parts.append(
            ngettext(
                "{notes}, {number} card",
                "{notes}, {number} cards",
                gate.counts["cards"],
                notes=notes,
            )
        )
    found = ngettext("{number} finding", "{number} findings", len(gate.findings))
    yield f"{'  '.join(parts)}: {found}"
    if gate.old:
        origin = _("from {file}", file=gate.old)
        yield f"    {origin}: {_update(gate)}".rstrip(": ")
    for _rest, group in groupby(sorted(gate.findings, key=_rule), key=_rule):
        yield from _rule_block(list(group))


def _update(gate: Gate) -> str:
    return ", ".join(
        _(text, count=gate.counts[key]) for key, text in _OF_UPDATES.items() if gate.counts.get(key)
    )


def _rule_block(findings: list[Finding]) -> Iterator[str]:
    for one in findings[:MOST_SHOWN]:
        place = f" {one.note}" if one.note else ""
        card = f' "{one.card}"' if one.card else ""
        yield f"    {one.rule}{place}{card}: {one.message}"
    more = len(findings) - MOST_SHOWN
    if more > 0:
        yield f"    {findings[0].rule}: " + _("… and {count} more", count=more)
    yield "        " + _("help:") + f" {findings[0].help}"


def _rule(one: Finding) -> str:
    return one.rule
