"""Elements of HTML, parsed as leniently as browsers do."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

Attributes = dict[str, str]


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, Attributes]] = []
        self.feed(html)
        self.close()

    def parse_html_declaration(self, i: int) -> int:
        """To browsers, whatever begins with `<!` is a comment; the parser refuses some of it."""
        is_comment = self.rawdata.startswith("<!--", i)
        return self.parse_comment(i) if is_comment else self.parse_bogus_comment(i)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in reversed(attrs)}))


def elements(html: str, name: str) -> Iterator[Attributes]:
    """Yields the attributes of each element of that name, in document order."""
    if f"<{name}" in html:
        yield from (attributes for found, attributes in _Reader(html).found if found == name)
