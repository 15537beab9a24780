"""Calls about faults: all of them, those that can be fixed, and the fixes as a diff first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kartu.core.diagnostics import Diagnostic
from kartu.core.language import _
from kartu.core.model import Deck
from kartu.core.source import Span
from kartu.load.access import changing, reading
from kartu.load.files import Files
from kartu.report.fix import as_diff
from kartu.rewrite.fix import FixedFile, fixed_files
from kartu.rewrite.fix.part import lines_around, part_of
from kartu.rewrite.notes.sets import Change
from kartu.rewrite.notes.values import EditRefusedError
from kartu.show.editor.calls import Calls
from kartu.show.editor.desk import Desk
from kartu.show.editor.note_calls import edited
from kartu.show.editor.opened import Fault
from kartu.show.editor.shapes import NUMBER, TEXT

CALLS = Calls()

_MOST = 2000  # faults on the page
_MOST_IN_FIELDS = 300  # notes whose faults are each shown at their field


@CALLS.add("check", deck=TEXT)
def check(desk: Desk, deck: str) -> list[dict[str, Any]]:
    """Returns everything that is wrong with a deck and with what it shares with others."""
    found = desk.deck(deck)
    desk.refresh()
    return [desk.answers.fault(fault, note) for note, fault in _faults(desk, found)][:_MOST]


def _faults(desk: Desk, deck: Deck) -> Iterator[tuple[str, Fault]]:
    """The faults of a deck, each with its note and the key of its field."""
    checked = desk.checked
    for one in _of_deck(deck, checked.rest):
        yield "", Fault("", one)
    notes = [id for of, id in checked.by_note if of == deck.id]
    for number, id in enumerate(notes):
        faults = checked.by_note[deck.id, id]
        if number < _MOST_IN_FIELDS and desk.has_note(deck.id, id):
            yield from ((id, one) for one in desk.session.at_fields(deck, id, faults))
        else:
            yield from ((id, Fault("", one)) for one in faults)


def _of_deck(deck: Deck, faults: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Those that are about a deck, or about what all decks share."""

    def is_about(path: str) -> bool:
        parts = path.split("/")
        return parts[0] != "cards" or len(parts) < 3 or path.startswith(f"{deck.folder}/")

    return [one for one in faults if is_about(one.span.path)]


@CALLS.add(
    "fixes",
    deck=TEXT,
    path=TEXT.or_else(""),
    code=TEXT.or_else(""),
    line=NUMBER.or_else(0),
)
def fixes(desk: Desk, deck: str, path: str, code: str, line: int) -> dict[str, Any]:
    """Returns what can be fixed, as a diff."""
    with reading(desk.root):
        found = _fixed(desk, desk.deck(deck), path, code, line)
    return {
        "diff": as_diff(found, desk.answers.path),
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


@CALLS.add(
    "fix",
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
    """The fixes of a deck's files: of one file, of its note at a line, or of one code."""
    whole = fixed_files(desk.root, lambda one: one.startswith(f"{deck.folder}/"))
    if path:
        whole = [one for one in whole if desk.answers.path(one.path) == path]
    if not code and not line:
        return whole
    parts = (part_of(one, list(_lines(desk, one.path, code, line))) for one in whole)
    return [one for one in parts if one is not None]


def _lines(desk: Desk, path: str, code: str, line: int) -> Iterator[range]:
    """The lines of the notes of a file that have a fault with this code, or that at a line."""
    files = Files(desk.root)
    begins = desk.places.begins(path)
    faults = [one for one in (*desk.checked.all, *desk.session.faults) if one.span.path == path]
    wanted = {one.span.line for one in faults if not code or one.code == code} if code else {line}
    for one in sorted(wanted):
        if not line or one == line:
            yield lines_around(files, path, begins, one)
