"""The right option is written once: by its text, number or letter, or by the key of the option."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.projects import write_project

from kartu.core.model import FieldType
from kartu.core.source import Span, Text, text, texts_in
from kartu.load import load_project
from kartu.load.options import choose, place_among, place_of
from kartu.pipeline import BuildOptions, Options, build, check

DECK = """--- cards/contoh/deck.yaml
id: contoh
uid: a1b2c3d4e5f60718
name: Contoh
language: id
version: 1.0.0
"""
HEAD = "--- cards/contoh/soal.yaml\nnote_type: pilihan-ganda\nnotes:\n"
NOTE = (
    "  - {{id: a, soal: Apa?, jawaban: {}, pilihan_1: Tarif, pilihan_2: Kuota, pilihan_4: Bea}}\n"
)
LIST = "--- cards/contoh/{}.yaml\nnote_type: perbandingan\nnotes:\n"
OF_LIST = "  - {{id: b, soal: Apa?, jawaban: {}, pilihan: [Satu, Dua], alasan: Ini.}}\n"
CSV = """--- cards/contoh/soal.csv
note_type,id,soal,jawaban,pilihan_1,pilihan_2,pilihan_4
pilihan-ganda,a,Apa?,{},Tarif,Kuota,Bea
"""
MARKDOWN = """--- cards/contoh/soal.md
---
note_type: pilihan-ganda
---
Q: Apa?
A: {}
pilihan_1: Tarif
pilihan_2: Kuota
pilihan_4: Bea
<!-- id: a -->
"""
WAYS = ["Kuota", "2", "B", "b", "(b)", "pilihan_2", "option_2"]


def answers(root: Path) -> list[str]:
    """The answers of all notes as cards get them."""
    project, faults = load_project(root)
    assert not faults
    return [str(note.values["jawaban"]) for deck in project.decks for note in deck.notes]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("files", [HEAD + NOTE, CSV, MARKDOWN], ids=["yaml", "csv", "markdown"])
def test_right_option_is_given_in_any_way(
    files: str, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every way makes the same bytes of a package as the option's text."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    hashes = []
    for name, answer in (("text", "Kuota"), ("way", way)):
        write_project(tmp_path / name, DECK + files.format(answer), base=False)
        result = build(BuildOptions(tmp_path / name))
        assert result.diagnostics == []
        hashes.append([one.sha256 for one in result.packages])
    assert hashes[0] == hashes[1] != []


@pytest.mark.parametrize(("way", "right"), [("Dua", "Dua"), ("2", "Dua"), ("a", "Satu")])
def test_option_of_a_list_has_a_number_too(way: str, right: str, tmp_path: Path) -> None:
    """Where the options are one list, its items are counted."""
    write_project(tmp_path, DECK + LIST.format("soal") + OF_LIST.format(way), base=False)
    assert answers(tmp_path) == [right]


@pytest.mark.parametrize("way", ["3", "E", "5", "pilihan_3", "soal", "Kuotaa"])
def test_what_points_to_no_option_is_a_fault(way: str, tmp_path: Path) -> None:
    """An option without a text, another key and any other word are reported at their place."""
    write_project(tmp_path, DECK + HEAD + NOTE.format(way), base=False)
    found = [(one.code, one.span.line) for one in check(Options(tmp_path))]
    assert found == [("not-an-option", 3)]


def as_text(value: str) -> Text:
    return text(value, Span("a.yaml"))


@cache
def _fields() -> dict[str, FieldType]:
    project, _faults = load_project(Path(__file__).parent.parent)
    return {str(one.key): one for one in project.note_types["pilihan-ganda"].fields}


@given(
    st.lists(st.sampled_from(["1", "2", "3", "A", "B", "C", "a", "x"]), min_size=2, max_size=5),
    st.sampled_from(["1", "2", "3", "A", "b", "x", "pilihan_1"]),
)
def test_text_of_an_option_is_that_option(options: list[str], answer: str) -> None:
    """Sources that were right before mean the same: only what is no text of an option points."""
    fields = _fields()
    values = {f"pilihan_{n}": as_text(one) for n, one in enumerate(options, 1)}
    given = {**values, "jawaban": as_text(answer)}
    choose(fields, {key: key for key in fields}, given)  # type: ignore[arg-type]
    place = 0 if answer == "pilihan_1" else place_of(answer)
    expected = answer
    if answer not in options and place is not None and place < len(options):
        expected = options[place]
    assert [*texts_in(given["jawaban"])] == [expected]


def test_translations_follow_the_right_option(tmp_path: Path) -> None:
    """A variant that translates the options need not repeat the right one; it may."""
    variant = """--- cards/contoh/i18n/en.yaml
uid: b1b2c3d4e5f60718
name: Example
prefix: EX
notes:
  a: {soal: What?, pilihan_1: Tariff, pilihan_2: Quota, pilihan_4: Duty}
"""
    write_project(tmp_path, DECK + HEAD + NOTE.format("B") + variant, base=False)
    assert answers(tmp_path) == ["Kuota", "Quota"]
    assert check(Options(tmp_path)) == []
    more = variant.replace("soal: What?", "soal: What?, jawaban: 4")
    write_project(tmp_path, more, base=False)
    assert answers(tmp_path) == ["Kuota", "Duty"]


def test_changes_of_an_option_take_the_answer_along(tmp_path: Path) -> None:
    """A deck that extends another one changes the text of the right option in one place."""
    own = """--- cards/turunan/deck.yaml
id: turunan
uid: c1b2c3d4e5f60718
name: Turunan
language: id
version: 1.0.0
extends: cards/contoh
--- cards/turunan/changes.yaml
notes:
  a: {pilihan_2: Batas}
