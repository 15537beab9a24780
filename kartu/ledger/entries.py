"""The entries of a ledger, and how a compiled deck looks as entries.

A note's content hash covers what Anki compares at an import: fields as rendered, tags and, by
their hashed names, media. Parts of it are kept apart to tell later why a note changed.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from kartu.anki.cloze import hidden_texts
from kartu.compile.built import BuiltDeck, BuiltNote
from kartu.compile.render.note_types import AnkiNoteType
from kartu.core.canonical import as_json, short_hash, text_as_json, texts_as_json
from kartu.core.source import Node

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
    notes: Mapping[str, NoteEntry]

    @property
    def content(self) -> str:
        """A hash of all that its packages hold: also of the notes' order and editions."""
        types = [[key, one.hash] for key, one in self.types.items()]
        notes = [[key, one.hash, one.deck, one.editions] for key, one in self.notes.items()]
        return short_hash(as_json([self.deck[:4], types, notes]))


def entries_of(built: BuiltDeck) -> Entries:
    """The compiled deck as entries."""
    deck = built.source
    shown = [deck.description, list(deck.authors), deck.licence, deck.language, list(deck.options)]
    return Entries(
        deck=DeckEntry(
            str(deck.uid), str(deck.name), str(deck.prefix), short_hash(as_json(shown)), 0, ""
        ),
        types={one.source.id: _type_entry(one) for one in built.note_types},
        notes=_BuiltNotes(built),
    )


class _BuiltNotes(Mapping[str, NoteEntry]):
    """The notes by id, each made an entry when it is asked for; without a ledger none is."""

    def __init__(self, built: BuiltDeck) -> None:
        self._editions = built.source.editions
        self._built: dict[str, BuiltNote] = {note.source.id: note for note in built.notes}
        self._known: dict[str, NoteEntry] = {}
        # Many notes have the same tags, and most have no media.
        self._texts_json = cache(texts_as_json)

    def __getitem__(self, key: str) -> NoteEntry:
        entry = self._known.get(key)
        if entry is None:
            note = self._built[key]
            editions = [one.key for one in self._editions if one.chooses(note.source)]
            entry = self._known[key] = _note_entry(note, editions, self._texts_json)
        return entry

    def __contains__(self, key: object) -> bool:
        return key in self._built

    def __iter__(self) -> Iterator[str]:
        return iter(self._built)

    def __len__(self) -> int:
        return len(self._built)


def _note_entry(
    note: BuiltNote, editions: list[str], texts_json: Callable[[tuple[str, ...]], str]
) -> NoteEntry:
    source = note.source
    tags = texts_json(tuple(note.tags))
    parts = {
        "text": short_hash(_text(note)),
        "tags": short_hash(tags),
        "media": short_hash(texts_json(tuple(file.digest for file in note.media))),
    }
    return NoteEntry(
        id=str(source.id),
        note_type=note.note_type.source.id,
        deck=note.deck_name,
        guid=note.guid,
        hash=short_hash(f"[{note.note_type.id},{texts_as_json(note.fields)},{tags}]"),
        parts=parts,
        cards=_cards(note),
        editions=editions,
        retired=source.retired is not None,
        time=0,
        version="",
    )


def _text(note: BuiltNote) -> str:
    """What the author wrote in the note, by position: a field's key can change without its text."""
    source = note.source
    parts = {"as_of": source.as_of or "", "retired": source.retired or ""}
    shown = {key: text_as_json(value) for key, value in parts.items()}
    for field in note.note_type.source.fields:
        if field.key in source.values:
            shown[str(field.id)] = _plain_json(source.values[field.key])
    pairs = [f'["{key}",{shown[key]}]' for key in sorted(shown)]
    return f"[{','.join(pairs)}]"


def _cards(note: BuiltNote) -> dict[str, str]:
    if note.note_type.source.kind == "standard":
        return {str(ordinal + 1): "" for ordinal in note.cards}
    hidden: dict[int, str] = {}
    for field, value in zip(note.note_type.fields, note.fields, strict=True):
        if field.name in note.note_type.cloze_fields:
            for number, text in hidden_texts(value).items():
                hidden[number] = hidden.get(number, "") + text
    return {
        str(ordinal + 1): short_hash(text_as_json(hidden.get(ordinal + 1, "")))[:8]
        for ordinal in note.cards
    }


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
        hash=short_hash(as_json([one.id, one.name, fields, cards, one.css])),
        time=0,
        version="",
    )


def _collapsed(declared: Any) -> bool:
    return declared is None or bool(declared.retired)


def _plain_json(node: Node) -> str:
    return text_as_json(node.strip()) if isinstance(node, str) else as_json(_plain(node))


def _plain(node: Node) -> Any:
    if isinstance(node, str):
        return str(node).strip()
    if isinstance(node, dict):
        return {str(key): _plain(value) for key, value in node.items()}
    return [_plain(value) for value in node]
