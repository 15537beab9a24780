"""Calls about notes: one is opened, looked at while it is written, and edited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kartu.core.model import NoteType
from kartu.load.options import place_among
from kartu.load.words import own_fields
from kartu.rewrite.history import ADDED, DROPPED, EDIT, KEPT, STUCK, UNDO, Entry
from kartu.rewrite.notes.values import cell_of_value
from kartu.show.editor.calls import Calls, RefusedError
from kartu.show.editor.desk import Desk
from kartu.show.editor.outcomes import Outcome
from kartu.show.editor.shapes import NUMBER, TEXT, TEXTS, VALUE, VALUES

CALLS = Calls()

_MOST_ENTRIES = 500


@CALLS.add("open", edits=False, deck=TEXT, note=TEXT)
def open_note(desk: Desk, deck: str, note: str) -> dict[str, Any]:
    """Returns a note for the form."""
    opened = desk.session.open(deck, note)
    desk.saw(deck, note, opened.shown.faults)
    found = desk.deck(deck)
    kind = desk.session.opened.project.of(found).note_types.get(opened.form.note_type)
    title = desk.session.title(found, note)
    found_note = desk.answers.note(deck, opened, title)
    found_note["kind"] = kind.kind if kind is not None else "standard"
    return found_note | {"chosen": _chosen(kind, found_note["values"])}


def _chosen(kind: NoteType | None, values: Mapping[str, Any]) -> dict[str, int | None]:
    """Of each field that repeats an option, the place of that one; None where it is none."""
    found: dict[str, int | None] = {}
    for key, field in own_fields(kind).items():
        keys = [str(one) for one in field.one_of]
        options = values.get(keys[0], []) if len(keys) == 1 else [values.get(k, "") for k in keys]
        if keys and isinstance(options, list):
            texts = [one if isinstance(one, str) else "" for one in options]
            answer = cell_of_value(values.get(key, ""))
            found[key] = place_among(answer, texts, keys if len(keys) > 1 else ())
    return found


@CALLS.add("preview", edits=True, deck=TEXT, note=TEXT, values=VALUES)
def preview(desk: Desk, deck: str, note: str, values: dict[str, Any]) -> dict[str, Any]:
    """Returns the cards of a note as they would be with these values."""
    return desk.answers.shown(desk.session.preview(deck, note, values), note)


@CALLS.add("preview_new", edits=True, deck=TEXT, type=TEXT, values=VALUES)
def preview_new(desk: Desk, deck: str, type: str, values: dict[str, Any]) -> dict[str, Any]:
    """Returns the cards of a note that is not there yet."""
    return desk.answers.shown(desk.session.preview_new(deck, type, values), "")


@CALLS.add(
    "write",
    edits=True,
    deck=TEXT,
    note=TEXT,
    values=VALUES,
    seen=VALUES.or_else({}),
    chosen=TEXTS.or_else([]),
)
def write(
    desk: Desk,
    deck: str,
    note: str,
    values: dict[str, Any],
    seen: dict[str, Any],
    chosen: list[str],
) -> dict[str, Any]:
    """Saves values of a note."""
    return edited(desk, desk.session.write(deck, note, values, seen, chosen))


@CALLS.add(
    "add",
    edits=True,
    deck=TEXT,
    type=TEXT,
    values=VALUES,
    after=TEXT.or_else(""),
    subdeck=TEXT.or_else(None),
)
def add(
    desk: Desk, deck: str, type: str, values: dict[str, Any], after: str, subdeck: str | None
) -> dict[str, Any]:
    """Saves a new note."""
    return edited(desk, desk.session.add(deck, type, values, after=after, subdeck=subdeck))


@CALLS.add("duplicate", edits=True, deck=TEXT, note=TEXT)
def duplicate(desk: Desk, deck: str, note: str) -> dict[str, Any]:
    """Saves a copy of a note."""
    return edited(desk, desk.session.duplicate(deck, note))


@CALLS.add("move", edits=True, deck=TEXT, note=TEXT, by=NUMBER)
def move(desk: Desk, deck: str, note: str, by: int) -> dict[str, Any]:
    """Moves a note up or down."""
    return edited(desk, desk.session.move(deck, note, by))


@CALLS.add("move_to", edits=True, deck=TEXT, note=TEXT, subdeck=TEXT)
def move_to(desk: Desk, deck: str, note: str, subdeck: str) -> dict[str, Any]:
    """Moves a note to another subdeck."""
    return edited(desk, desk.session.move_to_subdeck(deck, note, subdeck))


@CALLS.add("delete", edits=True, deck=TEXT, note=TEXT)
def delete(desk: Desk, deck: str, note: str) -> dict[str, Any]:
    """Deletes a note that was never published."""
    return edited(desk, desk.session.delete(deck, note))


@CALLS.add("put_back", edits=True, number=NUMBER)
def put_back(desk: Desk, number: int) -> dict[str, Any]:
    """Saves a deleted note again."""
    return edited(desk, desk.session.put_back(number))


@CALLS.add("take_back", edits=True, number=NUMBER)
def take_back(desk: Desk, number: int) -> dict[str, Any]:
    """Undoes an edit that added a deck, a source or a file."""
    return edited(desk, desk.session.take_back(number))


@CALLS.add("retire", edits=True, deck=TEXT, note=TEXT, reason=TEXT)
def retire(desk: Desk, deck: str, note: str, reason: str) -> dict[str, Any]:
    """Marks a note as no longer used."""
    return edited(desk, desk.session.retire(deck, note, reason))


@CALLS.add("unretire", edits=True, deck=TEXT, note=TEXT)
def unretire(desk: Desk, deck: str, note: str) -> dict[str, Any]:
    """Takes that mark away."""
    return edited(desk, desk.session.unretire(deck, note))


@CALLS.add("undo", edits=True)
def undo(desk: Desk) -> dict[str, Any]:
    """Undoes the newest edit."""
    return edited(desk, desk.session.undo())


@CALLS.add("redo", edits=True)
def redo(desk: Desk) -> dict[str, Any]:
    """Makes it again."""
    return edited(desk, desk.session.redo())


@CALLS.add("keep", edits=True, deck=TEXT, note=TEXT, key=TEXT, value=VALUE)
def keep(desk: Desk, deck: str, note: str, key: str, value: Any) -> dict[str, Any]:
    """Keeps a text in the history that is not saved yet."""
    desk.session.keep(deck, note, key, value)
    return {}


@CALLS.add("history", edits=True)
def history(desk: Desk) -> list[dict[str, Any]]:
    """Returns the newest edits and kept texts, the newest first."""
    entries = desk.session.history()
    undone: set[int] = set()
    for one in entries:
        if one.kind == UNDO:
            undone.add(one.of)
        elif one.of:
            undone.discard(one.of)
    replaced = {one.of for one in entries if one.kind in (DROPPED, KEPT)}
    titles = {_note_of(one): one.about["title"] for one in entries if one.about.get("title")}
    shown = [
        _entry(one, undone=one.number in undone, title=titles.get(_note_of(one), ""))
        for one in reversed(entries)
        if one.kind in (EDIT, KEPT, STUCK, ADDED) and one.number not in replaced
    ]
    return shown[:_MOST_ENTRIES]


def _note_of(one: Entry) -> tuple[str, str] | int:
    """What the title of an entry is looked up by: its note, else the entry itself."""
    about = one.about
    return (about.get("deck", ""), about["note"]) if about.get("note") else one.number


def _entry(one: Entry, *, undone: bool, title: str) -> dict[str, Any]:
    """An entry for the page; `title` is that of its note, where the entry has none."""
    about = {key: one.about.get(key, "") for key in ("do", "deck", "note", "title", "key")}
    values, before = one.about.get("values", {}), one.about.get("before", {})
    return {
        "number": one.number,
        "kind": one.kind,
        "time": one.time,
        "undone": undone,
        **about,
        "title": about["title"] or title,
        "value": one.about.get("value", values),
        "before": before,
    }


def edited(desk: Desk, outcome: Outcome) -> dict[str, Any]:
    """Returns what an edit did, for the page. Raises RefusedError where it was refused."""
    if outcome.refusal is not None:
        raise RefusedError(outcome.refusal)
    number = desk.settle()
    note = None
    if outcome.note and desk.has_note(outcome.deck, outcome.note):
        note = open_note(desk, outcome.deck, outcome.note)
    return {
        "deck": outcome.deck,
        "note": note,
        "number": outcome.number,
        "state": number,
        "clashes": [desk.answers.clash(one) for one in outcome.clashes],
        "list": desk.list_change(outcome.deck) if desk.session.opened.deck(outcome.deck) else None,
        "undo": desk.session.can_undo,
        "redo": desk.session.can_redo,
    }
