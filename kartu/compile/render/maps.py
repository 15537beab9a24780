"""A part of the earth, projected into a box of a drawing: paths of countries and their places.

Only sums and products of decimals decide where a point is, so that every machine draws the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from kartu.compile.render.topology import Line, Point, Ring, Topology, joined, points_of, simplified
from kartu.core.language import _

# Units of a path in one of the drawing: half of them can be told apart on a phone.
FINE = 2
_TOLERANCE = 0.5
_LEAST_ISLAND = 1.5
_LEAST_COUNTRY = 6.0
# From this width on, in degrees, a view is round: that of Natural Earth, else a plain one.
_ROUND = 240.0
# What one drawing may ask for: all countries of the largest map, some ten times, day and night.
_MOST_POINTS = 2_000_000


class View(NamedTuple):
    """What a map shows: degrees from west to east, which may be beyond 180, and south to north."""

    west: float
    south: float
    east: float
    north: float


class Box(NamedTuple):
    """Where in the drawing the map is."""

    x: float
    y: float
    width: float
    height: float


class Map:
    """Countries in a box of a drawing. A code that the map does not have goes to `unknown`."""

    def __init__(
        self, topology: Topology, view: View, box: Box, unknown: Callable[[str], None]
    ) -> None:
        self._topology = topology
        self._unknown = unknown
        self._points = 0
        self._projection = _projection(topology, view, box)
        self._count(self._projection.points)

    def path(self, codes: Iterable[str]) -> str:
        """Each of the countries, for the `d` of a path with evenodd, `FINE` units in one."""
        return "".join(self._path(code, self._topology.shapes[code]) for code in self._known(codes))

    def rest(self, codes: Iterable[str]) -> str:
        """All land but that of these countries, without borders."""
        there = set(self._known(codes))
        self._count(len(self._topology.arcs))
        others = [code for code in self._topology.shapes if code not in there]
        return self._path("", joined(self._topology, others))

    def is_small(self, code: str) -> bool:
        """Whether a country is in the view, and so small that it needs a ring to be seen."""
        rings = self._seen(code)
        return bool(rings) and sum(abs(_area(one)) for one in rings) < _LEAST_COUNTRY

    def place(self, code: str) -> Point | None:
        """The middle of a country's largest part in the view; None where no part is."""
        rings = self._seen(code)
        return _middle(max(rings, key=lambda ring: abs(_area(ring)))) if rings else None

    def at(self, longitude: float, latitude: float) -> Point:
        """The place of a point of the earth in the drawing."""
        return self._projection.at(longitude, latitude)

    def _known(self, codes: Iterable[str]) -> list[str]:
        found = []
        for code in codes:
            self._count(1)
            if code in self._topology.shapes:
                found.append(code)
            else:
                self._unknown(code)
        return found

    def _count(self, points: int) -> None:
        self._points += points
        if self._points > _MOST_POINTS:
            raise OverflowError(_("more than {most} points of a map", most=_MOST_POINTS))

    def _seen(self, code: str) -> list[Line]:
        """The parts of a country that are in the view, in the drawing's units."""
        if code not in self._topology.shapes:
            self._unknown(code)
            return []
        return self._rings(self._topology.shapes[code])

    def _rings(self, rings: Iterable[Ring]) -> list[Line]:
        found, points = self._projection.rings(tuple(rings))
        self._count(points)
        return found

    def _path(self, code: str, rings: Iterable[Ring]) -> str:
        drawn = self._rings(rings)
        large = max((abs(_area(one)) for one in drawn), default=0.0) if code else math.inf
        least = min(_LEAST_ISLAND, large)
        return "".join(_drawn(one) for one in drawn if abs(_area(one)) >= least)


