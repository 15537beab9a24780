"""A new picture or sound for a deck: its name and content are what students' devices can show."""

from __future__ import annotations

import re
import unicodedata

from kartu.compile.render.media import IMAGES, SOUNDS
from kartu.compile.render.signatures import content_fault
from kartu.core.language import _
from kartu.core.model import Deck
from kartu.core.source import Span
from kartu.load.files import Files
from kartu.review.names import name_fault
from kartu.rewrite.fix.files import bytes_of
from kartu.rewrite.notes.sets import Change, Changes
from kartu.rewrite.notes.values import EditRefusedError

LARGEST = 16 * 1024 * 1024
_LONGEST = 80  # characters of a name without its ending
_OTHER = re.compile(r"[^\w.-]+")


def added_media(files: Files, deck: Deck, name: str, data: bytes) -> tuple[str, Changes]:
    """Returns the name under which a picture or sound is put into a deck's media, and the change.

    Another file of that name stays; one with the same content is taken as it is.

    Raises:
        EditRefusedError: It is of a kind, or has a content, that devices do not show.
    """
    folder = f"{deck.folder}/media"
    place = Span(folder)
    name = _plain(name)
    ending = name.rpartition(".")[2]
    kinds = next((one for one in (IMAGES, SOUNDS) if ending in one), None)
    if kinds is None:
        message = _("this is not a kind of picture or sound that all devices show")
        endings = ", ".join(sorted(IMAGES | SOUNDS))
        raise EditRefusedError(
            place, message, _("save it as one of these: {endings}", endings=endings)
        )
    if len(data) > LARGEST:
        message = _("the file has more than {limit} MiB", limit=LARGEST // 1024 // 1024)
        raise EditRefusedError(place, message)
    if fault := content_fault(name, data, kinds):
        raise EditRefusedError(place, fault[1], fault[2])
    there = {one.casefold(): one for one in files.names(folder)}
    for candidate in _names(name):
        path = f"{folder}/{candidate}"
        other = there.get(candidate.casefold())
        if other is None:
            return candidate, {path: Change(None, data)}
        if other == candidate and bytes_of(files, path) == data:
            return candidate, {}
    raise AssertionError("there are more names than files")


def _plain(name: str) -> str:
    """A name that every system can hold, with the ending in small letters."""
    last = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    stem, _dot, ending = last.rpartition(".")
    stem = _OTHER.sub("-", stem).strip("-._")[:_LONGEST].strip("-._")
    plain = f"{stem or 'media'}.{ending.lower()}"
    return f"media-{plain}" if name_fault(plain, plain) else plain


def _names(name: str) -> list[str]:
    stem, _dot, ending = name.rpartition(".")
    return [name, *(f"{stem}-{number}.{ending}" for number in range(2, 10_000))]
