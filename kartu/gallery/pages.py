"""The files of the page, as the preview serves them and the site holds them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from kartu.load.files import Files
from kartu.render.media import MediaFile, content_of

HERE = Path(__file__).parent
STYLE, SCRIPT, FRAME, CARDS = "page.css", "page.js", "frame.html", "cards.js"
MEDIA, PACKAGES = "media", "packages"

# The page itself runs its own script only; what strangers wrote runs in frame.html alone, which
# has no origin, no network and no storage.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'"
)

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


def read(name: str) -> str:
    """One of the page's files."""
    return (HERE / name).read_text("utf-8")


def fixed_files() -> dict[str, bytes]:
    """The files that are the same for all decks."""
    return {name: read(name).encode() for name in (STYLE, SCRIPT, FRAME)}


def gallery_page(language: str, title: str, *, live: bool) -> bytes:
    """The page of all cards; a `live` one listens to the preview's server."""
    values = {
        "language": escape(language),
        "title": escape(title),
        "live": " data-live" if live else "",
        "policy": policy(live=live),
    }
    return Template(read("page.html")).substitute(values).encode()


def policy(*, live: bool = False) -> str:
    """The Content-Security-Policy of a page; only a `live` one may listen to its server."""
    return f"{_POLICY}; connect-src 'self'" if live else _POLICY


def cards_script(decks: Sequence[dict[str, Any]], **more: Any) -> bytes:
    """What the page shows, as a script: a page that lies on a disk can read nothing else."""
    content = {**more, "texts": texts(), "decks": decks}
    told = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return f"kartu.show({told});\n".encode()


def media_script(file: MediaFile, files: Files) -> bytes:
    """A media file as a script, for the same reason; nothing of one that is no longer there."""
    content = b""
    with suppress(OSError):
        content = content_of(file, files)
    kind = _KINDS.get(file.name.rpartition(".")[2], "application/octet-stream")
    data = base64.b64encode(content).decode()
    return f'kartu.media({json.dumps(file.name)},"data:{kind};base64,{data}");\n'.encode()
