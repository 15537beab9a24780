"""The positions of new cards: the order in which Anki first shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kartu.compile.built import BuiltDeck, BuiltNote
from kartu.core.model import Edition

# How far apart two cards of a note are: students who see 20 new cards a day seldom get both on one.
SIBLINGS = 25

_SUBDECK = 1000

# Anki's Check Database reports positions from here on.
_LIMIT = 1_000_000


def positions(notes: Sequence[BuiltNote]) -> list[int]:
    """Returns the position of each note's first card; the next ones follow every SIBLINGS.

    `notes` are all of the deck in study order, also where an edition leaves some out: a student who
    goes from one edition to another keeps the order. Each subdeck has its own range, so that the
    notes of a later release are inserted without moving others (import-behaviour.md, section
    11). A deck of a thousand subdecks has no such ranges: its notes are numbered in sequence.
    """
    begins: dict[str, int] = {}
    places = []
    for note in notes:
        place = begins.get(note.deck_name)
        if place is None:
            place = _SUBDECK * len(begins)
        begins[note.deck_name] = place + 1
        places.append(place + 1)
    most = max((len(note.cards) for note in notes), default=0)
    if max(places, default=0) + SIBLINGS * most >= _LIMIT:
        return list(range(1, len(places) + 1))
    return places


def placed(built: BuiltDeck, edition: Edition) -> Iterator[tuple[BuiltNote, int]]:
    """Yields the notes of an edition in study order, with the position of each one's first card."""
    for note, place in zip(built.notes, positions(built.notes), strict=True):
        if edition.chooses(note.source):
            yield note, place


def siblings_share(notes: Iterable[tuple[BuiltNote, int]], per_day: int) -> float:
    """The share of new cards that come on the same day as an older card of their note, 0 to 1.

    `per_day` cards are new on a day, as Anki gathers them without burying siblings: deck by deck in
    the order of their names, and in each deck by position.
    """
    order = sorted(
        (note.deck_name.casefold().split("::"), place + SIBLINGS * index, note.guid)
        for note, place in notes
        for index in range(len(note.cards))
    )
    together = 0
    for first in range(0, len(order), per_day):
        day = [guid for _, _, guid in order[first : first + per_day]]
        together += len(day) - len(set(day))
    return together / len(order) if order else 0.0
