"""A side of a card as a tree for paper: printable elements, and nothing that moves or loads.

A side comes from templates and is not trusted. The tree has only elements that make sense on
paper, classes of the print style, and pictures of the deck by their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import StringIO
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

import tinyhtml5

from kartu.compile.render.tags import TAGS

# The scheme of the addresses of pictures: nothing else is ever loaded.
MEDIA = "media:"

CLASSES = frozenset(
    (
        *("answer", "categories", "clue", "cloze", "cloze-inactive", "gap", "hint"),
        *("kartu-notice", "line", "more", "night-only", "note", "options", "prompt", "question"),
        *("reviews", "solution", "source", "statements", "stimulus", "term", "typed"),
    )
)

_ALLOWED = TAGS - {"a", "hr", "img"}
_WRAPPERS = {"article": "div", "center": "div", "details": "div", "footer": "div", "form": "div"}
_WRAPPERS |= {"header": "div", "label": "div", "main": "div", "section": "div", "summary": "div"}
_DROPPED = frozenset(
    (
        *("audio", "button", "canvas", "datalist", "embed", "frameset", "head", "iframe"),
        *("math", "noscript", "object", "script", "select", "style", "svg", "template"),
        *("textarea", "title", "video", "xmp"),
    )
)
_INLINE = frozenset(("b", "cite", "code", "em", "i", "q", "small", "span", "strong", "u"))
_ATTRIBUTES = ("colspan", "dir", "lang", "rowspan", "start")
_ALIGNED = re.compile(r"text-align: (?:left|center|right)")
_NUMBER = re.compile(r"[0-9]{1,2}")
_LANGUAGE = re.compile(r"[A-Za-z0-9-]{1,35}")
_NOT_SHOWN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_FRACTION = re.compile(r"-?[0-9]{0,3}\.?[0-9]{0,9}")

# No sensible card nests deeper, and WeasyPrint would exceed the recursion limit.
_MAX_DEPTH = 24


def paper_tree(html: str, *, front: bool) -> Element:
    """Returns the side as a <div>; on a front, gaps and hints stay hidden."""
    # As a stream: the parser would take a text that is the path of a file for that file.
    page = tinyhtml5.parse(StringIO(html), namespace_html_elements=False)
    side = Element("div", {"class": "front" if front else "back"})
    _Side(page, side, front=front)
    _separate_spaces(side)
    return side


def as_html(element: Element) -> str:
    return tostring(element, encoding="unicode", method="html")


def text_of(element: Element) -> str:
    """Returns the visible text on one line."""
    return " ".join(" ".join(element.itertext()).split())


def by_class(element: Element, name: str) -> Iterator[Element]:
    """Returns the elements of a class, in document order."""
    return (one for one in element.iter() if name in one.get("class", "").split())


def remove_by_class(element: Element, names: frozenset[str]) -> None:
    """Removes the elements with one of these classes."""
    for parent in list(element.iter()):
        for child in list(parent):
            if names & set(child.get("class", "").split()):
                _remove(parent, child)


def _remove(parent: Element, child: Element) -> None:
    place = list(parent).index(child)
    _add_text(parent, place, child.tail)
    parent.remove(child)


def _add_text(parent: Element, place: int, text: str | None) -> None:
    """Appends to the text before the child at `place`."""
    if not text:
        return
    if place:
        parent[place - 1].tail = (parent[place - 1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def _separate_spaces(tree: Element) -> None:
    """Puts a space before an inline element into an element of its own.

    Otherwise WeasyPrint 70 breaks a line that such a space would overfill after its first word.
    """
    for parent in list(tree.iter()):
        before: Element | None = None
        for child in list(parent):
            text = (parent.text if before is None else before.tail) or ""
            if child.tag in _INLINE and text.strip() and text[-1].isspace():
                if before is None:
                    parent.text = text.rstrip()
                else:
                    before.tail = text.rstrip()
                space = Element("span")
                space.text = " "
                parent.insert(list(parent).index(child), space)
            before = child


class _Side:
    """Copies what can be printed from a page into `target`."""

    def __init__(self, page: Element, target: Element, *, front: bool) -> None:
        self._front = front
        self._shapes = [one for one in page.iter() if one.get("data-shape")]
        body = page.find("body")
        if body is not None:
            self._copy_into(target, body, _MAX_DEPTH)

    def _copy_into(self, target: Element, source: Element, depth: int) -> None:
        _add_text(target, len(target), source.text)
        for child in source:
            if isinstance(child.tag, str) and not self._is_hidden(child):
                self._copy(target, child, depth)
            _add_text(target, len(target), child.tail)

    def _is_hidden(self, element: Element) -> bool:
        tag, classes = element.tag, element.get("class", "").split()
        if tag in _DROPPED or ":" in tag or "{" in tag or "night-only" in classes:
            return True
        if tag in ("header", "p") and "where" in classes:  # what it says is at the foot
            return True
        if "prompt" in classes and not self._front:  # the answer does not ask
            return True
        if "hint" in classes:  # its link, and on a front its text
            return tag == "a" or self._front
        styled = _NOT_SHOWN.search(element.get("style", "")) is not None
        return styled or "hidden" in element.attrib

    def _copy(self, target: Element, source: Element, depth: int) -> None:
        tag = source.tag
        if source.get("id") == "image-occlusion-container":
            self._image_occlusion(target, source)
        elif "under-cover" in source.get("class", "").split():
            words = by_class(source, "cloze")
            text = "; ".join(" ".join(one.itertext()).strip() for one in words)
            SubElement(target, "div", {"class": "answer"}).text = text
        elif tag == "img":
            _picture(target, source)
        elif tag == "input" or (tag == "label" and source.find(".//input") is not None):
            SubElement(target, "div", {"class": "blank line-to-write"})
        elif self._front and tag == "span" and "cloze" in source.get("class", "").split():
            _gap(target, source)
        elif depth == 0:
            _add_text(target, len(target), " ".join(source.itertext()))
        elif tag in _ALLOWED or tag in _WRAPPERS:
            copied = SubElement(target, _WRAPPERS.get(tag, tag), _attributes(source))
            self._copy_into(copied, source, depth - 1)
        elif tag != "hr":
            self._copy_into(target, source, depth - 1)

    def _image_occlusion(self, target: Element, source: Element) -> None:
        """Adds the picture of an image occlusion with its shapes drawn over it."""
        picture = next(source.iter("img"), None)
        if picture is None:
            return
        box = SubElement(target, "div", {"class": "covered"})
        _picture(box, picture)
        drawing = SubElement(box, "svg", {"viewBox": "0 0 1000 1000"})
        drawing.set("preserveAspectRatio", "none")
        for shape in self._shapes:
            classes = shape.get("class", "").split()
            if "cloze-inactive" in classes and shape.get("data-occludeinactive") != "1":
                continue
            style = next((one for one in _SHAPE_STYLES if one in classes), "cloze")
            _shape(drawing, shape, _SHAPE_STYLES[style])


# Masks on white paper: those of the card are outlined, others are grey.
_SHAPE_STYLES = {
    "cloze-inactive": {"fill": "#c8c8c8", "stroke": "#555", "stroke-width": "3"},
    "cloze-highlight": {"fill": "none", "stroke": "#000", "stroke-width": "8"},
    "cloze": {"fill": "#fff", "stroke": "#000", "stroke-width": "8"},
}


def _shape(drawing: Element, shape: Element, style: dict[str, str]) -> None:
    def size(name: str) -> float:
        return _thousandth(shape.get(f"data-{name}", "0"))

    left, top, kind = size("left"), size("top"), shape.get("data-shape")
    if kind == "rect":
        place = {"x": left, "y": top, "width": size("width"), "height": size("height")}
    elif kind == "ellipse":
        across, down = size("rx"), size("ry")
        place = {"cx": left + across, "cy": top + down, "rx": across, "ry": down}
    elif kind == "polygon":
        pairs = (pair.partition(",") for pair in shape.get("data-points", "").split())
        corners = [(_thousandth(x), _thousandth(y)) for x, _, y in pairs]
        # As Anki: moved so that the leftmost and the topmost point are at left and top.
        across = left - min((x for x, _ in corners), default=0.0)
        down = top - min((y for _, y in corners), default=0.0)
        points = " ".join(f"{x + across:g},{y + down:g}" for x, y in corners)
        SubElement(drawing, "polygon", {"points": points, **style})
        return
    else:
        return
    SubElement(drawing, kind, {name: f"{value:g}" for name, value in place.items()} | style)


def _thousandth(number: str) -> float:
    """Returns a fraction of the picture's width or height in thousandths; 0 if not a number."""
    digits = any(character.isdigit() for character in number)
    return 1000 * float(number) if digits and _FRACTION.fullmatch(number) else 0.0


def _gap(target: Element, source: Element) -> None:
    """Adds a blank for what a cloze hides, followed by its hint."""
    text = " ".join(source.itertext()).strip()
    SubElement(target, "span", {"class": "blank"}).text = "\u00a0"
    if text != "[...]":
        _add_text(target, len(target), f" ({text.removeprefix('[').removesuffix(']')})")


def _picture(target: Element, source: Element) -> None:
    name = source.get("src", "")
    alt = source.get("alt", "")
    if name:
        SubElement(target, "img", {"src": MEDIA + quote(name, safe=""), "alt": alt})


def _attributes(source: Element) -> dict[str, str]:
    found = {}
    classes = [one for one in source.get("class", "").split() if one in CLASSES]
    if classes:
        found["class"] = " ".join(classes)
    for name in _ATTRIBUTES:
        pattern = _LANGUAGE if name in ("dir", "lang") else _NUMBER
        if pattern.fullmatch(value := source.get(name, "")):
            found[name] = value
    if source.tag in ("td", "th") and _ALIGNED.fullmatch(style := source.get("style", "")):
        found["style"] = style
    return found
