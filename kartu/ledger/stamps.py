"""The times in a package: of the release for what was published, else of the build."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from kartu.core.language import _
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
    notes = _times(now.notes, ledger.notes, later)
    types = _times(now.types, ledger.types, later)
    changed = [_("note {id}", id=key) for key, time in notes.items() if time == later][:_MAX_NAMED]
    changed += [_("note type {id}", id=key) for key, time in types.items() if time == later]
    draft = changed[:_MAX_NAMED]
    if ledger.deck is None or ledger.deck.hash != now.deck.hash:
        draft.append("deck.yaml")
    if version != ledger.version:
        draft.append(_("version {version}", version=version))
    elif now.content != ledger.releases[version].content:
        draft.append(_("editions or the order of notes"))
    draft += [
        _("note {id}", id=key)
        for key, note in ledger.notes.items()
        if key not in now.notes and note.hash != GONE
    ]
    return Stamps(notes, types, later if draft else ledger.newest, draft)


def _times(entries: Mapping[str, Any], published: Mapping[str, Any], later: int) -> dict[str, int]:
    """The published time of what is unchanged, for the rest `later`."""
    times = {}
    for key in entries:
        before = published.get(key)
        unchanged = before is not None and before.hash == entries[key].hash
        times[key] = int(published[key].time) if unchanged else later
    return times
