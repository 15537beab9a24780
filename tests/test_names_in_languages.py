"""Words of several languages for note types and fields; names in Anki in the deck's language."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.program import ROOT
from support.projects import write_project
from support.sampling import examples
from support.shipped import DECK, NOTES, SHIPPED, TYPES, as_yaml, project

from kartu.anki.mustache import parse, references_in, renamed
from kartu.core.diagnostics import Diagnostics, nearest_key
from kartu.core.model import all_names, in_language, name_in_templates
from kartu.load import load_note_types, load_project
from kartu.load.files import Files
from kartu.load.note_type import load_note_type
from kartu.load.words import all_words, keys_by_word, own_fields, word_of
from kartu.pipeline import BuildOptions, build


def packages(root: Path) -> list[str]:
    """The hashes of the packages that the project makes at a given time."""
    result = build(BuildOptions(root))
    assert not result.diagnostics
    return [one.sha256 for one in result.packages]


def as_sheet(kind: str, words: dict[str, str], type_word: str) -> str:
    """A sheet with these words for the keys."""
    cells = {words.get(key, key): value for key, value in NOTES[kind].items()}
    plain = [value.strip("[]").replace(", ", " | ") for value in cells.values()]
    return "\n".join((";".join(("note_type", *cells)), ";".join((type_word, *plain)))) + "\n"


@pytest.fixture(autouse=True)
def the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """All packages here are of one time."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


# Whichever of its words is used for each note type and key.
chosen = st.fixed_dictionaries(
    {
        id: st.fixed_dictionaries(
            {
                "": st.sampled_from(all_words(TYPES[id])),
                **{
                    key: st.sampled_from(all_words(field))
                    for key, field in own_fields(TYPES[id]).items()
                },
            }
        )
        for id in NOTES
    }
)


@pytest.mark.parametrize("language", ["id", "en"])
@settings(max_examples=examples(60, 10))
@given(words=chosen, sheets=st.booleans())
def test_whichever_word_is_used_the_package_is_the_same(
    language: str, words: dict[str, dict[str, str]], sheets: bool
) -> None:
    """Key or alias of any language, in YAML and in sheets: the packages are the same bytes."""
    write, ending = (as_sheet, "csv") if sheets else (as_yaml, "yaml")
    made = []
    for used in ({id: {"": id} for id in NOTES}, words):
        sets = "".join(
            f"--- cards/contoh/{id}.{ending}\n{write(id, used[id], used[id][''])}" for id in NOTES
        )
        deck = DECK.format(language=language, type=used["istilah"][""])
        with tempfile.TemporaryDirectory() as folder:
            made.append(packages(project(Path(folder), deck, sets)))
    assert made[0] == made[1]


VARIANT = """--- cards/contoh/i18n/en.yaml
uid: b1b2c3d4e5f60718
name: Example
prefix: EX
notes:
  a: {{{istilah}: Producer, {arti}: Maker, {balik}: Who?}}
"""
CHANGES = """--- cards/lain/deck.yaml
id: lain
uid: c1b2c3d4e5f60718
name: Lain
language: id
version: 1.0.0
extends: cards/contoh
--- cards/lain/changes.yaml
notes:
  a:
    {arti}: Pembuat
    instead_of: {{{before}: Pembuat *makanan*}}
"""


@settings(max_examples=examples(30, 6))
@given(words=chosen, before=st.sampled_from(all_words(own_fields(TYPES["istilah"])["arti"])))
def test_variants_and_changes_take_any_word(words: dict[str, dict[str, str]], before: str) -> None:
    """A translation, a change and the record of upstream's text mean the same in any word."""
    made = []
    for used, recorded in (({}, "arti"), (words["istilah"], before)):
        names = {key: used.get(key, key) for key in ("istilah", "arti", "balik")}
        texts = VARIANT.format(**names), CHANGES.format(**names, before=recorded)
        sets = f"--- cards/contoh/istilah.yaml\n{as_yaml('istilah', {}, 'istilah')}"
        deck = DECK.format(language="id", type="istilah")
        with tempfile.TemporaryDirectory() as folder:
            made.append(packages(project(Path(folder), deck, sets, *texts)))
    assert made[0] == made[1]


# --- two words for one field -------------------------------------------------------------------


def found_in(root: Path, card_set: str, language: str = "en") -> list[tuple[str, int, str]]:
    """Code, line and message of the faults of a card set."""
    deck = DECK.format(language=language, type="term")
    _project, faults = load_project(project(root, deck, card_set))
    return [(one.code, one.span.line, f"{one.message}; {one.help}") for one in faults]


