"""When files change: the only module that knows the library that asks the operating system."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event

# In milliseconds: a pause as long as this ends one change, such as that of a whole checkout.
_PAUSE = 10
_LONGEST = 400
_LOOK = 500


def changes(folders: Sequence[Path], stop: Event) -> Iterator[None]:
    """One value for each change below the folders, until `stop` is set.

    The first one comes once the watch has begun: what was changed just before is not missed. A
    folder may go, and come again.
    """
    while not stop.is_set():
        with suppress(FileNotFoundError):  # a folder went in this moment
            yield from _changes(folders, stop)
        stop.wait(_PAUSE / 1000)


def _changes(folders: Sequence[Path], stop: Event) -> Iterator[None]:
    """As `changes`, until one of the folders is another one."""
    from watchfiles import watch

    there = _identities(folders)
    begun = False
    for changed in watch(
        *(folder for folder in folders if folder.is_dir()),
        stop_event=stop,
        debounce=_LONGEST,
        step=_PAUSE,
        rust_timeout=_LOOK,
        yield_on_timeout=True,
        raise_interrupt=False,
    ):
        if changed or not begun:
            begun = True
            yield
        if _identities(folders) != there:
            return


def _identities(folders: Sequence[Path]) -> list[tuple[int, int]]:
    """What tells a folder from another one that takes its place; (0, 0) where there is none."""
    found = []
    for folder in folders:
        try:
            status = folder.stat()
        except OSError:
            found.append((0, 0))
        else:
            found.append((status.st_dev, status.st_ino))
    return found
