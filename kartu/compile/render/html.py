"""HTML on cards: the only module that imports the sanitiser."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from kartu.compile.render.tags import ATTRIBUTES, TAGS, Problem, markup
from kartu.core.patterns import pattern

if TYPE_CHECKING:
    import nh3

# Letters and symbols that are rendered as nothing.
BLANK_CHARACTERS = "\u115f\u1160\u2800\u3164\uffa0"


# The style sheets of note types decide over `align`, but not over `style`.
_ALIGN = pattern(r'(<t[hd]\b(?:[^<>"]|"[^"]*")*? )align="(left|center|right)"')


def sanitise(html: str) -> str:
    """`html` without scripts, styles, event handlers and elements other than `TAGS`.

    The result is well-formed for any input.
    """
    if "<" not in html and "&" not in html:
        return html.replace(">", "&gt;")
    clean = _cleaner().clean(html)
    return _ALIGN.sub(r'\1style="text-align: \2"', clean) if ' align="' in clean else clean


def cleaned(source: str) -> tuple[str, list[Problem]]:
    """An author's HTML as cards show it, and what they do not show as it is written.

    What is no element of HTML, such as `set<int>`, is shown as it was typed.
    """
    if "<" not in source and "&" not in source:
        return sanitise(source), []
    found = markup(source)
    return sanitise(found.html), found.problems()


@cache
def _cleaner() -> nh3.Cleaner:
    """Created once: configuring it takes longer than cleaning a field."""
    import nh3  # not needed for plain texts

    return nh3.Cleaner(
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )


def escape(value: str) -> str:
    """Plain text as HTML, with Anki's own markup (`[sound:`, `[latex]`, `[$]`) escaped."""
    if _SPECIAL.search(value) is None:
        return value
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _ANKI_MARK.sub("&#91;", value)


def refused(source: str) -> list[str]:
    """The parts of `source` that cards do not allow, each once, in source order."""
    return markup(source).removed if "<" in source else []


def inert(html: str) -> str:
    """`html` with Anki's markup for LaTeX and speech escaped; `[sound:` stays."""
    return _ANKI_LATEX.sub("&#91;", html) if "[" in html else html


def is_visible(html: str) -> bool:
    """Whether `html` shows or plays anything: a character, a picture, a rule or a sound."""
    if _BEGINS_WITH_TEXT.match(html) or _PICTURE.search(html):
        return True
    from html import unescape  # its table of entities is large, and rarely needed

    return any(
        unicodedata.category(character)[0] not in "ZC" and character not in BLANK_CHARACTERS
        for character in unescape(_ANY_TAG.sub("", html))
    )


def begins_visibly(html: str) -> bool:
    """Whether the first character is a letter or digit that a card shows."""
    return html[:1].isalnum() and html[0] not in BLANK_CHARACTERS


def attribute(value: str) -> str:
    """Plain text as the value of an attribute in double quotes."""
    return escape(value).replace('"', "&quot;")


_PICTURE = pattern(r"<(?:img|hr)\b")
_ANY_TAG = pattern(r"<(?:[^<>\"]|\"[^\"]*\")*>")
_BEGINS_WITH_TEXT = pattern(r"(?:<(?:[^<>\"]|\"[^\"]*\")*>|\s)*[!-%'-;=-~]")
_SPECIAL = pattern(r"[&<>\[]")
_ANKI_MARK = pattern(r"\[(?=/?(?:sound:|anki:|latex\]|\$)|\[type:)", re.IGNORECASE)
_ANKI_LATEX = pattern(r"\[(?=/?(?:anki:|latex\]|\$)|\[type:)", re.IGNORECASE)
