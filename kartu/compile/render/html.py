"""HTML on cards: the only module that imports the sanitiser."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from kartu.core.patterns import pattern

if TYPE_CHECKING:
    import nh3

TAGS = frozenset(
    (
        *("a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "col", "colgroup"),
        *("dd", "del", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3"),
        *("h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q"),
        *("rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "table"),
        *("tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var", "wbr"),
    )
)

_ATTRIBUTES = {
    "*": {"class", "dir", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
}

_TAG = pattern(r"<([a-zA-Z][a-zA-Z0-9-]*)([^<>]*)(>?)")
_ATTRIBUTE = pattern(r"\s(on[a-z]+|style|id)\s*=", re.IGNORECASE)


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


@cache
def _cleaner() -> nh3.Cleaner:
    """Created once: configuring it takes longer than cleaning a field."""
    import nh3  # not needed for plain texts

    return nh3.Cleaner(
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
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
    """The parts of `source` that `sanitise` removes, each once, in source order."""
    found: dict[str, None] = {}
    for tag in _TAG.finditer(source):
        if tag[1].lower() not in TAGS:
            found[f"<{tag[1].lower()}>"] = None
        elif not tag[3]:
            found[f"<{tag[1]} without >"] = None
        for attribute in _ATTRIBUTE.findall(tag[2]):
            found[f"the attribute {attribute.lower()}"] = None
    return list(found)


def inert(html: str) -> str:
    """`html` with Anki's markup for LaTeX and speech escaped; `[sound:` stays."""
    return _ANKI_LATEX.sub("&#91;", html) if "[" in html else html


def is_visible(html: str) -> bool:
    """Whether `html` shows or plays anything: a character, a picture, a rule or a sound."""
    if _BEGINS_WITH_TEXT.match(html) or _PICTURE.search(html):
        return True
    from html import unescape  # its table of entities is large, and rarely needed

    return any(
        unicodedata.category(character)[0] not in "ZC" and character not in _BLANK_CHARACTERS
        for character in unescape(_ANY_TAG.sub("", html))
    )


def attribute(value: str) -> str:
    """Plain text as the value of an attribute in double quotes."""
    return escape(value).replace('"', "&quot;")


_PICTURE = pattern(r"<(?:img|hr)\b")
_BEGINS_WITH_TEXT = pattern(r"(?:<[^<>]*>|\s)*[!-%'-;=-~]")
_ANY_TAG = pattern(r"<[^<>]*>")
_BLANK_CHARACTERS = (
    "\u115f\u1160\u2800\u3164\uffa0"  # letters and symbols that are rendered as nothing
)
_SPECIAL = pattern(r"[&<>\[]")
_ANKI_MARK = pattern(r"\[(?=/?(?:sound:|anki:|latex\]|\$))", re.IGNORECASE)
_ANKI_LATEX = pattern(r"\[(?=/?(?:anki:|latex\]|\$))", re.IGNORECASE)
