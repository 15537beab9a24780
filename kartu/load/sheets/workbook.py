"""Workbooks, .xlsx and .ods; sizes are checked first, since a small file can decompress hugely."""

from __future__ import annotations

import io
import re
import zipfile

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _
from kartu.core.source import Span
from kartu.load.files import CONTROL, MAX_BYTES, control_character
from kartu.load.sheets.cells import Row, Sheet
from kartu.load.sheets.outside import check_outside_cells
from kartu.load.sheets.raw import (
    MAX_CELLS,
    MAX_ELEMENTS,
    MAX_ROWS,
    RawSheet,
    WorkbookError,
    too_large,
)

_XML = (".xml", ".rels")
_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([^"']*)""")
_KNOWN_ENCODINGS = (b"utf-8", b"us-ascii")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def read_workbook(data: bytes, path: str, diagnostics: Diagnostics) -> list[Sheet]:
    """The sheets that hold a card set, in the workbook's order.

    Hidden sheets, empty ones, and those whose names begin with `_` are left out. The library that
    reads .xlsx may issue warnings about other contents (validation, pictures, ...).
    """
    if path.endswith(".ods"):
        from kartu.load.sheets.ods import sheets_of
    else:
        from kartu.load.sheets.xlsx import sheets_of
    try:
        archive = _open(data)
        raw = sheets_of(archive, path)
        found = [_sheet(one, path) for one in raw if not one.name.startswith("_")]
        check_outside_cells(archive, path, diagnostics)
    except WorkbookError as error:
        diagnostics.add(error.code, Span(path), str(error), error.help)
        return []
    except Exception as error:  # the libraries promise nothing about what they raise
        reason = f"{type(error).__name__}: {error}"
        message = _("the workbook cannot be read: {reason}", reason=reason)
        help = _("open it in the spreadsheet program and save it again")
        diagnostics.add("workbook-unreadable", Span(path), message, help)
        return []
    sheets = [sheet for sheet in found if sheet.rows]
    if not sheets:
        diagnostics.add("wrong-shape", Span(path), _("no sheet of the workbook has a value"))
    return [sheet for sheet in sheets if not _control_characters(sheet, diagnostics)]


def _open(data: bytes) -> zipfile.ZipFile:
    """The workbook's archive, after a check of its decompressed size."""
    if data.startswith(_OLD_EXCEL):
        message = _("the workbook has a password, or is an .xls file with another name")
        help = _("save it as .xlsx without a password")
        raise WorkbookError("workbook-unreadable", message, help)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise WorkbookError("workbook-unreadable", _("this is not a workbook")) from error
    members = [one for one in archive.infolist() if one.filename.endswith(_XML)]
    if (
        sum(one.file_size for one in members) > MAX_BYTES
    ):  # zipfile never yields more than the declared size
        raise too_large()
    elements = 0
    for member in members:
        content = archive.read(member)
        elements += content.count(b"<")
        if elements > 2 * MAX_ELEMENTS:  # each has a beginning and an end
            raise too_large()
        encoding = _ENCODING.search(content[:200])
        if b"<!DOCTYPE" in content or (encoding and encoding[1].lower() not in _KNOWN_ENCODINGS):
            message = _(
                "{file} in it is not as spreadsheet programs write it", file=member.filename
            )
            raise WorkbookError("workbook-unreadable", message)
    return archive


def _sheet(raw: RawSheet, path: str) -> Sheet:
    rows: list[Row] = []
    cells = 0
    for number, row in enumerate(raw.rows):
        cells += len(row)
        if cells > MAX_CELLS or number > MAX_ROWS:
            raise too_large()
        while row and not row[-1].strip():
            row.pop()
        if row:
            rows.append(row)
    place = rows[0][0].span if rows else Span(path, sheet=raw.name)
    return Sheet(place, rows)


def _control_characters(sheet: Sheet, diagnostics: Diagnostics) -> bool:
    found = False
    for row in sheet.rows:
        for cell in row:
            if wrong := CONTROL.search(cell):
                found = True
                diagnostics.append(control_character(wrong, cell.span))
    return found
