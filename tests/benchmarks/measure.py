"""Whole processes side by side: interleaved rounds, medians of ratios, peak memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
FRONT_DOOR = (sys.executable, str(ROOT / "build_deck.py"))


class Program(NamedTuple):
    """A command to be measured; `before` readies each run and is not measured."""

    command: Sequence[str]
    folder: Path
    before: Callable[[], None] = lambda: None
    may_fail: bool = False  # exit status 1 is a result as well
    environment: Mapping[str, str] = {}


class Measured(NamedTuple):
    """Medians of a program's runs. `ratio` is the median of the ratios round by round."""

    seconds: float
    ratio: float
    megabytes: float
    output: str


class FailedError(Exception):
    """A program that ended otherwise than it should; the message is what it said."""


def measure(programs: Mapping[str, Program], base: str, rounds: int) -> dict[str, Measured]:
    """Runs all programs in turn, `rounds` times, after a round that fills caches.

    Raises FailedError where one of them fails.
    """
    seconds: dict[str, list[float]] = {name: [] for name in programs}
    memory: dict[str, list[float]] = {name: [] for name in programs}
    output: dict[str, str] = {}
    for number in range(rounds + 1):
        for name, program in programs.items():
            program.before()
            took, megabytes, output[name] = run(program)
            if number or rounds == 0:
                seconds[name].append(took)
                memory[name].append(megabytes)
            _tell(f"round {number} of {rounds}: {name} {took:.2f} s")
    return {
        name: Measured(
            statistics.median(seconds[name]),
            statistics.median(a / b for a, b in zip(seconds[name], seconds[base], strict=True)),
            statistics.median(memory[name]),
            output[name],
        )
        for name in programs
    }


def run(program: Program) -> tuple[float, float, str]:
    """One run: seconds, megabytes at the peak of its memory, and what it printed."""
    begun = time.perf_counter()
    with subprocess.Popen(
        program.command,
        cwd=program.folder,
        env={**environment(), **program.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        took = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in ((0, 1) if program.may_fail else (0,)):
        raise FailedError(f"{' '.join(program.command)}\n{output[-2000:]}")
    return took, usage.ru_maxrss / 1024, output


def environment() -> dict[str, str]:
    """The environment in which programs run: compiled modules are kept, as on people's machines."""
    return {key: value for key, value in os.environ.items() if "DONTWRITE" not in key}


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table whose columns line up."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = []
    for line in (head, ["-" * width for width in widths], *rows):
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def machine() -> str:
    """What the numbers were measured on, without its name."""
    import platform
    import sqlite3

    model = ""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line for line in cpuinfo.read_text("utf-8").splitlines() if "model name" in line]
        model = names[0].partition(":")[2].strip() if names else ""
    return (
        f"{os.cpu_count()} cores {model}, {platform.system()}, "
        f"{platform.python_implementation()} {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}"
    )


def _tell(what: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{what}", end="", file=sys.stderr, flush=True)
