"""Converts imported texts to what kartu can store."""

from __future__ import annotations

import re
import unicodedata

from kartu.anki.cards import is_blank
from kartu.compile.render import html
from kartu.compile.render.markdown import is_plain
from kartu.core.text import normalise_newlines
from kartu.load.files import CONTROL

_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&#91;", "["), ("&amp;", "&"))
_MARKDOWN_CHARACTER = re.compile(r"[\\`*_{}\[\]<>#|~$&]|=(?==)|(?<==)=|(?m:^[-+=]|(?<=^\d)[.)])")
_LONGEST = 100_000
_LINE_SEPARATOR = re.compile("[\u2028\u2029]")


def clean_text(text: str) -> str:
    """Returns a template or a name in NFC, without the control characters that Anki drops too."""
    return CONTROL.sub("", unicodedata.normalize("NFC", normalise_newlines(text)))


def clean_field(value: str) -> str:
    """Returns a field in NFC without control characters; Unicode line breaks become entities."""
    if value.isascii() and value.isprintable() and not value.isspace():  # most, and all empty ones
        return value
    value = _LINE_SEPARATOR.sub(lambda found: f"&#{ord(found[0])};", value)
    value = CONTROL.sub("", unicodedata.normalize("NFC", value))
    if value.strip():
        return value
    # Anki treats Unicode spaces as content, kartu treats them as blank.
    return "" if is_blank(value) else "".join(f"&#{ord(character)};" for character in value)


def as_text(value: str) -> str | None:
    """Returns the plain text that the format `text` renders as this HTML, None if there is none.

    A text that is not in NFC does not qualify: "<" before U+0338 would become another character.
    """
    text = value.replace("<br>", "\n")
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    made = html.escape(text.strip()).replace("\n", "<br>")
    same = made == value and text == text.strip() and len(text) <= _LONGEST
    same = same and unicodedata.is_normalized("NFC", text)
    return text if same and (not value or html.is_visible(value)) else None


def source_of(value: str, format: str) -> str:
    """Returns what an author would write, in this format, for a field that shows this HTML."""
    plain = as_text(value) if format in ("text", "markdown") else None
    if plain is None or format == "text" or is_plain(plain):
        return value if plain is None else plain
    return escaped_markdown(plain).replace("\n", "  \n")


def escaped_markdown(text: str, escape: bool = True) -> str:
    """Returns a plain text as Markdown, in which none of its characters means anything else."""
    return _MARKDOWN_CHARACTER.sub(r"\\\g<0>", text) if escape else text


def stays_html(value: str) -> bool:
    """Whether the format `html` shows exactly this HTML, which names no file."""
    if len(value) > _LONGEST or "[sound:" in value or "<img" in value:
        return False
    shown, problems = html.cleaned(value.strip())
    return not problems and html.inert(shown) == value and html.is_visible(value)
