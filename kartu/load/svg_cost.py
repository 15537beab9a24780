"""How much an SVG draws: a few lines whose parts refer to each other can ask for billions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kartu.core.patterns import pattern

# Elements that are drawn, each time they are: a detailed map has some ten thousand.
MOST = 50_000
_DEEPEST = 100

_REFERENCE = pattern(r"url\(\s*[\"']?#([^\"')\s]+)")
_RULE = pattern(r"([^{}]*)\{([^{}]*)\}")
_COMPOUND = pattern(r"[^\s>+~]+\s*$")
_SIMPLE = pattern(r"(?:[\w-]+|\*)?(?:[.#][\w-]+)*")
_NUMBER = pattern(r"[\d.]+")


class _Element:
    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag.rpartition(" ")[2]
        self.attributes = {name.rpartition(" ")[2]: one for name, one in attributes.items()}
        self.children: list[_Element] = []
        self.cost = 0  # not known yet; -1 while it is being found


class _TooMuchError(Exception):
    pass


def draws_too_much(svg: bytes | str) -> bool:
    """Whether drawing an SVG takes more than a picture is worth, or never ends.

    What is no XML is not drawn at all, and costs nothing.
    """
    from xml.parsers import expat

    try:
        drawing = _read(svg)
        for one in drawing.top.children:
            drawing.cost(one, 0)
        return sum(one.cost for one in drawing.top.children) > MOST
    except (_TooMuchError, RecursionError):
        return True
    except expat.ExpatError:
        return False


def _read(svg: bytes | str) -> _Drawing:
    from xml.parsers import expat

    top = _Element("", {})
    open_, by_id, style = [top], dict[str, _Element](), list[str]()
    parser = expat.ParserCreate(namespace_separator=" ")

    def start(tag: str, attributes: dict[str, str]) -> None:
        one = _Element(tag, attributes)
        open_[-1].children.append(one)
        open_.append(one)
        by_id.setdefault(one.attributes.get("id", ""), one)
        if len(open_) > _DEEPEST or len(by_id) > MOST:
            raise _TooMuchError

    def entity(*_declared: object) -> None:
        raise _TooMuchError

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _tag: open_.pop()
    parser.EntityDeclHandler = entity
    parser.CharacterDataHandler = lambda text: (
        style.append(text) if open_[-1].tag == "style" else None
    )
    parser.Parse(svg, True)
    return _Drawing(top, by_id, "".join(style))


class _Drawing:
    def __init__(self, top: _Element, by_id: dict[str, _Element], style: str) -> None:
        self.top = top
        self._by_id = by_id
        self._rules = [
            (selector.split(","), found)
            for selector, body in _RULE.findall(style)
            if (found := _REFERENCE.findall(body))
        ]

    def cost(self, one: _Element, depth: int) -> int:
        """How many elements are drawn for one, with what it refers to. Raises _TooMuchError."""
        if one.cost < 0 or depth > _DEEPEST:  # it refers to itself
            raise _TooMuchError
        if not one.cost:
            one.cost = -1
            parts = [*one.children, *self._targets(one)]
            total = 1 + sum(self.cost(part, depth + 1) for part in parts)
            if any(name.startswith("marker") for name in one.attributes):
                points = one.attributes.get("d", "") + one.attributes.get("points", "")
                total *= 1 + len(_NUMBER.findall(points)) // 2
            if total > MOST:
                raise _TooMuchError
            one.cost = total
        return one.cost

    def _targets(self, one: _Element) -> Iterator[_Element]:
        names = [name for value in one.attributes.values() for name in _REFERENCE.findall(value)]
        if one.tag != "a":
            names.append(one.attributes.get("href", "#").partition("#")[2])
        for selectors, found in self._rules:
            if any(_matches(selector, one) for selector in selectors):
                names += found
        return (self._by_id[name] for name in names if name and name in self._by_id)


def _matches(selector: str, one: _Element) -> bool:
    """Whether the last part of a selector can mean the element."""
    found = _COMPOUND.search(selector)
    last = found[0].strip() if found else ""
    if not _SIMPLE.fullmatch(last):
        return True  # whatever it means
    tag, *rest = re.split(r"(?=[.#])", last)
    own = {f".{name}" for name in one.attributes.get("class", "").split()}
    own.add(f"#{one.attributes.get('id', '')}")
    return tag in ("", "*", one.tag) and own.issuperset(rest)
