"""Compiles note types: renders their layouts, and adds spare fields, spare cards and _kartu."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kartu.anki.cards import CardRule, cloze_fields
from kartu.anki.mustache import (
    Template,
    parse,
)
from kartu.compile.render.layouts import Layout
from kartu.compile.render.results import key_of
from kartu.compile.render.templates import Templates
from kartu.core.diagnostics import Diagnostics
from kartu.core.identity import card_id, field_id, note_type_id
from kartu.core.model import Deck, FieldType, NoteType
from kartu.core.source import Mapping
from kartu.load.note_type import ENGINE_FIELD, OCCLUSION_FIELDS

# Shown at the top of every back once a note is retired or has a notice.
_NOTICE = '{{#_kartu}}<div class="kartu-notice" role="note">{{_kartu}}</div>{{/_kartu}}\n'


class AnkiField(NamedTuple):
    """A field as Anki gets it; `declared` is None for spares and the engine's own field."""

    id: int
    name: str
    declared: FieldType | None
    occlusion_tag: int | None


class AnkiCard(NamedTuple):
    """A card template as Anki gets it."""

    id: int
    name: str
    front: str
    back: str


class AnkiNoteType(NamedTuple):
    """A note type as Anki gets it, in one deck's language and with that deck's ids.

    `cloze_fields` are those that the front shows as clozes, `answer_fields` those that only the
    back does: of an image occlusion, the words under its covers.
    """

    id: int
    name: str
    source: NoteType
    fields: tuple[AnkiField, ...]
    cards: tuple[AnkiCard, ...]
    css: str
    rule: CardRule
    cloze_fields: frozenset[str]
    answer_fields: frozenset[str]


class NoteTypes:
    """Renders note types for one deck. Faults go to `diagnostics`."""

    def __init__(
        self, templates: Templates, texts: Mapping, deck: Deck, diagnostics: Diagnostics
    ) -> None:
        self._templates = templates
        self._texts = texts
        self._deck = deck
        self._diagnostics = diagnostics
        self._expected: dict[str, Layout] = {}

    def expect(self, note_type: NoteType) -> None:
        """Has its layouts rendered with those of others, where a process does that."""
        layout = self._layout(note_type)
        if not self._templates.results.knows(self._key(layout)):
            self._expected[note_type.id] = layout
            layout.ask()

    def render(self, note_type: NoteType) -> AnkiNoteType | None:
        """The note type for Anki, or None with the reasons in `diagnostics`."""
        layout = self._expected.pop(note_type.id, None) or self._layout(note_type)
        rendered = self._templates.results.recall(self._key(layout), layout.render)
        if rendered is None:
            return None
        css, *sides = rendered
        cards = self._cards(note_type, sides)
        rule, shown = self._rule(note_type, cards)
        return AnkiNoteType(
            id=note_type.foreign.id if note_type.foreign else self._type_id(note_type),
            name=self._name(note_type),
            source=note_type,
            fields=tuple(self._fields(note_type)),
            cards=tuple(cards),
            css=css,
            rule=rule,
            cloze_fields=shown,
            answer_fields=_answer_fields(note_type, cards) - shown,
        )

    def _layout(self, note_type: NoteType) -> Layout:
        return Layout(self._templates, self._texts, self._deck, note_type, self._diagnostics)

    def _key(self, layout: Layout) -> str:
        return key_of(("layouts", self._deck.theme, layout.note_type, layout.context))

    def _type_id(self, note_type: NoteType) -> int:
        return note_type_id(self._deck.uid, note_type.id)

    def _name(self, note_type: NoteType) -> str:
        if note_type.foreign:
            return note_type.foreign.name
        return f"{self._deck.prefix} {note_type.name}"

    def _fields(self, note_type: NoteType) -> Iterable[AnkiField]:
        declared = {field.id: field for field in note_type.fields}
        occlusion = note_type.kind == "image-occlusion"
        for position in range(1, note_type.field_slots + 1):
            field = declared.get(position)
            name = field.name if field else f"_{position}"
            tag = position - 1 if occlusion and position <= OCCLUSION_FIELDS else None
            yield AnkiField(self._field_id(note_type, position), name, field, tag)
        if note_type.foreign is None:
            own = note_type.field_slots + 1
            yield AnkiField(self._field_id(note_type, own), ENGINE_FIELD, None, None)

    def _field_id(self, note_type: NoteType, position: int) -> int:
        if note_type.foreign:
            return note_type.foreign.fields[position]
        return field_id(self._deck.uid, note_type.id, position)

    def _cards(self, note_type: NoteType, sides: Sequence[str]) -> list[AnkiCard]:
        fronts_and_backs = zip(note_type.cards, sides[::2], sides[1::2], strict=True)
        declared = {card.id: (card.name, front, back) for card, front, back in fronts_and_backs}
        cards = []
        for position in range(1, note_type.card_slots + 1):
            name, front, back = declared.get(position) or _spare_card(note_type, position)
            if note_type.foreign:
                number = note_type.foreign.cards[position]
            else:
                number = card_id(self._deck.uid, note_type.id, position)
                back = _NOTICE + back
            cards.append(AnkiCard(number, name, front, back))
        return cards

    def _rule(
        self, note_type: NoteType, cards: Sequence[AnkiCard]
    ) -> tuple[CardRule, frozenset[str]]:
        """The rule for cards and, for cloze note types, the fields shown as clozes."""
        names = [field.name for field in self._fields(note_type)]
        if note_type.kind != "standard":
            front = parse(cards[0].front)
            return CardRule.cloze(names, front), cloze_fields(front)
        declared = {card.id for card in note_type.cards}
        never = Template((), ())  # the equivalent of a spare's front
        fronts = [
            parse(card.front) if position in declared else never
            for position, card in enumerate(cards, start=1)
        ]
        return CardRule.standard(names, fronts), frozenset()


def _answer_fields(note_type: NoteType, cards: Sequence[AnkiCard]) -> frozenset[str]:
    if note_type.kind != "image-occlusion" or note_type.foreign:
        return frozenset()
    return cloze_fields(parse(cards[0].back))


def _spare_card(note_type: NoteType, position: int) -> tuple[str, str, str]:
    """A card template of which Anki never makes a card, as a placeholder.

    Its front requires a field to be filled and empty at once; the position in it makes it differ
    from other spares, as Anki's template editor requires.
    """
    first = note_type.fields[0].name
    front = (
        f"{{{{#{first}}}}}{{{{^{first}}}}}{position}{{{{{first}}}}}{{{{/{first}}}}}{{{{/{first}}}}}"
    )
    return f"_{position}", front, "{{FrontSide}}"
