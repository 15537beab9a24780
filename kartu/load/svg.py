"""SVG as browsers require it, and the small pictures that note types have."""

from __future__ import annotations

from collections.abc import Callable

from kartu.core.language import _
from kartu.core.patterns import pattern
from kartu.load.svg_cost import draws_too_much

MAX_PICTURE = 8_192

_ROOT = "http://www.w3.org/2000/svg svg"
_SHAPES = frozenset(
    ("svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon")
)
_ATTRIBUTES = frozenset(
    (
        *("viewBox", "d", "x", "y", "width", "height", "rx", "ry", "cx", "cy", "r"),
        *("x1", "y1", "x2", "y2", "points", "transform", "opacity"),
        *("fill", "fill-opacity", "fill-rule", "stroke", "stroke-dasharray", "stroke-linecap"),
        *("stroke-linejoin", "stroke-opacity", "stroke-width"),
    )
)
# Without : and / no address can be meant.
_VALUE = pattern(r"[\w\s.,#%()+-]*")


class _RefusedError(Exception):
    """Part of a picture that is none; the argument is the fault."""


def svg_fault(svg: str) -> str:
    """Why a browser would not show the SVG, or would never be done; empty if it would."""
    fault = _fault(svg, lambda name, attributes: None)
    return fault or (_("it draws too much") if draws_too_much(svg) else "")


def picture_fault(svg: str) -> str:
    """Why the SVG is no picture of a note type, which pages show as a part of themselves.

    Such a picture has shapes alone: no text, style, script or address. Empty if it is one.
    """
    if len(svg) > MAX_PICTURE:
        return _("it has more than {number} characters", number=MAX_PICTURE)
    return _fault(svg, _check_shape, text=False)


def _fault(svg: str, check: Callable[[str, dict[str, str]], object], *, text: bool = True) -> str:
    from xml.parsers import expat  # only needed where somebody drew a picture

    if "<!DOCTYPE" in svg:  # its entities could grow without bounds
        return _("it has a <!DOCTYPE>, which no drawing needs")
    parser = expat.ParserCreate(namespace_separator=" ")
    root: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if not root:
            root.append(name)
            _check_root(name, attributes)
        check(name, attributes)

    def characters(found: str) -> None:
        if found.strip() and not text:
            raise _RefusedError(_("it has a text, which only some would understand"))

    parser.StartElementHandler = start
    parser.CharacterDataHandler = characters
    try:
        parser.Parse(svg, True)
    except expat.ExpatError as error:
        line, column = error.lineno, error.offset + 1
        return _("it is broken at {line}:{column}", line=line, column=column)
    except _RefusedError as error:
        return str(error)
    return ""


def _check_root(name: str, attributes: dict[str, str]) -> None:
    if name != _ROOT:
        shown = "{" + name.replace(" ", "}") if " " in name else name
        raise _RefusedError(
            _(
                'it begins with <{tag}>, not with <svg xmlns="http://www.w3.org/2000/svg">',
                tag=shown,
            )
        )
    if "viewBox" not in attributes:
        raise _RefusedError(_("its <svg> has no viewBox, so it has no size"))


def _check_shape(name: str, attributes: dict[str, str]) -> None:
    space, _space, tag = name.rpartition(" ")
    if f"{space} svg" != _ROOT or tag not in _SHAPES:
        raise _RefusedError(_("it has <{tag}>, which is no shape", tag=tag))
    for key, value in attributes.items():
        if key not in _ATTRIBUTES or not _VALUE.fullmatch(value):
            attribute = key.rpartition(" ")[2]
            raise _RefusedError(
                _("its <{tag}> has {attribute}, which no shape needs", tag=tag, attribute=attribute)
            )
