"""Positions in source files, and values that carry their position."""

import sys
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from kartu.core.language import N_, _


class Span(NamedTuple):
    """A place in a source file.

    `path` is relative to the project with forward slashes; `line` and `column` count from 1,
    columns in characters. In a workbook they are the row and the column of a cell in `sheet`.
    """

    path: str
    line: int = 1
    column: int = 1
    sheet: str = ""


class _Located:
    """A value that carries its position.

    `place` holds the parts of `span`: there are many values, and the span of few is needed.
    """

    __slots__ = ()
    place: tuple[str, int, int, str]

    @property
    def span(self) -> Span:
        return Span(*self.place)

    @span.setter
    def span(self, span: Span) -> None:
        self.place = span  # type: ignore[misc] # the slot is in the subclasses


class Text(_Located, str):
    """A text value as its author typed it, with its position."""

    __slots__ = ("place",)


class Passage(Text):
    """A text whose lines, or parts of them, are in different places of its file.

    `parts` are offsets in the text, from 0 on, with the line and column of what follows.
    """

    __slots__ = ("parts",)
    parts: tuple[tuple[int, int, int], ...]

    def span_at(self, offset: int) -> Span:
        """The place of the character at `offset`."""
        number = bisect_right(self.parts, (offset, sys.maxsize)) - 1
        start, line, column = self.parts[number]
        return Span(self.place[0], line, column + offset - start)


class Mapping(dict[str, "Node"]):
    """Keys and values in source order; `span` is the place of the first key.

    The keys are `Text` as well, so that each carries its own position.
    """

    __slots__ = ("_places", "span")
    span: Span
    _places: dict[str, Span]

    def key_span(self, name: str) -> Span:
        """The place of the key `name`; the mapping's own where the key is absent."""
        places: dict[str, Span] = getattr(self, "_places", {})
        if len(places) != len(self):  # first call, or keys were added since
            places = {key: key.span if isinstance(key, Text) else self.span for key in self}
            self._places = places
        return places.get(name, self.span)


class Sequence(_Located, list["Node"]):
    """Values in source order; `span` is the place of the first one."""

    __slots__ = ("place",)


Node: TypeAlias = Text | Mapping | Sequence


KIND_NAMES: dict[type, str] = {Text: N_("a text"), Mapping: N_("a mapping"), Sequence: N_("a list")}


def kind_name(node: Node) -> str:
    """`a text`, `a mapping` or `a list`, in the current language."""
    return _(next(name for kind, name in KIND_NAMES.items() if isinstance(node, kind)))


def text(value: str, span: Span) -> Text:
    """`value` with the position `span`."""
    located = Text(value)
    located.span = span
    return located


def place_of(value: Text, part: str) -> Span:
    """The place of a part of a text, where the places of its parts are known; else the text's."""
    offset = value.find(part) if part and isinstance(value, Passage) else -1
    return value.span_at(offset) if offset >= 0 and isinstance(value, Passage) else value.span


def texts_in(node: Node) -> Iterator[Text]:
    """Every text value below `node` (not its keys), in source order."""
    if isinstance(node, Text):
        yield node
    else:
        for child in node.values() if isinstance(node, Mapping) else node:
            yield from texts_in(child)


def place_in(path: str, content: str, offset: int) -> Span:
    """The place of the character at `offset` of a file's `content`."""
    before = content[:offset]
    return Span(path, before.count("\n") + 1, offset - before.rfind("\n"))
