"""Writes card sets as spreadsheets, for what must come out the same whichever way they stand."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

from openpyxl import Workbook

from kartu.core.diagnostics import Diagnostics
from kartu.core.source import Mapping, Node, Sequence
from kartu.load.yaml import parse

Rows = list[list[str]]

_NAMESPACES = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "style", "table", "text")
)


def rows_of_set(path: Path) -> Rows:
    """A YAML card set as a header and a row a note; what its notes share stands in every row."""
    root = parse(path.read_text("utf-8"), path.name, Diagnostics())
    assert isinstance(root, Mapping)
    notes = root["notes"]
    assert isinstance(notes, Sequence)
    shared = {key: _cell(root[key]) for key in ("note_type", "subdeck") if key in root}
    found = []
    for note in notes:
        assert isinstance(note, Mapping)
        row = {**shared, **{str(key): _cell(value) for key, value in note.items()}}
        tags = [_cell(one["tags"]) for one in (root, note) if "tags" in one]
        found.append({**row, "tags": " | ".join(tags)})
    header = list(dict.fromkeys(key for row in found for key in row))
    return [header, *([row.get(key, "") for key in header] for row in found)]


def _cell(value: Node) -> str:
    """A list with its divider, a table a line a row, a picture as file | alt | caption."""
    if isinstance(value, Sequence):
        nested = any(isinstance(one, Sequence) for one in value)
        return ("\n" if nested else " | ").join(map(_cell, value))
    if isinstance(value, Mapping):
        return " | ".join(_cell(value[key]) for key in ("file", "alt", "caption") if key in value)
    return str(value)


def csv_writer(divider: str, encoding: str, ends: str = "\r\n") -> Callable[[Rows], bytes]:
    """Writes as spreadsheet programs do."""

    def write(rows: Rows) -> bytes:
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=divider, lineterminator=ends).writerows(rows)
        return out.getvalue().encode(encoding)

    return write


def xlsx(rows: Rows) -> bytes:
    """A workbook of Excel whose cells are all texts."""
    book = Workbook()
    sheet = book.worksheets[0]
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            if value:
                cell = sheet.cell(number, column)
                cell.value = value
                cell.data_type, cell.number_format = "s", "@"
    return saved(book)


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods(rows: Rows) -> bytes:
    """An OpenDocument spreadsheet whose cells are all texts."""
    return ods_of_xml("".join(f"<row>{''.join(map(_ods_cell, row))}</row>" for row in rows))


def _ods_cell(value: str) -> str:
    lines = "".join(f"<p>{_ods_text(line)}</p>" for line in value.split("\n"))
    return f'<cell office:value-type="string">{lines}</cell>'


def _ods_text(line: str) -> str:
    return escape(line).replace("  ", '<text:s text:c="2"/>').replace("\t", "<text:tab/>")


_SHORT = {
    "row": "table:table-row",
    "cell": "table:table-cell",
    "covered": "table:covered-table-cell",
    "p": "text:p",
    "rows": "table:number-rows-repeated",
    "columns": "table:number-columns-repeated",
}


def ods_of_xml(rows: str, styles: str = "") -> bytes:
    """One sheet of these rows; `<row rows="2"><cell columns="3"><p>` are written for short."""
    rows = re.sub(r"(?<=[</ ])(row|cell|covered|p|rows|columns)(?=[ />=])", _long, rows)
    table = f'<table:table table:name="Lembar1">{rows}</table:table>'
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    styles = f"<office:automatic-styles>{styles}</office:automatic-styles>" if styles else ""
    content = f"<office:document-content{_NAMESPACES}>{styles}{body}</office:document-content>"
    return zipped({"content.xml": f'<?xml version="1.0" encoding="UTF-8"?>{content}'})


def _long(found: re.Match[str]) -> str:
    return _SHORT[found[0]]


def zipped(files: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()
