"""Tags in an author's HTML that are markup, and those that are text: `set<int>`, `a<b and c>d`.

A tag is markup if it is an element that cards allow, with attributes that HTML has. Elements that
cards do not allow are left out and reported; everything else is text, and is shown as it was typed.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from kartu.core.language import _
from kartu.core.patterns import pattern

TAGS = frozenset(
    (
        *("a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "col", "colgroup"),
        *("dd", "del", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3"),
        *("h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q"),
        *("rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "table"),
        *("tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var", "wbr"),
    )
)

ATTRIBUTES = {
    "*": {"class", "dir", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
}

# Left out together with what is in them, since that is no text or could be dangerous.
_WITH_CONTENT = frozenset(
    (
        *("applet", "frameset", "iframe", "math", "noembed", "noframes", "noscript", "object"),
        *("script", "style", "svg", "template"),
    )
)

# Left out where they are used as markup: with attributes, or with a start and an end tag.
_NOT_ALLOWED = _WITH_CONTENT | frozenset(
    (
        *("acronym", "address", "area", "article", "aside", "audio", "base", "basefont", "bdi"),
        *("bdo", "big", "blink", "body", "button", "canvas", "center", "data", "datalist"),
        *("details", "dialog", "dir", "embed", "fieldset", "font", "footer", "form", "frame"),
        *("head", "header", "hgroup", "html", "input", "label", "legend", "link", "main", "map"),
        *("marquee", "menu", "meta", "meter", "nav", "nobr", "optgroup", "option", "output"),
        *("param", "picture", "progress", "search", "section", "select", "source", "strike"),
        *("summary", "textarea", "time", "title", "track", "tt", "video", "xmp"),
    )
)

_VOID = frozenset(("br", "col", "hr", "img", "wbr"))

# Their end tag is optional: the next one of their kind or the end of the parent ends them.
_END_IS_OPTIONAL = frozenset(
    ("colgroup", "dd", "dt", "li", "p", "rp", "rt", "tbody", "td", "tfoot", "th", "thead", "tr")
)

# Browsers ignore these outside a table.
_PARTS_OF_TABLES = frozenset(
    ("caption", "col", "colgroup", "tbody", "td", "tfoot", "th", "thead", "tr")
)

# Attributes that change nothing on a card: nobody misses them.
_WITHOUT_EFFECT = frozenset(
    (
        *("contenteditable", "decoding", "draggable", "loading", "rel", "role", "spellcheck"),
        *("tabindex", "target", "translate"),
    )
)
_WITHOUT_VALUE = frozenset(("compact", "download", "hidden", "ismap", "noshade", "nowrap"))
_OF_HTML = _WITHOUT_EFFECT.union(
    _WITHOUT_VALUE,
    *ATTRIBUTES.values(),
    (
        *("abbr", "axis", "background", "bgcolor", "border", "bordercolor", "cellpadding"),
        *("cellspacing", "charset", "cite", "clear", "color", "crossorigin", "datetime", "face"),
        *("frame", "headers", "height", "hreflang", "hspace", "id", "media", "name", "ping"),
        *("referrerpolicy", "reversed", "rules", "size", "sizes", "span", "srcset", "style"),
        *("summary", "type", "usemap", "valign", "value", "vspace", "width", "xml:lang", "xmlns"),
    ),
)
_FAMILY = pattern(r"(?:data|aria)-|on[a-z]+$")

_LONE_AMPERSAND = r"&(?!(?:[a-zA-Z][a-zA-Z0-9]*|#[0-9]+|#[xX][0-9a-fA-F]+);)"
_TAG = pattern(
    r"(?P<comment><!--(?:-?>|.*?-->))"
    r"|<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9-]*)"
    r"(?P<attributes>(?:(?:[\s/]+|(?<=[\"']))[^\s\"'<>/=]+"
    r"(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]+))?)*[\s/]*)>"
    rf"|(?P<sign><|{_LONE_AMPERSAND})",
    re.DOTALL,
)
_AMPERSAND = pattern(_LONE_AMPERSAND)
_SIGN = pattern(f"[<>]|{_LONE_AMPERSAND}")
_ATTRIBUTE = pattern(r"([^\s\"'<>/=]+)(\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]+))?")

_SIGNS = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_COMMENT = "<!--"
_LONGEST_SHOWN = 40


class Problem(NamedTuple):
    """What a reader of the card does not see as its author wrote it; a diagnostic without place.

    `part` is what it is about, as it is written.
    """

    code: str
    message: str
    help: str = ""
    part: str = ""


def named(part: str) -> str:
    """A part that was left out as messages call it: a comment, an element or an attribute."""
    if part.startswith(_COMMENT):
        return _("the comment {comment}", comment=part)
    return part if part.startswith("<") else _("the attribute {attribute}", attribute=part)


def removed(part: str) -> Problem:
    """The problem that a part of the author's HTML is not on the card."""
    message = _("{part} is not allowed on cards and was left out", part=named(part))
    help = _("for a less-than sign write &lt;")
    if part.startswith(_COMMENT):
        message = _("{part} is not shown on cards", part=named(part))
        help = _("delete it, or write &lt;!-- where its text is meant")
    elif not part.startswith("<"):
        help = _("delete it; how texts look is written in style.css")
    return Problem("html-removed", message, help, part.rstrip(">"))


