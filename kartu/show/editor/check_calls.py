"""Calls about faults: all of them, those that can be fixed, and the fixes as a diff first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from kartu.core.diagnostics import Diagnostic
from kartu.core.language import _
from kartu.core.model import Deck
from kartu.core.source import Span
from kartu.load.access import changing, reading
from kartu.load.files import Files
from kartu.load.words import own_fields
from kartu.report.fix import as_diff
from kartu.rewrite.fix import FixedFile, fixed_files
from kartu.rewrite.fix.part import lines_around, part_of
from kartu.rewrite.notes.sets import Change, read_set
from kartu.rewrite.notes.values import EditRefusedError, plain
from kartu.show.editor.answers import is_fixable
from kartu.show.editor.calls import Calls
from kartu.show.editor.checking import NOTHING, Checked, by_notes
from kartu.show.editor.desk import Desk
from kartu.show.editor.hidden import CODE, marked, note_there, title_in, without_hidden
from kartu.show.editor.note_calls import edited
from kartu.show.editor.opened import Fault
from kartu.show.editor.shapes import NUMBER, TEXT

CALLS = Calls()

_MOST = 2000  # faults on the page
_MOST_IN_FIELDS = 300  # notes whose faults are each shown at their field


@CALLS.add("check", edits=False, deck=TEXT)
def check(desk: Desk, deck: str) -> list[dict[str, Any]]:
    """Returns everything that is wrong with a deck and with what it shares with others."""
    found = desk.deck(deck)
    desk.refresh()
    return [
        desk.answers.fault(fault, note) | ({} if note else _in_no_note(desk, found, fault))
        for note, fault in islice(_faults(desk, found), _MOST)
    ]


def _in_no_note(desk: Desk, deck: Deck, fault: Fault) -> dict[str, Any]:
    """What else is known of a fault in a note that could not be read."""
    types = desk.session.opened.project.of(deck).note_types
    title, key = note_there(Files(desk.root), types, fault.diagnostic)
    return {"title": title, "key": key, "fix": True} if title else {}


def _faults(desk: Desk, deck: Deck) -> Iterator[tuple[str, Fault]]:
    """The faults of a deck, each with its note and the key of its field.

    Those of a note that was edited since the last check are as its form has them.
    """
    checked = desk.checked if desk.checked.number else _read_only(desk)
    for one in _of_deck(deck, checked.rest):
        yield "", Fault("", one)
    seen = desk.seen(deck.id)
    yield from (
        (id, one) for id, faults in seen.items() if desk.has_note(deck.id, id) for one in faults
    )
    notes = [id for of, id in checked.by_note if of == deck.id and id not in seen]
    for number, id in enumerate(notes):
        faults = checked.by_note[deck.id, id]
        if number < _MOST_IN_FIELDS and desk.has_note(deck.id, id):
            yield from ((id, one) for one in desk.session.at_fields(deck, id, faults))
        else:
            yield from ((id, Fault("", one)) for one in faults)


def _read_only(desk: Desk) -> Checked:
    """What reading the files found, which is all that is known before the first check."""
    by_note, rest = by_notes(desk.places, desk.session.faults)
    return NOTHING._replace(by_note=by_note, rest=rest)


def _of_deck(deck: Deck, faults: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Those that are about a deck, or about what all decks share."""

    def is_about(path: str) -> bool:
        parts = path.split("/")
        return parts[0] != "cards" or len(parts) < 3 or path.startswith(f"{deck.folder}/")

    return [one for one in faults if is_about(one.span.path)]


@CALLS.add(
    "fixes",
    edits=True,
    deck=TEXT,
    path=TEXT.or_else(""),
    code=TEXT.or_else(""),
    line=NUMBER.or_else(0),
)
def fixes(desk: Desk, deck: str, path: str, code: str, line: int) -> dict[str, Any]:
    """Returns what can be fixed: as a diff, and what it changes in values of notes."""
    chosen = desk.deck(deck)
    with reading(desk.root):
        found = _fixed(desk, chosen, path, code, line)
    return {
        "diff": as_diff(found, desk.answers.path),
        "changes": [change for one in found for change in _changes(desk, chosen, one)],
        "number": sum(len(one.fixes) for one in found),
        "fixes": [
            {
                "path": desk.answers.path(one.path),
                "line": fix.span.line,
                "message": fix.message,
            }
            for one in found
            for fix in one.fixes
        ],
    }


def _changes(desk: Desk, deck: Deck, fixed: FixedFile) -> Iterator[dict[str, Any]]:
    """The values of notes that the fixes of a file change; none of a file without notes."""
    types = desk.session.opened.project.of(deck).note_types
    files = Files(desk.root)
    try:
        before, after = (
            read_set(files, fixed.path, types, data).forms()
            for data in (marked(fixed.path, fixed.before), fixed.after)
        )
    except EditRefusedError:
        return
    for old, new in zip(before, after, strict=False):
        fields = own_fields(types.get(old.note_type))
        place = desk.places.note(old.span)
        note = place[1] if place is not None else old.id
        for key in dict.fromkeys([*old.values, *new.values]):
            values = [form.values.get(key, "") for form in (old, new)]
            if values[0] != values[1]:
                name = fields[key].name if key in fields else ""
                title = title_in(new) if place is None else desk.session.title(deck, note)
                about = {"note": note, "title": title, "key": key}
                yield {
                    **about,
                    "field": name,
                    "before": plain(values[0]),
                    "after": plain(values[1]),
                }


@CALLS.add(
    "fix",
    edits=True,
    deck=TEXT,
    path=TEXT.or_else(""),
    code=TEXT.or_else(""),
    line=NUMBER.or_else(0),
)
def fix(desk: Desk, deck: str, path: str, code: str, line: int) -> dict[str, Any]:
    """Makes these fixes, as one edit."""
    with changing(desk.root):
        found = _fixed(desk, desk.deck(deck), path, code, line)
        if not found:
            raise EditRefusedError(Span(""), _("nothing to fix"))
        changes = {one.path: Change(one.before, one.after) for one in found}
        return edited(desk, desk.session.apply(deck, "fix", changes))


def _fixed(desk: Desk, deck: Deck, path: str, code: str, line: int) -> list[FixedFile]:
    """The fixes of a deck's files, of one of them, of its note at a line, or of one code.

    What `check --fix` does beside, in what is no fault, is left alone.
    """

    def is_meant(one: str) -> bool:
        return one.startswith(f"{deck.folder}/") and path in ("", desk.answers.path(one))

    whole = fixed_files(desk.root, is_meant) if code != CODE else []
    parts = (part_of(one, list(_lines(desk, one.path, code, line))) for one in whole)
    hidden = without_hidden(Files(desk.root), deck) if code in ("", CODE) else ()
    chosen = [one for one in hidden if path in ("", desk.answers.path(one.path))]
    return [*chosen, *(one for one in parts if one is not None)]


def _lines(desk: Desk, path: str, code: str, line: int) -> Iterator[range]:
    """The lines of the notes of a file that have such faults, or of the note at a line."""
    files = Files(desk.root)
    begins = desk.places.begins(path)
    faults = [one for one in (*desk.checked.all, *desk.session.faults) if one.span.path == path]
    if code or not line:
        wanted = {it.span.line for it in faults if (it.code == code if code else is_fixable(it))}
    else:
        wanted = {line}
    for one in sorted(wanted):
        if not line or one == line:
            yield lines_around(files, path, begins, one)
