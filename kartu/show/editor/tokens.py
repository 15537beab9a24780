"""Names that the page has for files: no path of the disk ever comes from it."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from typing import Generic, TypeVar

File = TypeVar("File")


class Tokens(Generic[File]):
    """Gives files names that nobody guesses, and finds them by these. One file keeps its name."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._files: dict[str, File] = {}

    def token(self, name: str, file: File) -> str:
        """Returns the token of a file, which is found by it from now on.

        Args:
            name: Says which file it is, and which content of it.
        """
        found = hmac.new(self._key, name.encode(errors="surrogateescape"), sha256).hexdigest()[:32]
        self._files[found] = file
        return found

    def file(self, token: str) -> File | None:
        """Returns the file of a token, None for a token that was not given out."""
        return self._files.get(token)

    def forget(self) -> None:
        """Takes the names of all files back."""
        self._files.clear()
