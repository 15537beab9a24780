"""The ledgers of a project, and what they say that students have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kartu.core.diagnostics import Diagnostics
from kartu.core.model import Deck, Published
from kartu.ledger.file import Ledger, ledger_path, read_ledger
from kartu.ledger.gone import published_notes
from kartu.ledger.unread import report_unread
from kartu.load.files import Files


def read_ledgers(
    files: Files, decks: Sequence[Deck], diagnostics: Diagnostics
) -> dict[tuple[str, str], Ledger]:
    """The ledgers by folder and variant; unread files with notes of theirs are reported."""
    found = {}
    for deck in decks:
        ledger = read_ledger(files, ledger_path(deck), diagnostics)
        found[deck.folder, deck.variant] = ledger
        translated = deck.translation.notes if deck.translation else ()
        report_unread(files, deck, {*published_notes(ledger), *translated}, diagnostics)
    return found


def published(
    ledgers: Mapping[tuple[str, str], Ledger], decks: Sequence[Deck]
) -> dict[str, Published]:
    """What releases of the decks had, by folder."""
    found = {}
    for deck in decks:
        ledger = ledgers[deck.folder, ""]
        if ledger.deck is not None and not deck.variant:
            notes = published_notes(ledger)
            names = {note.deck for note in ledger.notes.values()}
            subdecks = {name.removeprefix(f"{ledger.deck.name}::") for name in names}
            found[deck.folder] = Published(notes, subdecks)
    return found
