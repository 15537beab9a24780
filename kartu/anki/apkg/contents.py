"""The reader of packages: the contents of an .apkg or .colpkg, whatever its format.

It needs Python 3.10 and the standard library alone: `publish.verify` runs
without other packages.
"""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from os import PathLike
from typing import Any, NamedTuple

from kartu.anki.apkg.archive import Identity, Media, open_archive, package_errors
from kartu.anki.apkg.tables import Tables

_SEPARATOR = "\x1f"
_OCCLUSION = 6  # of the enum OriginalStockKind in Anki's notetypes.proto
_NOTES = "SELECT guid, id, mid, mod, tags, flds FROM notes ORDER BY id"


class Field(NamedTuple):
    """A field of a note type; `id` is None where Anki has none for it."""

    id: int | None
    name: str


class Template(NamedTuple):
    """A card template; `id` is None where Anki has none for it."""

    id: int | None
    name: str
    front: str
    back: str


def same_place(one: Field | Template, other: Field | Template) -> bool:
    """Whether Anki treats two fields or card templates at one position as the same one.

    They match by id where both have one, else by name (match_fields and
    match_templates in rslib's import).
    """
    return one.id == other.id if one.id and other.id else one.name == other.name


def card_name(cloze: bool, cards: Sequence[Template], ord: int) -> str:
    """The name of the card at position `ord`, from 0; clozes share a template and are numbered."""
    if cloze and cards:
        return f"{cards[0].name} {ord + 1}"
    return cards[ord].name if not cloze and ord < len(cards) else str(ord + 1)


class NoteType(NamedTuple):
    """A note type. `sort_field` counts from 0; `mod` is its time in seconds, 0 if unknown."""

    id: int
    name: str
    cloze: bool
    occlusion: bool
    sort_field: int
    fields: tuple[Field, ...]
    cards: tuple[Template, ...]
    css: str
    mod: int


class Note(NamedTuple):
    """A note; texts are in NFC, as Anki stores them. `mod` is its time in seconds."""

    guid: str
    id: int
    note_type: int
    mod: int
    tags: tuple[str, ...]
    fields: tuple[str, ...]


class Card(NamedTuple):
    """A card; `home` is the id of the original deck of a card in a filtered deck, else 0."""

    ord: int
    deck: int
    home: int
    type: int
    due: int
    reps: int
    data: str

    @property
    def studied(self) -> bool:
        return bool(self.type or self.reps)

    @property
    def place(self) -> int | None:
        """Its position among the new cards; for a studied card its former one, if known."""
        if not self.type:
            return self.due
        try:
            place = json.loads(self.data).get("pos")
        except (ValueError, AttributeError, RecursionError):
            return None
        return place if isinstance(place, int) else None


class Contents(NamedTuple):
    """The contents of a package: `cards` by note id, `decks` maps ids to full names.

    `reviews` is the number of rows of the review log. `tables` are Anki's raw note types, decks and
    presets, for details that are not in the values here. `media` is readable while the package is
    open.
    """

    note_types: dict[int, NoteType]
    notes: list[Note]
    cards: dict[int, list[Card]]
    decks: dict[int, str]
    reviews: int
    media: Media
    identity: Identity
    tables: Tables

    def in_study_order(self) -> list[Note]:
        """The notes in study order, then those without a position."""

        def place(note: Note) -> tuple[bool, int, int]:
            places = [card.place for card in self.cards.get(note.id, ())]
            known = [one for one in places if one is not None]
            return not known, min(known, default=0), note.id

        return sorted(self.notes, key=place)


@contextmanager
def open_package(path: str | PathLike[str]) -> Iterator[Contents]:
    """The contents of the package at `path`; everything except media is in memory.

    Raises:
        PackageError: for a file that is not a package, damaged or malicious (subclasses:
            NoCollectionError, NoZstdError, DecompressionBombError).
        OSError: for a file that cannot be read.
    """
    with package_errors():
        archive = zipfile.ZipFile(path)
    with archive:
        with package_errors(), open_archive(archive) as package:
            contents = _contents(package.database, package.tables, package.media, package.identity)
        yield contents


def note_type_of(id: int, model: Mapping[str, Any]) -> NoteType:
    """A note type from Anki's JSON, in which keys with a default may be missing."""
    fields = sorted(model["flds"], key=_ord)
    cards = sorted(model["tmpls"], key=_ord)
    cloze = model.get("type") == 1
    return NoteType(
        id=id,
        name=str(model["name"]),
        cloze=cloze,
        occlusion=cloze and model.get("originalStockKind") == _OCCLUSION,
        sort_field=_whole(model.get("sortf")),
        fields=tuple(Field(_id(one), str(one["name"])) for one in fields),
        cards=tuple(
            Template(_id(one), str(one["name"]), str(one["qfmt"]), str(one["afmt"]))
            for one in cards
        ),
        css=str(model.get("css", "")),
        mod=_whole(model.get("mod")),
    )


def note_of(row: Sequence[Any]) -> Note:
    """A note from the columns (guid, id, note type, mod, tags, fields) of the database."""
    guid, id, note_type, mod, tags, fields = row
    values = unicodedata.normalize("NFC", str(fields)).split(_SEPARATOR)
    return Note(str(guid), id, _whole(note_type), _whole(mod), tags_in(str(tags)), tuple(values))


def tags_in(text: str) -> tuple[str, ...]:
    """The tags in the text that Anki stores them in: only these spaces divide them."""
    return tuple(filter(None, re.split("[ \u3000\t\r\n]+", text)))


def _contents(
    database: sqlite3.Connection, tables: Tables, media: Media, identity: Identity
) -> Contents:
    return Contents(
        note_types={id: note_type_of(id, model) for id, model in tables.models.items()},
        notes=[note_of(row) for row in database.execute(_NOTES)],
        cards=_cards(database),
        decks={id: str(deck["name"]) for id, deck in tables.decks.items()},
        reviews=_reviews(database),
        media=media,
        identity=identity,
        tables=tables,
    )


def _cards(database: sqlite3.Connection) -> dict[int, list[Card]]:
    columns = {row[1] for row in database.execute("PRAGMA table_info(cards)")}
    data = "data" if "data" in columns else "''"
    query = f"SELECT nid, ord, did, odid, type, due, reps, {data} FROM cards ORDER BY nid, ord"  # noqa: S608
    found: dict[int, list[Card]] = {}
    for note, *numbers, extra in database.execute(query):
        ord, deck, home, type, due, reps = map(_whole, numbers)
        found.setdefault(note, []).append(Card(ord, deck, home, type, due, reps, str(extra)))
    return found


def _reviews(database: sqlite3.Connection) -> int:
    if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'revlog'").fetchone():
        return 0
    return int(database.execute("SELECT count() FROM revlog").fetchone()[0])


def _ord(part: Mapping[str, Any]) -> int:
    return part.get("ord") or 0


def _id(part: Mapping[str, Any]) -> int | None:
    id = part.get("id")
    return id if isinstance(id, int) and -(2**63) <= id < 2**63 else None


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
