"""Edits of a file's text: replacements of ranges that preserve every other byte."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

from kartu.core.language import _
from kartu.core.source import Span, place_in

BYTE_ORDER_MARK = "\ufeff"

T = TypeVar("T", str, bytes, list[str])

_LINE_END = re.compile(r"\r\n|\r|\n")


class Edit(NamedTuple):
    """Replaces the range from `begin` to before `end` by `text`.

    `message` says what was fixed; of several edits for one fix, only one has a message.
    """

    begin: int
    end: int
    text: str
    message: str = ""


class Fix(NamedTuple):
    """A fix, at its place in the original file."""

    span: Span
    message: str


class Draft:
    """The text of a file while it is being fixed, with the file's own line ends."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.original = text.lstrip(BYTE_ORDER_MARK)
        self.content = self.original
        self.fixes: list[Fix] = []
        self._rounds: list[list[Edit]] = []
        if text != self.original:
            place = Span(path)
            self.fixes.append(Fix(place, _("there was a byte order mark before the text")))

    def apply_if(self, edits: Iterable[Edit], is_right: Callable[[str], bool]) -> None:
        """Applies edits to the current content if `is_right` accepts the resulting text."""
        edits = sorted(edits, key=lambda edit: (edit.begin, edit.end))
        text = edited(self.content, edits)
        if is_right(text):
            described = [one for one in edits if one.message]
            self.fixes += [Fix(self._place(one.begin), one.message) for one in described]
            self.content = text
            self._rounds.append(edits)

    def _place(self, offset: int) -> Span:
        """Maps an offset in the current content to its place in the original."""
        for edits in reversed(self._rounds):
            offset = _before(edits, offset)
        text = _LINE_END.sub("\n", self.original[:offset])
        return place_in(self.path, text, len(text))


def edited(content: str, edits: Iterable[Edit]) -> str:
    """`content` with the edits made, which are in order; ValueError where two of them overlap."""
    parts = []
    done = 0
    for edit in edits:
        if edit.begin < done:
            raise ValueError("edits overlap")
        parts += [content[done : edit.begin], edit.text]
        done = edit.end
    return "".join([*parts, content[done:]])


def common_ends(before: T, after: T) -> tuple[int, int]:
    """How many characters or items two have in common at the beginning, of the rest at the end."""
    most = min(len(before), len(after))
    first = _common(before, after, most)
    return first, _common(before[::-1], after[::-1], most - first)


def _common(one: T, other: T, most: int) -> int:
    """How many of the first `most` characters are the same: by halves, which compare fast."""
    low = 0
    while low < most:
        middle = (low + most + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            most = middle - 1
    return low


def line_end(content: str, offset: int) -> str:
    """How the line of `offset` ends; as the first one where it is the last line of the file."""
    found = _LINE_END.search(content, offset) or _LINE_END.search(content)
    return found[0] if found else "\n"


def line_begins(content: str, offset: int) -> int:
    """Where the line of `offset` begins."""
    return max(content.rfind("\n", 0, offset), content.rfind("\r", 0, offset)) + 1


def line_stops(content: str, offset: int) -> int:
    """Where the line of `offset` stops, before its line end."""
    found = _LINE_END.search(content, offset)
    return found.start() if found else len(content)


def whole_lines(content: str, begin: int, end: int) -> tuple[int, int]:
    """Returns the range of the lines from that of `begin` to that of `end`, with one line end."""
    begin, end = line_begins(content, begin), line_stops(content, end)
    if found := _LINE_END.match(content, end):
        return begin, found.end()
    return len(content[:begin].removesuffix("\n").removesuffix("\r")) if begin else 0, end


def _before(edits: list[Edit], offset: int) -> int:
    """The offset before the edits; for an offset in new text, where that begins."""
    moved = 0
    for edit in edits:
        begin = edit.begin + moved
        if begin > offset:
            break
        if offset < begin + len(edit.text):
            return edit.begin
        moved += len(edit.text) - (edit.end - edit.begin)
    return offset - moved
