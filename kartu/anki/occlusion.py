"""Image occlusion: the shapes that cover places of a picture, as Anki draws them.

Measured with the reviewer of Anki 26.9.3 in Chromium, by counting the pixels it covers:

- A shape is a cloze that begins with `image-occlusion:`, in small letters and without a space
  before, followed by `rect`, `ellipse`, `polygon` or `text`. Any other cloze covers nothing.
- Places and sizes are fractions of the picture's width and height. `left` and `top` that are no
  numbers count as 0. Of a size the beginning counts, so that `20%` is twenty pictures; without a
  number there is no shape.
- An ellipse has half its width and height as `rx` and `ry`; `width` and `height` do nothing.
- A polygon's points are moved so that the leftmost and the topmost are at `left` and `top`; what
  has no comma is no point.
- A text needs `scale`. `angle`, in ten-thousandths of a turn, is about the upper left corner.
- What is outside the picture is cut off. Number 0 is covered on all cards and both sides.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import unescape
from typing import NamedTuple

from kartu.anki.cloze import OCCLUSION, Cloze, cloze_parts
from kartu.core.language import N_, _
from kartu.core.patterns import pattern

EXAMPLE = "{{c1::image-occlusion:rect:left=.1:top=.2:width=.3:height=.1}}"

# The shapes, with the properties without which Anki draws nothing.
SHAPES = {
    "rect": ("width", "height"),
    "ellipse": ("rx", "ry"),
    "polygon": ("points",),
    "text": ("text", "scale"),
}
_NUMBERS = frozenset(("left", "top", "width", "height", "rx", "ry", "scale", "fs", "angle"))
_PROPERTY = pattern(r"(?P<name>[^=]+)=(?P<value>(?:[^:\\]|\\[:\\])+)(?::|\Z)")
_NUMBER = pattern(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NOT_OF_KEYS = pattern(r"<[^>]*>|[^a-z]+")
_ESCAPED = pattern(r"\\(.)")

# Smaller ones are not seen on a phone, and as much may be outside: numbers are rounded.
_LEAST = 0.005

_FRACTIONS = N_("write fractions of the picture's width and height, from 0 to 1")


class ShapeFault(NamedTuple):
    """What is wrong with a shape; `covers` is whether Anki covers something all the same."""

    message: str
    help: str
    covers: bool


class _FaultError(Exception):
    def __init__(self, message: str, help: str = "", *, covers: bool = False) -> None:
        super().__init__(message)
        self.fault = ShapeFault(message, help or _how_to_write(), covers)


def _how_to_write() -> str:
    return _(
        "a shape is written {example}, in fractions of the picture's width and height",
        example=EXAMPLE,
    )


def is_shape(cloze: Cloze) -> bool:
    """Whether Anki reads the cloze as a shape."""
    first = cloze.parts[0]
    return isinstance(first, str) and first.startswith(OCCLUSION)


def read_shape(cloze: Cloze) -> tuple[str, list[tuple[str, str]]]:
    """The name of a shape and its properties, as far as Anki can read them."""
    name, _rest, rest = str(cloze.parts[0]).removeprefix(OCCLUSION).partition(":")
    found = []
    place = 0
    while one := _PROPERTY.match(rest, place):
        place = one.end()
        found.append((one["name"], _ESCAPED.sub(r"\1", one["value"])))
    return name, found


def shape_faults(html: str) -> list[ShapeFault]:
    """The clozes of a field that do not cover the place of the picture that they seem to."""
    return [fault for _rest, fault in _checked(html) if fault is not None]


def uncovered(html: str) -> list[ShapeFault]:
    """The faults because of which a card of the field covers nothing at all."""
    checked = _checked(html)
    good = (one.numbers() for one, fault in checked if fault is None or fault.covers)
    covered = frozenset[int]().union(*good)
    return [fault for one, fault in checked if fault is not None and one.numbers() - covered]


def _checked(html: str) -> list[tuple[Cloze, ShapeFault | None]]:
    clozes = (part for part in cloze_parts(html) if isinstance(part, Cloze))
    return [(one, _fault_of(one, outermost)) for outermost in clozes for one in outermost.all()]


def _fault_of(cloze: Cloze, outermost: Cloze) -> ShapeFault | None:
    try:
        _check(cloze, outermost)
    except _FaultError as error:
        return error.fault
    return None


def _opening(cloze: Cloze) -> str:
    """The beginning of a cloze, by which its author finds it."""
    text = unescape(cloze.hidden()).strip()
    return f"{{{{c{cloze.source}::{text if len(text) <= 30 else f'{text[:30]}…'}}}}}"


def _check(cloze: Cloze, outermost: Cloze) -> None:
    """Raises a fault if the cloze does not cover the place that it seems to."""
    if cloze is not outermost and is_shape(outermost):
        raise _FaultError(
            _("{cloze} is inside a shape, where Anki shows nothing", cloze=_opening(cloze))
        )
    if not is_shape(cloze):
        raise _FaultError(_("{cloze} covers no place of the picture", cloze=_opening(cloze)))
    name, properties = read_shape(cloze)
    if name not in SHAPES:
        message = _('{cloze}: Anki knows no shape "{shape}"', cloze=_opening(cloze), shape=name)
        help = _(
            "the shapes are {names}; {how_to_write}",
            names=", ".join(SHAPES),
            how_to_write=_how_to_write(),
        )
        raise _FaultError(message, help)
    what = _("the {shape} of {cloze}", shape=name, cloze="c" + cloze.source)
    values: dict[str, str] = {}
    for key, value in properties:
        values.setdefault(key, unescape(value).strip())
    _check_keys(what, name, values)
    numbers = {key: _number(what, key, value, SHAPES[name]) for key, value in values.items()}
    if name == "polygon":
        width, height = _extent(what, values["points"])
    elif name == "text":
        width = height = numbers["scale"]
    else:
        width, height = (numbers[key] * (2 if name == "ellipse" else 1) for key in SHAPES[name])
    if min(width, height) < _LEAST:
        raise _FaultError(_("{shape} is too small to be seen", shape=what), _(_FRACTIONS))
    if name == "text" or numbers.get("angle"):
        width = height = 2 * _LEAST  # it begins here; how far it reaches is not known
    _check_place(what, _FROM_LEFT, numbers.get("left", 0.0), width)
    _check_place(what, _FROM_TOP, numbers.get("top", 0.0), height)


def _check_keys(what: str, name: str, values: Mapping[str, str]) -> None:
    """Raises a fault if a property that the shape needs is missing or written otherwise."""
    for written in values:
        key = _NOT_OF_KEYS.sub("", written.lower())
        if written != key and (key in _NUMBERS or key in SHAPES[name]):
            message = _('Anki does not read "{key}" of {shape}', key=written, shape=what)
            help = _(
                "write {key} in small letters, without spaces or line breaks around : and =",
                key=key,
            )
            covers = all(values.get(size) for size in SHAPES[name])
            raise _FaultError(message, help, covers=covers)
    for key in SHAPES[name]:
        if not values.get(key):
            message = _("{shape} has no {key}", shape=what, key=key)
            raise _FaultError(message, _help_for_missing(name))
    for key in ("left", "top") if name == "polygon" else ():
        if key not in values:
            help = _(
                "write the smallest {coordinate} of its points: Anki moves it there",
                coordinate="xy"[key == "top"],
            )
            message = _("{shape} has no {key}", shape=what, key=key)
            raise _FaultError(message, help, covers=True)


def _help_for_missing(name: str) -> str:
    if name == "ellipse":
        return _("rx and ry are half its width and height: ellipse:left=.1:top=.2:rx=.15:ry=.05")
    if name == "polygon":
        return _("write its corners: polygon:left=.1:top=.2:points=.1,.2 .4,.2 .4,.3")
    if name == "text":
        return _("a text is written text:left=.1:top=.2:text=Word:scale=1:fs=.05")
    return _how_to_write()


def _number(what: str, key: str, value: str, sizes: tuple[str, ...]) -> float:
    if key not in _NUMBERS:
        return 0.0
    if _NUMBER.fullmatch(value) and math.isfinite(number := float(value)):
        return number
    help = _(_FRACTIONS)
    if value.endswith("%") and _NUMBER.fullmatch(value[:-1]):
        percent = float(value[:-1])
        help = _(
            "write fractions of the picture's width and height, from 0 to 1: "
            "{percent:g}% is {fraction:g}",
            percent=percent,
            fraction=percent / 100,
        )
    elif "," in value and _NUMBER.fullmatch(value.replace(",", ".")):
        help = _("write it with a point: {number}", number=value.replace(",", "."))
    # Of a size the beginning counts, a place without a number is 0.
    begins = _NUMBER.match(value)
    covers = key not in sizes or (begins is not None and float(begins[0]) > 0)
    message = _(
        '{key} of {shape} is "{value}", which is not a number', key=key, shape=what, value=value
    )
    raise _FaultError(message, help, covers=covers)


def _extent(what: str, points: str) -> tuple[float, float]:
    """The width and height of a polygon."""
    help = _("write its corners: points=.1,.2 .4,.2 .4,.3")
    corners = []
    for point in points.split():
        pair = point.split(",")
        if len(pair) != 2 or not all(map(_NUMBER.fullmatch, pair)):
            message = _(
                '{shape} has "{point}" among its points, which is not a point',
                shape=what,
                point=point,
            )
            raise _FaultError(message, help)
        corners.append((float(pair[0]), float(pair[1])))
    turns = zip(corners, corners[1:] + corners[:1], strict=True)
    area = abs(sum(x * down - across * y for (x, y), (across, down) in turns)) / 2
    if len(corners) < 3 or area < _LEAST**2:
        raise _FaultError(_("{shape} has no area", shape=what), help)
    across, down = zip(*corners, strict=True)
    return max(across) - min(across), max(down) - min(down)


_FROM_LEFT = N_("{shape} is not inside the picture: from left {begin:g} to {end:g}")
_FROM_TOP = N_("{shape} is not inside the picture: from top {begin:g} to {end:g}")


def _check_place(what: str, outside: str, begin: float, size: float) -> None:
    end = begin + size
    if begin >= 1 - _LEAST or end <= 0 or begin < -_LEAST or end > 1 + _LEAST:
        help = _(
            "write fractions of the picture's width and height, from 0 to 1: the picture ends at 1"
        )
        if end > 1.5:
            help = _(
                "write fractions of the picture's width and height, from 0 to 1: the picture "
                "ends at 1; divide pixels by its width or height, per cent by 100"
            )
        message = _(outside, shape=what, begin=begin, end=end)
        raise _FaultError(message, help, covers=begin < 1 and end > 0)
