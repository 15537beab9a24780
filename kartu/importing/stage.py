"""Writes a project next to the real one, and moves its folders into place once it is valid."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from kartu.core import atomic
from kartu.core.atomic import copy_tree
from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _
from kartu.core.shipped import SHIPPED, TEMPLATES
from kartu.importing.contents import CannotImportError
from kartu.load.access import changing
from kartu.load.files import Files

_SHARED = f"{TEMPLATES}/_shared"
_FIELD_FORMATS = ("text", "html")
_IDENTITY = "[[= value ]]"


class Stage:
    """A temporary folder within the project's, with the files to be added to it."""

    def __init__(self, root: Path, folder: Path, place: Callable[[Sequence[str]], None]) -> None:
        self.root = root
        self.folder = folder
        self._place = place
        self._folders: set[Path] = set()

    def write(self, path: str, content: bytes) -> None:
        """Writes a file of the staged project."""
        file = self.folder / path
        if file.parent not in self._folders:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(file.parent)
        with open(file, "xb") as opened:
            opened.write(content)

    def is_new(self) -> bool:
        """Whether there is no project yet."""
        return not any((self.root / name).is_dir() for name in ("cards", TEMPLATES))

    def share(self) -> None:
        """Copies the shared templates that the project has of its own."""
        if (self.root / _SHARED).is_dir():
            copy_tree(self.root / _SHARED, self.folder / _SHARED)

    def borrow(self, note_type: str) -> None:
        """Copies a note type of the project into the stage; it may be one of the program's."""
        if (self.root / TEMPLATES / note_type).is_dir():
            copy_tree(self.root / TEMPLATES / note_type, self.folder / TEMPLATES / note_type)

    def place(self) -> None:
        """Moves all that the project does not have yet into place, or nothing if that fails."""
        self._place(list(self._new()))

    def _new(self) -> Iterator[str]:
        for top in (TEMPLATES, "cards"):
            there = self.folder / top
            for name in sorted(os.listdir(there)) if there.is_dir() else ():
                if top == "cards" or not (self.root / top / name).exists():
                    yield f"{top}/{name}"
        for file in sorted(self.folder.rglob("*")):
            path = file.relative_to(self.folder)
            other = path.parts[0] not in (TEMPLATES, "cards") and file.is_file()
            if other and not (self.root / path).exists():
                yield path.as_posix()


@contextmanager
def staged(root: Path) -> Iterator[Stage]:
    """Yields a stage for the project in `root`, made if missing; it is removed afterwards."""
    made = not root.exists()
    root.mkdir(parents=True, exist_ok=True)
    try:
        with changing(root), atomic.staged(root) as stage:
            yield Stage(root, stage.folder, stage.place)
    finally:
        if made and not any(root.iterdir()):
            root.rmdir()


def plain_formats(root: Path) -> frozenset[str]:
    """Returns the formats whose field templates show the value and nothing else."""
    files = Files(root)
    return frozenset(one for one in _FIELD_FORMATS if _field_template(files, one) == _IDENTITY)


def _field_template(files: Files, format: str) -> str:
    own, ours = (f"{top}/_shared/fields/{format}.html" for top in (TEMPLATES, SHIPPED))
    content = files.read_text(own if files.is_file(own) else ours, Diagnostics())
    return (content or "").strip()


def check_names(names: Mapping[str, object] | Sequence[str]) -> None:
    """Raises CannotImportError for an invalid file name, which could lead out of the project."""
    for name in names:
        parts = name.split("\\")  # Anki drops these: "a \\ b.png" becomes "a  b.png"
        paths = any(part in ("", ".", "..") or part.endswith(":") for part in parts)
        if paths or "/" in name or "\0" in name:
            raise CannotImportError(
                _("it names a file {name}, which is not the name of a file in it", name=repr(name))
            )
