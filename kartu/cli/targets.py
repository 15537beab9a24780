"""What the arguments of a command mean: decks of the project, and files that are decks."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from kartu.cli.terminal import Terminal, usage_errors
from kartu.core.language import _
from kartu.core.usage import UsageError
from kartu.load import deck_names
from kartu.load.one_file import ENDINGS, file_of

_ADVICE = {
    ".xls": ".xlsx",
    ".xlsm": ".xlsx",
    ".xlsb": ".xlsx",
    ".numbers": ".xlsx",
    ".fods": ".ods",
    ".docx": ".md",
    ".org": ".md",
    ".yml": ".yaml",
}


class Target(NamedTuple):
    """A project, and which of its decks: all for none. `root` may be a file, which is a deck."""

    root: Path
    decks: tuple[str, ...] = ()

    @property
    def is_file(self) -> bool:
        """Whether it is a file that is a deck."""
        return self.root.is_file()

    @property
    def deck(self) -> str:
        """The deck of a command for one, empty for the only one."""
        return next(iter(self.decks), "")


def targets(root: Path, named: Sequence[str]) -> list[Target]:
    """What these arguments mean, in their order; the project in `root` for none.

    Raises UsageError for a file that is not there or cannot be a deck.
    """
    if not named:
        return [Target(root)]
    known = deck_names(root)
    found: dict[Path, list[str]] = {}
    for name in named:
        at, deck = (root, name) if name in known else _of_path(root, name)
        decks = found.setdefault(at, [])
        decks += [deck] if deck and deck not in decks else []
    return [Target(at, tuple(decks)) for at, decks in found.items()]


def _of_path(root: Path, name: str) -> tuple[Path, str]:
    """The project and deck that an argument names by a path; it may name a deck that is not."""
    path = Path(name)
    if not os.path.lexists(path):
        if path.suffix.lower() in ENDINGS or os.sep in name or "/" in name:
            raise UsageError(_('there is no file "{path}"', path=name))
        return root, name
    inside = _deck_around(path)
    if inside is not None:
        project, deck = inside
        same = os.path.realpath(root) == str(project)
        return (root if same else project), deck
    if path.is_dir():
        return root, name
    if not path.is_file():
        raise UsageError(_("{path} is not a regular file", path=name))
    check_can_be_deck(path)
    return path, ""


def _deck_around(path: Path) -> tuple[Path, str] | None:
    """The project and the deck in whose folder a path is."""
    real = Path(os.path.realpath(path))
    for folder in (real, *real.parents):
        if folder.parent.name == "cards" and (folder / "deck.yaml").is_file():
            return folder.parent.parent, folder.name
    return None


def check_can_be_deck(path: Path) -> None:
    """Raises UsageError for a file of which no deck can be made, with what to do."""
    name = path.name
    whole = file_of(name)
    if whole:
        raise UsageError(
            _("{name} belongs to {file}: name that file", name=name, file=path.with_name(whole))
        )
    if path.suffix.lower() in (".apkg", ".colpkg"):
        raise UsageError(
            _("{name} is a package of Anki: kartu import {path} reads it", name=name, path=path)
        )
    if path.suffix.lower() not in ENDINGS:
        message = _(
            "{name} cannot be a deck: kartu reads {endings}", name=name, endings=", ".join(ENDINGS)
        )
        better = _ADVICE.get(path.suffix.lower())
        if better:
            message = _("{message}; save it as {ending}", message=message, ending=better)
        raise UsageError(message)
    from kartu.load.markdown.folder import is_left_out

    own = name == "deck.yaml" or name.endswith(".set.yaml")
    if name.startswith((".", "_", "~")) or own or is_left_out(name):
        raise UsageError(_("{name} cannot be a deck: give the file another name", name=name))


def targets_of_paths(root: Path, paths: Sequence[str]) -> list[tuple[Target, tuple[str, ...]]]:
    """The projects that paths are in, with those that are in each; a FILE that is a deck has none.

    Raises UsageError as `targets` does.
    """
    if not paths:
        return [(Target(root), ())]
    found: dict[Path, list[str]] = {}
    for path in paths:
        at = _project_of(root, Path(path))
        found.setdefault(at, []).extend([] if at.is_file() else [path])
    return [(Target(at), tuple(inside)) for at, inside in found.items()]


def _project_of(root: Path, path: Path) -> Path:
    real, top = os.path.realpath(path), os.path.realpath(root)
    of_project = any(real.startswith(os.path.join(top, one, "")) for one in _TOPS)
    if of_project or not path.is_file():
        return root
    inside = _deck_around(path)
    if inside is not None:
        return inside[0]
    check_can_be_deck(path)
    return path


_TOPS = ("cards", "templates")


def each(terminal: Terminal, named: Sequence[str], run: Callable[[Terminal, Target], None]) -> None:
    """Runs a command for each thing that its arguments name; exits with the highest status."""
    with usage_errors():
        found = targets(terminal.root, named)
    status = 0
    for one in found:
        try:
            run(terminal.at(one.root), one)
        except SystemExit as ended:
            if len(found) == 1:
                raise
            status = max(status, ended.code if isinstance(ended.code, int) else 1)
        except click.UsageError as error:
            if len(found) == 1:
                raise
            error.show()
            status = max(status, error.exit_code)
    sys.exit(status)


def only(terminal: Terminal, named: str) -> tuple[Terminal, Target]:
    """What the argument of a command for one deck means."""
    with usage_errors():
        (found,) = targets(terminal.root, [named] if named else [])
    return terminal.at(found.root), found
