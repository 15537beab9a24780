"""PDFs as they come out of the printer: what stands where, in millimetres from the upper left."""

from __future__ import annotations

import re
from functools import cache, cached_property
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pypdfium2
import pytest

_POINT = 25.4 / 72

# Where the marks for the knife are looked for: in the middle of them, at the upper and left edge.
_AMID_MARKS = 6.5

# Dots an inch, for what is seen and for what is measured.
_RESOLUTION = 150
_FINE = 600


class Box(NamedTuple):
    """A rectangle by its edges."""

    left: float
    top: float
    right: float
    bottom: float


class Letter(NamedTuple):
    """A letter and where its ink is."""

    letter: str
    box: Box


class Marks(NamedTuple):
    """Where the knife goes: from left to right, and from top to bottom."""

    across: list[float]
    down: list[float]


class PrintedPage:
    """A side of a sheet."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self.width, self.height = (side * _POINT for side in page.get_size())

    @cached_property
    def _letters(self) -> Any:
        return self._page.get_textpage()

    def text(self, box: Box | None = None) -> str:
        """What is to be read there, line by line."""
        left, top, right, bottom = box or Box(0, 0, self.width, self.height)
        text: str = self._letters.get_text_bounded(
            left / _POINT,
            (self.height - bottom) / _POINT,
            right / _POINT,
            (self.height - top) / _POINT,
        )
        return text.replace("\r\n", "\n")

    def letters(self) -> list[Letter]:
        """Every letter that has ink."""
        page = self._letters
        text = page.get_text_range()
        found = []
        for n in range(page.count_chars()):
            left, bottom, right, top = (one * _POINT for one in page.get_charbox(n))
            if right > left and top > bottom:
                box = Box(left, self.height - top, right, self.height - bottom)
                found.append(Letter(text[n : n + 1], box))
        return found

    def ink(self, resolution: int) -> Any:
        """The page in grey, with so many dots an inch."""
        return self._page.render(scale=resolution / 72, grayscale=True).to_pil()

    def is_white(self, box: Box) -> bool:
        """Whether nothing is printed there."""
        edges = [round(one / 25.4 * _RESOLUTION) for one in box]
        darkest, _ = self._ink.crop(edges).getextrema()
        return bool(darkest > 200)

    @cached_property
    def _ink(self) -> Any:
        return self.ink(_RESOLUTION)

    @cached_property
    def marks(self) -> Marks:
        """The marks for the knife, as they are seen at the upper and the left edge."""
        near, far = _AMID_MARKS, _AMID_MARKS + 0.1
        row = self._strip(Box(0, near, self.width, far))
        column = self._strip(Box(near, 0, far, self.height))
        down = [column.getpixel((0, y)) for y in range(column.height)]
        across = [row.getpixel((x, 0)) for x in range(row.width)]
        return Marks(_middles(across), _middles(down))

    def _strip(self, box: Box) -> Any:
        left, top, right, bottom = box
        crop = (left, self.height - bottom, self.width - right, top)
        points = tuple(one / _POINT for one in crop)
        return self._page.render(scale=_FINE / 72, grayscale=True, crop=points).to_pil()

    @cached_property
    def cells(self) -> list[Box]:
        """What the knife makes of the sheet, row by row."""
        marks = self.marks
        return [
            Box(left, top, right, bottom)
            for top, bottom in pairwise(marks.down)
            for left, right in pairwise(marks.across)
        ]

    def pictures(self) -> list[tuple[int, int]]:
        """Width and height in pixels of each picture that is no drawing."""
        kind = pypdfium2.raw.FPDF_PAGEOBJ_IMAGE
        return [one.get_px_size() for one in self._page.get_objects(filter=[kind])]

    def picture_boxes(self) -> list[Box]:
        """Where these are."""
        kind = pypdfium2.raw.FPDF_PAGEOBJ_IMAGE
        found = []
        for one in self._page.get_objects(filter=[kind]):
            left, bottom, right, top = (edge * _POINT for edge in one.get_bounds())
            found.append(Box(left, self.height - top, right, self.height - bottom))
        return found


def _middles(line: list[int]) -> list[float]:
    """The middle of each dark stretch, in millimetres."""
    found, at = [], 0
    for is_dark, stretch in groupby(grey < 128 for grey in line):
        length = len(list(stretch))
        if is_dark:
            found.append((at + length / 2) * 25.4 / _FINE)
        at += length
    return found


def printed(path: Path) -> list[PrintedPage]:
    """The pages of a PDF, the first on top."""
    document = pypdfium2.PdfDocument(path.read_bytes())
    return [PrintedPage(page) for page in document]


def turned(box: Box, page: PrintedPage, edge: str) -> Box:
    """Where something lies when one has turned the sheet over an edge, and looks at it again."""
    if edge == "long-edge":
        return box._replace(left=page.width - box.right, right=page.width - box.left)
    return box._replace(top=page.height - box.bottom, bottom=page.height - box.top)


def squeezed(text: str) -> str:
    """The letters of a text, whatever its lines, its hyphens and the signs of its lists."""
    return re.sub(r"[\s\u2010\u00ad\u2022\u25aa\u25a0\u200b-]", "", text)


@cache
def _pango_is_missing() -> str:
    try:
        import weasyprint  # noqa: F401
    except OSError as error:
        return str(error)
    return ""


def require_pango() -> None:
    """Skips the test where the system cannot make PDF."""
    if missing := _pango_is_missing():
        pytest.skip(missing)
