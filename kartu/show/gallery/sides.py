"""Both sides of each card of a note as a reviewer shows them, with a box where one types.

What most cards of a note type share is told once. No source can hold the signs that stand for it:
FRONT, in a back, for the whole front, and a number between PART and END for that one of `parts`.
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

# Each is looked for up to the next of its kind, so that many that are never closed take no time.
_TYPED = re.compile(r"\[\[type:((?:(?!\[\[type:).)*?)\]\]", re.DOTALL)

FRONT, PART, END = "\x00", "\x01", "\x02"
_SHARED = re.compile(f"{PART}([0-9]+){END}")
_SHORTEST = 24

# What stands above every card of a note type tells nothing of this one.
_HEADER = re.compile(r"<header\b(?:(?!<header\b).)*?</header>", re.DOTALL)


class Shown(NamedTuple):
    """A card on the page. `number` is the place of its template, or the cloze's number.

    `asks` and `answers` are the words of the two sides, but for their headers; `formulas` tells
    whether Anki would show any.
    """

    number: int
    name: str
    front: str
    back: str
    asks: str
    answers: str
    formulas: bool


class Kept:
    """Keeps the cards of notes for the next time that the same is to be shown."""

    def __init__(self) -> None:
        self._before: dict[object, tuple[Shown, ...]] = {}
        self._now: dict[object, tuple[Shown, ...]] = {}

    def recall(self, what: object, make: Callable[[], Iterator[Shown]]) -> tuple[Shown, ...]:
        """What `make` gives; `what` is all that it depends on."""
        if what not in self._now:
            self._now[what] = self._before.get(what) or tuple(make())
        return self._now[what]

    def forget_unused(self) -> None:
        """Forgets what was not asked for since the last time."""
        self._before, self._now = self._now, {}


class Sides:
    """Shows the cards of one note type's notes; its templates are parsed once.

    `parts` are the longer texts of its templates.
    """

    def __init__(self, note_type: AnkiNoteType, kept: Kept) -> None:
        self._note_type = note_type
        self._cloze = note_type.source.kind != "standard"
        self._kept = kept
        self._names = tuple(field.name for field in note_type.fields)
        self._parsed = [(parse(card.front), parse(card.back)) for card in note_type.cards]
        texts = {
            text
            for template in (side for sides in self._parsed for side in sides)
            for text in _texts(template.nodes)
            if len(text) >= _SHORTEST
        }
        self.parts = sorted(texts, key=lambda text: (-len(text), text))
        self._key = (note_type.name, self._cloze, self._names, note_type.cards)

    def of(self, note: BuiltNote) -> tuple[Shown, ...]:
        """The note's cards in their order."""
        key = (self._key, note.deck_name, tuple(note.fields), tuple(note.tags), note.cards)
        return self._kept.recall(key, lambda: self._shown(note))

    def whole(self, shown: Shown) -> Shown:
        """The card with everything written out that `of` told in short."""
        front = self._whole(shown.front)
        return shown._replace(front=front, back=self._whole(shown.back).replace(FRONT, front))

    def _whole(self, html: str) -> str:
        return _SHARED.sub(lambda found: self.parts[int(found[1])], html)

    def _shown(self, note: BuiltNote) -> Iterator[Shown]:
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
            front, back = _boxed(side, fields, number)
            if formulas:
                front, back = with_formulas(front), with_formulas(back)
            back = back.replace(front, FRONT) if front else back
            sides = self._shared(front), self._shared(back)
            yield Shown(number, name, *sides, *_words(side), formulas)

    def _shared(self, html: str) -> str:
        for number, part in enumerate(self.parts):
            html = html.replace(part, f"{PART}{number}{END}")
        return html

    def _special(self, note: BuiltNote, card: str) -> dict[str, str]:
        """What Anki fills in; a card that is in no collection has no flag, and 0 for its id."""
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
    """The words of the question, and those of the answer without the question on it."""
    asks, whole = (visible_side(_HEADER.sub(" ", one)) for one in side)
    return asks, whole.replace(asks, " ", 1).strip() if asks else whole


def _boxed(side: Side, fields: dict[str, str], number: int) -> tuple[str, str]:
    """Both sides, with a box to type in, and on the back what should have been typed."""

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
    return _TYPED.sub(box, side.question), _TYPED.sub(expected, side.answer)
