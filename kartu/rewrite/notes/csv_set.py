"""Edits of the notes in a CSV card set."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter
from typing import NamedTuple

from kartu.core.language import _
from kartu.core.model import NoteType
from kartu.core.source import Span, text
from kartu.load.sheets import csv_table
from kartu.load.sheets.cells import Quoted, Row, Sheet, UnquotedRow, formula_fault
from kartu.load.sheets.columns import SET_KEYS, Header
from kartu.load.sheets.encoding import Written, as_written
from kartu.load.sheets.shared import Shared, set_path
from kartu.load.sheets.shield import SHIELD, shielded
from kartu.load.words import keys_by_word, note_type_named, own_fields, word_of
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
    """A CSV card set; make it with `read_csv_set`. `shared` is what its `.set.yaml` says."""

    def __init__(
        self,
        path: str,
        data: bytes,
        sheet: Sheet,
        header: Header,
        note_types: NoteTypes,
        shared: Shared,
    ) -> None:
        self.path = path
        self.data = data
        self._note_types = note_types
        self._shared = shared
        self._note_type = str(header.note_type or "")
        self._written: Written = as_written(data)
        self._content = self._written.content
        self._lines = [0, *(found.end() for found in _LINE.finditer(self._content))]
        above = [row for row in sheet.rows if row[0].span.line <= header.place.line]
        self._heading = None if shared.order else above[-1]
        first = self._heading or sheet.rows[0]
        self._delimiter = self._find_delimiter(first)
        self._quotes_all = isinstance(first[0], Quoted)
        self._width = len(first)
        self._columns = {str(key): n for n, key in enumerate(header.columns) if key is not None}
        read = [*self._columns.values()]
        for number, cell in enumerate(self._heading or ()):
            if cell.strip().startswith("x-"):
                self._columns.setdefault(cell.strip(), number)
        self._names = {number: name for name, number in self._columns.items()}
        self._rows = [row for row in header.rows if _has_text(row, read)]
        begins = {row[0].span.line for row in self._rows}
        self._others = [row for row in sheet.rows if row[0].span.line not in begins]

    def __len__(self) -> int:
        return len(self._rows)

    def form(self, place: int) -> Form:
        row, kind = self._rows[place], self._kind(place)
        formats = self._formats(kind)
        cells = {key: row[n] for key, n in self._columns_of(place).items() if n < len(row)}
        values = {
            key: self._value(key, str(cell), formats) for key, cell in cells.items() if cell.strip()
        }
        own = {key: value for key, value in values.items() if key not in SET_KEYS}
        return Form(
            path=self.path,
            place=place,
            id=str(own.get("id", "")),
            note_type=kind,
            subdeck=str(values.get("subdeck") or self._shared.subdeck),
            tags=[str(tag) for tag in self._shared.tags],
            values=own,
            places={key: cell.span for key, cell in cells.items() if key not in SET_KEYS},
            span=row[0].span,
        )

    def _kind(self, place: int) -> str:
        """The note type of a row, by its id if there is one."""
        name = self._cell_at(place, "note_type") or self._note_type
        return note_type_named(name, self._note_types) or name

    def _columns_of(self, place: int) -> dict[str, int]:
        """The column of each key of a row: of several that mean a field, the filled one."""
        keys = keys_by_word(self._note_types.get(self._kind(place)))
        cells, found = _texts(self._rows[place]), dict[str, int]()
        for name, number in sorted(self._columns.items(), key=itemgetter(1)):
            key, there = keys.get(name, name), number < len(cells) and bool(cells[number].strip())
            other = found.get(key)
            if other is None or (there and not cells[other].strip()):
                found[key] = number
            elif there:  # an error that check reports
                found[name] = number
        return found

    @property
    def contents(self) -> list[object]:
        return [self._by_name(row) for row in self._rows]

    @property
    def shared(self) -> object:
        others = (row for row in self._others if not self._is_heading(row))
        return self._note_type, [*map(_without_blank_end, others)]

    def _is_heading(self, row: Row) -> bool:
        return self._heading is not None and row[0].span == self._heading[0].span

    def _by_name(self, row: Row) -> dict[str, str]:
        """The cells with a text by what their columns are."""
        texts = enumerate(_texts(row))
        return {self._names.get(n, str(n)): one for n, one in texts if one.strip()}

    def id_at(self, place: int) -> str:
        return self._cell_at(place, "id")

    def span_at(self, place: int) -> Span:
        return self._rows[place][0].span

    def _cell_at(self, place: int, name: str) -> str:
        cells, column = _texts(self._rows[place]), self._columns.get(name)
        return cells[column].strip() if column is not None and column < len(cells) else ""

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
        new: dict[str, int] = {}
        for place, values in changes.items():
            form, row = self.form(place), self._cells_of(self._rows[place])
            formats, columns = self._formats(form.note_type), self._columns_of(place)
            beyond: dict[int, str] = {}
            for key, value in values.items():
                if form.values.get(key, "") == value:
                    continue
                cell = self._cell(form, key, value, formats)
                column = columns.get(key)
                if column is None:
                    name = self._heading_for(form, key)
                    column = new.setdefault(name, self._width + len(new))
                if column < len(row):
                    raw = self._raw(cell, self._content[slice(*row[column])])
                    edits.append(Edit(*row[column], raw))
                else:
                    beyond[column] = self._raw(cell, "")
            if beyond:
                cells = (beyond.get(n, "") for n in range(len(row), max(beyond) + 1))
                text = "".join(self._delimiter + one for one in cells)
                edits.append(Edit(row[-1].end, row[-1].end, text))
        return self._with([*edits, *self._new_columns([*new])])

    def added(self, place: int, values: Values) -> bytes:
        """As a row like the one before it: its note type, subdeck and quotes."""
        near = max(place - 1, 0)
        form, cells = self.form(near), self._cells_of(self._rows[near])
        formats, columns = self._formats(form.note_type), self._columns_of(near)
        new = {key: self._heading_for(form, key) for key in values if key not in columns}
        row = ['""' if self._quotes_all and n in self._names else "" for n in range(self._width)]
        for key, column in columns.items():
            raw = self._content[slice(*cells[column])] if column < len(cells) else ""
            if key in SET_KEYS:
                row[column] = raw
            elif key in values:
                row[column] = self._raw(self._cell(form, key, values[key], formats), raw)
        row += [self._raw(self._cell(form, key, values[key], formats), "") for key in new]
        edits = self._new_columns([*new.values()])
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
            message = _('no column is "subdeck"')
            raise EditRefusedError(self._rows[place][0].span, message)
        raw = self._content[slice(*cells[column])]
        data = self._with([Edit(*cells[column], self._raw(subdeck, raw))])
        again = self.read_again(data)
        if again is None or again.form(place).subdeck != subdeck:
            raise EditRefusedError(self._rows[place][0].span, _("the subdeck cannot be written"))
        return data

    def _heading_for(self, form: Form, key: str) -> str:
        """The heading of a new column; EditRefusedError where the file has no headings."""
        if self._heading is None:
            message = _('the file has no column for "{key}"', key=key)
            help = _(
                'add it to the file, and its key to "columns" in {path}', path=self._shared.path
            )
            raise EditRefusedError(form.span, message, help)
        note_type = self._note_types.get(form.note_type)
        field = own_fields(note_type).get(key)
        return key if note_type is None or field is None else word_of(field, note_type.language)

    def _new_columns(self, names: list[str]) -> list[Edit]:
        if self._heading is None or not names:
            return []
        at = self._cells_of(self._heading)[-1].end
        text = "".join(self._delimiter + self._raw(one, "") for one in names)
        return [Edit(at, at, text)]

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
        if SHIELD in before[:2]:
            cell = shielded(cell)
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
    path: str, data: bytes, note_types: NoteTypes, shared: Shared | None = None
) -> CsvSet | None:
    """Returns a CSV card set, None where it cannot be read as one that edits keep whole.

    `shared` is what `<same-name>.set.yaml` says, None for no such file.
    """
    shared = shared or Shared(None, text("", Span(path)), (), set_path(path))
    written = as_written(data)
    if written.mark + written.content.encode(written.codec, errors="replace") != data:
        return None
    found = csv_table(path, data, shared, {**note_types})
    return CsvSet(path, data, *found, note_types, shared) if found is not None else None


def _texts(row: Row) -> list[str]:
    return row.values if isinstance(row, UnquotedRow) else [*map(str, row)]


def _has_text(row: Row, columns: Iterable[int]) -> bool:
    cells = _texts(row)
    return any(n < len(cells) and cells[n].strip() for n in columns)


def _without_blank_end(row: Row) -> list[str]:
    cells = _texts(row)
    last = next((n for n in range(len(cells), 0, -1) if cells[n - 1].strip()), 0)
    return cells[:last]
