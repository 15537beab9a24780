"""A ledger calls note types by names in its author's language, which always mean the same."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.program import ROOT, Run
from support.projects import needs_git, write_project
from support.shipped import TYPES

from kartu.core.diagnostics import Diagnostic, Diagnostics
from kartu.core.identity import note_type_id
from kartu.ledger.entries import DeckEntry, NoteEntry, Release, TypeEntry
from kartu.ledger.file import Ledger, read_ledger, write_ledger
from kartu.ledger.type_names import names_in
from kartu.load.files import Files
from kartu.load.library import program_note_types
from kartu.load.names import ID
from kartu.load.words import word_of

LEDGER = "cards/words/ledger.jsonl"
DECK = """--- cards/words/deck.yaml
id: words
uid: a1b2c3d4e5f60718
name: Words
language: LANGUAGE
version: 1.0.0
"""
NOTES = """--- cards/words/1.yaml
note_type: term
notes:
  - {id: root, term: Root, meaning: Below}
  - {id: leaf, term: Leaf, meaning: Above}
--- cards/words/2.yaml
note_type: multiple-choice
notes:
  - {id: which, question: Which is green?, answer: A, option_1: Leaf, option_2: Root}
"""
OWN = """--- templates/term/note_type.yaml
id: term
name: Word
fields: [{key: word, name: Word, id: 1, required: true}]
cards: [{id: 1, name: A, front: a.html, back: a.html}]
--- templates/term/a.html
{{Word}}
--- cards/words/3.yaml
note_type: term
notes: [{id: own, word: Tree}]
"""

# What lines of released kartus call note types: they are read for ever, as these ids.
WRITTEN = {
    "Benefit": "manfaat",
    "Chronology": "kronologi",
    "Cloze": "isian",
    "Comparison": "perbandingan",
    "Form": "bentuk",
    "List": "daftar",
    "Multiple Answers": "pilihan-ganda-kompleks",
    "Multiple Choice": "pilihan-ganda",
    "Picture": "gambar",
    "Question and Answer": "tanya",
    "Scenario": "skenario",
    "Statements": "kategori",
    "Term": "istilah",
    "Typing": "ketik",
}
UIDS = ("a1b2c3d4e5f60718", "b1b2c3d4e5f60718")
KINDS = ("istilah", "pilihan-ganda", "isian", "term", "cloze", "multiple-choice", "own")


class OneLedger(Files):
    """A folder with nothing but a ledger."""

    def __init__(self, content: bytes) -> None:
        super().__init__(ROOT)
        self.content = content

    def path(self, path: str) -> str:
        return __file__ if path == LEDGER else super().path(path)

    def read_bytes(self, path: str, diagnostics: Diagnostics) -> bytes | None:
        return self.content if path == LEDGER else super().read_bytes(path, diagnostics)


def read(content: bytes) -> tuple[Ledger, list[Diagnostic]]:
    diagnostics = Diagnostics()
    return read_ledger(OneLedger(content), LEDGER, diagnostics), list(diagnostics)


def names(ledger: Ledger, language: str) -> dict[str, str]:
    uid = ledger.deck.uid if ledger.deck is not None else ""
    return names_in(language, uid, ledger.types, (), program_note_types(Files(ROOT)))


def in_words(ledger: Ledger, language: str) -> bytes:
    return write_ledger(ledger, names(ledger, language))


def type_entry(id: str, number: int, time: int) -> TypeEntry:
    return TypeEntry(
        id, number, "standard", [8, 3], {"1": "A"}, {}, [], [], {}, {}, f"h{time}", time, "1.0.0"
    )


def note_entry(id: str, kind: str, time: int) -> NoteEntry:
    parts = {"about": "a", "tags": "t", "media": "m"}
    head = (id, kind, "Words", f"g:{id}", f"h{time}", parts)
    return NoteEntry(*head, {}, {}, {}, "", {}, {"1": ""}, [""], False, time, "1.0.0")


TIMES = st.integers(1_700_000_000, 1_700_000_003)


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    """Of one deck, or of its copies: with note types of the program and a project's own ones."""
    uid = draw(st.sampled_from(UIDS))
    types = {}
    for id in draw(st.lists(st.sampled_from(KINDS), min_size=1, unique=True)):
        number = draw(st.sampled_from([note_type_id(one, id) for one in UIDS] + [len(id)]))
        types[id] = type_entry(id, number, draw(TIMES))
    notes = {
        id: note_entry(id, draw(st.sampled_from(sorted(types))), draw(TIMES))
        for id in draw(st.lists(st.sampled_from("abcdef"), unique=True))
    }
    deck = DeckEntry(uid, "Words", "W", "h", {}, {}, draw(TIMES), "1.0.0")
    release = Release("1.0.0", 1_700_000_000, "c")
    return Ledger(LEDGER, deck, types, notes, {"1.0.0": release}, {}, [], {})


