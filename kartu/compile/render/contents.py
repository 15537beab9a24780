"""The contents of media files, for packages and pages."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _
from kartu.load.files import Files

if TYPE_CHECKING:
    from kartu.compile.render.media import MediaFile


class Contents:
    """Holds what was read of each file, for all the packages and pages that it is in."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._read: dict[str, bytes] = {}

    def hold(self, digest: str, content: bytes) -> None:
        """Keeps what was read when the file was rendered: it need not be read and hashed again."""
        self._read[digest] = content

    def of(self, file: MediaFile) -> bytes:
        """Returns the file's content; OSError where it is not what it was when it was rendered."""
        if file.digest not in self._read:
            self._read[file.digest] = content_of(file, self._files)
        return self._read[file.digest]

    def last(self, file: MediaFile) -> bytes:
        """Returns the same, and forgets it."""
        content = self.of(file)
        del self._read[file.digest]
        return content


def content_of(file: MediaFile, files: Files) -> bytes:
    """Returns the file's content; its name contains the hash, so it must not have changed.

    Raises:
        OSError: It has, since it was rendered.
    """
    if file.content is not None:
        return file.content
    content = files.read_bytes(file.path, Diagnostics()) or b""
    if sha256(content).hexdigest() != file.digest:
        raise OSError(_("{file} was changed while the deck was built; build again", file=file.path))
    return content
