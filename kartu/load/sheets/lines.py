"""Lists as text, .txt and .tsv: of Quizlet, of spreadsheets, and exported by Anki.

Anki says at the top how a file is written (`#separator:tab`, `#columns:…`, `#tags column:3`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _
from kartu.core.source import Span, Text, text
from kartu.load.files import control_character, control_in
from kartu.load.headings import folded
from kartu.load.sheets.cells import Quoted, Row, Sheet, UnquotedRow
from kartu.load.sheets.csv import (
    DELIMITERS,
    delimiter_of,
    is_announced,
    is_markdown,
    read_csv,
    rows_of,
)
from kartu.load.sheets.markup import html_cell, is_rich

_SEPARATORS = {"tab": "\t", "comma": ",", "semicolon": ";"} | {one: one for one in DELIMITERS}
_LINE = re.compile(
    r"#\s*((?:separator|html|columns|if matches|(?:tags|guid|deck|notetype)(?: column)?))\s*:(.*)"
)
# What columns hold that are no fields; kartu has other decks and note types.
_SPECIAL = {"tags": "tags", "guid": "guid", "deck": "#deck", "notetype": "#notetype"}


class _Announced(NamedTuple):
    """What a file says of itself; `start` is where its rows begin, in the line `line`."""

    start: int
    line: int
    directives: dict[str, str]

    def special(self) -> dict[int, str]:
        """The keys of columns that are no fields, by their places."""
        numbers = {what: self.directives.get(f"{what} column", "") for what in _SPECIAL}
        return {
            int(number) - 1: _SPECIAL[what]
            for what, number in numbers.items()
            if number.isdecimal() and 0 < int(number) < 1000
        }


def read_lines(
    content: str, path: str, words: frozenset[str], diagnostics: Diagnostics
) -> Sheet | None:
    """The rows of a list; None if it is empty or, with a diagnostic, unreadable.

    Cells are in quotes as in CSV; where that cannot be read, quotes are what someone typed.
    `words` are those of headings, by which the delimiter is recognised.
    """
    if found := control_in(content):
        diagnostics.append(control_character(found, Span(path)))
        return None
    announced = _announced(content)
    name = announced.directives.get("separator", "").strip().casefold()
    delimiter: str | None = _SEPARATORS.get(name or "tab", "\t")
    if not announced.directives and ("\t" not in content or is_markdown(content)):
        if is_announced(content) or not content.strip():
            return read_csv(content, path, words, diagnostics)
        delimiter = delimiter_of(content, path, words, diagnostics)
    if delimiter is None:
        return None
    faults = Diagnostics()
    rows: list[Row] = list(rows_of(content, path, delimiter, faults, start=announced.start))
    if faults and delimiter != "\t" and _has_quoted(rows, {one.span.line for one in faults}):
        diagnostics.extend(faults)
        return None
    if faults:
        lines = content[announced.start :].split("\n")
        rows = [
            UnquotedRow(line.split(delimiter), path, announced.line + number)
            for number, line in enumerate(lines)
        ]
    rows = [row for row in rows if any(map(str.strip, row))]
    special = announced.special()
    if announced.directives.get("html", "").casefold() == "true":
        rows = [_from_html(row, special) for row in rows]
    if not announced.directives or not rows:
        return Sheet(rows[0][0].span, rows) if rows else None
    return _announced_sheet(rows, announced, delimiter, words, diagnostics)


def _has_quoted(rows: list[Row], faulty: set[int]) -> bool:
    """Whether cells of other lines than the faulty ones are in quotes."""
    whole = (row for row in rows if not isinstance(row, UnquotedRow))
    return any(
        isinstance(cell, Quoted) and cell.span.line not in faulty for row in whole for cell in row
    )


def _announced(content: str) -> _Announced:
    start, line, directives = 0, 1, dict[str, str]()
    while found := _LINE.match(content, start):
        value = found[2]
        directives[found[1]] = value if found[1] in ("columns", "separator") else value.strip()
        start, line = min(found.end() + 1, len(content)), line + 1
    return _Announced(start, line, directives)


def _from_html(row: Row, special: Mapping[int, str]) -> Row:
    """The row with cells of a card set, but for what is never HTML."""
    return [cell if n in special else html_cell(cell) for n, cell in enumerate(row)]


def _announced_sheet(
    rows: list[Row],
    announced: _Announced,
    delimiter: str,
    words: frozenset[str],
    diagnostics: Diagnostics,
) -> Sheet | None:
    """The rows below the names of their columns, where the file says or shows these."""
    special = announced.special()
    for place in (n for n, key in special.items() if key == "tags"):
        rows = [_with_tags(row, place) for row in rows]
    width = max(map(len, rows))
    keys = tuple(special.get(n, "") for n in range(width)) if special else ()
    where = rows[0][0].span._replace(line=max(1, announced.line - 1), column=1)
    if "columns" in announced.directives:
        names = dict(enumerate(announced.directives["columns"].split(delimiter)))
    else:
        filled = [n for n in range(width) if n not in special and any(_cells(rows, n))]
        found = _names(rows, filled, {folded(word) for word in words}, diagnostics)
        if found is None:
            return None
        names = dict(zip(filled, found, strict=False))
    if not names:
        return Sheet(rows[0][0].span, rows, keys)
    named = {n: special.get(n, names.get(n, "")) for n in range(max(width, 1 + max(names)))}
    header = [text(name, where) for name in named.values()]
    return Sheet(where, [header, *rows], keys, named=True)


def _names(
    rows: list[Row], filled: list[int], words: Collection[str], diagnostics: Diagnostics
) -> list[str] | None:
    """What the columns are where no more can be meant: what asks, and what answers.

    Empty where someone has to say it; None, with a diagnostic, where it is of two kinds.
    """
    gaps = [row for row in rows if any("{{c" in cell for cell in row)]
    if not 0 < len(filled) <= 2 or (len(filled) == 1 and not gaps):
        return []
    if all(folded(cell) in words for cell in rows[0] if cell.strip()):
        return []  # someone wrote headings above
    if 0 < len(gaps) < len(rows):
        other = next(row for row in rows if row not in gaps)
        message = _("notes with gaps and notes without are in one file")
        help = _(
            "export them one note type at a time; or: kartu import {path}", path=other[0].span.path
        )
        diagnostics.add("wrong-shape", other[0].span, message, help)
        return None
    if gaps:
        return ["text", "note"]
    rich = any(is_rich(cell) for cell in _cells(rows, filled[0]))
    return ["question", "answer"] if rich else ["front", "back"]


def _cells(rows: list[Row], place: int) -> Iterator[Text]:
    """The cells of a column that have a value."""
    for row in rows:
        if place < len(row) and row[place].strip():
            yield row[place]


def _with_tags(row: Row, place: int) -> Row:
    """The row with its tags, which Anki separates by spaces, as cells have them."""
    cells = list(row)
    if place < len(cells):
        cells[place] = text(" | ".join(cells[place].split()), cells[place].span)
    return cells