LANGUAGES = st.sampled_from(["en", "id", "de", "en-GB", ""])


@given(ledgers(), LANGUAGES)
def test_what_is_written_in_any_language_is_read_the_same(ledger: Ledger, language: str) -> None:
    """In memory note types have their permanent ids, whatever the file calls them."""
    found, faults = read(in_words(ledger, language))
    assert not faults
    assert found._replace(places={}) == ledger


@given(ledgers(), LANGUAGES, ledgers(), LANGUAGES, st.data())
def test_lines_of_two_branches_mean_the_same_in_words(
    one: Ledger, language: str, other: Ledger, second: str, data: st.DataObject
) -> None:
    """Whichever lines a merge keeps, and in whatever order: they mean what ids there would mean.

    Also where the lines of the deck or of a note type are gone.
    """
    in_ids = [*write_ledger(one).splitlines(), *write_ledger(other).splitlines()]
    named = [*in_words(one, language).splitlines(), *in_words(other, second).splitlines()]
    assert len(in_ids) == len(named)
    places = data.draw(st.lists(st.sampled_from(range(len(named))), unique=True))
    before, _faults = read(b"\n".join(in_ids[place] for place in places))
    found, faults = read(b"\n".join(named[place] for place in places))
    assert not [fault for fault in faults if fault.code == "ledger-unreadable"]
    assert found == before


@pytest.mark.parametrize("name", ["ledger.jsonl", "ledger.en.jsonl"])
def test_ledgers_of_the_deck_here_stay_as_they_are(name: str) -> None:
    """Their author writes Indonesian, where the permanent ids are words already."""
    content = (ROOT / "cards/kerja-sama-internasional" / name).read_bytes()
    ledger, faults = read(content)
    assert not faults
    assert in_words(ledger, "id") == content
    again, _faults = read(in_words(ledger, "en"))
    assert write_ledger(again) == content


def test_a_name_is_no_id_and_means_one_note_type() -> None:
    """In no language of the program: so none is a note type that a project could ever have."""
    found: dict[str, str] = {}
    for id, one in TYPES.items():
        for language, name in one.names.items():
            assert found.setdefault(name, id) == id
            assert not ID.fullmatch(name) or word_of(one, language) == id
    assert {name: found[name] for name in WRITTEN} == WRITTEN
    assert set(WRITTEN.values()) == set(TYPES)


@pytest.mark.parametrize("name", WRITTEN)
def test_names_that_were_written_are_read_for_ever(name: str) -> None:
    """By the number in a line of a note type, and without such a line by the name itself."""
    line = write_ledger(_ledger(note_entry("a", "x", 1_700_000_000)), {"x": name})
    assert read(line)[0].notes["a"].note_type == WRITTEN[name]
    number = note_type_id(UIDS[0], WRITTEN[name])
    old = type_entry("x", number, 1_700_000_000)
    line = write_ledger(_ledger(note_entry("a", "x", 1_700_000_000), old), {"x": "Old Name"})
    ledger, faults = read(line)
    assert not faults
    assert ledger.notes["a"].note_type == WRITTEN[name]
    assert list(ledger.types) == [WRITTEN[name]]


def _ledger(note: NoteEntry, *types: TypeEntry) -> Ledger:
    deck = DeckEntry(UIDS[0], "Words", "W", "h", {}, {}, 1_700_000_000, "1.0.0")
    return Ledger(LEDGER, deck, {one.id: one for one in types}, {note.id: note}, {}, {}, [], {})


