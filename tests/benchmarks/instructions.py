"""How many instructions a run takes, counted by valgrind: the same on a busy machine.

    python tests/benchmarks/instructions.py

Prints millions of instructions, and the ratio to the bare genanki script on the same notes. What is
printed for a change and for the state before it tells what the change costs.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

from building import BASE, own
from corpus import rows
from measure import FRONT_DOOR, Program, table
from peers import scripts

_COUNTED = re.compile(r"Collected : (\d+)")


def main() -> None:
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for count in (60, 1_000):
            notes = list(rows(count, 5))
            place = Path(folder) / str(count)
            programs = {**scripts(place / "scripts", notes), **own(place, notes)}
            base = instructions(programs[BASE])
            for name in (BASE, "kartu, YAML, cold", "kartu, CSV, cold", "kartu, nothing changed"):
                counted = instructions(programs[name])
                millions = f"{counted / 1e6:,.0f}"
                lines.append((f"{count:,} notes: {name}", millions, f"{counted / base:.2f}"))
        help = instructions(Program((*FRONT_DOOR, "--help"), Path(folder)))
        lines.append(("kartu --help", f"{help / 1e6:,.0f}", ""))
    print(table(("", "million instructions", "ratio"), lines))


def instructions(program: Program) -> int:
    """Of the second run: the first one fills caches."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *program.command]
    for _ in range(2):
        program.before()
        done = subprocess.run(
            command,
            cwd=program.folder,
            env={"PATH": "/usr/bin:/bin", **program.environment},
            capture_output=True,
            text=True,
            check=True,
        )
    found = _COUNTED.search(done.stderr)
    assert found is not None, done.stderr
    return int(found[1])


if __name__ == "__main__":
    main()
