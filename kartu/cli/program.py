"""kartu as a program: sets up its own process, which `main` must not do in other programs."""

from __future__ import annotations

import codecs
import gc
import os
import sys
import warnings
from collections.abc import Callable
from typing import NoReturn


def run(before_end: Callable[[int], None] = lambda status: None) -> NoReturn:
    """Runs the command line as the whole of this process.

    Args:
        before_end: Called with the exit status.
    """
    # A run is short and most objects live to its end. Garbage collection, from the first import
    # on, would take a good part of a small build.
    gc.disable()
    if not sys.warnoptions:  # a user cannot act on warnings of libraries
        warnings.simplefilter("ignore")
    _prepare_streams()
    from kartu.cli.main import main

    try:
        main()
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
        before_end(status)
        _end(status)


def _end(status: int) -> NoReturn:
    """Exits immediately: else Python would first destroy all objects of the run."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):  # the output did not arrive
            status = status or 2
    os._exit(status)


def _prepare_streams() -> None:
    """Makes every text printable on the standard streams; replaces closed ones."""
    codecs.register_error("kartu", _escaped)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif hasattr(stream, "reconfigure"):
            # Files and pipes get UTF-8; a console its own encoding.
            if not stream.isatty() and not os.environ.get("PYTHONIOENCODING"):
                stream.reconfigure(encoding="utf-8")
            stream.reconfigure(errors="kartu")


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """An error handler that writes JSON escapes: reports stay valid JSON in every encoding."""
    assert isinstance(error, UnicodeEncodeError)
    lacking = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    units = (lacking[at : at + 2].hex() for at in range(0, len(lacking), 2))
    return "".join(f"\\u{unit}" for unit in units), error.end
