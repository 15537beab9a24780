"""The package as genanki writes it: the only module that knows genanki.

genanki's classes are subclassed where it would disagree with Anki or itself (import-behaviour.md,
sections 4 and 5): which cards a note makes, times of single notes, ids of fields and card
templates, presets; and where it costs: a statement per row, all JSON rewritten for each deck.
"""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, NamedTuple

import genanki

from kartu.compile.built import BuiltNote
from kartu.compile.render.note_types import AnkiField, AnkiNoteType
from kartu.core.identity import deck_id, preset_id
from kartu.core.model import Deck
from kartu.ledger.stamps import Stamps
from kartu.package import sqlite
from kartu.package.positions import SIBLINGS

_PRESET_TEMPLATE = "1"
_ANKIS_PRESET = 1

_new = tuple.__new__

# What is the same in all rows of a package that was never studied is part of the statement.
# id, guid, note type, time, tags, fields, sort field:
_NOTE = "INSERT INTO notes VALUES(?,?,?,?,-1,?,?,?,0,0,'')"
_COL = "INSERT INTO col VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)"
# Notes that follow each other and make the same cards have these made by SQLite, in half the time.
# Of the cards: id of the first, deck, how many a note makes; of the notes: id of the first and of
# the last, position of the first. In braces: how far apart a note's cards are, then number and
# template of each card.
_CARDS = """INSERT INTO cards
  SELECT ?1 + (note.id - ?4) * ?3 + card.column1, note.id, ?2, card.column2, note.mod, -1, 0, 0,
    note.id - ?4 + ?6 + {} * card.column1, 0, 0, 0, 0, 0, 0, 0, 0, ''
  FROM notes AS note CROSS JOIN (VALUES {}) AS card
  WHERE note.id BETWEEN ?4 AND ?5"""


class AnkiModel(genanki.Model):  # type: ignore[misc]
    """A note type with stable ids for its fields and templates, and a time of its own."""

    # Anki computes this itself; genanki's own guess fails on fronts that are never true.
    _req: ClassVar[list[Any]] = []

    def __init__(self, note_type: AnkiNoteType, time: int) -> None:
        super().__init__(
            model_id=note_type.id,
            name=note_type.name,
            fields=[_field_json(field) for field in note_type.fields],
            templates=[
                # Explicit browser formats: else Anki writes some when a field is renamed.
                {
                    "name": card.name,
                    "id": card.id,
                    "qfmt": card.front,
                    "afmt": card.back,
                    "bqfmt": card.front,
                    "bafmt": card.back,
                }
                for card in note_type.cards
            ],
            css=note_type.css,
            model_type=self.FRONT_BACK if note_type.source.kind == "standard" else self.CLOZE,
            sort_field_index=note_type.source.foreign.sort - 1 if note_type.source.foreign else 0,
        )
        self.occlusion = note_type.source.kind == "image-occlusion"
        self.time = time

    def to_json(self, timestamp: float, deck_id: int) -> dict[str, Any]:
        json_data: dict[str, Any] = super().to_json(self.time, deck_id)
        if self.occlusion:
            json_data["originalStockKind"] = 6  # how Anki's editor recognises its own note type
        return json_data


def _field_json(field: AnkiField) -> dict[str, Any]:
    """Spares and retired fields are out of the way: folded up and not searched."""
    hidden = field.declared is None or field.declared.retired
    found: dict[str, Any] = {"name": field.name, "id": field.id}
    if hidden:
        found |= {"collapsed": True, "excludeFromSearch": True}
    if field.occlusion_tag is not None:
        found |= {"tag": field.occlusion_tag, "preventDeletion": True}
    return found


class AnkiNote(NamedTuple):
    """A note to write, with its own time and the position of its first card.

    genanki's class would copy fields and tags to check what is already checked.
    """

    built: BuiltNote
    due: int
    time: int


class AnkiDeck(genanki.Deck):  # type: ignore[misc]
    """A deck with a Markdown description and, if the author set options, a preset."""

    def __init__(self, number: int, name: str, description: str = "", preset: int = 1) -> None:
        super().__init__(deck_id=number, name=name, description=description)
        self.preset = preset

    def to_json(self) -> dict[str, Any]:
        return {**super().to_json(), "conf": self.preset, "md": True}

    def write_to_db(self, cursor: sqlite3.Cursor, timestamp: float, id_gen: Iterator[int]) -> None:
        """Writes the notes and cards; AnkiPackage writes decks and note types, all at once."""
        numbered = list(zip(self.notes, id_gen, strict=False))
        notes = (
            (
                number,
                note.guid,
                note.note_type.id,
                time,
                f" {' '.join(note.tags)} ",
                "\x1f".join(note.fields),
                # sqlite3 takes much longer for a subclass of str, as texts of an author are.
                str(note.fields[0]),
            )
            for (note, _, time), number in numbered
        )
        cursor.executemany(_NOTE, notes)
        for (cards, _), group in itertools.groupby(numbered, _run_key):
            run = list(group)
            if cards:
                (note, first), (_, last) = run[0], run[-1]
                ids = list(itertools.islice(id_gen, len(run) * len(cards)))
                rows = ",".join(f"({number},{ord})" for number, ord in enumerate(cards))
                own = (ids[0], self.deck_id, len(cards), first, last, note.due)
                cursor.execute(_CARDS.format(SIBLINGS, rows), own)


