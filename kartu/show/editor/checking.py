"""The check of a whole project in the background, a while after the last change.

What one note's fields have is known at once; what is found among all notes, in what is published
and in teaching takes seconds at 10,000 notes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from threading import Condition, Event
from typing import NamedTuple

from kartu.compile.built import BuiltDeck
from kartu.core.clock import today
from kartu.core.diagnostics import Diagnostic, Diagnostics, has_errors, in_order
from kartu.core.progress import no_progress
from kartu.ledger.changes import compare
from kartu.load import load_project
from kartu.load.files import Files
from kartu.pipeline import Compiled, compile_decks
from kartu.review import review
from kartu.review.accepted import without_accepted
from kartu.show.editor.places import Places

_PAUSE = 1.5  # seconds without a change, in which the page is renewed


class Checked(NamedTuple):
    """What a check found: of the state with the number `number`.

    `by_note` are the faults of each note, `rest` those of none. `cards` and `changed` are the
    numbers of cards, and the notes that differ from the last release, of decks that could be
    compiled.
    """

    number: int
    by_note: Mapping[tuple[str, str], list[Diagnostic]]
    rest: list[Diagnostic]
    cards: Mapping[str, int]
    changed: Mapping[str, Collection[str]]

    @property
    def all(self) -> list[Diagnostic]:
        """All faults in order."""
        found = [one for faults in self.by_note.values() for one in faults]
        return in_order([*found, *self.rest])


NOTHING = Checked(0, {}, [], {}, {})


class Checker:
    """Checks the project in `root` after each change.

    Args:
        decks: The names of those to check, none meaning all.
        cache: The folder of results for later runs, None for nowhere.
        number: Returns the number of the present state of the project.
        done: Called with each result.
        renewed: Waits until a page of cards that is being renewed has them.
    """

    def __init__(
        self,
        root: Path,
        decks: Sequence[str],
        cache: Path | None,
        number: Callable[[], int],
        done: Callable[[Checked], None],
        renewed: Callable[[], None],
    ) -> None:
        self._root = root
        self._decks = decks
        self._cache = cache
        self._number = number
        self._done = done
        self._renewed = renewed
        self._changed = Condition()

    def wake(self) -> None:
        """Lets the checker look at the number again."""
        with self._changed:
            self._changed.notify_all()

    def run(self, stop: Event, report: Callable[[Exception], None]) -> None:
        """Checks whenever there is a new state, until `stop` is set and `wake` called.

        Args:
            report: Called with a fault of ours, which must not end the checks.
        """
        seen = 0
        while not stop.is_set():
            number = self._number()
            if number == seen:
                with self._changed:
                    self._changed.wait(1.0)
            elif not stop.wait(_PAUSE) and self._number() == number:
                self._renewed()  # side by side, the cards would take twice as long to come
                seen = number
                try:
                    self._done(self.check(number))
                except Exception as error:  # also of a project that is being moved away
                    report(error)

    def check(self, number: int) -> Checked:
        """Returns what is wrong with the project now.

        It takes seconds at 10,000 notes, for which no edit waits: what is changed meanwhile is
        checked again.
        """
        compiled, found = compile_decks(
            self._root, self._decks, self._cache, no_progress, held=False
        )
        decks = [one.built for one in compiled]
        files, diagnostics = Files(self._root), Diagnostics(found)
        whole = not has_errors(found)
        if whole:
            review(decks, files, today(), diagnostics)
        faults = without_accepted(decks, files, list(diagnostics), whole=whole)
        read = [one.source for one in decks] if whole else load_project(self._root)[0].decks
        by_note, rest = by_notes(Places(read), faults)
        own = [one for one in compiled if not one.built.source.variant]
        return Checked(
            number,
            by_note,
            rest,
            {one.built.source.id: _cards(one.built) for one in own},
            {one.built.source.id: _changed(one) for one in own},
        )


def by_notes(
    places: Places, faults: Iterable[Diagnostic]
) -> tuple[dict[tuple[str, str], list[Diagnostic]], list[Diagnostic]]:
    """Returns the faults of each note, and those of none; that there is no deck yet is none."""
    by_note: dict[tuple[str, str], list[Diagnostic]] = {}
    rest = []
    for one in faults:
        note = places.note(one.span)
        if note is None:
            rest += [one] if one.code != "no-deck" else []
        else:
            by_note.setdefault(note, []).append(one)
    return by_note, rest


def _cards(deck: BuiltDeck) -> int:
    return sum(len(note.cards) for note in deck.notes)


def _changed(one: Compiled) -> frozenset[str]:
    """The published notes that differ from what was published last."""
    if not one.ledger.releases:
        return frozenset()
    return frozenset(compare(one.entries, one.ledger).touched)
