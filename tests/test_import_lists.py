"""`kartu import` of lists and of CrowdAnki's folders."""

from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
import pytest
from support.engine import collection, import_package
from support.foreign_packages import from_genanki
from support.packages import MODELS
from support.program import Run
from support.projects import write_project
from support.round_trip import collection_content, imported_content, round_trip

from kartu.importing.contents import CannotImportError
from kartu.importing.run import ImportOptions, import_file

ROWS = [["Istilah", "Arti", "Tags"], ["Ekspor", "Menjual\nke luar", "a | b"], ["007", "1/2", ""]]
CARD_SET = """note_type: list
notes:
  - id: ekspor
    istilah: Ekspor
    arti: |-
      Menjual
      ke luar
    tags: [a, b]
  - id: '007'
    istilah: '007'
    arti: 1/2
"""


def _card_sets(root: Path) -> str:
    paths = sorted(root.glob("cards/*/[0-9]*.yaml"))
    return "".join(path.read_text("utf-8") for path in paths)


def test_a_list_of_terms_and_definitions(tmp_path: Path) -> None:
    """A line a note: term, tab, definition, as they are typed."""
    (tmp_path / "kata_baru.txt").write_text('air\twater & "ice"\n\napi\tfire [x] <y>\n', "utf-8")
    result, (package,) = round_trip(tmp_path / "kata_baru.txt", tmp_path / "project")
    assert [deck.name for deck in result.decks] == ["kata baru"]
    assert not result.differences
    assert _card_sets(tmp_path / "project") == (
        "note_type: list\nnotes:\n"
        '  - id: air\n    front: air\n    back: water & "ice"\n'
        "  - id: api\n    front: api\n    back: fire [x] <y>\n"
    )
    notes = imported_content(tmp_path / "student", package).notes.values()
    shown = {fields[:2] for _, fields, _ in notes}
    assert ("api", "fire [x] &lt;y&gt;") in shown


@pytest.mark.parametrize(
    ("content", "cells"),
    [
        (
            'a\t"x ""b"" <img src=""p.png"">"\nc\td\n',
            [["a", 'x "b" <img src="p.png">'], ["c", "d"]],
        ),
        ('"a\nb"\tx\nc\t"d\n""e"""\n', [["a<br>b", "x"], ["c", 'd<br>"e"']]),
        ('"a"\tx\n"b" c\t""\n', [['"a"', "x"], ['"b" c', '""']]),
        ('"a\tx\nb\ty\n', [['"a', "x"], ["b", "y"]]),
    ],
    ids=["doubled", "lines", "typed", "open"],
)
def test_quotes_that_a_program_wrote_are_no_text(
    content: str, cells: list[list[str]], tmp_path: Path
) -> None:
    """Older Ankis quote cells without saying so: these are read; quotes that people type stay."""
    (tmp_path / "p.png").write_bytes(PICTURE)
    (tmp_path / "a.txt").write_text(content, "utf-8")
    _, (package,) = round_trip(tmp_path / "a.txt", tmp_path / "project")
    notes = imported_content(tmp_path / "student", package).notes.values()
    shown = [
        [re.sub(r"-[0-9a-f]{16}(?=\.png)", "", cell) for cell in fields[:2]]
        for _, fields, _ in notes
    ]
    assert sorted(shown) == sorted(cells)


@pytest.mark.parametrize("form", ["csv", "semicolon.csv", "xlsx"])
def test_a_spreadsheet(form: str, tmp_path: Path) -> None:
    """The first row names the fields; columns for tags, decks and GUIDs are known by name."""
    path = tmp_path / f"kata.{form}"
    if form == "xlsx":
        book = openpyxl.Workbook()
        for row in ROWS:
            book.worksheets[0].append(row)
        book.save(path)
    else:
        divider = ";" if "semicolon" in form else ","
        lines = [divider.join(f'"{cell}"' for cell in row) for row in ROWS]
        path.write_text("\n".join(lines), "utf-8")
    round_trip(path, tmp_path / "project")
    assert _card_sets(tmp_path / "project") == CARD_SET


