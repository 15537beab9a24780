"""The YAML that most card sets are written in, read note by note; all else is for `yaml.parse`.

That is: keys with a text or a list of texts on the same line, and below one key a list of mappings
of such keys. libyaml needs several times as long for it. What is read here comes out as
`yaml.parse` gives it, positions included; a test holds that.

Most notes of a set have the same keys in the same order. So the lines of the first ones are read
one by one, and of their keys a pattern is made that reads each further note at once.
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
_ITEM = pattern(r' *(?:([^\W_][\w.-]*(?: [^\W_][\w.-]*)*)|"([^"\\]*)") *(,|\Z)')

# What a text without quotes does not begin with.
_SIGNS = frozenset("-?:,[]{}#&*!|>'\"%@`")

# Tabs, and signs that libyaml takes for a line's or the file's.
_STRANGE = "\t\r\x85\u2028\u2029\ufeff"

# Making a pattern takes as long as reading so many notes without. Those made are kept for further
# files, the shapes of whose notes are the same.
_OFTEN = 30
_LONGEST_PATTERN = 30
_MOST_PATTERNS = 100


class _NotPlainError(Exception):
    """Something that only the whole of YAML can read."""


class Lines(Mapping):
    """A mapping whose keys stand below each other, each on the line of its value."""

    __slots__ = ()

    def key_span(self, name: str) -> Span:
        if name not in self:
            return self.span
        return Span(self.span.path, self[name].span.line, self.span.column)


# Given the document as far as it is read and the keys of an item that comes often: what stands for
# such an item, made of its values, instead of a mapping; None (both) for the mapping.
Takes = Callable[[Mapping, tuple[str, ...]], Callable[[list[Node]], Any] | None]


def _takes_none(document: Mapping, keys: tuple[str, ...]) -> None:
    return None


def read(content: str, path: str, takes: Takes = _takes_none) -> Mapping | None:
    """The document of a plain YAML file; None where the file may be anything else."""
    if any(sign in content for sign in _STRANGE):
        return None
    try:
        return _Reader(path, content, takes).read() or None
    except _NotPlainError:
        return None


class _Shape(NamedTuple):
    """How the lines of an item begin: the spaces before its hyphen and keys, and the keys."""

    dash: int
    indent: int
    keys: tuple[str, ...]


_patterns: dict[_Shape, re.Pattern[str]] = {}


def _pattern(shape: _Shape) -> re.Pattern[str]:
    """Matches all lines of an item of this shape; its groups are the values and blank lines.

    Behind it stands another item, or what is none of its lines.
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
    def __init__(self, path: str, content: str, takes: Takes) -> None:
        self.path = path
        self.content = content
        self.comments = " #" in content  # whether there may be any behind a value
        self.takes = takes
        self.top = Mapping()
        self.into = self.top
        self.indent = 0  # the spaces before the keys of what is being read
        self.list: Sequence | None = None  # the one that is being read
        self.dash = 0  # the spaces before its hyphens
        self.awaited: Text | None = None  # the key whose list comes next
        self.seen: dict[_Shape, int] = {}
        self.usual: _Shape | None = None  # that of many items
        self.columns: tuple[int, ...] = ()  # where the values of the usual ones begin

    def read(self) -> Mapping:
        content, start, number = self.content, 0, 1
        while start <= len(content):
            if self.usual is not None:
                start, number = self.usual_items(self.usual, start, number)
            end = content.find("\n", start)
            end = len(content) if end < 0 else end
            self.line(content[start:end], number)
            start, number = end + 1, number + 1
        if self.awaited is not None:
            raise _NotPlainError
        return self.top

    def usual_items(self, shape: _Shape, start: int, number: int) -> tuple[int, int]:
        """Reads items as long as they have the usual shape; gives where and on which line it is."""
        assert self.list is not None
        match, path, add = _pattern(shape).match, self.path, self.list.append
        make = self.takes(self.top, shape.keys)
        while (found := match(self.content, start)) is not None:
            *sources, blank = found.groups()
            values: list[Node] = []
            line = number
            for column, source in zip(self.columns, sources, strict=True):
                if source[0] in _SIGNS or ": " in source or self.comments or source[-1] in ": ":
                    values.append(self.value(source, line, column))
                else:
                    text = Text(source)
                    text.place = (path, line, column, "")
                    values.append(text)
                line += 1
            item = make(values) if make is not None else None
            if item is None:
                item = Lines(zip(shape.keys, values, strict=True))
                item.span = Span(path, number, shape.indent + 1)
            add(item)
            self.into, self.indent = Lines(), shape.indent  # nothing more comes into the item
            start, number = found.end(), line + len(blank)
        return start, number

    def line(self, line: str, number: int) -> None:
        found = _KEY.match(line)
        if found is None:
            if _NOTHING.fullmatch(line) is None:
                raise _NotPlainError
            return
        spaces, hyphen, key = found.groups()
        begin = len(spaces)
        if hyphen:
            self.learn()
            self.indent = begin + len(hyphen)
            self.into = self.item(number, begin)
        elif begin != self.indent or self.awaited is not None:
            if begin or self.awaited is not None:
                raise _NotPlainError
            self.into, self.indent, self.list, self.usual = self.top, 0, None, None
        if key in self.into:
            raise _NotPlainError
        if self.into is self.top:
            self.top_key(key, number, line[found.end() :], found.end() + 1)
        else:
            self.into[key] = self.value(line[found.end() :], number, found.end() + 1)

    def learn(self) -> None:
        """Takes the shape of the item just read for the usual one, if it came often."""
        if self.list is None or not 0 < len(self.into) <= _LONGEST_PATTERN:
            return
        shape = _Shape(self.dash, self.indent, tuple(self.into))
        self.seen[shape] = self.seen.get(shape, 0) + 1
        if shape in _patterns or self.seen[shape] >= _OFTEN:
            self.usual = shape
            self.columns = tuple(shape.indent + len(key) + 3 for key in shape.keys)

    def item(self, number: int, dash: int) -> Lines:
        """The mapping that a hyphen begins."""
        if self.awaited is not None:
            self.list, self.dash = Sequence(), dash
            self.list.span = Span(self.path, number, dash + 1)
            self.top[self.awaited] = self.list
            self.awaited = None
        if self.list is None or dash != self.dash:
            raise _NotPlainError
        note = Lines()
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
            self.awaited = key

    def located(self, value: str, line: int, column: int) -> Text:
        text = Text(value)
        text.place = (self.path, line, column, "")
        return text

    def value(self, source: str, line: int, column: int) -> Text | Sequence:
        """A text or list, to the end of its line."""
        if source[-1:] == " ":
            source = source.rstrip(" ")
        sign = source[:1]
        if not sign:
            raise _NotPlainError
        if sign not in _SIGNS:
            if ": " in source or " #" in source or source[-1] == ":":
                raise _NotPlainError
            return self.located(source, line, column)
        if sign == "[" and source[-1] == "]":
            found, path = Sequence(), self.path
            found.place = (path, line, column, "")
            for at, item in _items(source):
                text = Text(item)
                text.place = (path, line, column + at, "")
                found.append(text)
            return found
        return self.located(_unquoted(source), line, column)


def _unquoted(source: str) -> str:
    """What stands in quotes; _NotPlainError where quotes or escapes are in it."""
    sign, inside = source[0], source[1:-1]
    whole = len(source) > 1 and sign in "'\"" and source[-1] == sign and sign not in inside
    if not whole or inside.isspace() or (sign == '"' and "\\" in inside):
        raise _NotPlainError
    return inside


@lru_cache(maxsize=1000)  # most notes of a set have the same tags and sources
def _items(source: str) -> tuple[tuple[int, str], ...]:
    """The texts of a list in brackets, with their places in it."""
    items = []
    begin, end = 1, len(source) - 1
    while begin < end:
        found = _ITEM.match(source, begin, end)
        if found is None:
            raise _NotPlainError
        which = 1 if found[1] is not None else 2
        items.append((found.start(which) - (which == 2), found[which]))
        begin = found.end()
        if found[3] and begin >= end:
            raise _NotPlainError
    return tuple(items)
