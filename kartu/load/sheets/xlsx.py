"""Excel's workbooks; the only module that knows openpyxl.

A number is read where Excel shows it the same way in every country: whole, plain or with leading
zeros. All else that Excel shows otherwise than it is stored is told, not guessed.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from itertools import repeat
from typing import Any

from kartu.load.sheets.cells import Row, date_cell, number_cell, unreckoned_cell
from kartu.load.sheets.workbook import RawSheet, WorkbookError
from kartu.source import Span, Text, text

_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
_STRICT = b"http://purl.oclc.org/ooxml"
_ZEROS = re.compile(r"0+")
_PLAIN = ("General", "@")
_SHOWN_WHOLE = 10**11  # beyond, General turns to 1E+11


def sheets_of(archive: zipfile.ZipFile, path: str) -> Iterator[RawSheet]:
    """The visible sheets. WorkbookError where openpyxl is not installed."""
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        message = "reading .xlsx needs openpyxl, which is not installed"
        help = "python -m pip install 'kartu[sheets]', or save the workbook as .csv or .ods"
        raise WorkbookError("sheets-not-installed", message, help) from error
    if "xl/workbook.xml" in archive.namelist() and _STRICT in archive.read("xl/workbook.xml"):
        message = 'the workbook is a "Strict Open XML" one'
        raise WorkbookError("workbook-unreadable", message, 'save it as "Excel Workbook (.xlsx)"')
    has_formulas = any(
        _FORMULA.search(archive.read(name)) for name in archive.namelist() if name.endswith(".xml")
    )
    data: Any = archive.fp
    book = load_workbook(data, read_only=True, data_only=True, keep_links=False)
    formulas = load_workbook(data, read_only=True, keep_links=False) if has_formulas else None
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            yield RawSheet(sheet.title, _rows(sheet, formulas, path))


def _rows(sheet: Any, formulas: Any, path: str) -> Iterator[Row]:
    sheet.reset_dimensions()  # they need not be true
    sources: Any = repeat(())
    if formulas is not None:
        formulas[sheet.title].reset_dimensions()
        sources = formulas[sheet.title].iter_rows()
    for number, (cells, written) in enumerate(zip(sheet.iter_rows(), sources, strict=False), 1):
        row = []
        for column, cell in enumerate(cells, 1):
            place = Span(path, number, column, sheet.title)
            value = cell.value
            if value is None and written and written[column - 1].data_type == "f":
                row.append(_without_value(cell, place))
            else:
                row.append(_cell(value, cell, place))
        yield row


def _without_value(cell: Any, place: Span) -> Text:
    """A formula whose result is an empty text has a type; one that was never reckoned has none."""
    return text("", place) if cell.data_type in ("s", "str") else unreckoned_cell(place)


def _cell(value: Any, cell: Any, place: Span) -> Text:
    if value is None:
        return text("", place)
    if isinstance(value, str):
        return text(value.replace("_x000D_", "").replace("\r\n", "\n"), place)
    if isinstance(value, bool):
        return text("TRUE" if value else "FALSE", place)
    if isinstance(value, int | float):
        return _number(value, cell.number_format, place)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    return date_cell(str(value), place)


def _number(value: float, format: str, place: Span) -> Text:
    whole = value == int(value) if abs(value) < _SHOWN_WHOLE else False
    if whole and format in _PLAIN:
        return text(str(int(value)), place)
    if whole and value >= 0 and _ZEROS.fullmatch(format):
        return text(str(int(value)).zfill(len(format)), place)
    return number_cell(f"{value:.15g}", place)
