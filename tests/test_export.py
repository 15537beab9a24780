"""`kartu export`, and the way back: what is changed in a spreadsheet changes in the card sets."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.engine import collection, import_package
from support.program import Run
from support.projects import TWO_NOTE_TYPES, write_project
from support.sampling import examples
from test_import_laws import card_sets, texts

from kartu.export.run import ExportOptions, export
from kartu.importing.contents import CannotImportError
from kartu.importing.from_sheet import read_rows, update_deck
from kartu.importing.run import ImportOptions, import_file
from kartu.load.sheets.shield import unshielded
from kartu.pipeline import Options, check

SET = """--- cards/contoh/kartu.yaml
# kumpulan pertama
note_type: dasar
notes:
  - id: satu   # tetap
    depan: "Satu"     # pertanyaan
    belakang: |
      One
      Uno
    tags:
      - a   # penting
      - b

  - {id: dua, depan: Dua, belakang: 'Two'}   # ringkas
  - id: tiga
    depan: Tiga
"""


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def _write(path: Path, rows: list[dict[str, str]], divider: str = ",") -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=divider)
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def sheet(tmp_path: Path) -> tuple[Path, Path]:
    """A project, and its deck as a sheet."""
    root = write_project(tmp_path / "project", SET)
    out = tmp_path / "contoh.csv"
    export(ExportOptions(root, "", "csv", out))
    return root, out


def test_a_row_a_note_and_a_column_a_key(sheet: tuple[Path, Path]) -> None:
    """The sheet shows what the notes hold, as people read it."""
    first, second, _ = _rows(sheet[1])
    assert list(first)[:5] == ["id", "note_type", "subdeck", "depan", "belakang"]
    assert (first["id"], first["depan"], first["tags"]) == ("satu", "Satu", "a | b")
    assert first["belakang"] == "One\nUno\n"
    assert second["note_type"] == "dasar"


def test_a_deck_of_spreadsheets_is_not_exported(kartu: Run, tmp_path: Path) -> None:
    """Nothing is written, and the files to open are named."""
    root = write_project(tmp_path, "--- cards/contoh/kartu.yaml\n")
    rows = "id,note_type,depan,belakang\nsatu,dasar,a,b\n"
    (root / "cards/contoh/soal.csv").write_text(rows, "utf-8")
    done = kartu("export", "-o", tmp_path / "a.csv", cwd=root)
    assert done.returncode == 1
    assert "are already spreadsheets (cards/contoh/soal.csv): open these" in done.stderr
    assert not (tmp_path / "a.csv").exists()


def test_new_rows_without_an_id_are_named(sheet: tuple[Path, Path]) -> None:
    """What is not taken into the card sets is reported by its first words."""
    root, out = sheet
    rows = _rows(out)
    _write(out, [*rows, {**rows[0], "id": "", "depan": "Baru sekali"}], ",")
    found = update_deck(root, "", out)
    assert found.files == []
    (skipped,) = found.skipped
    assert skipped.startswith('1 row without an id: "Baru sekali"; put new notes')


@pytest.mark.parametrize("divider", [",", ";", "\t"])
def test_only_what_was_changed_changes(sheet: tuple[Path, Path], divider: str) -> None:
    """Comments, layout and quotes outside the changed values stay to the byte, whatever program
    saved the sheet."""
    root, out = sheet
    first, second, third = _rows(out)
    first["depan"], first["belakang"], first["tags"] = "Satu: #1", "Eins\nOne", "a | c"
    second["belakang"], third["belakang"], third["tags"] = "Zwei, dua", "Drei\n- tiga", "x"
    _write(out, [first, second, third], divider)
    found = update_deck(root, "", out)
    assert found.skipped == []
    assert (root / "cards/contoh/kartu.yaml").read_text("utf-8") == (
        SET.partition("\n")[2]
        .replace('"Satu"', '"Satu: #1"')
        .replace("|\n      One\n      Uno\n", "|-\n      Eins\n      One\n")
        .replace("      - b", "      - c")
        .replace("'Two'", "'Zwei, dua'")
        .replace("Tiga\n", "Tiga\n    belakang: |-\n      Drei  \n      - tiga\n    tags: [x]\n")
    )
    assert not [one for one in check(Options(root)) if one.severity == "error"]
    again = update_deck(root, "", out)
    assert again.files == []


def test_line_ends_marks_and_aliases(tmp_path: Path) -> None:
    """A file keeps its line ends and its byte order mark; a value that an alias stands for is
    left alone, and that is said."""
    content = SET.partition("\n")[2].replace("belakang: 'Two'", "belakang: &a Two")
    content += "    belakang: *a\n"
    root = write_project(tmp_path / "project")
    path = root / "cards/contoh/kartu.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + content.replace("\n", "\r\n").encode())
    before = path.read_bytes()
    out = tmp_path / "contoh.csv"
    export(ExportOptions(root, "", "csv", out))
    rows = _rows(out)
    rows[0]["belakang"] = "Eins\nOne"
    rows[2]["depan"] = "Tiga\n3"
    _write(out, rows)
    update_deck(root, "", out)
    expected = before.replace(b"|\r\n      One\r\n      Uno", b"|-\r\n      Eins\r\n      One")
    assert path.read_bytes() == expected.replace(b"Tiga\r\n", b"|-\r\n      Tiga\r\n      3\r\n")
    rows[2]["belakang"] = "Drei"
    _write(out, rows)
    with pytest.raises(CannotImportError, match='"belakang" in line 18 is used elsewhere'):
        update_deck(root, "", out)


def test_what_a_sheet_cannot_say_is_told(kartu: Run, sheet: tuple[Path, Path]) -> None:
    """New rows, missing rows, other note types and columns are named; the rest is brought back;
    --diff shows it and writes nothing."""
    root, out = sheet
    first, second, _ = _rows(out)
    before = (root / "cards/contoh/kartu.yaml").read_bytes()
    second |= {"depan": "Dua!", "note_type": "lain", "bukan": "x"}
    _write(out, [{**first, "bukan": ""}, second, {**second, "id": "baru"}])
    shown = kartu("-C", root, "import", "--update", out, "--diff")
    assert shown.returncode == 1
    assert "-  - {id: dua, depan: Dua, belakang: 'Two'}   # ringkas\n" in shown.stdout
    assert "+  - {id: dua, depan: Dua!, belakang: 'Two'}   # ringkas\n" in shown.stdout
    assert (root / "cards/contoh/kartu.yaml").read_bytes() == before
    done = kartu("-C", root, "import", "--update", out)
    assert done.returncode == 0, done.stderr
    for message in (
        "1 row with ids that no note has: baru",
        "1 note without a row stay as they are: tiga",
        "note type and subdeck belong to the card set and stay as they are: dua",
        "columns that are not keys of the notes: bukan",
    ):
        assert message in done.stdout
    assert "kartu: 1 change in 1 file" in done.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "it has no column"),
        (b"depan\nx\n", "it has no column"),
        (b"id,depan\nsatu,a\nsatu,b\n", 'two rows have the id "satu"'),
        (b"id,depan\nsatu,a\x01\n", "it is not readable text"),
    ],
)
def test_sheets_that_cannot_be_read(content: bytes, message: str, tmp_path: Path) -> None:
    """What is not a sheet of notes is reported, and nothing is written."""
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(CannotImportError, match=message):
        read_rows(tmp_path / "a.csv")


def test_nothing_is_overwritten(kartu: Run, sheet: tuple[Path, Path]) -> None:
    """A file that is there is refused."""
    root, out = sheet
    done = kartu("-C", root, "export", "-o", out)
    assert done.returncode == 2
    assert "already exists" in done.stderr


def test_the_text_export_is_one_that_anki_imports(kartu: Run, tmp_path: Path) -> None:
    """Where the deck's note types are installed, Anki takes the text for the same notes."""
    root = write_project(tmp_path / "project", SET)
    assert kartu("-C", root, "build").returncode == 0
    out = tmp_path / "contoh.txt"
    done = kartu("-C", root, "export", "contoh", "--format", "text", "-o", out)
    assert done.stdout == f"{out}: 3 notes\n", done.stderr
    with collection(tmp_path / "student") as col:
        import_package(col, root / "build/contoh.apkg")
        meta = col.get_csv_metadata(str(out), None)
        assert meta.guid_column == 1
        assert (meta.notetype_column, meta.deck_column) == (2, 3)
    result = import_file(ImportOptions(out, tmp_path / "again"))
    assert [(deck.name, deck.notes) for deck in result.decks] == [("Contoh", 3)]


