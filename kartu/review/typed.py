"""A check on answers to type: some characters no keyboard has, and Anki compares each of them.

Measured with anki 24.6.3, 24.11 and 26.9.3, by comparing answers: markup and sounds do not count,
line breaks are spaces, spaces at both ends do not matter, and no-break spaces are spaces only where
the field holds an entity too. `type:nc` forgives most of it, and only since 2025.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from kartu.anki.cloze import hidden_texts
from kartu.anki.mustache import parse
from kartu.anki.tags import plain_text
from kartu.compile.render.note_types import AnkiNoteType
from kartu.core.diagnostics import Diagnostics
from kartu.core.language import N_, _
from kartu.review.view import View

_BREAK = re.compile(r"(?:</?(?:br|div|p)\b[^<>]*>|\n)+", re.IGNORECASE)
_SOUND = re.compile(r"\[sound:[^\]]*\]")
_STRUCTURE = re.compile(r"<(?:li|td|rt)\b|\\\(|\\\[")
_DOUBLE = re.compile(r"\S\s+ \s*\S|\S \s+\S")
# Those that come with pasted texts, in the words of Unicode.
_INVISIBLE = {
    "00A0": N_("no-break space"),
    "00AD": N_("soft hyphen"),
    "200B": N_("zero width space"),
    "202F": N_("narrow no-break space"),
    "2060": N_("word joiner"),
    "FEFF": N_("zero width no-break space"),
}
_DASHES = {
    "\u2010": N_("a typographic hyphen, U+{code}"),
    "\u2011": N_("a no-break hyphen, U+{code}"),
    "\u2212": N_("a typographic minus sign, U+{code}"),
}
# Keyboards of Persian and of Indian scripts have these, next to letters of theirs.
_JOINERS = frozenset("\u200c\u200d")
_HELP = N_("write it as it is typed, and put anything else to be shown into another field")


def check_typed_answers(view: View, diagnostics: Diagnostics) -> None:
    """Reports answers that no student can type as Anki compares them."""
    typed = {one.id: _typed_fields(one) for one in view.deck.note_types}
    for note in view.deck.notes:
        clozes = typed[note.note_type.id]
        if not clozes or note.source.retired is not None:
            continue
        for field, html in zip(note.note_type.fields, note.fields, strict=True):
            if field.name not in clozes or field.declared is None or not html:
                continue
            value = note.source.values.get(field.declared.key)
            answers = hidden_texts(html).values() if clozes[field.name] else (html,)
            fault = next(filter(None, map(answer_fault, answers)), "")
            if value is not None and fault:
                message = _(
                    "nobody can type this answer, which Anki compares exactly: it has {what}",
                    what=fault,
                )
                diagnostics.add("untypable-answer", value.span, message, _(_HELP))


def _typed_fields(note_type: AnkiNoteType) -> dict[str, bool]:
    """The fields whose text is to be typed, and whether it is that of their clozes."""
    return {
        one.name: "cloze" in one.filters
        for card in note_type.cards
        for side in (card.front, card.back)
        for one in parse(side).references
        if one.filters[:1] == ("type",)
    }


def answer_fault(html: str) -> str:
    """What of an answer cannot be typed; empty if all of it can."""
    if html.isascii() and html.isalnum():
        return ""  # as most are
    if _STRUCTURE.search(html):
        return _("a list, a table, a formula or readings")
    text = plain_text(_BREAK.sub(" ", _SOUND.sub("", html))).strip()
    if _DOUBLE.search(text):
        return _("two spaces in a row")
    return next(_characters(text), "")


def _characters(text: str) -> Iterator[str]:
    for place, character in enumerate(text):
        if character == " " or character.isalnum():
            continue
        category, code = unicodedata.category(character), f"{ord(character):04X}"
        beside = text[max(0, place - 1) : place + 2].replace(character, "")
        if character in _JOINERS and not beside.isascii():
            continue
        if character == "\u3000" and not beside.isascii():  # as keyboards of Japanese write it
            continue
        if category in ("Cf", "Zs", "Zl", "Zp", "Cc"):
            name = _INVISIBLE.get(code, "")
            shown = _(name) if name else unicodedata.name(character, "").lower()
            shown = shown or _("a control character")
            yield _("an invisible character, U+{code} ({name})", code=code, name=shown)
        elif character in _DASHES:
            yield _(_DASHES[character], code=code)
