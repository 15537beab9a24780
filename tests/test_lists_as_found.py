"""Lists as people keep them in public: languages as headings, stray signs, quizzes, plain text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.headings import CHOICE, TERM, read, values
from support.program import Run
from support.sheets import Rows

from kartu.core.diagnostics import Diagnostics
from kartu.load.heading_words import CODES, LANGUAGES, ROLES
from kartu.load.headings import folded, language_of, vocabulary
from kartu.load.sheets.lines import read_lines

NAMES = sorted(LANGUAGES)


def built(kartu: Run, name: str, *options: str, cwd: Path) -> str:
    done = kartu("build", name, *options, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


# --- headings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headings", "term", "meaning"),
    [
        (("English", "Spanish"), 0, 1),
        (("id", "german", "english"), 1, 2),
        (("EN", "TH", "image address"), 0, 1),
        (("Bahasa Inggris", "Bahasa Indonesia", "Catatan guru"), 0, 1),
        (("pinyin", "hanzi", "english", "hsk_level"), 1, 2),
        (("語句", "意味"), 0, 1),
        (("العربية", "Indonesia"), 0, 1),
    ],
)
def test_languages_are_headings(
    headings: tuple[str, ...], term: int, meaning: int, tmp_path: Path
) -> None:
    """Names of two languages say what asks and what answers, and so does one beside a role."""
    row = [str(number) for number in range(7, 7 + len(headings))]
    notes, _found = read(tmp_path, [[*headings], row])
    (note,) = values(notes)
    assert (note["istilah"], note["arti"]) == (row[term], row[meaning])


@pytest.mark.parametrize(
    "headings",
    [
        ("DE", "ES", "EN"),  # which of two?
        ("lesson name", "german", "english"),  # what comes first is none
        ("German", "Deutsch"),  # one language
        ("de", "en"),  # words of French and Dutch
    ],
)
def test_other_languages_are_asked_about(headings: tuple[str, ...], tmp_path: Path) -> None:
    """Where languages do not say which column asks and which answers, nothing is taken."""
    notes, found = read(tmp_path, [[*headings], [*"abc"[: len(headings)]]])
    assert (notes, [one.code for one in found]) == ([], ["no-heading"])


@given(st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_every_pair_of_languages_is_a_heading(first: str, second: str) -> None:
    """Two names are a row of headings exactly where they are of two languages."""
    other = LANGUAGES[first] != LANGUAGES[second]
    assert vocabulary(TERM).is_heading([first.title(), second]) is other


def test_a_language_is_no_other_word() -> None:
    """No name or code of a language is a word for a role."""
    roles = {folded(word) for words in ROLES.values() for word in words.split()}
    assert not {*map(folded, LANGUAGES), *CODES} & roles
    assert language_of("en") == ""


@pytest.mark.parametrize("heading", ["question_id", "Answer 1", "mapel", "Usage", "my question"])
def test_longer_names_and_numbers_are_no_slips(heading: str) -> None:
    """A heading with a word more, another number or another first letter is another name."""
    assert vocabulary(TERM).near_miss(heading) == ""
    assert vocabulary(CHOICE).near_miss(heading) == ""


@pytest.mark.parametrize("heading", ["correct", "Correct Option", "jawaban_benar", "right answer"])
def test_the_right_option_has_many_names(heading: str, tmp_path: Path) -> None:
    """In a quiz these columns hold the letter, the number or the text of the right option."""
    rows: Rows = [["Question", "Answer 1", "Answer 2", heading], ["2+2?", "3", "four", "2"]]
    notes, _found = read(tmp_path, rows)
    assert values(notes)[0]["jawaban"] == "four"


def test_options_counted_from_nothing_are_refused(tmp_path: Path) -> None:
    """A number 0 shows that all numbers of the column mean another option than they seem to."""
    rows: Rows = [["question", "option1", "option2", "correct_index"], ["2+2?", "4", "3", "0"]]
    _notes, found = read(tmp_path, rows)
    assert [one.code for one in found] == ["not-an-option"]
    assert "add 1" in found[0].help


# --- what to do ----------------------------------------------------------------------------------


def test_headings_that_fit_no_note_type_are_asked_about(kartu: Run, tmp_path: Path) -> None:
    """The command proposes a key for each column; the words are those of the author's language."""
    text = "Simplified,Pinyin,Meaning\n\N{CJK UNIFIED IDEOGRAPH-7231},ai,to love\n"
    (tmp_path / "hsk.csv").write_text(text, "utf-8")
    done = kartu("build", "hsk.csv", cwd=tmp_path)
    (line,) = (one for one in done.stderr.splitlines() if "this is enough" in one)
    option = line.rpartition("--columns ")[2]
    assert option == "Simplified=term,Pinyin=pronunciation,Meaning=meaning"
    assert "istilah" not in done.stderr
    built(kartu, "hsk.csv", "--columns", option, cwd=tmp_path)


