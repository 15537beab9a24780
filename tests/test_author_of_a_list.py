"""What an author of one list sees: words of the own language, commands and paths that hold."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from support.program import Run
from test_author_language import assert_no_word, words_of_the_other

LISTS = {
    "en": "Term,Meaning\ncat,animal\nrose,flower\nfirst,second\n",
    "id": "Istilah,Arti\nkucing,hewan\nmawar,bunga\npertama,kedua\n",
}
FAULTS = {
    "a slip": ("Meaning", "Meanig"),
    "no answer": ("cat,animal", "cat,"),
    "no question": ("cat,animal", ",animal"),
    "no column": ("Term,Meaning", "Question,A,B,Explanation for me"),
    "an unknown heading": ("Term,Meaning", "Something,Other"),
}
# Words of examples and messages, beside those of note types.
_INDONESIAN = {"ips", "ipa", "kelas", "sekolah", "kucing", "teman", "punyaku", "lama", "organisasi"}
_ENGLISH = {"the", "of", "which", "with", "every", "where", "say", "asks", "is", "did", "write"}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_of_a_list_are_told_in_the_words_of_its_language(
    kartu: Run, tmp_path: Path, fault: str
) -> None:
    """Whatever is wrong: no Indonesian word in English messages, no English one in Indonesian."""
    (tmp_path / "a.csv").write_text(LISTS["en"].replace(*FAULTS[fault]), "utf-8")
    for language, foreign in (("en", words_of_the_other("en") | _INDONESIAN), ("id", _ENGLISH)):
        of_deck = ("--language", "en", "--note-type", "term")
        done = kartu("--lang", language, "build", "a.csv", *of_deck, cwd=tmp_path)
        assert done.returncode == 1
        assert_no_word(done.stderr, foreign)


@pytest.mark.parametrize(
    ("heading", "near"), [("Meanig", "meaning"), ("Trem", "term"), ("Definitoin", "definition")]
)
def test_a_slip_is_near_the_word_that_was_meant(
    kartu: Run, tmp_path: Path, heading: str, near: str
) -> None:
    """Of the words for a field the one is named that a heading is a slip of."""
    other = "Meaning" if near == "term" else "Term"
    (tmp_path / "a.csv").write_text(f"{other},{heading}\na,b\nc,d\n", "utf-8")
    done = kartu("--lang", "en", "check", "a.csv", cwd=tmp_path)
    assert f'did you mean "{near}"?' in done.stdout


def test_without_a_note_type_those_of_the_language_are_named(kartu: Run, tmp_path: Path) -> None:
    """Where headings fit none, the possible note types are words of the deck's language."""
    (tmp_path / "a.csv").write_text("Question,Explanation\nWhy?,Because\n", "utf-8")
    done = kartu("--lang", "en", "check", "a.csv", cwd=tmp_path)
    assert_no_word(done.stdout, words_of_the_other("en"))


@pytest.mark.parametrize(("language", "word"), [("en", "term"), ("id", "istilah")])
def test_what_is_written_beside_a_list_has_its_words(
    kartu: Run, tmp_path: Path, language: str, word: str
) -> None:
    """deck.yaml and the sheet of retired notes are in the words of the deck's language."""
    file, text = tmp_path / "a.csv", LISTS[language]
    file.write_text(text, "utf-8")
    assert kartu("--lang", language, "release", "a.csv", cwd=tmp_path).returncode == 0
    assert f"note_type: {word}\n" in (tmp_path / "a.csv.deck.yaml").read_text("utf-8")
    file.write_text("".join(text.splitlines(keepends=True)[:-1]), "utf-8")
    refused = kartu("--lang", "en", "build", "a.csv", cwd=tmp_path).stderr
    command = re.search(r'kartu (ids a\.csv --retire [\w-]+) "', refused)
    assert command is not None
    assert kartu(*command[1].split(), "done", cwd=tmp_path).returncode == 0
    heading, row = (tmp_path / "a.csv.retired.csv").read_text("utf-8").splitlines()
    assert heading.split(",")[3:5] == text.splitlines()[0].lower().split(",")
    assert row.startswith(f"{word},")
    assert kartu("build", "a.csv", cwd=tmp_path).returncode == 0


