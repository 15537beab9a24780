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


class Fitted(NamedTuple):
    """A side as HTML, the size of its letters in points, and how high it is in millimetres."""

    html: str
    points: int
    height: float


def fitted(
    engine: Engine, sides: Sequence[str], room: Size, progress: Progress
) -> list[Fitted | None]:
    """Each side as it fits into `room`, None for one that does not with the smallest letters."""
    found: list[Fitted | None] = [None] * len(sides)
    for points in SIZES:
        left = [n for n, one in enumerate(found) if one is None]
        if not left:
            break
        progress(f"fitting {len(left)} sides at {points} pt")
        boxes = [sized(sides[n], points) for n in left]
        for n, size in zip(left, engine.sizes(boxes, room.width), strict=True):
            if size.width <= room.width + _HAIR and size.height <= room.height + _HAIR:
                found[n] = Fitted(sides[n], points, size.height)
    return found


def sized(side: str, points: int) -> str:
    """The side in letters of that size."""
    return f'<div style="font-size: {points}pt">{side}</div>'
