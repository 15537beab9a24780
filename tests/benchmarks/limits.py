"""What kartu promises of its speed and memory, measured: each promise with its limit.

    python tests/benchmarks/limits.py [--rounds 7] [--only "YAML"]

Ratios are of whole processes to the bare genanki script on the same notes, interleaved in one run;
`--help` is compared with a click program of one command. Prints Markdown.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from building import BASE, own
from corpus import Row, rows
from measure import FRONT_DOOR, ROOT, Measured, Program, machine, measure, table
from peers import scripts

CLICK = """\
import click
@click.command()
@click.option("--name", default="dunia", help="Whom to greet.")
def hello(name):
    \"\"\"Greets.\"\"\"
    click.echo(name)
hello()
"""


class Limit(NamedTuple):
    """A promise: what of a program's measure must not be more than `must`; `aim` is better."""

    name: str
    program: str
    must: float
    aim: float
    of: Callable[[Measured], float] = lambda one: one.ratio


class Group(NamedTuple):
    """Programs that run on the same notes; `rounds` at most, for those that take long."""

    limits: tuple[Limit, ...]
    make: Callable[[Path], dict[str, Program]]
    rounds: int = 99
    base: str = BASE


def deck(
    count: int, decks: int, *names: str, media: int = 0
) -> Callable[[Path], dict[str, Program]]:
    """The bare script and the named programs of kartu, on so many notes."""

    def make(folder: Path) -> dict[str, Program]:
        notes: list[Row] = list(rows(count, decks, media=media))
        bare = scripts(folder / "scripts", notes)
        programs = {**bare, **own(folder, notes)}
        return {name: programs[name] for name in (BASE, *names)}

    return make


def here(folder: Path) -> dict[str, Program]:
    """The decks of this repository in both languages, beside the bare script with as many notes."""
    bare = scripts(folder / "scripts", list(rows(744, 16)))
    out = ("-o", str(folder / "out"))
    return {BASE: bare[BASE], HERE: Program((*FRONT_DOOR, "-q", "--no-cache", "build", *out), ROOT)}


def help_of(folder: Path) -> dict[str, Program]:
    script = folder / "hello.py"
    script.write_text(CLICK, "utf-8")
    return {
        "click": Program((sys.executable, str(script), "--help"), folder),
        "kartu --help": Program((*FRONT_DOOR, "--help"), folder),
    }


YAML, CSV = "kartu, YAML, cold", "kartu, CSV, cold"
SAME = "kartu, nothing changed"
HERE = "kartu, the decks here, cold"


def megabytes(one: Measured) -> float:
    return one.megabytes


GROUPS = (
    Group((Limit("60 notes from YAML, cold", YAML, 0.9, 0.7),), deck(60, 5, YAML)),
    Group(
        (
            Limit("10,000 notes from YAML, cold", YAML, 1.0, 0.6),
            Limit("10,000 notes from CSV, cold", CSV, 0.7, 0.5),
        ),
        deck(10_000, 20, YAML, CSV),
    ),
    Group(
        (
            Limit("100,000 notes from YAML, cold", YAML, 1.0, 0.6),
            Limit("100,000 notes, nothing changed", SAME, 0.1, 0.05),
            Limit("100,000 notes, MB of memory", YAML, 400, 200, megabytes),
        ),
        deck(100_000, 100, YAML, SAME),
    ),
    Group(
        (Limit("2,000 notes in 2,000 subdecks", YAML, 0.02, 0.01),),
        deck(2_000, 2_000, YAML),
        rounds=1,
    ),
    Group(
        (Limit("4,000 notes with a picture each, cold", YAML, 2.0, 1.0),),
        deck(4_000, 20, YAML, media=1),
        rounds=3,
    ),
    Group((Limit("the decks here, both languages, cold", HERE, 2.9, 2.0),), here),
    Group((Limit("--help, to click's", "kartu --help", 1.3, 1.1),), help_of, base="click"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="", help="the promises whose names hold this")
    arguments = parser.parse_args()
    print(f"{machine()}; medians of {arguments.rounds} rounds\n")
    lines = list(measured(arguments.rounds, arguments.only))
    print(table(("promise", "measured", "must", "aim", "seconds"), lines))


def measured(rounds: int, only: str) -> Iterator[tuple[str, ...]]:
    """The lines of the table."""
    for group in GROUPS:
        if not any(only in limit.name for limit in group.limits):
            continue
        with tempfile.TemporaryDirectory() as folder:
            programs = group.make(Path(folder))
            found = measure(programs, group.base, min(rounds, group.rounds))
        for limit in group.limits:
            one = found[limit.program]
            value = limit.of(one)
            shown = (f"{value:.2f}" if value < 10 else f"{value:.0f}", f"{limit.must:g}")
            yield limit.name, *shown, f"{limit.aim:g}", f"{one.seconds:.2f}"


if __name__ == "__main__":
    main()
