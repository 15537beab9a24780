"""Reads the two sides to compare: a package, a project's folder, or a git revision of it."""

from __future__ import annotations

import io
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from kartu.compile.built import BuiltDeck
from kartu.core.diagnostics import Diagnostic, did_you_mean
from kartu.core.language import _
from kartu.core.progress import Progress, no_progress
from kartu.core.shipped import TEMPLATES
from kartu.pipeline import unpublished_decks
from kartu.publish.diff.apkg import from_package
from kartu.publish.diff.changes import Changes, diff, one_sided
from kartu.publish.diff.state import DeckState, SourceError, from_built

GIT = "git:"


class Side(NamedTuple):
    """One side of the comparison.

    `decks` has each whole deck followed by its editions; with errors in `diagnostics`, whose paths
    belong to the project in `root`, it is empty.
    """

    decks: tuple[DeckState, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    root: Path = Path()


class DiffResult(NamedTuple):
    """The changes of each deck; empty where a side has errors, which is then in `faulty`."""

    changes: tuple[Changes, ...]
    faulty: tuple[Side, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether both sides could be compared."""
        return not self.faulty

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The errors of both sides; their paths belong to the project of their side."""
        return tuple(one for side in self.faulty for one in side.diagnostics)


class DiffOptions(NamedTuple):
    """`old` and `new` are each an .apkg, a project's folder, or git:REVISION of that in `root`."""

    old: str
    new: str
    root: Path = Path()
    deck: str = ""
    cache: Path | None = None


def diff_sources(options: DiffOptions, progress: Progress = no_progress) -> DiffResult:
    """Returns what a student who has `old` will notice after importing `new`.

    Raises SourceError (a UsageError) for a source that does not exist or cannot be compared.
    """
    named = (options.old, options.new)
    old, new = (read_side(one, options.root, options.cache, progress) for one in named)
    faulty = tuple(side for side in (old, new) if side.diagnostics)
    return (
        DiffResult((), faulty)
        if faulty
        else DiffResult(tuple(compare(old.decks, new.decks, options.deck)))
    )


def read_side(source: str, root: Path, cache: Path | None, progress: Progress) -> Side:
    """Returns the decks of `source`: an .apkg, a folder, or `git:REV` of the project in `root`.

    Raises SourceError for a source that does not exist or cannot be read.
    """
    if source.startswith(GIT):
        return _revision(source, root, progress)
    path = Path(source) if Path(source).exists() else root / source
    if path.is_dir():
        return _folder(path, cache, progress)
    if not path.exists():
        raise SourceError(
            _(
                'there is no file or folder "{source}": name an .apkg, the folder of a project, or '
                "git:REVISION",
                source=source,
            )
        )
    progress(source)
    return Side((from_package(path),))


def compare(old: Sequence[DeckState], new: Sequence[DeckState], deck: str = "") -> list[Changes]:
    """Returns the changes of each deck in the new side's order, then decks of only one side.

    `deck` selects one by its folder, uid or name. Raises SourceError where neither side has it.
    """
    pairs = list(_pairs(old, new))
    if deck:
        pairs = [pair for pair in pairs if any(one and _is(one, deck) for one in pair)]
        if not pairs:
            hint = did_you_mean(deck, [one.id or one.name for one in (*old, *new)])
            message = _('there is no deck "{deck}" to compare', deck=deck)
            raise SourceError(f"{message}; {hint}" if hint else message)
    both = [diff(*pair) for pair in ((a, b) for a, b in pairs if a and b)]
    added = [one_sided(after, "new") for before, after in pairs if after and not before]
    removed = [one_sided(before, "old") for before, after in pairs if before and not after]
    return both + added + removed


def _is(deck: DeckState, name: str) -> bool:
    return name in (deck.id, deck.uid, deck.name)


def _pairs(
    old: Sequence[DeckState], new: Sequence[DeckState]
) -> Iterator[tuple[DeckState | None, DeckState | None]]:
    olds, news = _by_uid(old), _by_uid(new)
    unmatched = {uid: states for uid, states in olds.items() if uid not in news}
    for uid, states in news.items():
        counterpart = olds.get(uid)
        if counterpart is None:
            counterpart = unmatched.pop(
                _matching_uid(states, unmatched, alone=len(olds) == len(news) == 1), None
            )
        if counterpart is None:
            yield None, _edition(states, "")
        else:
            yield (
                _edition(counterpart, _only_edition(states)),
                _edition(states, _only_edition(counterpart)),
            )
    for states in unmatched.values():
        yield _edition(states, ""), None


def _by_uid(decks: Sequence[DeckState]) -> dict[str, dict[str, DeckState]]:
    """The editions of each deck by key; the whole deck has an empty one."""
    found: dict[str, dict[str, DeckState]] = {}
    for deck in decks:
        found.setdefault(deck.uid, {}).setdefault(deck.edition, deck)
    return found


def _matching_uid(
    states: dict[str, DeckState], others: dict[str, dict[str, DeckState]], *, alone: bool
) -> str:
    """The uid of the matching deck on the other side, where one of the two has no uid."""
    deck = _edition(states, "")
    for uid, candidates in others.items():
        other = _edition(candidates, "")
        if not deck.foreign and not other.foreign:
            continue
        same = deck.name == other.name or not deck.notes.keys().isdisjoint(other.notes)
        if same or alone:
            return uid
    return ""


def _only_edition(states: dict[str, DeckState]) -> str:
    """The edition in a package; empty where the whole deck is there."""
    return "" if "" in states else next(iter(states))


def _edition(states: dict[str, DeckState], key: str) -> DeckState:
    """The edition `key` if there is one, else the whole deck, else the first one."""
    return states.get(key) or states.get("") or next(iter(states.values()))


def _folder(root: Path, cache: Path | None, progress: Progress) -> Side:
    if not (root / "cards").is_dir():
        raise SourceError(_('"{folder}" is not a kartu project: it has no cards/', folder=root))
    built, errors = unpublished_decks(root, cache, progress)
    if errors:
        return Side((), tuple(errors), root)
    return Side(tuple(state for deck in built for state in _states(deck)), (), root)


def _states(deck: BuiltDeck) -> Iterator[DeckState]:
    yield from_built(deck)
    yield from (from_built(deck, edition) for edition in deck.source.editions if edition.key)


def _revision(source: str, root: Path, progress: Progress) -> Side:
    """The project at a git revision; its errors cannot be fixed, so they raise SourceError."""
    progress(source)
    content = _git_archive(source.removeprefix(GIT), root)
    with tempfile.TemporaryDirectory(prefix="kartu-diff-") as folder:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            archive.extractall(folder)
        side = _folder(Path(folder), None, progress)
    if side.diagnostics:
        first, more = side.diagnostics[0], len(side.diagnostics) - 1
        place = f"{first.span.path}:{first.span.line}:{first.span.column}"
        fault = f"{place}: error[{first.code}]: {first.message}"
        raise SourceError(
            _(
                "the sources at {source} cannot be built: {fault} (and {more} more)",
                source=source,
                fault=fault,
                more=more,
            )
            if more
            else _("the sources at {source} cannot be built: {fault}", source=source, fault=fault)
        )
    return side


def files_at_last_change(root: Path, path: str) -> dict[str, bytes]:
    """Returns the files of the folder of `path` in the commit that changed that last.

    Empty where git does not know it.
    """
    folder = path.rpartition("/")[0]
    try:
        found = _git("log", "-1", "--format=%H", "--", path, revision=path, root=root)
        revision = found.decode().strip()
        content = _archived(revision, root, [folder]) if revision else b""
    except SourceError:
        return {}
    if not content:
        return {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [one for one in archive.namelist() if one.rpartition("/")[0] == folder]
        return {name: archive.read(name) for name in names if not name.endswith("/")}


def _git_archive(revision: str, root: Path) -> bytes:
    if not revision or revision.startswith("-"):  # git would parse it as an option
        raise SourceError(
            _('"{source}" names no revision: write for example git:v1.0.0', source=GIT + revision)
        )
    cards = _archived(revision, root, ["cards"])
    with zipfile.ZipFile(io.BytesIO(cards)) as archive:
        decks = [name for name in archive.namelist() if name.endswith("/deck.yaml")]
        extends = any(_EXTENDS in archive.read(name) for name in decks)
    if extends:
        return _archived(revision, root, [])
    own = _git("ls-tree", "--name-only", revision, TEMPLATES, revision=revision, root=root)
    return _archived(revision, root, ["cards", TEMPLATES] if own else ["cards"])


# What a deck that extends another one has in its deck.yaml; that may be anywhere in the project.
_EXTENDS = b"extends:"


def _archived(revision: str, root: Path, paths: list[str]) -> bytes:
    return _git("archive", "--format=zip", revision, *paths, revision=revision, root=root)


def _git(*arguments: str, revision: str, root: Path) -> bytes:
    """What git prints. Raises SourceError where it cannot."""
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)  # noqa: S603, S607
    except OSError as error:
        raise SourceError(
            _("git cannot be started: {error}", error=error.strerror or error)
        ) from error
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines() or [
            _("it gives no reason")
        ]
        raise SourceError(
            _('git cannot give "{revision}": {reason}', revision=revision, reason=reason[0])
        )
    return done.stdout
