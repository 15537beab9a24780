"""Maps as TopoJSON: shapes whose borders are arcs, shared by the countries on both sides.

https://github.com/topojson/topojson-specification
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _
from kartu.core.source import Span

Point = tuple[float, float]
Line = list[Point]
Ring = tuple[int, ...]

# A picture on a card shows less; what is larger would make every build wait.
MOST_POINTS = 100_000
_MOST_OF_ARC = 5_000


class Topology:
    """Arcs in degrees of longitude and latitude, and the rings of each country.

    A ring is numbers of arcs; `~n` is arc `n` backwards, as in TopoJSON. Equal to itself alone.
    """

    def __init__(self, arcs: tuple[Line, ...], shapes: dict[str, tuple[Ring, ...]]) -> None:
        self.arcs = arcs
        self.shapes = shapes


class TopologyError(Exception):
    """Why a text is no map."""


def map_in(path: str, content: str, diagnostics: Diagnostics) -> Topology | None:
    """The map in a file; None, with a diagnostic, if it is none."""
    try:
        return read_topology(content)
    except TopologyError as error:
        message = _("this is not a map: {reason}", reason=error)
        help = _("a map is TopoJSON, whose shapes are polygons with ids")
        diagnostics.add("bad-drawing", Span(path), message, help)
        return None


@lru_cache(maxsize=4)
def read_topology(content: str) -> Topology:
    """The map of a TopoJSON file with polygons that have ids, the same one for the same content.

    Raises TopologyError otherwise.
    """
    try:
        top = json.loads(content)
        if top["type"] != "Topology":
            raise TopologyError(_('its "type" is not "Topology"'))
        arcs = tuple(_arcs(top))
        shapes: dict[str, tuple[Ring, ...]] = {}
        for one in top["objects"].values():
            for geometry in one.get("geometries", [one]):
                code = str(geometry["id"])
                shapes[code] = (*shapes.get(code, ()), *_rings(geometry, len(arcs)))
    except (ValueError, RecursionError) as error:
        raise TopologyError(_("it is not JSON: {reason}", reason=error)) from error
    except (KeyError, TypeError, IndexError, AttributeError, OverflowError) as error:
        raise TopologyError(_("it is not TopoJSON with polygons that have ids")) from error
    return Topology(arcs, shapes)


def _arcs(top: Mapping[str, Any]) -> Iterable[Line]:
    """The arcs, whose points are differences where the file has a transform."""
    transform = top.get("transform")
    (across, down), (west, south) = (
        (transform["scale"], transform["translate"]) if transform else ((1, 1), (0, 0))
    )
    points = 0
    for arc in top["arcs"]:
        points += len(arc)
        if points > MOST_POINTS or len(arc) > _MOST_OF_ARC:
            raise TopologyError(_("it has more points than a card can show: simplify it"))
        x: float = 0
        y: float = 0
        line: Line = []
        for first, second, *_more in arc:
            x, y = (x + first, y + second) if transform else (first, second)
            place = _near((x * across + west, y * down + south), line)
            if not (math.isfinite(place[0]) and abs(place[1]) <= 90):
                raise TopologyError(_("it has a point that is not on the earth"))
            line.append(place)
        if len(line) < 2:
            raise TopologyError(_("it has an arc of fewer than two points"))
        yield line


def _near(point: Point, line: Line) -> Point:
    """The point with a longitude that is within half a turn of the line's last one."""
    if not line:
        return point
    return point[0] + 360 * round((line[-1][0] - point[0]) / 360), point[1]


def _rings(geometry: Mapping[str, Any], arcs: int) -> Iterable[Ring]:
    if geometry["type"] not in ("Polygon", "MultiPolygon"):
        raise TopologyError(_("it has a shape that is not a polygon"))
    polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
    for polygon in polygons:
        for ring in polygon:
            if not ring or not all(type(one) is int and -arcs <= one < arcs for one in ring):
                raise TopologyError(_("it has a ring without arcs, or of arcs that are not there"))
            yield tuple(ring)


def joined(topology: Topology, codes: Iterable[str]) -> list[Ring]:
    """The rings around the countries together, without the borders between them."""
    rings = [ring for code in codes for ring in topology.shapes[code]]
    used = Counter(one for ring in rings for one in ring)
    starts: dict[Point, list[int]] = {}
    for one in used:
        if not used[~one]:
            starts.setdefault(_end(topology, one, 0), []).append(one)
    found = []
    while starts:
        first = next(iter(starts))
        ring = [_taken(starts, first)]
        while (end := _end(topology, ring[-1], -1)) != first and end in starts:
            ring.append(_taken(starts, end))
        found.append(tuple(ring))
    return found


def _end(topology: Topology, number: int, which: int) -> Point:
    arc = topology.arcs[number] if number >= 0 else topology.arcs[~number][::-1]
    return round(arc[which][0] % 360, 6), arc[which][1]


def _taken(starts: dict[Point, list[int]], place: Point) -> int:
    one = starts[place].pop(0)
    if not starts[place]:
        del starts[place]
    return one


def points_of(arcs: Mapping[int, Line], ring: Ring) -> Line:
    """The points of a ring, its first one not repeated at its end."""
    points: Line = []
    for one in ring:
        line = arcs[one] if one >= 0 else arcs[~one][::-1]
        turn = _near(line[0], points)[0] - line[0][0]
        points += [(x + turn, y) for x, y in line[:-1]]
    return points


def simplified(line: Line, tolerance: float, squeeze: float) -> Line:
    """The line without points nearer than `tolerance` to it, after Ramer, Douglas and Peucker.

    Across, distances count `squeeze` times. A ring keeps its farthest point.
    """
    keep = {0, len(line) - 1}
    waiting = [(0, len(line) - 1)]
    while waiting:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        far, at = _farthest(line, first, last, squeeze)
        if far > tolerance * tolerance:
            keep.add(at)
            waiting += [(first, at), (at, last)]
    return [line[at] for at in sorted(keep)]


def _farthest(line: Line, first: int, last: int, squeeze: float) -> tuple[float, int]:
    """The square of the greatest distance of a point from the line between two others, and where.

    One loop without calls: a drawing of the whole earth asks for a million distances.
    """
    left, low = line[first]
    across, down = (line[last][0] - left) * squeeze, line[last][1] - low
    length = across * across + down * down
    far, farthest = -1.0, first
    for at in range(first + 1, last):
        x, y = line[at]
        x, y = (x - left) * squeeze, y - low
        if length:
            part = (x * across + y * down) / length
            part = 0.0 if part < 0.0 else 1.0 if part > 1.0 else part
            x, y = x - part * across, y - part * down
        distance = x * x + y * y
        if distance > far:
            far, farthest = distance, at
    return far, farthest
