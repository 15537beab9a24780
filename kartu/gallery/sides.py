"""Both sides of each card of a note as a reviewer shows them, with a box where one types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kartu.anki.cloze import hidden_texts
from kartu.anki.mustache import Template, parse
from kartu.anki.show import Side, show_card
from kartu.build import BuiltNote
from kartu.render.html import attribute, escape
from kartu.render.note_types import AnkiNoteType
from kartu.render.visible import visible, visible_side

# Each is looked for up to the next of its kind, so that many that are never closed take no time.
_TYPED = re.compile(r"\[\[type:((?:(?!\[\[type:).)*?)\]\]", re.DOTALL)

# What stands above every card of a note type tells nothing of this one.
_HEADER = re.compile(r"<header\b(?:(?!<header\b).)*?</header>", re.DOTALL)


class Shown(NamedTuple):
    """A card on the page. `number` is the place of its template, or the cloze's number.

    `asks` and `answers` are the words of the two sides, but for their headers.
    """

    number: int
    name: str
    front: str
    back: str
    asks: str
    answers: str


class Sides:
    """Shows the cards of one note type's notes; its templates are parsed once."""

    def __init__(self, note_type: AnkiNoteType) -> None:
        self._note_type = note_type
        self._cloze = note_type.source.kind != "standard"
        self._parsed: dict[int, tuple[Template, Template]] = {}

    def of(self, note: BuiltNote) -> Iterator[Shown]:
        """The note's cards in their order."""
        names = (field.name for field in self._note_type.fields)
        fields = dict(zip(names, note.fields, strict=True))
        for position in note.cards:
            place = 0 if self._cloze else position
            if place not in self._parsed:
                card = self._note_type.cards[place]
                self._parsed[place] = (parse(card.front), parse(card.back))
            name = self._note_type.cards[place].name
            number = position + 1
            side = show_card(
                *self._parsed[place],
                fields,
                number=number,
                cloze=self._cloze,
                special=self._special(note, name),
            )
            yield Shown(number, name, *_boxed(side, fields, number), *_words(side))

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
