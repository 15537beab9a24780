"""The ledger after a release."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kartu.compile.built import BuiltDeck
from kartu.ledger.entries import (
    GIVEN_UP,
    GONE,
    Entries,
    NoteEntry,
    Release,
    TypeEntry,
    with_earlier,
)
from kartu.ledger.file import Ledger, write_ledger
from kartu.ledger.translations import original_after
from kartu.ledger.type_names import names_in
from kartu.load.files import Files
from kartu.load.library import program_note_types

# What an entry holds of a note's texts, which is that of the release in which they changed.
_TEXTS = ("fields", "shown", "earlier", "words", "original")


def with_release(ledger: Ledger, now: Entries, version: str, time: int) -> Ledger:
    """Returns the new ledger: each entry has the time and version of its last change."""
    release = Release(version, time, now.content)
    when: NoteEntry | TypeEntry | Release
    notes = {}
    for key, built in now.notes.items():
        published = ledger.notes.get(key)
        if published is not None and published.hash == built.hash:
            texts, when = published, published
        else:
            whole = now.notes.whole(key)
            original = original_after(key, whole, whole.original, ledger)
            texts, when = whole._replace(original=original), release
            texts = with_earlier(texts, published) if published is not None else texts
        note = built._replace(**{name: getattr(texts, name) for name in _TEXTS})
        notes[key] = _with_gaps(note, published)._replace(time=when.time, version=when.version)
    types = {}
    for key, entry in now.types.items():
        before = ledger.types.get(key)
        when = before if before is not None and before.hash == entry.hash else release
        types[key] = _with_past(entry, before)._replace(time=when.time, version=when.version)
    unused_types = {key: entry for key, entry in ledger.types.items() if key not in types}
    deck = now.deck._replace(time=time, version=version)
    if ledger.deck is not None and ledger.deck[:4] == now.deck[:4]:
        deck = ledger.deck  # nothing but time and version differs
    original = original_after("", now.deck, now.deck.original, ledger)
    deck = deck._replace(texts=now.deck.texts, original=original)
    # A removed note keeps its line: its id is never given to another note.
    gone = {
        key: note if note.hash == GONE else note._replace(hash=GONE, time=time, version=version)
        for key, note in ledger.notes.items()
        if key not in notes
    }
    return ledger._replace(
        deck=deck,
        types={**unused_types, **types},
        notes={**notes, **gone},
        releases={**ledger.releases, version: release},
        twice=[],
    )


def file_of(ledger: Ledger, built: BuiltDeck, language: str, files: Files) -> bytes:
    """Returns the ledger's file for a deck that is written in `language`.

    That is also the language of the ledgers of its language variants: one author reads them all.
    """
    if ledger.deck is None:
        return write_ledger(ledger)
    used = [one.source for one in built.note_types]
    program = program_note_types(files)
    return write_ledger(ledger, names_in(language, ledger.deck.uid, ledger.types, used, program))


def with_times(ledger: Ledger, moved: Mapping[int, int]) -> Ledger:
    """Returns the ledger with its times replaced according to `moved` (old time to new time)."""

    def with_moved_time(entry: Any) -> Any:
        return entry._replace(time=moved.get(entry.time, entry.time))

    return ledger._replace(
        deck=ledger.deck and with_moved_time(ledger.deck),
        types={key: with_moved_time(entry) for key, entry in ledger.types.items()},
        notes={key: with_moved_time(note) for key, note in ledger.notes.items()},
        releases={key: with_moved_time(release) for key, release in ledger.releases.items()},
        twice=[],
    )


def times(ledger: Ledger) -> set[int]:
    """Returns all times of releases in the ledger."""
    of_releases = {one.time for one in ledger.releases.values()}
    of_types = {one.time for one in ledger.types.values()}
    return of_releases | of_types | {one.time for one in ledger.notes.values()}


def _with_gaps(note: NoteEntry, published: NoteEntry | None) -> NoteEntry:
    """The note with the numbers of its former gaps: they are never given to another text."""
    if published is None:
        return note
    gone = {n: GIVEN_UP for n, text in published.cards.items() if text and n not in note.cards}
    return note._replace(cards={**note.cards, **gone})


def _with_past(entry: TypeEntry, before: TypeEntry | None) -> TypeEntry:
    """The note type with its former positions and names: they are never used again."""
    if before is None:
        return entry
    changes: dict[str, Any] = {}
    for what in ("fields", "cards"):
        now, was = getattr(entry, what), getattr(before, what)
        names = {*was.values(), *getattr(before, f"past_{what}")} - {*now.values(), GIVEN_UP}
        changes[what] = {**now, **{place: GIVEN_UP for place in was if place not in now}}
        changes[f"past_{what}"] = sorted(names)
    return entry._replace(**changes)
