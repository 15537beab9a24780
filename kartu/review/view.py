"""What the checks of a review work on: a built deck, its cards and its language."""

from __future__ import annotations

from typing import NamedTuple

from kartu.compile.built import BuiltDeck
from kartu.review.cards import Card, cards_of
from kartu.review.language import Language, language_of


class View(NamedTuple):
    """A deck as a reviewer looks at it; retired notes have no cards here."""

    deck: BuiltDeck
    cards: tuple[Card, ...]
    language: Language


def view_of(deck: BuiltDeck) -> View:
    """Returns the deck with its cards as students see them."""
    return View(deck, tuple(cards_of(deck)), language_of(deck))
