"""Time and memory from 1,000 to 1,000,000 notes, as a picture: docs/pictures/scaling.svg.

python tests/benchmarks/scaling.py [--notes 1000,10000,100000,1000000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from building import BASE, clear
from corpus import rows, write_project
from measure import FRONT_DOOR, ROOT, Measured, Program, measure, table
from peers import scripts

PICTURE = ROOT / "docs/pictures/scaling.svg"
OURS = "kartu, YAML, cold"

WIDTH, HEIGHT, LEFT, TOP = 260, 200, 60, 40
COLOURS = {OURS: "#1b6e5a", BASE: "#8a4b08"}


class Panel(NamedTuple):
    """One of the picture's charts: what it shows of a measure, and the powers of ten it spans."""

    title: str
    value: Callable[[Measured], float]
    low: int
    high: int
    left: int


PANELS = (
    Panel("seconds", lambda one: one.seconds, -1, 2, LEFT),
    Panel("megabytes", lambda one: one.megabytes, 1, 4, 2 * LEFT + WIDTH),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--notes", default="1000,10000,100000,1000000")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    counts = list(map(int, arguments.notes.split(",")))
    found = {count: one_size(count, arguments.rounds) for count in counts}
    lines = [
        (f"{count:,}", name, f"{one.seconds:.2f}", f"{one.megabytes:.0f}")
        for count, programs in found.items()
        for name, one in programs.items()
    ]
    print(table(("notes", "", "seconds", "MB"), lines))
    PICTURE.write_text(picture(found), "utf-8")
    print(PICTURE.relative_to(ROOT), file=sys.stderr)


def one_size(count: int, rounds: int) -> dict[str, Measured]:
    """The bare script and kartu; with a million notes one run of each."""
    with tempfile.TemporaryDirectory() as folder:
        notes = list(rows(count, max(20, count // 1_000)))
        bare = scripts(Path(folder) / "scripts", notes)[BASE]
        project = write_project(Path(folder) / "yaml", notes)
        del notes
        build = (*FRONT_DOOR, "-q", "--no-cache", "-C", str(project))
        programs = {BASE: bare, OURS: Program(build, project, lambda: clear(project))}
        return measure(programs, BASE, 0 if count >= 1_000_000 else rounds)


def picture(found: dict[int, dict[str, Measured]]) -> str:
    """Both charts, with logarithmic scales, as SVG."""
    size = f"0 0 {2 * (WIDTH + LEFT) + 30} {HEIGHT + 100}"
    named = 'role="img" aria-label="Time and memory by number of notes"'
    font = 'font-family="sans-serif" font-size="12"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{size}" {font} {named}>',
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    for panel in PANELS:
        parts += chart(panel, found)
    for place, (name, colour) in enumerate(COLOURS.items()):
        parts.append(_text(LEFT + place * 160, TOP + HEIGHT + 44, name, f'fill="{colour}"'))
    return "\n".join([*parts, "</svg>", ""])


def chart(panel: Panel, found: dict[int, dict[str, Measured]]) -> Iterator[str]:
    """The title, the scales and a line for each program."""
    first, last = math.log10(min(found)), math.log10(max(found))
    across = {
        count: panel.left + WIDTH * (math.log10(count) - first) / (last - first) for count in found
    }

    def height(amount: float) -> float:
        return TOP + HEIGHT * (panel.high - math.log10(amount)) / (panel.high - panel.low)

    yield _text(panel.left, TOP - 14, panel.title, 'font-weight="bold"')
    for power in range(panel.low, panel.high + 1):
        level = height(10.0**power)
        yield f'<path d="M{panel.left} {level:.1f}h{WIDTH}" stroke="#ddd"/>'
        yield _text(panel.left - 6, level + 4, f"{10.0**power:g}", 'text-anchor="end"')
    for count, place in across.items():
        yield _text(place, TOP + HEIGHT + 18, f"{count:,}", 'text-anchor="middle"')
    for name, colour in COLOURS.items():
        points = [
            (place, height(panel.value(found[count][name]))) for count, place in across.items()
        ]
        line = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        yield f'<path d="M{line}" fill="none" stroke="{colour}" stroke-width="2"/>'
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points)


def _text(x: float, y: float, content: str, attributes: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {attributes}>{content}</text>'


if __name__ == "__main__":
    main()
