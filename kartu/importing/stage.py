"""Lays out a project beside the real one, and puts its folders into place once all is right."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from kartu.core import atomic
from kartu.core.atomic import copy_tree
from kartu.importing.contents import CannotImportError
from kartu.load.access import changing

_SHARED = "templates/_shared"
_FIELD_FORMATS = ("text", "html")
_IDENTITY = "[[= value ]]\n"

# Beside what the project holds: "/" leads out of it; the others no system takes.
_NO_FILE = re.compile(r"[/\\\0]|\.\.?\Z|\Z")


class Stage:
    """A folder in the project's, with what the project is to get."""

    def __init__(self, root: Path, folder: Path, place: Callable[[Sequence[str]], None]) -> None:
        self.root = root
        self.folder = folder
        self._place = place

    def write(self, path: str, content: bytes) -> None:
        """Writes a file of the project to be."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with open(file, "xb") as opened:
            opened.write(content)

    def is_new(self) -> bool:
        """Whether there is no project yet."""
        return not any((self.root / name).is_dir() for name in ("cards", "templates"))

    def share(self) -> None:
        """Puts there what templates have in common: the project's, else the least there can be."""
        if (self.root / _SHARED).is_dir():
            copy_tree(self.root / _SHARED, self.folder / _SHARED)
            return
        for format in _FIELD_FORMATS:
            self.write(f"{_SHARED}/fields/{format}.html", _IDENTITY.encode())

    def borrow(self, note_type: str) -> None:
        """Puts a note type of the project there too."""
        copy_tree(self.root / "templates" / note_type, self.folder / "templates" / note_type)

    def place(self) -> None:
        """Puts all that the project does not have into place, or, where that fails, nothing."""
        self._place(list(self._new()))

    def _new(self) -> Iterator[str]:
        for top in ("templates", "cards"):
            for name in sorted(os.listdir(self.folder / top)):
                if top == "cards" or not (self.root / top / name).exists():
                    yield f"{top}/{name}"
        for file in sorted(self.folder.rglob("*")):
            path = file.relative_to(self.folder)
            other = path.parts[0] not in ("templates", "cards") and file.is_file()
            if other and not (self.root / path).exists():
                yield path.as_posix()


@contextmanager
def staged(root: Path) -> Iterator[Stage]:
    """A stage for the project in `root`, which is made for it; nothing of it is left."""
    made = not root.exists()
    root.mkdir(parents=True, exist_ok=True)
    try:
        with changing(root), atomic.staged(root) as stage:
            yield Stage(root, stage.folder, stage.place)
    finally:
        if made and not any(root.iterdir()):
            root.rmdir()


def plain_formats(root: Path) -> frozenset[str]:
    """The formats whose field templates show the value and nothing else."""
    fields = root / _SHARED / "fields"
    if not (root / _SHARED).is_dir():
        return frozenset(_FIELD_FORMATS)
    return frozenset(
        format
        for format in _FIELD_FORMATS
        if (fields / f"{format}.html").is_file()
        and (fields / f"{format}.html").read_text("utf-8", "replace").strip() == _IDENTITY.strip()
    )


def check_names(names: Mapping[str, object] | Sequence[str]) -> None:
    """CannotImportError for a name that is no file's: it could lead out of the project."""
    for name in names:
        if _NO_FILE.match(name) or "/" in name or "\\" in name or "\0" in name:
            raise CannotImportError(f"it names a file {name!r}, which is no name of a file in it")
