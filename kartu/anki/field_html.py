"""The HTML of a field: one form for all HTML that shows the same.

Editors write the same text in several ways: Anki's for the desktop turns `&quot;` into `"` and
bold into `<b>`, puts new lines into `<div>`, and writes a space as `&nbsp;` where a browser would
swallow it. Two fields are the same to whoever reads them if their canonical forms are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

_SAME = {"strong": "b", "em": "i", "del": "s", "strike": "s"}
_VOID = frozenset(("br", "col", "hr", "img", "wbr"))
# Spaces next to their tags are not displayed.
_BLOCKS = frozenset(
    (
        *("blockquote", "caption", "dd", "dl", "dt", "figcaption", "figure", "h1", "h2", "h3"),
        *("h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "table", "tbody", "td", "tfoot", "th"),
        *("thead", "tr", "ul"),
    )
)
_TAG = re.compile(
    r"<!--.*?-->"
    r"|<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9-]*)(?P<attributes>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?""")
# They change nothing that is displayed, nor does an empty `alt`.
_SILENT = ("rel", "target")
_SPACES = re.compile("[ \t\r\n\f\xa0]+")
_SIGN = re.compile("[&<>]")
_SIGNS = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


class Token(NamedTuple):
    """A stretch of text, whose `tag` is empty, or a tag: `text` is its canonical HTML.

    `opens` is false for an end tag. `attributes` are by name, with their values as text.
    """

    text: str
    tag: str = ""
    opens: bool = False
    attributes: tuple[tuple[str, str], ...] = ()

    @property
    def words(self) -> str:
        """A text without entities."""
        return self.text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def canonical(html: str) -> str:
    """Returns the form that all HTML has that shows the same."""
    if "<" not in html and "&" not in html:
        text = _SPACES.sub(" ", unicodedata.normalize("NFC", html)).strip(" ")
        return text.replace(">", "&gt;")
    return "".join(token.text for token in tokens(html))


def tokens(html: str) -> list[Token]:
    """Returns the parts of a field's canonical HTML; its line breaks are `<br>`."""
    reader = _Reader()
    html = unicodedata.normalize("NFC", html)
    done = 0
    for found in _TAG.finditer(html):
        reader.text(html[done : found.start()])
        done = found.end()
        if found["name"]:
            reader.tag(found["name"].lower(), found["attributes"], ends=bool(found["end"]))
    reader.text(html[done:])
    return list(_tidied(reader.found))


class _Reader:
    """Makes tokens of HTML; lines in `<div>` become lines that end with `<br>`."""

    def __init__(self) -> None:
        self.found: list[Token] = []
        self._lines = True  # whether the current line is empty and begins a block
        self._ends = False  # whether a block ended, so that what follows is on a line of its own
        self._divs: list[bool] = []

    def tag(self, name: str, written: str, *, ends: bool) -> None:
        name = _SAME.get(name, name)
        if name == "div" and self._div(written.strip(), ends=ends):
            return
        if name == "br":
            self._break()
        elif ends and name not in _VOID:
            self.found.append(Token(f"</{name}>", name))
        elif not ends:
            self._content()
            found = (
                (one[0].lower(), unescape("".join(one[1:]))) for one in _ATTRIBUTE.findall(written)
            )
            silent = (*_SILENT, ("alt", ""))
            values = tuple(sorted(one for one in found if not {one, one[0]}.intersection(silent)))
            shown = "".join(f' {key}="{_escaped(value)}"' for key, value in values)
            self.found.append(Token(f"<{name}{shown}>", name, opens=True, attributes=values))

    def text(self, written: str) -> None:
        if not written or (self._ends and not written.strip(" \t\r\n\f")):
            return
        self._content()
        self.found.append(Token(_text(unescape(written))))

    def _div(self, attributes: str, *, ends: bool) -> bool:
        """Whether the tag is one of a line, and no element that looks different."""
        if not ends:
            self._divs.append(not attributes)
            if not attributes:
                self._line()
            return not attributes
        plain = self._divs.pop() if self._divs else True
        if plain:
            self._ends = not self._lines
        return plain

    def _line(self) -> None:
        """Begins a line if the current one holds something."""
        if not self._lines:
            self.found.append(Token("<br>", "br", opens=True))
        self._lines, self._ends = True, False

    def _break(self) -> None:
        if self._ends:
            self._line()
        self.found.append(Token("<br>", "br", opens=True))
        self._lines = True

    def _content(self) -> None:
        if self._ends:
            self._line()
        self._lines = False


def _tidied(found: list[Token]) -> Iterator[Token]:
    """The tokens with texts joined, and without spaces and line breaks that show nothing."""
    whole = _joined(_divided(found))
    while whole and (whole[-1].tag == "br" or whole[-1].text == " "):
        whole.pop()
    for at, token in enumerate(whole):
        text = token.text
        if not token.tag and (at == 0 or _swallows(whole[at - 1])):
            text = text.lstrip(" ")
        if not token.tag and (at + 1 == len(whole) or _swallows(whole[at + 1])):
            text = text.rstrip(" ")
        if text:
            yield token._replace(text=text)


def _divided(found: list[Token]) -> list[Token]:
    """Paragraphs as `<p>` between them: what ends one, and lines around it, show nothing else."""
    parts: list[Token] = []
    ends = False
    for token in found:
        if token.text in ("<p>", "</p>"):
            ends = True
        elif not (ends and (token.tag == "br" or token.text.isspace())):
            if ends:
                while parts and (parts[-1].tag == "br" or parts[-1].text.isspace()):
                    parts.pop()
                if parts and not {parts[-1].tag, token.tag} & _BLOCKS:
                    parts.append(Token("<p>", "p", opens=True))
            parts.append(token)
            ends = False
    return parts


def _joined(found: list[Token]) -> list[Token]:
    """Texts that follow each other as one, with single spaces unless they are preformatted."""
    whole: list[Token] = []
    preformatted = 0
    for token in found:
        if token.tag == "pre":
            preformatted += 1 if token.opens else -1
        if token.tag or preformatted > 0:
            whole.append(token)
            continue
        before = whole.pop().text if whole and not whole[-1].tag else ""
        whole.append(Token(_SPACES.sub(" ", before + token.text)))
    return whole


def _swallows(token: Token) -> bool:
    return token.tag in _BLOCKS or token.tag == "br"


def _text(value: str) -> str:
    return _SIGN.sub(lambda found: _SIGNS[found[0]], value)


def _escaped(value: str) -> str:
    return _text(value).replace('"', "&quot;")