def test_rows_for_a_note_type_of_the_project(kartu: Run, tmp_path: Path) -> None:
    """Rows go to the fields of a note type by their columns' names, else by their places, and
    mean what they meant."""
    root = write_project(tmp_path / "project")
    (tmp_path / "a.csv").write_text("Belakang,depan,lain\n2 * 3 = *6*,hasil,x\n", "utf-8")
    (tmp_path / "b.txt").write_text("satu\t# satu\n", "utf-8")
    done = kartu("-C", root, "import", tmp_path / "a.csv", "--note-type", "dasar")
    assert done.returncode == 0, done.stderr
    assert "columns that dasar has no field for: lain" in done.stdout
    assert "everything that was imported shows what it showed before" in done.stdout
    done = kartu("-C", root, "import", tmp_path / "b.txt", "--note-type", "dasar")
    assert done.returncode == 0, done.stderr
    assert "every note shows what it showed before" in done.stdout
    assert kartu("-C", root, "check").stdout == "kartu: no faults\n"
    done = kartu("-C", root, "import", tmp_path / "b.txt", "--note-type", "dasr")
    assert done.returncode == 2
    assert 'did you mean "dasar"?' in done.stderr


def test_what_anki_exports_as_text(tmp_path: Path) -> None:
    """GUIDs, note types, decks and tags come from the columns that the file says; HTML that cards
    cannot show is told at its place."""
    original = from_genanki(tmp_path, "Dunia::Peta")
    out = tmp_path / "elsewhere" / "notes.txt"
    out.parent.mkdir()
    with collection(tmp_path / "author") as col:
        import_package(col, original)
        before = collection_content(col)
        col.export_note_csv(
            out_path=str(out),
            limit=None,
            with_html=True,
            with_tags=True,
            with_deck=True,
            with_notetype=True,
            with_guid=True,
        )
    result = import_file(ImportOptions(out, tmp_path / "project"))
    (deck,) = result.decks
    assert (deck.name, deck.notes) == ("Dunia::Peta", len(before.notes))
    text = _card_sets(tmp_path / "project")
    assert all(f"guid: {guid}\n" in text for guid in before.notes)
    assert "tags: [bumi, 'bumi::peta']\n" in text or "tags: [bumi, bumi::peta]\n" in text
    missing = [one.message for one in result.diagnostics if one.severity == "error"]
    assert any('there is no file "peta dunia.png"' in one for one in missing)


def test_a_folder_of_crowdanki(tmp_path: Path) -> None:
    """Decks below each other, GUIDs, templates and media come along; what CrowdAnki does not keep
    is said."""
    model = {**MODELS["1"], "crowdanki_uuid": "u1", "css": ".card {}"}
    note = {"guid": "g1", "note_model_uuid": "u1", "tags": ["a"]}
    child = {"name": "Satu", "notes": [{**note, "fields": ['<img src="peta.png">', "b"]}]}
    top = {"name": "Dek", "desc": "Tentang", "note_models": [model], "children": [child]}
    top["media_files"] = ["peta.png", "hilang.png"]
    folder = tmp_path / "Dek"
    (folder / "media").mkdir(parents=True)
    (folder / "deck.json").write_text(json.dumps(top), "utf-8")
    (folder / "media/peta.png").write_bytes(b"peta")
    (folder / "media/rahasia.png").symlink_to("/etc/hostname")
    result, (package,) = round_trip(folder, tmp_path / "project")
    assert not result.differences
    assert any("import an .apkg" in one for one in result.dropped)
    assert any("hilang.png" in one for one in result.dropped)
    student = imported_content(tmp_path / "student", package)
    assert student.notes["g1"] == ("Dasar", ('<img src="peta.png">', "b"), frozenset({"a"}))
    assert student.cards == {("g1", 0): "Dek::Satu"}
    assert list(student.media) == ["peta.png"]


