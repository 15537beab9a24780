"""The ledger as a release leaves it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kartu.ledger.entries import GIVEN_UP, GONE, Entries, NoteEntry, Release, TypeEntry
from kartu.ledger.file import Ledger


def with_release(ledger: Ledger, now: Entries, version: str, time: int) -> Ledger:
    """The ledger after a release: each entry with the time and version in which it last changed."""
    notes = {}
    for key, note in now.notes.items():
        known = ledger.notes.get(key)
        same = known is not None and known.hash == note.hash
        when = (known.time, known.version) if same and known is not None else (time, version)
        notes[key] = _with_gaps(note, known)._replace(time=when[0], version=when[1])
    types = {}
    for key, entry in now.types.items():
        before = ledger.types.get(key)
        same = before is not None and before.hash == entry.hash
        when = (before.time, before.version) if same and before is not None else (time, version)
        types[key] = _with_past(entry, before)._replace(time=when[0], version=when[1])
    kept = {key: entry for key, entry in ledger.types.items() if key not in types}
    deck = now.deck._replace(time=time, version=version)
    if ledger.deck is not None and ledger.deck[:4] == now.deck[:4]:
        deck = ledger.deck  # nothing but time and version differs
    # A note that was taken away keeps its line: its id is never given to another note.
    gone = {
        key: note if note.hash == GONE else note._replace(hash=GONE, time=time, version=version)
        for key, note in ledger.notes.items()
        if key not in notes
    }
    return ledger._replace(
        deck=deck,
        types={**kept, **types},
        notes={**notes, **gone},
        releases={**ledger.releases, version: Release(version, time, now.content)},
        twice=[],
    )


def with_times(ledger: Ledger, moved: Mapping[int, int]) -> Ledger:
    """The ledger with other times in place of those that are `moved`."""

    def again(entry: Any) -> Any:
        return entry._replace(time=moved.get(entry.time, entry.time))

    return ledger._replace(
        deck=ledger.deck and again(ledger.deck),
        types={key: again(entry) for key, entry in ledger.types.items()},
        notes={key: again(note) for key, note in ledger.notes.items()},
        releases={key: again(release) for key, release in ledger.releases.items()},
        twice=[],
    )


def times(ledger: Ledger) -> set[int]:
    """All times of releases that the ledger knows."""
    of_releases = {one.time for one in ledger.releases.values()}
    of_types = {one.time for one in ledger.types.values()}
    return of_releases | of_types | {one.time for one in ledger.notes.values()}


def _with_gaps(note: NoteEntry, known: NoteEntry | None) -> NoteEntry:
    """The note with the numbers of gaps that it had once: they are never given to another text."""
    if known is None:
        return note
    gone = {n: GIVEN_UP for n, text in known.cards.items() if text and n not in note.cards}
    return note._replace(cards={**note.cards, **gone})


def _with_past(entry: TypeEntry, before: TypeEntry | None) -> TypeEntry:
    """The note type with the positions and names that it had once: they never come back."""
    if before is None:
        return entry
    kept: dict[str, Any] = {}
    for what in ("fields", "cards"):
        now, was = getattr(entry, what), getattr(before, what)
        names = {*was.values(), *getattr(before, f"past_{what}")} - {*now.values(), GIVEN_UP}
        kept[what] = {**now, **{place: GIVEN_UP for place in was if place not in now}}
        kept[f"past_{what}"] = sorted(names)
    return entry._replace(**kept)
