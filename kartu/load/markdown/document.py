"""A Markdown file as lines and blocks: what is code, formula or comment, and what headings.

Nothing here knows of cards. Offsets count characters of the file from 0, lines from 0.
"""

from __future__ import annotations

import re
import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kartu.core.markdown import events
from kartu.core.patterns import pattern
from kartu.core.source import Passage, Span

Range = tuple[int, int]

# What stands for a comment within a line. Sources cannot hold it.
GONE = "\0"

INLINE = frozenset(("Code", "InlineMath", "DisplayMath"))
_CONTAINERS = frozenset(("List", "Item", "BlockQuote"))
# How CommonMark underlines a heading; shorter lines are signs or bullets.
_UNDERLINE = pattern(r"[ \t]*={3,}[ \t]*")
_RULE = pattern(r"[ \t]*-{3,}[ \t]*")
_ATX = pattern(r"[ \t]*(#{1,6})(?:[ \t]+|$)")
_PRE = pattern(r"[ \t]*<(?:pre|script|style|textarea)\b", re.IGNORECASE)
# A line that begins a card or chapter: no formula goes on over it if one is not closed.
_BEGINS = pattern(r"[ \t]{0,3}(?:#{1,6}[ \t]|[QAC]:)")
# A line that begins a side of a card, and what follows the mark.
_SIDE = pattern(
    r"^([ \t]{0,3}(?:[-*+][ \t]+)?)((?:\*\*)?(?:Q|A|C|Soal|Tanya|Jawab(?:an)?)(?:\*\*)?:(?:\*\*)?"
    r"[ \t]*)(?=([`~]{3})?)(.*)$",
    re.MULTILINE,
)


class Heading(NamedTuple):
    """A heading: its level, its first line and the one after its last, and its text's range."""

    level: int
    line: int
    end: int
    text: Range


class Comment(NamedTuple):
    """`<!-- text -->`, which no card shows; `start` and `end` are the offsets of the whole."""

    text: str
    start: int
    end: int


class Draft:
    """A text with the offset in the file of each of its characters."""

    __slots__ = ("at", "text")

    def __init__(self, text: str = "", at: array[int] | None = None) -> None:
        self.text = text
        self.at = at if at is not None else array("l")

    def __add__(self, other: Draft) -> Draft:
        return Draft(self.text + other.text, self.at + other.at)

    def __getitem__(self, part: slice) -> Draft:
        return Draft(self.text[part], self.at[part])

    def edited(self, edits: Iterable[tuple[int, int, str]]) -> Draft:
        """The text with ranges replaced, in order; the place of what is new is the range's."""
        parts, at, position = [], array("l"), 0
        for start, end, new in edits:
            if start < position:
                continue
            place = self.at[start] if start < len(self.at) else (self.at[-1] if self.at else 0)
            parts += [self.text[position:start], new]
            at += self.at[position:start]
            at.extend([place] * len(new))
            position = end
        parts.append(self.text[position:])
        return Draft("".join(parts), at + self.at[position:])

    def stripped(self) -> Draft:
        """Without empty lines before and white space around; the first line keeps its indent."""
        lead = len(self.text) - len(self.text.lstrip())
        lead = self.text.rfind("\n", 0, lead) + 1
        return self[lead : len(self.text.rstrip())] if self.text.strip() else Draft()


