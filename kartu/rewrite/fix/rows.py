"""Adds ids to rows of CSV files that have none; every other byte is preserved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kartu.core.given import GivenIds
from kartu.core.language import _
from kartu.core.model import NoteType
from kartu.core.source import Span, Text
from kartu.load.files import Files
from kartu.load.ids.names import new_id, visible
from kartu.load.sheets import csv_rows, fitting_note_type, set_note_type
from kartu.load.sheets.cells import Row, formula_fault
from kartu.load.sheets.encoding import as_written
from kartu.load.words import keys_by_word, note_type_named, own_fields
from kartu.rewrite.edits import Edit, Fix, edited

_LINE = re.compile(r"\r\n|\r|\n")


class Rows(NamedTuple):
    """A CSV file that can be read: its rows, with the header, and where its lines begin."""

    path: str
    data: bytes
    rows: list[Row]
    lines: list[int]

    @property
    def names(self) -> list[str]:
        return [cell.strip() for cell in self.rows[0]]

    def ids(self) -> set[str]:
        """Returns the values of the column `id`."""
        return {id.strip() for row in self.rows[1:] if (id := _cell(self.names, row, "id"))}


def read_rows(path: str, data: bytes, note_types: dict[str, NoteType]) -> Rows | None:
    """Returns the rows, None unless the file can be read and has one column `id`."""
    rows = csv_rows(data, path, {**note_types})
    if not rows or [cell.strip() for cell in rows[0]].count("id") != 1:
        return None
    content = as_written(data).content
    return Rows(path, data, rows, [0, *(found.end() for found in _LINE.finditer(content))])


def with_ids(
    files: Files,
    rows: Rows,
    note_types: dict[str, NoteType],
    given: GivenIds,
    taken: set[str],
) -> tuple[bytes, list[Fix]]:
    """Returns the file's bytes with an id in each row that has a text, and the fixes."""
    found = list(_edits(files, rows, note_types, given, taken))
    edits = sorted(edit for _, edit in found)
    written = as_written(rows.data)
    after = written.mark + edited(written.content, edits).encode(written.codec, errors="replace")
    again = csv_rows(after, rows.path, {**note_types})
    if not edits or not _same_but_ids(rows, again):
        return rows.data, []
    return after, [Fix(place, edit.message) for place, edit in found]


def _edits(
    files: Files,
    rows: Rows,
    note_types: dict[str, NoteType],
    given: GivenIds,
    taken: set[str],
) -> Iterator[tuple[Span, Edit]]:
    shared = set_note_type(files, rows.path) or fitting_note_type(rows.rows[0], {**note_types})
    for row in _without_id(rows):
        written = (_cell(rows.names, row, "note_type") or shared).strip()
        name = note_type_named(written, note_types)
        if name is None:
            continue
        words = keys_by_word(note_types[name])
        cells = {words[word]: _cell(rows.names, row, word) for word in rows.names if word in words}
        texts = [cells.get(key, "") for key in own_fields(note_types[name])]
        asked = next((one for one in texts if one.strip()), None)
        place = row[0].span
        undecided = place in given.undecided
        if isinstance(asked, Text) and not undecided and not formula_fault(asked):
            id = given.continued.get(place) or new_id(visible(asked), name, taken)
            taken.add(id)
            cell = row[rows.names.index("id")]
            at = rows.lines[cell.span.line - 1] + cell.span.column - 1
            yield cell.span, Edit(at, at, id, _('the note now has the id "{id}"', id=id))


def _without_id(rows: Rows) -> list[Row]:
    column = rows.names.index("id")
    return [row for row in rows.rows[1:] if len(row) > column and not row[column].strip()]


def _cell(names: list[str], row: Row, key: str) -> str:
    column = names.index(key) if key in names else len(row)
    return row[column] if column < len(row) else ""


def _same_but_ids(rows: Rows, again: list[Row]) -> bool:
    """Whether the parsed rows are the same except for their ids."""
    column = rows.names.index("id")
    before = [[*map(str, row[:column]), *map(str, row[column + 1 :])] for row in rows.rows]
    return before == [[*map(str, row[:column]), *map(str, row[column + 1 :])] for row in again]
