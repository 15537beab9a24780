"""`kartu export` as a workbook, which comes back as a CSV does, and as a folder of CrowdAnki."""

from __future__ import annotations

import io
import json
import os
import re
import tempfile
import zipfile
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import canonicalize

import openpyxl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from support.program import Run
from support.projects import EXAMPLES, TWO_NOTE_TYPES, sections, write_project
from support.round_trip import imported_content, round_trip
from support.sampling import examples
from test_export import SET
from test_import_laws import any_text, card_sets, texts

from kartu.core.diagnostics import Diagnostics, has_errors
from kartu.core.progress import no_progress
from kartu.core.usage import UsageError
from kartu.export.crowdanki import as_crowdanki
from kartu.export.run import ExportOptions, export
from kartu.export.sheet import as_workbook, written_notes
from kartu.importing.contents import CannotImportError
from kartu.importing.crowdanki import from_crowdanki
from kartu.importing.from_sheet import update_deck
from kartu.load.files import Files
from kartu.load.sheets.workbook import read_workbook
from kartu.pipeline import compile_decks
from kartu.rewrite.yaml import scalar

# What Excel and XML take for something else: escapes, formulas, errors, dates, white space.
ODD = ["_x000D_", "_x005F_", "_x0041_b_x", "=1+1", "+1", "@a", "#N/A", "007", "1-2", "1E+05"]
ODD += ["'a", " a ", "a\n\nb", "\ta", "TRUE", "2021-05-14", "a\r\nb", "] ]> & <b>", "_x00e9_"]


@pytest.fixture
def book(tmp_path: Path) -> tuple[Path, Path]:
    """A project, and its deck as a workbook."""
    root = write_project(tmp_path / "project", SET)
    out = tmp_path / "contoh.xlsx"
    export(ExportOptions(root, "", "xlsx", out))
    return root, out


def _change(path: Path, changes: dict[str, Any]) -> None:
    """Writes values into cells, as Excel would."""
    opened = openpyxl.load_workbook(path)
    sheet: Any = opened.active
    for place, value in changes.items():
        sheet[place].value = value
    opened.save(path)


def test_a_workbook_to_be_typed_in(book: tuple[Path, Path]) -> None:
    """One sheet of the deck's name, its head in sight, each column formatted as text."""
    sheet: Any = openpyxl.load_workbook(book[1]).active
    assert (sheet.title, sheet.freeze_panes) == ("contoh", "B2")
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][:5] == ["id", "note_type", "subdeck", "depan", "belakang"]
    assert rows[1][:5] == ["satu", "dasar", None, "Satu", "One\nUno\n"]
    assert {cell.number_format for row in sheet.iter_rows() for cell in row} == {"@"}
    assert {one.number_format for one in sheet.column_dimensions.values()} == {"@"}


def test_what_is_changed_in_excel_comes_back(book: tuple[Path, Path], kartu: Run) -> None:
    """A cell changes its value and nothing else; --diff shows it and writes nothing."""
    root, out = book
    _change(out, {"D3": "Dua!", "E4": "Drei"})
    before = (root / "cards/contoh/kartu.yaml").read_text("utf-8")
    shown = kartu("-C", root, "import", "--update", out, "--diff")
    assert shown.returncode == 1, shown.stderr
    assert "+  - {id: dua, depan: Dua!, belakang: 'Two'}   # ringkas\n" in shown.stdout
    assert (root / "cards/contoh/kartu.yaml").read_text("utf-8") == before
    assert kartu("-C", root, "import", "--update", out).returncode == 0
    after = before.replace("depan: Dua,", "depan: Dua!,") + "    belakang: Drei\n"
    assert (root / "cards/contoh/kartu.yaml").read_text("utf-8") == after
    assert update_deck(root, "", out).files == []


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("One\nUno\nEin", "One\nUno  \nEin"),
        ("One!\nUno", "One!\nUno"),
        ("On\ne\nUno", "On  \ne\nUno"),
        ("One\n\nUno", "One\n\nUno"),
        ("- One\n- Uno\n- Ein", "- One  \n- Uno  \n- Ein"),
        ("One\n```\nUno\n```", "One\n```\nUno\n```"),
    ],
)
def test_a_line_that_is_added_in_a_sheet_is_a_line_on_cards(
    book: tuple[Path, Path], cell: str, written: str
) -> None:
    """Lines that Markdown joined before stay joined; the same sheet once more changes nothing."""
    root, out = book
    _change(out, {"E2": cell})
    assert [one.path for one in update_deck(root, "", out).files] == ["cards/contoh/kartu.yaml"]
    (note, *_others) = written_notes(Files(root), "cards/contoh")
    assert str(note.values["belakang"]).rstrip("\n") == written
    assert update_deck(root, "", out).files == []


