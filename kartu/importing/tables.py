"""Rows of a list as tables: which row names the columns, and which columns are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from kartu.core.language import _
from kartu.importing.cells import has_gap
from kartu.importing.contents import CannotImportError, UnknownHeadingError
from kartu.load.headings import (
    first_wide_row,
    heading_row,
    is_complete,
    is_private,
    is_running,
    role_of,
    words_of_lists,
)

# Columns that are not fields.
SPECIAL = ("guid", "notetype", "deck", "tags")
_ALSO = {"note type": "notetype", "subdeck": "deck", "tag": "tags", "labels": "tags"}


class Table(NamedTuple):
    """Rows of cells. `special` are the positions of columns that are not fields, by what they hold;
    `skipped` are those that no student is to see; `shared` are the values for all rows; `html` is
    whether the file says that cells are HTML."""

    names: Sequence[str]
    rows: Sequence[Sequence[str]]
    special: Mapping[str, int]
    shared: Mapping[str, str]
    html: bool
    skipped: frozenset[int] = frozenset()


class Sheet(NamedTuple):
    """The rows of a spreadsheet that are not empty; `title` is the name of one of several."""

    title: str
    rows: list[list[str]]


class TableFinder:
    """Finds heading rows; `remarks` say what was taken for what, and what was left."""

    def __init__(self, keys: Mapping[str, int], heading: bool | None) -> None:
        self.remarks: list[str] = []
        self._keys = keys
        self._heading = heading

    def of_sheets(self, sheets: Sequence[Sheet]) -> list[Table]:
        """Returns the tables of all sheets that have a heading row, or are said to have none."""
        sheets = [one for one in sheets if one.rows]
        if not sheets:
            raise CannotImportError(_("it is empty"))
        for one in sheets:
            if {"id", "note_type"} <= {name.strip() for name in one.rows[0]}:
                message = _("it is a card set already: put it into cards/<deck>/ as it is")
                raise CannotImportError(message)
        cells = [row for one in sheets for row in one.rows]
        if not any(map(has_gap, (cell for row in cells for cell in row))) and not any(
            sum(map(bool, map(str.strip, row))) > 1 for row in cells
        ):
            raise CannotImportError(_("it has one column: there is nothing to answer"))
        places = [self._certain(one.rows) for one in sheets]
        if self._heading is None and all(place is None for place in places):
            raise UnknownHeadingError(sheets[0].rows[0])
        tables = []
        for sheet, place in zip(sheets, places, strict=True):
            if self._heading is False:
                tables.append(Table([], sheet.rows, {}, {}, html=False))
            elif place is None:
                self.remarks.append(
                    _(
                        'the sheet "{title}" is ignored: no row names its columns',
                        title=sheet.title,
                    )
                )
            else:
                tables.append(self._below(sheet, place))
        return tables

    def of_lines(self, rows: list[list[str]]) -> Table | None:
        """Returns the table of lines that are divided by tabs, None if they have no heading.

        Raises:
            UnknownHeadingError: A word of headings is in the first row, and no second one.
        """
        place = self._place(rows)
        if place is None and self._heading is None and rows:
            words = words_of_lists(self._keys)
            if any(map(words.meaning, rows[0])) and len(rows) > 1:
                raise UnknownHeadingError(rows[0])
        return (
            None if place is None or self._heading is False else self._below(Sheet("", rows), place)
        )

    def _place(self, rows: Sequence[Sequence[str]]) -> int | None:
        place = heading_row(rows, [words_of_lists(self._keys)])
        return first_wide_row(rows) if place is None and self._heading else place

    def _certain(self, rows: Sequence[Sequence[str]]) -> int | None:
        """The heading row, unless the columns that ask and answer may be among the unknown ones."""
        place = self._place(rows)
        if place is None or self._heading or self._keys:
            return place
        names, below = rows[place], rows[place + 1 :]
        skipped = frozenset(self._skipped(names, below))
        rest = [name for column, name in enumerate(names) if name.strip() and column not in skipped]
        return place if is_complete(names) or all(map(role_of, rest)) else None

    def _below(self, sheet: Sheet, place: int) -> Table:
        names, rows = [name.strip() for name in sheet.rows[place]], sheet.rows[place + 1 :]
        special: dict[str, int] = {}
        for column, name in enumerate(names):
            what = _ALSO.get(name.casefold(), name.casefold())
            if what in SPECIAL:
                special.setdefault(what, column)
        skipped = frozenset(self._skipped(names, rows)) - set(special.values())
        width = max(map(len, rows), default=0)
        nameless = {n for n in range(width) if n >= len(names) or not names[n]}
        beyond = [cell_at(row, n).strip() for row in rows for n in sorted(nameless - skipped)]
        taken = [name for column, name in enumerate(names) if name and column not in skipped]
        self._remark(sheet, _("the heading row is {row}", row=_quoted(sheet.rows[place])))
        if place:
            above = "; ".join(map(_quoted, sheet.rows[:place]))
            self._remark(sheet, _("ignored rows above it: {rows}", rows=above))
        if left := ", ".join(n for column, n in enumerate(names) if column in skipped and n):
            self._remark(
                sheet,
                _(
                    "ignored columns: {names} (a column named Example, Notes or Tags is imported)",
                    names=left,
                ),
            )
        if any(beyond):
            cells = '", "'.join(filter(None, beyond))[:100]
            self._remark(sheet, _('ignored cells without a heading: "{cells}"', cells=cells))
        skipped |= nameless
        self._remark(sheet, _("imported columns: {names}", names=", ".join(taken)))
        return Table(names, rows, special, {}, html=False, skipped=skipped)

    def _remark(self, sheet: Sheet, remark: str) -> None:
        if sheet.title:
            remark = _('the sheet "{title}": {remark}', title=sheet.title, remark=remark)
        self.remarks.append(remark)

    def _skipped(self, names: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[int]:
        """The columns of running numbers, the author's own, and beside what asks and answers those
        whose names mean nothing: where no words name these, they are the first two."""
        left = len({"question", "answer"} - set(map(role_of, names)))
        for column, name in enumerate(names):
            running = is_running(name, [cell_at(row, column) for row in rows])
            if running or is_private(name):
                yield column
            elif name.strip() and not self._keys and not role_of(name):
                if not left:
                    yield column
                left = max(0, left - 1)


def _quoted(row: Sequence[str]) -> str:
    return '"' + " | ".join(cell.strip() for cell in row if cell.strip())[:100] + '"'


def cell_at(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""
