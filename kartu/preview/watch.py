"""When files change: the only module that knows the library that asks the operating system."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

# In milliseconds: a pause as long as this ends one change, such as that of a whole checkout.
_PAUSE = 20
_LONGEST = 400


def changes(folders: Sequence[Path], stop: Event) -> Iterator[None]:
    """One value for each change below the folders, until `stop` is set."""
    from watchfiles import watch

    there = [folder for folder in folders if folder.is_dir()]
    for _ in watch(
        *there,
        stop_event=stop,
        debounce=_LONGEST,
        step=_PAUSE,
        rust_timeout=1000,
        raise_interrupt=False,
    ):
        yield