def test_an_emptied_cell_takes_its_value_away(book: tuple[Path, Path]) -> None:
    """Also in the last cells of a row, which Excel leaves out then."""
    root, out = book
    cell = next(
        cell.coordinate
        for row in openpyxl.load_workbook(out).active.iter_rows()  # type: ignore[union-attr]
        for cell in row
        if cell.value == "a | b"
    )
    _change(out, {cell: None})
    (fixed,) = update_deck(root, "", out).files
    lines = [b"    tags:\n", b"      - a   # penting\n", b"      - b\n"]
    assert fixed.after == fixed.before.replace(b"".join(lines), b"")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (date(2026, 2, 1), "row 3, depan: the spreadsheet program turned this text into a date"),
        (0.5, "row 3, depan: this cell is the number 0.5"),
        ("=1+1", "row 3, depan: the file does not contain the result of this formula"),
        ("#NAME?", 'row of dua, depan: the spreadsheet program shows the error "#NAME\\?"'),
    ],
)
def test_what_excel_made_of_a_text_is_refused(
    book: tuple[Path, Path], value: Any, message: str
) -> None:
    """A cell that people see otherwise than it is stored changes nothing."""
    root, out = book
    before = (root / "cards/contoh/kartu.yaml").read_bytes()
    _change(out, {"D3": value, "D2": "Lain"})
    with pytest.raises(CannotImportError, match=message):
        update_deck(root, "", out)
    assert (root / "cards/contoh/kartu.yaml").read_bytes() == before


def test_what_is_no_workbook_is_told(tmp_path: Path, book: tuple[Path, Path]) -> None:
    """A broken file is refused in the reader's words."""
    (tmp_path / "b.xlsx").write_bytes(b"x")
    with pytest.raises(CannotImportError, match="this is not a workbook"):
        update_deck(book[0], "contoh", tmp_path / "b.xlsx")


def test_a_text_longer_than_a_cell(tmp_path: Path) -> None:
    """Nothing is cut off without a word: Excel's limit is reported, and no file is written."""
    long = SET.replace("depan: Tiga", f"depan: {'a' * 32_768}")
    root = write_project(tmp_path / "project", long)
    with pytest.raises(UsageError, match="a text in row 4 is longer than a cell"):
        export(ExportOptions(root, "", "xlsx", tmp_path / "a.xlsx"))
    assert not (tmp_path / "a.xlsx").exists()


