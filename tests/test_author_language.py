"""Whoever writes cards in one language sees no word of another one."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest
from support.program import Run
from support.projects import sections
from support.shipped import DECK, NOTES, SHIPPED, TYPES, as_yaml, project

from kartu.anki.apkg.contents import open_package
from kartu.load import load_project
from kartu.load.note_type import NOTE_KEYS


def words_of_the_other(language: str) -> set[str]:
    """What only authors of another language know: names and words of the shipped note types."""
    by_language: dict[str, set[str]] = {"id": set(SHIPPED), "en": set()}
    for one in TYPES.values():
        names = [one.names, *(field.names for field in one.fields)]
        for code, words in by_language.items():
            words |= {part for each in names for part in each[code].lower().split()}
        by_language["id"] |= {str(field.key) for field in one.fields}
        aliases = [one.aliases, *(field.aliases for field in one.fields)]
        by_language["en"] |= {str(word) for each in aliases for word in each.get("en", ())}
    own, other = by_language[language], by_language["id" if language == "en" else "en"]
    return other - own - {*NOTE_KEYS, "notes", "note", "source", "kata"}


def assert_no_word(text: str, words: set[str]) -> None:
    found = {word.lower() for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text)}
    assert not found & words


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_new_project_is_in_the_language_of_its_author(
    kartu: Run, tmp_path: Path, language: str
) -> None:
    """No file of cards, and no name in Anki, has a word of the other language."""
    assert kartu("--lang", language, "new", tmp_path / "x", "--language", language).returncode == 0
    foreign = words_of_the_other(language)
    sources = sorted((tmp_path / "x/cards").rglob("*.yaml"))
    assert len(sources) == 3
    for path in sources:
        keys = re.findall(r"^[ -]*([\w-]+):", path.read_text("utf-8"), re.MULTILINE)
        assert_no_word(" ".join((path.stem, *keys)), foreign - {"id"})
        if language == "en":
            assert_no_word(path.read_text("utf-8"), foreign)
    with open_package(tmp_path / "x/build/x.apkg") as package:
        names = [
            name
            for one in package.note_types.values()
            for name in (one.name, *(f.name for f in one.fields), *(c.name for c in one.cards))
        ]
        shown = [field for note in package.notes for field in note.fields]
        cards = [card for one in package.note_types.values() for card in one.cards]
        shown += [text for card in cards for text in (card.front, card.back)]
    assert len(names) > 10
    assert_no_word(" ".join(names), foreign)
    if language == "en":
        assert_no_word(re.sub(r"<[^>]*>", " ", " ".join(shown)), foreign)


FAULTS = {
    "a misspelt key": ("    meaning:", "    meanin:"),
    "a missing field": ("    meaning: How", "    x-mine: How"),
    "an unknown field": ("    example:", "    lesson:"),
    "a misspelt note type": ("note_type: term", "note_type: trem"),
    "an unknown note type": ("note_type: term", "note_type: something"),
    "another note type": ("note_type: term", "note_type: typing"),
    "a filled field": ("    example:", "    source:"),
    "a blank field": ("    meaning: How", "    meaning: #"),
    "a bad id": ("id: photosynthesis ", "id: Photo_Synthesis "),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_no_message_has_a_word_of_another_language(kartu: Run, tmp_path: Path, fault: str) -> None:
    """Whatever is wrong in an English deck is told in English words."""
    assert kartu("new", tmp_path / "x", "--language", "en").returncode == 0
    path = tmp_path / "x/cards/x/1-terms.yaml"
    old, new = FAULTS[fault]
    content = path.read_text("utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), "utf-8")
    result = kartu("-C", tmp_path / "x", "check")
    assert result.returncode == 1
    assert_no_word(result.stderr + result.stdout, words_of_the_other("en"))


def test_an_english_deck_goes_to_a_sheet_and_back(kartu: Run, tmp_path: Path) -> None:
    """The sheet has the words of the deck's language, and changes come back under the note's."""
    assert kartu("new", tmp_path / "x", "--language", "en").returncode == 0
    source = tmp_path / "x/cards/x/1-terms.yaml"
    content = source.read_text("utf-8").replace("    meaning: The", "    arti: The")
    source.write_text(content, "utf-8")
    assert kartu("-C", tmp_path / "x", "export", "-o", tmp_path / "x.csv").returncode == 0
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"term", "meaning", "clue", "text"} <= rows[0].keys()
    assert rows[0].keys().isdisjoint({"istilah", "arti", "teks"})
    assert rows[1]["meaning"].startswith("The green")
    rows[1]["meaning"] = "What is green"
    with (tmp_path / "x.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    result = kartu("-C", tmp_path / "x", "import", "--update", tmp_path / "x.csv", "--deck", "x")
    assert result.returncode == 0
    assert source.read_text("utf-8") == content.replace(
        "The green substance of leaves, which catches *light*.", "What is green"
    )


def test_a_sheet_of_several_note_types_can_be_a_card_set(kartu: Run, tmp_path: Path) -> None:
    """An exported sheet in place of the card sets makes the same notes."""
    sets = "".join(
        f"--- cards/contoh/{place}.yaml\n{as_yaml(id, {}, id)}" for place, id in enumerate(NOTES)
    )
    root = project(tmp_path / "x", DECK.format(language="en", type="term"), sets)
    values = [note.values for note in load_project(root)[0].decks[0].notes]
    assert kartu("-C", root, "export", "-o", tmp_path / "x.csv").returncode == 0
    for name in sections(sets):
        (root / name).unlink()
    shutil.copy(tmp_path / "x.csv", root / "cards/contoh/x.csv")
    read, faults = load_project(root)
    assert not faults
    assert [note.values for note in read.decks[0].notes] == values


def test_fixes_know_every_word(kartu: Run, tmp_path: Path) -> None:
    """`check --fix` gives an id by the first field, sorts keys and names the schema."""
    card_set = "note_type: word\nnotes:\n  - meaning: Maker\n    front: Producer\n"
    root = project(
        tmp_path, DECK.format(language="en", type="term"), f"--- cards/contoh/a.yaml\n{card_set}"
    )
    assert kartu("-C", root, "schema").returncode == 0
    kartu("-C", root, "check", "--fix")
    assert (root / "cards/contoh/a.yaml").read_text("utf-8") == (
        "# yaml-language-server: $schema=../../.kartu/schema/cards.term.json\nnote_type: word\n"
        "notes:\n  - id: producer\n    front: Producer\n    meaning: Maker\n"
    )


@pytest.mark.parametrize(("language", "word"), [("en", "term"), ("id", "istilah")])
def test_a_list_becomes_cards_in_the_words_of_the_project(
    kartu: Run, tmp_path: Path, language: str, word: str
) -> None:
    """An imported list is written with the project's words, whichever names the note type."""
    assert kartu("new", tmp_path / "x", "--language", language).returncode == 0
    (tmp_path / "animals.csv").write_text("front,back\ncat,chat\ndog,chien\n", "utf-8")
    options = "--note-type", "vocabulary", tmp_path / "animals.csv"
    assert kartu("-C", tmp_path / "x", "import", *options).returncode == 0
    [path] = (tmp_path / "x/cards/animals").glob("[0-9]*.yaml")
    content = path.read_text("utf-8")
    assert content.startswith(f"note_type: {word}\n")
    assert f"    {word}: cat\n" in content
