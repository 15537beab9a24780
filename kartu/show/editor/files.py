"""The files that the page may have: pictures and sounds of decks, and what was published."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from kartu.compile.render.contents import content_of
from kartu.compile.render.media import MediaFile
from kartu.core.diagnostics import Diagnostics
from kartu.load.files import Files
from kartu.show.gallery.pages import kind_of


class Content(NamedTuple):
    """The data of a file, and its media type."""

    kind: str
    data: bytes


class Download(NamedTuple):
    """A file to be saved under its name; `content` is what it has, None for what is in `path`."""

    name: str
    kind: str
    path: Path
    content: bytes | None = None

    @property
    def quoted(self) -> str:
        """The name as a header has it."""
        return quote(self.name, safe="")


def media_of(root: Path, file: MediaFile) -> Content | None:
    """Returns a picture or sound, None where it is not there or another one by now.

    One of which no digest is known may be any.
    """
    files = Files(root)
    try:
        if file.digest:
            data: bytes | None = content_of(file, files)
        else:
            data = files.read_bytes(file.path, Diagnostics())
    except OSError:
        return None
    return Content(kind_of(file.name), data) if data is not None else None


def downloaded(file: Download) -> bytes | None:
    """Returns the content of a file to be saved, None where it is gone."""
    if file.content is not None:
        return file.content
    try:
        return file.path.read_bytes()
    except OSError:
        return None
