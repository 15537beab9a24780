"""Exports a deck's card sets as one CSV file or workbook: a row per note, a column per key."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import NamedTuple
from xml.etree.ElementTree import C14NWriterTarget, XMLParser

from kartu.core.diagnostics import Diagnostics
from kartu.core.model import NoteType
from kartu.core.source import Mapping, Sequence, Span
from kartu.load import load_project
from kartu.load.cell import cell_of
from kartu.load.files import Files
from kartu.load.note_type import NOTE_KEYS
from kartu.load.sheets.shield import shielded
from kartu.load.words import keys_by_word, note_type_named, own_fields, word_of
from kartu.load.yaml import parse
from kartu.package.archive import archive
from kartu.rewrite.ids import refuse_unsaved

# Columns of the card set: they locate a note, and changes of them are not imported.
OF_SET = ("note_type", "subdeck")
_LAST = tuple(key for key in NOTE_KEYS if key != "id")
_MARK = "\ufeff"  # Excel needs it to detect UTF-8

_TIMES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


class Written(NamedTuple):
    """A note as written in a card set: its id, the file, its index among the notes, its keys."""

    id: str
    path: str
    place: int
    note_type: str
    subdeck: str
    values: Mapping


def written_notes(files: Files, folder: str) -> Iterator[Written]:
    """Yields the notes of a deck's YAML card sets, in study order; unreadable ones are left out.

    Raises RefusedError where a note has neither an id nor a saved one.
    """
    given: dict[Span, str] | None = None
    for name in files.names(folder):
        if not name.endswith(".yaml") or name.startswith((".", "_", "~")):
            continue
        if name == "deck.yaml" or name.endswith(".set.yaml"):
            continue
        path = f"{folder}/{name}"
        content = files.read_text(path, Diagnostics())
        node = parse(content, path, Diagnostics()) if content is not None else None
        notes = node.get("notes") if isinstance(node, Mapping) else None
        if isinstance(node, Mapping) and isinstance(notes, Sequence):
            kind, subdeck = cell_of(node.get("note_type")), cell_of(node.get("subdeck"))
            for place, note in enumerate(notes):
                if not isinstance(note, Mapping):
                    continue
                id = cell_of(note.get("id")).strip()
                if not id:
                    given = _given_ids(files, folder) if given is None else given
                    id = given.get(note.span, "")
                if id:
                    yield Written(id, path, place, kind, subdeck, note)


def _given_ids(files: Files, folder: str) -> dict[Span, str]:
    """The ids that the deck's notes have without writing them."""
    project, _rest = load_project(files.root)
    decks = [deck for deck in project.decks if deck.folder == folder]
    refuse_unsaved(decks)
    return {place: id for deck in decks for place, id in deck.given.continued.items()}


def rows_of(notes: list[Written], note_types: dict[str, NoteType]) -> Iterator[list[str]]:
    """Yields the header, with a word for each key that the notes can have, and a row for each."""
    used = dict.fromkeys(note.note_type for note in notes)
    kinds = {name: note_types.get(note_type_named(name, note_types) or "") for name in used}
    headings = {name: _headings(one) for name, one in kinds.items()}
    fields = [word for words in headings.values() for word in words]
    columns = ["id", *OF_SET, *dict.fromkeys(fields), *_LAST]
    yield columns
    for note in notes:
        own = {"id": note.id, "note_type": note.note_type, "subdeck": note.subdeck}
        written = words_by_key(note, kinds[note.note_type])
        words = headings[note.note_type]
        yield [
            own.get(column) or cell_of(note.values.get(written.get(words.get(column, column), "")))
            for column in columns
        ]


def words_by_key(note: Written, note_type: NoteType | None) -> dict[str, str]:
    """Returns the word that the note has for each of its keys."""
    keys = keys_by_word(note_type)
    return {keys.get(word, word): word for word in note.values}


def _headings(note_type: NoteType | None) -> dict[str, str]:
    """The key of each heading: the words of the authors' language for the fields."""
    language = note_type.language if note_type else ""
    return {word_of(field, language): key for key, field in own_fields(note_type).items()}


def as_csv(rows: Iterator[list[str]]) -> bytes:
    """Returns the rows as CSV that spreadsheet programs read as UTF-8, and do not calculate."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerows(map(shielded, row) for row in rows)
    return (_MARK + buffer.getvalue()).encode()


def as_workbook(title: str, rows: Iterator[list[str]]) -> bytes:
    """Returns the rows as a reproducible .xlsx. Raises WorkbookError as `workbook_of`."""
    from kartu.load.sheets.xlsx import workbook_of

    ends = ([cell.replace("\r\n", "\n").replace("\r", "\n") for cell in row] for row in rows)
    with zipfile.ZipFile(io.BytesIO(workbook_of(title, ends))) as book:
        return archive(
            (name, _reproducible(book.read(name)), True) for name in sorted(book.namelist())
        )


def _reproducible(member: bytes) -> bytes:
    """XML without the time at which it was written, the same from every library that writes XML.

    openpyxl uses lxml where that is installed, else the standard library's.
    """
    written: list[str] = []
    parser = XMLParser(target=_Canonical(written.append))  # noqa: S314 (openpyxl wrote it here)
    parser.feed(_TIMES.sub(rb"\g<1>2000-01-01T00:00:00Z\2", member))
    parser.close()
    return "".join(written).encode()


class _Canonical(C14NWriterTarget):
    """Writes canonical XML with the prefixes of the document alone.

    Python's own also takes those that libraries have registered for the whole process; with those
    of WeasyPrint it writes attributes twice.
    """

    def __init__(self, write: Callable[[str], object]) -> None:
        super().__init__(write)
        self._ns_stack: list[list[tuple[str, str]]] = [[]]