def test_notes_of_crowdanki_with_other_fields(tmp_path: Path) -> None:
    """Where a note has fewer or more fields than its note type, no text is lost; it is named."""
    model = {**MODELS["1"], "crowdanki_uuid": "u1"}
    fields = {"g1": ["a", "b"], "g2": ["a"], "g3": ["a", "b", "", "c"]}
    notes = [{"guid": g, "note_model_uuid": "u1", "fields": f} for g, f in fields.items()]
    top = {"name": "Dek", "note_models": [model], "notes": notes}
    (tmp_path / "deck.json").write_text(json.dumps(top), "utf-8")
    result, (package,) = round_trip(tmp_path / "deck.json", tmp_path / "project")
    assert any("another number of fields: g2, g3" in one for one in result.dropped)
    student = imported_content(tmp_path / "student", package)
    assert {guid: note[1] for guid, note in student.notes.items()} == {
        "g1": ("a", "b"),
        "g2": ("a", ""),
        "g3": ("a", "b<br>c"),
    }


def test_decks_below_ankis_own_are_decks(tmp_path: Path) -> None:
    """What stands in Default::A and Default::B can be built, and stays where students have it."""
    rows = "#separator:tab\n#deck column:3\na\tb\tDefault::A\nc\td\tDefault::B\n"
    (tmp_path / "a.txt").write_text(rows, "utf-8")
    result, _ = round_trip(tmp_path / "a.txt", tmp_path / "project")
    assert [deck.name for deck in result.decks] == ["Default::A", "Default::B"]


PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(20)
CELLS = """Istilah,Arti
"<img src=""peta dunia.png"">",<b>Asia</b> & Afrika
dengar,[sound:lagu.mp3]
lihat,![Peta](peta dunia.png) < 3
a < b > c,"baris 1
baris 2"
"""


def test_cells_mean_what_they_say(tmp_path: Path) -> None:
    """HTML, pictures, sounds and lines of a list are shown as such; the files lie beside it."""
    (tmp_path / "peta dunia.png").write_bytes(PICTURE)
    (tmp_path / "media").mkdir()
    (tmp_path / "media/lagu.mp3").write_bytes(b"ID3")
    (tmp_path / "a.csv").write_text(CELLS, "utf-8")
    result, (package,) = round_trip(tmp_path / "a.csv", tmp_path / "project")
    assert not result.differences
    assert not result.dropped
    student = imported_content(tmp_path / "student", package)
    peta, lagu = sorted(student.media, reverse=True)
    assert {fields[:2] for _, fields, _ in student.notes.values()} == {
        (f'<img src="{peta}">', "<b>Asia</b> &amp; Afrika"),
        ("dengar", f"[sound:{lagu}]"),
        ("lihat", f'<img src="{peta}" alt="Peta"> &lt; 3'),
        ("a &lt; b &gt; c", "baris 1<br>baris 2"),
    }


def test_gaps_become_gaps(tmp_path: Path) -> None:
    """Rows with {{c1::…}} get a note type of gaps, the others one that asks and answers."""
    (tmp_path / "a.csv").write_text(
        "Soal,Jawaban\nIbu kota {{c1::Jepang}} ialah {{c2::Tokyo}},Asia\nApa?,Itu\n", "utf-8"
    )
    result, (package,) = round_trip(tmp_path / "a.csv", tmp_path / "project")
    assert not result.differences
    (deck,) = result.decks
    assert (deck.notes, deck.cards) == (2, 3)
    assert len(imported_content(tmp_path / "student", package).cards) == 3


@pytest.mark.parametrize("file", ["a.csv", "a.xlsx"])
def test_a_heading_is_never_guessed(kartu: Run, tmp_path: Path, file: str) -> None:
    """Without a row of known words nothing is written before it is said what the first row is."""
    rows = [["Apa ibu kota Jepang?", "Tokyo"], ["Apa ibu kota Mesir?", "Kairo"]]
    write_rows(tmp_path / file, {"": rows})
    done = kartu("import", tmp_path / file, "-o", tmp_path / "none")
    assert done.returncode == 1
    assert (
        'is its first row, "Apa ibu kota Jepang? | Tokyo", a heading row or a card?' in done.stderr
    )
    assert not (tmp_path / "none").exists()
    for option, notes in (("--no-heading", 2), ("--heading", 1)):
        done = kartu("import", tmp_path / file, option, "-o", tmp_path / option)
        assert done.returncode == 0, done.stderr
        assert f", {notes} note" in done.stdout


