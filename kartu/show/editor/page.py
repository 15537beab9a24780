"""The files of the editor's page."""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path
from string import Template
from typing import NamedTuple

from kartu.show.gallery.pages import FRAME
from kartu.show.gallery.pages import read as read_of_gallery

_PAGE = Path(__file__).parent / "page"
_LOOKING = "look-"
_TEXT = re.compile(r'data-text="(\w+)"[^>]*>')

# A card's scripts may only run: no connections of any kind, not even a DNS lookup.
FRAME_HEADERS = {
    "Content-Security-Policy": "sandbox allow-scripts; frame-ancestors 'self'",
    "Connection-Allowlist": "()",
    "X-DNS-Prefetch-Control": "off",
}


class PageFile(NamedTuple):
    """A file of the page, and the headers that it has beside the safe ones."""

    kind: str
    content: bytes
    headers: dict[str, str]


def page_files(language: str, title: str, *, edits: bool) -> dict[str, PageFile]:
    """Returns the files by their addresses; the page's texts are in `language`.

    Args:
        edits: Whether anything can be edited.
    """
    texts = _texts(edits=edits)
    script = '"use strict";\n\nconst kartu = (() => {\n' + _joined("*.js") + "})();\n"
    given = {"language": language, "texts": texts}
    return {
        "/": PageFile("text/html", _page(language, title, texts[language], edits=edits), {}),
        "/page.js": PageFile("text/javascript", script.encode(), {}),
        "/page.css": PageFile("text/css", _joined("*.css").encode(), {}),
        "/texts.js": PageFile(
            "text/javascript",
            f"const kartuTexts = {json.dumps(given, ensure_ascii=False)};\n".encode(),
            {},
        ),
        "/frame": PageFile("text/html", read_of_gallery(FRAME).encode(), FRAME_HEADERS),
    }


def _texts(*, edits: bool) -> dict[str, dict[str, str]]:
    """The page's texts by language; where nothing can be edited, some say it otherwise."""
    all: dict[str, dict[str, str]] = json.loads((_PAGE / "texts.json").read_text("utf-8"))
    for words in () if edits else all.values():
        others = [key for key in words if key.startswith(_LOOKING)]
        words.update({key.removeprefix(_LOOKING): words.pop(key) for key in others})
    return all


def _page(language: str, title: str, words: dict[str, str], *, edits: bool) -> bytes:
    template = Template((_PAGE / "page.html").read_text("utf-8"))
    mode = "edit" if edits else "look"
    page = template.substitute(language=escape(language), title=escape(title), mode=mode)
    return _TEXT.sub(lambda found: found[0] + escape(words[found[1]]), page).encode()


def _joined(pattern: str) -> str:
    """The parts of a file in their order."""
    return "\n".join(path.read_text("utf-8") for path in sorted(_PAGE.glob(pattern)))
