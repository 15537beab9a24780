"""Headings of sheets as people write them: found by words, never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.headings import CHOICE, SHEET, SHIPPED, TERM, read, values
from support.projects import write_project
from support.sheets import xlsx

from kartu.core.diagnostics import Diagnostics
from kartu.load.files import Files
from kartu.load.headings import (
    folded,
    heading_row,
    is_running,
    is_total,
    role_of,
    vocabulary,
    words_of_lists,
)
from kartu.load.sheets import comments_of, load_spreadsheet

# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("istilah", "istilah"),
        ("ISTILAH:", "istilah"),
        (" Term ", "istilah"),
        ("Front_side", "istilah"),
        ("Istilah / Term", "istilah"),
        ("Contoh (Example)", "contoh"),
        ("Übersetzung", "arti"),
        ("UBERSETZUNG.", "arti"),
        ("note type", "note_type"),
        ("Tag", "tags"),
        ("id", "id"),
        ("ID", ""),
        ("No", ""),
        ("Catatan guru", ""),
        ("Catatan (guru)", ""),
        ("Istilah / Arti", ""),
        ("Kategori", ""),
    ],
)
def test_what_a_heading_means(heading: str, key: str) -> None:
    """Case, accents and signs do not count, two languages may stand together, and nothing but a
    whole word is a name."""
    meaning = vocabulary(TERM).meaning(heading)
    assert (meaning.key if meaning else "") == key


@given(st.text(max_size=30))
def test_folding_is_stable(word: str) -> None:
    """A folded word folds to itself, whatever was typed."""
    assert folded(folded(word)) == folded(word)


@pytest.mark.parametrize(
    "names",
    [
        ["Soal", "A", "B", "C", "D", "E", "Kunci"],
        ["Pertanyaan", "Opsi A", "Opsi B", "Opsi C", "Opsi D", "Opsi E", "Kunci Jawaban"],
        ["Question", "Option 1", "Option 2", "Option 3", "Option 4", "Option 5", "Correct Answer"],
        ["soal", "Pilihan_A", "Pilihan_B", "Pilihan_C", "Pilihan_D", "Pilihan_E", "jawaban"],
        ["Question", "Choice A", "choice b", "Choice-C", "Choice.D", "CHOICE E", "Answer"],
    ],
)
def test_options_are_known_by_letter_and_number(names: list[str]) -> None:
    """However the options of a question are called, they are the fields of multiple choice."""
    keys = [one.key for one in vocabulary(CHOICE).meanings(names) if one]
    assert keys == ["soal", *(f"pilihan_{n}" for n in range(1, 6)), "jawaban"]


def test_letters_alone_are_no_headings() -> None:
    """A and B head columns only beside the name of another field."""
    assert not any(vocabulary(CHOICE).meanings(["A", "B", "C"]))
    assert heading_row([["A", "B"], ["K", "D"]], map(vocabulary, SHIPPED.values())) is None


def test_roles_of_lists() -> None:
    """Headings of lists mean the same before there is a note type."""
    assert [role_of(one) for one in ("Wort", "Kunci Jawaban", "Opsi A", "Bab", "Siswa")] == [
        *("question", "answer", "option a", "tags", "")
    ]
    assert heading_row([["Kosakata"], ["Kata", "Arti"]], [words_of_lists({})]) == 1
    assert role_of("Kata", [TERM]) == "istilah"


def test_numbers_of_rows() -> None:
    """Running numbers are known by heading and values, also sorted and with some rows deleted."""
    assert is_running("No", ["3", "1", "7"])
    assert is_running("id", ["1.", "2.", "", "5."])
    assert is_running("", ["1", "2"])
    assert not is_running("", ["1945", "1998"])
    assert not is_running("id", ["1945", "1998"])
    assert not is_running("id", ["satu", "2"])
    assert not is_running("Tahun", ["1", "2"])


def test_totals() -> None:
    """A word for a sum and numbers alone make a total."""
    assert is_total(["", "Jumlah", "5"])
    assert is_total(["Rata-rata", "7,5", "80%"])
    assert not is_total(["Jumlah", "banyaknya"])
    assert not is_total(["Jumlah"])
    assert not is_total(["Lima", "5"])


# --- sheets ---------------------------------------------------------------------------------------

CARDS = [["a1", "Ekspor", "Menjual"], ["a2", "Impor", "Membeli"]]
WANTED = [{"istilah": "Ekspor", "arti": "Menjual"}, {"istilah": "Impor", "arti": "Membeli"}]


@pytest.mark.parametrize("ending", ["csv", "xlsx", "ods"])
def test_nothing_private_is_read(tmp_path: Path, ending: str) -> None:
    """Titles, numbers, a total, the teacher's columns: named once each, and on no card."""
    rows = [
        ["Kosakata kelas 7", "", "", "", ""],
        ["", "", "", "", ""],
        ["No", "id", "Istilah", "ARTI :", "Catatan guru", "Nilai"],
        ["1", *CARDS[0], "sulit", "78"],
        ["2", *CARDS[1], "", "91"],
        ["", "", "Jumlah", "2", "", ""],
    ]
    notes, found = read(tmp_path, rows, ending=ending)
    assert values(notes) == WANTED
    assert [(one.code, one.span.line) for one in found] == [
        *(("unread-rows", 1), ("unread-rows", 6), ("unread-columns", 3))
    ]
    assert '"Catatan guru", "Nilai"' in found[2].message
    assert found[2].help.endswith('columns: {Catatan guru: "#", Nilai: "#"}')
    assert not [one for one in ("sulit", "78", "Kosakata", "Jumlah") if one in str(notes)]


