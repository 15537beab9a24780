"""What the process that renders templates of strangers may use, as far as it limits itself."""

from __future__ import annotations

import contextlib
import gc
import signal
import sys
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

# What the system waits beyond the time of a template, for one that cannot be interrupted.
GRACE = 2

# Garbage is looked for after so many new objects. A map is a hundred thousand points, none of which
# is garbage; with Python's own number, 700, everything takes a quarter longer.
_NEW_OBJECTS = 50_000


class Bounds(NamedTuple):
    """`seconds` of the processor are for one template with one note's values, `run` for all of a
    run; `characters` are those of one text, and `total` those of all texts of a run.

    `watched` says that the memory is looked at from outside, as macOS does not limit it.
    """

    memory: int = 512 * 1024 * 1024
    seconds: float = 10.0
    run: float = 60.0
    characters: int = 2_000_000
    total: int = 200_000_000
    watched: bool = sys.platform == "darwin"


def limit_this_process(bounds: Bounds) -> None:
    """Limits memory, files and processes for good, as far as the system knows such limits."""
    if sys.platform == "win32":
        return  # the job object that it is in has them
    import resource

    limits = {
        resource.RLIMIT_AS: bounds.memory,
        resource.RLIMIT_DATA: bounds.memory,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_NOFILE: 3,  # its input and output
    }
    if bounds.watched:
        del limits[resource.RLIMIT_AS], limits[resource.RLIMIT_DATA]
    for what, most in limits.items():
        with contextlib.suppress(ValueError, OSError):  # macOS refuses some
            resource.setrlimit(what, (most, most))


def collect_garbage_seldom() -> None:
    """Has Python look for garbage less often, and not at all in what is there by now."""
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, *gc.get_threshold()[1:])


class TooLongError(Exception):
    """A template has used up its time."""


@contextlib.contextmanager
def timed(seconds: float) -> Iterator[None]:
    """Raises TooLongError in what takes longer; the system ends what does not notice.

    For the main thread of a process that does nothing else.
    """
    if sys.platform == "win32":
        yield  # watched from outside
        return
    import resource

    def too_long(_signal: int, _frame: Any) -> None:
        raise TooLongError(f"{seconds:g}")

    signal.signal(signal.SIGPROF, too_long)
    last = int(time.process_time() + seconds) + GRACE
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (last, hard))
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
