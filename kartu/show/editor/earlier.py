"""The texts that notes had when they were published, wherever they are still known.

The ledger has hashes of them, by which the right ones are recognised: in the editor's history, in
git, and in the files of ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostics
from kartu.core.model import Deck, NoteType
from kartu.ledger.entries import NoteEntry, has_texts
from kartu.ledger.file import Ledger, ledger_path, read_ledger
from kartu.load.files import Files
from kartu.load.ids import read_saved
from kartu.load.ids.lines import ENDING
from kartu.load.ids.values import is_cut
from kartu.load.ids.words import Words
from kartu.publish.diff.sources import files_at_last_change
from kartu.rewrite.history import KEPT, Entry
from kartu.rewrite.notes.card_set import Values
from kartu.rewrite.notes.sets import is_edited, read_set
from kartu.rewrite.notes.values import EditRefusedError, formats_of, value_of_cell

PUBLISHED = "published"


class EarlierNote(NamedTuple):
    """A note as it was published: its note type, the subdeck it was in, and its values."""

    note_type: str
    subdeck: str
    values: Values


class EarlierTexts:
    """The published notes of a deck.

    Args:
        entries: The editor's history; entries about PUBLISHED have the files of a release.
    """

    def __init__(
        self,
        root: Path,
        deck: Deck,
        note_types: Mapping[str, NoteType],
        entries: Iterable[Entry],
    ) -> None:
        self._root = root
        self._files = Files(root)
        self._deck = deck
        self._note_types = note_types
        self._entries = entries
        self._ledger: Ledger = read_ledger(self._files, ledger_path(deck), Diagnostics())

    def note(self, id: str) -> EarlierNote | None:
        """Returns a note with exactly the texts that students have, None where none has them."""
        entry = self._ledger.notes.get(id)
        kind = self._note_types.get(entry.note_type) if entry is not None else None
        if entry is None or kind is None or self._ledger.deck is None:
            return None
        subdeck = entry.deck.removeprefix(self._ledger.deck.name).removeprefix("::")
        for values in self._values(id, entry, kind):
            if has_texts(entry, kind, values):
                return EarlierNote(entry.note_type, subdeck, values)
        return None

    def _values(self, id: str, entry: NoteEntry, kind: NoteType) -> Iterator[Values]:
        for files in (self._in_history(), self._in_git()):
            for path, data in files.items():
                yield from self._in_set(path, data, id)
        yield from self._in_ids(id, kind)

    def _in_set(self, path: str, data: bytes, id: str) -> Iterator[Values]:
        if not is_edited(path, self._deck) or id.encode() not in data:
            return
        with suppress(EditRefusedError):
            card_set = read_set(self._files, path, self._note_types, data)
            place = card_set.place_of(id)
            if place is not None:
                values = card_set.form(place).values
                yield {key: value for key, value in values.items() if key != "id"}

    def _in_history(self) -> dict[str, bytes]:
        """The files of the newest release that was made in the editor."""
        found: dict[str, bytes] = {}
        for one in self._entries:
            about = one.about
            if one.kind == KEPT and (about.get("do"), about.get("deck")) == (
                PUBLISHED,
                self._deck.id,
            ):
                found = {path: text.encode() for path, text in about["files"].items()}
        return found

    def _in_git(self) -> dict[str, bytes]:
        if self._files.one is not None:
            return {}
        return files_at_last_change(self._root, ledger_path(self._deck))

    def _in_ids(self, id: str, kind: NoteType) -> Iterator[Values]:
        folder, formats = self._deck.folder, formats_of(kind)
        names = (name for name in self._files.names(folder) if name.endswith(ENDING))
        words, paths = Words(self._files, self._note_types), [f"{folder}/{name}" for name in names]
        read = read_saved(self._files, paths, words, Diagnostics())
        saved = (one for _content, lines in read.values() for one in lines if one.id == id)
        for texts in (texts for one in saved for texts in reversed(one.versions)):
            if not any(map(is_cut, texts.values())):
                cells = texts.items()
                yield {key: value_of_cell(cell, formats.get(key, "text")) for key, cell in cells}


def files_to_keep(root: Path, deck: Deck) -> dict[str, str]:
    """Returns the card sets of a deck as texts, to be kept with a release of it."""
    files, found = Files(root), {}
    for name in files.names(deck.folder):
        path = f"{deck.folder}/{name}"
        if is_edited(path, deck):
            content = files.read_text(path, Diagnostics())
            if content is not None:
                found[path] = content
    return found