@settings(max_examples=examples(40, 3), suppress_health_check=list(HealthCheck))
@given(card_sets())
def test_without_a_change_no_byte_changes(sets: str) -> None:
    """export → import --update without an edit changes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        root = write_project(Path(folder), TWO_NOTE_TYPES, SET, sets)
        out = Path(folder, "sheet.csv")
        export(ExportOptions(root, "contoh", "csv", out))
        found = update_deck(root, "contoh", out)
        assert (found.files, found.skipped) == ([], [])


@settings(max_examples=examples(60, 4), suppress_health_check=list(HealthCheck))
@given(card_sets(), st.data())
def test_what_is_written_in_a_sheet_is_what_the_notes_hold(sets: str, data: st.DataObject) -> None:
    """Any text in any cell arrives as just that text, and nothing else changes."""
    with tempfile.TemporaryDirectory() as folder:
        root = write_project(Path(folder), TWO_NOTE_TYPES, SET, sets)
        out, again = Path(folder, "sheet.csv"), Path(folder, "again.csv")
        export(ExportOptions(root, "contoh", "csv", out))
        rows = _rows(out)
        row = data.draw(st.sampled_from(rows))
        key = "depan" if row["note_type"] == "dasar" else "teks"
        row[key] = data.draw(texts)
        _write(out, rows)
        update_deck(root, "contoh", out)
        export(ExportOptions(root, "contoh", "csv", again))
        # what spreadsheet programs would calculate is written as text (test_csv_shield)
        assert [*map(_unshielded, _rows(again))] == [*map(_unshielded, rows)]


def _unshielded(row: dict[str, str]) -> dict[str, str]:
    return {key: unshielded(cell) for key, cell in row.items()}
