"""The ledger of a deck that students have already: its next release touches only what changes."""

from __future__ import annotations

import time
from collections.abc import Mapping

from kartu.core.clock import EARLIEST, is_ahead
from kartu.importing.contents import ImportedContents
from kartu.importing.decks import ImportedDeck
from kartu.importing.note_types import Folder
from kartu.ledger.file import Ledger, ledger_path
from kartu.ledger.released import file_of, with_release
from kartu.load.files import Files
from kartu.pipeline import Compiled


def history(
    imported: ImportedContents,
    deck: ImportedDeck,
    folders: Mapping[int, Folder],
    compiled: Compiled,
    files: Files,
) -> bytes | None:
    """ledger.jsonl with the deck as published, at the times of the original.

    None where these are not known, as in lists.
    """
    if not all(note.time for note in deck.notes):
        return None
    source = compiled.built.source
    by_guid = {note.guid: within(note.time) for note in deck.notes if note.guid}
    guids = {str(note.source.id): note.guid for note in compiled.built.notes}
    types = {folders[n].id: within(one.time) for n, one in imported.note_types.items()}
    newest = max([*by_guid.values(), *types.values(), EARLIEST])
    path = ledger_path(source)
    empty = Ledger(path, None, {}, {}, {}, {}, [], {})
    ledger = with_release(empty, compiled.entries, str(source.version), newest)
    notes = {
        id: entry._replace(time=by_guid.get(guids[id], newest))
        for id, entry in ledger.notes.items()
    }
    kinds = {id: entry._replace(time=types[id]) for id, entry in ledger.types.items()}
    ledger = ledger._replace(notes=notes, types=kinds)
    return file_of(ledger, compiled.built, source.language, files)


def within(seconds: int) -> int:
    """Returns a time, in seconds, that a ledger can hold; now, if it comes from a wrong clock."""
    return int(time.time()) if is_ahead(seconds) else max(EARLIEST, seconds)
