"""Calls about pictures and sounds: those of a deck, and new ones."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from kartu.compile.render.media import IMAGES, SOUNDS, MediaFile
from kartu.load.files import Files
from kartu.rewrite.media import LARGEST, media_of
from kartu.rewrite.pictures import Picture
from kartu.show.editor.calls import Calls
from kartu.show.editor.desk import Desk
from kartu.show.editor.shapes import DATA, FLAG, TEXT

CALLS = Calls()

_MEDIA = "media"
_IN_BASE64 = LARGEST * 4 // 3 + 10_000


@CALLS.add("media", edits=False, deck=TEXT)
def media(desk: Desk, deck: str) -> list[dict[str, str]]:
    """Returns the pictures and sounds of a deck."""
    files, folder = Files(desk.root), f"{desk.deck(deck).folder}/{_MEDIA}"
    found = []
    for name in sorted(files.names(folder)):
        path = f"{folder}/{name}"
        if name.rpartition(".")[2].lower() in IMAGES | SOUNDS and files.is_file(path):
            file = MediaFile(name, path, "", 0)
            found.append({"file": name, "token": desk.media.token(path, file)})
    return found


@CALLS.add("look_media", edits=True, largest=_IN_BASE64, alone=False, name=TEXT, base64=DATA)
def look_media(desk: Desk, name: str, base64: bytes) -> dict[str, Any]:
    """Returns what a picture or sound would be in a deck, and in which sizes; nothing is saved."""
    found = _prepared(desk, name, base64)
    sizes = [
        {"bytes": len(one.data), "width": one.width, "height": one.height} for one in found.sizes
    ]
    kind = "image" if found.sizes[0].ending in IMAGES else "sound"
    return {
        "kind": kind,
        "bytes": len(base64),
        "sizes": sizes,
        "turned": found.turned,
        "cleared": list(found.cleared),
    }


@CALLS.add(
    "add_media",
    edits=True,
    largest=_IN_BASE64,
    alone=False,
    deck=TEXT,
    name=TEXT,
    base64=DATA,
    whole=FLAG.or_else(False),
)
def add_media(desk: Desk, deck: str, name: str, base64: bytes, *, whole: bool) -> dict[str, Any]:
    """Puts a picture or sound into the media of a deck: the smallest size, or the largest."""
    size = _prepared(desk, name, base64).sizes[-1 if whole else 0]

    def added() -> dict[str, Any]:
        found = desk.session.add_media(deck, name, size)
        return {"file": found, "bytes": len(size.data), "state": desk.settle()}

    return desk.run(added)


def _prepared(desk: Desk, name: str, data: bytes) -> Picture:
    """The picture as decks hold it; the last one is remembered, since it is looked at first."""
    digest = sha256(data + name.rpartition(".")[2].encode()).digest()
    if desk.prepared is not None and desk.prepared[0] == digest:
        return desk.prepared[1]
    found = media_of(name, data)
    desk.prepared = digest, found
    return found
