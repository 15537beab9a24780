"""Texts from elsewhere as kartu can hold them."""

from __future__ import annotations

import re
import unicodedata

from kartu.anki.cards import is_blank
from kartu.compile.render import html
from kartu.compile.render.markdown import is_plain
from kartu.core.text import normalise_newlines
from kartu.load.files import CONTROL

_SIGNS = (("&lt;", "<"), ("&gt;", ">"), ("&#91;", "["), ("&amp;", "&"))
_MARKDOWN_SIGN = re.compile(r"[\\`*_{}\[\]<>#|~$&]|(?m:^[-+=]|(?<=^\d)[.)])")
_LONGEST = 100_000
_LINE_SIGN = re.compile("[\u2028\u2029]")


def kept_text(text: str) -> str:
    """`text` in NFC without control characters, which Anki drops too; a template, a name."""
    return CONTROL.sub("", unicodedata.normalize("NFC", normalise_newlines(text)))


def kept_field(value: str) -> str:
    """A field as kartu can hold it: what is drawn as a line break stays one, as an entity."""
    value = _LINE_SIGN.sub(lambda found: f"&#{ord(found[0])};", value)
    value = CONTROL.sub("", unicodedata.normalize("NFC", value))
    if value.strip():
        return value
    # To Anki spaces other than its own are content, to kartu they are none.
    return "" if is_blank(value) else "".join(f"&#{ord(sign)};" for sign in value)


def as_text(value: str) -> str | None:
    """The plain text of which the format `text` makes exactly this HTML; None if there is none.

    A text that is not in NFC is none: "<" before U+0338 would become another character.
    """
    text = value.replace("<br>", "\n")
    for entity, sign in _SIGNS:
        text = text.replace(entity, sign)
    made = html.escape(text.strip()).replace("\n", "<br>")
    same = made == value and text == text.strip() and len(text) <= _LONGEST
    same = same and unicodedata.is_normalized("NFC", text)
    return text if same and (not value or html.is_visible(value)) else None


def source_of(value: str, format: str) -> str:
    """What an author would write for a field that is to show this HTML."""
    plain = as_text(value) if format in ("text", "markdown") else None
    if plain is None or format == "text" or is_plain(plain):
        return value if plain is None else plain
    return _MARKDOWN_SIGN.sub(r"\\\g<0>", plain).replace("\n", "  \n")


def stays_html(value: str) -> bool:
    """Whether the format `html` shows exactly this HTML, which names no file."""
    if len(value) > _LONGEST or "[sound:" in value or "<img" in value or html.refused(value):
        return False
    return html.inert(html.sanitise(value.strip())) == value and html.is_visible(value)
