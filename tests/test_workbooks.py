"""Card sets as workbooks: what is seen is read, or told; and nothing in them harms kartu."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from support.program import Run
from support.projects import EXAMPLES, TWO_NOTE_TYPES, write_project
from support.sampling import QUICK, examples
from support.sheets import ods, ods_of_xml, saved, xlsx, zipped

from kartu.core.diagnostics import Diagnostic
from kartu.core.model import Note
from kartu.core.source import Span
from kartu.load import load_project
from kartu.load.sheets.raw import MAX_CELLS

SHARED = "--- cards/contoh/kartu.yaml\n--- cards/contoh/soal.set.yaml\nnote_type: dasar\n"
XLSX, ODS = "cards/contoh/soal.xlsx", "cards/contoh/soal.ods"
ROWS = [["id", "depan", "belakang"], ["satu", "Satu", "One"]]


def load(root: Path, data: bytes, path: str = XLSX) -> tuple[list[Note], list[Diagnostic]]:
    """The notes of a project with this one card set."""
    if not root.exists() or not any(root.iterdir()):
        write_project(root, TWO_NOTE_TYPES, SHARED)
    (root / path).write_bytes(data)
    project, said = load_project(root)
    return list(project.decks[0].notes), said


def book(*rows: list[Any], name: str = "Lembar1") -> Workbook:
    made = Workbook()
    made.worksheets[0].title = name
    for row in rows:
        made.worksheets[0].append(row)
    return made


def told(said: list[Diagnostic]) -> list[tuple[str, int, int]]:
    return [(one.code, one.span.line, one.span.column) for one in said]


def texts(notes: list[Note]) -> list[dict[str, str]]:
    return [{str(key): str(value) for key, value in note.values.items()} for note in notes]


# --- what is seen -------------------------------------------------------------------------------


def test_a_cell_is_read_as_it_is_seen_or_told(tmp_path: Path) -> None:
    """Whole numbers, leading zeros and truth are seen alike everywhere; dates and others not."""
    made = book(["id", "depan", "belakang", "contoh", "as_of"])
    sheet = made.worksheets[0]
    seen = [(7, "General"), (7, "000"), (-3, "@"), (1967.0, "0"), (True, "General"), (2**36, "0")]
    for number, (value, format) in enumerate(seen):
        sheet.append([f"n{number}", value, "=1+1 ", None, dt.date(2021, 5, 14)])
        sheet.cell(number + 2, 2).number_format = format
        sheet.cell(number + 2, 3).data_type = "s"
    notes, said = load(tmp_path, saved(made))
    assert said == []
    shown = ["7", "007", "-3", "1967", "TRUE", "68719476736"]
    assert [note["depan"] for note in texts(notes)] == shown
    assert {note.as_of for note in notes} == {"2021-05-14"}


@pytest.mark.parametrize(
    ("value", "format", "message"),
    [
        (dt.date(2026, 2, 1), "d-mmm", "turned this text into a date: 2026-02-01"),
        (
            dt.datetime.fromisoformat("2026-02-01 09:30"),
            "General",
            "this text into a date: 2026-02-01 09:30:00",
        ),
        (dt.time(1, 30), "h:mm", "this text into a time: 01:30:00"),
        (0.5, "0%", "the number 0.5"),
        (3.14, "General", "the number 3.14"),
        (12000, "#,##0", "the number 12000"),
        (10**12, "General", "the number 1000000000000"),
        (5, '0 "buah"', "the number 5"),
        (7, "000.0", "the number 7"),
        (0, ";;;", "the number 0"),
    ],
)
def test_what_is_seen_otherwise_is_told(
    tmp_path: Path, value: Any, format: str, message: str
) -> None:
    """A cell of which the file does not hold what people see is named, with sheet and cell."""
    made = book(["id", "depan", "#catatan"], ["satu", value, value])
    if format != "General":
        made.worksheets[0].cell(2, 2).number_format = format
    notes, (fault,) = load(tmp_path, saved(made))
    assert notes == []
    assert (fault.code, fault.span) == ("not-text", Span(XLSX, 2, 2, "Lembar1"))
    assert message in fault.message
    assert "Text" in fault.help


def test_formulas_are_their_results(tmp_path: Path) -> None:
    """A result in the file is read; one that was never reckoned and an error are told."""
    data = (EXAMPLES / "libreoffice/angka.xlsx").read_bytes()
    notes, said = load(tmp_path / "a", data)
    assert {"depan": "4", "belakang": "dua kata"} in texts(notes)
    assert ("formula-error", 7, 2) in told(said)
    notes, said = load(tmp_path / "b", saved(book(*ROWS, ["dua", "=1+1"], ["tiga", "Tiga", "=A1"])))
    assert told(said) == [("formula-error", 3, 2), ("formula-error", 4, 3)]
    assert texts(notes) == [{"depan": "Satu", "belakang": "One"}]
    first = f"<row>{''.join(f'<cell><p>{key}</p></cell>' for key in ROWS[0])}</row>"
    second = '<row><cell><p>a</p></cell><cell table:formula="of:=1+1"/></row>'
    _, said = load(tmp_path / "c", ods_of_xml(first + second), ODS)
    assert told(said) == [("formula-error", 2, 2)]


def test_libreoffice_says_what_is_seen(tmp_path: Path) -> None:
    """An .ods holds the shown text of numbers; a date is told there, too, and read in as_of."""
    notes, said = load(tmp_path, (EXAMPLES / "libreoffice/angka.ods").read_bytes(), ODS)
    assert told(said) == [("not-text", 3, 2), ("formula-error", 7, 2)]
    assert [note["depan"] for note in texts(notes)] == ["1967", "3.14", "50.00%", "4", "TRUE"]
    assert notes[0].as_of == "2021-05-14"


# --- sheets -------------------------------------------------------------------------------------


def test_each_sheet_is_a_card_set(tmp_path: Path) -> None:
    """Sheets are read in their order; empty ones, hidden ones and those with _ are left out."""
    made = book(["id", "depan", "tags"], ["satu", "Satu", "a | b"], name="Bab 1")
    made.create_sheet("Kosong")
    for name, id in (("_Catatan", "dua"), ("Rahasia", "tiga"), ("Bab 2", "empat")):
        sheet = made.create_sheet(name)
        sheet.append(["depan", "id"])
        sheet.append(["Lain", id])
    made["Rahasia"].sheet_state = "hidden"
    made["Bab 2"].row_dimensions[2].hidden = True
    notes, said = load(tmp_path, saved(made))
    assert said == []
    assert [(note.id, note.id.span) for note in notes] == [
        ("satu", Span(XLSX, 2, 1, "Bab 1")),
        ("empat", Span(XLSX, 2, 2, "Bab 2")),
    ]
    assert notes[0].tags == ("a", "b")


def test_cells_far_away_and_merged(tmp_path: Path) -> None:
    """Blank rows and columns before the values count in positions; a merged cell is its first."""
    made = Workbook()
    sheet = made.worksheets[0]
    for column, key in zip((3, 4, 6), ROWS[0], strict=True):
        sheet.cell(5, column).value = key
        sheet.cell(90, column).value = "satu"
    sheet.merge_cells("D90:E91")
    sheet.cell(90, 6).value = "Baris\nlain "
    (note,), said = load(tmp_path, saved(made))
    assert said == []
    assert note.values == {"depan": "satu", "belakang": "Baris  \nlain "}
    assert note.values["belakang"].span == Span(XLSX, 90, 6, "Sheet")


def test_repeated_cells_and_what_is_no_text_in_ods(tmp_path: Path) -> None:
    """Repeated rows and columns count; notes to a cell and covered cells are no text of it."""
    rows = (
        '<row rows="3"><cell/></row>'
        f"<row>{''.join(f'<cell><p>{key}</p></cell>' for key in ROWS[0])}"
        '<cell columns="16000"/></row>'
        "<row><cell><p>satu</p></cell>"
        "<cell><office:annotation><p>catatan</p></office:annotation><p> a<text:s/>  "
        "<text:span>b</text:span></p><p/><p>c<text:line-break/>d</p></cell>"
        "<covered><p>x</p></covered></row>"
        '<row><cell columns="2"><p>Dua</p></cell></row>'
        '<row rows="1048000"><cell/></row>'
    )
    notes, said = load(tmp_path, ods_of_xml(rows), ODS)
    assert texts(notes[:1]) == [{"depan": "a  b\n\nc\nd"}]
    assert [(one.code, one.span) for one in said] == [("bad-id", Span(ODS, 6, 1, "Lembar1"))]


# --- how it is told -----------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_a_report_names_sheet_and_cell(ending: str, kartu: Run, tmp_path: Path) -> None:
    """The place stays path:line:column of the real file; sheet and cell stand below it."""
    write_project(tmp_path, SHARED)
    rows = [[*ROWS[0], "tags"], ["Kerja Sama", "🙂", "One", "a | b c"], ["satu", "", "x", ""]]
    name = f"cards/contoh/soal.{ending}"
    (tmp_path / name).write_bytes(xlsx(rows) if ending == "xlsx" else ods(rows))
    sheet = "Sheet" if ending == "xlsx" else "Lembar1"
    done = kartu("check", cwd=tmp_path)
    assert done.stdout == (
        f'{name}:2:1: error[bad-id]: "Kerja Sama" is not a valid note id\n'
        f"    {sheet}!A2  Kerja Sama\n"
        '    help: use a-z, 0-9 and -, for example "food-chain"\n'
        f'{name}:2:4: error[bad-tag]: the tag "b c": a tag cannot contain spaces\n'
        f"    {sheet}!D2  a | b c\n"
        '    help: separate tags by " | ", with a space on each side\n'
        f'{name}:3:2: error[missing-field]: the note has no "depan", which dasar requires\n'
        f"    {sheet}!B3\n"
        "    help: write its text, or delete the row\n"
    )
    first = json.loads(kartu("check", "--format", "json", cwd=tmp_path).stdout)[0]
    assert (first["path"], first["line"], first["column"]) == (name, 2, 1)
    assert first["cell"] == f"{sheet}!A2"


def test_without_openpyxl_the_cure_is_told(tmp_path: Path) -> None:
    """Where kartu[sheets] is not installed, .xlsx says what to do; .csv and .ods are read."""
    root = write_project(tmp_path, SHARED)
    (root / XLSX).write_bytes(xlsx(ROWS))
    (root / ODS).write_bytes(ods([ROWS[0], ["dua", "Dua", ""]]))
    code = (
        "import sys; sys.modules['openpyxl'] = None\n"
        "from pathlib import Path; from kartu.load import load_project\n"
        "project, said = load_project(Path(sys.argv[1]))\n"
        "print([one.code for one in said], said[0].help, *(n.id for n in project.decks[0].notes))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(root)], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("['sheets-not-installed'] python -m pip install 'kartu[sheets]'")
    assert done.stdout.endswith(" dua\n")


# --- what would harm ----------------------------------------------------------------------------


def _xlsx_with(sheet: str, **others: str) -> bytes:
    """A workbook whose one sheet holds this XML."""
    out = {}
    with zipfile.ZipFile(BytesIO(xlsx(ROWS))) as archive:
        for name in archive.namelist():
            out[name] = archive.read(name)
    start = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    out["xl/worksheets/sheet1.xml"] = f"{start}{sheet}</worksheet>".encode()
    return zipped({**out, **others})


def _with_sheets(number: int) -> bytes:
    """A workbook that names its one part so many times."""
    with zipfile.ZipFile(BytesIO(xlsx(ROWS))) as archive:
        book = archive.read("xl/workbook.xml").decode()
    (one,) = re.findall("<sheet [^>]*/>", book)
    named = (one.replace('name="Sheet', f'name="S{n}') for n in range(number))
    return _xlsx_with("", **{"xl/workbook.xml": book.replace(one, "".join(named))})


def _with_cells(*places: tuple[int, str]) -> bytes:
    cell = '<row r="{0}"><c r="{1}{0}" t="inlineStr"><is><t>x</t></is></c></row>'
    return _xlsx_with(f"<sheetData>{''.join(cell.format(*place) for place in places)}</sheetData>")


STRICT = _xlsx_with("", **{"xl/workbook.xml": '<w xmlns="http://purl.oclc.org/ooxml/"/>'})


def _much_space() -> bytes:
    return zipped({"content.xml": " " * (70 << 20)})


CP037 = '<?xml version="1.0" encoding="cp037"?>'
ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
DAMAGED, LARGE = "workbook-unreadable", "file-too-large"


@pytest.mark.parametrize(
    ("path", "data", "code"),
    [
        (XLSX, b"", DAMAGED),
        (XLSX, b"PK\x03\x04" + bytes(50), DAMAGED),
        (XLSX, zipped({"a.txt": "x"}), DAMAGED),
        (ODS, zipped({"a.txt": "x"}), DAMAGED),
        (ODS, zipped({"content.xml": "<a"}), DAMAGED),
        (ODS, zipped({"content.xml": f"{ENTITIES}<x>&b;</x>"}), DAMAGED),
        (ODS, zipped({"content.xml": CP037}), DAMAGED),
        (ODS, zipped({"META-INF/manifest.xml": "<manifest:encryption-data/>"}), DAMAGED),
        (XLSX, bytes.fromhex("d0cf11e0a1b11ae1") + bytes(500), DAMAGED),
        (XLSX, lambda: _xlsx_with("", **{"xl/sharedStrings.xml": "<a/>" * 3_100_000}), LARGE),
        (ODS, _much_space, LARGE),
        (XLSX, _with_cells((1048576, "XFD")), "nothing"),
        (XLSX, _with_cells((10**12, "A")), LARGE),
        (XLSX, _with_cells((3, "A"), (3, "A")), DAMAGED),
        (ODS, ods_of_xml('<row rows="1048576"><cell columns="16384"><p>x</p></cell></row>'), LARGE),
        (ODS, ods([]), "wrong-shape"),
        (XLSX, saved(Workbook()), "wrong-shape"),
        (XLSX, STRICT, DAMAGED),
        (XLSX, _with_sheets(2), DAMAGED),
        (XLSX, _with_sheets(20_000), LARGE),
    ],
)
def test_a_workbook_that_harms_is_told(
    tmp_path: Path, path: str, data: bytes | Callable[[], bytes], code: str
) -> None:
    """Bombs, far cells, entities, passwords and damage give a diagnostic, soon and small."""
    notes, said = load(tmp_path, data if isinstance(data, bytes) else data(), path)
    assert notes == []
    assert said
    if code != "nothing":
        assert told(said) == [(code, 1, 1)]


def test_far_cells_make_a_small_file_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row counts up to its last cell: no more than a million are made."""
    assert MAX_CELLS == 1_000_000
    most = 50_000 if QUICK else MAX_CELLS
    monkeypatch.setattr("kartu.load.sheets.workbook.MAX_CELLS", most)
    least = most // 16_384 + 1
    for rows, words in ((least, "the workbook is larger"), (least - 1, "the table has")):
        data = _with_cells(*((n, "XFD") for n in range(1, rows + 1)))
        (fault,) = load(tmp_path, data)[1]
        assert (fault.code, fault.message[: len(words)]) == (LARGE, words)


