"""Watches files for changes: the only module that imports watchfiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event

from kartu.core.model import Project, upstream_of
from kartu.core.shipped import SHIPPED, TEMPLATES

# In milliseconds: a pause of this length ends one change, such as a whole checkout.
_PAUSE = 10
_MAX_DELAY = 400
_POLL = 500


def watched(project: Project) -> list[str]:
    """Returns the folders of a project's files, with those of decks that its decks extend."""
    extending = (deck for deck in project.decks if deck.upstream)
    extended = dict.fromkeys(path for deck in extending for path in upstream_of(deck))
    return ["cards", TEMPLATES, SHIPPED, *extended]


def changes(folders: Sequence[Path], stop: Event, *, deep: bool = True) -> Iterator[None]:
    """Yields once for each change in the folders and, if `deep`, below them, until `stop` is set.

    It yields first when the watch has begun, so that changes just before are not missed. Folders
    may be deleted and created again.
    """
    while not stop.is_set():
        with suppress(FileNotFoundError):  # a folder was deleted just now
            yield from _changes(folders, stop, deep=deep)
        stop.wait(_PAUSE / 1000)


def _changes(folders: Sequence[Path], stop: Event, *, deep: bool) -> Iterator[None]:
    """Yields like `changes`, until one of the folders is replaced by another."""
    from watchfiles import watch

    before = _identities(folders)
    begun = False
    for changed in watch(
        *(folder for folder in folders if folder.is_dir()),
        stop_event=stop,
        debounce=_MAX_DELAY,
        step=_PAUSE,
        rust_timeout=_POLL,
        yield_on_timeout=True,
        raise_interrupt=False,
        recursive=deep,
    ):
        if changed or not begun:
            begun = True
            yield
        if _identities(folders) != before:
            return


def _identities(folders: Sequence[Path]) -> list[tuple[int, int]]:
    """Returns device and inode of each folder, which a successor would not have; (0, 0) if none."""
    found = []
    for folder in folders:
        try:
            status = folder.stat()
        except OSError:
            found.append((0, 0))
        else:
            found.append((status.st_dev, status.st_ino))
    return found
