"""SVG as browsers require it, and the small pictures that note types have."""

from __future__ import annotations

import re
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


# What can do more than be seen, or shows a page within the drawing.
_ACTIVE = frozenset(
    (
        *("script", "handler", "listener", "foreignobject", "iframe", "embed", "object"),
        *("audio", "video", "canvas", "link", "meta", "base", "html", "body"),
    )
)
_LINKS = frozenset(("href", "src", "action", "formaction", "data", "base"))
_INSIDE = pattern(r"#|data:image/(?:png|jpe?g|gif|webp);base64,", re.IGNORECASE)
_OUTSIDE = pattern(r"url\(\s*[\"']?(?!#)|@import|expression\(|javascript:|\\", re.IGNORECASE)


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


def drawing_fault(svg: bytes) -> str:
    """Why an SVG from elsewhere is more than a picture, or none; empty if it is a picture.

    A picture runs nothing, loads nothing, and has no entities, which could grow without bounds.
    """
    from xml.parsers import expat

    parser = expat.ParserCreate(namespace_separator=" ")
    found = _Found()
    parser.StartElementHandler, parser.EndElementHandler = found.start, found.end
    parser.CharacterDataHandler = found.characters
    parser.StartDoctypeDeclHandler = found.doctype
    parser.ProcessingInstructionHandler = found.instruction
    try:
        parser.Parse(svg, True)
    except expat.ExpatError as error:
        line, column = error.lineno, error.offset + 1
        return _("it is broken at {line}:{column}", line=line, column=column)
    except (ValueError, LookupError):  # an unknown encoding
        return _("it is broken at {line}:{column}", line=1, column=1)
    except _RefusedError as error:
        return str(error)
    return _("its style loads something") if _OUTSIDE.search("".join(found.style)) else ""


class _Found:
    """What a parser finds in a drawing; `style` is the text of its styles."""

    def __init__(self) -> None:
        self.style: list[str] = []
        self._open = False
        self._styles = 0  # that are open

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2].casefold()
        if not self._open:
            self._open = True
            _check_root(name, {"viewBox": "", **attributes})
        if tag in _ACTIVE:
            raise _RefusedError(_("it has <{tag}>", tag=tag))
        for key, value in attributes.items():
            _check_attribute(tag, key, value)
        self._styles += tag == "style"

    def end(self, name: str) -> None:
        self._styles -= name.rpartition(" ")[2].casefold() == "style"

    def characters(self, found: str) -> None:
        if self._styles:
            self.style.append(found)

    def doctype(self, name: str, system: str | None, public: str | None, internal: object) -> None:
        if internal:
            raise _RefusedError(_("it has a <!DOCTYPE> with entities, which no drawing needs"))

    def instruction(self, target: str, rest: str) -> None:
        raise _RefusedError(_("it has <?{target}>", target=target))


def _check_attribute(tag: str, name: str, value: str) -> None:
    """Raises a fault for an attribute that runs or loads something."""
    space, _space, key = name.casefold().rpartition(" ")
    if key.startswith("on"):
        raise _RefusedError(_("its <{tag}> runs a script ({attribute})", tag=tag, attribute=key))
    loads = key in _LINKS and value.strip() and not _INSIDE.match("".join(value.split()))
    if loads or (not space and _OUTSIDE.search(value)):
        raise _RefusedError(_("its <{tag}> has an address ({attribute})", tag=tag, attribute=key))
    if key == "attributename" and value.casefold().rpartition(":")[2] in _LINKS:
        raise _RefusedError(_("its <{tag}> changes an address", tag=tag))
