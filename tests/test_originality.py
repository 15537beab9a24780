"""The decks here say things in their own words."""

from __future__ import annotations

import pytest
from support.originality import known_runs, names, runs, taken, taken_from, words_of
from support.real_decks import real_decks

SOURCE = "Negara-negara di kawasan ini bekerja sama lewat Organisasi Kerja Sama Islam sejak lama."


def test_no_card_repeats_its_sources() -> None:
    """No field shares five words in a row with the article or the list of facts."""
    known, fixed = known_runs(), names()
    assert len(known) > 2000
    found = [one for deck in real_decks() for one in taken(deck, known, fixed)]
    assert found == [], "say it in other words, or add a fixed name to tests/originality/names.txt"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Di kawasan ini, negara bekerja sama.", []),
        ("Kini negara di kawasan ini BEKERJA, sama-sama", ["negara di kawasan ini bekerja sama"]),
        ("lewat Organisasi Kerja Sama Islam", []),
        ("sama lewat Organisasi Kerja Sama Islam sejak", []),
        (
            "bekerja sama lewat Organisasi Kerja Sama Islam sejak",
            ["bekerja sama lewat organisasi kerja sama islam sejak"],
        ),
    ],
)
def test_five_words_in_a_row_are_taken(text: str, expected: list[str]) -> None:
    """Case, hyphens and commas make no difference; a fixed name counts as one word."""
    known = frozenset(runs(words_of(SOURCE)))
    fixed = [words_of("Organisasi Kerja Sama Islam")]
    assert list(taken_from(words_of(text), known, fixed)) == expected
