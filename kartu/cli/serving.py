"""What commands that serve a page share: how they begin and end, and print while they run."""

from __future__ import annotations

import faulthandler
import gc
import importlib.util
import os
import signal
import sys
import threading
import traceback
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from kartu.cli.echo import echo
from kartu.cli.terminal import Terminal, usage_errors
from kartu.core.language import N_, _
from kartu.core.usage import UsageError

if TYPE_CHECKING:
    from kartu.show.editor.serve import Editing, EditOptions

# Seconds. How long the threads that serve the page wait for one that checks.
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


def check_libraries(command: str, libraries: Sequence[str]) -> None:
    """Raises UsageError where a library that a command needs is not installed."""
    if not all(importlib.util.find_spec(one) for one in libraries):
        raise click.UsageError(
            _(
                "kartu {command} needs a few more libraries: pip install 'kartu[{command}]'",
                command=command,
            )
        )


@contextmanager
def serving(
    terminal: Terminal, options: EditOptions, end: End, *, open_page: bool
) -> Iterator[Editing]:
    """Serves a page until a signal comes: prints its address, and opens it in a browser."""
    from kartu.show.editor.serve import editing

    faulthandler.enable()
    sys.setswitchinterval(_TURN)
    for name in _SIGNALS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), end.signalled)
    with usage_errors(), editing(options, _report) as running:
        gc.freeze()  # what was read stays for the whole run, what comes is collected
        gc.enable()
        print_safely(lambda: terminal.print(f"{running.address}\n"))
        if open_page:
            webbrowser.open(running.address)
        yield running


def _report(error: Exception) -> None:
    """Prints what must not end the page: a fault of ours, or that all its decks are gone."""
    if isinstance(error, UsageError):
        text = str(error)
    else:
        crash = "".join(traceback.format_exception(error))
        text = crash + _("kartu: this is a fault of kartu itself")
    print_safely(lambda: echo(text, err=True))


def print_safely(act: Callable[[], Any]) -> None:
    """Prints with `act`; the page goes on if the output is closed."""
    try:
        act()
    except OSError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