class _Projection:
    """A topology in a box, whose parts are found once: for day and night, and every language.

    `points` is how many had to be looked at to place it.
    """

    def __init__(self, topology: Topology, view: View, box: Box) -> None:
        self.points = 0
        self._topology = topology
        self._middle = (view.west + view.east) / 2
        self._squeeze = _cosine((view.south + view.north) / 2)
        self._round = view.east - view.west >= _ROUND
        self._arcs: dict[int, Line] = {}
        self._inside: dict[tuple[Ring, ...], tuple[list[Line], int]] = {}
        self._whole = dict(enumerate(topology.arcs))
        self._scale, self._origin, self._view = self._placed(view, box)

    def rings(self, rings: tuple[Ring, ...]) -> tuple[list[Line], int]:
        """The parts in the view, and how many points these rings have."""
        if rings not in self._inside:
            self._inside[rings] = self._clipped_rings(rings)
        return self._inside[rings]

    def at(self, longitude: float, latitude: float) -> Point:
        """The place of a point of the earth in the drawing."""
        return self._project(self._turned(longitude, latitude))

    def _placed(self, view: View, box: Box) -> tuple[float, Point, View]:
        """Scale, origin, and the view that fills the box: a plain one is extended to do so."""
        flat = self._edges(view)
        left, right = min(x for x, _y in flat), max(x for x, _y in flat)
        low, high = min(y for _x, y in flat), max(y for _x, y in flat)
        scale = min(box.width / (right - left), box.height / (high - low))
        middle = ((left + right) / 2, (low + high) / 2)
        origin = (
            box.x + box.width / 2 - middle[0] * scale,
            box.y + box.height / 2 + middle[1] * scale,
        )
        if self._round:
            return scale, origin, view
        across, up = box.width / scale / 2 / self._squeeze, box.height / scale / 2
        whole = View(self._middle - across, middle[1] - up, self._middle + across, middle[1] + up)
        return scale, origin, whole

    def _edges(self, view: View) -> Line:
        """Points, flat, between which the view is: of a round one, those of its land."""
        if self._round:
            arcs = self._topology.arcs
            land = [self._turned(*one) for arc in arcs for one in arc]
            self.points = len(land)
            seen = [
                self._flat((x, y))
                for x, y in land
                if view.west <= x <= view.east and view.south <= y <= view.north
            ]
            if seen:
                return seen
        return [self._flat(one) for one in ((view.west, view.south), (view.east, view.north))]

    def _turned(self, longitude: float, latitude: float) -> Point:
        """The point with a longitude that is within half a turn of the middle."""
        return longitude + 360 * round((self._middle - longitude) / 360), latitude

    def _flat(self, point: Point) -> Point:
        if not self._round:
            return (point[0] - self._middle) * self._squeeze, point[1]
        return _natural_earth(point[0] - self._middle, point[1])

    def _project(self, point: Point) -> Point:
        x, y = self._flat(point)
        return self._origin[0] + x * self._scale, self._origin[1] - y * self._scale

    def _arc(self, number: int) -> Line:
        """An arc with as many points as can be told apart."""
        if number not in self._arcs:
            squeeze = 1.0 if self._round else self._squeeze
            line = self._topology.arcs[number]
            self._arcs[number] = simplified(line, _TOLERANCE / self._scale, squeeze)
        return self._arcs[number]

    def _clipped_rings(self, rings: Iterable[Ring]) -> tuple[list[Line], int]:
        found, number = [], 0
        for ring in rings:
            arcs = {max(one, ~one): self._arc(max(one, ~one)) for one in ring}
            number += sum(len(self._topology.arcs[one]) for one in arcs)
            points = points_of(arcs, ring)
            if len(points) < 3:  # too small to be seen; where it is counts all the same
                points = points_of(self._whole, ring)
            west, east = min(x for x, _y in points), max(x for x, _y in points)
            for turn in (-360.0, 0.0, 360.0):
                if east + turn < self._view.west or west + turn > self._view.east:
                    continue
                inside = _clipped([(x + turn, y) for x, y in points], self._view)
                if len(inside) > 2:
                    found.append([self._project(one) for one in inside])
        return found, number


# Larger than the number of different maps of a deck; a map of the whole earth has some megabytes.
@lru_cache(maxsize=16)
def _projection(topology: Topology, view: View, box: Box) -> _Projection:
    return _Projection(topology, view, box)


def _cosine(degrees: float) -> float:
    """The cosine, as every machine has it."""
    return round(math.cos(math.radians(degrees)), 9)


def _natural_earth(longitude: float, latitude: float) -> Point:
    """Tom Patterson's projection of the whole earth, as Bojan Šavrič's polynomials, in degrees."""
    y = latitude * 0.017453292519943295
    two = y * y
    four = two * two
    narrow = 0.8707 - 0.131979 * two + four * (-0.013791 + four * two * (0.003971 - 0.001529 * two))
    tall = 1.007226 + two * (0.015085 + four * (-0.044475 + 0.028874 * two - 0.005916 * four))
    return longitude * narrow, latitude * tall


def _clipped(points: Line, view: View) -> Line:
    """The part of a polygon that is in the view, after Sutherland and Hodgman."""
    sides = ((0, view.west, 1), (0, view.east, -1), (1, view.south, 1), (1, view.north, -1))
    for axis, border, inwards in sides:
        if not points:
            break
        if all((one[axis] - border) * inwards >= 0 for one in points):
            continue
        kept: Line = []
        before = points[-1]
        for point in points:
            was, is_in = ((one[axis] - border) * inwards >= 0 for one in (before, point))
            if was != is_in:
                part = (border - before[axis]) / (point[axis] - before[axis])
                along = before[1 - axis] + part * (point[1 - axis] - before[1 - axis])
                kept.append((along, border) if axis else (border, along))
            if is_in:
                kept.append(point)
            before = point
        points = kept
    return points


def _area(ring: Line) -> float:
    turns = zip(ring, ring[1:] + ring[:1], strict=True)
    return sum(x * down - across * y for (x, y), (across, down) in turns) / 2


def _middle(ring: Line) -> Point:
    """The centre of gravity of a ring."""
    area = _area(ring)
    if not area:
        return ring[0]
    x = y = 0.0
    for (left, up), (right, down) in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = left * down - right * up
        x, y = x + (left + right) * cross, y + (up + down) * cross
    return x / 6 / area, y / 6 / area


def _drawn(ring: Line) -> str:
    """A ring as relative steps of whole units."""
    units = [(round(x * FINE), round(y * FINE)) for x, y in ring]
    corners = [one for at, one in enumerate(units) if one != units[at - 1]]
    if len(corners) < 3:
        x, y = units[0]
        return f"M{x} {y}h2v2h-2z"
    (x, y), *rest = corners
    parts = [f"M{x} {y}l"]
    for next_x, next_y in rest:
        across, down = next_x - x, next_y - y
        first = f"{across}" if across < 0 or parts[-1].endswith("l") else f" {across}"
        parts.append(f"{first}{'' if down < 0 else ' '}{down}")
        x, y = next_x, next_y
    return "".join(parts) + "z"
