"""Cards as a review sees them: what the front asks, and what the answer is.

Texts of the templates are left out: a review of notes is about their own texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from kartu.anki.cards import filled
from kartu.anki.cloze import OCCLUSION, hidden_texts
from kartu.anki.filters import Place, filtered
from kartu.anki.mustache import Node, Replacement, Section, Template, parse
from kartu.compile.built import BuiltDeck, BuiltNote
from kartu.compile.render.note_types import AnkiNoteType
from kartu.compile.render.visible import visible
from kartu.core.source import Span
from kartu.review.elements import elements

MAX_LENGTH = 20_000
"""Characters of the longest text that is reviewed: far more than a card shows, and quickly read."""

_IN_BRACKETS = re.compile(r"\[[^\]]*\]")  # gaps, and pictures by their names
_LETTER = re.compile(r"\w")

# What these show is not part of the question: a box to type in, and what is shown on demand.
_NOT_ASKED = frozenset(("type", "hint"))

# Anki's own fields that say in an author's words where a card belongs.
_LABELS: dict[str, Callable[[BuiltNote], Sequence[str]]] = {
    "Deck": lambda note: (note.deck_name,),
    "Subdeck": lambda note: (note.deck_name.rpartition("::")[2],),
    "Tags": lambda note: note.tags,
}


class Part:
    """A field as one side of a card shows it; `place` is the position of its value."""

    def __init__(self, key: str, html: str, place: Span) -> None:
        self.key = key
        self.html = html
        self.place = place

    @cached_property
    def text(self) -> str:
        """Its words on one line; a gap is `[...]` or `[hint]`."""
        return visible(self.html)

    @cached_property
    def words(self) -> list[str]:
        return self.text.split()

    def has_picture(self) -> bool:
        return "<img" in self.html


class Card(NamedTuple):
    """One card of a note: the fields on its front in their order, and its answer.

    The answer is the first field that the back shows and the front does not; of clozes, the hidden
    text; image occlusions have none. `number` is the position of the card's template, or the
    cloze's number. `labels` is what the front shows of the note's deck and tags.
    """

    note: BuiltNote
    number: int
    asked: tuple[Part, ...]
    answer: Part | None
    is_cloze: bool
    labels: tuple[str, ...] = ()

    @property
    def question(self) -> str:
        return " ".join(part.text for part in self.asked)

    @property
    def place(self) -> Span:
        """The position of the question."""
        return self.asked[0].place if self.asked else self.note.source.id.span


class _Plan(NamedTuple):
    """What front and back of a template show of notes with the same fields filled.

    `asked` are the fields on the front with their filters; `answer` is empty where the back shows
    no other field. `labels` are the fields of Anki's own on the front.
    """

    asked: tuple[Replacement, ...]
    answer: str
    labels: tuple[str, ...]


def cards_of(deck: BuiltDeck) -> Iterator[Card]:
    """Yields the cards of all notes that are not retired, in study order."""
    readers = {one.source.id: _Reader(one) for one in deck.note_types}
    for note in deck.notes:
        if note.source.retired is None:
            yield from readers[note.note_type.source.id].cards(note)


class _Parts:
    """The fields of one note that its author fills, as parts of cards."""

    def __init__(self, note: BuiltNote, keys: dict[str, str]) -> None:
        self._values = note.source.values
        self._keys = keys
        self._fields = {
            field.name: html
            for field, html in zip(note.note_type.fields, note.fields, strict=True)
            if field.name in keys
        }
        self._parts: dict[str, Part] = {}

    def part(self, name: str) -> Part:
        if name not in self._parts:
            self._parts[name] = self._part(name, self._fields[name])
        return self._parts[name]

    def with_gaps(self, shown: Replacement, number: int) -> Part:
        place = Place(shown.name, number, answer=False)
        return self._part(shown.name, filtered(self._fields[shown.name], shown.filters, place))

    def hidden(self, name: str, number: int) -> Part | None:
        html = hidden_texts(self._fields[name]).get(number)
        # Image occlusions hide no words.
        return self._part(name, html) if html is not None and OCCLUSION not in html else None

    def _part(self, name: str, html: str) -> Part:
        key = self._keys[name]
        return Part(key, html, self._values[key].span)


class _Reader:
    """Reads the cards of one note type's notes; its templates are parsed once."""

    def __init__(self, note_type: AnkiNoteType) -> None:
        self._names = tuple(field.name for field in note_type.fields)
        self._sides = [(parse(card.front), parse(card.back)) for card in note_type.cards]
        self._is_cloze = note_type.source.kind != "standard"
        self._hides_words = note_type.source.kind == "cloze"
        self._keys = {
            field.name: str(field.declared.key)
            for field in note_type.fields
            if field.declared is not None and not field.declared.origin
        }
        self._plans: dict[tuple[int, frozenset[str]], _Plan] = {}

    def cards(self, note: BuiltNote) -> Iterator[Card]:
        names = filled(self._names, note.fields, tagged=bool(note.tags))
        parts = _Parts(note, self._keys)
        for position in note.cards:
            number = position + 1
            if self._is_cloze:
                plan = self._plan(0, names | {f"c{number}"})
                asked = [parts.with_gaps(one, number) for one in plan.asked]
                hiding = plan.asked if self._hides_words else ()  # a mask hides a place
                hidden = (parts.hidden(one.name, number) for one in hiding)
                answer = next((one for one in hidden if one is not None), None)
            else:
                plan = self._plan(position, names)
                asked = [parts.part(one.name) for one in plan.asked]
                answer = parts.part(plan.answer) if plan.answer else None
            labels = tuple(one for name in plan.labels for one in _LABELS[name](note))
            yield Card(note, number, tuple(asked), answer, self._is_cloze, labels)

    def _plan(self, side: int, names: frozenset[str]) -> _Plan:
        key = (side, names)
        if key not in self._plans:
            front, back = self._sides[side]
            asked = self._shown(front, names)
            answers = [name for name in self._shown(back, names) if name not in asked]
            seen = (one for one in asked.values() if _NOT_ASKED.isdisjoint(one.filters))
            labels = {one.name for one in _replacements(front.nodes, names)} - {*self._names}
            own = tuple(name for name in _LABELS if name in labels)
            self._plans[key] = _Plan(tuple(seen), answers[0] if answers else "", own)
        return self._plans[key]

    def _shown(self, template: Template, names: frozenset[str]) -> dict[str, Replacement]:
        """Returns the author's filled fields that a side shows, in their order."""
        found: dict[str, Replacement] = {}
        for one in _replacements(template.nodes, names):
            if one.name in names and one.name in self._keys:
                found.setdefault(one.name, one)
        return found


def _replacements(nodes: Sequence[Node], names: frozenset[str]) -> Iterator[Replacement]:
    """Yields the fields that a template shows where the sections of `names` are true."""
    for node in nodes:
        if isinstance(node, Replacement):
            yield node
        elif isinstance(node, Section) and (node.name in names) != node.negated:
            yield from _replacements(node.children, names)


# So many that are more than half of their kind are no slips of their author.
_MANY = 10
# So many are not read one by one, whatever their share.
_TOO_MANY = 100


def by_design(count: int, total: int) -> bool:
    """Whether `count` faults among `total` cards or fields of a kind are one fault of the kind."""
    return (count >= _MANY and count * 2 > total) or count > _TOO_MANY


def pictures_without_text(html: str) -> int:
    """Counts the pictures without an alternative text."""
    return sum(not one.get("alt", "").strip() for one in elements(html, "img"))


def is_picture_alone(card: Card) -> bool:
    """Whether the front consists of pictures that nothing describes in words."""
    if not any(part.has_picture() and pictures_without_text(part.html) for part in card.asked):
        return False
    return not any(_LETTER.search(_IN_BRACKETS.sub("", part.text)) for part in card.asked)