def _damaged(data: bytes) -> st.SearchStrategy[bytes]:
    """The workbook with some bytes of a member, or of the archive, changed."""

    def change(at: tuple[int, bytes, bool]) -> bytes:
        place, new, inside = at
        if not inside:
            start = place % len(data)
            return data[:start] + new + data[start + len(new) :]
        out: dict[str, str | bytes] = {}
        with zipfile.ZipFile(BytesIO(data)) as archive:
            for number, name in enumerate(archive.namelist()):
                content = archive.read(name)
                start = place % (len(content) or 1)
                changed = content[:start] + new + content[start + len(new) :]
                out[name] = changed if number == place % len(archive.namelist()) else content
        return zipped(out)

    pieces = st.sampled_from([b"<", b'"', b"9", b"-", b"t", b"/>", b"&#1;", b"e9"])
    new = pieces | st.binary(min_size=1, max_size=4)
    return st.tuples(st.integers(0, 10**6), new, st.booleans()).map(change)


@settings(max_examples=examples(250, 6))
@given(
    st.sampled_from([XLSX, ODS]).flatmap(
        lambda path: st.tuples(
            st.just(path),
            st.binary(max_size=60)
            | _damaged((xlsx if path == XLSX else ods)(ROWS))
            | _damaged((EXAMPLES / f"libreoffice/angka{Path(path).suffix}").read_bytes()),
        )
    )
)
def test_any_bytes_give_diagnostics(tmp_path: Path, case: tuple[str, bytes]) -> None:
    """Whatever bytes a workbook has, it gives notes or diagnostics, never a traceback."""
    path, data = case
    notes, said = load(tmp_path, data, path)
    assert notes or said
    for one in said:
        assert one.span.line >= 1 <= one.span.column


