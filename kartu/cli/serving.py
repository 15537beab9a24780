"""What commands that serve a page share: how they end, and print while they run."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from kartu.core.language import N_, _

# Seconds. How long the threads that serve the page wait for one that builds.
_TURN = 0.0005

# The signals that end a page; not every system has each.
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


class End(threading.Event):
    """Set when the page should end, with the reason to print and the exit status."""

    why = N_("the files are no longer watched")
    status = 3

    def signalled(self, number: int, frame: object) -> None:
        """Ends the page gracefully at the first signal, and immediately at the second."""
        if self.is_set():
            raise KeyboardInterrupt
        by_keys = number == signal.SIGINT
        name = signal.Signals(number).name
        self.why = "Ctrl+C" if by_keys else _("the signal {name}", name=name)
        self.status = 0 if by_keys else 128 + number
        self.set()

    def closed(self) -> None:
        """Ends what serves a page that nobody has open any more."""
        self.why, self.status = N_("its page was closed"), 0
        self.set()


@contextmanager
def serving(end: End) -> Iterator[None]:
    """Sets up the process for a page that is served until a signal comes."""
    faulthandler.enable()
    sys.setswitchinterval(_TURN)
    for name in _SIGNALS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), end.signalled)
    yield


def print_safely(act: Callable[[], Any]) -> None:
    """Prints with `act`; the page goes on if the output is closed."""
    try:
        act()
    except OSError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
