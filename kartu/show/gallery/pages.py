"""The files of the page, as the preview serves them and the site holds them."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template
from typing import Any, NamedTuple

from kartu.compile.render.media import MediaFile, content_of
from kartu.load.files import Files

HERE = Path(__file__).parent
STYLE, SCRIPT, FRAME, CARDS = "page.css", "page.js", "frame.html", "cards.js"
DECKS, MEDIA, PACKAGES = "decks", "media", "packages"

# The page itself runs its own script only; what strangers wrote runs in frame.html alone, which
# has no origin, no network and no storage.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'"
)

_TEXT = re.compile(r'data-text="(\w+)"[^>]*>')

_KINDS = {
    "jpg": "image/jpeg",
    "svg": "image/svg+xml",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "oga": "audio/ogg",
    "opus": "audio/ogg",
    "mp4": "audio/mp4",
    "webm": "audio/webm",
    **{name: f"audio/{name}" for name in ("ogg", "wav", "flac")},
    **{name: f"image/{name}" for name in ("png", "jpeg", "gif", "webp", "avif")},
}


def languages() -> list[str]:
    """The languages that the page speaks."""
    return list(texts())


def texts() -> dict[str, dict[str, str]]:
    """The page's own texts by language."""
    loaded: dict[str, dict[str, str]] = json.loads(read("texts.json"))
    return loaded


def language_for(deck_languages: Iterable[str]) -> str:
    """The language in which the page speaks at first: that of the first deck, else English."""
    first = next(iter(deck_languages), "").partition("-")[0]
    return first if first in texts() else "en"


@cache
def read(name: str) -> str:
    """One of the page's files."""
    return (HERE / name).read_text("utf-8")


@cache
def _script_of_page() -> str:
    """The parts in page/, in order, as one script of which only `kartu` is seen from outside."""
    parts = [path.read_text("utf-8") for path in sorted((HERE / "page").glob("*.js"))]
    return '"use strict";\n\nconst kartu = (() => {\n' + "\n".join(parts) + "})();\n"


def fixed_files() -> dict[str, bytes]:
    """The files that are the same for all decks."""
    files = {STYLE: read(STYLE), SCRIPT: _script_of_page(), FRAME: read(FRAME)}
    return {name: content.encode() for name, content in files.items()}


def gallery_page(language: str, title: str, *, live: bool, several: bool) -> bytes:
    """The page of all cards, of `several` decks; a `live` one listens to the preview's server.

    Its texts stand in it from the start: a page that grows while it is read would jump.
    """
    words = texts()[language]
    values = {
        "about": escape(f"{title}: {words['gallery']}"),
        "one": "" if several else " hidden",
        "language": escape(language),
        "title": escape(title),
        "live": " data-live" if live else "",
        "policy": policy(live=live),
    }
    page = Template(read("page.html")).substitute(values)
    return _TEXT.sub(lambda found: found[0] + escape(words[found[1]]), page).encode()


def policy(*, live: bool = False) -> str:
    """The Content-Security-Policy of a page; only a `live` one may listen to its server."""
    return f"{_POLICY}; connect-src 'self'" if live else _POLICY


def cards_script(decks: Iterable[dict[str, Any]], **more: Any) -> bytes:
    """What the page shows, as a script: a page that lies on a disk can read nothing else.

    Of each deck it tells all but the cards: only the deck that is looked at is loaded.
    """
    return _script("show", {**more, "texts": texts(), "decks": list(decks)})


class DeckFile(NamedTuple):
    """A deck's cards as a script in DECKS, and what the page tells of the deck before.

    `content` is its hash, by which the page sees that a deck has changed.
    """

    name: str
    script: bytes
    about: dict[str, Any]


def deck_file(deck: dict[str, Any]) -> DeckFile:
    """The file of a deck, from `deck_value`."""
    own = ("types", "cards")
    script = _script("deck", deck["key"], {name: deck[name] for name in own})
    about = {key: value for key, value in deck.items() if key not in own}
    about["notes"] = len({card["note"] for card in deck["cards"]})
    about["cards"] = len(deck["cards"])
    about["content"] = sha256(script).hexdigest()[:16]
    return DeckFile(f"{deck['key']}.js", script, about)


def _script(function: str, *values: Any) -> bytes:
    told = (json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in values)
    return f"kartu.{function}({','.join(told)});\n".encode()


def media_script(file: MediaFile, files: Files) -> bytes:
    """A media file as a script, for the same reason; nothing of one that is no longer there."""
    content = b""
    with suppress(OSError):
        content = content_of(file, files)
    kind = _KINDS.get(file.name.rpartition(".")[2], "application/octet-stream")
    data = base64.b64encode(content).decode()
    return _script("media", file.name, f"data:{kind};base64,{data}")
