"""What a release would change, in students' words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kartu.ledger.changes import Cause
from kartu.ledger.entries import Entries
from kartu.publish.diff.changes import Changes as StudentChanges
from kartu.publish.diff.changes import FieldChange
from kartu.publish.diff.word_diff import Kind
from kartu.publish.plan import Planned

_MOST = 1000  # changes on the page
_PARTS: dict[Kind, str] = {"same": "same", "old": "gone", "new": "new"}

# What each cause means to a student; of several the first one counts.
_KINDS: dict[Cause, str] = {
    "new": "new",
    "retired": "retired",
    "taken back": "back",
    "text": "corrected",
    "media": "corrected",
    "tags": "labels",
    "rendering": "looks",
}

Title = Callable[[str], str]


def plan_value(planned: Planned, student: StudentChanges | None, title: Title) -> dict[str, Any]:
    """Returns what a release would change as a JSON value.

    Args:
        student: The changes word by word, None where they are not known.
        title: Returns the title of a note by its id.
    """
    plan, entries = planned.plan, planned.family[0].entries
    assert plan is not None, "there is a plan"
    changes = list(_changes(planned, student, title))
    kinds = [kind for kind, _note in _kinds(planned)]
    touched = len(planned.changes.touched)
    return {
        "version": plan.after,
        "before": plan.before,
        "step": plan.step,
        "nothing": plan.step == "none",
        "counts": {
            "new": kinds.count("new"),
            "corrected": kinds.count("corrected"),
            "retired": kinds.count("retired"),
            "unchanged": max(len(planned.family[0].ledger.notes) - touched, 0),
            "touched": touched,
            "cards": _new_cards(planned, entries),
        },
        "changes": changes[:_MOST],
        "outside": [
            id for id, note in entries.notes.items() if not note.editions and not note.retired
        ],
    }


def _kinds(planned: Planned) -> Iterator[tuple[str, str]]:
    for note, causes in planned.changes.notes.items():
        yield next(_KINDS[one] for one in _KINDS if one in causes), note


def _new_cards(planned: Planned, entries: Entries) -> int:
    changes = planned.changes
    new = sum(len(entries.notes[note].cards) for note in changes.with_cause("new"))
    return new + sum(map(len, changes.added_cards.values()))


def _changes(
    planned: Planned, student: StudentChanges | None, title: Title
) -> Iterator[dict[str, Any]]:
    changes, entries = planned.changes, planned.family[0].entries
    fields = _fields(student)
    names = {one.source.id: one.source.name for one in planned.family[0].built.note_types}
    reasons = {str(one.source.id): one.source.retired for one in planned.family[0].built.notes}
    for kind, note in _kinds(planned):
        entry = entries.notes[note]
        about = {
            "kind": kind,
            "note": note,
            "type": entry.note_type,
            "type_name": names.get(entry.note_type, ""),
            "title": title(note),
            "reason": str(reasons.get(note) or "") if kind == "retired" else "",
            "overwrites": kind != "new",
            "cards": len(entry.cards) if kind == "new" else len(changes.added_cards.get(note, ())),
        }
        for field in fields.get(note, ()) if kind != "new" else ():
            parts = [[_PARTS[part.kind], part.text] for part in field.parts]
            yield {**about, "field": field.field, "parts": parts}
        if not fields.get(note) or kind == "new":
            yield {**about, "field": "", "parts": []}
    for note in (one for one in changes.added_cards if one not in changes.notes):
        added = len(changes.added_cards[note])
        yield _about("cards", note=note, title=title(note), cards=added)
    for note in changes.gone:
        yield _about("gone", note=note, title=note)
    for one in changes.types if planned.plan and planned.plan.before else ():
        yield _about("type", type=one, type_name=names.get(one, one))
    if changes.deck and planned.plan and planned.plan.before:
        yield _about("deck")
    if changes.only_arranged:
        yield _about("order")


def _about(kind: str, **more: Any) -> dict[str, Any]:
    nothing: Mapping[str, Any] = {
        "note": "",
        "type": "",
        "type_name": "",
        "title": "",
        "field": "",
        "parts": [],
        "reason": "",
        "overwrites": False,
        "cards": 0,
    }
    return {"kind": kind, **nothing, **more}


def _fields(student: StudentChanges | None) -> dict[str, list[FieldChange]]:
    """The fields of each note whose words change."""
    if student is None:
        return {}
    found = (*student.corrected, *student.restyled)
    return {one.note.id: [field for field in one.fields if field.parts] for one in found}
