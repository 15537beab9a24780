"""The files of the page, as a server has them and the site contains them."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template
from typing import Any, Literal, NamedTuple

HERE = Path(__file__).parent
STYLE, SCRIPT, FRAME, CARDS = "page.css", "page.js", "frame.html", "cards.js"
DECKS, MEDIA, PACKAGES = "decks", "media", "packages"

# The page runs its own script only; scripts on cards, which are not trusted, run in frame.html
# alone, which has no origin, no network and no storage.
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
    """Returns the languages of the page."""
    return list(texts())


def texts() -> dict[str, dict[str, str]]:
    """Returns the page's own texts by language."""
    loaded: dict[str, dict[str, str]] = json.loads(read("texts.json"))
    return loaded


def language_for(deck_languages: Iterable[str]) -> str:
    """Returns the initial language of a site's page: that of the first deck, else English."""
    first = next(iter(deck_languages), "").partition("-")[0]
    return first if first in texts() else "en"


@cache
def read(name: str) -> str:
    """Returns the content of one of the page's files."""
    return (HERE / name).read_text("utf-8")


@cache
def _script_of_page() -> str:
    """Joins the parts in page/, in order, into one script whose only global is `kartu`."""
    parts = [path.read_text("utf-8") for path in sorted((HERE / "page").glob("*.js"))]
    return '"use strict";\n\nconst kartu = (() => {\n' + "\n".join(parts) + "})();\n"


def fixed_files() -> dict[str, bytes]:
    """Returns the files that are the same for all decks."""
    files = {STYLE: read(STYLE), SCRIPT: _script_of_page(), FRAME: read(FRAME)}
    return {name: content.encode() for name, content in files.items()}


def gallery_page(
    language: str, title: str, *, several: bool, desk: Literal["", "edit", "look"] = ""
) -> bytes:
    """Returns the page of all cards, with its texts: adding them later would shift the layout.

    Args:
        several: Whether there is a choice among decks.
        desk: What can be done with a card on the desk beside the page, to whose server it listens;
            empty for a site, which has neither.
    """
    words = texts()[language]
    home, leads = ("/", f"desk_{desk}") if desk else ("index.html", "home")
    values = {
        "about": escape(f"{title}: {words['gallery']}"),
        "one": "" if several else " hidden",
        "language": escape(language),
        "title": escape(title),
        "desk": f' data-desk="{desk}"' if desk else "",
        "home": f'href="{home}" data-text="{leads}"',
        "policy": policy(live=bool(desk)),
    }
    page = Template(read("page.html")).substitute(values)
    return _TEXT.sub(lambda found: found[0] + escape(words[found[1]]), page).encode()


def policy(*, live: bool = False) -> str:
    """Returns the Content-Security-Policy of a page; a `live` one may listen to its server."""
    return f"{_POLICY}; connect-src 'self'" if live else _POLICY


def cards_script(decks: Iterable[dict[str, Any]], **more: Any) -> bytes:
    """Returns the data of the page as a script: a page opened from a disk can load nothing else.

    The cards of a deck are not included: only the displayed deck is loaded.
    """
    return _script("show", {**more, "texts": texts(), "decks": list(decks)})


class DeckFile(NamedTuple):
    """A deck's cards as a script in DECKS, and the data that the page has of the deck before.

    `about["content"]` is the script's hash, by which the page sees that a deck has changed.
    """

    name: str
    script: bytes
    about: dict[str, Any]


def deck_file(deck: dict[str, Any]) -> DeckFile:
    """Returns the file of a deck, given the result of `deck_value`."""
    own = ("types", "cards")
    script = _script("deck", deck["key"], {name: deck[name] for name in own})
    about = {key: value for key, value in deck.items() if key not in own}
    about["notes"] = len({card["note"] for card in deck["cards"]})
    about["cards"] = len(deck["cards"])
    about["content"] = sha256(script).hexdigest()[:16]
    return DeckFile(f"{deck['key']}.js", script, about)


def _script(function: str, *values: Any) -> bytes:
    arguments = (json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in values)
    return f"kartu.{function}({','.join(arguments)});\n".encode()


def kind_of(name: str) -> str:
    """Returns the media type of a picture or sound by its name."""
    return _KINDS.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def media_script(name: str, content: bytes) -> bytes:
    """Returns a media file as a script: a page opened from a disk can load nothing else."""
    kind = kind_of(name)
    # Neither the name nor base64 has a character that a string of JavaScript would escape.
    return b'kartu.media("%s","data:%s;base64,%s");\n' % (
        *(name.encode(), kind.encode()),
        base64.b64encode(content),
    )
