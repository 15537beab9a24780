"""Both sides of each card of a note as a reviewer displays them, with boxes to type in.

Texts that cards of a note type share are stored once. Control characters, which no source can
contain, refer to them: FRONT, in a back, to the whole front, and a number between PART and END to
that one of `parts`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from kartu.anki.cloze import hidden_texts
from kartu.anki.mustache import Node, Section, Text, parse
from kartu.anki.show import Side, show_card
from kartu.compile.built import BuiltNote
from kartu.compile.render.html import attribute, escape
from kartu.compile.render.note_types import AnkiNoteType
from kartu.compile.render.visible import visible, visible_side
from kartu.show.gallery.maths import has_formula, with_formulas

# A match ends before the next one begins, so that many unclosed ones take linear time.
_TYPE_FIELD = re.compile(r"\[\[type:((?:(?!\[\[type:).)*?)\]\]", re.DOTALL)

FRONT, PART, END = "\x00", "\x01", "\x02"
_SHARED = re.compile(f"{PART}([0-9]+){END}")
_MIN_SHARED_LENGTH = 24

# The header is the same on every card of a note type, so it does not describe the card.
_HEADER = re.compile(r"<header\b(?:(?!<header\b).)*?</header>", re.DOTALL)


class RenderedCard(NamedTuple):
    """A card on the page, whose script reads these by name.

    `number` counts from 1: the place of its template, or the cloze's number.

    `asks` and `answers` are the words of the two sides without their headers; `formulas` is
    whether Anki would display any.
    """

    number: int
    name: str
    front: str
    back: str
    asks: str
    answers: str
    formulas: bool


class CardCache:
    """Caches the rendered cards of notes from one build to the next."""

    def __init__(self) -> None:
        self._before: dict[object, tuple[RenderedCard, ...]] = {}
        self._now: dict[object, tuple[RenderedCard, ...]] = {}

    def get(
        self, key: object, make: Callable[[], Iterator[RenderedCard]]
    ) -> tuple[RenderedCard, ...]:
        """Returns the cached cards of `key`, else those that `make` yields.

        The key must contain everything that they depend on.
        """
        if key not in self._now:
            self._now[key] = self._before.get(key) or tuple(make())
        return self._now[key]

    def drop_unused(self) -> None:
        """Drops all entries that were not requested since the last call."""
        self._before, self._now = self._now, {}


class Sides:
    """Renders the cards of one note type's notes; its templates are parsed once.

    `parts` are the longer texts of its templates, which its cards refer to.
    """

    def __init__(self, note_type: AnkiNoteType, cache: CardCache) -> None:
        self._note_type = note_type
        self._cloze = note_type.source.kind != "standard"
        self._cache = cache
        self._names = tuple(field.name for field in note_type.fields)
        self._parsed = [(parse(card.front), parse(card.back)) for card in note_type.cards]
        texts = {
            text
            for template in (side for sides in self._parsed for side in sides)
            for text in _texts(template.nodes)
            if len(text) >= _MIN_SHARED_LENGTH
        }
        # Longest first: a part can contain a shorter one.
        self.parts = sorted(texts, key=lambda text: (-len(text), text))
        self._key = (note_type.name, self._cloze, self._names, note_type.cards)

    def cards_of(self, note: BuiltNote) -> tuple[RenderedCard, ...]:
        """Returns the note's cards in their order."""
        key = (self._key, note.deck_name, tuple(note.fields), tuple(note.tags), note.cards)
        return self._cache.get(key, lambda: self._render(note))

    def expanded(self, card: RenderedCard) -> RenderedCard:
        """Returns the card with all references to shared texts resolved."""
        front = self._expand(card.front)
        return card._replace(front=front, back=self._expand(card.back).replace(FRONT, front))

    def _expand(self, html: str) -> str:
        return _SHARED.sub(lambda found: self.parts[int(found[1])], html)

    def _render(self, note: BuiltNote) -> Iterator[RenderedCard]:
        fields = dict(zip(self._names, note.fields, strict=True))
        for position in note.cards:
            place = 0 if self._cloze else position
            name = self._note_type.cards[place].name
            number = position + 1
            side = show_card(
                *self._parsed[place],
                fields,
                number=number,
                cloze=self._cloze,
                special=self._special(note, name),
            )
            formulas = any(map(has_formula, side))
            front, back = _with_type_boxes(side, fields, number)
            if formulas:
                front, back = with_formulas(front), with_formulas(back)
            # Before the shared parts are replaced, so that the front still matches.
            back = back.replace(front, FRONT) if front else back
            sides = self._with_shared_parts(front), self._with_shared_parts(back)
            yield RenderedCard(number, name, *sides, *_words(side), formulas)

    def _with_shared_parts(self, html: str) -> str:
        for number, part in enumerate(self.parts):
            html = html.replace(part, f"{PART}{number}{END}")
        return html

    def _special(self, note: BuiltNote, card: str) -> dict[str, str]:
        """Returns Anki's special fields; outside a collection a card has no flag and the id 0."""
        return {
            "Tags": " ".join(note.tags),
            "Type": self._note_type.name,
            "Deck": note.deck_name,
            "Subdeck": note.deck_name.rpartition("::")[2],
            "Card": card,
            "CardFlag": "flag0",
            "CardID": "0",
        }


def _texts(nodes: Sequence[Node]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Text):
            yield node.text
        elif isinstance(node, Section):
            yield from _texts(node.children)


def _words(side: Side) -> tuple[str, str]:
    """Returns the words of the question, and those of the answer without the repeated question."""
    asks, answers = (visible_side(_HEADER.sub(" ", one)) for one in side)
    return asks, answers.replace(asks, " ", 1).strip() if asks else answers


def _with_type_boxes(side: Side, fields: dict[str, str], number: int) -> tuple[str, str]:
    """Returns the front with a box to type in, and the back with the expected text."""

    def expected(found: re.Match[str]) -> str:
        kind, _, name = found[1].rpartition(":")
        value = fields.get(name, "")
        if kind == "cloze":
            value = hidden_texts(value).get(number, "")
        return f'<code id="typeans">{escape(visible(value))}</code>'

    def box(found: re.Match[str]) -> str:
        label = attribute(found[1].rpartition(":")[2])
        return f'<input id="typeans" type="text" autocomplete="off" aria-label="{label}">'

    if "[[type:" not in side.question and "[[type:" not in side.answer:
        return side
    return _TYPE_FIELD.sub(box, side.question), _TYPE_FIELD.sub(expected, side.answer)
