"""Cells: texts of a spreadsheet with their positions, and special kinds of cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Sequence as Values
from functools import lru_cache
from itertools import islice
from typing import NamedTuple, overload

from kartu.core.diagnostics import Diagnostic
from kartu.core.language import N_, _
from kartu.core.model import FieldType
from kartu.core.patterns import pattern
from kartu.core.source import Mapping, Node, Sequence, Span, Text, text
from kartu.load.notes_fast import LISTS

# A bar with white space or an end of the cell on each side, so that |x| is not split.
_DELIMITER = pattern(r"(?<!\S)\|(?!\S)")
_OTHER_DELIMITER = pattern(r"\S*([,;|])\S*")
_LINE_END = pattern(r"(?<=\S)[ \t]?\n(?=[ \t]*\S)")
_RULER = pattern(r"[\s|:-]*-[\s|:-]*")

AS_TEXT = N_("format the column as Text, then type it again")

Row = Values[Text]


class UnquotedRow(Values[Text]):
    """A row of a CSV file without quotes; its cells are created on access.

    `values` are their texts; most rows are read from these alone.
    """

    __slots__ = ("line", "path", "values")

    def __init__(self, values: list[str], path: str, line: int) -> None:
        self.values = values
        self.path = path
        self.line = line

    def __len__(self) -> int:
        return len(self.values)

    @overload
    def __getitem__(self, index: int) -> Text: ...
    @overload
    def __getitem__(self, index: slice) -> list[Text]: ...
    def __getitem__(self, index: int | slice) -> Text | list[Text]:
        if isinstance(index, slice):
            return list(self)[index]
        before = self.values[: index % len(self.values)]
        cell = Text(self.values[index])
        cell.place = (self.path, self.line, 1 + len(before) + sum(map(len, before)), "")
        return cell

    def __iter__(self) -> Iterator[Text]:
        column = 1
        for value in self.values:
            cell = Text(value)
            cell.place = (self.path, self.line, column, "")
            yield cell
            column += len(value) + 1


class Quoted(Text):
    """A quoted cell; in the source every quote of its text is doubled."""

    __slots__ = ()


class Raised(Text):
    """A cell of a workbook with raised, lowered, underlined, struck, bold or italic parts.

    `marked` has them in elements of HTML. `characters` is for fields without such: raised and
    lowered ones are characters of Unicode, as in 10⁴ and H₂O, bold and italic ones plain; None
    where that would lose what a part means.
    """

    __slots__ = ("characters", "marked")
    marked: str
    characters: str | None


class Altered(Text):
    """A cell of a workbook whose text may differ from what its author typed or sees.

    `fault` says why; `date` is the day of a date cell, which `as_of` accepts, or empty.
    """

    __slots__ = ("date", "fault")
    fault: Diagnostic
    date: str


class Sheet(NamedTuple):
    """The rows, including the header, of a CSV file or a workbook's sheet; none is blank."""

    place: Span
    rows: list[Row]


class RowValues(Mapping):
    """The values of one row by column; a value's place is that of its cell."""

    __slots__ = ()

    def key_span(self, name: str) -> Span:
        """The place of the cell below the heading `name`."""
        value = self.get(name)
        return self.span if value is None else value.span


