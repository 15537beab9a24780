"""The ledger as a release leaves it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kartu.ledger.entries import GIVEN_UP, GONE, Entries, NoteEntry, Release, TypeEntry
from kartu.ledger.file import Ledger


def with_release(ledger: Ledger, now: Entries, version: str, time: int) -> Ledger:
    """The ledger after a release: each entry with the time and version in which it last changed."""
    release = Release(version, time, now.content)
    when: NoteEntry | TypeEntry | Release
    notes = {}
    for key, built in now.notes.items():
        known = ledger.notes.get(key)
        if known is not None and known.hash == built.hash:
            texts, when = known, known
        else:
            texts, when = _with_original(now.notes.whole(key), known), release
        note = built._replace(fields=texts.fields, words=texts.words, original=texts.original)
        notes[key] = _with_gaps(note, known)._replace(time=when.time, version=when.version)
    types = {}
    for key, entry in now.types.items():
        before = ledger.types.get(key)
        when = before if before is not None and before.hash == entry.hash else release
        types[key] = _with_past(entry, before)._replace(time=when.time, version=when.version)
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
        releases={**ledger.releases, version: release},
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


def _with_original(note: NoteEntry, known: NoteEntry | None) -> NoteEntry:
    """A translation that did not change is still made from the text that it was made from."""
    if known is None or not note.original:
        return note
    same = {place for place, digest in note.fields.items() if known.fields.get(place) == digest}
    older = {place: digest for place, digest in known.original.items() if place in same}
    return note._replace(original={**note.original, **older})


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
