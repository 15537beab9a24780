"""When files change: the only module that knows the library that asks the operating system."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

# In milliseconds: a pause as long as this ends one change, such as that of a whole checkout.
_PAUSE = 20
_LONGEST = 400
_LOOK = 500


def changes(folders: Sequence[Path], stop: Event) -> Iterator[None]:
    """One value for each change below the folders, until `stop` is set.

    The first one comes once the watch has begun: what was changed just before is not missed.
    """
    from watchfiles import watch

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
