"""The program as its users run it: in this process, which is quick, or in one of its own."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

ROOT = Path(__file__).parents[2]

Run = Callable[..., "CompletedProcess[str]"]

# Python itself reads these when it starts.
_OF_THE_INTERPRETER = ("PYTHON", "LC_", "LANG", "TZ")


def in_process(
    *arguments: object,
    cwd: Path = ROOT,
    env: dict[str, str] | None = None,
    typed: str = "",
    together: bool = False,
    screens: tuple[io.TextIOWrapper, io.TextIOWrapper] | None = None,
) -> CompletedProcess[str]:
    """Calls the program's entry point with its own arguments, folder, variables and streams.

    What only a process has (its start, signals, encodings, memory) is for `in_own_process`; the
    gates of `kartu verify`, else processes, are here as well.
    With `typed`, the input is a terminal at which someone types that; with `together`, both
    streams are one, as on a screen; `screens` get what is written to the two.
    """
    from kartu.cli.program import run
    from support.gates import gates_here

    changed = env or {}
    assert not [name for name in changed if name.startswith(_OF_THE_INTERPRETER)], "kartu_process"
    command = ["kartu", *map(str, arguments)]
    out, err = screens or (_stream(), _stream())
    err = out if together else err
    keyboard = _terminal(typed) if typed else contextlib.nullcontext(io.StringIO())
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.chdir(cwd),
        keyboard as stdin,
        gates_here(),
    ):
        for name, value in changed.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", command)
        patch.setattr(sys, "stdin", stdin)
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        patch.setattr(sys, "warnoptions", ["error"])  # a warning is a fault here, as in all tests
        patch.setattr(os, "_exit", sys.exit)  # with which a program ends
        try:
            run()
        except SystemExit as ended:
            status = int(ended.code or 0)
        finally:
            gc.enable()  # a program does without
    if screens:
        return CompletedProcess(command, status, "", "")
    return CompletedProcess(command, status, _written(out), "" if together else _written(err))


def in_own_process(
    *arguments: object, cwd: Path = ROOT, env: dict[str, str] | None = None
) -> CompletedProcess[str]:
    """Starts the front door and waits for its end."""
    return subprocess.run(
        [sys.executable, str(ROOT / "build_deck.py"), *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@contextlib.contextmanager
def hours_ago(hours: int) -> Iterator[None]:
    """Releases that are made meanwhile are of that time: nobody has to wait for the next one."""
    moment = time.time() - 3600 * hours
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kartu.core.clock.time.time", lambda: moment)
        yield


@contextlib.contextmanager
def _terminal(typed: str) -> Iterator[io.TextIOBase]:
    """A terminal in which that was typed, as the program reads it."""
    import pty

    keyboard, screen = pty.openpty()
    os.write(keyboard, typed.encode())
    with os.fdopen(screen, encoding="utf-8") as stdin:
        yield stdin
    os.close(keyboard)


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8")


def _written(stream: io.TextIOWrapper) -> str:
    """What the program wrote, with line ends as a reader of text has them."""
    stream.flush()
    content = stream.detach().getvalue()  # type: ignore[attr-defined]
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8").read()