@pytest.mark.parametrize("first", [["Negara", "Ibu kota"], ["Istilah", "Keterangan"]])
def test_no_heading_row_is_guessed(tmp_path: Path, first: list[str]) -> None:
    """The error has the two answers; each of them, pasted, makes the sheet read."""
    rows = [["id", *first][1:], ["Jepang", "Tokyo"]]
    notes, (asked,) = read(tmp_path / "a", rows)
    assert (notes, asked.code, asked.span.line) == ([], "no-heading", 1)
    heading, card = asked.help.split("; a card: ")
    columns = heading[heading.index("columns: ") : heading.rindex("` into")]
    order = card[card.index("columns: ") : -1]
    _notes, found = read(tmp_path / "b", rows, f"{columns}\n")
    assert {one.code for one in found} <= {"missing-key"}  # of ids
    _notes, found = read(tmp_path / "c", rows, f"heading: none\n{order}\n")
    assert {one.code for one in found} <= {"missing-key"}


def test_a_sheet_without_headings(tmp_path: Path) -> None:
    """`heading: none` makes the first row a card; # is a column that is not read."""
    shared = 'heading: none\ncolumns: [id, term, meaning, "#"]\n'
    notes, found = read(tmp_path, [[*one, "rahasia"] for one in CARDS], shared)
    assert (values(notes), found) == (WANTED, [])


def test_what_the_author_calls_columns(tmp_path: Path) -> None:
    """`columns:` names keys or their aliases, and wins over what a word means elsewhere."""
    shared = 'columns: {Kode: id, "Negara:": word, Arti: "#", Ibu kota: arti}\n'
    rows = [["kode", "NEGARA", "Arti", "Ibu Kota"]] + [[a, b, "x", c] for a, b, c in CARDS]
    notes, found = read(tmp_path, rows, shared)
    assert (values(notes), found) == (WANTED, [])


def test_a_sheet_whose_columns_are_never_read(tmp_path: Path) -> None:
    """Where all headings of a sheet are marked so, it is left alone without a word."""
    notes, found = read(
        tmp_path, [["Siswa", "Nilai"], ["Budi", "9"]], 'columns: {Siswa: "#", Nilai: "#"}'
    )
    assert (notes, found) == ([], [])


def test_all_faults_of_headings_at_once(tmp_path: Path) -> None:
    """A slip, a double column, one without a name, a missing field: one run reports them."""
    rows = [["id", "Artii", "contoh", "Example", ""], ["a1", "b", "c", "d", "e"]]
    _notes, found = read(tmp_path, rows, "note_type: istilah\n")
    assert sorted(one.code for one in found) == [
        *("duplicate-column", "missing-field", "unknown-key", "unnamed-column")
    ]
    assert 'did you mean "arti"?' in [one.help for one in found]


@pytest.mark.parametrize(
    ("names", "note_type"),
    [
        (["kata", "arti"], "istilah"),
        (["Front", "Back"], "istilah"),
        (["Wort", "Bedeutung"], "istilah"),
        (["Soal", "Jawaban"], "tanya"),
        (["Soal", "Jawaban", "Varian"], "ketik"),
        (["Soal", "A", "B", "Kunci"], "pilihan-ganda"),
        (["Peristiwa", "Waktu", "Urutan"], "kronologi"),
    ],
)
def test_the_note_type_that_the_headings_name(
    tmp_path: Path, names: list[str], note_type: str
) -> None:
    """It is the one whose required fields all are there, by their own names first."""
    notes, found = read(tmp_path, [["id", *names], ["a1", "x", *"yz"[: len(names) - 2], "x"]])
    assert [one for one in found if one.code != "not-an-option"] == []
    assert [one.note_type for one in notes] == [note_type]


