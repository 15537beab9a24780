"""Runs the front door, and ends it at one of its steps on files.

`python killed.py STEP ACTION CHECKOUT COMMAND…` counts the calls that change a file system (open
for writing, write, fsync, rename, link, mkdir, rmdir, unlink). Before the call number STEP the
process kills itself or, with ACTION `full`, finds the disk full there and from then on; with STEP 0
it runs to its end. The number of calls goes to the file that KARTU_STEPS names.

`in_fork` does the same in a copy of a process that has loaded the program, which is quicker.
"""

from __future__ import annotations

import atexit
import builtins
import errno
import io
import itertools
import multiprocessing
import os
import runpy
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

_CHANGING = ("fsync", "rename", "replace", "link", "mkdir", "rmdir", "unlink", "remove", "sync")
_GROWING = ("open", "write", "link", "mkdir")


class _Steps:
    def __init__(self, wanted: int, action: str) -> None:
        self.wanted = wanted
        self.action = action
        self.ended = os._exit
        self.numbers = itertools.count(1)  # whichever thread asks
        self.done = 0

    def before(self, what: str) -> None:
        self.done = next(self.numbers)
        if self.wanted and self.done == self.wanted and self.action == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
            self.ended(137)  # the first process of a namespace does not hear itself
        full = self.wanted and self.done >= self.wanted and self.action == "full"
        if full and what in _GROWING:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _counted(steps: _Steps, what: str, call: Callable[..., Any]) -> Callable[..., Any]:
    def counted(*arguments: Any, **named: Any) -> Any:
        steps.before(what)
        return call(*arguments, **named)

    return counted


def _watch(steps: _Steps) -> None:
    for name in _CHANGING:
        setattr(os, name, _counted(steps, name, getattr(os, name)))
    plain = io.open

    def opened(file: Any, mode: str = "r", *arguments: Any, **named: Any) -> Any:
        if not set(mode) & set("wxa"):
            return plain(file, mode, *arguments, **named)
        steps.before("open")
        found = plain(file, mode, *arguments, **named)
        return (
            _Written(found, steps) if "b" in mode and isinstance(file, str | os.PathLike) else found
        )

    builtins.open = io.open = opened


class _Written:
    """A file whose writes are steps, each of them in two halves."""

    def __init__(self, file: Any, steps: _Steps) -> None:
        self._file = file
        self._steps = steps

    def write(self, content: Any) -> int:
        half = len(content) // 2
        self._file.write(content[:half])
        self._file.flush()
        self._steps.before("write")
        self._file.write(content[half:])
        return len(content)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *told: object) -> None:
        self._file.close()


def main(step: str, action: str, checkout: str, *command: str) -> None:
    """Runs the command in this process, which it ends."""
    steps = _Steps(int(step), action)
    ended = os._exit

    def report() -> None:
        with io.FileIO(os.environ["KARTU_STEPS"], "w") as file:
            file.write(str(steps.done).encode())

    def end(status: int) -> None:
        report()
        ended(status)

    atexit.register(report)
    os._exit = end  # type: ignore[assignment]
    sys.argv = ["build_deck.py", *command]
    sys.path[0] = checkout
    _watch(steps)
    runpy.run_path(os.path.join(checkout, "build_deck.py"), run_name="__main__")


# Copies of one process, which has loaded what commands load, and changes nothing.
_COPIES = multiprocessing.get_context("forkserver")
_COPIES.set_forkserver_preload(
    [
        *("kartu.cli.program", "kartu.cli.main", "kartu.cli.release", "kartu.cli.import"),
        *("kartu.cli.export", "kartu.cli.site", "kartu.cli.new", "kartu.cli.check"),
        *("kartu.pipeline", "kartu.publish.release", "kartu.importing.run", "kartu.export.run"),
        *("kartu.load.one_file", "kartu.ledger.check", "kartu.package.anki", "kartu.rewrite.fix"),
        *("deflate", "genanki", "pyromark", "rapidfuzz"),
    ]
)


def in_fork(arguments: Sequence[str], cwd: Path, env: Mapping[str, str]) -> tuple[int, str]:
    """The exit status and the output of `python killed.py ARGUMENTS`, when it has ended."""
    output = cwd.with_name(f"{cwd.name}-output")
    process = _COPIES.Process(target=_forked, args=(arguments, cwd, dict(env), output))
    process.start()
    process.join()
    assert process.exitcode is not None
    return process.exitcode, output.read_text("utf-8")


def _forked(arguments: Sequence[str], cwd: Path, env: Mapping[str, str], output: Path) -> None:
    file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(file, 1)
    os.dup2(file, 2)
    sys.stdout, sys.stderr = (open(one, "w", encoding="utf-8", closefd=False) for one in (1, 2))  # noqa: SIM115
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    main(*arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
