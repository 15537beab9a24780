"""The times that a package carries: of its release for what was published, else of the build."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from kartu.ledger.entries import GONE, Entries
from kartu.ledger.file import Ledger

# A new deck is a draft as a whole, and it may be large.
_MOST_NAMED = 10


class Stamps(NamedTuple):
    """Times in seconds by note id and note type id; `newest` stands for the whole package.

    `draft` names what is not published as it is, the first few things of it; a package with any is
    a draft.
    """

    notes: dict[str, int]
    types: dict[str, int]
    newest: int
    draft: list[str]


def stamp(now: Entries, ledger: Ledger, version: str, build_time: int) -> Stamps:
    """The time of each note and note type.

    What was published as it is keeps the time of the release in which it last changed, so that an
    update touches nothing else. The rest gets a time after every release, because Anki takes only
    what is newer than what a student has.
    """
    later = max(build_time, ledger.newest + 1)
    draft: list[str] = []

    def times(what: str, entries: Mapping[str, Any], published: dict[str, Any]) -> dict[str, int]:
        found = {}
        for key in entries:
            known = published.get(key)
            if known is not None and known.hash == entries[key].hash:
                found[key] = int(known.time)
            else:
                found[key] = later
                if len(draft) < _MOST_NAMED:
                    draft.append(f"{what} {key}")
        return found

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
