"""A deck's card sets as one CSV file: a row a note, a column a key."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import NamedTuple

from kartu.exporting.cells import LISTS, cell_of
from kartu.load.card_set import own_fields
from kartu.load.files import Files
from kartu.load.note_type import NOTE_KEYS
from kartu.load.yaml import parse
from kartu.model import NoteType
from kartu.source import Mapping, Sequence, Text

# Beside the fields; the first three say where a note stands and are not brought back.
OF_SET = ("note_type", "subdeck")
_LAST = tuple(key for key in NOTE_KEYS if key != "id")
_MARK = "\ufeff"  # by it Excel knows that this is UTF-8


class Written(NamedTuple):
    """A note as it stands in a card set: the file, its place among its notes, and its keys."""

    path: str
    place: int
    note_type: str
    subdeck: str
    values: Mapping


def written_notes(files: Files, folder: str) -> Iterator[Written]:
    """The notes of a deck's YAML card sets, in study order; what cannot be read is left out."""
    for name in files.names(folder):
        if not name.endswith(".yaml") or name.startswith((".", "_", "~")):
            continue
        if name == "deck.yaml" or name.endswith(".set.yaml"):
            continue
        path = f"{folder}/{name}"
        content = files.read_text(path, [])
        node = parse(content, path, []) if content is not None else None
        notes = node.get("notes") if isinstance(node, Mapping) else None
        if isinstance(node, Mapping) and isinstance(notes, Sequence):
            kind, subdeck = cell_of(node.get("note_type")), cell_of(node.get("subdeck"))
            for place, note in enumerate(notes):
                if isinstance(note, Mapping) and isinstance(note.get("id"), Text):
                    yield Written(path, place, kind, subdeck, note)


def formats_of(note_type: NoteType | None) -> dict[str, str]:
    """How the cells of a note are read, by key."""
    fields = {key: field.format for key, field in own_fields(note_type).items()}
    return {**fields, **dict.fromkeys(LISTS, "list")}


def as_csv(notes: list[Written], note_types: dict[str, NoteType]) -> str:
    """The CSV file: its columns are the keys that the notes can have."""
    used = dict.fromkeys(note.note_type for note in notes)
    fields = [key for name in used for key in own_fields(note_types.get(name))]
    columns = ["id", *OF_SET, *dict.fromkeys(fields), *_LAST]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    for note in notes:
        own = {"note_type": note.note_type, "subdeck": note.subdeck}
        writer.writerow(own.get(key) or cell_of(note.values.get(key)) for key in columns)
    return _MARK + buffer.getvalue()