@pytest.mark.parametrize(
    ("options", "key", "answer"),
    [
        (["Osaka", "Tokyo", "Kyoto"], "B", "Tokyo"),
        (["Osaka", "Tokyo", "Kyoto"], "(b).", "Tokyo"),
        (["Osaka", "Tokyo", "Kyoto"], "2", "Tokyo"),
        (["Osaka", "Tokyo", "Kyoto"], "Tokyo", "Tokyo"),
        (["1", "2", "3"], "3", "3"),
        (["B", "C", "A"], "2", "C"),
        (["B", "C", "A"], "A", None),
    ],
)
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_keys_of_questions(
    tmp_path: Path, options: list[str], key: str, answer: str | None, ending: str
) -> None:
    """A letter or number stands for an option; one that is the text of another is asked about."""
    rows = [["id", "Soal", "A", "B", "C", "Kunci"], ["a1", "Apa?", *options, key]]
    notes, found = read(tmp_path, rows, ending=ending)
    assert [one.code for one in found] == ([] if answer else ["not-an-option"])
    assert not answer or values(notes)[0]["jawaban"] == answer


def test_multiple_choice_needs_no_reviews(tmp_path: Path) -> None:
    """Question, two options and the answer are a note."""
    root = write_project(tmp_path, "--- cards/contoh/kartu.yaml\n")
    rows = [["id", "soal", "pilihan_1", "pilihan_2", "jawaban"], ["a1", "Apa?", "x", "y", "x"]]
    (notes, found) = read(root, rows)
    assert (len(notes), found) == (1, [])


def test_lines_of_a_cell_stay_lines(tmp_path: Path) -> None:
    """In plain and Markdown fields alike."""
    rows = [["id", "istilah", "arti"], ["a1", "x\ny", "satu\ndua"]]
    notes, found = read(tmp_path, rows, ending="xlsx")
    assert (values(notes), found) == ([{"istilah": "x\ny", "arti": "satu  \ndua"}], [])


@pytest.mark.parametrize(
    ("ending", "content"),
    [
        ("txt", "id\tKata\tArti\na1\tEkspor\tMenjual\na2\tImpor\tMembeli\n"),
        ("tsv", 'id;Kata;Arti\na1;Ekspor;"Menjual"\na2;Impor;Membeli\n'),
        (
            "txt",
            (
                "#separator:Semicolon\n#html:true\n#columns:id;Front;Back;Tags\n#tags column:4\n"
                "a1;Ekspor;Menjual;x y\na2;Impor;Membeli;\n"
            ),
        ),
    ],
    ids=["tabs", "semicolons", "anki"],
)
def test_lists_as_text(tmp_path: Path, ending: str, content: str) -> None:
    """A list of lines is read as a sheet is."""
    write_project(tmp_path, "--- cards/contoh/kartu.yaml\n")
    (tmp_path / f"{SHEET}.{ending}").write_text(content, "utf-8")
    found = Diagnostics()
    notes = load_spreadsheet(Files(tmp_path), f"{SHEET}.{ending}", {**SHIPPED}, found)
    assert (values(notes), list(found)) == (WANTED, [])
    assert [tuple(map(str, one.tags)) for one in notes] in ([("x", "y"), ()], [(), ()])


def test_quotes_that_someone_typed_into_lines(tmp_path: Path) -> None:
    """Where quotes are none of CSV, they are text."""
    write_project(tmp_path, "--- cards/contoh/kartu.yaml\n")
    (tmp_path / f"{SHEET}.txt").write_text('id\tKata\tArti\na1\t"Ekspor" x\t"Menjual\n', "utf-8")
    found = Diagnostics()
    notes = load_spreadsheet(Files(tmp_path), f"{SHEET}.txt", {**SHIPPED}, found)
    assert (values(notes), list(found)) == ([{"istilah": '"Ekspor" x', "arti": '"Menjual'}], [])


def test_cells_of_html_are_no_card_set(tmp_path: Path) -> None:
    """An export of Anki with tags is for `kartu import`, and is refused at the first of them."""
    write_project(tmp_path, "--- cards/contoh/kartu.yaml\n")
    (tmp_path / f"{SHEET}.txt").write_text("#html:true\nx\t<b>y</b>\n", "utf-8")
    found = Diagnostics()
    load_spreadsheet(Files(tmp_path), f"{SHEET}.txt", {**SHIPPED}, found)
    assert [(one.code, one.span.line, one.span.column) for one in found] == [("wrong-shape", 2, 3)]


def test_comments_are_found_below_titles(tmp_path: Path) -> None:
    """Remarks that silence warnings are found although the headings are not in the first row."""
    rows = [["Judul", "", ""], ["id", "depan", "# catatan"], ["satu", "x", "kartu: ignore[a] b"]]
    write_project(tmp_path, "--- cards/contoh/kartu.yaml\n")
    (tmp_path / f"{SHEET}.xlsx").write_bytes(xlsx(rows))
    ((cell, lines),) = comments_of(Files(tmp_path), f"{SHEET}.xlsx")
    assert (str(cell), lines.start) == ("kartu: ignore[a] b", 3)
