"""Excel's workbooks; the only module that imports openpyxl.

A number is read where Excel displays it the same in every locale: whole, plain or with leading
zeros. Anything that Excel displays differently from what it stores is reported, not guessed.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from itertools import repeat
from typing import Any
from xml.etree import ElementTree as ET

from kartu.core.language import _
from kartu.core.patterns import pattern
from kartu.core.source import Span, Text, text
from kartu.load.sheets.cells import date_cell, number_cell, raised_cell, uncalculated_cell
from kartu.load.sheets.raw import MAX_SHEETS, RawSheet, WorkbookError, too_large

_STYLES = "xl/styles.xml"
_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
_SHEET = re.compile(rb"<(?:\w+:)?sheet[\s/>]")
_CELL = re.compile(rb"""<(?:\w+:)?c\s(?:[^>]*?\s)?r\s*=\s*["']([^"']*)""")
_INLINE_RUN = re.compile(rb"<(?:\w+:)?is>\s*<(?:\w+:)?r>")
_STRICT = b"http://purl.oclc.org/ooxml"
_ZEROS = pattern(r"0+")
_PLAIN = ("General", "@")
_SHOWN_WHOLE = 10**11  # beyond, General turns to 1E+11

# The escape for characters that XML cannot contain, and for such escapes (ECMA-376, ST_Xstring).
_ESCAPED = pattern(r"_x([0-9A-Fa-f]{4})_")
_LONGEST = 32_767  # of Excel, in UTF-16
_WIDEST = 60


def sheets_of(archive: zipfile.ZipFile, path: str) -> Iterator[RawSheet]:
    """The visible sheets; WorkbookError if openpyxl is not installed."""
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        message = _("reading .xlsx needs openpyxl, which is not installed")
        help = _("python -m pip install 'kartu[sheets]', or save the workbook as .csv or .ods")
        raise WorkbookError("sheets-not-installed", message, help) from error
    if "xl/workbook.xml" in archive.namelist() and _STRICT in archive.read("xl/workbook.xml"):
        message = _('the workbook is a "Strict Open XML" one')
        raise WorkbookError(
            "workbook-unreadable", message, _('save it as "Excel Workbook (.xlsx)"')
        )
    _check_styles(archive)
    has_formulas = False
    for part in (archive.read(name) for name in archive.namelist() if name.endswith(".xml")):
        has_formulas = has_formulas or bool(_FORMULA.search(part))
        if len(_SHEET.findall(part)) > MAX_SHEETS:
            raise too_large()
    data: Any = archive.fp
    book = load_workbook(data, read_only=True, data_only=True, keep_links=False, rich_text=True)
    formulas = load_workbook(data, read_only=True, keep_links=False) if has_formulas else None
    _check_parts(book, archive)
    styled = _STYLES in archive.namelist() and b"vertAlign" in archive.read(_STYLES)
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            inline = _inline_runs(archive, sheet)
            yield RawSheet(sheet.title, _rows(sheet, formulas, inline, path, styled=styled))


def _check_styles(archive: zipfile.ZipFile) -> None:
    """Raises WorkbookError for a style that refers to a missing format: openpyxl would print."""
    if _STYLES not in archive.namelist():
        return
    styles = ET.fromstring(archive.read(_STYLES))  # noqa: S314 - it has no entities
    formats = len(styles.findall("{*}cellStyleXfs/{*}xf"))
    for named in styles.iterfind("{*}cellStyles/{*}cellStyle"):
        if not -formats <= int(named.get("xfId", "0")) < formats:
            message = _(
                'the style "{name}" has a format that is not in the workbook',
                name=named.get("name"),
            )
            help = _("open it in the spreadsheet program and save it again")
            raise WorkbookError("workbook-unreadable", message, help)


def _check_parts(book: Any, archive: zipfile.ZipFile) -> None:
    """Raises WorkbookError for what is there twice: a small file would cost as much as a large one.

    No program writes two sheets that are one part, or two cells of a sheet with one name.
    """
    parts = [sheet._worksheet_path for sheet in book.worksheets]  # noqa: SLF001 - as below
    if len({*parts}) < len(parts):
        message = _("two sheets of the workbook are the same part of the file")
    elif any(_has_twice(_CELL.findall(archive.read(part))) for part in parts):
        message = _("two cells of the workbook have the same name")
    else:
        return
    help = _("open it in the spreadsheet program and save it again")
    raise WorkbookError("workbook-unreadable", message, help)


def _has_twice(names: list[bytes]) -> bool:
    return len({*names}) < len(names)


def _inline_runs(archive: zipfile.ZipFile, sheet: Any) -> dict[tuple[int, int], Any]:
    """Rich texts that are in the sheet itself, by row and column: openpyxl reads these as plain."""
    content = archive.read(sheet._worksheet_path)  # noqa: SLF001 - nothing public names the file
    if not _INLINE_RUN.search(content):
        return {}
    from openpyxl.cell.rich_text import CellRichText
    from openpyxl.utils import coordinate_to_tuple

    found = {}
    for cell in ET.fromstring(content).iterfind(".//{*}c"):  # noqa: S314 - it has no entities
        inline: Any = cell.find("{*}is")
        if inline is not None and inline.find("{*}r") is not None and cell.get("r"):
            found[coordinate_to_tuple(cell.get("r", ""))] = CellRichText.from_tree(inline)
    return found


def _rows(
    sheet: Any, formulas: Any, inline: dict[tuple[int, int], Any], path: str, *, styled: bool
) -> Iterator[list[Text]]:
    sheet.reset_dimensions()  # they may be wrong
    sources: Any = repeat(())
    if formulas is not None:
        formulas[sheet.title].reset_dimensions()
        sources = formulas[sheet.title].iter_rows()
    for number, (cells, written) in enumerate(zip(sheet.iter_rows(), sources, strict=False), 1):
        row = []
        for column, cell in enumerate(cells, 1):
            place = Span(path, number, column, sheet.title)
            value = inline.get((number, column), cell.value)
            if value is None and written and written[column - 1].data_type == "f":
                row.append(_without_value(cell, place))
            else:
                row.append(_cell(value, cell, place, styled=styled))
        yield row


def _without_value(cell: Any, place: Span) -> Text:
    """The cell of a formula without a value: an empty result has a type."""
    return text("", place) if cell.data_type in ("s", "str") else uncalculated_cell(place)


def _cell(value: Any, cell: Any, place: Span, *, styled: bool) -> Text:
    """`styled` is whether a style of the workbook raises or lowers a whole cell."""
    if value is None:
        return text("", place)
    if isinstance(value, str):
        return raised_cell([(_unescaped(value), _raises(cell.font) if styled else "")], place)
    if isinstance(value, list):  # openpyxl's rich text: strings, and blocks with a font
        return raised_cell(map(_part, value), place)
    if isinstance(value, bool):
        return text("TRUE" if value else "FALSE", place)
    if isinstance(value, int | float):
        return _number(value, cell.number_format, place)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    return date_cell(str(value), place)


def _part(one: Any) -> tuple[str, str]:
    """A part of rich text with the element that formats it."""
    if isinstance(one, str):
        return _unescaped(one), ""
    font = one.font
    marks = {"s": font.strike, "u": font.u, "b": font.b, "i": font.i}
    looks = next((tag for tag, is_on in marks.items() if is_on), "")
    return _unescaped(str(one.text)), _raises(font) or looks


def _raises(font: Any) -> str:
    return {"superscript": "sup", "subscript": "sub"}.get(font.vertAlign or "", "")


def _unescaped(value: str) -> str:
    value = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value) if "_x" in value else value
    return value.replace("\r", "")