_PLAIN = "0123456789+-=()ni"
_NO_CHANGE = str.maketrans("", "")
_CHARACTERS = {
    **dict.fromkeys(("", "b", "i"), _NO_CHANGE),
    "sup": str.maketrans(_PLAIN, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ"),
    "sub": str.maketrans(_PLAIN, "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙᵢ"),
}


def raised_cell(parts: Iterable[tuple[str, str]], place: Span) -> Text:
    """A cell of parts of text, each with the element that formats it, or "".

    A format of the whole cell other than raised and lowered is how the sheet looks.
    """
    parts = [(part, tag if part.strip() else "") for part, tag in parts]
    plain = "".join(part for part, _rest in parts)
    tags = {tag for part, tag in parts if part.strip()}
    if tags <= {""} or (len(tags) == 1 and tags <= {"u", "s", "b", "i"}):
        return text(plain, place)
    cell = Raised(plain)
    cell.span = place
    cell.marked = "".join(f"<{tag}>{part}</{tag}>" if tag else part for part, tag in parts)
    known = all(
        tag in _CHARACTERS and (tag in ("", "b", "i") or set(part) <= set(_PLAIN))
        for part, tag in parts
    )
    shown = "".join(part.translate(_CHARACTERS.get(tag, _NO_CHANGE)) for part, tag in parts)
    cell.characters = shown if known else None
    return cell


def lines_of(cell: Text) -> Text:
    """A Markdown text whose lines are seen as lines, as those of other cells are.

    In code and formulas they are lines already.
    """
    if "\n" not in cell or any(mark in cell for mark in ("```", "~~~", "$$")):
        return cell
    return text(_LINE_END.sub("  \n", cell), cell.span)


def date_cell(date: str, place: Span) -> Altered:
    """A date or time, displayed differently from what the file stores; `date` is in ISO format."""
    message = _("the spreadsheet program turned this text into a time: {time}", time=date)
    if "-" in date:
        message = _("the spreadsheet program turned this text into a date: {date}", date=date)
    return _altered(date, Diagnostic("not-text", place, message, _(AS_TEXT)), date[:10])


def number_cell(number: str, place: Span) -> Altered:
    """A number that is displayed differently depending on locale or format."""
    message = _("this cell is the number {number}, which is displayed differently", number=number)
    return _altered(number, Diagnostic("not-text", place, message, _(AS_TEXT)))


def uncalculated_cell(place: Span) -> Altered:
    """A formula whose result is not in the file."""
    message = _("the file does not contain the result of this formula")
    help = _("open it in the spreadsheet program and save it, or write the text itself")
    return _altered("?", Diagnostic("formula-error", place, message, help))


def _altered(value: str, fault: Diagnostic, date: str = "") -> Altered:
    cell = Altered(value)
    cell.span, cell.fault, cell.date = fault.span, fault, date
    return cell


def part(cell: Text, start: int, end: int) -> Text:
    """The characters from `start` to `end` of a cell, stripped of white space."""
    right = cell[start:end].rstrip()
    inner = right.lstrip()
    return text(inner, _place(cell, start + len(right) - len(inner)))


def items(cell: Text) -> Sequence:
    """The texts separated by ` | `; blank ones are ignored."""
    if "\n" in cell or '"' in cell or cell.place[-1]:
        found = _sequence(cell)
        found.extend(one for one in _split(cell, 0, len(cell)) if one)
        return found
    return list_of(parts_of(str(cell)), cell.place)


def list_of(parts: tuple[tuple[int, str], ...], place: tuple[str, int, int, str]) -> Sequence:
    """The texts of an unquoted cell at `place`; `parts` are offsets and texts."""
    found = Sequence()
    found.place = path, line, column, _rest = place
    for offset, part in parts:
        one = Text(part)
        one.place = (path, line, column + offset, "")
        found.append(one)
    return found


@lru_cache(maxsize=1000)  # most rows have the same tags and sources
def parts_of(line: str) -> tuple[tuple[int, str], ...]:
    """The texts separated by ` | ` in one line, with their offsets."""
    cell = text(line, Span(""))
    return tuple((one.span.column - 1, str(one)) for one in _split(cell, 0, len(cell)) if one)


@lru_cache(maxsize=1000)  # tags are few, notes are many
def other_delimiter(tag: str) -> str:
    """The character in a tag that looks like a delimiter of two tags, or nothing."""
    found = _OTHER_DELIMITER.fullmatch(tag)
    return found[1] if found else ""


def table(cell: Text) -> Sequence:
    """A row of texts for each line of the cell; Markdown tables are understood."""
    rows, start = _sequence(cell), 0
    for line in cell.split("\n"):
        end = start + len(line)
        if line.strip() and not ("|" in line and _RULER.fullmatch(line)):
            row = Sequence(_split(cell, start, end))
            if len(row) > 2 and not row[0] and not row[-1]:  # | one | two |
                row = Sequence(row[1:-1])
            row.span = row[0].span
            rows.append(row)
        start = end + 1
    return rows


def picture(cell: Text) -> Text | Mapping:
    """A file name, or `file | alt | caption`."""
    parts = _split(cell, 0, len(cell), 2)
    if len(parts) == 1:
        return parts[0]
    found = Mapping()
    found.span = cell.span
    for name, one in zip(("file", "alt", "caption"), parts, strict=False):
        found[text(name, one.span)] = one
    return found


# How the text of a cell becomes the value of a field, by format; all other formats are texts.
_FORMATS: dict[str, Callable[[Text], Node]] = {
    "list": items,
    "table": table,
    "image": picture,
    "markdown": lines_of,
}

# The formats that show <sup> and <sub>.
WITH_MARKUP = frozenset(("markdown", "html", "list", "table"))


def cell_readers(fields: dict[str, FieldType]) -> dict[str, Callable[[Text], Node]]:
    """How the cells of a note are read, by key, as far as they are more than one text."""
    readers: dict[str, Callable[[Text], Node]] = dict.fromkeys(LISTS, items)
    formats = ((key, _FORMATS.get(field.format)) for key, field in fields.items())
    return readers | {key: read for key, read in formats if read is not None}


def _split(cell: Text, start: int, end: int, bars: int | None = None) -> list[Text]:
    """The parts between the first `bars` bars, or between all of them."""
    if "|" not in cell:
        return [part(cell, start, end)]
    found = []
    for bar in islice(_DELIMITER.finditer(cell, start, end), bars):
        found.append(part(cell, start, bar.start()))
        start = bar.end()
    return [*found, part(cell, start, end)]


def _sequence(cell: Text) -> Sequence:
    found = Sequence()
    found.place = cell.place
    return found


def _place(cell: Text, offset: int) -> Span:
    """The place in the file of the character at `offset` of the cell."""
    path, line, column, sheet = cell.place
    if not offset or sheet:
        return cell.span
    before = cell[:offset]
    if "\n" in before:
        line, column = line + before.count("\n"), 1
        before = before[before.rfind("\n") + 1 :]
    column += len(before) + (before.count('"') if isinstance(cell, Quoted) else 0)
    return Span(path, line, column)


# What Excel and LibreOffice display where a formula has no result.
_ERRORS = {
    *("#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#N/A", "#SPILL!", "#CALC!"),
    *("#GETTING_DATA", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#EXTERNAL!"),
}
_ERROR = pattern(r"Err:5\d\d")


def formula_fault(cell: Text) -> Diagnostic | None:
    """The diagnostic for a cell with a spreadsheet program's error value, else None."""
    if cell not in _ERRORS and not _ERROR.fullmatch(cell):
        return None
    message = _('the spreadsheet program shows the error "{error}" here', error=cell)
    help = _("did the text begin with = or - or +? Format the cell as Text, then type it again")
    return Diagnostic("formula-error", cell.span, message, help)
