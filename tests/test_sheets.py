"""Card sets as CSV files: read as Python's csv module reads them, each value at its place."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.program import Run
from support.projects import EXAMPLES, TWO_NOTE_TYPES, copy_decks, write_project
from support.sampling import examples, sampled
from support.sheets import Rows, csv_writer, ods, rows_of_set, xlsx

from kartu.core.diagnostics import Diagnostic, Diagnostics
from kartu.core.model import Note
from kartu.core.source import Sequence, Span, Text, text
from kartu.load import load_project
from kartu.load.sheets.cells import Quoted, items, picture, table
from kartu.load.sheets.csv import DELIMITERS, rows_of

SHEET = "cards/contoh/soal.csv"
SHARED = "--- cards/contoh/kartu.yaml\n--- cards/contoh/soal.set.yaml\nnote_type: dasar\n"
LIBRE_OFFICE = EXAMPLES / "libreoffice"


def load(root: Path, data: bytes, ending: str = ".csv") -> tuple[list[Note], list[Diagnostic]]:
    """The notes of a project with this one card set."""
    if not root.exists() or not any(root.iterdir()):
        write_project(root, TWO_NOTE_TYPES, SHARED)
    (root / f"cards/contoh/soal{ending}").write_bytes(data)
    project, said = load_project(root)
    return list(project.decks[0].notes), said


# --- the reader --------------------------------------------------------------------------------

SIGNS = st.sampled_from([*'",;\t\n= a', '""', '","', "🙂", "e\u0301", "|", "\xa0"])
CONTENT = st.lists(SIGNS, max_size=40).map("".join)


@settings(max_examples=examples(1000, 8))
@given(CONTENT, st.sampled_from(sorted(DELIMITERS)))
@example('"a""b"\n\n"c\nd",e"f\n', ",")
def test_csv_is_read_as_python_reads_it(content: str, divider: str) -> None:
    """Where csv.reader reads in strict mode, the cells are the same; where not, a fault is told."""
    said = Diagnostics()
    read = [list(map(str, row)) for row in rows_of(content, "a.csv", divider, said)]
    try:
        lines = io.StringIO(content, newline="")
        expected = list(csv.reader(lines, delimiter=divider, strict=True))
    except csv.Error:
        assert said
        return
    assert [row for row in read if row != [""]] == [
        row for row in expected if row not in ([], [""])
    ]
    assert all("space" in one.message for one in said)


@given(st.lists(st.lists(CONTENT, min_size=2, max_size=4), max_size=5), st.booleans())
def test_every_cell_knows_its_place(rows: Rows, quoted: bool) -> None:
    """At a cell's line and column stands its text, in quotes with each quote of it twice."""
    out = io.StringIO()
    csv.writer(
        out,
        delimiter=";",
        quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL,
        lineterminator="\n",
    ).writerows(rows)
    content = out.getvalue()
    lines = content.split("\n")
    for row in rows_of(content, "a.csv", ";", Diagnostics()):
        for place in range(-len(row), len(row)):
            assert row[place] == [*row][place]
            assert row[place].span == [*row][place].span
        for cell in row:
            there = "\n".join(
                [lines[cell.span.line - 1][cell.span.column - 1 :], *lines[cell.span.line :]]
            )
            source = cell.replace('"', '""') if isinstance(cell, Quoted) else cell
            assert there.startswith(source)


@given(st.lists(st.sampled_from(["|", " | ", "a", '"', "\n", " ", "🙂", " |", "b c"]), max_size=12))
def test_every_item_of_a_list_knows_its_place(parts: list[str]) -> None:
    """An item of a quoted cell stands in the file at its line and column."""
    value = "".join(parts)
    content = 'x;"' + value.replace('"', '""') + '"'
    lines = content.split("\n")
    ((_, cell),) = rows_of(content, "a.csv", ";", Diagnostics())
    assert cell == value
    for item in items(cell):
        assert isinstance(item, Text)
        there = "\n".join(
            [lines[item.span.line - 1][item.span.column - 1 :], *lines[item.span.line :]]
        )
        assert there.startswith(item.replace('"', '""'))
        assert item == item.strip() != ""


