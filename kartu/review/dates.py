"""Checks on `as_of`: notes whose facts may change were reviewed within the last year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from kartu.compile.built import BuiltDeck
from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _
from kartu.load.dates import days_of

# A school year has its own books and numbers.
_MAX_AGE = timedelta(days=366)

# It may be tomorrow already where the author lives.
_TOLERANCE = timedelta(days=1)


def check_dates(decks: Sequence[BuiltDeck], today: date, diagnostics: Diagnostics) -> None:
    """Reports an `as_of` more than a year ago or in the future; retired notes are skipped."""
    for deck in decks:
        for note in deck.source.notes:
            days = days_of(note.as_of) if note.as_of and note.retired is None else None
            if note.as_of is None or days is None:
                continue
            first, last = days
            if first - today > _TOLERANCE:
                message = _(
                    "{as_of} is in the future: today is {today}", as_of=note.as_of, today=today
                )
                help = _("write the day on which you checked that the answer is right")
                diagnostics.add("future-date", note.as_of.span, message, help)
            elif today - last > _MAX_AGE:
                message = _(
                    "{as_of} is more than a year ago: today is {today}",
                    as_of=note.as_of,
                    today=today,
                )
                help = _("check that the answer is still right, and write the day on which you did")
                diagnostics.add("stale-note", note.as_of.span, message, help)
