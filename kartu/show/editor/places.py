"""Which note a place in the files belongs to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from kartu.core.diagnostics import Diagnostic
from kartu.core.model import Deck
from kartu.core.source import Span

_Note = tuple[str, str]


class Places:
    """The places of the notes of these decks: each goes to the place of the next one."""

    def __init__(self, decks: Iterable[Deck]) -> None:
        begins: dict[tuple[str, str], list[tuple[int, str, str]]] = {}
        for deck in (one for one in decks if not one.variant):
            for note in deck.all_notes:
                spans = (note.id.span, *(node.span for node in note.values.values()))
                first = min(spans)
                begins.setdefault((first.path, first.sheet), []).append(
                    (first.line, deck.id, str(note.id))
                )
        self._begins = {place: sorted(found) for place, found in begins.items()}

    def note(self, span: Span) -> _Note | None:
        """Returns the deck and the id of the note at a place, None for none."""
        begins = self._begins.get((span.path, span.sheet), [])
        found = bisect_right(begins, span.line, key=lambda one: one[0])
        return begins[found - 1][1:] if found else None

    def begins(self, path: str) -> list[int]:
        """Returns the lines in which the notes of a file begin, in order."""
        return [line for line, _deck, _note in self._begins.get((path, ""), [])]

    def of_notes(self, faults: Iterable[Diagnostic]) -> dict[_Note, str]:
        """Returns the notes that have faults, each with the gravest severity."""
        found: dict[_Note, str] = {}
        for one in faults:
            note = self.note(one.span)
            if note is not None and found.get(note) != "error":
                found[note] = one.severity
        return found

    def of_no_note(self, faults: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Returns the faults that are at no note."""
        return [one for one in faults if self.note(one.span) is None]
