"""Where cards lie on a sheet of paper, front and back, and where it is cut; in millimetres.

Everything is measured from the upper left corner of the side that one looks at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

BACKS = ("long-edge", "short-edge", "fold")

# Few printers reach closer to the edge than 4 mm; between there and the cards stand the marks.
MARGIN = 10.0
_MARK = (4.5, 8.5)


class Paper(NamedTuple):
    """A size of paper, upright."""

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

# For cards that fit no smaller cell; the last is a page a side.
_LARGER = (Grid(2, 2), Grid(1, 2), Grid(1, 1))
_LARGER_FOLDED = (Grid(2, 2), Grid(2, 1))


class Layout(NamedTuple):
    """Cards on a sheet. `backs`, one of BACKS, says how a back comes behind its front.

    Printed on both sides, the sheet is turned over its long or its short edge; or front and back
    stand side by side, and the card is folded between them.
    """

    paper: Paper
    grid: Grid
    backs: str

    @property
    def folded(self) -> bool:
        return self.backs == "fold"

    @property
    def cell(self) -> tuple[float, float]:
        """Width and height of a cell."""
        paper, (columns, rows) = self.paper, self.grid
        return (paper.width - 2 * MARGIN) / columns, (paper.height - 2 * MARGIN) / rows

    def cells(self) -> list[Box]:
        """All cells, row by row."""
        width, height = self.cell
        return [
            Box(MARGIN + column * width, MARGIN + row * height, width, height)
            for row in range(self.grid.rows)
            for column in range(self.grid.columns)
        ]

    def behind(self, box: Box) -> Box:
        """What lies behind `box` when one has turned the sheet, as seen then."""
        if self.backs == "short-edge":
            return box._replace(top=self.paper.height - box.top - box.height)
        return box._replace(left=self.paper.width - box.left - box.width)

    def places(self) -> list[tuple[Box, Box]]:
        """For each card of a sheet where its front and its back are printed."""
        cells = self.cells()
        if self.folded:
            return list(zip(cells[::2], cells[1::2], strict=True))
        return [(cell, self.behind(cell)) for cell in cells]

    def larger(self) -> Iterator[Layout]:
        """The same with larger cells, as far as there are any."""
        for grid in _LARGER_FOLDED if self.folded else _LARGER:
            if grid.columns * grid.rows < self.grid.columns * self.grid.rows:
                yield self._replace(grid=grid)

    def marks(self) -> list[Line]:
        """Where to cut, told at all four edges: the same on both sides of the sheet."""
        paper, (near, far) = self.paper, _MARK
        across, down = self._cuts()
        found = []
        for x in across:
            found += [Line(x, near, x, far), Line(x, paper.height - far, x, paper.height - near)]
        for y in down:
            found += [Line(near, y, far, y), Line(paper.width - far, y, paper.width - near, y)]
        return found

    def cuts(self) -> list[Line]:
        """The lines along which scissors go."""
        paper = self.paper
        across, down = self._cuts()
        return [Line(x, MARGIN, x, paper.height - MARGIN) for x in across] + [
            Line(MARGIN, y, paper.width - MARGIN, y) for y in down
        ]

    def folds(self) -> list[Line]:
        """The lines along which cards are folded."""
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