def test_a_control_character_in_a_cell_is_told(tmp_path: Path) -> None:
    """What XML can hold and Anki cannot is named at its cell."""
    notes, said = load(tmp_path, ods([*ROWS, ["dua", "a\u0085b", "c"]]), ODS)
    assert (notes, told(said)) == ([], [("control-character", 3, 2)])


def test_nothing_is_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What openpyxl has to say of a workbook does not come between kartu's own results."""
    with zipfile.ZipFile(BytesIO(xlsx(ROWS))) as archive:
        files: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    styles = files["xl/styles.xml"]
    assert isinstance(styles, bytes)
    files["xl/styles.xml"], changed = re.subn(rb"(<cellStyleXfs)[^/]*>.*?(?=</)", rb"\1>", styles)
    assert changed
    notes, said = load(tmp_path, zipped(files))
    assert (notes, told(said)) == ([], [("workbook-unreadable", 1, 1)])
    assert capfd.readouterr() == ("", "")


def test_the_command_shows_no_warnings_of_libraries(kartu: Run, tmp_path: Path) -> None:
    """A workbook with validation, of which openpyxl warns its callers, is read without a word."""
    cells = "".join(
        f'<row r="{row}">'
        + "".join(f'<c t="inlineStr"><is><t>{value}</t></is></c>' for value in values)
        + "</row>"
        for row, values in enumerate(ROWS, 1)
    )
    validation = '<extLst><ext uri="{CCE6A557-97BC-4B89-ADB6-D9C93CAAB3DF}"/></extLst>'
    data = _xlsx_with(f"<sheetData>{cells}</sheetData>{validation}")
    with pytest.warns(UserWarning, match="Data Validation extension"):
        assert len(load(tmp_path, data)[0]) == 1
    done = kartu("build", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
