"""What a build costs, of decks of several sizes, beside a bare genanki script and other tools.

    python tests/benchmarks/building.py [--notes 60,1000,10000] [--rounds 7] [--tools]

Whole processes, interleaved in one run; a ratio is the median of the ratios round by round to the
bare genanki script, which reads the same notes from one CSV file. `--tools` adds the tools of
others, see peers.py. Prints Markdown.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from corpus import Row, rows, write_project
from measure import FRONT_DOOR, Measured, Program, machine, measure, table
from peers import scripts, tools

BASE = "bare genanki"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--notes", default="60,1000,10000")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--decks", type=int, default=20, help="subdecks, each with a card set")
    parser.add_argument("--clozes", action="store_true", help="every note is a cloze with two gaps")
    parser.add_argument("--media", action="store_true", help="every tenth note has a picture")
    parser.add_argument("--tools", action="store_true", help="other people's tools as well")
    arguments = parser.parse_args()
    print(f"{machine()}; medians of {arguments.rounds} rounds\n")
    for count in map(int, arguments.notes.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            notes = list(
                rows(count, arguments.decks, clozes=arguments.clozes, media=10 * arguments.media)
            )
            programs = scripts(Path(folder) / "scripts", notes) | own(Path(folder), notes)
            if arguments.tools:
                programs |= tools(Path(folder) / "tools", notes)
            found = measure(programs, BASE, arguments.rounds)
            print(report(count, found, Path(folder)), end="\n\n", flush=True)


def own(folder: Path, notes: list[Row]) -> dict[str, Program]:
    """kartu on the same notes: cold is without its cache, nothing changed with one of its own."""
    yaml = write_project(folder / "yaml", notes)
    csv = write_project(folder / "csv", notes, csv_sets=True)
    same = write_project(folder / "same", notes)
    build = (*FRONT_DOOR, "--quiet")
    cold, cache = (*build, "--no-cache"), {"XDG_CACHE_HOME": str(folder / "cache")}
    return {
        "kartu, YAML, cold": Program(cold, yaml, lambda: clear(yaml)),
        "kartu, CSV, cold": Program(cold, csv, lambda: clear(csv)),
        "kartu, nothing changed": Program(build, same, environment=cache),
    }


def clear(project: Path) -> None:
    shutil.rmtree(project / "build", ignore_errors=True)


def report(count: int, found: dict[str, Measured], folder: Path) -> str:
    head = (f"{count:,} notes", "seconds", "ratio", "MB")
    lines = [
        (name, f"{one.seconds:.3f}", f"{one.ratio:.2f}", f"{one.megabytes:.0f}")
        for name, one in sorted(found.items(), key=lambda item: item[1].ratio)
    ]
    bare = (folder / "scripts/bare.apkg").stat().st_size
    ours = (folder / "yaml/build/besar.apkg").stat().st_size
    size = f"package: {ours:,} bytes, {ours / bare:.2f} of genanki's {bare:,}"
    return f"{table(head, lines)}\n\n{size}"


if __name__ == "__main__":
    main()
