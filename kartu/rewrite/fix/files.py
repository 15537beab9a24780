"""Finds the files that can be fixed, and writes them: all or none."""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

from kartu.core.atomic import remove_files, write_files
from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _
from kartu.core.model import Project
from kartu.core.usage import UsageError, writing
from kartu.load.files import Files

_LEFT_OUT = (".", "_", "~")


class ChangedError(Exception):
    """A file was changed after it was read."""


def fixable_files(files: Files, project: Project) -> Iterator[str]:
    """Yields the project's files in order: note types, texts, and what each deck reads."""
    facts = {fact.span.path for deck in project.decks for fact in deck.facts.values()}
    for name in _names(files, "templates"):
        yield f"templates/{name}/note_type.yaml"
    for name in _names(files, "templates/_shared/texts"):
        yield f"templates/_shared/texts/{name}"
    for deck in _names(files, "cards"):
        folder = f"cards/{deck}"
        if files.is_file(f"{folder}/deck.yaml"):
            for name in _names(files, folder):
                yield f"{folder}/{name}"
            for name in _names(files, f"{folder}/i18n"):
                yield f"{folder}/i18n/{name}"
            yield from sorted(path for path in facts if path.startswith(f"{folder}/"))


def _names(files: Files, folder: str) -> list[str]:
    """What lies in a folder and is neither hidden nor left out by its author."""
    return [name for name in files.names(folder) if not name.startswith(_LEFT_OUT)]


def own_bytes(files: Files, path: str) -> bytes | None:
    """Returns the file's bytes; None if it is a link, or not a YAML or CSV file of the project."""
    return bytes_of(files, path) if path.endswith((".yaml", ".csv")) else None


def bytes_of(files: Files, path: str) -> bytes | None:
    """Returns the bytes of a file of any kind; None if it is a link, or is not there."""
    full = files.path(path)
    ours = os.path.join(os.path.realpath(files.root), *path.split("/"))
    if files.one is not None:
        ours = os.path.join(os.path.realpath(os.path.dirname(full)), os.path.basename(full))
    if os.path.realpath(full) != ours:
        return None
    return files.read_bytes(path, Diagnostics()) if os.path.isfile(full) else None


def not_in_nfc(files: Files, folder: str) -> frozenset[str]:
    """Returns the names of files and folders in and below `folder` that are not in NFC."""
    return frozenset(
        name
        for _, folders, names in os.walk(files.path(folder))
        for name in (*folders, *names)
        if not unicodedata.is_normalized("NFC", name)
    )


def write_changes(root: Path, contents: Mapping[str, tuple[bytes | None, bytes | None]]) -> None:
    """Writes each file's new content in place of the old one; None stands for no file.

    Files are removed last.

    Raises:
        ChangedError: A file was changed meanwhile; none is written.
        OSError: A file cannot be written; none is.
    """
    files = Files(root)
    for path, (before, _after) in contents.items():
        full, there = files.path(path), bytes_of(files, path)
        if there != before or (before is None and os.path.lexists(full)):
            raise ChangedError(path)
        if before is not None and not os.stat(full).st_mode & stat.S_IWUSR:
            raise PermissionError(errno.EACCES, _("{file} is read-only", file=path))
    paths = {path: Path(files.path(path)) for path in contents}
    write_files({paths[path]: new for path, (_, new) in contents.items() if new is not None})
    remove_files(paths[path] for path, (_, new) in contents.items() if new is None)


def replace_files(root: Path, contents: Mapping[str, tuple[bytes | None, bytes | None]]) -> None:
    """Writes files of a project, each as it was read and as it is to be: all of them or none.

    None stands for no file. Raises UsageError where one was changed meanwhile, or cannot be
    written.
    """
    try:
        with writing(_("into the project")):
            write_changes(root, contents)
    except ChangedError as error:
        raise UsageError(_("{file} was changed meanwhile; run it again", file=error)) from error