@pytest.mark.parametrize("file", ["a.csv", "a.xlsx", "a.tsv"])
def test_a_column_that_may_ask_is_never_left(kartu: Run, tmp_path: Path, file: str) -> None:
    """Where no known words stand above what asks and answers, a spreadsheet is not read without an
    answer, and lines are read whole."""
    names, row = ["korean", "english", "example", "category"], ["봄", "spring", "봄에는", "seasons"]
    if file == "a.tsv":
        lines = "".join("\t".join(one) + "\n" for one in (names, row))
        (tmp_path / file).write_text(lines, "utf-8")
    else:
        write_rows(tmp_path / file, {"": [names, row]})
        done = kartu("import", tmp_path / file, "-o", tmp_path / "none")
        assert (done.returncode, "a heading row or a card?" in done.stderr) == (1, True)
    options = [] if file == "a.tsv" else ["--heading"]
    done = kartu("import", tmp_path / file, *options, "-o", tmp_path / "project")
    assert done.returncode == 0, done.stderr
    assert "imported columns: korean, english, example, category" in done.stdout
    assert all(f": {cell}\n" in _card_sets(tmp_path / "project") for cell in row)


@pytest.mark.parametrize("file", ["a.csv", "a.xlsx"])
def test_what_is_no_card_is_left_and_named(kartu: Run, tmp_path: Path, file: str) -> None:
    """A title, running numbers, the author's own columns and a sheet of grades reach no student."""
    sheets = {
        "Istilah": [
            ["Daftar istilah kelas 7"],
            ["No", "Istilah", "Arti", "Tanggal", "# catatan guru"],
            ["1", "Ekspor", "Menjual ke luar", "3 Mei", "sulit"],
            ["2", "Impor", "Membeli dari luar", "4 Mei", ""],
        ],
        "Nilai": [["Siswa", "Angka"], ["Budi", "90"], ["Sari", "80"]],
    }
    write_rows(tmp_path / file, sheets if file != "a.csv" else {"": sheets["Istilah"]})
    done = kartu("import", tmp_path / file, "-o", tmp_path / "project")
    assert done.returncode == 0, done.stderr
    assert 'ignored rows above it: "Daftar istilah kelas 7"' in done.stdout
    assert "ignored columns: No, Tanggal, # catatan guru" in done.stdout
    assert "imported columns: Istilah, Arti" in done.stdout
    assert ('the sheet "Nilai" is ignored' in done.stdout) == (file != "a.csv")
    text = _card_sets(tmp_path / "project")
    assert text.count("- id:") == 2
    assert not [word for word in ("Mei", "sulit", "Budi", "90", "Daftar") if word in text]


@pytest.mark.parametrize(
    ("content", "notes", "told"),
    [
        ("Istilah,Arti\na,b,sisa\n", 1, 'ignored cells without a heading: "sisa"'),
        ("Soal;Jawab\nApa, siapa, dan mana;x\nKapan;y\n", 2, "imported columns: Soal, Jawab"),
        (
            'Istilah,Arti\n"<b>a</b> ![x](p.png)",c\n',
            1,
            "files that are not beside the list: p.png",
        ),
    ],
)
def test_no_cell_is_left_without_a_word(
    kartu: Run, tmp_path: Path, content: str, notes: int, told: str
) -> None:
    """What does not go to a field is named; the delimiter is that of most rows."""
    (tmp_path / "a.csv").write_text(content, "utf-8")
    done = kartu("import", tmp_path / "a.csv", "-o", tmp_path / "project")
    assert told in done.stdout
    assert _card_sets(tmp_path / "project").count("- id:") == notes


def test_numbers_that_a_workbook_shows_otherwise_are_named(kartu: Run, tmp_path: Path) -> None:
    """The value is taken, and that people see another one is said."""
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Istilah", "Arti"])
    book.worksheets[0].append(["Nitrogen", 0.78])
    book.worksheets[0]["B2"].number_format = "0%"
    book.save(tmp_path / "a.xlsx")
    done = kartu("import", tmp_path / "a.xlsx", "-o", tmp_path / "project")
    assert 'how 1 cell of the workbook look (dates, numbers with a format): "0.78"' in done.stdout


