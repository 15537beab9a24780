"""Rows without quotes in which nothing is to be told: most are so, and are read in one go."""

from __future__ import annotations

from functools import lru_cache

from kartu.core.model import Note
from kartu.core.source import Node, Text
from kartu.load.notes_fast import LISTS, UsualNotes
from kartu.load.sheets.cells import PlainRow, list_of, other_divider, parts_of
from kartu.load.sheets.columns import SET_KEYS, Columns

# What a spreadsheet program shows in place of a text begins so.
_STRANGE = ("#", "Err:")
_STRANGE_SIGNS = "#E"

# What becomes of a column's cells.
_LEFT_OUT, _BLANK, _TEXT, _LIST = range(4)


class PlainRows:
    """Reads rows of one note type and subdeck; `blank` are the columns that must say nothing."""

    def __init__(self, columns: Columns, blank: set[str], usual: UsualNotes) -> None:
        self._plan = [_what(key, blank) for key in columns]
        read = zip(columns, self._plan, strict=True)
        self._make = usual.maker(tuple(str(key) for key, what in read if what >= _TEXT))

    def note(self, row: PlainRow) -> Note | None:
        """The note of a row with all columns; None where anything of it wants a closer look."""
        if self._make is None:
            return None
        path, line, column = row.path, row.line, 1
        made: list[Node] = []
        for value, what in zip(row.values, self._plan, strict=True):
            if what is _TEXT:
                if value[:1] in _STRANGE_SIGNS and value.startswith(_STRANGE):
                    return None
                cell = Text(value)
                cell.place = (path, line, column, "")
                made.append(cell)
            elif what is _LIST:
                parts = _good_parts(value)
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
def _good_parts(value: str) -> tuple[tuple[int, str], ...] | None:
    """The texts of a list with their places in it; None where one of them looks like two."""
    parts = parts_of(value)
    strange = value.startswith(_STRANGE) or any(other_divider(part) for _, part in parts)
    return None if strange else parts
