"""The fast path for CSV rows: requires no quotes and nothing to report; most rows qualify."""

from __future__ import annotations

from functools import lru_cache

from kartu.core.model import Note
from kartu.core.source import Node, Text
from kartu.load.notes_fast import LISTS, FastNotes
from kartu.load.sheets.cells import UnquotedRow, list_of, other_delimiter, parts_of
from kartu.load.sheets.columns import SET_KEYS, Columns

# The beginnings of a spreadsheet program's error values.
_ERROR_PREFIXES = ("#", "Err:")
_ERROR_CHARACTERS = "#E"

# What is done with the cells of a column.
_LEFT_OUT, _BLANK, _TEXT, _LIST = range(4)


class FastRows:
    """Reads rows of one note type and subdeck; `blank` are columns that must be empty."""

    def __init__(self, columns: Columns, blank: set[str], fast: FastNotes) -> None:
        self._plan = [_what(key, blank) for key in columns]
        read = zip(columns, self._plan, strict=True)
        self._make = fast.maker(tuple(str(key) for key, what in read if what >= _TEXT))

    def note(self, row: UnquotedRow) -> Note | None:
        """The note of a row with all columns; None where the full reader is needed."""
        if self._make is None:
            return None
        path, line, column = row.path, row.line, 1
        made: list[Node] = []
        for value, what in zip(row.values, self._plan, strict=True):
            if what is _TEXT:
                if value[:1] in _ERROR_CHARACTERS and value.startswith(_ERROR_PREFIXES):
                    return None
                cell = Text(value)
                cell.place = (path, line, column, "")
                made.append(cell)
            elif what is _LIST:
                parts = _valid_parts(value)
                if parts is None:
                    return None
                made.append(list_of(parts, (path, line, column, "")))
            elif what is _BLANK and value:
                return None
            column += len(value) + 1
        return self._make(made)


def _what(key: str | None, blank: set[str]) -> int:
    if key is None or key in SET_KEYS:
        return _LEFT_OUT
    if key in blank:
        return _BLANK
    return _LIST if key in LISTS else _TEXT


@lru_cache(maxsize=1000)  # most rows have the same tags and sources
def _valid_parts(value: str) -> tuple[tuple[int, str], ...] | None:
    """The texts of a list with their offsets; None where one of them looks like two."""
    parts = parts_of(value)
    strange = value.startswith(_ERROR_PREFIXES) or any(other_delimiter(part) for _, part in parts)
    return None if strange else parts
