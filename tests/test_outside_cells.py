"""What a workbook has outside its cells is reported: students would miss it."""

from __future__ import annotations

import io
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.drawing.image import Image
from openpyxl.styles import Font
from support.sheets import ods_of_xml, saved
from test_workbooks import ODS, ROWS, load, texts

from kartu.core.diagnostics import Diagnostic

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


def outside(found: list[Diagnostic]) -> list[str]:
    return [one.message for one in found if one.code == "outside-cells"]


def excel(*rows: list[str]) -> Workbook:
    made = Workbook()
    for row in (*ROWS, *rows):
        made.worksheets[0].append(row)
    return made


def test_pictures_on_a_sheet(tmp_path: Path) -> None:
    """A picture that lies over cells is in none of them."""
    made = excel()
    made.worksheets[0].add_image(Image(io.BytesIO(PIXEL)), "C2")
    _notes, found = load(tmp_path, saved(made))
    assert outside(found) == [
        "the workbook has 1 picture that is in no cell: students do not see it"
    ]


def test_cells_merged_over_rows(tmp_path: Path) -> None:
    """The lower rows have no text; cells merged within a row lose nothing."""
    made = excel(["dua", "Dua", "Dua"], ["tiga", "Tiga", ""])
    sheet = made.worksheets[0]
    sheet.merge_cells("C3:C4")
    sheet.merge_cells("E2:F2")
    _notes, found = load(tmp_path, saved(made))
    assert outside(found) == [
        "1 cell is merged over several rows: only the first of them has its text (C3:C4)"
    ]


def test_openoffice(tmp_path: Path) -> None:
    """Text boxes are quoted; a comment is the author's own, and no content."""
    box = (
        '<table:shapes><draw:frame xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0">'
        "<draw:text-box><text:p>Ingat: 1967</text:p></draw:text-box></draw:frame></table:shapes>"
    )
    comment = "<office:annotation><text:p>cek lagi</text:p></office:annotation>"
    rows = "".join(
        f"<row>{''.join(f'<cell>{comment}<p>{cell}</p></cell>' for cell in row)}</row>"
        for row in ROWS
    )
    _notes, found = load(tmp_path, ods_of_xml(box + rows), ODS)
    assert outside(found) == [
        'the workbook has 1 text box that is in no cell, which students do not see: "Ingat: 1967"'
    ]


def test_a_cell_that_is_raised_as_a_whole(tmp_path: Path) -> None:
    """The font of a cell raises its text as that of a part does."""
    made = excel(["dua", "Dua", "2"])
    cell = made.worksheets[0].cell(len(ROWS) + 1, 3)
    assert isinstance(cell, Cell)
    cell.font = Font(vertAlign="superscript")
    notes, found = load(tmp_path, saved(made))
    assert found == []
    assert texts(notes)[-1]["belakang"] == "<sup>2</sup>"
