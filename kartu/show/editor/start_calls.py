"""Calls of the page that begins: other projects, new decks, and files that are brought."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from kartu.core.language import _
from kartu.core.source import Span
from kartu.importing.table import Columns
from kartu.load.names import LANGUAGE, deck_name_fault
from kartu.rewrite.notes.values import EditRefusedError
from kartu.show.editor.calls import Calls
from kartu.show.editor.desk import Desk
from kartu.show.editor.incoming import (
    LARGEST,
    STEPS,
    Choices,
    Incoming,
    Reading,
    incoming_file,
    incoming_text,
)
from kartu.show.editor.note_calls import edited
from kartu.show.editor.shapes import DATA, FLAG, NUMBER, TEXT, TEXTS

CALLS = Calls()

_NOTHING = TEXT.or_else("")


@CALLS.add("recent", edits=True, alone=False)
def recent(desk: Desk) -> list[dict[str, Any]]:
    """Returns the projects that were opened last."""
    return desk.projects.recent()


@CALLS.add("folders", edits=True, alone=False, folder=_NOTHING)
def folders(desk: Desk, folder: str) -> dict[str, Any]:
    """Returns the folders in a listed one, to choose a project from."""
    return desk.projects.folders(folder)


@CALLS.add("open_folder", edits=True, alone=False, folder=TEXT)
def open_folder(desk: Desk, folder: str) -> dict[str, str]:
    """Opens the project in a listed folder; the page goes to its address."""
    return {"address": desk.projects.open(folder)}


@CALLS.add("new_project", edits=True, alone=False, name=TEXT)
def new_project(desk: Desk, name: str) -> dict[str, str]:
    """Makes a folder for a project where the open folder is none; the page goes to its address."""
    _check_name(name)
    return {"address": desk.projects.new_folder(name)}


@CALLS.add(
    "bring",
    edits=True,
    alone=False,
    largest=LARGEST * 4 // 3 + 10_000,
    name=TEXT,
    base64=DATA,
    more=FLAG.or_else(False),
)
def bring(desk: Desk, name: str, base64: bytes, more: bool) -> dict[str, str]:
    """Holds a file, to be looked at, alone or with `more`; nothing is imported yet."""
    return {"file": _held(desk, incoming_file(name, base64), more=more)}


@CALLS.add("bring_text", edits=True, text=TEXT)
def bring_text(desk: Desk, text: str) -> dict[str, str]:
    """Holds a pasted text like a file."""
    return {"file": _held(desk, incoming_text(text))}


def _held(desk: Desk, file: Incoming, *, more: bool = False) -> str:
    if not more:
        desk.incoming.forget()
    return desk.incoming.token(f"{file.name}\0{sha256(file.data).hexdigest()}", file)


# What a table becomes, as far as a person has chosen it.
_TABLE: dict[str, Any] = {
    "sheet": NUMBER.or_else(0),
    "note_type": _NOTHING,
    "heading": NUMBER.or_else(None),
    "keys": TEXTS.or_else([]),
}


@CALLS.add(
    "look",
    edits=True,
    alone=False,
    file=TEXT,
    deck=_NOTHING,
    language=_NOTHING,
    **_TABLE,
)
def look(desk: Desk, **given: Any) -> dict[str, Any]:
    """Returns what a brought file would become."""
    reading = desk.run(lambda: _reading(desk, given))
    return reading.value()


@CALLS.add(
    "take",
    edits=True,
    file=TEXT,
    deck=_NOTHING,
    name=_NOTHING,
    subject=_NOTHING,
    language=_NOTHING,
    subdeck=_NOTHING,
    **_TABLE,
)
def take(desk: Desk, deck: str, name: str, subject: str, **given: Any) -> dict[str, Any]:
    """Imports a list or cards in Markdown into a deck, or into a new one."""
    reading = _reading(desk, {**given, "deck": deck})
    if reading.file.kind == "package":
        raise EditRefusedError(Span(""), _("a package becomes decks of its own"))
    notes = reading.notes()
    made = deck or desk.session.make_deck(name, given["language"], subject)
    desk.projects.remember()
    outcome = reading.into(desk.deck(made), notes)
    return {**edited(desk, outcome), "deck": made, "notes": len(notes)}


@CALLS.add("take_package", edits=True, alone=False, file=TEXT, language=_NOTHING)
def take_package(desk: Desk, file: str, language: str) -> dict[str, str]:
    """Begins to import the decks of a package."""
    reading = desk.run(lambda: _reading(desk, {"file": file, "language": language}))
    if reading.file.kind != "package":
        raise EditRefusedError(Span(""), _("this is no package of Anki"))
    return {"job": desk.jobs.begin(STEPS, reading.import_package)}


def _reading(desk: Desk, given: dict[str, Any]) -> Reading:
    file = desk.incoming.file(given["file"])
    if file is None:
        message = _("the file is no longer here")
        raise EditRefusedError(Span(""), message, _("choose it again"))
    language = given.get("language", "")
    if language and not LANGUAGE.fullmatch(language):
        message = _('"{language}" is not a language code', language=language)
        raise EditRefusedError(Span(""), message)
    columns = Columns(
        given.get("sheet", 0),
        given.get("note_type", ""),
        given.get("heading"),
        tuple(given.get("keys", ())),
    )
    choices = Choices(given.get("deck", ""), language, columns, given.get("subdeck", ""))
    desk.refresh()
    return Reading(desk, file, choices)


def _check_name(name: str) -> None:
    if fault := deck_name_fault(" ".join(name.split())):
        message = _('the name "{name}": {reason}', name=name, reason=fault)
        raise EditRefusedError(Span(""), message)
