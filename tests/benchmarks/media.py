"""What notes with a picture each cost, by number of notes: every command that handles all pictures.

    python tests/benchmarks/media.py [--notes 500,2000,4000,20000] [--rounds 3] [--only site]

Whole processes without the cache, of build beside the bare genanki script. Seconds of CPU are user
and system together, which other programs on the machine disturb less than the time that passes. Of
`preview` the time is until the page of all cards has come, and then until the cards and a picture
have. The power is that with which CPU time grows from the second size to the last. Prints Markdown.
"""

from __future__ import annotations

import argparse
import math
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import NamedTuple
from urllib.request import HTTPCookieProcessor, build_opener

from building import BASE
from corpus import rows, write_project
from measure import FRONT_DOOR, environment, machine, table
from peers import scripts

DECK = "besar"
KARTU = (*FRONT_DOOR, "--quiet", "--no-cache")
PAGE, CARDS = "preview, the page", "preview, its cards"


class Cost(NamedTuple):
    """Of one run: the seconds that passed, those of CPU, and megabytes at the peak of memory."""

    seconds: float
    cpu: float
    megabytes: float


Run = Callable[[], dict[str, Cost]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--notes", default="500,2000,4000,20000")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="the programs whose names hold this")
    arguments = parser.parse_args()
    counts = list(map(int, arguments.notes.split(",")))
    print(f"{machine()}; medians of {arguments.rounds} rounds\n")
    found = {count: one_size(count, arguments.rounds, arguments.only) for count in counts}
    head = ["", *(f"{count:,}: s (CPU) MB" for count in counts), "power"]
    lines = [
        (name, *(shown(found[count][name]) for count in counts), power(name, found))
        for name in found[counts[0]]
    ]
    print(table(head, lines))


def one_size(count: int, rounds: int, only: str) -> dict[str, Cost]:
    """The medians of each program, on so many notes."""
    with tempfile.TemporaryDirectory(
        dir="/dev/shm" if os.path.isdir("/dev/shm") else None
    ) as folder:
        measured: dict[str, list[Cost]] = {}
        runs = [run for name, run in programs(Path(folder), count) if only in name]
        for _round in range(rounds):
            for run in runs:
                for name, cost in run().items():
                    measured.setdefault(name, []).append(cost)
    return {
        name: Cost(*map(statistics.median, zip(*all, strict=True)))
        for name, all in measured.items()
    }


def programs(folder: Path, count: int) -> Iterator[tuple[str, Run]]:
    """The bare script and kartu's commands, each with what it needs; what they write is removed."""
    notes = list(rows(count, 20, media=1))
    root = write_project(folder / "project", notes)
    bare = scripts(folder / "scripts", notes)[BASE]
    package, out = folder / f"{DECK}.apkg", folder / "out"

    def command(name: str, *arguments: str) -> Run:
        def run() -> dict[str, Cost]:
            shutil.rmtree(out, ignore_errors=True)
            return {name: cost([*KARTU, "-C", str(root), name, *arguments], folder)}

        return run

    cost([*KARTU, "-C", str(root), "build", "-o", str(folder)], folder)
    yield BASE, lambda: {BASE: cost(list(bare.command), bare.folder)}
    yield "build", command("build", "-o", str(out))
    yield "check", command("check")
    yield "import", command("import", str(package), "-o", str(out))
    yield "site", command("site", "-o", str(out))
    yield "preview", lambda: preview(root, folder)


def cost(command: list[str], folder: Path) -> Cost:
    """Runs a program, which has to succeed."""
    begun = time.perf_counter()
    with subprocess.Popen(
        command, cwd=folder, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    took = time.perf_counter() - begun
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Cost(took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def preview(root: Path, folder: Path) -> dict[str, Cost]:
    """Starts the page, and fetches of it what a browser does until it shows cards."""
    begun = time.perf_counter()
    command = [*KARTU, "-C", str(root), "preview", "--no-open"]
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            fetch = build_opener(HTTPCookieProcessor(CookieJar())).open
            with fetch(process.stdout.readline().strip()) as page:
                page.read()
                address = page.url
            at_page = so_far(process.pid, begun)
            for name in ("cards.js", f"decks/{DECK}.js"):
                with fetch(address + name) as answer:
                    script = answer.read().decode()
            picture = re.search(r"[\w-]+\.png", script)
            assert picture is not None
            fetch(f"{address}media/{picture[0]}.js").close()
            return {PAGE: at_page, CARDS: so_far(process.pid, begun)}
        finally:
            process.terminate()


def so_far(pid: int, begun: float) -> Cost:
    """What a process that runs has cost until now; Linux alone says so of another one."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    peak = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    assert peak is not None
    return Cost(time.perf_counter() - begun, cpu, int(peak[1]) / 1024)


def shown(one: Cost) -> str:
    return f"{one.seconds:.2f} ({one.cpu:.2f}) {one.megabytes:.0f}"


def power(name: str, found: dict[int, dict[str, Cost]]) -> str:
    counts = list(found)
    if len(counts) < 2:
        return ""
    few, many = counts[min(1, len(counts) - 2)], counts[-1]
    return f"{math.log(found[many][name].cpu / found[few][name].cpu) / math.log(many / few):.2f}"


if __name__ == "__main__":
    main()
