"""Writing files so that a reader finds the old or the new content, never a part."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

_TEMPORARY = re.compile(r"\.kartu-(\d+)-.*\.tmp")


def write_all(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Writes every file or, where that fails (OSError), none; clears what a killed run left."""
    folder.mkdir(parents=True, exist_ok=True)
    _clear_leftovers(folder)
    written: list[tuple[Path, Path]] = []
    try:
        for name, content in contents.items():
            temporary = folder / f".kartu-{os.getpid()}-{name}.tmp"
            written.append((temporary, folder / name))
            _write(temporary, content)
        for temporary, target in written:
            os.replace(temporary, target)
    finally:
        for temporary, _ in written:
            with contextlib.suppress(FileNotFoundError):
                temporary.unlink()
    _sync_folder(folder)


def _write(path: Path, content: bytes) -> None:
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Makes the renames last through a power cut, where the system can."""
    if os.name == "posix":
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _clear_leftovers(folder: Path) -> None:
    for path in folder.glob(".kartu-*.tmp"):
        found = _TEMPORARY.fullmatch(path.name)
        if found and not _runs(int(found[1])):
            with contextlib.suppress(FileNotFoundError):
                path.unlink()


def _runs(process: int) -> bool:
    if os.name != "posix":
        return False  # an open file cannot be deleted there anyway
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