def test_a_second_retired_row_joins_the_first(kartu: Run, tmp_path: Path) -> None:
    """A sheet of retired notes with keys as headings goes on in words, with a column a field."""
    file = tmp_path / "a.csv"
    file.write_text(LISTS["en"], "utf-8")
    assert kartu("--lang", "en", "release", "a.csv", cwd=tmp_path).returncode == 0
    for rows in (3, 2):
        file.write_text("".join(LISTS["en"].splitlines(keepends=True)[:rows]), "utf-8")
        refused = kartu("--lang", "en", "build", "a.csv", cwd=tmp_path).stderr
        (id,) = re.findall(r"--retire ([\w-]+)", refused)
        assert kartu("ids", "a.csv", "--retire", id, "done", cwd=tmp_path).returncode == 0
        retired = tmp_path / "a.csv.retired.csv"
        if rows == 3:
            words = retired.read_text("utf-8")
            retired.write_text(words.replace("term,meaning", "istilah,arti"), "utf-8")
    assert retired.read_text("utf-8").splitlines()[0] == "note_type,subdeck,id,term,meaning,retired"
    assert kartu("release", "a.csv", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize("language", ["en", "id"])
def test_help_is_in_one_language(kartu: Run, language: str) -> None:
    """No page of help has a word of the other language, even in its examples."""
    foreign = _ENGLISH if language == "id" else _INDONESIAN | words_of_the_other("en")
    pages = [kartu("--lang", language, "--help").stdout]
    commands = re.findall(r"^  ([a-z]+)  ", pages[0], re.MULTILINE)
    assert len(commands) > 12
    pages += [kartu("--lang", language, one, "--help").stdout for one in commands]
    for page in pages:
        assert_no_word(page.split("\n", 1)[1], foreign)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("two words.csv", "Wort und Art,Sinn\nHaus,house\nBaum,tree\n", ()),
        ("gaps.csv", "Sentence\nThe {{c1::heart}} pumps.\nIt is {{c1::red}}.\n", ()),
        ("said.csv", "one,eins\ntwo,zwei\n", ("--language", "de", "--note-type", "typing")),
    ],
)
def test_each_advised_command_builds(
    kartu: Run, tmp_path: Path, name: str, text: str, said: tuple[str, ...]
) -> None:
    """A list without headings gets a command for each answer, with all that was said before."""
    (tmp_path / name).write_text(text, "utf-8")
    done = kartu("--lang", "en", "build", name, *said, cwd=tmp_path)
    assert done.returncode == 1
    advised = re.findall(r"^kartu: if it is a .*?: kartu (.*)$", done.stderr, re.MULTILINE)
    assert len(advised) == 2
    for number, line in enumerate(advised):
        words = shlex.split(line)
        assert words[: 2 + len(said)] == ["build", name, *said]
        folder = tmp_path / str(number)
        folder.mkdir()
        gaps = "{{c" in text and number == 0
        (folder / name).write_text(text.partition("\n")[2] if gaps else text, "utf-8")
        built = kartu(*words, cwd=folder)
        assert built.returncode == 0, built.stderr
        notes = text.count("\n") - (1 if number or gaps else 0)
        assert f" {notes} " in built.stdout


@pytest.mark.parametrize(
    "key", ["Key", "Correct", "Answer", "Correct answer", "Kunci", "Answer key"]
)
def test_the_column_that_says_which_option_is_right(kartu: Run, tmp_path: Path, key: str) -> None:
    """A sheet of questions with options A to D builds, whatever the column of the key is called."""
    rows = "Capital of France?,Paris,Rome,Bonn,Oslo,A\nLegs of a spider?,4,6,8,10,C\n"
    (tmp_path / "test.csv").write_text(f"Question,A,B,C,D,{key}\n{rows}", "utf-8")
    done = kartu("--lang", "en", "build", "test.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "note_type: multiple-choice" in (tmp_path / "test.csv.deck.yaml").read_text("utf-8")


def test_what_is_refused_names_files_that_are_there(kartu: Run, tmp_path: Path) -> None:
    """Each path in the messages about a list is one on the disk, from the folder of the command."""
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "a.csv").write_text(LISTS["en"], "utf-8")
    assert kartu("release", "lists/a.csv", cwd=tmp_path).returncode == 0
    (folder / "a.csv").write_text(LISTS["en"].replace("rose,flower\n", ""), "utf-8")
    done = kartu("--lang", "en", "release", "lists/a.csv", cwd=tmp_path)
    assert done.returncode == 1
    names = re.findall(r"[\w./-]*a\.csv[\w.]*", done.stdout + done.stderr)
    assert len(names) > 2
    assert all((tmp_path / one).is_file() for one in names)
    assert "cards/" not in done.stdout + done.stderr


def test_the_site_of_a_list_has_a_folder(kartu: Run, tmp_path: Path) -> None:
    """The pages do not lie among an author's files."""
    (tmp_path / "a.csv").write_text(LISTS["en"], "utf-8")
    assert kartu("build", "a.csv", cwd=tmp_path).returncode == 0
    before = {one.name for one in tmp_path.iterdir()}
    assert kartu("site", "a.csv", cwd=tmp_path).returncode == 0
    assert {one.name for one in tmp_path.iterdir()} - before == {"a-site"}
    assert (tmp_path / "a-site/index.html").is_file()


@pytest.mark.parametrize(("language", "word"), [("en", "terms"), ("id", "istilah")])
def test_a_new_project_is_in_the_language_of_messages(
    kartu: Run, tmp_path: Path, language: str, word: str
) -> None:
    """Who says no language of the cards gets the one that kartu speaks to them."""
    assert kartu("--lang", language, "new", "x", cwd=tmp_path).returncode == 0
    assert (tmp_path / f"x/cards/x/1-{word}.yaml").is_file()


def test_what_is_said_of_a_new_project_is_in_it(kartu: Run, tmp_path: Path) -> None:
    """Warnings about an adopted list, or one beside an added one, name files that are there."""
    text = LISTS["en"].replace("Meaning\n", "Meaning,For me\n").replace("animal\n", "animal,x\n")
    (tmp_path / "a.csv").write_text(text, "utf-8")
    assert kartu("build", "a.csv", cwd=tmp_path).returncode == 0
    (tmp_path / "b.csv").write_text("Term,Meaning\nblood,red\n", "utf-8")
    for command in (
        ("new", "x", "--adopt", "a.csv"),
        ("import", "b.csv", "--into", "a", "-o", "x"),
    ):
        done = kartu(*command, cwd=tmp_path)
        assert done.returncode == 0
        (name,) = re.findall(r"^(\S+):1:14: warning", done.stderr, re.MULTILINE)
        assert (tmp_path / name).is_file()