def test_lists_tables_and_pictures() -> None:
    """` | ` divides, |x| does not; a table has a line a row and may look as in Markdown."""
    place = Span("a.csv")
    assert items(text("a | b |  | |x| | d|e |", place)) == ["a", "b", "|x|", "d|e"]
    assert items(text(" ", place)) == []
    plain = table(text(" | Kiri | Kanan\nsatu | 1 | 2\n\n", place))
    assert plain == [["", "Kiri", "Kanan"], ["satu", "1", "2"]]
    assert table(text("| a | b |\n|---|:-:|\n| c |  |", place)) == [["a", "b"], ["c", ""]]
    assert picture(text(" peta.png ", place)) == "peta.png"
    assert picture(text("peta.png | Peta | a | b", place)) == {
        "file": "peta.png",
        "alt": "Peta",
        "caption": "a | b",
    }
    row = plain[1]
    assert isinstance(row, Sequence)
    assert isinstance(row[1], Text)
    assert (row.span, row[1].span) == (Span("a.csv", 2, 1), Span("a.csv", 2, 8))


# --- encodings, dividers, what programs write ---------------------------------------------------

TEXT = "id{0}depan{0}belakang{0}tags\nsatu{0}Épée{0}“kutip”{0}inti | a\n"


@pytest.mark.parametrize("divider", sorted(DELIMITERS), ids=DELIMITERS.get)
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"],
)
def test_a_file_may_come_from_any_program(
    tmp_path: Path, encoding: str, ends: str, divider: str
) -> None:
    """Encoding, divider and line ends change neither the values nor their places."""
    content = TEXT.format(divider).replace("\n", ends)
    (note,), said = load(tmp_path, content.encode(encoding))
    assert note.values == {"depan": "Épée", "belakang": "“kutip”"}
    assert note.values["belakang"].span == Span(SHEET, 2, 11)
    assert [(tag, tag.span.column) for tag in note.tags] == [("inti", 19), ("a", 26)]
    guessed = [("csv-encoding", Span(SHEET, 2, 6))] if encoding == "cp1252" else []
    assert [(one.code, one.span) for one in said] == guessed


@pytest.mark.parametrize("extra", ["sep=;\n", '"sep=;"\n', "SEP=;;;;\n", "\n;;\n"])
def test_excels_first_line_says_what_divides(tmp_path: Path, extra: str) -> None:
    """`sep=;` is obeyed and no row; blank rows and columns are none, before and after."""
    content = f"{extra}id;depan;tags;;\nsatu;Satu;;;\n;;;;\n\n   ;\n"
    (note,), said = load(tmp_path, content.encode())
    assert (note.values, note.tags, said) == ({"depan": "Satu"}, (), [])
    assert note.id.span.line == extra.count("\n") + 2


def test_excels_formula_that_keeps_a_text(tmp_path: Path) -> None:
    """="007" is 007, bare or in quotes, at the place of its first digit."""
    data = b'id,depan,belakang\nsatu,="007","=""010"""\n'
    (note,), said = load(tmp_path, data)
    assert (note.values, said) == ({"depan": "007", "belakang": "010"}, [])
    assert [value.span.column for value in note.values.values()] == [8, 17]


def test_a_text_may_look_like_anything(tmp_path: Path) -> None:
    """What is no fault raises no alarm: signs of formulas, dates, numbers, typographic quotes."""
    values = [
        "=2+2",
        "1-2",
        "01-Feb",
        "007",
        "+62",
        "#1",
        "#NAME? adalah galat",
        "“x”",
        "'s",
        "|x|",
    ]
    rows = [
        ["id", "depan", "#catatan", "x-saya"],
        *([f"n{n}", value, "#REF!", ""] for n, value in enumerate(values)),
    ]
    notes, said = load(tmp_path, csv_writer(",", "utf-8")(rows))
    assert said == []
    assert [note.values["depan"] for note in notes] == values


