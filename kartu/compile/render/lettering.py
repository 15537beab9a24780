"""How wide a text in a drawing is, and where it is broken so that it fits.

An SVG does not wrap text, and each device has another font. The widths are those of DejaVu Sans,
the widest of the fonts that devices take for `sans-serif`: what fits with it fits everywhere.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

# Hundredths of the font's size, and the characters that are as wide.
_NORMAL = (
    *((28, "'ijl"), (30, "IJ"), (32, " ,."), (34, "/:;\\|"), (36, "f"), (38, "-"), (40, "()[]t")),
    *((42, "!r·"), (46, '"'), (50, "*_`°–"), (54, "?sz"), (56, "Lc"), (58, "Fk"), (60, "vxy")),
    *((62, "PTYaeo"), (64, "$0123456789ESbdghnpqu{}"), (66, "K"), (70, "ABCRVXZ"), (74, "U")),
    *((76, "HN"), (78, "&DG"), (80, "OQ"), (82, "w"), (84, "#+<=>^~→"), (88, "M"), (96, "%")),
    *((98, "m"), (100, "@W—…")),
)
_BOLD = (
    *((32, "'"), (36, " ijl"), (38, ",./IJ\\|·"), (40, ":;"), (42, "-"), (44, "f"), (46, "!()[]")),
    *((48, "t"), (50, "_`r°–"), (54, '"*'), (60, "?csz"), (64, "L"), (66, "vxy"), (68, "aek")),
    *((70, "$0123456789EFTo"), (72, "bdghnpqu{}"), (74, "CPSYZ"), (78, "ABKRVX"), (82, "U")),
    *((84, "#+<=>DGHN^~→"), (86, "OQ"), (88, "&"), (94, "w"), (100, "@M—…"), (102, "%")),
    *((106, "m"), (112, "W")),
)
_WIDTHS = tuple(
    {character: width for width, characters in table for character in characters}
    for table in (_NORMAL, _BOLD)
)
_OTHER = (80, 92)  # a letter of another alphabet
_IDEOGRAPH = 104

# What is longer is no text of a picture.
LONGEST = 300

# A text is wrapped rather than made smaller than this part of its size.
_COMFORTABLE = 0.86

# How many sizes are tried between the largest and the least.
_SIZES = 24


class Lines(NamedTuple):
    """Lines of text at one font size; `width` is that of the longest line, `fits` if all fit."""

    lines: tuple[str, ...]
    size: float
    width: int
    fits: bool


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a line of text; too large rather than too small."""
    return sum(_width(character, bold) for character in text) * size / 100


@cache
def _width(character: str, bold: bool) -> int:
    base = unicodedata.normalize("NFD", character)[0]
    if unicodedata.combining(character):
        return 0
    if unicodedata.east_asian_width(character) in "FW":
        return _IDEOGRAPH
    return _WIDTHS[bold].get(base, _OTHER[bold])


def fitted(
    text: str | Sequence[str],
    width: float,
    size: float,
    *,
    least: float = 0,
    lines: int = 1,
    bold: bool = False,
) -> Lines:
    """The text in at most `lines` lines of `width`: shrunk a little, wrapped, or both.

    A list is lines that the author has broken: they only shrink, to `least` at most. Where nothing
    fits, the text is broken for the least size, which `fits` says.
    """
    least = min(least or size, size)
    if not isinstance(text, str):
        words = [" ".join(line[:LONGEST].split()) for line in text]
        whole = all(len(line) <= LONGEST for line in text)
        return _smaller(_Words(words, bold, whole, given=True), width, size, least, len(words))
    broken = _Words(text[:LONGEST].split(), bold, len(text) <= LONGEST)
    tries = [_smaller(broken, width, size, least, most) for most in range(1, lines + 1)]
    good = [one for one in tries if one.fits and one.size >= size * _COMFORTABLE]
    return good[0] if good else max(tries, key=lambda one: (one.fits, one.size))


class _Words:
    """Words with their widths in hundredths of the font's size; `given` if each is a line."""

    def __init__(
        self, words: Sequence[str], bold: bool, whole: bool, *, given: bool = False
    ) -> None:
        self.whole = whole
        self._given = given
        self._words = [(one, width_of(one, 100, bold=bold)) for one in words]
        self._space = _width(" ", bold)

    def lines(self, limit: float) -> list[tuple[str, float]]:
        """Lines with their widths: as few as `limit` allows, and of these the most even ones."""
        if self._given:
            return self._words
        lines = self._greedy(limit)
        for part in range(19, 0, -1) if len(lines) > 1 else ():
            even = self._greedy(limit * part / 20)
            if len(even) > len(lines) or max(width for _, width in even) > limit * part / 20:
                break
            lines = even
        return lines

    def _greedy(self, limit: float) -> list[tuple[str, float]]:
        lines: list[tuple[str, float]] = []
        for word, width in self._words:
            before, used = lines[-1] if lines else ("", 0.0)
            if lines and used + self._space + width <= limit:
                lines[-1] = (f"{before} {word}", used + self._space + width)
            else:
                lines.append((word, width))
        return lines


def _smaller(words: _Words, width: float, size: float, least: float, lines: int) -> Lines:
    """The text at the largest size at which it fits into `lines` lines."""
    step = max(0.5, (size - least) / _SIZES)
    while True:
        broken = words.lines(width / size * 100)
        longest = max((used for _, used in broken), default=0.0) * size / 100
        fits = longest <= width and len(broken) <= lines and words.whole
        if fits or size <= least:
            return Lines(tuple(line for line, _ in broken), size, math.ceil(longest), fits)
        size = max(least, size - step)