"""
    write_project(tmp_path, DECK + HEAD + NOTE.format("Kuota") + own, base=False)
    project, _faults = load_project(tmp_path)
    found = {deck.id: str(deck.notes[0].values["jawaban"]) for deck in project.decks}
    assert found == {"contoh": "Kuota", "turunan": "Batas"}


def test_form_finds_the_chosen_option() -> None:
    """By text first, then by key, number or letter; an option without a text is none."""
    options, keys = ["3", "2", "", "Bea"], [f"pilihan_{n}" for n in range(1, 5)]
    wanted = {"3": 0, "2": 1, "1": 0, "4": 3, "D": 3, "pilihan_4": 3, " Bea ": 3}
    assert {one: place_among(one, options, keys) for one in wanted} == wanted
    assert [place_among(one, options, keys) for one in ("C", "pilihan_3", "", "x", "5")] == [
        None
    ] * 5


SEVERAL = """--- cards/contoh/banyak.yaml
note_type: pilihan-ganda-kompleks
notes:
  - {{id: c, soal: Mana?, jawaban: {}, pilihan_1: Tarif, pilihan_2: Kuota, pilihan_3: Bea}}
"""
SEVERAL_CSV = """--- cards/contoh/banyak.csv
note_type,id,soal,jawaban,pilihan_1,pilihan_2,pilihan_3
pilihan-ganda-kompleks,c,Mana?,"{}",Tarif,Kuota,Bea
"""
SEVERAL_MARKDOWN = """--- cards/contoh/banyak.md
---
note_type: pilihan-ganda-kompleks
---
Q: Mana?
A: {}
pilihan_1: Tarif
pilihan_2: Kuota
pilihan_3: Bea
<!-- id: c -->
"""
IN_ONE_TEXT = ["A, C", "1; 3", "a dan c", "A C", "A|C", "Tarif | Bea"]


def _several(root: Path) -> list[list[str]]:
    project, faults = load_project(root)
    assert not faults
    notes = [note for deck in project.decks for note in deck.notes]
    return [[str(one) for one in texts_in(note.values["jawaban"])] for note in notes]


@pytest.mark.parametrize("way", ["[A, C]", "[Tarif, 3]", "[pilihan_1, c]", "['A, C']"])
def test_several_right_options_are_a_list(way: str, tmp_path: Path) -> None:
    """Each item is an option by its letter, number, key or text."""
    write_project(tmp_path, DECK + SEVERAL.format(way), base=False)
    assert _several(tmp_path) == [["Tarif", "Bea"]]


@pytest.mark.parametrize("way", IN_ONE_TEXT[:-1])
@pytest.mark.parametrize("files", [SEVERAL_CSV, SEVERAL_MARKDOWN], ids=["csv", "markdown"])
def test_several_right_options_in_one_cell(files: str, way: str, tmp_path: Path) -> None:
    """In a cell and in Markdown their letters stand behind each other."""
    write_project(tmp_path, DECK + files.format(way), base=False)
    assert _several(tmp_path) == [["Tarif", "Bea"]]


@pytest.mark.parametrize("way", ["[A, D]", "[Tarif, Beaa]", "[A, '']", "'A, X'"])
def test_one_of_several_that_is_none_is_a_fault(way: str, tmp_path: Path) -> None:
    """The item that is no option is named at its place."""
    write_project(tmp_path, DECK + SEVERAL.format(way), base=False)
    assert {one.code for one in check(Options(tmp_path))} & {"not-an-option", "invisible-value"}


STATEMENTS = """--- cards/contoh/ujian.yaml
note_type: kategori
notes:
  - id: d
    soal: Benar?
    kategori: [{}]
    pernyataan_1: Satu
    jawaban_1: {}
    pernyataan_2: Dua
    jawaban_2: "{}"
"""


@pytest.mark.parametrize(
    ("categories", "one", "two", "meant"),
    [
        ("Benar, Salah", "B", "s", ["Benar", "Salah"]),
        ("Benar, Salah", "Benar", "2", ["Benar", "Salah"]),
        ("Sesuai, Tidak sesuai", "tidak", "S.", ["Tidak sesuai", "Sesuai"]),
        ('"True", "False"', "f", "T", ["False", "True"]),
    ],
)
def test_categories_are_named_by_their_first_letters(
    categories: str, one: str, two: str, meant: list[str], tmp_path: Path
) -> None:
    """B is Benar, though it is the second letter; a number is a place."""
    write_project(tmp_path, DECK + STATEMENTS.format(categories, one, two), base=False)
    project, faults = load_project(tmp_path)
    assert not faults
    (note,) = project.decks[0].notes
    assert [str(note.values[f"jawaban_{number}"]) for number in (1, 2)] == meant


@pytest.mark.parametrize(
    "line", ["pernyataan_3: Tiga", "jawaban_3: B"], ids=["statement", "category"]
)
def test_a_statement_and_its_category_come_together(line: str, tmp_path: Path) -> None:
    """One without the other is reported, where it is."""
    text = DECK + STATEMENTS.format("Benar, Salah", "B", "S") + f"    {line}\n"
    write_project(tmp_path, text, base=False)
    (fault,) = check(Options(tmp_path))
    assert (fault.code, fault.span.line) == ("missing-field", 10)


def test_a_sheet_of_options_is_multiple_choice(tmp_path: Path) -> None:
    """Its headings fit two note types, and the one with one right answer is meant."""
    csv = "--- cards/contoh/s.csv\nid,soal,jawaban,A,B,C\na,Apa?,B,Tarif,Kuota,Bea\n"
    write_project(tmp_path, DECK + csv, base=False)
    project, faults = load_project(tmp_path)
    assert not faults
    assert [note.note_type for note in project.decks[0].notes] == ["pilihan-ganda"]
