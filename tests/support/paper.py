"""PDFs as they come out of the printer: what stands where, in millimetres from the upper left."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pypdfium2
import pytest

_POINT = 25.4 / 72

# Where the marks for the knife are looked for: in the middle of them, at the upper and left edge.
_AMID_MARKS = 6.5


class Box(NamedTuple):
    """A rectangle by its edges."""

    left: float
    top: float
    right: float
    bottom: float


class Sign(NamedTuple):
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

    def text(self, box: Box | None = None) -> str:
        """What is to be read there, line by line."""
        left, top, right, bottom = box or Box(0, 0, self.width, self.height)
        text: str = self._page.get_textpage().get_text_bounded(
            left / _POINT,
            (self.height - bottom) / _POINT,
            right / _POINT,
            (self.height - top) / _POINT,
        )
        return text.replace("\r\n", "\n")

    def signs(self) -> list[Sign]:
        """Every letter that has ink."""
        page = self._page.get_textpage()
        text = page.get_text_range()
        found = []
        for n in range(page.count_chars()):
            left, bottom, right, top = (one * _POINT for one in page.get_charbox(n))
            if right > left and top > bottom:
                box = Box(left, self.height - top, right, self.height - bottom)
                found.append(Sign(text[n : n + 1], box))
        return found

    def ink(self, resolution: int = 200) -> Any:
        """The page in grey, with its resolution in points an inch."""
        return self._page.render(scale=resolution / 72, grayscale=True).to_pil()

    def is_white(self, box: Box, resolution: int = 200) -> bool:
        """Whether nothing is printed there."""
        darkest, _ = self._ink.crop([round(one / 25.4 * resolution) for one in box]).getextrema()
        return bool(darkest > 200)

    @property
    def _ink(self) -> Any:
        if not hasattr(self, "_drawn"):
            self._drawn = self.ink()
        return self._drawn

    def marks(self) -> Marks:
        """The marks for the knife, as they are seen at the upper and the left edge."""
        resolution = 600
        ink = self.ink(resolution)
        place = round(_AMID_MARKS / 25.4 * resolution)
        row = ink.crop((0, place, ink.width, place + 1)).tobytes()
        column = ink.crop((place, 0, place + 1, ink.height)).tobytes()
        return Marks(*([one * 25.4 / resolution for one in _middles(line)] for line in (row, column)))

    def pictures(self) -> list[tuple[int, int]]:
        """Width and height in pixels of each picture that is no drawing."""
        kind = pypdfium2.raw.FPDF_PAGEOBJ_IMAGE
        return [one.get_px_size() for one in self._page.get_objects(filter=[kind])]


def _middles(line: bytes) -> list[float]:
    """The middle of each dark stretch."""
    dark = [n for n, grey in enumerate(line) if grey < 128]
    stretches = re.findall(r"1+", "".join("1" if n in set(dark) else "0" for n in range(len(line))))
    found, at = [], 0
    for stretch in stretches:
        start = next(n for n in dark if n >= at)
        found.append(start + len(stretch) / 2)
        at = start + len(stretch)
    return found


def printed(path: Path) -> list[PrintedPage]:
    """The pages of a PDF, the first on top."""
    document = pypdfium2.PdfDocument(path.read_bytes())
    return [PrintedPage(page) for page in document]


def cells_of(marks: Marks) -> list[Box]:
    """What the knife makes of a sheet, row by row."""
    return [
        Box(left, top, right, bottom)
        for top, bottom in zip(marks.down, marks.down[1:], strict=False)
        for left, right in zip(marks.across, marks.across[1:], strict=False)
    ]


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
