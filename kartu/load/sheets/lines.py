"""Lists as text, .txt and .tsv: of Quizlet, of spreadsheets, and exported by Anki.

Anki says at the top how a file is written (`#separator:tab`, `#columns:…`, `#tags column:3`).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _
from kartu.core.source import Span, Text, text
from kartu.load.files import control_character, control_in
from kartu.load.sheets.cells import Quoted, Row, Sheet, UnquotedRow
from kartu.load.sheets.csv import (
    DELIMITERS,
    delimiter_of,
    is_announced,
    is_markdown,
    read_csv,
    rows_of,
)

_SEPARATORS = {"tab": "\t", "comma": ",", "semicolon": ";"} | {one: one for one in DELIMITERS}
_LINE = re.compile(
    r"#\s*((?:separator|html|columns|if matches|(?:tags|guid|deck|notetype)(?: column)?))\s*:(.*)"
)
_MARKUP = re.compile(r"</?[a-zA-Z][^<>\n]*>|&(?:[a-z]{2,8}|#\d{1,6});")
_BREAK = re.compile(r"<br ?/?>|</div>\s*<div>|</?div>", re.IGNORECASE)
# What columns hold that are no fields; kartu has other decks and note types.
_SPECIAL = {"tags": "tags", "guid": "guid", "deck": "#deck", "notetype": "#notetype"}


class _Announced(NamedTuple):
    """What a file says of itself; `start` is where its rows begin, in the line `line`."""

    start: int
    line: int
    said: dict[str, str]

    def special(self) -> dict[int, str]:
        """The keys of columns that are no fields, by their places."""
        numbers = {what: self.said.get(f"{what} column", "") for what in _SPECIAL}
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
    name = announced.said.get("separator", "").strip().casefold()
    delimiter: str | None = _SEPARATORS.get(name or "tab", "\t")
    if not announced.said and ("\t" not in content or is_markdown(content)):
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
    if announced.said.get("html", "").casefold() == "true":
        rows = [_without_breaks(row) for row in rows]
    if announced.said and (marked := _marked(rows)) is not None:
        message = _("the cells of this file are HTML, which those of card sets are not")
        help = _("kartu import {path} makes card sets of it", path=path)
        diagnostics.add("wrong-shape", marked.span, message, help)
        return None
    rows = _with_header(rows, path, delimiter, announced)
    return Sheet(rows[0][0].span, rows) if rows else None


def _has_quoted(rows: list[Row], faulty: set[int]) -> bool:
    """Whether cells of other lines than the faulty ones are in quotes."""
    whole = (row for row in rows if not isinstance(row, UnquotedRow))
    return any(
        isinstance(cell, Quoted) and cell.span.line not in faulty for row in whole for cell in row
    )


def _announced(content: str) -> _Announced:
    start, line, said = 0, 1, dict[str, str]()
    while found := _LINE.match(content, start):
        value = found[2]
        said[found[1]] = value if found[1] in ("columns", "separator") else value.strip()
        start, line = min(found.end() + 1, len(content)), line + 1
    return _Announced(start, line, said)


def _without_breaks(row: Row) -> Row:
    """The row with the line breaks and characters that HTML names, where that is all its HTML."""
    cells = row.values if isinstance(row, UnquotedRow) else row
    if not any("<" in cell or "&" in cell for cell in cells):
        return row
    return [text(_as_lines(cell), cell.span) for cell in row]


def _as_lines(cell: Text) -> str:
    from html import unescape  # its table of entities is large, and rarely needed

    lines = _BREAK.sub("\n", cell)
    plain = unescape(lines).replace("\xa0", " ").strip()
    return cell if _MARKUP.search(lines.replace("&", "")) or _MARKUP.search(plain) else plain


def _marked(rows: list[Row]) -> Text | None:
    """The first cell with a tag or an entity."""
    return next((cell for row in rows for cell in row if _MARKUP.search(cell)), None)


def _with_header(rows: list[Row], path: str, delimiter: str, announced: _Announced) -> list[Row]:
    """The rows below the names of their columns, where the file says these."""
    special = announced.special()
    if "tags" in special.values():
        place = next(n for n, key in special.items() if key == "tags")
        rows = [_with_tags(row, place) for row in rows]
    if "columns" not in announced.said:
        return rows
    line = announced.line - 1
    names = announced.said["columns"].split(delimiter)
    header = [text(special.get(n, name), Span(path, line, 1)) for n, name in enumerate(names)]
    return [header, *rows]


def _with_tags(row: Row, place: int) -> Row:
    """The row with its tags, which Anki separates by spaces, as cells have them."""
    cells = list(row)
    if place < len(cells):
        cells[place] = text(" | ".join(cells[place].split()), cells[place].span)
    return cells
