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
from kartu.core.source import Mapping, Sequence, Text
from kartu.load.card_set import own_fields
from kartu.load.files import Files
from kartu.load.note_type import NOTE_KEYS
from kartu.load.yaml import parse
from kartu.package.archive import archive
from kartu.rewrite.notes.values import cell_of

# Columns of the card set: they locate a note, and changes of them are not imported.
OF_SET = ("note_type", "subdeck")
_LAST = tuple(key for key in NOTE_KEYS if key != "id")
_MARK = "\ufeff"  # Excel needs it to detect UTF-8

_TIMES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


class Written(NamedTuple):
    """A note as written in a card set: the file, its index among the notes, and its keys."""

    path: str
    place: int
    note_type: str
    subdeck: str
    values: Mapping


def written_notes(files: Files, folder: str) -> Iterator[Written]:
    """Yields the notes of a deck's YAML card sets, in study order; unreadable ones are left out."""
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
                if isinstance(note, Mapping) and isinstance(note.get("id"), Text):
                    yield Written(path, place, kind, subdeck, note)


def rows_of(notes: list[Written], note_types: dict[str, NoteType]) -> Iterator[list[str]]:
    """Yields the header, with the keys that the notes can have, and a row for each note."""
    used = dict.fromkeys(note.note_type for note in notes)
    fields = [key for name in used for key in own_fields(note_types.get(name))]
    columns = ["id", *OF_SET, *dict.fromkeys(fields), *_LAST]
    yield columns
    for note in notes:
        own = {"note_type": note.note_type, "subdeck": note.subdeck}
        yield [own.get(key) or cell_of(note.values.get(key)) for key in columns]


def as_csv(rows: Iterator[list[str]]) -> bytes:
    """Returns the rows as a CSV file that spreadsheet programs read as UTF-8."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerows(rows)
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
