"""Finds for each side of a card the largest letters with which it fits its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kartu.core.progress import Progress
from kartu.show.paper.engine import Engine, Size

# In points; smaller ones a pupil should not have to read.
SIZES = (11, 10, 9, 8, 7)

# What measuring and drawing may differ by.
_HAIR = 0.1

# Text shrinks with the square of its letters, pictures less; a line that is broken elsewhere makes
# a little difference. What would be too high even so is not measured.
_AT_LEAST = 0.9


class Fitted(NamedTuple):
    """A side as HTML, the size of its letters in points, and how high it is in millimetres."""

    html: str
    points: int
    height: float


def fitted(
    engine: Engine, sides: Sequence[str], room: Size, progress: Progress
) -> list[Fitted | None]:
    """Each side as it fits into `room`, None for one that does not with the smallest letters."""
    found: dict[str, Fitted] = {}
    left = dict.fromkeys(sides, 0.0)  # how high each would be at least in letters of one point
    for points in SIZES:
        some = [side for side in left if left[side] * points**2 <= room.height]
        if not some:
            continue
        progress(f"fitting {len(some)} sides at {points} pt")
        boxes = [sized(side, points) for side in some]
        for side, size in zip(some, engine.sizes(boxes, room.width), strict=True):
            if size.width <= room.width + _HAIR and size.height <= room.height + _HAIR:
                found[side] = Fitted(side, points, size.height)
                del left[side]
            else:
                left[side] = size.height / points**2 * _AT_LEAST
    return [found.get(side) for side in sides]


def sized(side: str, points: int) -> str:
    """The side in letters of that size."""
    return f'<div style="font-size: {points}pt">{side}</div>'
