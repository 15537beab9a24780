"""The entries of a ledger, and how a compiled deck looks as entries.

A note's content hash covers what Anki compares at an import: fields as rendered, tags and, by
their hashed names, media. Parts of it are kept apart to tell later why a note changed.
"""

import json
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

from kartu.anki.cloze import hidden_texts
from kartu.build import BuiltDeck, BuiltNote
from kartu.render.note_types import AnkiNoteType
from kartu.source import Node

# The content hash of a note that a release took away (with --major).
GONE = ""

# Stands where a gap, field or card was that a release took away (with --major): students have
# progress there, so the place is never given to another.
GIVEN_UP = "-"


class NoteEntry(NamedTuple):
    """A published note.

    `cards` maps the number of each card it makes (the card's id, or the cloze number) to a hash
    of the text hidden there, empty for standard notes and GIVEN_UP for a gap that was taken away.
    `parts` are hashes of the author's text, the tags and the media; `editions` are the keys of
    those that hold it. `time` (seconds) and `version` are of the release in which it last changed.
    """

    id: str
    note_type: str
    deck: str
    guid: str
    hash: str
    parts: dict[str, str]
    cards: dict[str, str]
    editions: list[str]
    retired: bool
    time: int
    version: str


class TypeEntry(NamedTuple):
    """A published note type: its schema and a hash of all that Anki gets of it.

    `fields` and `cards` map positions to names, GIVEN_UP for one that was taken away; `past_fields`
    and `past_cards` are names that were given up and never come back.
    """

    id: str
    anki_id: int
    kind: str
    slots: list[int]
    fields: dict[str, str]
    cards: dict[str, str]
    past_fields: list[str]
    past_cards: list[str]
    hash: str
    time: int
    version: str


class DeckEntry(NamedTuple):
    """What identifies the published deck, and a hash of what Anki shows of it beside the notes."""

    uid: str
    name: str
    prefix: str
    hash: str
    time: int
    version: str


class Release(NamedTuple):
    """A version, when it was released, and a hash of all that it holds, in its order."""

    version: str
    time: int
    content: str


class Entries(NamedTuple):
    """A deck as entries; in a compiled deck none has a time or version yet."""

    deck: DeckEntry
    types: dict[str, TypeEntry]
    notes: dict[str, NoteEntry]

    @property
    def content(self) -> str:
        """A hash of all that its packages hold: also of the notes' order and editions."""
        types = [[key, one.hash] for key, one in self.types.items()]
        notes = [[key, one.hash, one.deck, one.editions] for key, one in self.notes.items()]
        return _hash([self.deck[:4], types, notes])


def entries_of(built: BuiltDeck) -> Entries:
    """The compiled deck as entries."""
    deck = built.source
    hash = cache(_hash_of_texts)  # many notes have the same tags, and most have no media
    shown = [deck.description, list(deck.authors), deck.licence, deck.language, list(deck.options)]
    return Entries(
        deck=DeckEntry(str(deck.uid), str(deck.name), str(deck.prefix), _hash(shown), 0, ""),
        types={one.source.id: _type_entry(one) for one in built.note_types},
        notes={
            str(note.source.id): _note_entry(
                note, [one.key for one in deck.editions if one.chooses(note.source)], hash
            )
            for note in built.notes
        },
    )


def _note_entry(
    note: BuiltNote, editions: list[str], hash: Callable[[tuple[str, ...]], str]
) -> NoteEntry:
    source = note.source
    # by position: a key is the author's name for a field, and can change without a new text
    fields = note.note_type.source.fields
    text = [
        [str(field.id), _plain(source.values[field.key])]
        for field in fields
        if field.key in source.values
    ]
    text += [["retired", source.retired or ""], ["as_of", source.as_of or ""]]
    parts = {
        "text": _hash(sorted(text)),
        "tags": hash(tuple(note.tags)),
        "media": hash(tuple(file.digest for file in note.media)),
    }
    return NoteEntry(
        id=str(source.id),
        note_type=note.note_type.source.id,
        deck=note.deck_name,
        guid=note.guid,
        hash=_hash([note.note_type.id, note.fields, note.tags]),
        parts=parts,
        cards=_cards(note),
        editions=editions,
        retired=source.retired is not None,
        time=0,
        version="",
    )


def _cards(note: BuiltNote) -> dict[str, str]:
    if note.note_type.source.kind == "standard":
        return {str(ordinal + 1): "" for ordinal in note.cards}
    hidden: dict[int, str] = {}
    for field, value in zip(note.note_type.fields, note.fields, strict=True):
        if field.name in note.note_type.cloze_fields:
            for number, text in hidden_texts(value).items():
                hidden[number] = hidden.get(number, "") + text
    return {str(ordinal + 1): _hash(hidden.get(ordinal + 1, ""))[:8] for ordinal in note.cards}


def _type_entry(one: AnkiNoteType) -> TypeEntry:
    fields = [[field.id, field.name, _collapsed(field.declared)] for field in one.fields]
    cards = [[card.id, card.name, card.front, card.back] for card in one.cards]
    return TypeEntry(
        id=one.source.id,
        anki_id=one.id,
        kind=one.source.kind,
        slots=[one.source.field_slots, one.source.card_slots],
        fields={str(field.id): field.name for field in one.source.fields},
        cards={str(card.id): card.name for card in one.source.cards},
        past_fields=[],
        past_cards=[],
        hash=_hash([one.id, one.name, fields, cards, one.css]),
        time=0,
        version="",
    )


def _collapsed(declared: Any) -> bool:
    return declared is None or bool(declared.retired)


def _plain(node: Node) -> Any:
    if isinstance(node, str):
        return str(node).strip()
    if isinstance(node, dict):
        return {str(key): _plain(value) for key, value in node.items()}
    return [_plain(value) for value in node]


def _hash_of_texts(texts: tuple[str, ...]) -> str:
    return _hash(list(texts))


def _hash(value: Any) -> str:
    """16 hex digits of sha256 over the value as canonical JSON."""
    return sha256(_canonical(value).encode("utf-8", "surrogatepass")).hexdigest()[:16]


_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
