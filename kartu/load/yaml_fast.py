"""The fast path for YAML card sets, read note by note; everything else is left to `yaml.parse`.

It requires keys with a text or a list of texts on the same line and, below any key, a list of
mappings of such keys. libyaml takes several times as long. The result equals that of `yaml.parse`,
including positions; a test checks this.

Most notes of a set have the same keys in the same order. So the lines of the first ones are read
one by one, and their keys become a pattern that reads each further note in one step.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from kartu.core.patterns import pattern
from kartu.core.source import Mapping, Node, Sequence, Span, Text

_KEY = pattern(r"( *)(- +)?([A-Za-z_][A-Za-z0-9_-]{0,99}):(?: +|\Z)")
_NOTHING = pattern(r" *(?:#.*)?")
_WORD = r"[^\W_][\w.-]*(?:::[\w.-]+)*"  # as tags are written, too
_ITEM = pattern(rf' *(?:({_WORD}(?: {_WORD})*)|"([^"\\]*)") *(,|\Z)')

# Characters with which an unquoted text cannot begin.
_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`")

# Tabs, and characters that libyaml treats as line breaks or a byte order mark.
_UNSUPPORTED = "\t\r\x85\u2028\u2029\ufeff"

# Compiling a pattern takes as long as reading so many notes without one. Patterns are cached for
# further files, whose notes have the same shapes.
_OFTEN = 30
_LONGEST_PATTERN = 30
_MOST_PATTERNS = 100


class _UnsupportedError(Exception):
    """Something that only the full YAML parser can read."""


class LineMapping(Mapping):
    """A mapping with each key on the line of its value, all in one column."""

    __slots__ = ()

    def key_span(self, name: str) -> Span:
        if name not in self:
            return self.span
        return Span(self.span.path, self[name].span.line, self.span.column)


# Takes the document as read so far and the keys of a frequent item; returns a function that
# converts the values of such an item to an object. None, from either, keeps the plain mapping.
MakerFor = Callable[[Mapping, tuple[str, ...]], Callable[[list[Node]], Any] | None]


def _make_none(document: Mapping, keys: tuple[str, ...]) -> None:
    return None


def read(content: str, path: str, maker_for: MakerFor = _make_none) -> Mapping | None:
    """The document of a simple YAML file; None where the full parser is needed."""
    if any(character in content for character in _UNSUPPORTED):
        return None
    try:
        return _Reader(path, content, maker_for).read() or None
    except _UnsupportedError:
        return None


class _Shape(NamedTuple):
    """The layout of an item: the spaces before its hyphen and before its keys, and the keys."""

    dash: int
    indent: int
    keys: tuple[str, ...]


_patterns: dict[_Shape, re.Pattern[str]] = {}


def _pattern(shape: _Shape) -> re.Pattern[str]:
    """A pattern for all lines of an item of this shape; its groups are values and blank lines.

    It must be followed by another item, or by a line that does not belong to it.
    """
    if shape not in _patterns:
        dash, indent, keys = shape
        first = " " * dash + "-" + " " * (indent - dash - 1)
        begins = [first, *[" " * indent] * (len(keys) - 1)]
        lines = "".join(
            f"{begin}{key}: (\\S[^\\n]*)\\n" for begin, key in zip(begins, keys, strict=True)
        )
        if len(_patterns) >= _MOST_PATTERNS:
            _patterns.clear()
        _patterns[shape] = re.compile(f"{lines}(\\n*)(?={' ' * dash}- |\\S|\\Z)")
    return _patterns[shape]


class _Reader:
    def __init__(self, path: str, content: str, maker_for: MakerFor) -> None:
        self.path = path
        self.content = content
        self.comments = " #" in content  # whether there may be any after a value
        self.maker_for = maker_for
        self.top = Mapping()
        self.into = self.top
        self.indent = 0  # the spaces before the current keys
        self.list: Sequence | None = None  # the current one
        self.dash = 0  # the spaces before its hyphens
        self.pending: Text | None = None  # the key whose list follows
        self.seen: dict[_Shape, int] = {}
        self.frequent: _Shape | None = None  # that of most items
        self.columns: tuple[int, ...] = ()  # the columns of its values

    def read(self) -> Mapping:
        content, start, number = self.content, 0, 1
        while start <= len(content):
            if self.frequent is not None:
                start, number = self.frequent_items(self.frequent, start, number)
            end = content.find("\n", start)
            end = len(content) if end < 0 else end
            self.line(content[start:end], number)
            start, number = end + 1, number + 1
        if self.pending is not None:
            raise _UnsupportedError
        return self.top

    def frequent_items(self, shape: _Shape, start: int, number: int) -> tuple[int, int]:
        """Reads items while they have the frequent shape; returns the new offset and line."""
        assert self.list is not None
        match, path, add = _pattern(shape).match, self.path, self.list.append
        make = self.maker_for(self.top, shape.keys)
        while (found := match(self.content, start)) is not None:
            *sources, blank = found.groups()
            values: list[Node] = []
            line = number
            for column, source in zip(self.columns, sources, strict=True):
                if (
                    source[0] in _INDICATORS
                    or ": " in source
                    or self.comments
                    or source[-1] in ": "
                ):
                    values.append(self.value(source, line, column))
                else:
                    text = Text(source)
                    text.place = (path, line, column, "")
                    values.append(text)
                line += 1
            item = make(values) if make is not None else None
            if item is None:
                item = LineMapping(zip(shape.keys, values, strict=True))
                item.span = Span(path, number, shape.indent + 1)
            add(item)
            self.into, self.indent = LineMapping(), shape.indent  # the item is complete
            start, number = found.end(), line + len(blank)
        return start, number

    def line(self, line: str, number: int) -> None:
        found = _KEY.match(line)
        if found is None:
            if _NOTHING.fullmatch(line) is None:
                raise _UnsupportedError
            return
        spaces, hyphen, key = found.groups()
        begin = len(spaces)
        if hyphen:
            self.learn()
            self.indent = begin + len(hyphen)
            self.into = self.item(number, begin)
        elif begin != self.indent or self.pending is not None:
            if begin or self.pending is not None:
                raise _UnsupportedError
            self.into, self.indent, self.list, self.frequent = self.top, 0, None, None
        if key in self.into:
            raise _UnsupportedError
        if self.into is self.top:
            self.top_key(key, number, line[found.end() :], found.end() + 1)
        else:
            self.into[key] = self.value(line[found.end() :], number, found.end() + 1)

    def learn(self) -> None:
        """Makes the shape of the last item the frequent one, if it has occurred often."""
        if self.list is None or not 0 < len(self.into) <= _LONGEST_PATTERN:
            return
        shape = _Shape(self.dash, self.indent, tuple(self.into))
        self.seen[shape] = self.seen.get(shape, 0) + 1
        if shape in _patterns or self.seen[shape] >= _OFTEN:
            self.frequent = shape
            self.columns = tuple(shape.indent + len(key) + 3 for key in shape.keys)

    def item(self, number: int, dash: int) -> LineMapping:
        """The mapping that begins at a hyphen."""
        if self.pending is not None:
            self.list, self.dash = Sequence(), dash
            self.list.span = Span(self.path, number, dash + 1)
            self.top[self.pending] = self.list
            self.pending = None
        if self.list is None or dash != self.dash:
            raise _UnsupportedError
        note = LineMapping()
        note.span = Span(self.path, number, self.indent + 1)
        self.list.append(note)
        return note

    def top_key(self, name: str, number: int, value: str, column: int) -> None:
        key = self.located(name, number, 1)
        if not self.top:
            self.top.span = key.span
        if value:
            self.top[key] = self.value(value, number, column)
        else:
            self.pending = key

    def located(self, value: str, line: int, column: int) -> Text:
        text = Text(value)
        text.place = (self.path, line, column, "")
        return text

    def value(self, source: str, line: int, column: int) -> Text | Sequence:
        """A text or list, to the end of its line."""
        if source[-1:] == " ":
            source = source.rstrip(" ")
        character = source[:1]
        if not character:
            raise _UnsupportedError
        if character not in _INDICATORS:
            if ": " in source or " #" in source or source[-1] == ":":
                raise _UnsupportedError
            return self.located(source, line, column)
        if character == "[" and source[-1] == "]":
            found, path = Sequence(), self.path
            found.place = (path, line, column, "")
            for at, item in _items(source):
                text = Text(item)
                text.place = (path, line, column + at, "")
                found.append(text)
            return found
        return self.located(_unquoted(source), line, column)


def _unquoted(source: str) -> str:
    """A quoted text without its quotes; _UnsupportedError if it contains quotes or escapes."""
    character, inside = source[0], source[1:-1]
    whole = (
        len(source) > 1
        and character in "'\""
        and source[-1] == character
        and character not in inside
    )
    if not whole or inside.isspace() or (character == '"' and "\\" in inside):
        raise _UnsupportedError
    return inside


@lru_cache(maxsize=1000)  # most notes of a set have the same tags and sources
def _items(source: str) -> tuple[tuple[int, str], ...]:
    """The texts of a list in brackets, with their offsets."""
    items = []
    begin, end = 1, len(source) - 1
    while begin < end:
        found = _ITEM.match(source, begin, end)
        if found is None:
            raise _UnsupportedError
        which = 1 if found[1] is not None else 2
        items.append((found.start(which) - (which == 2), found[which]))
        begin = found.end()
        if found[3] and begin >= end:
            raise _UnsupportedError
    return tuple(items)