def test_dates_may_answer(tmp_path: Path) -> None:
    """Where only dates are left, they are proposed as what answers."""
    _notes, found = read(tmp_path, [["Happened", "Date"], ["a", "17 Aug"], ["b", "28 Oct"]])
    assert found[0].names == ("istilah=Happened", "arti=Date")


# --- lines ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "help"),
    [
        ("one/////eins\ntwo, too/////zwei\nthree/////drei\n", 'in place of "/////"'),
        ("one | eins\ntwo | zwei\n", 'in place of "|"'),
        ("one - eins\ntwo - zwei\n", 'in place of " - "'),
        ("one\ntwo\nthree, or so\n", "between the term and its meaning"),
        ("Q: what?\nA: that, it\n\nQ: who, then?\nA: they\n", ".md"),
        ("Q:\twhat?\nA:\tthat\n\nQ:\twho?\nA:\tthey\n", ".md"),
    ],
)
def test_lines_that_nothing_divides(content: str, help: str) -> None:
    """A few commas in prose are no columns; what divides the lines is named."""
    found = Diagnostics()
    assert read_lines(content, "list.txt", frozenset(), found) is None
    (fault,) = found
    assert fault.code == "csv-delimiter"
    assert help in fault.help


def test_a_title_hides_no_delimiter(tmp_path: Path) -> None:
    """The delimiter is that of most lines, whatever the first one looks like."""
    (tmp_path / "x").mkdir()
    sheet = read_lines("Unit 1\nhola;hello\nadios;bye\n", "list.txt", frozenset(), Diagnostics())
    assert sheet is not None
    assert [len(row) for row in sheet.rows] == [1, 2, 2]


def test_quotes_that_nobody_meant_are_text() -> None:
    """In a list without cells in quotes, a quote is what someone typed; else it is a fault."""
    found = Diagnostics()
    sheet = read_lines('ojo;eye\nsi;"I wish", he said\n', "list.txt", frozenset(), found)
    assert sheet is not None
    assert list(sheet.rows[1]) == ["si", '"I wish", he said']
    assert not found
    read_lines('ojo;"an; eye"\nsi;"I wish", he said\n', "list.txt", frozenset(), found)
    assert [one.code for one in found] == ["csv-syntax"]


def test_a_comment_is_not_what_anki_announces() -> None:
    """Only Anki's own words at the top say how a list is written."""
    found = Diagnostics()
    text = "# https://example.org\none;eins\ntwo;zwei\nthree;drei\n"
    sheet = read_lines(text, "list.txt", frozenset(), found)
    assert sheet is not None
    assert [len(row) for row in sheet.rows] == [1, 2, 2, 2]


def test_every_stray_delimiter_is_reported_at_once(kartu: Run, tmp_path: Path) -> None:
    """A text that is cut by the delimiter is a fault in each line, not in the first alone."""
    (tmp_path / "list.txt").write_text("a;b; c\nd;e\nf;g; h; i\nk;l; m\n", "utf-8")
    done = kartu("build", "list.txt", "--columns", "term,meaning", cwd=tmp_path)
    assert done.stderr.count("error[unnamed-column]") == 3


def test_a_guessed_encoding_is_named_by_build(kartu: Run, tmp_path: Path) -> None:
    """What is read as Windows-1252 may be wrong on the cards, so that building says it."""
    (tmp_path / "list.csv").write_bytes("term,meaning\ncaf\xe9,coffee\n".encode("cp1252"))
    assert "warning[csv-encoding]" in built(kartu, "list.csv", cwd=tmp_path)


def test_line_breaks_of_anki_are_lines() -> None:
    """An export whose HTML is line breaks and named characters is text; with more it is refused."""
    found = Diagnostics()
    start = "#separator:tab\n#html:true\n"
    sheet = read_lines(f"{start}a&nbsp;b\tone<br>two &amp; three\n", "x.txt", frozenset(), found)
    assert sheet is not None
    assert list(sheet.rows[0]) == ["a b", "one\ntwo & three"]
    for more in ("<b>one</b><br>two", "&lt;b&gt;one", '<img src="a.png">'):
        assert read_lines(f"{start}a\t{more}\n", "x.txt", frozenset(), found) is None
    assert {one.code for one in found} == {"wrong-shape"}


def test_pupils_and_marks_are_never_proposed(kartu: Run, tmp_path: Path) -> None:
    """Of a list of pupils no column is proposed for cards, whatever stands above it."""
    (tmp_path / "kelas.csv").write_text("Nama,Kelas,Nilai\nBudi,7A,78\nSiti,7B,91\n", "utf-8")
    done = kartu("build", "kelas.csv", cwd=tmp_path)
    assert done.returncode == 1
    assert 'columns: {Nama: "#", Kelas: "#", Nilai: "#"}' in done.stderr
    assert "--columns" not in done.stderr