def test_lines_of_gaps_alone_are_a_list(tmp_path: Path) -> None:
    """A line a sentence with {{c1::…}} needs no tab."""
    (tmp_path / "a.txt").write_text("Ibu kota Jepang: {{c1::Tokyo}}\n", "utf-8")
    result, _ = round_trip(tmp_path / "a.txt", tmp_path / "project")
    assert [deck.cards for deck in result.decks] == [1]


def test_cells_that_someone_emptied_are_empty(kartu: Run, tmp_path: Path) -> None:
    """What Anki's editor leaves in an emptied field stops no build; a script of a list is named as
    left out, not as taken."""
    content = "#html:true\na\t<br>\tx\nb\tc<script>d()</script>\t<div>&nbsp;</div>\n"
    (tmp_path / "a.txt").write_text(content, "utf-8")
    done = kartu("import", tmp_path / "a.txt", "-o", tmp_path / "project")
    assert (done.returncode, "2 notes, 2 cards" in done.stdout) == (0, True), done.stderr
    assert "<script> is not allowed on cards and was left out" in done.stderr
    assert "taken as it is" not in done.stdout


def test_what_lies_elsewhere_is_named(tmp_path: Path) -> None:
    """A picture that is not beside the list, or that a link leads to, is reported."""
    (tmp_path / "rahasia.png").symlink_to("/etc/hostname")
    cells = "Istilah,Arti\na,<img src='../x.png'>\nb,<img src=rahasia.png>\n"
    (tmp_path / "a.csv").write_text(cells, "utf-8")
    result = import_file(ImportOptions(tmp_path / "a.csv", tmp_path / "project"))
    assert result.dropped == ["files that are not beside the list: ../x.png, rahasia.png"]
    assert [one.severity for one in result.diagnostics][:1] == ["error"]


def write_rows(path: Path, sheets: dict[str, list[list[str]]]) -> None:
    """Writes a spreadsheet of the form that the file's name says."""
    if path.suffix == ".csv":
        (rows,) = sheets.values()
        path.write_text("".join(",".join(f'"{c}"' for c in row) + "\n" for row in rows), "utf-8")
    else:
        book = openpyxl.Workbook()
        for number, (name, rows) in enumerate(sheets.items()):
            sheet = book.worksheets[0] if not number else book.create_sheet()
            sheet.title = name or "Sheet1"
            for row in rows:
                sheet.append(row)
        book.save(path)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.txt", b"satu\ndua\n", "no line of it has a tab"),
        ("a.txt", b"", "no line of it has a tab"),
        ("a.txt", b'a\t"b ""c"""\n"d" e\tf\n', "cannot be separated at line 2"),
        ("a.csv", b"", "it is empty"),
        ("a.csv", b'Istilah,Arti\n"a,b\nc,d\n', "cannot be separated at line"),
        ("a.csv", b"id,note_type,x\n1,b,c\n", "it is a card set already"),
        ("a.csv", b"Istilah\nEkspor\n", "it has one column"),
        ("a.txt", b"\xff\xfe\x00\xd8\tx", "this is not UTF-16 text"),
        ("a.xlsx", b"x", "workbook"),
        ("a.json", b"[1]", "it is not a CrowdAnki deck"),
        ("a.json", b"{}", "it is not a CrowdAnki deck: it has no 'name'"),
        ("a.json", b'{"name": "x", "notes": [{"guid": "g"}]}', "it is not a CrowdAnki deck"),
        ("a.json", b'{"name": "x", "children": ' * 60 + b"1" + b"}" * 60, "not a CrowdAnki deck"),
    ],
)
def test_lists_that_are_none(name: str, content: bytes, told: str, tmp_path: Path) -> None:
    """What cannot be read is told in a sentence, and nothing is written."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CannotImportError, match=told):
        import_file(ImportOptions(tmp_path / name, tmp_path / "project"))
    assert not (tmp_path / "project").exists()
