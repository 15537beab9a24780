"""OpenDocument spreadsheets, as LibreOffice writes them, with each cell's displayed text.

Read with the standard library: the displayed text is in `text:p`, but existing libraries return
the stored number instead.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from xml.parsers import expat

from kartu.core.language import _
from kartu.core.patterns import pattern
from kartu.core.source import Span, Text, text
from kartu.load.sheets.cells import Altered, Raised, date_cell, raised_cell, uncalculated_cell
from kartu.load.sheets.raw import MAX_CELLS, RawSheet, WorkbookError, too_large

_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _STYLE = f"{_OASIS}office:1.0 ", f"{_OASIS}style:1.0 "
_TABLE, _TEXT, _DRAWING = f"{_OASIS}table:1.0 ", f"{_OASIS}text:1.0 ", f"{_OASIS}drawing:1.0 "
_FO = f"{_OASIS}xsl-fo-compatible:1.0 "
# What a style says of how a text looks, with the values that say nothing.
_LOOKS = {
    f"{_STYLE}text-line-through-style": ("s", "none"),
    f"{_STYLE}text-underline-style": ("u", "none"),
    f"{_FO}font-weight": ("b", "normal"),
    f"{_FO}font-style": ("i", "normal"),
}
# Elements inside a cell that are not its text; a covered cell is hidden by a merged one.
_APART = (f"{_OFFICE}annotation", f"{_TABLE}covered-table-cell", f"{_TABLE}shapes")

# Significant white space, which the file marks by elements, apart from the insignificant.
_NAMED = {"s": "\ufdd0", "tab": "\ufdd1", "line-break": "\ufdd2"}
# Where formatted parts begin and end.
_OPEN = dict(
    zip(("sup", "sub", "u", "s", "b", "i"), "\ufdd3\ufdd4\ufdd6\ufdd7\ufdd8\ufdd9", strict=True)
)
_CLOSE = "\ufdd5"
_RAISED = pattern("([\ufdd3\ufdd4\ufdd6-\ufdd9])([^\ufdd3-\ufdd9]*)\ufdd5")
_MEANT = str.maketrans({"\ufdd0": " ", "\ufdd1": "\t", "\ufdd2": "\n"})
MAX_SPACES = 1000
_WHITE_SPACE = pattern(r"[ \t\r\n]+")
_ENCRYPTED = b"encryption-data"


def sheets_of(archive: zipfile.ZipFile, path: str) -> Iterator[RawSheet]:
    """The visible sheets; WorkbookError for a workbook with a password or without content.xml."""
    names = archive.namelist()
    if "META-INF/manifest.xml" in names and _ENCRYPTED in archive.read("META-INF/manifest.xml"):
        message, help = _("the workbook has a password"), _("save it without one")
        raise WorkbookError("workbook-unreadable", message, help)
    if "content.xml" not in names:
        raise WorkbookError("workbook-unreadable", _("this is not a workbook"))
    content = _Content(path)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = content.start
    parser.EndElementHandler = content.end
    parser.CharacterDataHandler = content.data
    parser.Parse(archive.read("content.xml"), True)
    for name, rows in content.sheets.items():
        yield RawSheet(name, iter(rows))


class _Content:
    """Collects the sheets of content.xml from the parser's events."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.sheets: dict[str, list[list[Text]]] = {}
        self.hidden: set[str] = set()
        self.style = ""
        self.sheet = ""
        self.number = 1
        self.column = 1
        self.repeated = 1
        self.row: list[Text] = []
        self.cell: dict[str, str] = {}
        self.lines: list[str] = []
        self.raw: list[str] | None = None  # of the open paragraph
        self.raised: dict[str, str] = {}  # the element of each style that raises or lowers
        self.spans: list[str] = []  # the elements of the open spans
        self.apart = 0
        self.cells = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self.apart or name in _APART or name.startswith(_DRAWING):
            self.apart += 1
            if self.apart == 1 and name == f"{_TABLE}covered-table-cell":
                self.column += _times(attributes, "columns")
        elif name.startswith(_STYLE):
            self._start_of_style(name, attributes)
        elif name == f"{_TABLE}table":
            self.sheet, self.number = attributes.get(f"{_TABLE}name", ""), 1
            if attributes.get(f"{_TABLE}style-name") not in self.hidden:
                self.sheets[self.sheet] = []
        elif name == f"{_TABLE}table-row":
            self.row, self.column = [], 1
            self.repeated = _times(attributes, "rows")
        elif name == f"{_TABLE}table-cell":
            self.cell, self.lines = attributes, []
        elif name.startswith(_TEXT):
            self._start_of_text(name.removeprefix(_TEXT), attributes)

    def _start_of_style(self, name: str, attributes: dict[str, str]) -> None:
        if name == f"{_STYLE}style":
            self.style = attributes.get(f"{_STYLE}name", "")
        elif attributes.get(f"{_TABLE}display") == "false":
            self.hidden.add(self.style)
        for look, (tag, without) in _LOOKS.items():
            if attributes.get(look, without) != without:
                self.raised.setdefault(self.style, tag)
        if position := attributes.get(f"{_STYLE}text-position", "").split():
            height = position[0].removesuffix("%")
            if height in ("super", "sub"):
                self.raised[self.style] = height.removesuffix("er")
            elif height.lstrip("-").isdecimal() and int(height):
                self.raised[self.style] = "sub" if height.startswith("-") else "sup"

    def _start_of_text(self, name: str, attributes: dict[str, str]) -> None:
        if name == "p":
            self.raw = []
        elif self.raw is not None and name == "span":
            self.spans.append(self.raised.get(attributes.get(f"{_TEXT}style-name", ""), ""))
            self.raw.append(_OPEN.get(self.spans[-1], ""))
        elif self.raw is not None and name in _NAMED:
            times = min(int(attributes.get(f"{_TEXT}c", "1")), MAX_SPACES)
            self.raw.append(_NAMED[name] * times)

    def data(self, data: str) -> None:
        if self.raw is not None and not self.apart:
            self.raw.append(data)

    def end(self, name: str) -> None:
        if self.apart:
            self.apart -= 1
        elif name == f"{_TEXT}span" and self.raw is not None and self.spans:
            self.raw.append(_CLOSE if self.spans.pop() else "")
        elif name == f"{_TEXT}p" and self.raw is not None:
            line = _WHITE_SPACE.sub(" ", "".join(self.raw)).strip(" ")
            self.lines.append(line.translate(_MEANT))
            self.raw = None
        elif name == f"{_TABLE}table-cell":
            self._end_of_cell()
        elif name == f"{_TABLE}table-row":
            self._end_of_row()

    def _end_of_cell(self) -> None:
        times = _times(self.cell, "columns")
        value = self._value(Span(self.path, self.number, self.column, self.sheet))
        if value.strip():
            self._count(self.column - len(self.row) + times)
            for column in range(len(self.row) + 1, self.column):
                self.row.append(text("", Span(self.path, self.number, column, self.sheet)))
            for column in range(self.column, self.column + times):
                self.row.append(self._value(Span(self.path, self.number, column, self.sheet)))
        self.column += times

    def _end_of_row(self) -> None:
        rows = self.sheets.get(self.sheet)
        if self.row and rows is not None:
            self._count(len(self.row) * self.repeated)
            rows.append(self.row)
            for number in range(self.number + 1, self.number + self.repeated):
                rows.append([_below(cell, number) for cell in self.row])
        self.number += self.repeated

    def _count(self, cells: int) -> None:
        self.cells += cells
        if self.cells > MAX_CELLS:
            raise too_large()

    def _value(self, place: Span) -> Text:
        kind = self.cell.get(f"{_OFFICE}value-type")
        seen = "\n".join(self.lines)
        if kind == "date":
            return date_cell(self.cell.get(f"{_OFFICE}date-value", seen), place)
        if kind is None and not seen and f"{_TABLE}formula" in self.cell:
            return uncalculated_cell(place)
        return _text(seen, place)


def _text(seen: str, place: Span) -> Text:
    if _CLOSE not in seen:
        return text(seen, place)
    pieces = _RAISED.split(seen)  # text, opening, text, text, opening, text …
    parts = [(pieces[0], "")]
    tags = {character: tag for tag, character in _OPEN.items()}
    for opening, inside, after in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        parts += [(inside, tags[opening]), (after, "")]
    return raised_cell(parts, place)


def _below(cell: Text, row: int) -> Text:
    """The same cell in another row."""
    place = cell.span._replace(line=row)
    if isinstance(cell, Raised):
        copy = Raised(cell)
        copy.span, copy.marked, copy.characters = place, cell.marked, cell.characters
        return copy
    return date_cell(cell, place) if isinstance(cell, Altered) and cell.date else text(cell, place)


def _times(attributes: dict[str, str], what: str) -> int:
    return max(1, int(attributes.get(f"{_TABLE}number-{what}-repeated", "1")))
