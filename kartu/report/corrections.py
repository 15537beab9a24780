"""Corrections from Anki: as text for a terminal, and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from kartu.core.language import N_, _, ngettext
from kartu.core.text import shown
from kartu.importing.corrections.proposals import Choice, Proposal
from kartu.importing.corrections.run import Corrections
from kartu.report.diagnostics import ShowPath, Style, unstyled, visible
from kartu.rewrite.notes.values import cell_of_value

_LABELS = {
    "taken": N_("taken"),
    "left": N_("left"),
    "conflict": N_("decide"),
    "refused": N_("not taken"),
}
_STYLES = {"taken": "fixed", "left": "fixed", "conflict": "warning", "refused": "warning"}
_LONGEST = 300  # characters of a text
_REPORT = 1  # the version of the JSON


def as_text(found: Corrections, path: ShowPath, style: Style = unstyled) -> str:
    """Returns each proposal with both texts, then what is only counted."""
    lines = [
        line
        for one in found.proposals
        if one.kind != "left"
        for line in _lines(one, found, path, style)
    ]
    lines += _others(found, path)
    return "".join(f"{line}\n" for line in lines)


def question(one: Proposal, packages: int) -> str:
    """Returns a proposal as a person is asked about it, without its place."""
    head = _('"{name}" of "{title}"', name=one.name, title=one.title)
    reason = f" ({one.reason})" if one.reason else ""
    return "\n".join([f"{visible(head)}{visible(reason)}", *_texts(one, packages, unstyled)])


def summary(found: Corrections, *, written: bool) -> str:
    """Returns how much was taken and what is left to people, in a line."""
    counts = {kind: sum(one.kind == kind for one in found.proposals) for kind in _LABELS}
    new = sum(not one.reason for one in found.new)
    taken = counts["taken"] + new
    text = (
        ngettext("{number} correction taken", "{number} corrections taken", taken)
        if written
        else ngettext("{number} correction to take", "{number} corrections to take", taken)
    )
    others = [
        ngettext("{number} to decide", "{number} to decide", counts["conflict"])
        if counts["conflict"]
        else "",
        ngettext("{number} that cannot be taken", "{number} that cannot be taken", left)
        if (left := counts["refused"] + len(found.new) - new)
        else "",
    ]
    return ", ".join([text, *filter(None, others)])


def as_json(found: Corrections) -> str:
    """Returns a JSON object with all proposals (see schemas/corrections.json)."""
    value = {
        "report": _REPORT,
        "deck": found.deck,
        "packages": found.packages,
        "proposals": [_proposal(one) for one in found.proposals],
        "new": [
            {"title": one.title, "id": one.id, "path": one.path, "reason": one.reason}
            for one in found.new
        ],
        "files": [one.path for one in found.files],
        "media": found.media,
        "gone": found.gone,
        "other_types": found.other_types,
    }
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _proposal(one: Proposal) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "note": one.note,
        "field": one.key,
        "path": one.span.path,
        "line": one.span.line,
        "column": one.span.column,
        "before": one.before,
        "choices": [
            {"value": choice.value, "html": choice.html, "packages": choice.number}
            for choice in one.choices
        ],
        "reason": one.reason,
    }


def _lines(one: Proposal, found: Corrections, path: ShowPath, style: Style) -> Iterator[str]:
    place = f"{visible(path(one.span.path))}:{one.span.line}:{one.span.column}"
    label = style(f"{_(_LABELS[one.kind])}:", _STYLES[one.kind])
    head = visible(_('"{name}" of "{title}"', name=one.name, title=one.title))
    yield f"{place}: {label} {head}{f': {visible(one.reason)}' if one.reason else ''}"
    yield from _texts(one, found.packages, style)


def _texts(one: Proposal, packages: int, style: Style) -> Iterator[str]:
    yield style(f"    - {_short(cell_of_value(one.before))}", "removed")
    for choice in one.choices:
        text = choice.html if choice.value is None else cell_of_value(choice.value)
        yield style(f"    + {_short(text)}", "added") + _counted(choice, packages)


def _counted(choice: Choice, packages: int) -> str:
    if packages == 1:
        return ""
    text = _("{number} of {all}", number=choice.number, all=packages)
    return f"  ({text})"


def _others(found: Corrections, path: ShowPath) -> Iterator[str]:
    for one in found.new:
        title = visible(_short(one.title))
        if one.reason:
            reason = visible(one.reason)
            yield _('new in Anki, not taken: "{title}": {reason}', title=title, reason=reason)
        else:
            yield _('new in Anki: "{title}", in {path}', title=title, path=visible(path(one.path)))
    for file in found.media:
        yield visible(path(file))
    if left := sum(one.kind == "left" and not one.choices for one in found.proposals):
        yield ngettext(
            "{number} text is older there than here",
            "{number} texts are older there than here",
            left,
        )
    if found.gone:
        notes = ngettext("{number} note", "{number} notes", len(found.gone))
        ids = visible(shown(found.gone))
        yield _("in no package, and stays here: {notes}: {ids}", notes=notes, ids=ids)
    if found.other_types:
        ids = visible(shown(sorted({*found.other_types})))
        yield _("of another note type in Anki, not looked at: {ids}", ids=ids)


def _short(text: str) -> str:
    line = visible(" ⏎ ".join(text.split("\n")))
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
