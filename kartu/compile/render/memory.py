"""What templates gave before: the same templates and the same input give the same text again.

Importing Jinja2 and compiling templates takes longer than all the rest of a small build. So the
results are kept for the next run, by a hash of each file of templates/ and by their input. What is
damaged or unknown is made anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from kartu import cache as kept
from kartu.core.diagnostics import Diagnostics
from kartu.core.model import Deck, template_folders
from kartu.load.files import Files

T = TypeVar("T")

# Enough for the layouts of a hundred note types; a huge deck must not read a huge cache.
_MOST = 5000


class Memory:
    """Remembers results of one project's templates; `folder` None remembers within a run only.

    `templates` are the folders that these lie in.
    """

    def __init__(
        self, files: Files, folder: Path | None, templates: tuple[str, ...] = ("templates",)
    ) -> None:
        self._known: dict[str, Any] = {}
        self._used: dict[str, Any] = {}
        self._path: Path | None = None
        self._templates = ""
        if folder is not None:
            others = sha256("\0".join(templates[1:]).encode()).hexdigest()[:16]
            what = f"templates-{others}" if templates[1:] else "templates"
            self._path = kept.path_for(folder, files.root, what)
            self._templates = _digest(files, templates)
            known = kept.read(self._path)
            if known is not None and known[0] == self._templates:
                self._known = known[1]

    @property
    def lasts(self) -> bool:
        """Whether the next run knows what this one remembers."""
        return self._path is not None

    def recall(self, what: object, make: Callable[[], T | None]) -> T | None:
        """The result of `make` for the input `what`: a text, or what its repr tells all of.

        `make` gives None where something was wrong; that is not remembered. Results are values
        that JSON keeps: texts and lists.
        """
        key = what if isinstance(what, str) else _hash(repr(what))
        if key in self._used:
            return self._used[key]  # type: ignore[no-any-return]
        value = self._known.get(key)
        if value is None:
            value = make()
        if value is not None and len(self._used) < _MOST:
            self._used[key] = value
        return value

    def save(self) -> None:
        """Keeps what this run used, if that is not kept already; a full disk is no fault."""
        if self._path is None or self._used.keys() <= self._known.keys():
            return
        results = {**self._known, **self._used} if len(self._known) < _MOST else self._used
        kept.write(self._path, [self._templates, results])


def _hash(content: str) -> str:
    return sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


class Memories:
    """A memory for each set of templates that decks of a project use."""

    def __init__(self, files: Files, folder: Path | None) -> None:
        self._files = files
        self._folder = folder
        self._found: dict[tuple[str, ...], Memory] = {}

    def of(self, deck: Deck) -> Memory:
        folders = template_folders(deck)
        if folders not in self._found:
            self._found[folders] = Memory(self._files, self._folder, folders)
        return self._found[folders]

    def save(self) -> None:
        for memory in self._found.values():
            memory.save()


def _digest(files: Files, templates: tuple[str, ...]) -> str:
    """A hash of each file of the templates."""
    digest = sha256()
    for path, content in sorted(one for folder in templates for one in _below(files, folder)):
        digest.update(os.fsencode(path) + b"\0" + str(len(content)).encode() + b"\0")
        digest.update(content)
    return digest.hexdigest()


def _below(files: Files, folder: str) -> Iterator[tuple[str, bytes]]:
    """Every file of a folder and the folders in it with its content, as far as kartu reads it."""
    try:
        entries = list(os.scandir(files.path(folder)))
    except OSError:
        return
    for entry in entries:
        path = f"{folder}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _below(files, path)
        elif (content := files.read_bytes(path, Diagnostics())) is not None:
            yield path, content
