"""The YAML that most card sets are written in, read line by line; all else is for `yaml.parse`.

That is: keys with a text or a list of texts on the same line, and below one key a list of mappings
of such keys. libyaml needs several times as long for it. What is read here comes out as
`yaml.parse` gives it, positions included; a test holds that.
"""

from __future__ import annotations

import re
from functools import lru_cache

from kartu.source import Mapping, Sequence, Span, Text

_KEY = re.compile(r"( *)(- +)?([A-Za-z_][A-Za-z0-9_-]{0,99}):(?: +|\Z)")
_NOTHING = re.compile(r" *(?:#.*)?")
_ITEM = re.compile(r' *(?:([^\W_][\w.-]*(?: [^\W_][\w.-]*)*)|"([^"\\]*)") *(,|\Z)')

# What a text without quotes does not begin with.
_SIGNS = frozenset("-?:,[]{}#&*!|>'\"%@`")

# Tabs, and signs that libyaml takes for a line's or the file's.
_STRANGE = re.compile("[\t\r\x85\u2028\u2029\ufeff]")


_new = tuple.__new__


class _NotPlainError(Exception):
    """Something that only the whole of YAML can read."""


class Lines(Mapping):
    """A mapping whose keys stand below each other, each on the line of its value."""

    __slots__ = ()

    def key_span(self, name: str) -> Span:
        if name not in self:
            return self.span
        return Span(self.span.path, self[name].span.line, self.span.column)


def read(content: str, path: str) -> Mapping | None:
    """The document of a plain YAML file; None where the file may be anything else."""
    if _STRANGE.search(content):
        return None
    try:
        return _Reader(path).read(content) or None
    except _NotPlainError:
        return None


class _Reader:
    def __init__(self, path: str) -> None:
        self.path = path
        self.top = Mapping()
        self.list: Sequence | None = None  # the one that is being read
        self.dash = 0  # the spaces before its hyphens
        self.awaited: Text | None = None  # the key whose list comes next

    def read(self, content: str) -> Mapping:
        into, indent, top = self.top, 0, self.top
        for number, line in enumerate(content.split("\n"), 1):
            found = _KEY.match(line)
            if found is None:
                if _NOTHING.fullmatch(line) is None:
                    raise _NotPlainError
                continue
            spaces, hyphen, key = found.groups()
            begin = len(spaces)
            if hyphen:
                indent = begin + len(hyphen)
                into = self.item(number, begin, indent)
            elif begin != indent or self.awaited is not None:
                if begin or self.awaited is not None:
                    raise _NotPlainError
                into, indent, self.list = top, 0, None
            if key in into:
                raise _NotPlainError
            if into is top:
                self.top_key(key, number, line[found.end() :], found.end() + 1)
            else:
                into[key] = self.value(line[found.end() :], number, found.end() + 1)
        if self.awaited is not None:
            raise _NotPlainError
        return top

    def item(self, number: int, dash: int, indent: int) -> Lines:
        """The mapping that a hyphen begins."""
        if self.awaited is not None:
            self.list, self.dash = Sequence(), dash
            self.list.span = Span(self.path, number, dash + 1)
            self.top[self.awaited] = self.list
            self.awaited = None
        if self.list is None or dash != self.dash:
            raise _NotPlainError
        note = Lines()
        note.span = Span(self.path, number, indent + 1)
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
        # There are many, and Span() takes twice as long.
        text.span = _new(Span, (self.path, line, column, ""))
        return text

    def value(self, source: str, line: int, column: int) -> Text | Sequence:
        """A text or list, to the end of its line."""
        source = source.rstrip(" ")
        sign = source[:1]
        if not sign:
            raise _NotPlainError
        if sign not in _SIGNS:
            if ": " in source or " #" in source or source[-1] == ":":
                raise _NotPlainError
            return self.located(source, line, column)
        if sign == "[" and source[-1] == "]":
            items = _items(source)
            found = Sequence([self.located(item, line, column + at) for at, item in items])
            found.span = Span(self.path, line, column)
            return found
        return self.located(_unquoted(source), line, column)


def _unquoted(source: str) -> str:
    """What stands in quotes; _NotPlainError where quotes or escapes are in it."""
    sign, inside = source[0], source[1:-1]
    whole = len(source) > 1 and sign in "'\"" and source[-1] == sign and sign not in inside
    if not whole or (sign == '"' and "\\" in inside):
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
