"""Edits of the notes in a CSV card set."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kartu.core.language import _
from kartu.core.model import NoteType
from kartu.core.source import Text, text
from kartu.load.sheets import csv_rows
from kartu.load.sheets.cells import Quoted, Row, UnquotedRow, formula_fault
from kartu.load.sheets.columns import SET_KEYS
from kartu.load.sheets.encoding import Written, as_written
from kartu.rewrite.edits import Edit, edited, line_end
from kartu.rewrite.notes.card_set import CardSet, Form, Values
from kartu.rewrite.notes.values import (
    EditRefusedError,
    Value,
    cell_of_value,
    formats_of,
    is_blank,
    value_of_cell,
)

NoteTypes = Mapping[str, NoteType]

_LINE = re.compile(r"\r\n|\r|\n")
_QUOTED = re.compile(r'"(?:[^"]|"")*+"')
_TRIMMED = ("id", "as_of", "guid", *SET_KEYS)


class _Cell(NamedTuple):
    begin: int
    end: int


class CsvSet(CardSet):
    """A CSV card set; make it with `read_csv_set`. `shared_keys` are those of its `.set.yaml`."""

    def __init__(
        self, path: str, data: bytes, rows: list[Row], note_types: NoteTypes, shared_keys: Values
    ) -> None:
        self.path = path
        self.data = data
        self._note_types = note_types
        self._shared = shared_keys
        self._written: Written = as_written(data)
        self._content = self._written.content
        self._lines = [0, *(found.end() for found in _LINE.finditer(self._content))]
        self._delimiter = self._find_delimiter(rows[0])
        self._header = rows[0]
        self._rows = rows[1:]
        self._quotes_all = isinstance(rows[0][0], Quoted)
        self._columns = {
            cell.strip(): number
            for number, cell in reversed(list(enumerate(rows[0])))
            if cell.strip() and not cell.strip().startswith("#")
        }

    def __len__(self) -> int:
        return len(self._rows)

    def form(self, place: int) -> Form:
        row = self._rows[place]
        cells = {key: row[n] for key, n in self._columns.items() if n < len(row)}
        of_set = {
            key: (cells.get(key) or "").strip() or str(self._shared.get(key, ""))
            for key in SET_KEYS
        }
        formats = self._formats(of_set["note_type"])
        own = dict(sorted(cells.items(), key=lambda one: self._columns[one[0]]))
        values = {
            key: self._value(key, str(cell), formats) for key, cell in own.items() if cell.strip()
        }
        tags = self._shared.get("tags", [])
        return Form(
            path=self.path,
            place=place,
            id=str(values.get("id", "")),
            note_type=of_set["note_type"],
            subdeck=of_set["subdeck"],
            tags=[str(tag) for tag in tags] if isinstance(tags, list) else [],
            values={key: value for key, value in values.items() if key not in SET_KEYS},
            places={key: cell.span for key, cell in own.items() if key not in SET_KEYS},
            span=row[0].span,
        )

    @property
    def contents(self) -> list[object]:
        return [_without_blank_end(row) for row in self._rows]

    @property
    def shared(self) -> object:
        return None  # new columns may come

    def id_at(self, place: int) -> str:
        column, row = self._columns.get("id", len(self._header)), self._rows[place]
        cells = row.values if isinstance(row, UnquotedRow) else row
        return cells[column].strip() if column < len(cells) else ""

    def read_again(self, data: bytes) -> CsvSet | None:
        return read_csv_set(self.path, data, self._note_types, self._shared)

    def as_written(self, key: str, value: Value) -> Value:
        """A list without blank items, each without white space around; a text as it is."""
        if isinstance(value, str):
            return value.strip() if key in _TRIMMED else value
        if isinstance(value, dict):
            return {name: one.strip() for name, one in value.items() if one.strip()}
        stripped = [self.as_written("id", one) for one in value]
        return [one for one in stripped if not is_blank(one)]

    def written(self, changes: Mapping[int, Values]) -> bytes:
        edits = []
        columns = dict(self._columns)
        for place, values in changes.items():
            form, row = self.form(place), self._cells_of(self._rows[place])
            formats = self._formats(form.note_type)
            beyond: dict[int, str] = {}
            for key, value in values.items():
                if form.values.get(key, "") == value:
                    continue
                cell = self._cell(form, key, value, formats)
                column = columns.setdefault(
                    key, len(self._header) + len(columns) - len(self._columns)
                )
                if column < len(row):
                    raw = self._raw(cell, self._content[slice(*row[column])])
                    edits.append(Edit(*row[column], raw))
                else:
                    beyond[column] = self._raw(cell, "")
            if beyond:
                cells = (beyond.get(n, "") for n in range(len(row), max(beyond) + 1))
                text = "".join(self._delimiter + one for one in cells)
                edits.append(Edit(row[-1].end, row[-1].end, text))
        return self._with([*edits, *self._new_columns([*columns][len(self._columns) :])])

    def added(self, place: int, values: Values) -> bytes:
        """As a row like the one before it: its note type, subdeck and quotes."""
        like = self._rows[max(place - 1, 0)]
        form, cells = self.form(max(place - 1, 0)), self._cells_of(like)
        formats = self._formats(form.note_type)
        new_columns = [key for key in values if key not in self._columns]
        width = len(self._header)
        row = [""] * (width + len(new_columns))
        for key, column in self._columns.items():
            raw = self._content[slice(*cells[column])] if column < len(cells) else ""
            if key in SET_KEYS:
                row[column] = raw
            elif key in values:
                row[column] = self._raw(self._cell(form, key, values[key], formats), raw)
            elif self._quotes_all:
                row[column] = '""'
        for number, key in enumerate(new_columns):
            row[width + number] = self._raw(self._cell(form, key, values[key], formats), "")
        edits = self._new_columns(new_columns)
        line, ends = self._delimiter.join(row), line_end(self._content, 0)
        if place:
            edits.append(Edit(cells[-1].end, cells[-1].end, ends + line))
        else:
            edits.append(Edit(cells[0].begin, cells[0].begin, line + ends))
        return self._with(edits)

    def removed(self, place: int) -> bytes:
        cells = self._cells_of(self._rows[place])
        begin, end = cells[0].begin, cells[-1].end
        if found := _LINE.match(self._content, end):
            end = found.end()
        else:
            begin = len(self._content[:begin].removesuffix("\n").removesuffix("\r"))
        return self._with([Edit(begin, end, "")])

    def reordered(self, place: int, to: int) -> bytes:
        first, last = min(place, to), max(place, to)
        rows = [self._cells_of(row) for row in self._rows[first : last + 1]]
        places = [(cells[0].begin, cells[-1].end) for cells in rows]
        texts = [self._content[slice(*one)] for one in places]
        texts.insert(to - first, texts.pop(place - first))
        return self._with([Edit(*one, new) for one, new in zip(places, texts, strict=True)])

    def with_subdeck(self, place: int, subdeck: str) -> bytes:
        """Returns the bytes with the note in another subdeck, by its own cell.

        Raises:
            EditRefusedError: The file has no column for it.
        """
        cells, column = self._cells_of(self._rows[place]), self._columns.get("subdeck")
        if column is None or column >= len(cells):
            message = _('the first row has no column "subdeck"')
            raise EditRefusedError(self._rows[place][0].span, message)
        raw = self._content[slice(*cells[column])]
        data = self._with([Edit(*cells[column], self._raw(subdeck, raw))])
        again = self.read_again(data)
        if again is None or again.form(place).subdeck != subdeck:
            raise EditRefusedError(self._rows[place][0].span, _("the subdeck cannot be written"))
        return data

    def _new_columns(self, names: list[str]) -> list[Edit]:
        at = self._cells_of(self._header)[-1].end
        text = "".join(self._delimiter + self._raw(one, "") for one in names)
        return [Edit(at, at, text)] if names else []

    # --- cells ------------------------------------------------------------------------------------

    def _formats(self, note_type: str) -> dict[str, str]:
        return formats_of(self._note_types.get(note_type))

    def _value(self, key: str, cell: str, formats: dict[str, str]) -> Value:
        value = value_of_cell(cell, formats.get(key, "text"))
        return value.strip() if isinstance(value, str) and key in _TRIMMED else value

    def _cell(self, form: Form, key: str, value: Value, formats: dict[str, str]) -> str:
        """The text of a cell that is read as exactly this value."""
        cell = cell_of_value(value)
        place = form.places.get(key, form.span)
        if fault := formula_fault(text(cell, place)):
            raise EditRefusedError(place, fault.message, fault.help)
        if cell and self._value(key, cell, formats) != value:
            message = _('a spreadsheet cannot hold this text as one of "{key}"', key=key)
            raise EditRefusedError(place, message, _("write it in another way"))
        try:
            cell.encode(self._written.codec)
        except UnicodeEncodeError as error:
            message = _(
                'the file is {encoding} text, which has no "{character}"',
                encoding="Windows-1252",
                character=cell[error.start],
            )
            help = _('save it in the spreadsheet program as "CSV UTF-8"')
            raise EditRefusedError(place, message, help) from error
        return cell

    def _raw(self, cell: str, before: str) -> str:
        """A cell as it is written in place of another one: in quotes if it needs them.

        Or if the other one has some that it does not need, or the first name has.
        """
        quoted = self._quotes_all or (
            before.startswith('"') and not self._needs_quotes(before[1:-1])
        )
        if not quoted and not self._needs_quotes(cell):
            return cell
        ends = _LINE.search(before)
        if ends is not None:
            cell = cell.replace("\n", ends[0])
        return '"' + cell.replace('"', '""') + '"'

    def _needs_quotes(self, cell: str) -> bool:
        return any(sign in cell for sign in (self._delimiter, '"', "\n", "\r"))

    def _find_delimiter(self, header: Row) -> str:
        if len(header) < 2:
            return ","
        second = header[1]
        at = self._lines[second.span.line - 1] + second.span.column - 1
        return self._content[at - (2 if isinstance(second, Quoted) else 1)]

    def _cells_of(self, row: Row) -> list[_Cell]:
        return list(self._cells(self._lines[row[0].span.line - 1]))

    def _cells(self, at: int) -> Iterator[_Cell]:
        """The cells of the row that begins at an offset, each with its quotes."""
        content, size = self._content, len(self._content)
        while True:
            found = _QUOTED.match(content, at) if content.startswith('"', at) else None
            end = found.end() if found else at
            while end < size and content[end] not in (self._delimiter, "\r", "\n"):
                end += 1
            yield _Cell(at, end)
            if end >= size or content[end] != self._delimiter:
                return
            at = end + 1

    def _with(self, edits: list[Edit]) -> bytes:
        content = edited(self._content, sorted(edits))
        return self._written.mark + content.encode(self._written.codec)


def read_csv_set(
    path: str, data: bytes, note_types: NoteTypes, shared_keys: Values
) -> CsvSet | None:
    """Returns a CSV card set, None where it cannot be read as one that edits keep whole."""
    rows = csv_rows(data, path, {**note_types})
    written = as_written(data)
    whole = written.mark + written.content.encode(written.codec, errors="replace") == data
    if not rows or not whole or not _has_unique_names(rows[0]):
        return None
    return CsvSet(path, data, rows, note_types, shared_keys)


def _without_blank_end(row: Row) -> list[str]:
    cells = row.values if isinstance(row, UnquotedRow) else [*map(str, row)]
    last = next((n for n in range(len(cells), 0, -1) if cells[n - 1].strip()), 0)
    return cells[:last]


def _has_unique_names(header: Row) -> bool:
    names: list[Text | str] = [cell.strip() for cell in header if cell.strip()]
    return len(names) == len(set(names))
