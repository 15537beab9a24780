"""CSV: cells delimited by commas, semicolons or tabs, each with its line and column.

Gives the same result as Python's csv module in strict mode, which has no positions.
A cell's place is its first character, in a quoted cell the one after the quote.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import islice

from kartu.core.diagnostics import Diagnostics, Related
from kartu.core.language import N_, _
from kartu.core.patterns import pattern
from kartu.core.source import Span, Text, place_in, text
from kartu.load.files import control_character, control_in
from kartu.load.headings import MOST_ABOVE, folded
from kartu.load.sheets.cells import Quoted, Row, Sheet, UnquotedRow, part
from kartu.load.sheets.shield import SHIELD

DELIMITERS = {",": N_("comma"), ";": N_("semicolon"), "\t": N_("tab")}

MAX_DELIMITERS = 5_000_000

_QUOTED = pattern(r'"([^"]*+(?:""[^"]*+)*+)"')
_PLAIN = {delimiter: re.compile(f"[^\n{delimiter}]*+") for delimiter in DELIMITERS}

# Rows that are looked at to find the delimiter.
_COMPARED = 200

_NOTHING = "".join(DELIMITERS) + ' "\n'

# What people write between a term and its meaning where it is no delimiter.
_SIGNS = ("/////", "::", "=>", "->", " = ", " – ", " — ", " - ", "|", "=", "：", ": ", "   ")

_QUESTION = pattern(r"(?m)^(?:Q|Soal|Tanya)\s*:")
_ANSWER = pattern(r"(?m)^(?:A|Jawab)\s*:")

# Excel's first line `sep=;`, which it hides.
_SEP = pattern(r'"?sep=(.)"?[,;\t]*(?:\n|$)', re.IGNORECASE)

# Excel's way to prevent a text from becoming a number: ="007".
_FORMULA_TEXT = pattern(r'="[^"]*"')


def read_csv(
    content: str, path: str, keys: Collection[str], diagnostics: Diagnostics
) -> Sheet | None:
    """The rows of a CSV file; None if it is empty or, with a diagnostic, unreadable.

    `keys` are the names that columns can have, by which the delimiter is recognised.
    """
    if found := control_in(content):
        diagnostics.append(control_character(found, place_in(path, content, found.start())))
        return None
    if not content.strip(_NOTHING):
        return None
    if len(content) > MAX_DELIMITERS < max(map(content.count, DELIMITERS)):
        message = _("the file has more than {number} cells", number=MAX_DELIMITERS)
        diagnostics.add("file-too-large", Span(path), message, _("split it into several"))
        return None
    announced = _SEP.match(content)
    start = announced.end() if announced else 0
    delimiter = announced[1] if announced else delimiter_of(content, path, keys, diagnostics)
    if delimiter is None:
        return None
    if delimiter not in DELIMITERS:
        message = _('kartu cannot read columns separated by "{delimiter}"', delimiter=delimiter)
        help = _("save it with commas, semicolons or tabs")
        diagnostics.add("csv-delimiter", Span(path), message, help)
        return None
    rows = _valid_rows(content, path, delimiter, start, diagnostics)
    if '="' in content:
        rows = [[_without_formula(cell) for cell in row] for row in rows]
    if SHIELD in content:
        rows = [[_without_shield(cell) for cell in row] for row in rows]
    return Sheet(rows[0][0].span, rows) if rows else None


def _valid_rows(
    content: str, path: str, delimiter: str, start: int, diagnostics: Diagnostics
) -> list[Row]:
    """The rows that have a value and no fault; empty if the header has a fault."""
    rows: list[Row] = []
    known = diagnostics.mark()
    for row in rows_of(content, path, delimiter, diagnostics, start=start):
        if diagnostics.since(known):
            if not rows:
                break
            known = diagnostics.mark()
        elif any(map(str.strip, row.values if isinstance(row, UnquotedRow) else row)):
            rows.append(row)
    return rows


def rows_of(
    content: str, path: str, delimiter: str, diagnostics: Diagnostics, *, start: int = 0
) -> Iterator[Row]:
    """The rows from the offset `start` on, including blank ones.

    Faults in the quotes of a row are reported before the row is yielded; nothing is yielded after a
    quote that is never closed.
    """
    line, length = content.count("\n", 0, start) + 1, len(content)
    reader = _QuotedRows(content, path, delimiter, diagnostics)
    quote = content.find('"', start)
    while start < length:
        if 0 <= quote < start:
            quote = content.find('"', start)
        end = content.find("\n", start)
        if end < 0:
            end = length
        if not start <= quote < end:
            yield UnquotedRow(content[start:end].split(delimiter), path, line)
            start, line = end + 1, line + 1
            continue
        row = reader.row(start, line)
        if row is None:
            return
        yield row
        start, line = reader.next


class _QuotedRows:
    """Reads rows with quotes; `next` is the offset and line after the last row read."""

    def __init__(self, content: str, path: str, delimiter: str, diagnostics: Diagnostics) -> None:
        self.content = content
        self.path = path
        self.delimiter = delimiter
        self.diagnostics = diagnostics
        self.plain = _PLAIN[delimiter]
        self.next = (0, 1)

    def row(self, position: int, line: int) -> Row | None:
        """The row that begins at `position`; None if a quote in it is never closed."""
        content, row, line_start = self.content, [], position
        while True:
            place = Span(self.path, line, position - line_start + 1)
            if content.startswith('"', position):
                found = _QUOTED.match(content, position)
                if found is None:
                    self._fault(place, _("the quote that opens here is never closed"))
                    return None
                cell, position = self._quoted(found, place), found.end()
                if "\n" in cell:
                    line += cell.count("\n")
                    line_start = content.rfind("\n", 0, position) + 1
                position = self._after_quote(position, line, line_start, place)
            else:
                value = self.plain.match(content, position)
                assert value is not None  # it also matches the empty string
                cell, position = text(value[0], place), value.end()
                if cell.lstrip().startswith('"') and not cell.startswith('"'):
                    self._fault(place, _("a space before the quote makes it part of the text"))
            row.append(cell)
            if position >= len(content) or content[position] == "\n":
                self.next = (position + 1, line + 1)
                return row
            position += 1

    def _quoted(self, found: re.Match[str], place: Span) -> Text:
        cell = Quoted(found[1].replace('""', '"'))
        cell.span = place._replace(column=place.column + 1)
        return cell

    def _after_quote(self, position: int, line: int, line_start: int, opened: Span) -> int:
        """The end of the cell whose closing quote ends at `position`."""
        if self.content[position : position + 1] in ("", "\n", self.delimiter):
            return position
        character = self.content[position]
        place = Span(self.path, line, position - line_start + 1)
        self._fault(
            place, _('"{character}" follows the closing quote', character=character), opened
        )
        rest = self.plain.match(self.content, position)
        assert rest is not None
        return rest.end()

    def _fault(self, place: Span, message: str, opened: Span | None = None) -> None:
        help = _('a text in quotes is written "...", and a quote inside it twice: ""')
        related = (Related(opened, _("the quote opens here")),) if opened else ()
        self.diagnostics.add("csv-syntax", place, message, help, related)


def _without_formula(cell: Text) -> Text:
    return part(cell, 2, len(cell) - 1) if _FORMULA_TEXT.fullmatch(cell) else cell


def _without_shield(cell: Text) -> Text:
    if not cell.startswith(SHIELD):
        return cell
    bare = type(cell)(cell[1:])
    bare.span = cell.span
    return bare


def delimiter_of(
    content: str, path: str, keys: Collection[str], diagnostics: Diagnostics
) -> str | None:
    """The delimiter that gives the first rows most known words; None where it is ambiguous."""
    words = set(map(folded, keys))
    found: dict[str, tuple[tuple[int, int, int], Row]] = {}
    lines = 0
    for delimiter in DELIMITERS:
        rows = list(islice(rows_of(content, path, delimiter, Diagnostics()), _COMPARED))
        rows = [row for row in rows if any(row)] or [[text("", Span(path))]]
        lines = max(lines, len(rows))
        known = [sum(folded(cell) in words for cell in row) for row in rows[:MOST_ABOVE]]
        header = rows[known.index(max(known))]
        if not max(known):
            widths = Counter(len(row) for row in rows if len(row) > 1)
            width = max(widths, key=lambda one: (widths[one], one), default=1)
            header = next(row for row in rows if len(row) == width or not widths)
        alike = sum(len(row) == len(header) > 1 for row in rows)
        found[delimiter] = ((max(known), alike, len(header)), header)
    best, header = max(found.values(), key=lambda one: one[0])
    chosen = [delimiter for delimiter, one in found.items() if one[0] == best]
    has_gaps = "{{c" in content  # sentences with gaps need no second column
    if is_markdown(content) or (best[0] < 2 and 2 * best[1] < lines and not has_gaps):
        _report_one_column(content, header[0].span, diagnostics)
        return None
    if any(list(found[delimiter][1]) != list(header) for delimiter in chosen):
        possible = ", ".join(_(DELIMITERS[delimiter]) for delimiter in chosen)
        message = _("the delimiter is ambiguous, it may be: {delimiters}", delimiters=possible)
        help = _("separate all names in the first row by the same character")
        diagnostics.add("csv-delimiter", header[0].span, message, help)
        return None
    return chosen[0]


def is_announced(content: str) -> bool:
    """Whether the first line says the delimiter, as Excel reads it."""
    return _SEP.match(content) is not None


def is_markdown(content: str) -> bool:
    """Whether lines begin with Q: and others with A:, as in a Markdown card set."""
    return all(len(one.findall(content)) > 1 for one in (_QUESTION, _ANSWER))


def _report_one_column(content: str, place: Span, diagnostics: Diagnostics) -> None:
    """Reports that nothing divides the lines into columns, with what seems to be meant."""
    lines = [line for line in content.split("\n")[:_COMPARED] if line.strip()]
    message = _("no comma, semicolon or tab divides the lines into columns")
    help = _("write a tab between the term and its meaning")
    if is_markdown(content):
        help = _("questions with their answers below are Markdown: let the file's name end in .md")
    else:
        for sign in reversed(_SIGNS):
            if sum(sign in line for line in lines) * 2 > len(lines):
                help = _('write a tab in place of "{sign}"', sign=sign)
    diagnostics.add("csv-delimiter", place, message, help)