class Markup(NamedTuple):
    """HTML of which every tag is an allowed element; what was left out of it; and its faults."""

    html: str
    removed: list[str]
    unbalanced: str

    def problems(self) -> list[Problem]:
        found = [removed(what) for what in self.removed]
        if self.unbalanced:
            help = _("the card does not show it as it is meant: close it, or write &lt;")
            found.append(Problem("html-unbalanced", self.unbalanced, help))
        return found


def markup(source: str) -> Markup:
    """`source` with all that is no markup escaped, and what cards do not allow left out."""
    return _Reader(source).read()


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0
        self.written: list[str] = []
        self.removed: dict[str, None] = {}
        self.unbalanced = ""
        self.open: list[str] = []
        self.depth: Counter[str] = Counter()  # how many of each name are open
        self.left_out: dict[str, int] = {}  # start tags whose end tag is left out too
        self.ends: dict[str, bool] = {}  # whether there is an end tag further on

    def read(self) -> Markup:
        while found := _TAG.search(self.source, self.position):
            self.written.append(self.source[self.position : found.start()])
            self.position = found.end()
            if found["sign"]:
                self.written.append(_SIGNS[found[0]])
            elif found["comment"]:
                shown = " ".join(found[0].split())
                if len(shown) > _LONGEST_SHOWN:
                    shown = f"{shown[:_LONGEST_SHOWN].rstrip()}… -->"
                self.removed[shown] = None
            else:
                self._tag(found, found["name"].lower())
        self.written.append(self.source[self.position :])
        for name in self.open:
            self._unclosed(name)
        return Markup("".join(self.written), list(self.removed), self.unbalanced)

    def _tag(self, found: re.Match[str], name: str) -> None:
        if name in TAGS:
            self._allowed(found, name)
        elif name not in _NOT_ALLOWED:
            self._as_typed(found)
        elif found["end"]:
            if self.left_out.get(name):
                self.left_out[name] -= 1
            else:
                self._as_typed(found)
        else:
            self._not_allowed(found, name)

    def _as_typed(self, found: re.Match[str]) -> None:
        """Writes the tag as text; what is in it may be an entity."""
        self.written.append(_SIGN.sub(lambda sign: _SIGNS[sign[0]], found[0]))

    def _not_allowed(self, found: re.Match[str], name: str) -> None:
        end = self._end_of(name)
        if end is None and not found["attributes"].strip(" \t\r\n/"):
            self._as_typed(found)
            return
        self.removed[f"<{name}>"] = None
        if end is not None and name in _WITH_CONTENT:
            self.position = end.end()
        elif end is not None:
            self.left_out[name] = self.left_out.get(name, 0) + 1

    def _end_of(self, name: str) -> re.Match[str] | None:
        """The next end tag of that name."""
        if not self.ends.get(name, True):
            return None
        found = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(self.source, self.position)
        self.ends[name] = found is not None
        return found

    def _allowed(self, found: re.Match[str], name: str) -> None:
        attributes = found["attributes"].strip(" \t\r\n/")
        if self._is_mentioned(name, attributes, found["end"]) or (
            attributes and not self._takes(name, attributes, found["end"])
        ):
            self._as_typed(found)
            return
        self.written.append(_AMPERSAND.sub("&amp;", found[0]) if "&" in attributes else found[0])
        if found["end"]:
            self._close(name)
        elif name not in _VOID:
            self.open.append(name)
            self.depth[name] += 1

    def _is_mentioned(self, name: str, attributes: str, end: str) -> bool:
        """Whether the tag of an allowed element could do nothing where it is."""
        if name in _PARTS_OF_TABLES:
            return not self.depth["table"]
        if attributes or end:
            return False
        return name == "img" or (name == "a" and self._end_of(name) is None)

    def _takes(self, name: str, attributes: str, end: str) -> bool:
        """Whether these are attributes of HTML; those that cards do not allow are recorded."""
        allowed = ATTRIBUTES["*"] | ATTRIBUTES.get(name, set())
        left_out = []
        known = False
        for one in _ATTRIBUTE.finditer(attributes):
            attribute = one[1].lower()
            if known and not any(map(str.isalnum, one[0])):
                continue  # <p class="x";>
            family = _FAMILY.match(attribute)
            if end or not (one[2] or attribute in _WITHOUT_VALUE):
                return False
            if not family and attribute not in _OF_HTML:
                return False
            known = True
            if attribute in allowed or attribute in _WITHOUT_EFFECT:
                continue
            if not family or attribute.startswith("on"):
                left_out.append(attribute)
        self.removed |= dict.fromkeys(left_out)
        return True

    def _close(self, name: str) -> None:
        if not self.depth[name]:
            tag = f"</{name}>"
            self._report(_("{tag} closes nothing", tag=tag))
            return
        while (last := self.open.pop()) != name:
            self.depth[last] -= 1
            self._unclosed(last)
        self.depth[name] -= 1

    def _unclosed(self, name: str) -> None:
        if name not in _END_IS_OPTIONAL:
            tag = f"<{name}>"
            self._report(_("{tag} is not closed where it belongs", tag=tag))

    def _report(self, fault: str) -> None:
        self.unbalanced = self.unbalanced or fault