def test_a_word_that_means_two_note_types_is_reported() -> None:
    """With the line to change and what to write there: which is meant is never guessed."""
    time = 1_700_000_000
    kinds = [type_entry("istilah", note_type_id(UIDS[0], "istilah"), time)]
    kinds.append(type_entry("tanya", note_type_id(UIDS[0], "tanya"), time))
    content = write_ledger(_ledger(note_entry("a", "istilah", time), *kinds))
    content = content.replace(b'"istilah"', b'"Term"').replace(b'"tanya"', b'"Term"')
    ledger, (fault,) = read(content)
    assert not ledger.notes
    assert (fault.code, fault.span.line) == ("ledger-unreadable", 4)
    assert fault.message == '"Term" means two note types in this ledger, "istilah" and "tanya"'
    assert fault.help.startswith('write "type":"istilah" in line 2, and in those lines of notes')
    assert [one.span.line for one in fault.related] == [2, 3]
    settled = content.replace(b'"type":"Term"', b'"type":"istilah"', 1)
    ledger, faults = read(settled)
    assert (ledger.notes["a"].note_type, faults) == ("tanya", [])


def test_an_id_is_itself_whatever_its_number() -> None:
    """A note type that was brought along has another id here, and the number that it had there."""
    time = 1_700_000_000
    kind = type_entry("contoh-istilah", note_type_id(UIDS[0], "istilah"), time)
    ledger, faults = read(write_ledger(_ledger(note_entry("a", "contoh-istilah", time), kind)))
    assert (ledger.notes["a"].note_type, faults) == ("contoh-istilah", [])
    assert list(ledger.types) == ["contoh-istilah"]


def test_a_number_of_another_deck_keeps_its_id() -> None:
    """As in decks that extend another one: only what follows from the deck's own uid is named."""
    time = 1_700_000_000
    for uid, name in zip(UIDS, ("Term", "istilah"), strict=True):
        kind = type_entry("istilah", note_type_id(uid, "istilah"), time)
        content = in_words(_ledger(note_entry("a", "istilah", time), kind), "en").decode()
        assert content.count(f'"type":"{name}"') == 2


def test_a_name_of_a_newer_kartu_is_reported() -> None:
    """Once, at its first line, and nothing of it is read."""
    kind = type_entry("new", note_type_id(UIDS[0], "new"), 1_700_000_000)
    ledger = _ledger(note_entry("a", "new", 1_700_000_000), kind)
    found, (fault,) = read(write_ledger(ledger, {"new": "Brand New"}))
    assert (fault.code, fault.span.line) == ("ledger-unreadable", 2)
    assert fault.message == 'the note type "Brand New" in this line is not known'
    assert (found.types, found.notes) == ({}, {})


def project(root: Path, language: str = "en", *more: str) -> Path:
    return write_project(root, DECK.replace("LANGUAGE", language) + NOTES, *more, base=False)


def lines(root: Path, name: str = LEDGER) -> list[dict[str, object]]:
    return [json.loads(one) for one in (root / name).read_text("utf-8").splitlines()]


def kinds(root: Path, name: str = LEDGER) -> dict[str, str]:
    """What the lines of note types and notes say of them, in their order."""
    found = [one for one in lines(root, name) if "type" in one]
    return {str(one.get("note", f"number {one.get('id')}")): str(one["type"]) for one in found}


def release(kartu: Run, root: Path) -> str:
    done = kartu("release", cwd=root)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def test_an_english_deck_has_english_names(kartu: Run, tmp_path: Path) -> None:
    """So have the ledgers of its language variants, which have the same author."""
    variant = """--- cards/words/i18n/id.yaml
uid: b1b2c3d4e5f60718
name: Kata
notes: {root: {term: Akar, meaning: Bawah}, leaf: {term: Daun, meaning: Atas}}
"""
    root = project(tmp_path, "en", variant)
    release(kartu, root)
    for name in (LEDGER, "cards/words/ledger.id.jsonl"):
        assert list(kinds(root, name).values()) == [
            *("Term", "Multiple Choice"),  # in the order of their ids, whatever the language
            *("Term", "Term", "Multiple Choice"),
        ]
    assert '"type":"istilah"' not in (root / LEDGER).read_text("utf-8")


