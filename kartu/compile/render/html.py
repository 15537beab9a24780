"""HTML on cards: the only module that knows the sanitiser."""

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
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}

_TAG = pattern(r"<([a-zA-Z][a-zA-Z0-9-]*)([^<>]*)(>?)")
_ATTRIBUTE = pattern(r"\s(on[a-z]+|style|id)\s*=", re.IGNORECASE)


def sanitise(html: str) -> str:
    """`html` without scripts, styles, event handlers and other elements than `TAGS`.

    The result is well-formed, whatever came in.
    """
    if "<" not in html and "&" not in html:
        return html.replace(">", "&gt;")
    return _cleaner().clean(html)


@cache
def _cleaner() -> nh3.Cleaner:
    """Made once: to tell it what is allowed takes longer than to clean a field."""
    import nh3  # plain texts need none of it

    return nh3.Cleaner(
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )


def escape(value: str) -> str:
    """Plain text as HTML. What Anki reads in a field (`[sound:`, `[latex]`, `[$]`) stays text."""
    if _SPECIAL.search(value) is None:
        return value
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _ANKI_MARK.sub("&#91;", value)


def refused(source: str) -> list[str]:
    """What of `source` `sanitise` leaves out, each thing once, in their order."""
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
    """`html` without what Anki would take for LaTeX or a voice; `[sound:` of the deck stays."""
    return _ANKI_LATEX.sub("&#91;", html) if "[" in html else html


def is_visible(html: str) -> bool:
    """Whether something is to be seen or heard of `html`: a sign, a picture, a rule or a sound."""
    if _BEGINS_WITH_A_SIGN.match(html) or _PICTURE.search(html):
        return True
    from html import unescape  # its table of entities is large, and few values come to here

    return any(
        unicodedata.category(sign)[0] not in "ZC" and sign not in _BLANK_SIGNS
        for sign in unescape(_ANY_TAG.sub("", html))
    )


def attribute(value: str) -> str:
    """Plain text as the value of an attribute in double quotes."""
    return escape(value).replace('"', "&quot;")


_PICTURE = pattern(r"<(?:img|hr)\b")
_BEGINS_WITH_A_SIGN = pattern(r"(?:<[^<>]*>|\s)*[!-%'-;=-~]")
_ANY_TAG = pattern(r"<[^<>]*>")
_BLANK_SIGNS = "\u115f\u1160\u2800\u3164\uffa0"  # letters and symbols that are drawn as nothing
_SPECIAL = pattern(r"[&<>\[]")
_ANKI_MARK = pattern(r"\[(?=/?(?:sound:|anki:|latex\]|\$))", re.IGNORECASE)
_ANKI_LATEX = pattern(r"\[(?=/?(?:anki:|latex\]|\$))", re.IGNORECASE)
