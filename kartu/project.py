"""What one does with a project: check it, build its packages, see which facts its notes ask.

Each function takes the options of the command of its name and returns values; nothing here prints.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kartu.diagnostics import Diagnostic, has_errors, in_order
from kartu.load import load_project
from kartu.load.files import Files
from kartu.model import Deck, Project

if TYPE_CHECKING:
    from kartu.build import BuiltDeck

Progress = Callable[[str], None]

# Before this a package's times would be ids that Anki takes for something else.
_EARLIEST = 946_684_800  # 2000-01-01


def no_progress(step: str) -> None:
    """For callers that show none."""


class UsageError(Exception):
    """The command was called in a way that cannot work; the message says how it can."""


class Options(NamedTuple):
    """`root` holds cards/ and templates/; `decks` are folder names, none meaning all.

    `cache` is a folder in which results of templates are kept for the next run, None for nowhere.
    """

    root: Path
    decks: tuple[str, ...] = ()
    cache: Path | None = None


class BuildOptions(NamedTuple):
    """As Options; `out` is the folder for packages and manifest, build/ in the project if None."""

    root: Path
    decks: tuple[str, ...] = ()
    cache: Path | None = None
    out: Path | None = None


class BuildResult(NamedTuple):
    """`packages` is what the manifest says, empty where an error stopped the build."""

    diagnostics: list[Diagnostic]
    out: Path
    packages: list[dict[str, Any]]


def check(options: Options, progress: Progress = no_progress) -> list[Diagnostic]:
    """Everything that is wrong with the project, in the order of the files."""
    from kartu.check import check_project

    project, said = load_project(options.root, progress)
    chosen = _chosen(project, options.decks)
    said += check_project(project, whole=not has_errors(said))
    _build_decks(project, chosen, Files(options.root), options.cache, said, progress)
    return in_order(said)


def build(options: BuildOptions, progress: Progress = no_progress) -> BuildResult:
    """Builds the packages of the chosen decks; with an error, nothing is written.

    Raises UsageError for a deck that does not exist or a folder that cannot be written.
    """
    out = options.out or options.root / "build"
    project, said = load_project(options.root, progress)
    chosen = _chosen(project, options.decks)
    said += _errors_of_meaning(project, whole=not has_errors(said))
    files = Files(options.root)
    built = _build_decks(project, chosen, files, options.cache, said, progress)
    if has_errors(said):
        return BuildResult(in_order(said), out, [])
    from kartu.package.atomic import write_all
    from kartu.package.packages import MANIFEST, manifest, pack

    stamp = build_time()
    packages = []
    for deck in built:
        for edition in deck.source.editions:
            progress(f"{deck.source.id} {edition.key}".strip())
            packages.append(pack(deck, edition, files, stamp))
    contents = {package.file: package.content for package in packages}
    try:
        write_all(out, {**contents, MANIFEST: manifest(packages)})
    except OSError as error:
        raise UsageError(f"cannot write into {out}: {error.strerror or error}") from error
    return BuildResult(in_order(said), out, [package.info for package in packages])


def facts(options: Options) -> tuple[list[Deck], list[Diagnostic]]:
    """The decks with their notes, for showing which facts these ask, and what is wrong."""
    project, said = load_project(options.root)
    return _chosen(project, options.decks), in_order(said)


def build_time() -> int:
    """The time of what is not released yet: SOURCE_DATE_EPOCH, else now; in seconds."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not given:
        return int(time.time())
    if not given.isascii() or not given.isdigit() or not _EARLIEST <= int(given) < 2**32:
        raise UsageError(f'SOURCE_DATE_EPOCH must be seconds since 1970 after 2000, not "{given}"')
    return int(given)


def _errors_of_meaning(project: Project, *, whole: bool) -> list[Diagnostic]:
    """What stops a build; the warnings are for `check`."""
    from kartu.check import check_project

    return [one for one in check_project(project, whole=whole) if one.severity == "error"]


def _build_decks(
    project: Project,
    chosen: Sequence[Deck],
    files: Files,
    cache: Path | None,
    said: list[Diagnostic],
    progress: Progress,
) -> list[BuiltDeck]:
    """Renders what could be read, so that faults of templates show beside those of card sets."""
    from kartu.build import build_deck
    from kartu.render.memory import Memory

    memory = Memory(files, cache)
    found = []
    for deck in chosen:
        progress(deck.id)
        built, its_faults = build_deck(project, deck, files, memory)
        said += its_faults
        if built is not None:
            found.append(built)
    memory.save()
    return found


def _chosen(project: Project, names: Sequence[str]) -> list[Deck]:
    known = {deck.id: deck for deck in project.decks}
    for name in names:
        if name not in known:
            from kartu.diagnostics import did_you_mean

            hint = did_you_mean(name, known)
            raise UsageError(f'there is no deck "{name}"' + (f"; {hint}" if hint else ""))
    return [known[name] for name in dict.fromkeys(names)] if names else list(project.decks)