def test_two_words_for_one_field_are_one_field(tmp_path: Path) -> None:
    """A note that has a field twice, in two words, is told so at the second one."""
    notes = "note_type: term\nnotes:\n  - {id: a, term: A, meaning: B}\n"
    notes += "  - id: b\n    term: A\n    meaning: B\n    arti: C\n"
    [(code, line, message)] = found_in(tmp_path, f"--- cards/contoh/a.yaml\n{notes}")
    assert (code, line) == ("yaml-duplicate-key", 7)
    assert '"arti" and "meaning" are the same field' in message


def test_two_columns_for_one_field_are_one_field(tmp_path: Path) -> None:
    """A sheet with two columns of one field is told so once, in its first row."""
    rows = "id;term;arti;meaning\na;A;B;\nb;A;;C\n"
    files = f"--- cards/contoh/a.csv\n{rows}--- cards/contoh/a.set.yaml\nnote_type: term\n"
    [(code, line, _message)] = found_in(tmp_path, files)
    assert (code, line) == ("duplicate-column", 1)


def test_columns_of_several_note_types_may_mean_one_field(tmp_path: Path) -> None:
    """With several note types a row fills one of such columns; a row that fills two is told so."""
    rows = "note_type;id;term;meaning;picture;image\nterm;a;A;B;;\nterm;b;A;B;a.png;b.png\n"
    [(code, line, message)] = found_in(tmp_path, f"--- cards/contoh/a.csv\n{rows}")
    assert (code, line) == ("duplicate-column", 3)
    assert '"image" and "picture" are the same field' in message


# --- faults of note_type.yaml ------------------------------------------------------------------

WRONG = {
    "aliases: {en: tags}": "reserved-name",
    "aliases: {en: [note_type]}": "reserved-name",
    "aliases: {en: as of}": "reserved-name",
    "aliases: {en: unfinished}": "reserved-name",
    "aliases: {en: x-mine}": "reserved-name",
    "aliases: {en: 'a:b'}": "bad-id",
    "aliases: {english words: a}": "bad-value",
    "aliases: {en: Arti}": "duplicate-id",
    "aliases: {en: [word, meaning]}": "duplicate-id",
    "aliases: word": "wrong-shape",
    "aliases: {en: [[a]]}": "wrong-shape",
}
OWN = """--- templates/own/note_type.yaml
id: own
name: {id: Milik, en: Own}
aliases: {en: mine}
fields:
  - {key: kata, name: {id: Kata, en: Word}, id: 1, required: true, ALIASES}
  - {key: arti, name: {id: Arti, en: Meaning}, id: 2, aliases: {en: meaning}}
cards:
  - {id: 1, name: {id: Maju, en: Forward}, front: a.html, back: b.html}
--- templates/own/a.html
{{Kata}}
--- templates/own/b.html
{{Arti}}
"""


@pytest.mark.parametrize("aliases", WRONG)
def test_an_alias_that_means_something_else_is_told(tmp_path: Path, aliases: str) -> None:
    """No alias is a key of the engine or means two fields; the fault is where it is written."""
    write_project(tmp_path, OWN.replace("ALIASES", aliases), base=False)
    diagnostics = Diagnostics()
    load_note_type(Files(tmp_path), "templates/own", diagnostics)
    assert {one.code for one in diagnostics} == {WRONG[aliases]}
    assert all(one.span.line in (5, 6) and one.span.column > 10 for one in diagnostics)


def test_an_alias_of_two_note_types_is_told(tmp_path: Path) -> None:
    """A word means one note type."""
    write_project(tmp_path, OWN.replace("ALIASES", "aliases: {en: word}"), base=False)
    other = OWN.replace("own", "other").replace("ALIASES", "aliases: {en: word}")
    write_project(tmp_path, other, base=False)
    [one] = load_note_types(tmp_path)[1]
    assert (one.code, one.span.line) == ("duplicate-id", 3)


TWO_CARDS = """Maju, front: a.html, back: b.html}
  - {id: 2, name: {id: Mundur, en: Maju}, front: b.html, back: b.html}
"""


@pytest.mark.parametrize(
    ("here", "wrong"),
    [
        ("en: Word}, id: 1", "en: Arti}, id: 1"),
        ("en: Word}, id: 1", "en: meaning}, id: 1"),
        (
            "{id: Maju, en: Forward}, front: a.html, back: b.html}\n",
            TWO_CARDS,
        ),
    ],
)
def test_names_differ_in_every_language(tmp_path: Path, here: str, wrong: str) -> None:
    """No two fields, and no two cards in one language, have the same name."""
    text = OWN.replace("ALIASES", "format: text")
    assert here in text
    write_project(tmp_path, text.replace(here, wrong), base=False)
    assert {one.code for one in load_note_types(tmp_path)[1]} == {"duplicate-id"}


# --- near misses, and the language of words ----------------------------------------------------