def test_a_deck_of_one_file_has_names_of_its_language(kartu: Run, tmp_path: Path) -> None:
    """Already what a build writes."""
    for language, name in (("en", "Term"), ("id", "istilah")):
        (tmp_path / f"{language}.csv").write_text("Term,Meaning\nroot,below\n", "utf-8")
        done = kartu("build", f"{language}.csv", "--language", language, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert set(kinds(tmp_path, f"{language}.csv.ledger.jsonl").values()) == {name}


def test_an_old_ledger_costs_students_nothing(kartu: Run, tmp_path: Path) -> None:
    """With permanent ids it is read as ever: nothing to release, and a release of one note touches
    only that one, and writes the names."""
    root = project(tmp_path)
    release(kartu, root)
    in_english = (root / LEDGER).read_bytes()
    ledger, _faults = read(in_english)
    old = write_ledger(ledger)
    assert b"istilah" in old
    (root / LEDGER).write_bytes(old)
    assert "nothing to release" in release(kartu, root)
    assert (root / LEDGER).read_bytes() == old
    path = root / "cards/words/1.yaml"
    path.write_text(path.read_text("utf-8").replace("Above", "Over"), "utf-8")
    assert "1 of 3" in release(kartu, root)
    assert in_words(read((root / LEDGER).read_bytes())[0], "en") == (root / LEDGER).read_bytes()
    now = {str(one["note"]): one for one in lines(root) if "note" in one}
    before = {
        str(one["note"]): one for one in map(json.loads, in_english.splitlines()) if "note" in one
    }
    assert {id for id, one in now.items() if one != before[id]} == {"leaf"}


def test_another_language_of_the_deck_changes_words_alone(kartu: Run, tmp_path: Path) -> None:
    """At the next release, by the order that ids have; in between the ledger means the same."""
    root = project(tmp_path)
    release(kartu, root)
    assert "Term" in kinds(root).values()
    path = root / "cards/words/deck.yaml"
    path.write_text(path.read_text("utf-8").replace("language: en", "language: de"), "utf-8")
    assert kartu("check", cwd=root).returncode == 0
    before = kinds(root)
    done = kartu("release", "--touch-all", cwd=root)
    assert done.returncode == 0, done.stderr + done.stdout
    assert kinds(root) == before  # other languages have the English names
    path.write_text(path.read_text("utf-8").replace("language: de", "language: id"), "utf-8")
    done = kartu("release", "--major", "the language", "--touch-all", cwd=root)
    assert done.returncode == 0, done.stderr + done.stdout
    assert list(kinds(root)) == list(before)
    assert set(kinds(root).values()) == {"istilah", "pilihan-ganda"}


def test_a_project_s_own_note_type_keeps_its_word(kartu: Run, tmp_path: Path) -> None:
    """People take "Term" for `term`: the program's keeps its id where a project has such a one."""
    root = project(tmp_path)
    text = (root / "cards/words/1.yaml").read_text("utf-8")
    (root / "cards/words/1.yaml").write_text(text.replace(": term", ": istilah", 1), "utf-8")
    release(kartu, root)
    assert kinds(root)["root"] == "Term"
    write_project(root, OWN, base=False)
    release(kartu, root)
    found = kinds(root)
    assert [found[id] for id in ("own", "root", "which")] == ["term", "istilah", "Multiple Choice"]


@needs_git
@pytest.mark.parametrize("first", ["en", "own"])
def test_branches_are_merged(kartu: Run, tmp_path: Path, first: str) -> None:
    """One that adds a note of the program's note type, and one that stops to write its name,
    since it has an own `term`: no note becomes one of another note type."""

    def git(*arguments: str) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "core.autocrlf=false"]
        subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)

    attributes = "--- .gitattributes\ncards/*/ledger*.jsonl merge=union\n--- .gitignore\nbuild/\n"
    root = project(tmp_path, "en", attributes)
    text = (root / "cards/words/1.yaml").read_text("utf-8")
    (root / "cards/words/1.yaml").write_text(text.replace(": term", ": istilah", 1), "utf-8")
    release(kartu, root)
    git("init", "-b", "main")
    git("add", "-A")
    git("commit", "-m", "released")
    git("checkout", "-b", "own")
    write_project(root, OWN, base=False)
    release(kartu, root)
    git("add", "-A")
    git("commit", "-m", "a note type of its own")
    git("checkout", "-b", "en", "main")
    with (root / "cards/words/1.yaml").open("a", encoding="utf-8") as file:
        file.write("  - {id: stem, term: Stem, meaning: Between}\n")
    release(kartu, root)
    git("commit", "-am", "one note more")
    git("checkout", first)
    git("merge", "-X", "ours", "own" if first == "en" else "en")
    ledger, _faults = read((root / LEDGER).read_bytes())
    assert {id: note.note_type for id, note in ledger.notes.items()} == {
        "leaf": "istilah",
        "root": "istilah",
        "stem": "istilah",
        "own": "term",
        "which": "pilihan-ganda",
    }
    done = kartu("release", cwd=root)
    assert done.returncode == 0, done.stderr + done.stdout
    assert kinds(root)["stem"] == "istilah"
