"""Elements of HTML, parsed as leniently as browsers do."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

_VOID = frozenset(("area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"))

# Their end tag is optional: the next one of their kind or the end of the parent ends them.
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
        """To browsers, whatever begins with `<!` is a comment; the parser refuses some of it."""
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
            self._report(f"</{tag}> closes nothing")
            return
        while (name := self.open.pop()) != tag:
            self._unclosed(name)

    def _unclosed(self, name: str) -> None:
        if name not in _END_IS_OPTIONAL:
            self._report(f"<{name}> is not closed where it belongs")

    def _report(self, fault: str) -> None:
        self.fault = self.fault or fault


def elements(html: str, name: str) -> Iterator[Attributes]:
    """Yields the attributes of each element of that name, in document order."""
    if f"<{name}" in html:
        yield from (attributes for found, attributes in _Reader(html).found if found == name)


def balance_fault(html: str) -> str:
    """Describes the first element that is not closed, or closed but not open; empty if none."""
    return _Reader(html).fault if "<" in html else ""