def test_near_misses_are_of_the_language_of_the_author(tmp_path: Path) -> None:
    """What is offered for a misspelt or missing key is a word of the deck's language."""
    notes = "note_type: term\nnotes:\n  - {id: a, term: A, meanin: B}\n  - {id: b, term: A}\n"
    card_set = f"--- cards/contoh/a.yaml\n{notes}"
    for language, word, other in (("en", "meaning", "arti"), ("id", "arti", "meaning")):
        messages = [one for *_rest, one in found_in(tmp_path / language, card_set, language)]
        assert any(f'"{word}"' in one for one in messages)
        assert not any(f'"{other}"' in one for one in messages)
    assert "did you mean" in "".join(
        one for *_rest, one in found_in(tmp_path / "en", card_set, "en")
    )


letters = st.text("abcde", min_size=4, max_size=8)


@given(letters, st.lists(letters, min_size=1, max_size=4))
def test_near_misses_differ_in_two_letters(wrong: str, known: list[str]) -> None:
    """A key that is offered for a misspelt one is made of it by two changes of a letter."""
    near = nearest_key(wrong, known)
    if near is not None:
        assert near in once_more(once_more({wrong}, known), known) | {wrong}


def once_more(words: set[str], known: list[str]) -> set[str]:
    """All words with one letter more, less, replaced, or exchanged with the next."""
    found = set(words)
    for word in words:
        for place in range(len(word) + 1):
            rest = word[place:]
            found |= {word[:place] + rest[1:], word[:place] + rest[1:2] + rest[:1] + rest[2:]}
            found |= {word[:place] + one + rest for one in "abcde"}
            found |= {word[:place] + one + rest[1:] for one in "abcde"}
    return found


# --- what is shipped ---------------------------------------------------------------------------


@pytest.mark.parametrize("id", SHIPPED)
def test_every_shipped_name_is_in_both_languages(id: str) -> None:
    """Note types, fields and cards have Indonesian and English names, fields English words."""
    one = TYPES[id]
    names = [one.names, *(field.names for field in one.fields), *(card.names for card in one.cards)]
    assert all(list(each) == ["id", "en"] for each in names)
    assert in_language(one, "id")._replace(language="") == one
    for field in own_fields(one).values():
        assert word_of(field, "id") == field.key
        assert word_of(field, "en") != field.key
    assert word_of(one, "id") == id != word_of(one, "en")


def test_every_word_means_one_key() -> None:
    """Each word of a shipped field means its key."""
    for one in TYPES.values():
        words = keys_by_word(one)
        for key, field in own_fields(one).items():
            assert {words[word] for word in all_words(field)} == {key}


NAMES = st.sampled_from(["A", "B c", "Butir 1", "é", "#A", "c1"])
TAGS = st.tuples(
    st.sampled_from(["{{", "{{{", "{{ ", "{{#", "{{^ ", "{{/", "{{cloze:", "{{hint:", "{{type:x:"]),
    NAMES,
    st.sampled_from(["}}", " }}", "}}}"]),
).map("".join)
TEMPLATES = st.lists(st.one_of(TAGS, st.sampled_from(["<!-- {{A}} -->", "A", "\n"]))).map("".join)


@given(TEMPLATES)
def test_a_template_with_other_names_is_the_same_template(text: str) -> None:
    """Only names of fields change, each to its own; changed back it is the same text."""
    there = {"A": "Term", "B c": "Meaning", "Butir 1": "Item 1"}
    back = {new: old for old, new in there.items()}
    try:
        parse(text)
    except ValueError:
        return
    changed = renamed(text, there)
    old, new = (
        [(one.name, one.filters, one.section) for one in references_in(each)]
        for each in (text, changed)
    )
    assert new == [(there.get(name, name), *rest) for name, *rest in old]
    assert renamed(changed, back) == text


def test_templates_take_names_of_any_language(tmp_path: Path) -> None:
    """A template that names fields in English makes the same cards as one in Indonesian."""
    made = []
    for text in ("{{Kata}}", "{{Word}}"):
        root = write_project(
            tmp_path / text[2:6],
            OWN.replace("ALIASES", "aliases: {en: word}").replace("{{Kata}}", text),
            DECK.format(language="en", type="mine"),
            "--- cards/contoh/a.yaml\nnote_type: mine\nnotes:\n  - {id: a, word: A, meaning: B}\n",
            base=False,
        )
        shutil.copytree(ROOT / "templates/_shared", root / "templates/_shared")
        made.append(packages(root))
    assert made[0] == made[1]


def test_a_name_is_that_of_the_base_language_or_english() -> None:
    """`id-ID` has the names of `id`; a language without names has the English ones."""
    one = TYPES["istilah"]
    assert in_language(one, "id-ID").name == in_language(one, "id").name == "Istilah"
    assert in_language(one, "de").name == in_language(one, "en-GB").name == "Term"
    assert [name_in_templates(each) for each in in_language(one, "en").fields] == [
        each.name for each in one.fields
    ]
    assert all_names(in_language(one, "en")) == ["Istilah", "Term"]
