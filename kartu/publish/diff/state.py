"""A deck as a student gets it, read from a package or compiled from sources.

Both give the same value for the same deck, so that any two can be compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from kartu.anki.apkg.contents import Field, Template, card_name
from kartu.compile.built import BuiltDeck, BuiltNote
from kartu.compile.render.note_types import AnkiNoteType
from kartu.compile.render.visible import visible
from kartu.core.model import Edition
from kartu.core.usage import UsageError
from kartu.load.note_type import ENGINE_FIELD

_SPARE = re.compile(r"_\d+")


class SourceError(UsageError):
    """A source does not exist or has an unknown format; the message says what to do."""


class NoteState(NamedTuple):
    """A note. `fields` maps names to HTML, without spares; `cards` maps positions to names.

    `id` is what the author calls the note, `notice` the HTML of the engine's own field, and
    `text` the first field as a student reads it. `deck` is the full name of a deck.
    """

    guid: str
    id: str
    type_id: int
    note_type: str
    deck: str
    fields: dict[str, str]
    notice: str
    tags: tuple[str, ...]
    cards: dict[int, str]
    text: str


class NoteTypeState(NamedTuple):
    """A note type with all places of its fields and cards, spares too."""

    id: int
    name: str
    cloze: bool
    fields: tuple[Field, ...]
    cards: tuple[Template, ...]
    css: str


class DeckState(NamedTuple):
    """A deck, or one edition of it, with its notes by GUID in study order.

    `id` is the deck's folder, empty where it is unknown; `uid` is the deck's name where a package
    has none; `media` maps packed names to sha256 digests.
    """

    id: str
    uid: str
    name: str
    version: str
    language: str
    edition: str
    notes: dict[str, NoteState]
    note_types: dict[int, NoteTypeState]
    media: dict[str, str]

    @property
    def foreign(self) -> bool:
        """Whether only its name identifies the deck."""
        return self.uid == self.name

    def subdeck(self, note: NoteState) -> str:
        """The note's deck below this one; empty for this deck itself."""
        return note.deck.removeprefix(self.name).removeprefix("::")


def is_spare(name: str) -> bool:
    """Returns whether a field or card is a spare: a place reserved for later use."""
    return _SPARE.fullmatch(name) is not None


def note_state(
    guid: str,
    note_type: NoteTypeState,
    deck: str,
    values: Iterable[str],
    tags: Iterable[str],
    ordinals: Iterable[int],
) -> NoteState:
    """Returns a note from its values in the order of its note type's fields."""
    fields = {field.name: value for field, value in zip(note_type.fields, values, strict=False)}
    first = next(iter(fields.values()), "")
    notice = fields.pop(ENGINE_FIELD, "")
    _, colon, own_id = guid.partition(":")
    return NoteState(
        guid=guid,
        id=own_id if colon and own_id else guid,
        type_id=note_type.id,
        note_type=note_type.name,
        deck=deck,
        fields={name: value for name, value in fields.items() if not is_spare(name)},
        notice=notice,
        tags=tuple(sorted(tags, key=lambda tag: (tag.casefold(), tag))),
        cards={one: card_name(note_type.cloze, note_type.cards, one) for one in sorted(ordinals)},
        text=visible(first),
    )


def from_built(built: BuiltDeck, edition: Edition | None = None) -> DeckState:
    """Returns the deck as its package, or that of the edition, will contain it."""
    deck = built.source
    notes = built.notes_of(edition) if edition else built.notes
    types: dict[int, NoteTypeState] = {}
    for note in notes:
        if note.note_type.id not in types:
            types[note.note_type.id] = _type_state(note.note_type)
    return DeckState(
        id=deck.id,
        uid=str(deck.uid),
        name=str(deck.name),
        version=str(deck.version),
        language=str(deck.language),
        edition=edition.key if edition else "",
        notes={note.guid: _from_note(note, types[note.note_type.id]) for note in notes},
        note_types=types,
        media=dict(
            sorted({file.name: file.digest for note in notes for file in note.media}.items())
        ),
    )


def _from_note(note: BuiltNote, note_type: NoteTypeState) -> NoteState:
    return note_state(note.guid, note_type, note.deck_name, note.fields, note.tags, note.cards)


def _type_state(note_type: AnkiNoteType) -> NoteTypeState:
    return NoteTypeState(
        id=note_type.id,
        name=note_type.name,
        cloze=note_type.source.kind != "standard",
        fields=tuple(Field(field.id, field.name) for field in note_type.fields),
        cards=tuple(Template(*card) for card in note_type.cards),
        css=note_type.css,
    )
