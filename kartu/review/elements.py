"""The elements of a text of HTML, read as leniently as browsers do."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

_VOID = frozenset(("area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"))

# Their end may be left out: the next one of their kind, or the end of what holds them, ends them.
_END_IS_OPTIONAL = frozenset(
    (
        *("colgroup", "dd", "dt", "li", "option", "p", "rp", "rt"),
        *("tbody", "td", "tfoot", "th", "thead", "tr"),
    )
)

Attributes = dict[str, str]


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, Attributes]] = []
        self.open: list[str] = []
        self.fault = ""
        self.feed(html)
        self.close()
        for name in self.open:
            self._unclosed(name)

    def parse_html_declaration(self, i: int) -> int:
        """Whatever begins with `<!` is a comment to browsers; the parser refuses some of it."""
        is_comment = self.rawdata.startswith("<!--", i)
        return self.parse_comment(i) if is_comment else self.parse_bogus_comment(i)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in reversed(attrs)}))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """`<b/>` opens an element in HTML, as `<b>` does."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.open:
            self._tell(f"</{tag}> closes nothing")
            return
        while (name := self.open.pop()) != tag:
            self._unclosed(name)

    def _unclosed(self, name: str) -> None:
        if name not in _END_IS_OPTIONAL:
            self._tell(f"<{name}> is not closed where it belongs")

    def _tell(self, fault: str) -> None:
        self.fault = self.fault or fault


def elements(html: str, name: str) -> Iterator[Attributes]:
    """The attributes of each element of a name, in their order."""
    if f"<{name}" in html:
        yield from (attributes for found, attributes in _Reader(html).found if found == name)


def balance_fault(html: str) -> str:
    """The first element that is not closed, or closed without being open; or nothing."""
    return _Reader(html).fault if "<" in html else ""
