"""Cards as headings: a heading is the question, and what is below it the answer."""

from __future__ import annotations

from bisect import bisect_left

from kartu.core.diagnostics import Diagnostics, Related
from kartu.core.language import _
from kartu.core.patterns import pattern
from kartu.core.source import text
from kartu.load.markdown.document import Document, Draft, Heading
from kartu.load.markdown.entries import FIRST, SECOND, Chapters, Entry

_RULE = pattern(r"[ \t]*-{3,}[ \t]*")
_GAP = pattern(r"\{\{c[0-9]+::")
# A last paragraph of links like [#tree](tree.md), which are tags in mdanki.
_TAG = r"\[#([^\[\]\s]+)\]\([^()\s]*\)"
_TAGS = pattern(rf"(?:^|\n)[ \t]*{_TAG}(?:[ \t\n]+{_TAG})*[ \t]*\Z")
_ONE_TAG = pattern(_TAG)
_LONGEST_TAGS = 1_000
_SPLIT = ("md2apkg split",)


def note_level(document: Document, chapters: Chapters, level: int | None) -> int | None:
    """The level of the headings that are notes; None where no heading has a text below it."""
    if level is not None:
        return level
    counted: dict[int, list[bool]] = {}
    for number, heading in enumerate(document.headings):
        if heading != chapters.title:
            below = has_text(document, number)
            counted.setdefault(heading.level, []).append(below or _has_gap(document, heading))
    for one, texts in sorted(counted.items()):
        if sum(texts) * 2 > len(texts):
            return one
    return None


def has_text(document: Document, number: int) -> bool:
    """Whether there is a text between a heading and the next one."""
    heading = document.headings[number]
    rest = document.headings[number + 1 : number + 2]
    end = rest[0].line if rest else len(document.lines)
    return any(
        not document.is_blank(line) and line not in document.rules
        for line in range(heading.end, end)
    )


def read_headings(
    document: Document, chapters: Chapters, level: int, cloze: bool, diagnostics: Diagnostics
) -> list[Entry]:
    """The entries of the headings of one level; `cloze` says that their note type has gaps."""
    entries = []
    dividers = _Dividers(document)
    ends = _ends(document, level)
    for heading, end in zip(document.headings, ends, strict=True):
        if heading.level < level:
            chapters.enter(heading)
        elif heading.level == level and heading != chapters.title:
            entry = Entry(document.line_span(heading.line), heading.line, chapters.current())
            entry.end = end
            _read(dividers, heading, entry, cloze, diagnostics)
            entries.append(entry)
    return entries


def _ends(document: Document, level: int) -> list[int]:
    """For each heading the line where the next one begins that is not part of its answer."""
    ends, end = [], len(document.lines)
    for heading in reversed(document.headings):
        ends.append(end)
        if heading.level <= level:
            end = heading.line
    return ends[::-1]


def _read(
    dividers: _Dividers, heading: Heading, entry: Entry, cloze: bool, diagnostics: Diagnostics
) -> None:
    document = dividers.document
    entry.parts[FIRST] = document.draft(*heading.text)
    entry.take_id(document, FIRST)
    divider, last = dividers.find(heading.end, entry.end, diagnostics)
    first = entry.parts[FIRST].stripped()
    start, end = document.starts[heading.end], min(document.starts[last], len(document.text))
    if divider is None:
        below = document.draft(start, end) if start < end else Draft()
        below = _without_tags(document, entry, below)
        gaps = _GAP.search(below.text) is not None
        if (cloze or gaps) and not _GAP.search(first.text) and below.text.strip():
            entry.parts[FIRST] = _joined(first, below)
            entry.take_id(document, FIRST)
            return
    else:
        entry.parts[FIRST] = _joined(first, document.draft(start, document.starts[divider]))
        after = document.starts[divider + 1]
        below = document.draft(after, end) if after < end else Draft()
        below = _without_tags(document, entry, below)
        entry.places[SECOND] = document.line_span(divider)
    if below.text.strip():
        entry.parts[SECOND] = below
        entry.take_id(document, SECOND)


def _joined(first: Draft, second: Draft) -> Draft:
    """A heading with the text below it, as two paragraphs."""
    second = second.stripped()
    if not second.text or not first.text:
        return first if first.text else second
    return (first + Draft("\n\n", first.at[-1:] * 2)) + second


class _Dividers:
    """The lines that can divide question and answer."""

    def __init__(self, document: Document) -> None:
        self.document = document
        lines = enumerate(document.lines)
        self.signs = [
            line for line, text in lines if text.strip() == "%" and not document.is_opaque[line]
        ]
        comments = document.comments
        self.splits = [document.line_of(one.start) for one in comments if one.text in _SPLIT]
        self.rules = sorted(one for one in document.rules if _RULE.fullmatch(document.lines[one]))

    def find(self, first: int, end: int, diagnostics: Diagnostics) -> tuple[int | None, int]:
        """The line that divides a card's lines, and its end without a last rule and empty lines."""
        document = self.document
        while end > first and (document.is_blank(end - 1) or end - 1 in document.rules):
            end -= 1
        signs = _between(self.signs, first, end)
        if len(signs) > 1:
            message = _("this card has the line % twice")
            help = _(
                "one divides question and answer; write \\% where the sign is part of the text"
            )
            related = (Related(document.line_span(signs[0]), _("the first one is here")),)
            diagnostics.add("markdown-card", document.line_span(signs[1]), message, help, related)
        for found in (signs, _between(self.splits, first, end), _between(self.rules, first, end)):
            if found:
                return found[0], end
        return None, end


def _between(lines: list[int], first: int, end: int) -> list[int]:
    return lines[bisect_left(lines, first) : bisect_left(lines, end)]


def _without_tags(document: Document, entry: Entry, below: Draft) -> Draft:
    """The answer without a last paragraph of links that are tags."""
    rest = below.text.rstrip()
    found = _TAGS.search(rest, max(0, rest.rfind("\n\n"), len(rest) - _LONGEST_TAGS))
    if found is None:
        return below
    tags = _ONE_TAG.finditer(below.text, found.start())
    entry.tags = tuple(text(one[1], document.span(below.at[one.start(1)])) for one in tags)
    return below[: found.start()]


def _has_gap(document: Document, heading: Heading) -> bool:
    return _GAP.search(document.text, *heading.text) is not None
