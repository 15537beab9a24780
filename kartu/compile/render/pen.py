"""What the template of a drawing can call: texts that fit, maps, and boxes that do not overlap."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from kartu.compile.render.lettering import Lines, fitted
from kartu.compile.render.maps import Box, Map, View
from kartu.compile.render.topology import Topology
from kartu.core.diagnostics import Diagnostics, did_you_mean
from kartu.core.language import _
from kartu.core.source import Span

# What one drawing may ask for.
_MOST_MAPS = 8
_MOST_BOXES = 500
_MOST_TEXTS = 1000
_MOST_LINES = 8
_LARGEST = 4000.0

# How much of a text a message quotes.
_SHOWN = 60

# How far boxes may reach into one another: the widths of texts are estimates.
_SLACK = 1.0


class Pen:
    """Draws one picture; faults go to `diagnostics`, each once.

    `read` returns a map by its name, None where there is none. `place` is the drawing's data; a
    value of the data carries its own place.
    """

    def __init__(
        self, read: Callable[[str, Span], Topology | None], place: Span, diagnostics: Diagnostics
    ) -> None:
        self._read = read
        self._place = place
        self._diagnostics = diagnostics
        self._reported: set[tuple[str, Span, str]] = set()
        self._maps: dict[object, Map] = {}
        self._boxes: list[tuple[Box, str]] = []
        self._texts = 0

    def tools(self) -> dict[str, Any]:
        """The functions by the names that templates call them."""
        self._boxes = []
        self._texts = 0
        return {"fit": self.fit, "claim": self.claim, "map": self.map}

    def fit(
        self,
        text: str | Sequence[str],
        width: Any,
        size: Any,
        least: Any = 0,
        lines: Any = 1,
        bold: bool = False,
    ) -> Lines:
        """The text in lines no wider than `width`; a fault at the text where that cannot be."""
        self._texts += 1
        if self._texts > _MOST_TEXTS:
            raise OverflowError(_("more than {most} texts", most=_MOST_TEXTS))
        if not (0 < (size := _number(size)) <= _LARGEST and 0 < int(lines) <= _MOST_LINES):
            raise ValueError(_("{lines} lines of {size} pixels", lines=lines, size=size))
        found = fitted(
            text, _number(width), size, least=_number(least), lines=int(lines), bold=bold
        )
        if not found.fits:
            what = text if isinstance(text, str) else " ".join(text)
            words = what if len(what) <= _SHOWN else f"{what[:_SHOWN].rpartition(' ')[0]} …"
            message = _('"{words}" does not fit its place in the picture', words=words)
            help = _("make it shorter, or leave out what the picture shows already")
            self._report("drawing-text", _span(text) or self._place, message, help)
        return found

    def claim(self, x: Any, y: Any, width: Any, height: Any, text: str, within: Any = ()) -> str:
        """Keeps a box for a text; a fault if another text has a part of it.

        `within` is the box that it must not leave. Returns an empty text.
        """
        box = Box(*map(_number, (x, y, width, height)))
        if len(self._boxes) >= _MOST_BOXES:
            raise OverflowError(_("more than {most} boxes", most=_MOST_BOXES))
        other = next((text for one, text in self._boxes if _overlap(one, box)), None)
        self._boxes.append((box, str(text)))
        span = _span(text) or self._place
        if any(place == span for _code, place, _message in self._reported):
            return ""  # that it is too long has been reported
        if other is not None:
            message = _('"{words}" covers "{other}" in the picture', words=text, other=other)
            self._report("drawing-text", span, message, _move())
        elif within and _leaves(box, Box(*map(_number, within))):
            message = _('"{words}" is not inside its frame in the picture', words=text)
            self._report("drawing-text", span, message, _move())
        return ""

    def map(self, name: str, view: Sequence[Any], box: Sequence[Any]) -> Map:
        """A part of the map `name`: `view` is west, south, east and north in degrees."""
        key = (str(name), tuple(map(str, view)), tuple(map(str, box)))
        if key not in self._maps:
            if len(self._maps) >= _MOST_MAPS:
                raise OverflowError(_("more than {most} maps", most=_MOST_MAPS))
            self._maps[key] = self._made(name, view, box)
        return self._maps[key]

    def _made(self, name: str, view: Sequence[Any], box: Sequence[Any]) -> Map:
        found = self._read(name, _span(name) or self._place) or Topology((), {})
        place = Box(*map(_number, box))
        if not (0 < place.width <= _LARGEST and 0 < place.height <= _LARGEST):
            raise ValueError(_("a map of {width} by {height}", width=box[2], height=box[3]))
        codes = list(found.shapes)
        return Map(found, self._view(view), place, lambda code: self._unknown(code, codes))

    def _view(self, view: Sequence[Any]) -> View:
        """The view; the whole earth, with a fault, where it is none."""
        try:
            west, south, east, north = map(_number, view)
            if -360 <= west < east <= west + 360 <= 720 and -90 <= south < north <= 90:
                return View(west, south, east, north)
        except ValueError:
            pass
        message = _("this is no part of the earth")
        help = _("write west, south, east and north in degrees: [95, -11, 141, 6]")
        self._report("bad-value", _span(view) or self._place, message, help)
        return View(-180, -60, 180, 80)

    def _unknown(self, code: str, known: Iterable[str]) -> None:
        if known:
            message = _('the map has no country "{code}"', code=code)
            self._report(
                "bad-value", _span(code) or self._place, message, did_you_mean(code, known)
            )

    def _report(self, code: str, span: Span, message: str, help: str) -> None:
        if (code, span, message) not in self._reported:
            self._reported.add((code, span, message))
            self._diagnostics.add(code, span, message, help)


def _move() -> str:
    return _("make it shorter, or give it another place: a label of a map with at")


def _number(value: Any) -> float:
    """A number of a template or of its data. Raises ValueError if it is none."""
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(_("{value} is not a number", value=value))
    return number


def _span(value: object) -> Span | None:
    found = getattr(value, "span", None)
    if found is None and isinstance(value, (list, tuple)) and value:
        return _span(value[0])
    return found if isinstance(found, Span) else None


def _overlap(one: Box, other: Box) -> bool:
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return min(across, down) > _SLACK


def _leaves(box: Box, frame: Box) -> bool:
    return (
        box.x < frame.x - _SLACK
        or box.y < frame.y - _SLACK
        or box.x + box.width > frame.x + frame.width + _SLACK
        or box.y + box.height > frame.y + frame.height + _SLACK
    )
