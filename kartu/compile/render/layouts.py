"""The layouts of a note type: rendered by their templates, with each name in them checked."""

from __future__ import annotations

from collections.abc import Iterable

from kartu.anki.mustache import (
    SPECIAL_FIELDS,
    MustacheError,
    Reference,
    Template,
    parse,
    references_in,
    renamed,
)
from kartu.compile.render.job import Job
from kartu.compile.render.links import report_address
from kartu.compile.render.process import Asked
from kartu.compile.render.templates import Templates, no_map, without_jinja
from kartu.core.diagnostics import Diagnostic, Diagnostics, did_you_mean, nearest
from kartu.core.language import _
from kartu.core.model import CardType, Deck, NoteType, name_in_templates
from kartu.core.patterns import pattern
from kartu.core.source import Mapping, Span, place_in
from kartu.load.files import CONTROL, control_character

_CLOZE_CONDITION = pattern(r"c\d+")


class Layout:
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
        self.asked: dict[tuple[str, int | None], Asked] = {}
        self.found: list[Diagnostic] = []

    def ask(self) -> None:
        """Has a process render the texts, if they are not kartu's own."""
        before = self.diagnostics.mark()
        self.asked = {
            (name, card and card.id): asked
            for name, card in self._texts()
            if (asked := self.templates.ask(self._job(name, card), no_map)) is not None
        }
        self.found = self.diagnostics.take_since(before)

    def render(self) -> list[str] | None:
        """The style, then front and back of each card; None with the reasons in `diagnostics`."""
        before = self.diagnostics.mark()
        self.diagnostics.extend(self.found)
        texts = [self._css()]
        for card in self.note_type.cards:
            texts += self._sides(card)
        # Faults of a file that several note types use are reported with the first.
        whole = len(texts) == 1 + 2 * len(self.note_type.cards)
        return texts if whole and not self.diagnostics.since(before) else None

    def _css(self) -> str:
        """The style. It alone gets the theme, so another theme changes no card and no note."""
        name = self._name("style.css")
        return (self._text(name, None) or "") if self.templates.exists(name) else ""

    def _sides(self, card: CardType) -> list[str]:
        front = self._side(card, card.front)
        back = self._side(card, card.back)
        if front is None or back is None:
            return []
        self._check_front(card, front)
        self._check_back(card, back[1])
        return [front[0], back[0]]

    def _side(self, card: CardType, file: str) -> tuple[str, Template] | None:
        name = self._name(file)
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

    def _texts(self) -> Iterable[tuple[str, CardType | None]]:
        """The files that Jinja2 renders, and the card of each; None for the style."""
        if self.note_type.jinja:
            if self.templates.exists(style := self._name("style.css")):
                yield style, None
            for card in self.note_type.cards:
                yield self._name(card.front), card
                yield self._name(card.back), card

    def _text(self, name: str, card: CardType | None) -> str | None:
        if not self.note_type.jinja:
            return self.templates.read(name)
        asked = self.asked.pop((name, card and card.id), None)
        texts = (
            self.templates.draw(self._job(name, card), no_map)
            if asked is None
            else self.templates.texts_of(asked)
        )
        return texts[0] if texts is not None else None

    def _job(self, name: str, card: CardType | None) -> Job:
        theme = {} if card is not None else {"theme": self.theme}
        return Job(name, {"card": card, **self.context, **theme})

    def _name(self, file: str) -> str:
        return f"{self.note_type.id}/{file}"

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
