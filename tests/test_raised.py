"""Raised and lowered characters of workbooks (10⁴, H₂O) are shown as such, or reported."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from support.sheets import ods_of_xml, saved, zipped
from test_workbooks import ODS, ROWS, load, texts

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OVERRIDE = (
    '<Override PartName="/xl/sharedStrings.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)
CELL = re.compile(r'<c r="(\w+)" t="inlineStr"><is><t>([^<]*[\^_][^<]*)</t></is></c>')
RUN = "<r>{}<t>{}</t></r>"
RAISED = '<rPr><vertAlign val="{}"/></rPr>'


def excel(*rows: list[str]) -> bytes:
    """A workbook as Excel writes it: `10^4^` and `H_2_O` become runs of shared strings."""
    made = Workbook()
    for row in rows:
        made.worksheets[0].append(row)
    with zipfile.ZipFile(io.BytesIO(saved(made))) as archive:
        members = {one: archive.read(one).decode() for one in archive.namelist()}
    strings: list[str] = []

    def shared(found: re.Match[str]) -> str:
        strings.append(runs(found[2]))
        return f'<c r="{found[1]}" t="s"><v>{len(strings) - 1}</v></c>'

    path = "xl/worksheets/sheet1.xml"
    members[path] = CELL.sub(shared, members[path])
    members["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{"".join(strings)}</sst>'
    types = members["[Content_Types].xml"]
    members["[Content_Types].xml"] = types.replace("</Types>", f"{OVERRIDE}</Types>")
    return zipped(dict(members))


def runs(value: str) -> str:
    parts = re.split(r"([\^_])(.*?)\1", value)
    out = RUN.format("", parts[0])
    for mark, inside, after in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        how = RAISED.format("superscript" if mark == "^" else "subscript")
        out += RUN.format(how, inside) + (RUN.format("", after) if after else "")
    return f"<si>{out}</si>"


def test_raised_and_lowered_characters_stay(tmp_path: Path) -> None:
    """Markdown shows them in <sup> and <sub>, a plain text as characters of their own."""
    data = excel(*ROWS, ["dua", "H_2_O", "10^4^ m^2^"])
    notes, said = load(tmp_path, data)
    assert said == []
    assert texts(notes)[1] == {"depan": "H₂O", "belakang": "10<sup>4</sup> m<sup>2</sup>"}


def test_raised_characters_in_the_sheet_itself_stay(tmp_path: Path) -> None:
    """As libraries write them, without a table of shared strings."""
    made = Workbook()
    for row in ROWS:
        made.worksheets[0].append(row)
    raised = InlineFont(vertAlign="superscript")
    made.worksheets[0].append(["dua", "x", CellRichText("10", TextBlock(raised, "4"))])
    notes, said = load(tmp_path, saved(made))
    assert said == []
    assert texts(notes)[1]["belakang"] == "10<sup>4</sup>"


def test_what_a_field_cannot_show_is_reported(tmp_path: Path) -> None:
    """Where there are no such characters, a plain text has a fault at its cell."""
    _, said = load(tmp_path, excel(*ROWS, ["dua", "a^q^", "b"]))
    assert [(one.code, one.span.line, one.span.column, one.message) for one in said] == [
        (
            "not-text",
            3,
            2,
            (
                "raised, lowered, underlined or struck characters, which this field cannot show: "
                "a<sup>q</sup>"
            ),
        )
    ]


def test_raised_characters_of_libreoffice_stay(tmp_path: Path) -> None:
    """Styles of .ods that raise or lower are found by name."""
    styles = "".join(
        f'<style:style style:name="{name}"><style:text-properties style:text-position="{how}"/>'
        "</style:style>"
        for name, how in (("T1", "super 58%"), ("T2", "-33% 58%"), ("T3", "0% 100%"))
    )
    cells = (
        "<row><cell><p>id</p></cell><cell><p>depan</p></cell><cell><p>belakang</p></cell></row>"
        "<row><cell><p>satu</p></cell>"
        '<cell><p>x<text:span text:style-name="T1">2</text:span></p></cell>'
        '<cell><p>H<text:span text:style-name="T2">2</text:span>'
        '<text:span text:style-name="T3">O</text:span></p></cell></row>'
    )
    data = ods_of_xml(cells, styles)
    notes, said = load(tmp_path, data, ODS)
    assert said == []
    assert texts(notes) == [{"depan": "x²", "belakang": "H<sub>2</sub>O"}]


def test_what_is_underlined_or_struck_is_not_lost(tmp_path: Path) -> None:
    """Parts of a cell look so in Markdown, and a plain text has a fault; bold parts of that are
    plain, and a whole cell is only how the sheet looks."""
    underlined, struck = InlineFont(u="single"), InlineFont(strike=True)
    bold = InlineFont(b=True)
    made = Workbook()
    sheet = made.worksheets[0]
    for row in ROWS:
        sheet.append(row)
    marked = CellRichText("a ", TextBlock(underlined, "b"))
    sheet.append(["dua", CellRichText(TextBlock(bold, "x"), "y"), marked])
    marked = CellRichText(TextBlock(struck, "c"), " d")
    sheet.append(["tiga", CellRichText(TextBlock(struck, "x")), marked])
    notes, said = load(tmp_path / "a", saved(made))
    assert said == []
    assert texts(notes)[1:] == [
        {"depan": "xy", "belakang": "a <u>b</u>"},
        {"depan": "x", "belakang": "<s>c</s> d"},
    ]
    sheet.append(["empat", CellRichText("x", TextBlock(struck, "y")), "z"])
    _notes, said = load(tmp_path / "b", saved(made))
    assert [(one.code, one.span.line, one.span.column) for one in said] == [("not-text", 5, 2)]


def test_what_is_struck_in_open_document_is_not_lost(tmp_path: Path) -> None:
    """The styles of spans say it."""
    styles = (
        '<style:style style:name="T1"><style:text-properties'
        ' style:text-line-through-style="solid"/></style:style>'
    )
    cells = (
        "<row><cell><p>id</p></cell><cell><p>depan</p></cell><cell><p>belakang</p></cell></row>"
        "<row><cell><p>satu</p></cell><cell><p>x</p></cell>"
        '<cell><p><text:span text:style-name="T1">no</text:span> yes</p></cell></row>'
    )
    notes, said = load(tmp_path, ods_of_xml(cells, styles), ODS)
    assert said == []
    assert texts(notes) == [{"depan": "x", "belakang": "<s>no</s> yes"}]