class Document:
    """A Markdown file after its front matter; `text` is its content without comments.

    What was taken out is spaces there, or GONE within a line, so that all offsets stay.
    `is_opaque` says of each line whether it begins in code or a formula.
    """

    def __init__(self, path: str, content: str, body: int) -> None:
        self.path = path
        blank = "".join("\n" if one == "\n" else " " for one in content[:body])
        written = blank + content[body:]
        self.comments = list(_comments(written))
        self.text = _without(written, self.comments) if self.comments else written
        self.lines = self.text.split("\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.first = content.count("\n", 0, body)
        self.is_opaque = [False] * (len(self.lines) + 1)
        self.headings: list[Heading] = []
        self.rules: set[int] = set()
        self._read()

    def span(self, offset: int) -> Span:
        """The place of the character at `offset`."""
        line = self.line_of(offset)
        return Span(self.path, line + 1, offset - self.starts[line] + 1)

    def line_span(self, line: int) -> Span:
        """The place of the first character of a line that is no space."""
        text = self.lines[line]
        return Span(self.path, line + 1, len(text) - len(text.lstrip(" \t\0")) + 1)

    def line_of(self, offset: int) -> int:
        return min(bisect_right(self.starts, offset), len(self.lines)) - 1

    def is_blank(self, line: int) -> bool:
        return not self.lines[line].strip(" \t\0")

    def draft(self, start: int, end: int, indent: int = 0) -> Draft:
        """The text from `start` to `end`, without up to `indent` spaces before its lines."""
        found = Draft()
        line = self.line_of(start)
        while start < end:
            stop = min(self.starts[line + 1], end, len(self.text))
            text = self.text[start:stop]
            cut = len(text) - len(text.lstrip(" \t")) if start == self.starts[line] else 0
            cut = min(cut, indent)
            found.text += text[cut:]
            found.at.extend(range(start + cut, stop))
            line, start = line + 1, self.starts[line + 1]
        if GONE in found.text:
            kept = [number for number, one in enumerate(found.text) if one != GONE]
            found = Draft(
                "".join(found.text[one] for one in kept), array("l", [found.at[n] for n in kept])
            )
        return found

    def passage(self, draft: Draft) -> Passage:
        """The text of `draft`, with the places of its parts."""
        draft = draft.stripped()
        value = Passage(draft.text)
        parts: list[tuple[int, int, int]] = []
        expected = -1
        for number, offset in enumerate(draft.at):
            if offset != expected or (number and draft.text[number - 1] == "\n"):
                place = self.span(offset)
                parts.append((number, place.line, place.column))
            expected = offset + 1
        value.parts = tuple(parts) or ((0, self.first + 1, 1),)
        value.span = Span(self.path, *value.parts[0][1:])
        return value

    def _read(self) -> None:
        depth = 0
        for event in events(_SIDE.sub(_fence_first, self.text)):
            if event.name in _CONTAINERS:
                depth += 1 if event.kind == "Start" else -1
            if event.kind == "Start" and event.name == "CodeBlock":
                first = self.line_of(event.start)
                side = _SIDE.match(self.lines[first])
                first += side is not None and side[3] is not None
                self._mark(first, self.line_of(max(event.end - 1, 0)))
            elif event.kind == "Start" and event.name == "HtmlBlock":
                if _PRE.match(self.text, event.start):
                    self._mark(self.line_of(event.start), self.line_of(max(event.end - 1, 0)))
            elif event.name == "Rule" and not depth:
                self.rules.add(self.line_of(event.start))
            elif event.kind == "Start" and event.name == "Heading" and not depth:
                self._heading(int(event.details["level"][1]), event.start, event.end)
        for first, last in _formulas(self.lines, self.is_opaque):
            self._mark(first + 1, last)
        self.headings = [one for one in self.headings if not self.is_opaque[one.line]]
        self.rules = {line for line in self.rules if not self.is_opaque[line]}

    def _mark(self, first: int, last: int) -> None:
        for line in range(first, last + 1):
            self.is_opaque[line] = True

    def _heading(self, level: int, start: int, end: int) -> None:
        """Adds a heading; what is underlined with --- is a text above a rule."""
        first = self.line_of(start)
        while end > start and self.text[end - 1] in "\n \t\0":
            end -= 1
        last = max(first, self.line_of(end - 1))
        if found := _ATX.match(self.lines[first]):
            line = self.lines[first].rstrip(" \t")
            inside = line.rstrip("#")
            if inside[-1:] not in (" ", "\t") or len(inside) < found.end():
                inside = line if len(inside) >= found.end() else line[: found.end()]
            begin = self.starts[first]
            text = begin + found.end(), begin + max(found.end(), len(inside))
            self.headings.append(Heading(level, first, first + 1, text))
        elif _RULE.fullmatch(self.lines[last]):
            self.rules.add(last)
        elif _UNDERLINE.fullmatch(self.lines[last]):
            self.headings.append(Heading(level, first, last + 1, (start, self.starts[last] - 1)))


def opaque_ranges(source: str) -> list[Range]:
    """The ranges of `source` that are code, formulas, links, pictures or HTML."""
    found: list[Range] = []
    for one in events(source):
        inside = one.name in INLINE or one.name in ("InlineHtml", "Html")
        inside = inside or (one.kind == "Start" and one.name in ("CodeBlock", "Link", "Image"))
        if inside and (not found or one.start >= found[-1][1]):
            found.append((one.start, one.end))
    return found


def is_in(ranges: list[Range], place: int) -> bool:
    """Whether a place is in one of the ranges, which are in order."""
    number = bisect_right(ranges, (place, sys.maxsize)) - 1
    return number >= 0 and place < ranges[number][1]


def _fence_first(found: re.Match[str]) -> str:
    """A line like `A: ```python` with the fence where the parser sees it; others as they are."""
    if found[3] is None:
        return found[0]
    return " " * len(found[1]) + found[4] + " " * len(found[2])


def _as_block(found: re.Match[str]) -> str:
    """The line as a block of its own: no code in a line goes on over it."""
    if found[3] is not None:
        return _fence_first(found)
    return found[1] + "# " + found[0][len(found[1]) + 2 :]


def _comments(content: str) -> Iterator[Comment]:
    """The comments that are in no code and no formula."""
    if "<!--" not in content:
        return
    opaque = [
        (one.start, one.end)
        for one in events(_SIDE.sub(_as_block, content))
        if one.name in INLINE or (one.kind == "Start" and one.name == "CodeBlock")
    ]
    opaque.append((len(content), len(content)))
    number, place = 0, content.find("<!--")
    while place >= 0:
        while opaque[number][1] <= place and number + 1 < len(opaque):
            number += 1
        if opaque[number][0] <= place < opaque[number][1]:
            place = content.find("<!--", opaque[number][1])
            continue
        end = content.find("-->", place + 4)
        if end < 0:
            return
        yield Comment(content[place + 4 : end].strip(), place, end + 3)
        place = content.find("<!--", end + 3)


def _without(content: str, comments: list[Comment]) -> str:
    """`content` with GONE for comments; lines of nothing else are empty."""
    parts, position = [], 0
    for one in comments:
        parts.append(content[position : one.start])
        written = content[one.start : one.end]
        parts.append("\n".join(GONE * len(line) for line in written.split("\n")))
        position = one.end
    lines = "".join((*parts, content[position:])).split("\n")
    return "\n".join(
        line if GONE not in line or line.strip(" \t\0") else " " * len(line) for line in lines
    )


def _formulas(lines: list[str], is_opaque: list[bool]) -> Iterator[tuple[int, int]]:
    """The first and last lines of each formula between $$ on different lines."""
    odd = [
        number
        for number, line in enumerate(lines)
        if "$$" in line and not is_opaque[number] and line.replace("\\$", "").count("$$") % 2
    ]
    begins = [number for number, line in enumerate(lines) if _BEGINS.match(line)]
    place = 0
    while place + 1 < len(odd):
        first, last = odd[place], odd[place + 1]
        # An odd number of marks: one is missing, and no formula may hide the cards after it.
        later = bisect_right(begins, first)
        if len(odd) % 2 and later < len(begins) and begins[later] <= last:
            place += 1
            continue
        yield first, last
        place += 2
