"""Holding a project's sources: nobody writes what is being read, nor reads what is half written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kartu.core.atomic import recover
from kartu.core.diagnostics import Diagnostic, Diagnostics
from kartu.core.language import _
from kartu.core.locks import locked
from kartu.core.progress import Progress, no_progress
from kartu.core.source import Span
from kartu.core.usage import RefusedError, UsageError
from kartu.core.version import __version__
from kartu.load.files import Files

# A version is up to three numbers, as `kartu new` writes it for pip or for people.
_LONGEST_REQUIREMENTS = 65_536
_NEEDED = re.compile(
    rb"(?m)^(?:kartu(?:\[[\w, -]*\])?[ ]*(?:==|>=|~=)[ ]*(\d{1,6}(?:\.\d{1,6}){0,3})"
    rb"|# kartu (\d{1,6}(?:\.\d{1,6}){0,3}) or newer)\s*$"
)


@contextmanager
def reading(root: Path, progress: Progress = no_progress) -> Iterator[list[Diagnostic]]:
    """Holds the project with others that read it; yields what a person has to decide first.

    Raises UsageError where it needs a newer kartu.
    """
    folder = folder_of(root)
    if not folder.is_dir():
        yield []
        return
    check_version(folder)
    diagnostics = Diagnostics()
    with locked(folder, shared=True, progress=progress):
        _settle(root, diagnostics)
        yield list(diagnostics)


@contextmanager
def changing(root: Path, progress: Progress = no_progress) -> Iterator[None]:
    """Holds the project, which must be there, alone: what is read in it is so when it is written.

    What killed runs left is settled.
    """
    with locked(folder_of(root), progress=progress):
        _settle(root, Diagnostics())  # who reads or writes there reports what is undecided
        yield


def check_version(folder: Path) -> None:
    """Raises UsageError where the requirements of a project name a newer kartu than this one."""
    try:
        content = (folder / "requirements.txt").read_bytes()[:_LONGEST_REQUIREMENTS]
    except OSError:
        return
    found = max((_numbers(one[0] or one[1]) for one in _NEEDED.findall(content)), default=())
    if found > _numbers(__version__.encode()):
        raise UsageError(
            _(
                "this project needs kartu {needed}, and this is {version}: "
                "run pip install -r requirements.txt",
                needed=".".join(map(str, found)),
                version=__version__,
            )
        )


def _numbers(version: bytes) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(b"."))


def folder_of(root: Path) -> Path:
    """The folder that is held for a project: its own, or the one in which its only file is."""
    return root.parent if root.is_file() else root


def refuse_unbuilt(root: Path) -> None:
    """Raises RefusedError for a file that is a deck and was never built: it has no uid to keep."""
    one = Files(root).one
    if one is not None and one.description() is not None:
        raise RefusedError(_("{file} was never built: run kartu build {file}", file=one.name))


def output_folder(out: Path | None, root: Path, default: str = "build") -> Path:
    """Returns the folder for results: the named one, else the default one in the project.

    For a project that is one file, packages lie beside it, and anything else in a folder there.
    Raises UsageError where that is outside the project: a stranger's project must not write there.
    """
    if out is not None:
        return out
    one = Files(root).one
    if one is not None:
        folder = default.rpartition("/")[2]
        return root.parent / f"{one.id}-{folder}" if "/" in default else root.parent
    if not Files(root).inside(default):
        raise UsageError(
            _("{folder}/ leads out of the project; name a folder with -o", folder=default)
        )
    return root / default


def _settle(root: Path, diagnostics: Diagnostics) -> None:
    files = Files(root)
    for folder in _folders(files):
        if files.inside(f"{folder}/x"):
            for one in recover(Path(files.path(folder))):
                path = f"{folder}/{one.name}".removeprefix("/")
                diagnostics.add("write-interrupted", Span(path), one.message, one.help)


def _folders(files: Files) -> Iterator[str]:
    """Where kartu writes in a project's sources."""
    yield ""
    if files.one is not None:
        return
    for top in ("templates", "cards"):
        for name in files.names(top):
            yield f"{top}/{name}"
            if top == "cards":
                yield f"{top}/{name}/i18n"
    yield "templates/_shared/texts"