def test_a_row_wins_over_the_set(tmp_path: Path) -> None:
    """Note type and subdeck of a row come before the file's; tags add up."""
    root = write_project(
        tmp_path,
        TWO_NOTE_TYPES,
        "--- cards/contoh/kartu.yaml\n--- cards/contoh/soal.set.yaml\n"
        "note_type: dasar\nsubdeck: 01 A\ntags: [inti]\nx-oleh: Ani\n"
        f"--- {SHEET}\nid,note_type,subdeck,tags,depan,teks\n"
        "satu,,,,Satu,\ndua,isian,02 B,a | b,,{{c1::Dua}}\n",
    )
    project, said = load_project(root)
    assert said == []
    assert [(n.note_type, n.subdeck, n.tags, n.values) for n in project.decks[0].notes] == [
        ("dasar", "01 A", ("inti",), {"depan": "Satu"}),
        ("isian", "02 B", ("inti", "a", "b"), {"teks": "{{c1::Dua}}"}),
    ]


def test_a_note_type_with_faults_is_told_once(tmp_path: Path) -> None:
    """Where note_type.yaml has a fault, the rows of that type give no other."""
    broken = "--- templates/dasar/note_type.yaml\nid: dasar\nname: Dasar\nfields: []\ncards: []\n"
    root = write_project(tmp_path, SHARED, broken, f"--- {SHEET}\nid,depan,apa\nsatu,Satu,x\n")
    _, said = load_project(root)
    assert {one.span.path for one in said} == {"templates/dasar/note_type.yaml"}


# --- real programs and the real deck ------------------------------------------------------------

EXPECTED = {
    "satu": ("Kerja sama, bilateral", 'Dua negara; "tepat dua"', "007", ("inti", "tema::bentuk")),
    "dua": ("Bhinneka 🙂 日本", "Baris satu  \nBaris dua", "1-2", ()),
    "tiga": ("Épée – “kutip”", "=2+2", "1:30", ("inti",)),
    "empat": ("Tanda ; dan , dan | di sini", "50 %", "TRUE", ("SMA",)),
}
WRITTEN = sorted(
    path for path in LIBRE_OFFICE.iterdir() if path.suffix != ".sh" and path.stem != "angka"
)


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_what_libreoffice_writes_is_read(path: Path, tmp_path: Path) -> None:
    """The same notes come out of every kind of file that LibreOffice makes of them."""
    notes, said = load(tmp_path, path.read_bytes(), path.suffix)
    latin = path.stem.startswith(("latin", "windows"))
    guessed = path.stem.startswith("windows")
    assert [one.code for one in said] == ["csv-encoding"] * guessed
    assert {str(note.id): (*map(str, note.values.values()), note.tags) for note in notes} == {
        key: value for key, value in EXPECTED.items() if not latin or key != "dua"
    }


FORMS: dict[str, tuple[str, Callable[[Rows], bytes]]] = {
    "comma": (".csv", csv_writer(",", "utf-8", "\n")),
    "semicolon": (".csv", csv_writer(";", "utf-8-sig")),
    "utf-16": (".csv", csv_writer("\t", "utf-16")),
    "xlsx": (".xlsx", xlsx),
    "ods": (".ods", ods),
}


@pytest.mark.parametrize("form", sampled(list(FORMS), 5))
def test_the_real_deck_builds_the_same_bytes(
    form: str, kartu: Run, root: Path, tmp_path: Path
) -> None:
    """The deck's card sets as spreadsheets give the package that they give as YAML."""
    ending, write = FORMS[form]
    copy_decks(root, tmp_path)
    name = "kerja-sama-internasional-lengkap.apkg"
    digests = []
    deck = tmp_path / "cards/kerja-sama-internasional"
    for paths in ([], [*deck.glob("[0-9]*.yaml")]):
        for path in paths:
            path.with_suffix(ending).write_bytes(write(rows_of_set(path)))
            path.unlink()
        done = kartu("build", "-o", "out", deck.name, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        digests.append(_sha256(tmp_path / "out" / name))
    assert len({*digests}) == 1


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# --- whatever is typed ---------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *("id", "depan", "note_type", "tags", "dasar", "isian", "satu", "x-a", " | ", "1/2/2026"),
        *(",", ";", "\t", "\n", "\r\n", '"', '""', "sep=;\n", "=1", '="a"', "#REF!"),
        *("é", "🙂", "\x00", "\u2028", "\ufeff"),
    ]
)


