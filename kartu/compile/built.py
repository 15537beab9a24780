"""A compiled deck: notes with the fields, cards and tags that Anki will have."""

from __future__ import annotations

from typing import NamedTuple

from kartu.compile.render.media import MediaFile
from kartu.compile.render.note_types import AnkiNoteType
from kartu.core.model import Deck, Edition, Note


class BuiltNote(NamedTuple):
    """A note as Anki gets it. `cards` are the ordinals of its cards, from 0."""

    source: Note
    guid: str
    note_type: AnkiNoteType
    deck_name: str
    fields: list[str]
    tags: list[str]
    cards: tuple[int, ...]
    media: tuple[MediaFile, ...]


class BuiltDeck(NamedTuple):
    """A compiled deck, ready to be packaged: all its notes, in study order.

    `media` are files that no note refers to: those of imported templates.
    """

    source: Deck
    note_types: tuple[AnkiNoteType, ...]
    notes: tuple[BuiltNote, ...]
    media: tuple[MediaFile, ...] = ()

    def notes_of(self, edition: Edition) -> list[BuiltNote]:
        return [note for note in self.notes if edition.chooses(note.source)]
