"""Finds for each side of a card the largest font size with which it fits its cell.

At each size, pictures shrink before the text does: they get the room that the text leaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kartu.core.language import _
from kartu.core.progress import Progress
from kartu.show.paper.engine import Engine, Size

# In points; smaller ones are too hard to read for pupils.
SIZES = (11, 10, 9, 8, 7)

# In millimetres: the difference between measuring and drawing.
_TOLERANCE = 0.1

# The height of text shrinks with the square of the font size, that of pictures less; different
# line breaks make a small difference. What would still be too high is not measured.
_LOWER_BOUND = 0.9

# In millimetres: in smaller pictures nothing is recognised, so that rather the text shrinks.
_LEAST_PICTURE = 20.0

# The width of a picture with masks and the height of a line in print.css, in ems.
_COVERED = 32
_LINE = 1.35
_EM = 25.4 / 72  # millimetres, at a font size of one point


class Fitted(NamedTuple):
    """A side as HTML, its font size in points, and its height in millimetres."""

    html: str
    points: int
    height: float


def fitted(
    engine: Engine, sides: Sequence[str], room: Size, progress: Progress
) -> list[Fitted | None]:
    """Returns each side as it fits into `room`, None if it is too large in the smallest font."""
    by_side: dict[str, Fitted] = {}
    pending = dict.fromkeys(sides, 0.0)  # minimal heights at a font size of one point
    for points in SIZES:
        candidates = [side for side in pending if pending[side] * points**2 <= room.height]
        if not candidates:
            continue
        progress(_("fitting {number} sides at {points} pt", number=len(candidates), points=points))
        found, heights = _fitting(engine, dict.fromkeys(candidates), room, points)
        pictured = {side: height for side, height in heights.items() if "<img" in side}
        smaller, texts = _with_smaller_pictures(engine, pictured, room, points)
        by_side |= found | smaller
        heights |= texts
        for side in candidates:
            pending[side] = heights.get(side, 0.0) / points**2 * _LOWER_BOUND
        for side in by_side.keys() & pending.keys():
            del pending[side]
    return [by_side.get(side) for side in sides]


def _fitting(
    engine: Engine, candidates: Mapping[str, str | None], room: Size, points: int
) -> tuple[dict[str, Fitted], dict[str, float]]:
    """Returns the sides that fit, and the heights of the others.

    Args:
        candidates: the sides, each with what it is to be printed as if that is not itself.
    """
    found, heights = {}, {}
    shown = [html or side for side, html in candidates.items()]
    sizes = engine.sizes([sized(html, points) for html in shown], room.width)
    for side, html, size in zip(candidates, shown, sizes, strict=True):
        if size.width <= room.width + _TOLERANCE and size.height <= room.height + _TOLERANCE:
            found[side] = Fitted(html, points, size.height)
        else:
            heights[side] = size.height
    return found, heights


def _with_smaller_pictures(
    engine: Engine, heights: Mapping[str, float], room: Size, points: int
) -> tuple[dict[str, Fitted], dict[str, float]]:
    """Returns the sides that fit with smaller pictures, and the heights of all without pictures.

    Args:
        heights: the sides, each with its height as it is.
    """
    if not heights:
        return {}, {}
    bare = [sized(_limited(side, 0, 0), points) for side in heights]
    texts = {
        side: size.height
        for side, size in zip(heights, engine.sizes(bare, room.width), strict=True)
    }
    found: dict[str, Fitted] = {}
    for lines in (0, 1):  # a picture among words can move to a line of its own
        candidates: dict[str, str | None] = {}
        for side, whole in heights.items():
            left = room.height - texts[side] - lines * _LINE * points * _EM
            each = left / side.count("<img")
            if side not in found and each >= _LEAST_PICTURE and whole > texts[side]:
                width = min(_COVERED * points * _EM, room.width) * left / (whole - texts[side])
                candidates[side] = _limited(side, each, width)
        if candidates:
            found |= _fitting(engine, candidates, room, points)[0]
    return found, texts


def _limited(side: str, height: float, width: float) -> str:
    """Returns the side with a limit for the height of pictures, for the width of covered ones."""
    return f'<div style="--picture: {height:.2f}mm; --covered: {width:.2f}mm">{side}</div>'


def sized(side: str, points: int) -> str:
    """Returns the side with that font size."""
    return f'<div style="font-size: {points}pt">{side}</div>'
