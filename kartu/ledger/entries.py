"""The entries of a ledger, and how a compiled deck looks as entries.

A note's content hash covers what Anki compares at an import: fields as rendered, tags and, by
their hashed names, media. Parts of it are also hashed alone, to explain later why a note changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

from kartu.anki.cloze import hidden_texts
from kartu.anki.field_html import canonical
from kartu.compile.built import BuiltDeck, BuiltNote
from kartu.compile.render.note_types import AnkiNoteType
from kartu.core.canonical import as_json, short_hash, text_as_json, texts_as_json
from kartu.core.model import Deck, Note, NoteType
from kartu.core.source import Node, Text, texts_in
from kartu.ledger.similarity import sketch_of

# The content hash of a note that a release removed (with --major).
GONE = ""

# Marks a gap, field or card that a release removed (with --major): students have progress there,
# so its place is never reused.
GIVEN_UP = "-"

# The hash of the media of a note that has none.
NO_MEDIA = short_hash(texts_as_json(()))

# The place of the reason why a note is retired, next to the positions of its fields.
RETIRED = "retired"

# Characters of an original that a ledger holds: enough to tell a translator what was corrected.
MAX_WORDS = 500

# 40 bits: among 100,000 texts that all change, one false alarm in a hundred releases.
_FIELD_DIGITS = 10

# 24 bits: a note that a student has edited is compared with a few of its own texts.
_SHOWN_DIGITS = 6
_MOST_EARLIER = 50
_TAGS = "tags"  # in place of the position of a field: the tags of a note were others once


class NoteEntry(NamedTuple):
    """A published note.

    `note_type` is its permanent id, whatever the lines of the file call it (`type_names`).

    `parts` are hashes of the tags, the media, and of `as_of` and the reason why it is retired.
    `fields` maps positions to hashes of the author's texts, `shown` to hashes of what Anki has in
    these fields, and `earlier` to those of earlier releases, the newest last, divided by spaces.
    `words` is a sketch of the texts' words (`similarity`); of a translation, `original` maps
    positions (and RETIRED to the reason) to the texts in the deck's own language that its texts
    were made from, as `words_of` gives them.
    `cards` maps the number of each card it makes (the card's id, or the cloze number) to a hash
    of the text hidden there, empty for standard notes and GIVEN_UP for a gap that was removed.
    `editions` are the keys of those that contain it. `time` (seconds) and `version` are of the
    release in which it last changed.
    """

    id: str
    note_type: str
    deck: str
    guid: str
    hash: str
    parts: dict[str, str]
    fields: dict[str, str]
    shown: dict[str, str]
    earlier: dict[str, str]
    words: str
    original: dict[str, str]
    cards: dict[str, str]
    editions: list[str]
    retired: bool
    time: int
    version: str


class TypeEntry(NamedTuple):
    """A published note type: its schema and a hash of everything that Anki receives of it.

    `id` is permanent, as in a note. `fields` and `cards` map positions to names, GIVEN_UP for one
    that was removed; `past_fields` and `past_cards` are names that were given up and never come
    back. `fronts` and `backs` map the positions of cards to hashes of their sides.
    """

    id: str
    anki_id: int
    kind: str
    slots: list[int]
    fields: dict[str, str]
    cards: dict[str, str]
    past_fields: list[str]
    past_cards: list[str]
    fronts: dict[str, str]
    backs: dict[str, str]
    hash: str
    time: int
    version: str


class DeckEntry(NamedTuple):
    """What identifies the published deck, and a hash of its data in Anki without the notes.

    Of a translation, `texts` are hashes of its description and its editions' titles, and `original`
    are the texts in the deck's own language that they were made from, as in a note.
    """

    uid: str
    name: str
    prefix: str
    hash: str
    texts: dict[str, str]
    original: dict[str, str]
    time: int
    version: str


class Release(NamedTuple):
    """A version, when it was released, and a hash of its whole content, in order."""

    version: str
    time: int
    content: str


class Entries(NamedTuple):
    """A deck as entries; in a compiled deck none has a time or version yet."""

    deck: DeckEntry
    types: dict[str, TypeEntry]
    notes: BuiltNotes

    @property
    def content(self) -> str:
        """A hash of the packages' whole content, including the notes' order and editions."""
        types = [[key, one.hash] for key, one in self.types.items()]
        notes = [[key, one.hash, one.deck, one.editions] for key, one in self.notes.items()]
        return short_hash(as_json([self.deck[:4], types, notes]))


def entries_of(built: BuiltDeck, original: Entries | None = None) -> Entries:
    """Returns the compiled deck as entries; `original` is the deck of which it is a variant."""
    return Entries(
        deck=_deck_entry(
            built.source, original.notes.built.source if original is not None else None
        ),
        types={one.source.id: _type_entry(one) for one in built.note_types},
        notes=BuiltNotes(built, original.notes if original is not None else None),
    )


def _deck_entry(deck: Deck, original: Deck | None) -> DeckEntry:
    shown = [deck.description, list(deck.authors), deck.licence, deck.language, list(deck.options)]
    texts = deck_texts(deck) if original is not None else {}
    made_from = deck_texts(original) if original is not None else {}
    return DeckEntry(
        uid=str(deck.uid),
        name=str(deck.name),
        prefix=str(deck.prefix),
        hash=short_hash(as_json(shown)),
        texts={key: _field_hash(text) for key, text in texts.items()},
        original={key: words_of(made_from[key]) if key in made_from else "" for key in texts},
        time=0,
        version="",
    )


def deck_texts(deck: Deck) -> dict[str, Text]:
    """The texts of a deck that a language variant translates outside notes, by name."""
    titles = {f"edition {one.key}": one.title for one in deck.editions}
    texts = {"description": deck.description, **titles}
    return {key: text for key, text in texts.items() if isinstance(text, Text)}


class BuiltNotes(Mapping[str, NoteEntry]):
    """The notes by id, each converted to an entry on first access; without a ledger none is.

    Of these entries `fields`, `shown`, `words` and `original` are empty: only notes that changed
    need them, and `whole` gives them. `original` are the notes of which these are translations.
    """

    def __init__(self, built: BuiltDeck, original: BuiltNotes | None) -> None:
        self.built = built
        self.original = original
        self._editions = built.source.editions
        self._notes: dict[str, BuiltNote] = {note.source.id: note for note in built.notes}
        self._cache: dict[str, NoteEntry] = {}
        # Many notes have the same tags, and most have no media.
        self._texts_json = cache(texts_as_json)

    def __getitem__(self, key: str) -> NoteEntry:
        entry = self._cache.get(key)
        if entry is None:
            note = self._notes[key]
            editions = [one.key for one in self._editions if one.chooses(note.source)]
            entry = self._cache[key] = _note_entry(note, editions, self._texts_json)
        return entry

    def whole(self, key: str) -> NoteEntry:
        """Returns the entry with all values that a ledger stores."""
        entry = self[key]
        if not entry.fields:
            note = self._notes[key]
            texts = chain.from_iterable(map(texts_in, note.source.values.values()))
            entry = entry._replace(
                fields=field_hashes(note),
                shown=shown_hashes(note),
                words=sketch_of(" ".join(texts)),
                original=self.original_words(key),
            )
            self._cache[key] = entry
        return entry

    def original_words(self, key: str) -> dict[str, str]:
        """Returns the `original` of an entry: the words that each text of the note translates."""
        note = self._notes[key]
        made_from = self.original.source(key) if self.original is not None else None
        if made_from is None:
            return {}
        values = made_from.values
        words = {
            str(field.id): words_of(values[field.key]) if field.key in values else ""
            for field in note.note_type.source.fields
            if field.key in note.source.values
        }
        if note.source.retired is not None and made_from.retired is not None:
            words[RETIRED] = words_of(made_from.retired)
        return words

    def source(self, key: str) -> Note | None:
        """Returns the note as its author wrote it, None where there is no such note."""
        return self._notes[key].source if key in self._notes else None

    def __contains__(self, key: object) -> bool:
        return key in self._notes

    def __iter__(self) -> Iterator[str]:
        return iter(self._notes)

    def __len__(self) -> int:
        return len(self._notes)


def _note_entry(
    note: BuiltNote, editions: list[str], texts_json: Callable[[tuple[str, ...]], str]
) -> NoteEntry:
    source = note.source
    tags = texts_json(tuple(note.tags))
    about = [source.as_of or "", (source.retired or "").strip()]
    parts = {
        "about": short_hash(texts_as_json(about)),
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
        fields={},
        shown={},
        earlier={},
        words="",
        original={},
        cards=_cards(note),
        editions=editions,
        retired=source.retired is not None,
        time=0,
        version="",
    )


def words_of(node: Node) -> str:
    """The words of a text without its line breaks and layout; a long text is cut, with a hash."""
    words = " ".join(" ".join(texts_in(node)).split())
    if len(words) <= MAX_WORDS:
        return words
    return f"{words[:MAX_WORDS]}…{short_hash(text_as_json(words))}"


def field_hashes(note: BuiltNote) -> dict[str, str]:
    """A hash of what the author wrote in each field, by position: a key can change without it."""
    values = note.source.values
    return {
        str(field.id): _field_hash(values[field.key])
        for field in note.note_type.source.fields
        if field.key in values
    }


def shown_hashes(note: BuiltNote) -> dict[str, str]:
    """A hash of what Anki has in each field that an author fills, by position, but for its form."""
    return {
        str(one.declared.id): shown_hash(value)
        for one, value in zip(note.note_type.fields, note.fields, strict=True)
        if one.declared is not None and value
    }


def shown_hash(html: str) -> str:
    """A hash of a field's HTML, the same for HTML that shows the same (`field_html.canonical`)."""
    return short_hash(canonical(html))[:_SHOWN_DIGITS]


def with_earlier(entry: NoteEntry, before: NoteEntry) -> NoteEntry:
    """The entry of a note that was released before, with what its fields had then."""
    earlier = {}
    for place in sorted({*before.shown, *before.earlier, *entry.earlier} - {_TAGS}):
        known = f"{before.earlier.get(place, '')} {before.shown.get(place, '')}".split()
        known += entry.earlier.get(place, "").split()
        others = [one for one in dict.fromkeys(known) if one != entry.shown.get(place)]
        if others:
            earlier[place] = " ".join(others[-_MOST_EARLIER:])
    if before.parts["tags"] != entry.parts["tags"] or _TAGS in before.earlier:
        earlier[_TAGS] = ""
    return entry._replace(earlier=earlier)


def had_other_tags(entry: NoteEntry) -> bool:
    """Whether a note had other tags in an earlier release."""
    return _TAGS in entry.earlier


def tags_hash(tags: Iterable[str]) -> str:
    """A hash of the tags that Anki gets."""
    return short_hash(texts_as_json(tuple(tags)))


def has_texts(entry: NoteEntry, note_type: NoteType, values: Mapping[str, Any]) -> bool:
    """Whether these values of a note by key are the texts that were published."""
    fields = {str(field.id): str(field.key) for field in note_type.fields}
    there = {id: values[key] for id, key in fields.items() if key in values}
    return {id: _field_hash(value) for id, value in there.items()} == entry.fields


def _field_hash(node: Node) -> str:
    return short_hash(_node_json(node))[:_FIELD_DIGITS]


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
        fronts={str(card.id): _side(one.cards[card.id - 1].front) for card in one.source.cards},
        backs={str(card.id): _side(one.cards[card.id - 1].back) for card in one.source.cards},
        hash=short_hash(as_json([one.id, one.name, fields, cards, one.css])),
        time=0,
        version="",
    )


def _side(template: str) -> str:
    return short_hash(text_as_json(template))[:_FIELD_DIGITS]


def _collapsed(declared: Any) -> bool:
    return declared is None or bool(declared.retired)


def _node_json(node: Node) -> str:
    return text_as_json(node.strip()) if isinstance(node, str) else as_json(_without_spans(node))


def _without_spans(node: Node) -> Any:
    if isinstance(node, str):
        return str(node).strip()
    if isinstance(node, dict):
        return {str(key): _without_spans(value) for key, value in node.items()}
    return [_without_spans(value) for value in node]
