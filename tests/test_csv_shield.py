"""CSV files that kartu writes hold no formulas: texts stay texts in a spreadsheet program."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.projects import write_project
from support.sampling import WHOLE

from kartu.compile.built import BuiltNote
from kartu.core.progress import no_progress
from kartu.export.run import ExportOptions, export
from kartu.export.sheet import as_csv
from kartu.importing.from_sheet import read_rows, update_deck
from kartu.load.sheets.shield import shielded, unshielded
from kartu.pipeline import compile_decks
from kartu.rewrite.yaml import scalar

BEGINNINGS = ("=", "+", "-", "@", "\t", "\t=", " =", "=-", "==", "＝")
REST = ("1+1", "SUM(A1:A9)", "cmd|' /C calc'!A0", 'HYPERLINK("http://x.id";"y")')
CELLS = [beginning + rest for beginning in BEGINNINGS for rest in REST]

needs_office = pytest.mark.skipif(
    not WHOLE or shutil.which("soffice") is None, reason="LibreOffice takes 20 seconds"
)


@given(st.text() | st.text("\u2060=+-@\t\n\r 'a"))
@example("\u2060=1")
@example("\u2060\u2060=1")
@example("\u2060a")
def test_a_cell_comes_back(text: str) -> None:
    """Whatever it is; and what is written begins with none of the signs."""
    assert unshielded(shielded(text)) == text
    assert shielded(text).lstrip()[:1] not in {"=", "+", "-", "@", "＝"}


def _project(tmp_path: Path, cells: list[str]) -> Path:
    notes = "".join(f"  - {{id: n{n}, depan: {scalar(one)}}}\n" for n, one in enumerate(cells))
    return write_project(
        tmp_path, f"--- cards/contoh/kartu.yaml\nnote_type: dasar\nnotes:\n{notes}"
    )


def _built(root: Path) -> tuple[BuiltNote, ...]:
    compiled, faults = compile_decks(root, (), None, no_progress)
    assert compiled, faults
    return compiled[0].built.notes


def test_both_ways_through_kartu(tmp_path: Path) -> None:
    """A sheet of such texts changes nothing when it comes back; as a card set it is the same."""
    cells = [one.strip() for one in CELLS]
    root = _project(tmp_path / "a", cells)
    out = tmp_path / "out.csv"
    export(ExportOptions(root, "", "csv", out))
    written = [row["depan"] for row in csv.DictReader(io.StringIO(out.read_text("utf-8-sig")))]
    assert not [one for one in written if one.strip()[:1] in "=+-@"]
    assert update_deck(root, "", out).files == []
    other = write_project(tmp_path / "b")
    (other / "cards/contoh/kartu.yaml").unlink()
    shutil.copy(out, other / "cards/contoh/kartu.csv")
    assert [one.fields for one in _built(other)] == [one.fields for one in _built(root)]


@needs_office
def test_libreoffice_calculates_nothing(tmp_path: Path) -> None:
    """Opened and saved twice: no cell is a formula or a number, and each text is the same.

    But for tabs, which it drops.
    """
    rows = [["id", "depan"], *([f"n{n}", one] for n, one in enumerate(CELLS))]
    sheet = tmp_path / "a.csv"
    sheet.write_bytes(as_csv(iter(rows)))
    for _turn in range(2):
        _convert(tmp_path, sheet, "ods")
        with zipfile.ZipFile(tmp_path / "a.ods") as book:
            content = book.read("content.xml").decode()
        assert "table:formula" not in content
        assert 'office:value-type="float"' not in content
        sheet.unlink()
        filter = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false"
        _convert(tmp_path, tmp_path / "a.ods", filter)
        found, _without_id = read_rows(sheet)
        assert [found[f"n{n}"]["depan"] for n in range(len(CELLS))] == [
            one.replace("\t", "") for one in CELLS
        ]


def _convert(folder: Path, file: Path, to: str) -> None:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    # As its window does, which sees the mark at the beginning of the file.
    utf8 = ["--infilter=CSV:44,34,76,1"] if file.suffix == ".csv" else []
    command = ["soffice", "--headless", profile, *utf8, "--convert-to", to]
    command += ["--outdir", str(folder), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
