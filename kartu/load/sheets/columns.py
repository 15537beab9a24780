"""The header of a spreadsheet: where it is, and the key of each column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostic, Diagnostics, Related, nearest
from kartu.core.language import _, ngettext
from kartu.core.model import NoteType
from kartu.core.source import Span, Text, text
from kartu.core.text import shown
from kartu.load.card_set import no_field
from kartu.load.headings import (
    MOST_ABOVE,
    NEVER,
    Vocabulary,
    asks_and_answers,
    folded,
    heading_row,
    is_private,
    is_running,
    is_total,
    union,
    vocabulary,
)
from kartu.load.sheets.cells import Row, Sheet, UnquotedRow, formula_fault, part
from kartu.load.sheets.propose import (
    columns_line,
    propose,
    quoted_row,
    report_no_heading,
    report_no_note_type,
)
from kartu.load.sheets.shared import NoteTypes, Shared
from kartu.load.words import keys_by_word, note_type_named, own_fields, word_of, words_of

# Set once in a YAML card set, but per row in a spreadsheet.
SET_KEYS = ("note_type", "subdeck")

Columns = list[Text | None]


class Header(NamedTuple):
    """The key of each column, None for one that is not read; the rows below them; the note type of
    the rows that name none."""

    columns: Columns
    rows: list[Row]
    note_type: Text | None
    place: Span


def read_header(
    sheet: Sheet, shared: Shared, note_types: NoteTypes, diagnostics: Diagnostics
) -> Header | None:
    """The header of a sheet with all its faults in `diagnostics`; None where none can be found."""
    possible = [one for one in note_types.values() if one]
    if shared.note_type is not None:
        common = note_types.get(note_type_named(shared.note_type, note_types) or "")
        possible = [common] if common else []
    if not possible:  # they have faults of their own
        return _as_spelt(sheet, shared, diagnostics)
    if shared.order:
        return _without_headings(sheet, shared, possible, diagnostics)
    words = [vocabulary(one, shared.words) for one in possible]
    place = heading_row(sheet.rows, words)
    if place is None:
        if not _is_never_read(sheet, shared):
            report_no_heading(sheet, shared, possible, diagnostics)
        return None
    _report_rows_above(sheet.rows[:place], diagnostics)
    return _Header(sheet.rows[place], sheet, shared, diagnostics).read(place, possible, note_types)


def _as_spelt(sheet: Sheet, shared: Shared, diagnostics: Diagnostics) -> Header:
    """The header of a sheet whose note type cannot be read: its first row as it is."""
    columns: Columns = []
    for cell in sheet.rows[0]:
        key = part(cell, 0, len(cell))
        columns.append(key if key and key not in columns and not _is_own(key) else None)
    if "note_type" not in columns and shared.note_type is None:
        report_no_note_type([], shared, sheet.place, diagnostics)
    return Header(columns, sheet.rows[1:], shared.note_type, sheet.place)


def _without_headings(
    sheet: Sheet, shared: Shared, possible: list[NoteType], diagnostics: Diagnostics
) -> Header:
    """The header that `columns: [...]` is, for a sheet whose first row is a card."""
    header = _Header(list(shared.order), sheet, shared, diagnostics)
    header.rows = sheet.rows
    return header.of(possible, {one.id: one for one in possible}, sheet.place)


def _is_never_read(sheet: Sheet, shared: Shared) -> bool:
    """Whether all headings of the sheet are among those whose columns are never read."""
    never = {folded(heading) for heading, key in shared.columns.items() if key == NEVER}
    filled = [{folded(cell) for cell in row if cell.strip()} for row in sheet.rows[:MOST_ABOVE]]
    return bool(never) and any(cells <= never for cells in filled if cells)


def _report_rows_above(rows: list[Row], diagnostics: Diagnostics) -> None:
    rows = [row for row in rows if not any(map(is_private, row))]
    if rows:
        message = ngettext(
            "{number} row above the headings is not read: {rows}",
            "{number} rows above the headings are not read: {rows}",
            len(rows),
            rows=shown([quoted_row(row) for row in rows], 3),
        )
        help = _("if that is meant, let them begin with #")
        filled = next(cell for cell in rows[0] if cell.strip())
        diagnostics.add("unread-rows", filled.span, message, help)


def _is_own(name: str) -> bool:
    return is_private(name) or name.startswith("x-")


class _Header:
    """Reads a row of headings; everything wrong with them is reported together."""

    def __init__(self, row: Row, sheet: Sheet, shared: Shared, diagnostics: Diagnostics) -> None:
        self.cells = [part(cell, 0, len(cell)) for cell in row]
        self.sheet = sheet
        self.shared = shared
        self.diagnostics = diagnostics
        self.rows: list[Row] = []
        self.common: NoteType | None = None  # of all rows
        self.unread: list[int] = []
        self.slips: set[str] = set()
        self.of_some: set[str] = set()  # words for fields of the note types
        self.all_sound = True  # a faulty note type may have any column

    def read(self, place: int, possible: list[NoteType], note_types: NoteTypes) -> Header:
        """The header of which the row at `place` has the headings."""
        above = _texts(self.sheet.rows[place])
        below = self.sheet.rows[place + 1 :]
        self.rows = [row for row in below if _texts(row) != above]  # repeated for each page
        if self.rows and is_total(_texts(self.rows[-1])):
            self._report_total(self.rows.pop())
        first = next((cell for cell in self.cells if cell), self.cells[0])
        return self.of(possible, note_types, first.span)

    def _report_total(self, row: Row) -> None:
        if any(map(is_private, row)):
            return
        message = _("the last row sums up the sheet and is not read: {row}", row=quoted_row(row))
        filled = next(cell for cell in row if cell.strip())
        help = _("if that is meant, let it begin with #")
        self.diagnostics.add("unread-rows", filled.span, message, help)

    def of(self, possible: list[NoteType], note_types: NoteTypes, place: Span) -> Header:
        """The header with the note type that the headings name."""
        note_type = self.shared.note_type
        by_row = self._named_by_row()
        if by_row is not None:
            by_row |= {note_type} if note_type else set()
            named = {note_type_named(one, note_types) for one in by_row}
            self.all_sound = all(note_types.get(one or "") for one in named)
            possible = [found for one in named if (found := note_types.get(one or ""))]
        elif note_type is not None:
            (self.common,) = possible
        else:
            fitting = best_fitting(self.cells, possible, self.shared)
            if len(fitting) != 1:
                below = [(cell, [*self._values(n)]) for n, cell in enumerate(self.cells)]
                report_no_note_type(
                    fitting or possible,
                    self.shared,
                    place,
                    self.diagnostics,
                    columns=[] if fitting else below,
                )
                return Header([], [], None, place)
            (self.common,) = fitting
            note_type = text(self.common.id, place)
        words = [self.common] if self.common else possible
        self.of_some = {word for one in words for word in keys_by_word(one)}
        columns = self._columns(union([vocabulary(one, self.shared.words) for one in words]))
        self._report_missing(columns, place)
        if self.all_sound:
            self._report_unread(columns)
        self._report_nameless(columns)
        return Header(columns, self.rows, note_type, place)

    def _named_by_row(self) -> set[str] | None:
        """The note types that rows name; None where no column names note types."""
        engine = vocabulary(None, self.shared.words)
        for number, meaning in enumerate(map(engine.meaning, self.cells)):
            if meaning and meaning.key == "note_type":
                return {value.strip() for value in self._values(number)} - {""}
        return None

    def _values(self, column: int) -> Iterator[str]:
        for row in self.rows:
            values = row.values if isinstance(row, UnquotedRow) else row
            if column < len(values):
                yield values[column]

    def _columns(self, words: Vocabulary) -> Columns:
        columns: Columns = []
        first: dict[str, Text] = {}
        meanings = words.meanings(self.cells)
        taken = {one.key for one in meanings if one}
        for number, (cell, meaning) in enumerate(zip(self.cells, meanings, strict=True)):
            columns.append(None)
            if fault := formula_fault(cell):
                self.diagnostics.append(fault)
                continue
            key = meaning.key if meaning else ""
            if _is_own(cell) or key == NEVER:
                continue
            if key in ("", "id") and is_running(cell, self._values(number)):
                continue
            if key and self.common is None and cell in self.of_some - {*map(str, columns)}:
                columns[-1] = cell  # several may mean a field: a row fills one of them
                first.setdefault(key, cell)
            elif key in first:
                self._report_duplicate(cell, first[key])
            elif key:
                first[key] = cell
                columns[-1] = text(key, cell.span)
            elif near := words.near_miss(cell, taken):
                self._report_near_miss(cell, near)
            elif cell:
                self.unread.append(number)
        return columns

    def _report_duplicate(self, cell: Text, first: Text) -> None:
        message = _('two columns have the name "{key}"', key=cell)
        if cell != first:
            message = _('the columns "{first}" and "{key}" mean the same', first=first, key=cell)
        help = _("give one of them another name; a name that begins with # is yours")
        related = (Related(first.span, _("first here")),)
        self.diagnostics.add("duplicate-column", cell.span, message, help, related)

    def _report_near_miss(self, cell: Text, near: str) -> None:
        message = _('there is no key "{key}", and no note type has such a field', key=cell)
        name = ""
        if self.common is not None:
            message, name = no_field(cell, self.common)[0], self.common.id
        help = _('did you mean "{near}"?', near=self._word_like(cell, near))
        self.slips.add(near)
        names = (name, str(cell), near)
        self.diagnostics.append(Diagnostic("unknown-key", cell.span, message, help, names=names))

    def _word_like(self, cell: str, key: str) -> str:
        """The word of the author's language for a field that is most like a heading."""
        field = own_fields(self.common).get(key)
        if self.common is None or field is None:
            return key
        words = words_of(field, self.common.language)
        return nearest(cell.casefold(), words) or words[0]

    def _report_missing(self, columns: Columns, place: Span) -> None:
        """Reports required fields without a column, and what the others may be."""
        if self.common is None:
            return
        required = [key for key, one in own_fields(self.common).items() if one.required]
        missing = [key for key in required if key not in columns and key not in self.slips]
        for key in missing:
            language = self.common.language
            word = word_of(own_fields(self.common)[key], language)
            name = word_of(self.common, language)
            message = _('no column is "{key}", which {name} requires', key=word, name=name)
            help = _('add a column "{key}"', key=word)
            if self.unread:
                help = _(
                    "say what the columns are, in {path}: {columns}",
                    path=self.shared.path,
                    columns=columns_line(self.shared, self._proposed(columns)),
                )
            self.diagnostics.add("missing-field", place, message, help)
        if missing:
            self.unread = []  # the help names them

    def _proposed(self, columns: Columns) -> list[tuple[str, str]]:
        taken = {str(key) for key in columns if key} | self.slips
        found = [(self.cells[number], [*self._values(number)]) for number in self.unread]
        return propose(found, self.common, taken)

    def _report_unread(self, columns: Columns) -> None:
        """Warns once of all columns that mean nothing."""
        self.unread = [one for one in self.unread if any(map(str.strip, self._values(one)))]
        if not self.unread:
            return
        names = [f'"{self.cells[number]}"' for number in self.unread]
        message = ngettext(
            "{number} column means nothing to kartu and is not read: {names}",
            "{number} columns mean nothing to kartu and are not read: {names}",
            len(names),
            names=", ".join(names),
        )
        proposed = self._proposed(columns)
        line, path = columns_line(self.shared, proposed), self.shared.path
        if any(key != NEVER for _heading, key in proposed):
            help = _(
                "if that is meant, let their names begin with #; "
                "else say what they are, in {path}: {columns}",
                path=path,
                columns=line,
            )
        else:
            help = _(
                "if that is meant, let their names begin with #, or write into {path}: {columns}",
                path=path,
                columns=line,
            )
        place = self.cells[self.unread[0]].span
        self.diagnostics.add("unread-columns", place, message, help)

    def _report_nameless(self, columns: Columns) -> None:
        """Reports the first value of each column without a name; of lines, the first in each."""
        found: dict[tuple[int, int], Text] = {}
        numbers = set()
        width = next((n for n, cell in enumerate(self.cells) if not cell), len(self.cells))
        for place, row in enumerate(self.rows):
            values = row.values if isinstance(row, UnquotedRow) else row
            for number in range(width, len(values)):
                named = number < len(self.cells) and self.cells[number]
                which = (0, number) if self.sheet.place.sheet else (place, 0)
                if named or which in found or number in numbers or not values[number].strip():
                    continue
                if is_running("", self._values(number)):
                    numbers.add(number)
                else:
                    found[which] = row[number]
        message = _("this value is in a column that has no name in the first row")
        help = _("name the column, or move the value")
        if not self.sheet.place.sheet:
            help = _(
                "name the column, or put a text that contains the delimiter in quotes: "
                '"one, two; three"'
            )
        if self.shared.order:
            message = _('this value is in a column for which "columns" has no key')
            help = _('add its key to "columns" in {path}, or "#"', path=self.shared.path)
        for cell in found.values():
            self.diagnostics.add("unnamed-column", cell.span, message, help)


def best_fitting(cells: list[Text], possible: list[NoteType], shared: Shared) -> list[NoteType]:
    """The note types whose required fields all are named, those with most names of their own.

    Of several with as many, those with the fewest fields: what else they have was not wanted.
    """
    found: dict[tuple[int, int, int, int], list[NoteType]] = {}
    for one in possible:
        words = vocabulary(one, shared.words)
        meanings = words.meanings(cells)
        fields = own_fields(one)
        named = {meaning.key for meaning in meanings if meaning} & fields.keys()
        named |= {words.near_miss(cell, named) for cell in cells}
        sure = {meaning.key for meaning in meanings if meaning and meaning.sure} & fields.keys()
        if all(key in named for key, field in fields.items() if field.required):
            score = (len(sure), len(named), asks_and_answers(one), -len(fields))
            found.setdefault(score, []).append(one)
    return found[max(found)] if found else []


def _texts(row: Row) -> list[str]:
    return row.values if isinstance(row, UnquotedRow) else [str(cell) for cell in row]
