"""Other projects of this computer: those opened last, and folders to choose one from.

The page never says a path: it has names that the program gave out for folders below the user's
home, and only the folders that were listed have one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from kartu.core.atomic import write_all
from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _
from kartu.core.source import Mapping
from kartu.core.usage import UsageError
from kartu.importing.new import NOTHING
from kartu.load import deck_names
from kartu.load.files import Files, natural_order
from kartu.load.ids.names import deck_slug
from kartu.load.yaml import parse
from kartu.show.editor.tokens import Tokens

_FILE = "recent.json"
_MOST_RECENT, _MOST_FOLDERS, _MOST_NAMES = 6, 300, 5

Opener = Callable[[Path], str]


class Folder(NamedTuple):
    """A folder as the page lists it."""

    name: str
    token: str
    project: bool


class Projects:
    """The projects that the page can go to from the one in `root`.

    `history` is the folder in which those opened last are kept, None for nowhere. `opener` opens
    another one and returns its address; None where nothing can be opened.
    """

    def __init__(self, root: Path, history: Path | None) -> None:
        self.root = root
        self.opener: Opener | None = None
        self._history = history
        self._tokens: Tokens[Path] = Tokens()

    # --- recent -----------------------------------------------------------------------------------

    def remember(self) -> None:
        """Puts the open project first among those opened last."""
        if self._history is None or self.opener is None or not deck_names(self.root):
            return
        here = os.path.realpath(self.root)
        paths = [here, *(path for path in self._recent() if path != here)][: 2 * _MOST_RECENT]
        content = json.dumps(paths).encode()
        with suppress(OSError):  # a convenience: nothing depends on it
            self._history.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_all(self._history, {_FILE: content})

    def recent(self) -> list[dict[str, Any]]:
        """Returns the projects opened last that are still there, without the open one."""
        found = []
        for path in map(Path, self._recent()):
            names = deck_names(path) if path.exists() else []
            if names and os.path.realpath(path) != os.path.realpath(self.root):
                decks = [_deck_name(path, name) for name in names[:_MOST_NAMES]]
                token = self._tokens.token(str(path), path)
                found.append({"folder": path.name, "decks": decks, "token": token})
        return found[:_MOST_RECENT]

    def _recent(self) -> list[str]:
        try:
            content = (self._history / _FILE).read_bytes() if self._history is not None else b"[]"
            found = json.loads(content)
        except (OSError, ValueError):
            return []
        return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []

    # --- folders ----------------------------------------------------------------------------------

    def folders(self, token: str) -> dict[str, Any]:
        """Returns the folders in one that was listed; for no token those in the user's home.

        Raises UsageError for a token that was not given out.
        """
        home = Path(os.path.realpath(Path.home()))
        path = self._path(token) if token else home
        inside = path != home and path.is_relative_to(home)
        return {
            "name": path.name or str(path),
            "token": self._tokens.token(str(path), path),
            "up": self._tokens.token(str(path.parent), path.parent) if inside else "",
            "project": bool(deck_names(path)),
            "empty": is_empty(path),
            "folders": [one._asdict() for one in self._below(path)],
        }

    def _below(self, path: Path) -> Iterator[Folder]:
        try:
            entries = [one for one in os.scandir(path) if one.is_dir(follow_symlinks=False)]
        except OSError as error:
            raise UsageError(_("this folder cannot be read")) from error
        shown = [one for one in entries if not one.name.startswith((".", "_", "~"))]
        for one in sorted(shown, key=lambda one: natural_order(one.name))[:_MOST_FOLDERS]:
            there = Path(one.path)
            token = self._tokens.token(str(there), there)
            yield Folder(one.name, token, (there / "cards").is_dir())

    def _path(self, token: str) -> Path:
        found = self._tokens.file(token)
        if found is None:
            raise UsageError(_("there is no such folder"))
        return found

    def open(self, token: str) -> str:
        """Opens the project in a folder that was listed, and returns the address of its page."""
        return self._open(self._path(token))

    def _open(self, path: Path) -> str:
        if self.opener is None or not path.exists():
            raise UsageError(_("this folder cannot be opened here"))
        return self.opener(path)

    # --- new ones ---------------------------------------------------------------------------------

    @property
    def is_ready(self) -> bool:
        """Whether decks can be made in the open folder: it is a project, or has nothing yet."""
        if not self.root.is_dir():
            return False
        return bool(deck_names(self.root)) or is_empty(self.root) or (self.root / "cards").is_dir()

    def new_folder(self, name: str) -> str:
        """Makes a folder for a new project in the open one, and returns its page's address."""
        if not self.root.is_dir() or self.opener is None:
            raise UsageError(_("a file is one deck"))
        wanted = deck_slug(name)
        names = (wanted if n == 1 else f"{wanted}-{n}" for n in range(1, 1000))
        path = next(self.root / one for one in names if not os.path.lexists(self.root / one))
        try:
            path.mkdir()
        except OSError as error:
            reason = error.strerror or str(error)
            raise UsageError(
                _("cannot write {place}: {reason}", place=path.name, reason=reason)
            ) from error
        return self.opener(path)


def is_empty(folder: Path) -> bool:
    """Whether a folder has nothing of anybody."""
    try:
        return set(os.listdir(folder)) <= NOTHING
    except OSError:
        return False


def _deck_name(root: Path, id: str) -> str:
    """The name of a deck of another project, its id where that cannot be read."""
    path = f"cards/{id}/deck.yaml"
    files = Files(root)
    content = files.read_text(path, Diagnostics()) if files.is_file(path) else None
    node = parse(content, path, Diagnostics()) if content is not None else None
    name = node.get("name") if isinstance(node, Mapping) else None
    return str(name or id)[:200]