@settings(max_examples=examples(400, 6))
@given(
    st.lists(PIECES, max_size=30).map("".join),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252", "utf-32"]),
    st.binary(max_size=12),
)
def test_any_bytes_give_diagnostics(
    tmp_path: Path, content: str, encoding: str, rest: bytes
) -> None:
    """Whatever stands in a CSV file gives notes or diagnostics at a place in it."""
    data = content.encode(encoding, errors="ignore") + rest
    notes, said = load(tmp_path, data)
    for one in said:
        assert one.span.line >= 1 <= one.span.column
    for note in notes:
        assert isinstance(note.id, Text)


CELLS = st.sampled_from(
    [
        *(
            "",
            " ",
            "a",
            "a-1",
            "A b",
            "Kata",
            " kata",
            "#REF!",
            "C#",
            "Err:508",
            "Erat",
            "1/2/2026",
        ),
        *("a | b", "a|b", "a, b", "a | a b", "b;c", "2026-11-24", "🙂", "é ", "dasar", "isian"),
    ]
)
GOOD = {
    "id": "n",
    "depan": "Kata",
    "belakang": "lain",
    "teks": "",
    "note_type": "dasar",
    "subdeck": "Bab",
    "tags": "a | b",
    "sources": "",
    "as_of": "",
    "x-a": "b",
}
STRANGE = st.dictionaries(st.sampled_from(sorted(GOOD)), CELLS, max_size=2)


@settings(max_examples=examples(600, 8))
@given(st.permutations(sorted(GOOD)), st.lists(STRANGE, max_size=6), st.integers(8, 10))
def test_rows_read_in_one_go_are_as_if_looked_at(
    tmp_path: Path, columns: list[str], strange: list[dict[str, str]], width: int
) -> None:
    """A row without quotes gives the note, places and faults of one in which each is looked at."""
    rows: Rows = [columns]
    for number, cells in enumerate([{}, *strange]):
        values = GOOD | {"id": f"n{number}"} | cells
        rows.append([values[key] for key in columns])
    rows[-1] = rows[-1][:width]

    def written(own: str) -> bytes:
        head, *rest = (";".join(row) for row in rows)
        return "\n".join([f"x-b;{head}", *(f"{own};{line}" for line in rest)]).encode()

    plain, looked_at = (load(tmp_path / "p", written(own)) for own in ("bb", '""'))
    assert plain[1] == looked_at[1]
    assert plain[0] == looked_at[0]
    for one, other in zip(plain[0], looked_at[0], strict=True):
        known = 4 if re.fullmatch(r"n\d+", one.id) else 2  # a row without an id has a line only
        assert one.id.span[:known] == other.id.span[:known]
        assert [value.span for value in one.values.values()] == [
            value.span for value in other.values.values()
        ]
        assert [tag.span for tag in one.tags] == [tag.span for tag in other.tags]


def test_a_report_shows_the_line_as_a_spreadsheet_shows_it(kartu: Run, tmp_path: Path) -> None:
    """The excerpt of a UTF-16 file is its text; JSON has the same place."""
    write_project(tmp_path, SHARED)
    (tmp_path / SHEET).write_bytes("id;depan\nÉ;🙂\n".encode("utf-16"))
    done = kartu("check", cwd=tmp_path)
    assert (
        f'{SHEET}:2:1: error[bad-id]: "É" is not a valid note id\n    É;🙂\n    ^\n' in done.stdout
    )
    told = json.loads(kartu("check", "--format", "json", cwd=tmp_path).stdout)
    assert (told[0]["path"], told[0]["line"], told[0]["column"]) == (SHEET, 2, 1)
    assert "cell" not in told[0]


@pytest.mark.parametrize(
    "data",
    [
        b"id" + b"," * 5_000_001,
        b"id,depan" + b",x" * 20_000,
        b"id,depan" + b",x-a" * 900 + b"\n" + b"a\n" * 60_000,
        b"id,depan\n" + b'a,"' * 30_000,
    ],
    ids=["cells", "columns", "short rows", "quotes"],
)
def test_a_file_that_unfolds_is_told(tmp_path: Path, data: bytes) -> None:
    """A small file that stands for a huge table gives one diagnostic and takes no memory."""
    notes, (fault, *_) = load(tmp_path, data)
    assert notes == []
    assert fault.code in ("file-too-large", "csv-syntax")
