"""Renders a note's values to the HTML of Anki's fields.

The field template of a value's format, `_shared/fields/<format>.html` in templates/, determines its
appearance: there a teacher can change how a list looks. A template that consists of its value alone
costs nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from kartu.compile.render import html, markdown
from kartu.compile.render.field_templates import Content, FieldTemplates, Later
from kartu.compile.render.media import Media
from kartu.compile.render.note_types import AnkiNoteType
from kartu.compile.render.templates import Templates
from kartu.compile.render.values import Values, WrongShapeError, escaped, wrong_shape
from kartu.core.dates import written
from kartu.core.diagnostics import Diagnostic, Diagnostics, has_errors
from kartu.core.language import _
from kartu.core.model import Deck, FieldType, Note
from kartu.core.patterns import pattern
from kartu.core.source import Mapping, Node, Text, texts_in
from kartu.load.files import CONTROL, control_character

# A text that needs no escaping.
_PLAIN_TEXT = pattern(r"[^\\&<>\[\n]+")

# The bytes that a format leaves unchanged, anywhere but at the beginning.
_HARMLESS = {
    "text": bytes(set(range(0x20, 0x7F)) - set(b"\\&<>[")),
    "markdown": bytes(set(range(0x20, 0x7F)) - set(b"\\`*_[]<>&~$|=")),
}

# Anki accepts much longer texts; rendering them here must stay fast.
_LONGEST = 100_000
_LONGEST_FROM_ANKI = 2_000_000


class _Declared(NamedTuple):
    """A declared field: its position in Anki, its key, and the bytes that it leaves unchanged.

    These are from _HARMLESS; None if the template shows more than the value.
    """

    place: int
    key: str
    harmless: bytes | None
    field: FieldType


class _Unfilled(NamedTuple):
    """A field that a process renders: of `value`, or of a built-in key where that is None.

    `reported` was found in reading the value, and `earlier` before that; `failed` says whether a
    template inside it failed.
    """

    later: Later
    value: Node | None = None
    reported: Sequence[Diagnostic] = ()
    failed: bool = False
    place: int = 0
    earlier: Sequence[Diagnostic] = ()


class Unfinished(NamedTuple):
    """The fields of a note that a process renders, and what was found in those after them."""

    fields: list[_Unfilled]
    reported: list[Diagnostic]

    @property
    def is_ready(self) -> bool:
        """Whether all of them are rendered."""
        return all(one.later.asked.done for one in self.fields)


class Fields:
    """Renders the fields of one deck's notes. Faults go to `diagnostics`."""

    def __init__(
        self,
        templates: Templates,
        texts: Mapping,
        deck: Deck,
        media: Media,
        diagnostics: Diagnostics,
    ) -> None:
        self._templates = FieldTemplates(templates, texts, deck, diagnostics)
        self._values = Values(self._templates, templates.results, media, diagnostics)
        self._deck = deck
        self._media = media
        self._diagnostics = diagnostics
        self._plans: dict[int, list[_Declared]] = {}

    @property
    def failures(self) -> int:
        """How many fields are wrongly empty so far, as a template failed."""
        return self._templates.failures

    def begin(self, fields: list[str], note: Note, note_type: AnkiNoteType) -> Unfinished | None:
        """Writes the HTML of the note's values into `fields`, one item per Anki field.

        Returns those for `finish` to write, which a process renders, with the diagnostics so far.
        """
        plan = self._plans.get(note_type.id)
        if plan is None:
            plan = self._plans[note_type.id] = self._plan(note_type)
        values, start = note.values, self._diagnostics.mark()
        unfilled: list[_Unfilled] = []
        for place, key, harmless, field in plan:
            value = values.get(key)
            if value is None:
                found = self._from_built_in_key(field, note) if field.origin else ""
            elif (
                # The fast path for values that are shown unchanged, as most are.
                harmless is not None
                and isinstance(value, Text)
                and value.isascii()
                and value[:1].isalpha()
                and not value.encode().translate(None, harmless)
                and value[-1] != " "
                and len(value) <= _LONGEST
            ):
                found = value
            else:
                found = self._html_of(field, value)
            if isinstance(found, str):
                fields[place] = found
            else:
                earlier = self._diagnostics.take_since(start)
                unfilled.append(found._replace(place=place, earlier=earlier))
        return Unfinished(unfilled, self._diagnostics.take_since(start)) if unfilled else None

    def finish(self, fields: list[str], unfinished: Unfinished) -> None:
        """Writes the HTML that `begin` has left; what it found is reported again, in order."""
        for one in unfinished.fields:
            self._diagnostics.extend(one.earlier)
            before, failures = self._diagnostics.mark(), self.failures
            self._diagnostics.extend(one.reported)
            filled = fields[one.place] = self._templates.finish(one.later)
            if one.value is not None:
                failed = one.failed or self.failures != failures
                self._check(filled, one.value, before, failed=failed)
        self._diagnostics.extend(unfinished.reported)

    def _plan(self, note_type: AnkiNoteType) -> list[_Declared]:
        """The declared fields, prepared once for all notes of a type."""
        return [
            _Declared(place, one.declared.key, self._harmless(one.declared), one.declared)
            for place, one in enumerate(note_type.fields)
            if one.declared is not None
        ]

    def _harmless(self, field: FieldType) -> bytes | None:
        shows_value = field.format in _HARMLESS and self._templates.is_value_only(field.format)
        return _HARMLESS[field.format] if shows_value and not field.origin else None

    def _html_of(self, field: FieldType, value: Node) -> str | _Unfilled:
        """The HTML of a field's value, or what a process renders; empty for a wrong one."""
        if field.format == "anki":
            return self._from_anki(value)
        if isinstance(value, Text) and self._is_plain(field.format, value):
            return unicodedata.normalize("NFC", value.strip())
        before, failures = self._diagnostics.mark(), self.failures
        try:
            if len(value) > _LONGEST or not isinstance(value, Text):
                self._check_length(value)
            content = self._values.read(field.format, value)
        except WrongShapeError as wrong:
            self._diagnostics.append(wrong.diagnostic)
            return ""
        filled = self._templates.begin(field.format, content)
        failed = self.failures != failures
        if isinstance(filled, Later):
            return _Unfilled(filled, value, self._diagnostics.take_since(before), failed)
        self._check(filled, value, before, failed=failed)
        return filled

    def _check(self, filled: str, value: Node, before: int, *, failed: bool) -> None:
        if not filled.isprintable():
            self._check_characters(filled, value)
        if not html.begins_visibly(filled) and not failed:
            self._check_visible(filled, value, before)

    def _is_plain(self, format: str, value: Text) -> bool:
        """Whether the field shows just the value, with nothing to escape, render or report."""
        if format not in ("text", "markdown") or not self._templates.is_value_only(format):
            return False
        plain = _PLAIN_TEXT if format == "text" else markdown.PLAIN
        return (
            html.begins_visibly(value)
            and "<" not in value
            and plain.fullmatch(value) is not None
            and value.isprintable()
            and len(value) <= _LONGEST
        )

    def _from_anki(self, value: Node) -> str:
        """The HTML unchanged, including the names of its files, which Anki must find."""
        try:
            if not isinstance(value, Text):
                raise wrong_shape(value, _("a text"), _("write it as one text"))
            self._check_length(value, _LONGEST_FROM_ANKI)
        except WrongShapeError as wrong:
            self._diagnostics.append(wrong.diagnostic)
            return ""
        shown = self._media.keep_references(value, value.span)
        return unicodedata.normalize("NFC", shown)

    def _check_length(self, value: Node, longest: int = _LONGEST) -> None:
        if sum(map(len, texts_in(value))) > longest:
            message = _("a field holds at most {most} characters", most=longest)
            help = _("divide it into several notes")
            raise WrongShapeError(Diagnostic("value-too-long", value.span, message, help))

    def _check_characters(self, filled: str, value: Node) -> None:
        """Reports control characters that entities or templates produce."""
        found = CONTROL.search(filled)
        if found and not any(CONTROL.search(part) for part in texts_in(value)):
            self._diagnostics.append(control_character(found, value.span, _("the field")))

    def _check_visible(self, filled: str, value: Node, before: int) -> None:
        """Reports a value of which a card would show nothing, if no other error is the reason."""
        reported = self._diagnostics.since(before)
        if not html.is_visible(filled) and not has_errors(reported):
            left_out = any(one.code == "html-removed" for one in reported)
            message = (
                _("a card shows nothing of this value: all of it was left out")
                if left_out
                else _("a card shows nothing of this value: it holds only spaces or empty elements")
            )
            help = _("write a text, or delete the key")
            self._diagnostics.add("invisible-value", value.span, message, help)

    def _from_built_in_key(self, field: FieldType, note: Note) -> str | _Unfilled:
        """As `_html_of`, of a field that is filled from `as_of` or `sources`."""
        language = self._deck.language
        as_of = written(note.as_of or "", language)
        if field.origin == "as_of":
            return self._unfilled("text", html.escape(as_of)) if as_of else ""
        sources = [
            one._replace(
                title=escaped(one.title),
                publisher=escaped(one.publisher),
                date=written(one.date, language),
            )._asdict()
            for key in note.sources
            if (one := self._deck.sources.get(key)) is not None
        ]
        values = {"sources": sources, "as_of": as_of}
        return self._unfilled("sources", values) if sources else ""

    def _unfilled(self, format: str, content: Content) -> str | _Unfilled:
        filled = self._templates.begin(format, content)
        return filled if isinstance(filled, str) else _Unfilled(filled)
