"""What students read is spelt right, as hunspell and the lists of tests/spelling/ know it."""

from __future__ import annotations

from itertools import groupby

import pytest
from support.real_decks import real_decks
from support.spelling import DICTIONARIES, FOLDER, exceptions, missing, unknown, words_on

from kartu.compile.built import BuiltDeck


@pytest.fixture(scope="module")
def decks() -> dict[str, list[BuiltDeck]]:
    """The decks here and their variants, by language."""
    found: dict[str, list[BuiltDeck]] = {language: [] for language in DICTIONARIES}
    for one in real_decks():
        found.setdefault(str(one.source.language), []).append(one)
    return found


def test_every_language_can_be_looked_at(decks: dict[str, list[BuiltDeck]]) -> None:
    """No deck is in a language without a dictionary."""
    assert set(decks) == set(DICTIONARIES)


@pytest.mark.parametrize("language", DICTIONARIES)
def test_every_word_is_spelt_right(decks: dict[str, list[BuiltDeck]], language: str) -> None:
    """Each word of a description or a note's field is in the dictionary or an exception."""
    if why := missing(language):
        pytest.skip(f"{why}: apt-get install hunspell hunspell-id hunspell-en-gb")
    for deck in decks[language]:
        words = words_on(deck)
        wrong = [f"{word} ({words[word]})" for word in unknown(language, list(words))]
        assert wrong == [], f"mend them, or add what is right to {FOLDER.name}/{language}.txt"


@pytest.mark.parametrize("language", DICTIONARIES)
def test_exceptions_are_in_order_and_used(decks: dict[str, list[BuiltDeck]], language: str) -> None:
    """Groups are sorted, no word stands twice, and each is on a card with or without an ending."""
    lines = (FOLDER / f"{language}.txt").read_text("utf-8").splitlines()
    for is_group, group in groupby(lines, lambda line: bool(line) and not line.startswith("#")):
        words = list(group)
        assert not is_group or words == sorted(words)
    listed = exceptions(language)
    assert len(listed) == len(set(listed))
    used = {word.lower() for deck in decks[language] for word in words_on(deck)}
    ends = tuple(used)
    assert [word for word in listed if not any(one.startswith(word.lower()) for one in ends)] == []


def test_a_wrong_word_is_found() -> None:
    """Doubled words are looked at as one, endings are known, digits and hyphens are no words."""
    if why := missing("id"):
        pytest.skip(why)
    words = [
        "negara",
        "Negaranya",
        "bilatral",
        "negara-negera",
        "masing-masing",
        "PBB",
        "kawasanya",
    ]
    assert unknown("id", words) == ["bilatral", "kawasanya", "negara-negera"]