def workbook_of(title: str, rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook with one sheet of texts, whose first row is a frozen header.

    Raises:
        WorkbookError: if a text is too long for a cell, or openpyxl is not installed.
    """
    try:
        from openpyxl import Workbook
        from openpyxl.styles import Alignment, Font
    except ImportError as error:
        message = _("writing .xlsx needs openpyxl, which is not installed")
        help = _("python -m pip install 'kartu[sheets]', or export as csv")
        raise WorkbookError("sheets-not-installed", message, help) from error
    book = Workbook()
    sheet: Any = book.active
    sheet.title = title[:31]
    sheet.freeze_panes = "B2"
    plain, head = Alignment(wrap_text=True, vertical="top"), Font(bold=True)
    widths: dict[int, int] = {}
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            if len(value.encode("utf-16-le")) > 2 * _LONGEST:
                message = _("a text in row {row} is longer than a cell of Excel can be", row=number)
                raise WorkbookError("file-too-large", message, _("export as csv"))
            cell = sheet.cell(number, column)
            cell.number_format = "@"
            cell.alignment = plain
            if value:
                cell.value, cell.data_type = _ESCAPED.sub(r"_x005F_x\1_", value), "s"
            if number == 1:
                cell.font = head
            longest = max(map(len, value.split("\n")))
            widths[column] = min(_WIDEST, max(widths.get(column, 8), longest + 2))
    for column, width in widths.items():
        dimension = sheet.column_dimensions[sheet.cell(1, column).column_letter]
        dimension.width, dimension.number_format = width, "@"  # text typed below stays text
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _number(value: float, format: str, place: Span) -> Text:
    whole = value == int(value) if abs(value) < _SHOWN_WHOLE else False
    if whole and format in _PLAIN:
        return text(str(int(value)), place)
    if whole and value >= 0 and _ZEROS.fullmatch(format):
        return text(str(int(value)).zfill(len(format)), place)
    return number_cell(f"{value:.15g}", place)
