"""Where new cards stand in the order in which Anki shows them first."""

from __future__ import annotations

from collections.abc import Sequence

from kartu.compile.built import BuiltNote

# How far apart two cards of a note are: students who see 20 new cards a day seldom get both on one.
SIBLINGS = 25

_SUBDECK = 1000

# From here on Anki's Check Database finds fault with a position.
_LIMIT = 1_000_000


def positions(notes: Sequence[BuiltNote]) -> list[int]:
    """The position of each note's first card, its next ones following at distances of SIBLINGS.

    `notes` are all of the deck in study order, also where an edition leaves some out: a student who
    goes from one edition to another keeps the order. Each subdeck has its own range, so that the
    notes of a later release take their places without moving others (import-behaviour.md, section
    11). A deck of a thousand subdecks has no such ranges: its notes are counted through.
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
