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
_LONGEST = 500

# A text is wrapped rather than made smaller than this part of its size.
_COMFORTABLE = 0.86


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
        return _smaller(text, width, size, least, len(text), bold)
    tries = [_smaller(text, width, size, least, most, bold) for most in range(1, lines + 1)]
    good = [one for one in tries if one.fits and one.size >= size * _COMFORTABLE]
    return good[0] if good else max(tries, key=lambda one: (one.fits, one.size))


def _smaller(
    text: str | Sequence[str], width: float, size: float, least: float, lines: int, bold: bool
) -> Lines:
    """The text at the largest size, by halves, at which it fits into `lines` lines."""
    while True:
        broken = _broken(text, width, size, bold)
        longest = max((width_of(line, size, bold=bold) for line in broken), default=0.0)
        fits = longest <= width and len(broken) <= lines
        if fits or size <= least:
            return Lines(broken, size, math.ceil(longest), fits)
        size = max(least, size - 0.5)


def _broken(text: str | Sequence[str], width: float, size: float, bold: bool) -> tuple[str, ...]:
    """The lines of a text: as few as its words allow, and of these the most even ones."""
    if not isinstance(text, str):
        return tuple(text)
    words = text[:_LONGEST].split()
    lines = _greedy(words, width, size, bold)
    for part in range(19, 0, -1) if len(lines) > 1 else ():
        narrower = width * part / 20
        even = _greedy(words, narrower, size, bold)
        if len(even) > len(lines) or any(width_of(one, size, bold=bold) > narrower for one in even):
            break
        lines = even
    return lines


def _greedy(words: Sequence[str], width: float, size: float, bold: bool) -> tuple[str, ...]:
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size, bold=bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)
