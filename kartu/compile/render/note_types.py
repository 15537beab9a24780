"""Compiles note types: renders their layouts, and adds spare fields, spare cards and _kartu."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kartu.anki.cards import CardRule, cloze_fields
from kartu.anki.mustache import (
    SPECIAL_FIELDS,
    MustacheError,
    Reference,
    Template,
    parse,
    references_in,
    renamed,
)
from kartu.compile.render.links import report_address
from kartu.compile.render.templates import Templates, without_jinja
from kartu.core.diagnostics import Diagnostics, did_you_mean, nearest
from kartu.core.identity import card_id, field_id, note_type_id
from kartu.core.language import _
from kartu.core.model import CardType, Deck, FieldType, NoteType, name_in_templates
from kartu.core.patterns import pattern
from kartu.core.source import Mapping, Span, place_in
from kartu.load.files import CONTROL, control_character
from kartu.load.note_type import ENGINE_FIELD, OCCLUSION_FIELDS

_CLOZE_CONDITION = pattern(r"c\d+")

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

    def render(self, note_type: NoteType) -> AnkiNoteType | None:
        """The note type for Anki, or None with the reasons in `diagnostics`."""
        layout = _Layout(self._templates, self._texts, self._deck, note_type, self._diagnostics)
        inputs = ("layouts", self._deck.language, self._deck.theme, self._texts, note_type)
        rendered = self._templates.results.recall(inputs, layout.render)
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


class _Layout:
    """Renders the layouts of one note type, and checks each name in them."""

    def __init__(
        self,
        templates: Templates,
        texts: Mapping,
        deck: Deck,
        note_type: NoteType,
        diagnostics: Diagnostics,
    ) -> None:
        self.templates = templates
        self.note_type = note_type
        self.diagnostics = diagnostics
        there = templates.exists(f"_shared/themes/{deck.theme}/theme.css")
        self.theme = str(deck.theme) if there else ""  # that it is unknown has been reported
        # Templates are written with the first name of each field, whatever the deck's language.
        fields = tuple(one._replace(name=name_in_templates(one)) for one in note_type.fields)
        in_templates = note_type._replace(fields=fields)
        self.context = {
            "texts": texts,
            "language": str(deck.language),
            "note_type": in_templates,
            "report": report_address(deck),
        }
        self.names = _names_in_anki(note_type)
        self.reported: set[tuple[str, Span]] = set()
        self.fronts: dict[str, str] = {}

    def render(self) -> list[str] | None:
        """The style, then front and back of each card; None with the reasons in `diagnostics`."""
        before = self.diagnostics.mark()
        texts = [self._css()]
        for card in self.note_type.cards:
            texts += self._sides(card)
        # Faults of a file that several note types use are reported with the first.
        whole = len(texts) == 1 + 2 * len(self.note_type.cards)
        return texts if whole and not self.diagnostics.since(before) else None

    def _css(self) -> str:
        """The style. It alone gets the theme, so another theme changes no card and no note."""
        name = f"{self.note_type.id}/style.css"
        if not self.templates.exists(name):
            return ""
        return self._text(name, None, theme=self.theme) or ""

    def _sides(self, card: CardType) -> list[str]:
        front = self._side(card, card.front)
        back = self._side(card, card.back)
        if front is None or back is None:
            return []
        self._check_front(card, front)
        self._check_back(card, back[1])
        return [front[0], back[0]]

    def _side(self, card: CardType, file: str) -> tuple[str, Template] | None:
        name = f"{self.note_type.id}/{file}"
        rendered = self._text(name, card)
        if rendered is None:
            return None
        if found := CONTROL.search(rendered):
            place = Span(self.templates.path(name))
            self.diagnostics.append(control_character(found, place, _("the card")))
            return None
        try:
            template = parse(rendered)
        except MustacheError as error:
            self._syntax_error(name, error)
            return None
        for reference in template.references:
            if not self._exists(reference):
                self._wrong_name(name, reference.name)
        other = {name: new for name, new in self.names.items() if name != new}
        if other:
            rendered = renamed(rendered, other)
            template = parse(rendered)
        return rendered, template

    def _text(self, name: str, card: CardType | None, **more: str) -> str | None:
        if self.note_type.jinja:
            return self.templates.render(name, card=card, **self.context, **more)
        return self.templates.read(name)

    def _exists(self, reference: Reference) -> bool:
        if reference.name in self.names or reference.name in SPECIAL_FIELDS:
            return True
        cloze = self.note_type.kind != "standard"
        return cloze and reference.section and bool(_CLOZE_CONDITION.fullmatch(reference.name))

    def _wrong_name(self, name: str, wrong: str) -> None:
        """Reports an unknown name where the card's files contain it, else at the card's file."""
        message = _(
            'the note type "{note_type}" has no field "{name}"',
            note_type=self.note_type.id,
            name=wrong,
        )
        firsts = [name_in_templates(field) for field in self.note_type.fields]
        help = did_you_mean(wrong, self.names if nearest(wrong, self.names) else firsts)
        places = [
            place_in(self.templates.path(source), self.templates.sources[source], reference.offset)
            for source in sorted(self.templates.used_by(name))
            for reference in references_in(self._own_text(source))
            if reference.name == wrong
        ]
        for place in places or [Span(self.templates.path(name))]:
            if (wrong, place) not in self.reported:
                self.reported.add((wrong, place))
                self.diagnostics.add("unknown-field", place, message, help)

    def _syntax_error(self, name: str, error: MustacheError) -> None:
        """Reports a syntax error in the file whose own text has it, else at the card's file."""
        place = Span(self.templates.path(name))
        for source in sorted(self.templates.used_by(name)):
            try:
                parse(self._own_text(source))
            except MustacheError as own:
                if own.message == error.message:
                    content = self.templates.sources[source]
                    place = place_in(self.templates.path(source), content, own.offset)
        help = (
            _("a section is written {{#Field}} ... {{/Field}}")
            if error.of_section
            else _("a field is written {{Field}}, a comment <!-- ... -->")
        )
        self.diagnostics.add("mustache-syntax", place, error.message, help)

    def _own_text(self, source: str) -> str:
        content = self.templates.sources[source]
        return without_jinja(content) if self.note_type.jinja else content

    def _check_front(self, card: CardType, front: tuple[str, Template]) -> None:
        content, template = front
        shown = [one for one in template.references if _shows_field(one)]
        clozes = [one for one in shown if "cloze" in one.filters]
        place = Span(self.templates.path(f"{self.note_type.id}/{card.front}"))
        if not shown:
            message = _("the front shows no field of the note, so Anki would make no card")
            help = _("show one: {field}", field=self._first())
            self.diagnostics.add("front-without-field", place, message, help)
        elif self.note_type.kind != "standard" and not clozes:
            help = self._show_clozes()
            self.diagnostics.add(
                "cloze-on-front", place, _("the front of a cloze note type shows no cloze"), help
            )
        elif self.note_type.kind == "standard" and clozes:
            help = _("take the filter cloze: away, or write kind: cloze in note_type.yaml")
            self.diagnostics.add(
                "cloze-on-front", place, _("a standard note type cannot show clozes"), help
            )
        if content in self.fronts and self.note_type.foreign is None:
            message = _(
                'the cards "{first}" and "{second}" have the same front',
                first=self.fronts[content],
                second=card.name,
            )
            self.diagnostics.add(
                "identical-fronts", card.span, message, _("Anki refuses that: make them differ")
            )
        self.fronts[content] = card.name

    def _check_back(self, card: CardType, back: Template) -> None:
        if self.note_type.kind == "standard":
            return
        if not any("cloze" in one.filters for one in back.references):
            place = Span(self.templates.path(f"{self.note_type.id}/{card.back}"))
            message = _("the back of a cloze note type shows no cloze")
            self.diagnostics.add("cloze-on-front", place, message, self._show_clozes())

    def _show_clozes(self) -> str:
        return _("show the field with the clozes: {field}", field=self._first("cloze:"))

    def _first(self, filter: str = "") -> str:
        """The first field as a template shows it."""
        return f"{{{{{filter}{name_in_templates(self.note_type.fields[0])}}}}}"


def _names_in_anki(note_type: NoteType) -> dict[str, str]:
    """For each name of a field, in whatever language, the one in the deck's language."""
    return {
        name: field.name
        for field in note_type.fields
        for name in (name_in_templates(field), *field.names.values())
    }


def _shows_field(reference: Reference) -> bool:
    return not reference.section and reference.name not in SPECIAL_FIELDS
