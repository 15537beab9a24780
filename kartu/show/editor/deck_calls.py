"""Calls about decks: what there is, and what a form needs to know."""

from __future__ import annotations

import importlib.util
import os
from typing import Any

from kartu.core.language import current
from kartu.core.model import Deck, FieldType, NoteType, help_in
from kartu.ledger.file import ledger_path
from kartu.load.files import Files
from kartu.load.words import own_fields, word_of
from kartu.rewrite.notes.sources import source_id
from kartu.show.editor.calls import Calls
from kartu.show.editor.desk import Desk
from kartu.show.editor.note_calls import edited
from kartu.show.editor.opened import OpenProject
from kartu.show.editor.shapes import TEXT

CALLS = Calls()


@CALLS.add("project", edits=False)
def project(desk: Desk) -> dict[str, Any]:
    """Returns what is open, and what is wrong with files that belong to no note."""
    desk.refresh()
    files = Files(desk.root)
    faults = [one for one in desk.session.faults if one.code != "no-deck"]
    return {
        "root": os.path.basename(os.path.realpath(desk.root)),
        "file": files.one.name if files.one is not None else "",
        "first": desk.first,
        "ready": desk.projects.is_ready,
        "language": current(),
        "verify": importlib.util.find_spec("anki") is not None,
        "edit": desk.edits,
        "state": desk.settle(),
        "checked": desk.is_checked,
        "undo": desk.session.can_undo,
        "redo": desk.session.can_redo,
        "decks": [_deck(desk, files, one) for one in desk.decks()],
        "faults": desk.answers.faults(desk.places.of_no_note(faults)),
    }


def _deck(desk: Desk, files: Files, deck: Deck) -> dict[str, Any]:
    ledgers = desk.session.opened.ledgers
    return {
        "id": deck.id,
        "name": str(deck.name),
        "language": str(deck.language),
        "version": str(deck.version),
        "published": ledgers.ids(files, ledger_path(deck)).version,
        "notes": len(deck.all_notes),
        "cards": desk.checked.cards.get(deck.id) if desk.is_checked else None,
    }


@CALLS.add("deck", edits=False, deck=TEXT)
def deck_about(desk: Desk, deck: str) -> dict[str, Any]:
    """Returns what a deck is."""
    found = desk.deck(deck)
    return {
        **_deck(desk, Files(desk.root), found),
        "description": found.description,
        "authors": [str(one) for one in found.authors],
        "licence": found.licence,
        "prefix": str(found.prefix),
    }


@CALLS.add("types", edits=False, deck=TEXT)
def types(desk: Desk, deck: str) -> list[dict[str, Any]]:
    """Returns the note types of a deck, with what a form needs of each field."""
    opened, found = desk.session.opened, desk.deck(deck)
    all = opened.project.of(found).note_types.values()
    return [{**_type(one), "covers": _covers(opened, found, one)} for one in all]


def _covers(opened: OpenProject, deck: Deck, one: NoteType) -> dict[str, str] | None:
    """The keys of an image occlusion whose covers can be drawn: of shapes, picture and words."""
    found = opened.note_type(deck, one.id) if one.kind == "image-occlusion" else None
    fields = [field for field in found.fields if field.declared is not None] if found else []
    keys = {field.occlusion_tag: field.declared for field in fields if field.declared is not None}
    shapes, picture = keys.get(0), keys.get(1)
    if found is None or shapes is None or picture is None or picture.format != "image":
        return None
    words = (str(f.declared.key) for f in fields if f.declared and f.name in found.answer_fields)
    return {"shapes": str(shapes.key), "picture": str(picture.key), "words": next(words, "")}


def _type(one: NoteType) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "help": help_in(one, current()),
        "picture": str(one.picture or ""),
        "kind": one.kind,
        "fields": [_field(field, one.language) for field in own_fields(one).values()],
    }


def _field(one: FieldType, language: str) -> dict[str, Any]:
    return {
        "key": str(one.key),
        "word": word_of(one, language),
        "name": one.name,
        "help": help_in(one, current()),
        "format": one.format,
        "required": one.required,
        "options": bool(one.one_of),
        "one_of": [str(key) for key in one.one_of],
    }


@CALLS.add("notes", edits=False, deck=TEXT)
def notes(desk: Desk, deck: str) -> dict[str, Any]:
    """Returns the list of a deck's notes."""
    desk.refresh()
    found = desk.notes(deck)
    return {"number": found.number, "subdecks": desk.subdecks(deck), "notes": found.rows}


@CALLS.add("sources", edits=False, deck=TEXT)
def sources(desk: Desk, deck: str) -> list[dict[str, str]]:
    """Returns the sources that a deck lists."""
    return [
        {
            "id": id,
            "title": one.title,
            "publisher": one.publisher,
            "date": one.date,
            "url": one.url,
        }
        for id, one in desk.deck(deck).sources.items()
    ]


@CALLS.add(
    "add_source",
    edits=True,
    deck=TEXT,
    id=TEXT.or_else(""),
    title=TEXT,
    publisher=TEXT.or_else(""),
    date=TEXT.or_else(""),
    url=TEXT.or_else(""),
)
def add_source(desk: Desk, deck: str, id: str, **values: str) -> dict[str, Any]:
    """Saves a new source in the list of a deck."""
    id = id or source_id(desk.deck(deck), values["title"])
    return {"id": id, **edited(desk, desk.session.add_source(deck, id, values))}


@CALLS.add("new_deck", edits=True, name=TEXT, language=TEXT, subject=TEXT.or_else(""))
def new_deck(desk: Desk, name: str, language: str, subject: str) -> dict[str, Any]:
    """Makes a new deck."""
    id = desk.session.make_deck(name, language, subject)
    desk.projects.remember()
    return {"id": id, "state": desk.settle()}


@CALLS.add("tags", edits=False, deck=TEXT)
def tags(desk: Desk, deck: str) -> list[str]:
    """Returns the tags that notes of a deck have."""
    return sorted({str(tag) for note in desk.deck(deck).all_notes for tag in note.tags})