def test_a_workbook_is_the_same_at_any_time(
    kartu_process: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two exports are equal to the byte, and hold no time."""
    root = write_project(tmp_path / "project", SET)
    for seed, name in enumerate(("a.xlsx", "b.xlsx")):
        env = {"PYTHONHASHSEED": str(seed), "TZ": "Asia/Jayapura" if seed else "UTC"}
        env["OPENPYXL_LXML"] = str(bool(seed))
        done = kartu_process(
            "-C", root, "export", "--format", "xlsx", "-o", tmp_path / name, env=env
        )
        assert done.stdout == f"{tmp_path / name}: 3 notes\n", done.stderr
    content = (tmp_path / "a.xlsx").read_bytes()
    assert content == (tmp_path / "b.xlsx").read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
        # As every library writes XML, be it lxml where that is installed or Python's own.
        members = [archive.read(name).decode() for name in archive.namelist()]
        monkeypatch.delitem(ET._namespace_map, "", raising=False)  # type: ignore[attr-defined]
        assert members == [canonicalize(member) for member in members]
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"2000-01-01T00:00:00Z"}


def test_what_other_libraries_register_does_not_show(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Prefixes of XML are registered for the whole process, as WeasyPrint does."""
    rows = [["id", "depan"], ["a", "Satu"]]
    before = as_workbook("a", iter(rows))
    monkeypatch.setitem(ET._namespace_map, "", "")  # type: ignore[attr-defined]
    assert as_workbook("a", iter(rows)) == before


def test_without_openpyxl_it_is_said_what_to_install(kartu_process: Run, tmp_path: Path) -> None:
    """The extra is named, and the way without it."""
    (tmp_path / "openpyxl.py").write_text("raise ImportError\n", "utf-8")
    root = write_project(tmp_path / "project", SET)
    env = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    done = kartu_process("-C", root, "export", "--format", "xlsx", env=env, cwd=tmp_path)
    assert done.returncode == 2
    assert "pip install 'kartu[sheets]', or export as csv" in done.stderr


def _project(folder: str, sets: str, values: list[str]) -> Path:
    notes = [f"  - {{id: v{n}, depan: {scalar(one, flow=True)}}}" for n, one in enumerate(values)]
    odd = "\n".join(["--- cards/contoh/odd.yaml", "note_type: dasar", "notes:", *notes, ""])
    return write_project(Path(folder), TWO_NOTE_TYPES, SET, sets, odd if values else "")


@settings(max_examples=examples(40, 4), suppress_health_check=list(HealthCheck))
@given(card_sets(), st.lists(st.sampled_from(ODD) | any_text | texts, max_size=6))
def test_without_a_change_no_byte_changes(sets: str, values: list[str]) -> None:
    """export → import --update without an edit changes nothing, whatever the texts."""
    with tempfile.TemporaryDirectory() as folder:
        root = _project(folder, sets, values)
        out = Path(folder, "sheet.xlsx")
        export(ExportOptions(root, "contoh", "xlsx", out))
        found = update_deck(root, "contoh", out)
        assert (found.files, found.skipped) == ([], [])


@settings(max_examples=examples(25, 2), suppress_health_check=list(HealthCheck))
@given(st.sampled_from(ODD) | texts)
def test_a_workbook_holds_the_texts_themselves(value: str) -> None:
    """A text in a cell is read as just that text, and so does openpyxl, but for Excel's escapes."""
    with tempfile.TemporaryDirectory() as folder:
        root = _project(folder, "", [value])
        out = Path(folder, "sheet.xlsx")
        export(ExportOptions(root, "contoh", "xlsx", out))
        (sheet,) = read_workbook(out.read_bytes(), "a.xlsx", Diagnostics())
        (cell,) = [row[3] for row in sheet.rows if row[0] == "v0"]
        assert str(cell) == value.replace("\r\n", "\n")


# What a folder of CrowdAnki holds of this deck is what students have: it must not change.
UUIDS = {
    "Contoh": "fb39ba5d-e10a-5a09-ae69-7440e4957296",
    "Contoh Dasar": "b1560022-bad0-5069-add9-4d515d48ef0d",
    "Contoh Isian": "052b8b52-e3af-54d6-b062-fd199eb798e7",
    "preset": "c6630b03-ba0c-5685-8067-a04854573221",
}

DECKS = """--- cards/contoh/kartu.yaml
note_type: dasar
subdeck: 01 Awal::A
tags: [inti]
notes:
  - {id: satu, depan: "Satu & <b>", belakang: "![peta](peta.gif)"}
  - {id: dua, depan: Dua, belakang: Two, guid: "abc#1", tags: [lain]}
--- cards/contoh/teks.yaml
note_type: isian
notes:
  - {id: ibu, teks: "{{c1::Jakarta}} di {{c2::Jawa}}"}
--- cards/contoh/lagi.yaml
note_type: dasar
subdeck: 02 Akhir
notes:
  - {id: usang, depan: Usang, retired: sudah lewat}
--- cards/contoh/media/peta.gif
GIF89a peta
"""


def _crowdanki(folder: Path, *files: str) -> tuple[Path, Path]:
    root = write_project(folder / "project", TWO_NOTE_TYPES, *files)
    export(ExportOptions(root, "contoh", "crowdanki", folder / "out"))
    return root, folder / "out"


def test_a_folder_of_crowdanki_holds_the_deck(kartu: Run, tmp_path: Path) -> None:
    """Brought along and built again, the real Anki has the same notes, cards, media and looks."""
    root, out = _crowdanki(tmp_path, DECKS)
    assert kartu("-C", root, "build").returncode == 0
    _, (again,) = round_trip(out, tmp_path / "again")
    one = imported_content(tmp_path / "one", root / "build/contoh.apkg")
    other = imported_content(tmp_path / "other", again)
    assert one.notes == other.notes
    assert one.cards == other.cards
    assert set(one.cards.values()) == {"Contoh", "Contoh::01 Awal::A", "Contoh::02 Akhir"}
    assert one.media == other.media
    assert one.media
    assert sorted(one.note_types.values()) == sorted(other.note_types.values())


def test_the_folder_is_as_the_add_on_wants_it(tmp_path: Path) -> None:
    """Everything that is named by a uuid is there, and decks are named by their last part."""
    _, out = _crowdanki(tmp_path, DECKS)
    top = json.loads((out / "deck.json").read_text("utf-8"))
    presets = {one["crowdanki_uuid"] for one in top["deck_configurations"]}
    models = {one["crowdanki_uuid"]: one for one in top["note_models"]}
    decks, names, media = [top], [], set()
    while decks:
        deck = decks.pop()
        decks += deck["children"]
        names.append(deck["name"])
        media |= set(deck["media_files"])
        assert deck["__type__"] == "Deck"
        assert deck["deck_config_uuid"] in presets
        for note in deck["notes"]:
            assert len(note["fields"]) == len(models[note["note_model_uuid"]]["flds"])
    assert sorted(names) == ["01 Awal", "02 Akhir", "A", "Contoh"]
    assert media == set(os.listdir(out / "media"))
    assert not any({"id", "mod", "usn"} & one.keys() for one in [top, *models.values()])


def test_uuids_are_permanent(tmp_path: Path) -> None:
    """CrowdAnki knows by them what it has: they are frozen, and hang on the deck's uid alone."""
    _, out = _crowdanki(tmp_path, DECKS)
    top = json.loads((out / "deck.json").read_text("utf-8"))
    found = {top["name"]: top["crowdanki_uuid"]}
    found |= {one["name"]: one["crowdanki_uuid"] for one in top["note_models"]}
    found["preset"] = top["deck_config_uuid"]
    assert found == UUIDS


def test_a_folder_that_is_there_is_left_alone(kartu: Run, tmp_path: Path) -> None:
    """Nothing is written into it, and nothing is left beside it."""
    root, out = _crowdanki(tmp_path, DECKS)
    (out / "deck.json").write_text("milikku", "utf-8")
    done = kartu("-C", root, "export", "--format", "crowdanki", "-o", out)
    assert done.returncode == 2
    assert (out / "deck.json").read_text("utf-8") == "milikku"
    assert sorted(os.listdir(tmp_path)) == ["out", "project"]


def test_a_fault_writes_no_folder(kartu: Run, tmp_path: Path) -> None:
    """With an error of the sources there is no folder."""
    root = write_project(tmp_path / "project", TWO_NOTE_TYPES, DECKS.replace("depan: Dua,", ""))
    done = kartu("-C", root, "export", "--format", "crowdanki", cwd=tmp_path)
    assert done.returncode == 1
    assert os.listdir(tmp_path) == ["project"]


@pytest.mark.parametrize(
    "options", ["", "{new_per_day: 7, desired_retention: 0.95}", "{new_per_day: 20}"]
)
def test_study_options_come_back(tmp_path: Path, options: str) -> None:
    """What the author chose travels in the preset; what nobody chose does not."""
    line = f"options: {options}\n" if options else ""
    base = sections((EXAMPLES / "base.txt").read_text("utf-8"))["cards/contoh/deck.yaml"]
    _, out = _crowdanki(tmp_path, DECKS, f"--- cards/contoh/deck.yaml\n{base}{line}")
    round_trip(out, tmp_path / "again")
    (deck,) = (tmp_path / "again/cards").glob("*/deck.yaml")
    assert [one for one in deck.read_text("utf-8").splitlines() if "options" in one] == (
        [line.strip()] if line else []
    )


@settings(max_examples=examples(25, 2), suppress_health_check=list(HealthCheck))
@given(card_sets())
def test_any_deck_comes_back_from_crowdanki(sets: str) -> None:
    """Each note keeps its GUID, deck, fields, tags and note type; the same bytes every time."""
    with tempfile.TemporaryDirectory() as folder:
        root, out = _crowdanki(Path(folder), SET, sets)
        compiled, said = compile_decks(root, ["contoh"], None, no_progress)
        assume(not has_errors(said))
        built = compiled[0].built
        imported = from_crowdanki(out / "deck.json")
        assert sorted(
            (note.guid, note.deck_name, tuple(note.fields), tuple(note.tags), note.note_type.name)
            for note in built.notes
        ) == sorted(
            (note.guid, note.deck, note.fields, note.tags, imported.note_types[note.note_type].name)
            for note in imported.notes
        )
        shown = {one.name: one for one in imported.note_types.values()}
        for one in built.note_types:
            assert [field.name for field in one.fields] == [f.name for f in shown[one.name].fields]
            assert [(c.front, c.back) for c in one.cards] == [
                (card.front, card.back) for card in shown[one.name].cards
            ]
            assert shown[one.name].css == one.css
        assert as_crowdanki(built, Files(root))["deck.json"] == (out / "deck.json").read_bytes()
