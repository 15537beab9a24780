"""Finds for each side of a card the largest font size with which it fits its cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kartu.core.progress import Progress
from kartu.show.paper.engine import Engine, Size

# In points; smaller ones are too hard to read for pupils.
SIZES = (11, 10, 9, 8, 7)

# In millimetres: the difference between measuring and drawing.
_TOLERANCE = 0.1

# The height of text shrinks with the square of the font size, that of pictures less; different
# line breaks make a small difference. What would still be too high is not measured.
_LOWER_BOUND = 0.9


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
        progress(f"fitting {len(candidates)} sides at {points} pt")
        boxes = [sized(side, points) for side in candidates]
        for side, size in zip(candidates, engine.sizes(boxes, room.width), strict=True):
            if size.width <= room.width + _TOLERANCE and size.height <= room.height + _TOLERANCE:
                by_side[side] = Fitted(side, points, size.height)
                del pending[side]
            else:
                pending[side] = size.height / points**2 * _LOWER_BOUND
    return [by_side.get(side) for side in sides]


def sized(side: str, points: int) -> str:
    """Returns the side with that font size."""
    return f'<div style="font-size: {points}pt">{side}</div>'
