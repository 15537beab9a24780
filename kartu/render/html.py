"""HTML on cards: the only module that knows the sanitiser."""

from __future__ import annotations

import re

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

_TAG_NAME = re.compile(r"<([a-zA-Z][a-zA-Z0-9-]*)")


def sanitise(html: str) -> str:
    """`html` without scripts, styles, event handlers and other elements than `TAGS`.

    The result is well-formed, whatever came in.
    """
    if "<" not in html and "&" not in html:
        return html.replace(">", "&gt;")
    import nh3  # plain texts need none of it

    return nh3.clean(
        html,
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


def refused_tags(source: str) -> list[str]:
    """The elements in `source` that `sanitise` leaves out, each once, in their order."""
    if "<" not in source:
        return []
    names = (name.lower() for name in _TAG_NAME.findall(source))
    return [name for name in dict.fromkeys(names) if name not in TAGS]


_SPECIAL = re.compile(r"[&<>\[]")
_ANKI_MARK = re.compile(r"\[(?=sound:|anki:|latex\]|\$)", re.IGNORECASE)