def _run_key(numbered: tuple[AnkiNote, int]) -> tuple[tuple[int, ...], int]:
    """Equal for notes that make the same cards, as long as one follows the other."""
    note, number = numbered
    return note.built.cards, note.due - number


class AnkiPackage(genanki.Package):  # type: ignore[misc]
    """The decks of an edition as one database."""

    def __init__(
        self, decks: list[AnkiDeck], models: list[AnkiModel], preset: dict[str, Any] | None
    ) -> None:
        super().__init__(decks)
        self.models = models
        self.preset = preset

    def write_to_db(self, cursor: sqlite3.Cursor, timestamp: float, id_gen: Iterator[int]) -> None:
        tables, *indexes = genanki.apkg_schema.APKG_SCHEMA.split("CREATE INDEX")
        cursor.executescript(tables)
        cursor.execute(_COL, self._col(timestamp))
        for deck in self.decks:
            deck.write_to_db(cursor, timestamp, id_gen)
        for index in indexes:  # created at the end: far faster than row by row
            cursor.execute(f"CREATE INDEX{index}")

    def _col(self, timestamp: float) -> list[Any]:
        """The one row of `col`: genanki's, with the decks, note types and preset.

        It is written once: what an update leaves in free space differs between versions of SQLite.
        """
        connection = sqlite3.connect(":memory:")
        connection.row_factory = sqlite3.Row
        tables, *_ = genanki.apkg_schema.APKG_SCHEMA.split("CREATE INDEX")
        connection.executescript(tables + genanki.apkg_col.APKG_COL)
        row = dict(connection.execute("SELECT * FROM col").fetchone())
        connection.close()
        root = self.decks[0].deck_id
        models = {model.model_id: model.to_json(timestamp, root) for model in self.models}
        decks = {str(deck.deck_id): deck.to_json() for deck in self.decks}
        presets = self._presets(json.loads(row["dconf"]))
        for column, own in (("models", models), ("decks", decks), ("dconf", presets)):
            if own:
                row[column] = json.dumps(json.loads(row[column]) | own, ensure_ascii=False)
        return list(row.values())

    def _presets(self, known: dict[str, Any]) -> dict[str, Any]:
        """The author's preset, made from genanki's; none without study options."""
        if self.preset is None:
            return {}
        made = known[_PRESET_TEMPLATE]
        made |= {key: value for key, value in self.preset.items() if key != "new"}
        made["new"] |= self.preset["new"]
        return {str(made["id"]): made}

    def database(self, time: int) -> bytearray:
        """The collection as bytes that depend on nothing but the decks and `time`.

        `time` is in seconds since 1970. Ids of notes and cards count up from it in milliseconds;
        Anki gives others where these are taken.
        """
        ids = itertools.count(time * 1000)
        rows = sum(len(deck.notes) for deck in self.decks)
        return sqlite.write(lambda cursor: self.write_to_db(cursor, time, ids), rows)


def collection(
    deck: Deck, notes: Iterable[tuple[BuiltNote, int]], description: str, stamps: Stamps
) -> bytearray:
    """The `collection.anki2` of a package.

    Args:
        notes: Each with the position of its first card among the new ones.
        description: Of the deck itself, which is there with those between it and its subdecks.
    """
    preset = _preset(deck)
    preset_id = preset["id"] if preset else _ANKIS_PRESET
    decks = {
        str(deck.name): AnkiDeck(deck_id(deck.uid, deck.name), deck.name, description, preset_id)
    }
    models: dict[int, AnkiModel] = {}
    for note, due in notes:
        note_type = note.note_type
        if note_type.id not in models:
            models[note_type.id] = AnkiModel(note_type, stamps.types[note_type.source.id])
        own = decks.get(note.deck_name)
        if own is None:
            for name in _with_parents(note.deck_name):
                if name not in decks and name.startswith(deck.name):
                    decks[name] = AnkiDeck(deck_id(deck.uid, name), name, preset=preset_id)
            own = decks[note.deck_name]
        time = stamps.notes[note.source.id]
        own.notes.append(_new(AnkiNote, (note, due, time)))  # AnkiNote() takes twice as long
    return AnkiPackage(list(decks.values()), list(models.values()), preset).database(stamps.newest)


def _with_parents(name: str) -> Iterator[str]:
    parts = name.split("::")
    return ("::".join(parts[:count]) for count in range(1, len(parts) + 1))


def _preset(deck: Deck) -> dict[str, Any] | None:
    """The author's study options; a student gets them by ticking "deck presets" at the import."""
    options = deck.options
    if options.new_per_day is None and options.desired_retention is None:
        return None
    preset: dict[str, Any] = {"id": preset_id(deck.uid), "name": str(deck.name), "new": {}}
    if options.new_per_day is not None:
        preset["new"]["perDay"] = options.new_per_day
    if options.desired_retention is not None:
        preset["desiredRetention"] = options.desired_retention
    return preset
