"""What templates gave before: the same templates and the same input give the same text again.

Importing Jinja2 and compiling templates takes longer than all the rest of a small build. So the
results are kept in the user's cache folder, by a hash of everything they depend on: each file of
templates/, the code that renders, and the input. What is damaged or unknown is made anew.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from kartu import __version__
from kartu.anki import mustache
from kartu.load.files import Files
from kartu.model import Deck, template_folders

T = TypeVar("T")

# Enough for the layouts of a hundred note types; a huge deck must not read a huge cache.
_MOST = 5000
_DAYS_KEPT = 90


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
        self._salt = b""
        if folder is not None:
            where = "\0".join((os.path.realpath(files.root), *templates[1:]))
            self._path = folder / f"{sha256(os.fsencode(where)).hexdigest()[:16]}.json"
            self._salt = _digest(files, templates).encode()
            self._known = _read(self._path, self._salt.decode())

    def recall(self, what: object, make: Callable[[], T | None]) -> T | None:
        """The result of `make` for the input `what`, whose repr must tell all of it.

        `make` gives None where something was wrong; that is not remembered. Results are values
        that JSON keeps: texts and lists.
        """
        key = sha256(self._salt + repr(what).encode("utf-8", "surrogatepass")).hexdigest()
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
        kept = {**self._known, **self._used} if len(self._known) < _MOST else self._used
        body = json.dumps([self._salt.decode(), kept])
        temporary = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            temporary.write_text(f"{sha256(body.encode()).hexdigest()}\n{body}", "utf-8")
            os.replace(temporary, self._path)
            _forget_old(self._path.parent)


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


def _forget_old(folder: Path) -> None:
    """Clears the results of projects that were not built for a long time."""
    oldest = time.time() - _DAYS_KEPT * 86_400
    for entry in os.scandir(folder):
        if entry.stat().st_mtime < oldest:
            os.unlink(entry)


def cache_folder() -> Path | None:
    """Where the user's programs keep what they can make anew, or None without a home."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", "")
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base) / "kartu" if os.path.isabs(base) else None


def _read(path: Path, salt: str) -> dict[str, Any]:
    """The results kept for these templates; none where the file is not what was written."""
    try:
        digest, _, body = path.read_bytes().partition(b"\n")
    except OSError:
        return {}
    if sha256(body).hexdigest().encode() != digest:
        return {}
    kept = json.loads(body)
    # Another version of kartu may keep something else here.
    if not isinstance(kept, list) or len(kept) != 2 or kept[0] != salt:
        return {}
    return dict(kept[1])


def _digest(files: Files, templates: tuple[str, ...]) -> str:
    """A hash of each file of the templates, and of the code that renders them by its times."""
    digest = sha256(f"{__version__} {sys.version}".encode())
    for folder in (os.path.dirname(__file__), os.path.dirname(mustache.__file__)):
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            there = entry.stat()
            digest.update(f"{entry.name}\0{there.st_size}\0{there.st_mtime_ns}\0".encode())
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
        elif (content := files.read_bytes(path, [])) is not None:
            yield path, content
