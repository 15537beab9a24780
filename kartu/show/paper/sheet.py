"""The layout of cards on both sides of a sheet of paper, and its cuts; in millimetres.

Everything is measured from the upper left corner of the respective side.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

BACKS = ("long-edge", "short-edge", "fold")

# Few printers reach closer to the edge than 4 mm; the crop marks are between there and the cards.
MARGIN = 10.0
_MARK = (4.5, 8.5)


class Paper(NamedTuple):
    """A size of paper, in portrait orientation."""

    name: str
    width: float
    height: float


class Grid(NamedTuple):
    """How many cells a sheet has across and down."""

    columns: int
    rows: int


class Box(NamedTuple):
    """A rectangle on a sheet."""

    left: float
    top: float
    width: float
    height: float


class Line(NamedTuple):
    """A straight line, from one point to another."""

    x1: float
    y1: float
    x2: float
    y2: float


PAPERS = {one.name: one for one in (Paper("A4", 210, 297), Paper("Letter", 215.9, 279.4))}
GRIDS = {"2x4": Grid(2, 4), "3x3": Grid(3, 3), "2x2": Grid(2, 2)}

# For cards that do not fit a smaller cell; the last one is a whole page.
_LARGER = (Grid(2, 2), Grid(1, 2), Grid(1, 1))
_LARGER_FOLDED = (Grid(2, 2), Grid(2, 1))


class Layout(NamedTuple):
    """Cards on a sheet; `backs` is one of BACKS.

    In duplex printing, the sheet is flipped on its long or its short edge; to fold, front and back
    are printed side by side.
    """

    paper: Paper
    grid: Grid
    backs: str

    @property
    def folded(self) -> bool:
        return self.backs == "fold"

    @property
    def cell(self) -> tuple[float, float]:
        """The width and height of a cell."""
        paper, (columns, rows) = self.paper, self.grid
        return (paper.width - 2 * MARGIN) / columns, (paper.height - 2 * MARGIN) / rows

    def cells(self) -> list[Box]:
        """Returns all cells, row by row."""
        width, height = self.cell
        return [
            Box(MARGIN + column * width, MARGIN + row * height, width, height)
            for row in range(self.grid.rows)
            for column in range(self.grid.columns)
        ]

    def behind(self, box: Box) -> Box:
        """Returns the box on the back of the sheet that is behind `box`."""
        if self.backs == "short-edge":
            return box._replace(top=self.paper.height - box.top - box.height)
        return box._replace(left=self.paper.width - box.left - box.width)

    def places(self) -> list[tuple[Box, Box]]:
        """Returns for each card of a sheet the boxes of its front and its back."""
        cells = self.cells()
        if self.folded:
            return list(zip(cells[::2], cells[1::2], strict=True))
        return [(cell, self.behind(cell)) for cell in cells]

    def larger(self) -> Iterator[Layout]:
        """Yields the layouts with larger cells."""
        for grid in _LARGER_FOLDED if self.folded else _LARGER:
            if grid.columns * grid.rows < self.grid.columns * self.grid.rows:
                yield self._replace(grid=grid)

    def marks(self) -> list[Line]:
        """Returns the crop marks at all four edges: the same on both sides of the sheet."""
        paper, (near, far) = self.paper, _MARK
        across, down = self._cuts()
        found = []
        for x in across:
            found += [Line(x, near, x, far), Line(x, paper.height - far, x, paper.height - near)]
        for y in down:
            found += [Line(near, y, far, y), Line(paper.width - far, y, paper.width - near, y)]
        return found

    def cuts(self) -> list[Line]:
        """Returns the lines to cut along."""
        paper = self.paper
        across, down = self._cuts()
        return [Line(x, MARGIN, x, paper.height - MARGIN) for x in across] + [
            Line(MARGIN, y, paper.width - MARGIN, y) for y in down
        ]

    def folds(self) -> list[Line]:
        """Returns the lines to fold along."""
        if not self.folded:
            return []
        width, _ = self.cell
        places = (MARGIN + column * width for column in range(1, self.grid.columns, 2))
        return [Line(x, MARGIN, x, self.paper.height - MARGIN) for x in places]

    def _cuts(self) -> tuple[list[float], list[float]]:
        width, height = self.cell
        step = 2 if self.folded else 1
        across = [MARGIN + n * width for n in range(0, self.grid.columns + 1, step)]
        return across, [MARGIN + n * height for n in range(self.grid.rows + 1)]
