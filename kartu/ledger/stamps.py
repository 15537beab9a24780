"""The times in a package: of the release for what was published, else of the build."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from kartu.ledger.entries import GONE, Entries
from kartu.ledger.file import Ledger

# A new deck is a draft as a whole, and it may be large.
_MAX_NAMED = 10


class Stamps(NamedTuple):
    """Times in seconds by note id and note type id; `newest` is that of the whole package.

    `draft` names the first few things that differ from what was published; a package with any is a
    draft.
    """

    notes: dict[str, int]
    types: dict[str, int]
    newest: int
    draft: list[str]


def stamp(now: Entries, ledger: Ledger, version: str, build_time: int) -> Stamps:
    """Returns the time of each note and note type.

    What is unchanged keeps the time of the release in which it last changed, so that an update
    touches nothing else. The rest gets a time after every release, because Anki imports only what
    is newer than what a student has.
    """
    later = max(build_time, ledger.newest + 1)
    draft: list[str] = []

    def times(what: str, entries: Mapping[str, Any], published: dict[str, Any]) -> dict[str, int]:
        times_by_key = {}
        for key in entries:
            before = published.get(key)
            if before is not None and before.hash == entries[key].hash:
                times_by_key[key] = int(before.time)
            else:
                times_by_key[key] = later
                if len(draft) < _MAX_NAMED:
                    draft.append(f"{what} {key}")
        return times_by_key

    notes = times("note", now.notes, ledger.notes)
    types = times("note type", now.types, ledger.types)
    if ledger.deck is None or ledger.deck.hash != now.deck.hash:
        draft.append("deck.yaml")
    if version != ledger.version:
        draft.append(f"version {version}")
    elif now.content != ledger.releases[version].content:
        draft.append("editions or the order of notes")
    draft += [
        f"note {key}"
        for key, note in ledger.notes.items()
        if key not in now.notes and note.hash != GONE
    ]
    return Stamps(notes, types, later if draft else ledger.newest, draft)
