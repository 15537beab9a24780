"""Reads what an .apkg holds, without Anki: notes, cards, note types, media and what it is."""

from __future__ import annotations

import os
import unicodedata
import zipfile
from collections.abc import Mapping
from typing import Any, NamedTuple

from kartu.anki.apkg.opened import DAMAGED, NoCollectionError, Opened, opened
from kartu.anki.apkg.zstd import NoZstdError

_SEPARATOR = "\x1f"

CardKey = tuple[str, int]


class NotAPackageError(Exception):
    """The file is not there or is nothing that Anki would import; the message says which."""


class UnreadablePackageError(Exception):
    """A package that kartu cannot judge. `rule` is the rule of the finding."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


class Part(NamedTuple):
    """A field or card template of a note type; `id` is 0 where it has none."""

    id: int
    name: str
    text: tuple[str, ...] = ()


class NoteType(NamedTuple):
    """A note type; the text of a card template is its front and back."""

    id: int
    name: str
    cloze: bool
    sort_field: int
    fields: tuple[Part, ...]
    cards: tuple[Part, ...]
    css: str
    mod: int = 0


class Note(NamedTuple):
    """A note; texts are in NFC, as Anki keeps them. `mod` is its time in seconds."""

    guid: str
    id: int
    note_type: int
    mod: int
    tags: frozenset[str]
    fields: tuple[str, ...]


class Package(NamedTuple):
    """`cards` holds each card's deck name, `media` each file's SHA-1.

    `uid` is empty and `edition` None for packages that do not say what they are. `newest` is the
    latest time of a note or note type, in seconds, `studied` the number of cards with progress.
    """

    uid: str
    edition: str | None
    notes: dict[str, Note]
    repeated: tuple[str, ...]
    cards: dict[CardKey, str]
    note_types: dict[int, NoteType]
    media: dict[str, str]
    newest: int
    studied: int

    def card_name(self, key: CardKey) -> str:
        """The name of a card's template; that of a cloze with its number."""
        note = self.notes.get(key[0])
        note_type = self.note_types.get(note.note_type) if note else None
        return card_name(note_type, key[1])


def card_name(note_type: NoteType | None, ord: int) -> str:
    """The name of a card template by its 0-based position; that of a cloze with its number."""
    if note_type is None:
        return str(ord + 1)
    if note_type.cloze:
        return f"{note_type.cards[0].name} {ord + 1}"
    return note_type.cards[ord].name if ord < len(note_type.cards) else str(ord + 1)


def read_package(path: str) -> Package:
    """The content of the package at `path`. Raises NotAPackageError and UnreadablePackageError."""
    if not os.path.isfile(path):
        raise NotAPackageError(f"there is no file {path}")
    if not zipfile.is_zipfile(path):
        raise NotAPackageError(f"{path} is not an Anki package")
    try:
        with zipfile.ZipFile(path) as archive, opened(archive) as package:
            return _read(package)
    except NoCollectionError as error:
        raise NotAPackageError(f"{path} is not an Anki package: {error}") from error
    except NoZstdError as error:
        raise UnreadablePackageError("unknown-format", f"{path}: {error}") from error
    except (OSError, *DAMAGED) as error:
        message = f"{path} cannot be read: {error or type(error).__name__}"
        raise UnreadablePackageError("package-unreadable", message) from error


def note_types_of(models: Mapping[int, dict[str, Any]]) -> dict[int, NoteType]:
    """Anki's JSON of note types as values, by id."""
    return {int(id): note_type_of(int(id), model) for id, model in models.items()}


def note_type_of(id: int, model: dict[str, Any]) -> NoteType:
    """A note type from Anki's JSON of it."""
    fields = sorted(model["flds"], key=lambda field: field["ord"] or 0)
    cards = sorted(model["tmpls"], key=lambda card: card["ord"] or 0)
    return NoteType(
        id,
        model["name"],
        model["type"] == 1,
        model["sortf"],
        tuple(Part(_id(field), field["name"]) for field in fields),
        tuple(Part(_id(card), card["name"], (card["qfmt"], card["afmt"])) for card in cards),
        model["css"],
        mod=int(model.get("mod") or 0),
    )


def note_of(row: tuple[Any, ...]) -> Note:
    """A note from (guid, id, note type, mod, tags, fields) as the database holds them."""
    guid, id, note_type, mod, tags, fields = row
    return Note(guid, id, note_type, mod, frozenset(tags.split()), normal(fields))


def normal(fields: str) -> tuple[str, ...]:
    """The fields of the database's text, in NFC."""
    return tuple(unicodedata.normalize("NFC", fields).split(_SEPARATOR))


def _id(part: dict[str, Any]) -> int:
    id = part.get("id")
    return id if isinstance(id, int) else 0


def _read(package: Opened) -> Package:
    connection, said, note_types = package.database, package.identity, package.tables.models
    query = "SELECT guid, id, mid, mod, tags, flds FROM notes ORDER BY id"
    rows = [note_of(row) for row in connection.execute(query)]
    notes: dict[str, Note] = {}
    for note in rows:
        notes.setdefault(note.guid, note)
    guids = {note.id: note.guid for note in rows}
    deck_names = {id: deck["name"] for id, deck in package.tables.decks.items()}
    query = "SELECT (SELECT count() FROM cards WHERE reps OR type) + (SELECT count() FROM revlog)"
    (studied,) = connection.execute(query).fetchone()
    cards = connection.execute("SELECT nid, ord, did FROM cards ORDER BY id").fetchall()
    return Package(
        uid=str(said.get("uid") or ""),
        edition=said.get("edition"),
        notes=notes,
        repeated=tuple(note.guid for note in rows if notes[note.guid] is not note),
        cards={
            (guids[note], ord): deck_names.get(deck, "Default")
            for note, ord, deck in cards
            if note in guids
        },
        note_types=note_types_of(note_types),
        media=package.digests("sha1"),  # Anki's own digest of media
        newest=max([*(note.mod for note in rows), *(one["mod"] for one in note_types.values())]),
        studied=studied,
    )
