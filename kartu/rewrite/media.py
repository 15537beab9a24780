"""A new picture or sound for a deck: its name and content are what students' devices can show."""

from __future__ import annotations

import re
import unicodedata

from kartu.compile.render.media import IMAGES, SOUNDS
from kartu.compile.render.signatures import content_fault, content_of_file
from kartu.core.language import _
from kartu.core.model import Deck
from kartu.core.source import Span
from kartu.load.files import Files
from kartu.review.names import name_fault
from kartu.rewrite.fix.files import bytes_of
from kartu.rewrite.notes.sets import Change, Changes
from kartu.rewrite.notes.values import EditRefusedError
from kartu.rewrite.pictures import Picture, Size, picture_of

LARGEST = 16 * 1024 * 1024
_LONGEST = 80  # characters of a name without its ending
_OTHER = re.compile(r"[^\w.-]+")


def media_of(name: str, data: bytes) -> Picture:
    """Returns a picture or sound as it can be put into a deck; a sound is not changed.

    Its content says what it is; the name only where the content could be anything.

    Raises:
        EditRefusedError: It is of a kind, or has a content, that devices do not show.
    """
    _check_size(data)
    ending = name.rpartition(".")[2].lower()
    found = content_of_file(data)
    endings = found.endings if found is not None else (ending,)
    sounds = [one for one in endings if one in SOUNDS]
    if sounds:
        return _sound(data, ending if ending in sounds else sounds[0])
    if not endings and ending in SOUNDS and (fault := content_fault(name, data, SOUNDS)):
        raise EditRefusedError(Span(""), fault[1], fault[2])
    if not endings or IMAGES.intersection(endings):
        return picture_of(data)
    raise _no_kind()


def as_it_is(name: str, data: bytes) -> Size:
    """Returns a file that devices have already, which no edit may change.

    Raises:
        EditRefusedError: It is of a kind, or has a content, that devices do not show.
    """
    ending = name.rpartition(".")[2].lower()
    kinds = next((one for one in (IMAGES, SOUNDS) if ending in one), None)
    if kinds is None:
        raise _no_kind()
    _check_size(data)
    if fault := content_fault(name, data, kinds):
        raise EditRefusedError(Span(""), fault[1], fault[2])
    return picture_of(data).sizes[0] if ending == "svg" else Size(data, 0, 0, ending)


def _check_size(data: bytes) -> None:
    if len(data) > LARGEST:
        limit = LARGEST // 1024 // 1024
        raise EditRefusedError(Span(""), _("the file has more than {limit} MiB", limit=limit))


def _no_kind() -> EditRefusedError:
    message = _("this is not a kind of picture or sound that all devices show")
    endings = ", ".join(sorted(IMAGES | SOUNDS))
    help = _("save it as one of these: {endings}", endings=endings)
    return EditRefusedError(Span(""), message, help)


def _sound(data: bytes, ending: str) -> Picture:
    return Picture((Size(data, 0, 0, ending),))


def added_media(files: Files, deck: Deck, name: str, size: Size) -> tuple[str, Changes]:
    """Returns the name under which a picture or sound is put into a deck's media, and the change.

    Another file of that name stays; one with the same content is taken as it is.
    """
    folder = f"{deck.folder}/media"
    there = {one.casefold(): one for one in files.names(folder)}
    for candidate in _names(_plain(name, size.ending)):
        path = f"{folder}/{candidate}"
        other = there.get(candidate.casefold())
        if other is None:
            return candidate, {path: Change(None, size.data)}
        if other == candidate and bytes_of(files, path) == size.data:
            return candidate, {}
    raise AssertionError("there are more names than files")


def _plain(name: str, ending: str) -> str:
    """A name that every system can hold, with the ending that its content has."""
    last = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    stem, dot, own = last.rpartition(".")
    if not dot or not own.isalnum() or own.isdigit():
        stem = last
    elif ending == "jpg" and own.lower() == "jpeg":
        ending = "jpeg"
    stem = _OTHER.sub("-", stem).strip("-._")[:_LONGEST].strip("-._")
    plain = f"{stem or 'media'}.{ending}"
    return f"media-{plain}" if name_fault(plain, plain) else plain


def _names(name: str) -> list[str]:
    stem, _dot, ending = name.rpartition(".")
    return [name, *(f"{stem}-{number}.{ending}" for number in range(2, 10_000))]
