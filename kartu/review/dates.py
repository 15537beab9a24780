"""Checks on `as_of`: what may change was looked at within the last year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from kartu.compile.built import BuiltDeck
from kartu.core.diagnostics import Diagnostics
from kartu.load.dates import days_of

# A school year has its own books and numbers.
_LONGEST = timedelta(days=366)

# It may be tomorrow already where the author lives.
_EARLIER = timedelta(days=1)


def check_dates(decks: Sequence[BuiltDeck], today: date, diagnostics: Diagnostics) -> None:
    """No `as_of` lies more than a year back, none in the future; retired notes are left out."""
    for deck in decks:
        for note in deck.source.notes:
            days = days_of(note.as_of) if note.as_of and note.retired is None else None
            if note.as_of is None or days is None:
                continue
            first, last = days
            if first - today > _EARLIER:
                message = f"{note.as_of} lies in the future: today is {today}"
                help = "write the day on which you looked whether the answer is right"
                diagnostics.add("future-date", note.as_of.span, message, help)
            elif today - last > _LONGEST:
                message = f"{note.as_of} lies more than a year back: today is {today}"
                help = (
                    "look whether the answer is still right, and write the day on which you looked"
                )
                diagnostics.add("stale-note", note.as_of.span, message, help)
