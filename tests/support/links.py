"""What the pages of the repository and of a built site lead to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in (ROOT, ROOT / "docs", ROOT / ".github")
    for path in folder.glob("*.md")
)

_BLOCK = r"^ *(`{3,}).*?^ *\1$"
_CODE_BLOCK = re.compile(f"(?ms){_BLOCK}")
_CODE = re.compile(f"(?ms){_BLOCK}|`[^`\\n]*`")
_LINK = re.compile(r"\[([^\]]*)\]\((?!https?:)([^)#\s]*)#?([^)]*)\)")
_SHOWN = re.compile(r"(?ms)^ *```sh[^\n]*\n(.*?)^ *```$|`([^`\n]*)`")
_FILE_IN_CODE = re.compile(r"(?<![\w/.:$-])(?:docs|tests|kartu|\.ci)/[\w./-]*")


@dataclass(frozen=True)
class Link:
    """A link within the repository; `rest` is what follows it on its page."""

    page: str
    text: str
    path: Path
    heading: str
    rest: str = ""

    @property
    def broken(self) -> bool:
        """Whether it leads to no file here, or to no heading of it."""
        if self.heading:
            return not self.path.is_file() or self.heading not in _headings(self.path)
        return not self.path.exists()


def prose(page: str) -> str:
    """A page without its code."""
    return _CODE.sub("", (ROOT / page).read_text("utf-8"))


def links(page: str) -> Iterator[Link]:
    """The links of a page to files and headings of the repository."""
    # Of a link whose text is code, there is a text.
    content, here = _CODE.sub("code", (ROOT / page).read_text("utf-8")), ROOT / page
    for found in _LINK.finditer(content):
        path = (here.parent / found[2]).resolve() if found[2] else here
        yield Link(page, found[1], path, found[3], content[found.end() :])


def files_in_code(page: str) -> Iterator[Link]:
    """The files of the repository that a page names in code and in commands."""
    for found in _SHOWN.finditer((ROOT / page).read_text("utf-8")):
        for name in _FILE_IN_CODE.findall(found[1] or found[2] or ""):
            yield Link(page, name, ROOT / name, "")


def _headings(path: Path) -> set[str]:
    """The addresses that GitHub gives the headings of a page."""
    titles = re.findall(r"^#+ (.+)$", _CODE_BLOCK.sub("", path.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in titles}


class HtmlLinks(HTMLParser):
    """All that a page of a site names, and the ids it has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.named: list[str] = []
        self.ids: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.named += [told[name] or "" for name in ("href", "src") if name in told]
        self.ids += [told["id"] or ""] if "id" in told else []


def site_links(site: Path) -> Iterator[tuple[str, bool]]:
    """The links within a site, of its pages and of the cards in its data; whether each is broken.

    The page of all cards takes the deck from what follows `#`, and pictures from `media/`.
    """
    for page in sorted(site.glob("*.html")):
        found = HtmlLinks(page.read_text("utf-8"))
        for link in found.named:
            place = urlsplit(link)
            if place.scheme in ("https", "http", "data", "mailto"):
                continue
            file = site / unquote(place.path) if place.path else page
            whole = not place.scheme and not place.netloc and file.is_file()
            if place.fragment.startswith("deck="):
                whole = whole and (site / f"decks/{place.fragment[5:]}.js").is_file()
            elif place.fragment:
                whole = whole and file == page and place.fragment in found.ids
            yield f"{page.name}: {link}", not whole
    for data in sorted((site / "decks").glob("*.js")):
        text = data.read_text("utf-8")
        deck = json.loads(text[text.index(",") + 1 : text.rindex(")")])
        for name in sorted({name for card in deck["cards"] for name in card["media"]}):
            yield f"{data.name}: {name}", not (site / f"media/{name}.js").is_file()
