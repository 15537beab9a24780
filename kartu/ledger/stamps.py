"""The times that a package carries: of its release for what was published, else of the build."""

from __future__ import annotations

from typing import Any, NamedTuple

from kartu.ledger.entries import GONE, Entries
from kartu.ledger.file import Ledger


class Stamps(NamedTuple):
    """Times in seconds by note id and note type id; `newest` stands for the whole package.

    `draft` names what is not published as it is; a package with any of it is a draft.
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

    def time_of(what: str, key: str, hash: str, published: dict[str, Any]) -> int:
        entry = published.get(key)
        if entry is not None and entry.hash == hash:
            return int(entry.time)
        draft.append(f"{what} {key}")
        return later

    notes = {key: time_of("note", key, one.hash, ledger.notes) for key, one in now.notes.items()}
    types = {
        key: time_of("note type", key, one.hash, ledger.types) for key, one in now.types.items()
    }
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
