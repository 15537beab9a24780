"""Renders a note's values to the HTML of Anki's fields.

The field template of a value's format, `_shared/fields/<format>.html` in templates/, determines its
appearance: there a teacher can change how a list looks. A template that consists of its value alone
costs nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from hashlib import sha256
from typing import Any, NamedTuple

from kartu.compile.render import html, markdown
from kartu.compile.render.decimals import divided_number
from kartu.compile.render.formulas import safe_formulas
from kartu.compile.render.links import link_faults
from kartu.compile.render.markup import safe
from kartu.compile.render.media import IMAGES, SOUNDS, Media, may_name_files
from kartu.compile.render.note_types import AnkiNoteType
from kartu.compile.render.tags import Problem
from kartu.compile.render.templates import Templates
from kartu.core.dates import written
from kartu.core.diagnostics import Diagnostic, Diagnostics, has_errors
from kartu.core.language import _, current
from kartu.core.model import Deck, FieldType, Note
from kartu.core.patterns import pattern
from kartu.core.source import Mapping, Node, Sequence, Span, Text, kind_name, place_of, texts_in
from kartu.load.files import CONTROL, control_character

_FIELDS = "_shared/fields"
_IDENTITY = "[[= value ]]"
_WITH_VALUE = ("text", "markdown", "html", "sound")

# A text that needs no escaping.
_PLAIN_TEXT = pattern(r"[^\\&<>\[\n]+")

# The bytes that a format leaves unchanged, anywhere but at the beginning.
_HARMLESS = {
    "text": bytes(set(range(0x20, 0x7F)) - set(b"\\&<>[")),
    "markdown": bytes(set(range(0x20, 0x7F)) - set(b"\\`*_[]<>&~$|=")),
}

# A Markdown picture; one with a title or a size stays as its author wrote it.
_PICTURE = pattern(r'<img src="([^"]*)" alt="([^"]*)">')

# Anki accepts much longer texts; rendering them here must stay fast.
_LONGEST = 100_000
_LONGEST_FROM_ANKI = 2_000_000


class _WrongShapeError(Exception):
    """A value of a type that its format does not accept."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class _Declared(NamedTuple):
    """A declared field: its position in Anki, its key, and the bytes that it leaves unchanged.

    These are from _HARMLESS; None if the template shows more than the value.
    """

    place: int
    key: str
    harmless: bytes | None
    field: FieldType


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
        self._templates = templates
        self._texts = texts
        self._deck = deck
        self._media = media
        self._diagnostics = diagnostics
        self._shows_value_only: dict[str, bool] = {}
        self._plans: dict[int, list[_Declared]] = {}
        self._shared = ""  # a hash of the context that all field templates share
        self.incomplete = False  # whether a template failed, so that some fields are wrongly empty
        # They return the template's variables; HTML becomes its `value`.
        self._readers: dict[str, Callable[[Node], str | dict[str, Any]]] = {
            "text": self._text,
            "markdown": self._markdown,
            "html": self._html,
            "list": self._list,
            "table": self._table,
            "image": self._image,
            "sound": self._sound,
        }

    def fill(self, fields: list[str], note: Note, note_type: AnkiNoteType) -> None:
        """Writes the HTML of the note's values into `fields`, one item per Anki field."""
        plan = self._plans.get(note_type.id)
        if plan is None:
            plan = self._plans[note_type.id] = self._plan(note_type)
        values = note.values
        for place, key, harmless, field in plan:
            value = values.get(key)
            if value is None:
                if field.origin:
                    fields[place] = self._from_built_in_key(field, note)
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
                fields[place] = value
            else:
                fields[place] = self._html_of(field, value)

    def _plan(self, note_type: AnkiNoteType) -> list[_Declared]:
        """The declared fields, prepared once for all notes of a type."""
        return [
            _Declared(place, one.declared.key, self._harmless(one.declared), one.declared)
            for place, one in enumerate(note_type.fields)
            if one.declared is not None
        ]

    def _harmless(self, field: FieldType) -> bytes | None:
        shows_value = field.format in _HARMLESS and self._is_value_only(field.format)
        return _HARMLESS[field.format] if shows_value and not field.origin else None

    def _html_of(self, field: FieldType, value: Node) -> str:
        """The HTML of a field's value; empty if that is, reported, a wrong one."""
        if field.format == "anki":
            return self._from_anki(value)
        if isinstance(value, Text) and self._is_plain(field.format, value):
            return unicodedata.normalize("NFC", value.strip())
        before = self._diagnostics.mark()
        try:
            if len(value) > _LONGEST or not isinstance(value, Text):
                self._check_length(value)
            filled = self._fill(field.format, self._readers[field.format](value))
        except _WrongShapeError as wrong:
            self._diagnostics.append(wrong.diagnostic)
            return ""
        if not filled.isprintable():
            self._check_characters(filled, value)
        if not html.begins_visibly(filled):
            self._check_visible(filled, value, before)
        return filled

    def _is_plain(self, format: str, value: Text) -> bool:
        """Whether the field shows just the value, with nothing to escape, render or report."""
        if format not in ("text", "markdown") or not self._is_value_only(format):
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
                raise _wrong(value, _("a text"), _("write it as one text"))
            self._check_length(value, _LONGEST_FROM_ANKI)
        except _WrongShapeError as wrong:
            self._diagnostics.append(wrong.diagnostic)
            return ""
        shown = self._media.keep_references(value, value.span)
        return unicodedata.normalize("NFC", shown)

    def _check_length(self, value: Node, longest: int = _LONGEST) -> None:
        if sum(map(len, texts_in(value))) > longest:
            message = _("a field holds at most {most} characters", most=longest)
            help = _("divide it into several notes")
            raise _WrongShapeError(Diagnostic("value-too-long", value.span, message, help))

    def _check_characters(self, filled: str, value: Node) -> None:
        """Reports control characters that entities or templates produce."""
        found = CONTROL.search(filled)
        if found and not any(CONTROL.search(part) for part in texts_in(value)):
            self._diagnostics.append(control_character(found, value.span, _("the field")))

    def _check_visible(self, filled: str, value: Node, before: int) -> None:
        """Reports a value of which a card would show nothing, if no other error is the reason."""
        reported = self._diagnostics.since(before)
        if not html.is_visible(filled) and not self.incomplete and not has_errors(reported):
            left_out = any(one.code == "html-removed" for one in reported)
            message = (
                _("a card shows nothing of this value: all of it was left out")
                if left_out
                else _("a card shows nothing of this value: it holds only spaces or empty elements")
            )
            help = _("write a text, or delete the key")
            self._diagnostics.add("invisible-value", value.span, message, help)

    def _from_built_in_key(self, field: FieldType, note: Note) -> str:
        """The HTML of a field that is filled from `as_of` or `sources`; empty without these."""
        language = self._deck.language
        as_of = written(note.as_of or "", language)
        if field.origin == "as_of":
            return self._fill("text", html.escape(as_of)) if as_of else ""
        sources = [
            one._replace(
                title=_shown(one.title),
                publisher=_shown(one.publisher),
                date=written(one.date, language),
            )._asdict()
            for key in note.sources
            if (one := self._deck.sources.get(key)) is not None
        ]
        values = {"sources": sources, "as_of": as_of}
        return self._fill("sources", values) if sources else ""

    def _fill(self, format: str, content: str | dict[str, Any]) -> str:
        filled = content if isinstance(content, str) else ""
        if not filled or not self._is_value_only(format):
            named = {"value": safe(content)} if isinstance(content, str) else content
            filled = self._rendered(format, named)
        return filled if filled.isascii() else unicodedata.normalize("NFC", filled)

    def _is_value_only(self, format: str) -> bool:
        """Whether the format's template consists of its value alone."""
        known = self._shows_value_only.get(format)
        if known is None:
            source = self._templates.read(f"{_FIELDS}/{format}.html")
            plain = (source or "").strip() == _IDENTITY and format in _WITH_VALUE
            known = self._shows_value_only[format] = plain
        return known

    def _rendered(self, format: str, named: dict[str, Any]) -> str:
        def render() -> str | None:
            before = self._diagnostics.mark()
            shared = {"texts": self._texts, "language": self._deck.language}
            result = self._templates.render(f"{_FIELDS}/{format}.html", **shared, **named)
            return result if not self._diagnostics.since(before) else None

        if not self._shared:
            # The texts are many, and the same for all fields.
            self._shared = sha256(repr((self._texts, self._deck.language)).encode()).hexdigest()
        filled = self._templates.results.recall((format, self._shared, named), render)
        self.incomplete = self.incomplete or filled is None
        return filled or ""

    def _text(self, value: Node) -> str:
        if not isinstance(value, Text):
            raise _wrong(value, _("a text"), _("write it as one text"))
        return self._safe_formulas(html.escape(value.strip()).replace("\n", "<br>"), value)

    def _markdown(self, value: Node) -> str:
        if not isinstance(value, Text):
            raise _wrong(value, _("a text"), _("write it as one text, or after | as lines"))
        return self._inline(value)

    def _html(self, value: Node) -> str:
        if not isinstance(value, Text):
            raise _wrong(value, _("a text"), _("write it as one text, or after | as lines"))
        shown, problems = html.cleaned(value.strip())
        self._report(problems, value)
        return self._with_targets(self._safe_formulas(html.inert(shown), value), value)

    def _list(self, value: Node) -> dict[str, Any]:
        if not isinstance(value, Sequence):
            raise _wrong(value, _("a list"), _('write lines that begin with "- "'))
        return {"items": self._cells(value, _("a text as an item of the list"))}

    def _table(self, value: Node) -> dict[str, Any]:
        if not isinstance(value, Sequence):
            help = _("write each row as - [one, two]; the first row is the heading row")
            raise _wrong(value, _("a list of rows"), help)
        rows: list[list[Any]] = []
        for row in value:
            if not isinstance(row, Sequence):
                raise _wrong(row, _("a row"), _("write it as - [one, two]"))
            cells = self._cells(row, _("a text as a cell of the table"))
            if rows and len(cells) != len(rows[0]):
                message = _(
                    "this row has {cells} cells, the first one has {expected}",
                    cells=len(cells),
                    expected=len(rows[0]),
                )
                raise _WrongShapeError(Diagnostic("bad-table", row.span, message))
            rows.append(cells)
        return {"head": rows[0], "rows": rows[1:]}

    def _cells(self, values: Sequence, wanted: str) -> list[Any]:
        cells = []
        if divided := divided_number(values):
            self._diagnostics.append(divided)
        for value in values:
            if not isinstance(value, Text):
                raise _wrong(value, wanted, _("write it as one text"))
            cells.append(safe(self._inline(value)))
        return cells

    def _image(self, value: Node) -> dict[str, Any]:
        """A file name, or a mapping of file, alt and caption."""
        parts = {"file": value} if isinstance(value, Text) else value
        if not isinstance(parts, dict) or not isinstance(parts.get("file"), Text):
            help = _("write {file: name.png, alt: what is to be seen}")
            raise _wrong(value, _("a picture"), help)
        for key, part in parts.items():
            if key not in ("file", "alt", "caption") or not isinstance(part, Text):
                place = key.span if isinstance(key, Text) else value.span
                raise _wrong(part, _("a text under file, alt or caption"), "", place)
        texts = {key: str(part).strip() for key, part in parts.items()}
        if not texts["file"]:
            raise _WrongShapeError(
                Diagnostic(
                    "missing-key", parts["file"].span, _('"file" has no value'), _("name a picture")
                )
            )
        source = self._media.pack(texts["file"], IMAGES, parts["file"].span)
        alt = safe(html.attribute(texts.get("alt", "")))
        night = self._media.pack_night(source)
        caption = _shown(texts.get("caption", ""))
        return {"src": source, "night": night, "alt": alt, "caption": caption}

    def _sound(self, value: Node) -> str:
        if not isinstance(value, Text):
            raise _wrong(value, _("the name of a sound file"), _("write it as one text"))
        return f"[sound:{self._media.pack(value.strip(), SOUNDS, value.span)}]"

    def _inline(self, value: Text) -> str:
        source = value.strip()
        if "<" not in source and "*" not in source and markdown.is_plain(source):
            return str(source)
        if self._templates.results.lasting:  # then the renderer may not be needed
            rendered = self._templates.results.recall(
                f"markdown {current()} {source}", lambda: markdown.render_fully(source).as_json()
            )
            shown, problems = "", []
            if rendered is not None:
                shown = str(rendered[0])
                problems = [Problem(*one) for one in rendered[1:]]
        else:
            shown, problems = markdown.render_fully(source)
        if problems:
            self._report(problems, value)
        shown = self._with_targets(self._safe_formulas(html.inert(shown), value), value)
        return self._with_dark_versions(shown) if "<img" in shown else shown

    def _safe_formulas(self, shown: str, value: Text) -> str:
        if "\\" in shown:
            shown, problems = safe_formulas(shown)
            self._report(problems, value)
        return shown

    def _with_targets(self, shown: str, value: Text) -> str:
        """`shown` with its files packed, and its links checked."""
        if "<a" in shown:
            for address, fault in link_faults(shown):
                help = _("write the whole address: [text](https://example.org/page)")
                self._diagnostics.add("bad-link", place_of(value, address), fault, help)
        if may_name_files(shown):
            return self._media.pack_references(shown, value)
        return shown

    def _with_dark_versions(self, shown: str) -> str:
        """Replaces pictures with a dark-mode version by what the image format renders."""

        def both(found: re.Match[str]) -> str:
            night = self._media.pack_night(found[1])
            if not night:
                return found[0]
            content = {"src": found[1], "night": night, "alt": safe(found[2]), "caption": ""}
            return self._fill("image", content).strip()

        return _PICTURE.sub(both, shown)

    def _report(self, problems: list[Problem], value: Text) -> None:
        self._diagnostics.extend(
            Diagnostic(one.code, place_of(value, one.part), one.message, one.help)
            for one in problems
        )


def _wrong(node: Node, wanted: str, help: str, place: Span | None = None) -> _WrongShapeError:
    message = _("{wanted} is expected here, not {found}", wanted=wanted, found=kind_name(node))
    return _WrongShapeError(Diagnostic("wrong-shape", place or node.span, message, help))


def _shown(value: str) -> str:
    """Plain text, escaped for use in a template, without what no formula has."""
    return safe(safe_formulas(html.escape(value))[0])
