"""Cards as lines: `term :: meaning`, and paragraphs with a line ? between question and answer."""

from __future__ import annotations

from collections.abc import Iterator

from kartu.core.patterns import pattern
from kartu.load.markdown.document import Document, Draft, is_in, opaque_ranges
from kartu.load.markdown.entries import FIRST, SECOND, Chapters, Entry

_COLONS = pattern(r"(?<![:\\]):{2,3}(?!:)")
_MARKED = pattern(r"==[^=]+==")
_BULLET = pattern(r"[ \t]*(?:[-*+]|[0-9]{1,3}[.)])[ \t]+")
_SIGNS = ("?", "??")


def colons_in(line: str) -> tuple[int, int] | None:
    """The range of the `::` or `:::` that divides a line; in code and formulas there is none."""
    if "::" not in line:
        return None
    opaque = opaque_ranges(line.lstrip(" \t")) if set("`$[<") & set(line) else []
    lead = len(line) - len(line.lstrip(" \t"))
    opaque = [(start + lead, end + lead) for start, end in opaque]
    gaps = sorted((*_gaps(line), *(found.span() for found in _MARKED.finditer(line))))
    for found in _COLONS.finditer(line):
        inside = is_in(opaque, found.start()) or is_in(gaps, found.start())
        if not inside:
            sides = line[: found.start()].strip(" \t-*+"), line[found.end() :].strip()
            return found.span() if all(sides) else None
    return None


def _gaps(line: str) -> Iterator[tuple[int, int]]:
    """The ranges between {{ and }}."""
    start = line.find("{{")
    while start >= 0:
        end = line.find("}}", start)
        if end < 0:
            return
        yield start, end + 2
        start = line.find("{{", end + 2)


def dividing_lines(document: Document) -> list[int]:
    """The lines with `::` that may be a term and its meaning."""
    return [
        line
        for line in range(document.first, len(document.lines))
        if not document.is_opaque[line] and colons_in(document.lines[line]) is not None
    ]


def sign_lines(document: Document) -> list[int]:
    """The lines that are a single ? or ??, with a text directly above and below."""
    return [
        line
        for line in range(document.first + 1, len(document.lines) - 1)
        if document.lines[line].strip(" \t") in _SIGNS
        and not document.is_opaque[line]
        and not document.is_blank(line - 1)
        and not document.is_blank(line + 1)
    ]


def read_lines(document: Document, chapters: Chapters) -> list[Entry]:
    """The entries of a file of lines; headings are chapters."""
    entries: list[Entry] = []
    headings = {one.line: one for one in document.headings}
    signs = set(sign_lines(document))
    line = document.first
    while line < len(document.lines):
        if line in headings:
            chapters.enter(headings[line])
            line = headings[line].end
            continue
        end = _paragraph(document, line, headings)
        found = [one for one in range(line, end) if one in signs]
        if found:
            entries.append(_divided(document, chapters, line, found[0], end))
        else:
            for one in range(line, end):
                entries += _term(document, chapters, one)
        line = max(end, line + 1)
    return entries


def _paragraph(document: Document, line: int, headings: object) -> int:
    """The line after the paragraph that begins in a line; code is part of it."""
    while line < len(document.lines) and line not in document.rules:
        if document.is_blank(line) and not document.is_opaque[line]:
            break
        line += 1
        if line in headings:  # type: ignore[operator]
            break
    return line


def _divided(document: Document, chapters: Chapters, first: int, sign: int, end: int) -> Entry:
    entry = Entry(document.line_span(first), first, chapters.current())
    entry.end = end
    entry.is_both = document.lines[sign].strip() == "??"
    starts = document.starts
    entry.parts[FIRST] = document.draft(starts[first], starts[sign])
    entry.parts[SECOND] = document.draft(starts[sign + 1], min(starts[end], len(document.text)))
    entry.places[SECOND] = document.line_span(sign)
    entry.take_id(document, SECOND)
    return entry


def _term(document: Document, chapters: Chapters, line: int) -> list[Entry]:
    if document.is_opaque[line]:
        return []
    text = document.lines[line]
    found = colons_in(text)
    if found is None:
        return []
    start = document.starts[line]
    bullet = _BULLET.match(text)
    lead = bullet.end() if bullet else len(text) - len(text.lstrip(" \t"))
    entry = Entry(document.line_span(line), line, chapters.current())
    entry.is_both = found[1] - found[0] == len(":::")
    entry.parts[FIRST] = document.draft(start + lead, start + found[0])
    right = len(text) - len(text[found[1] :].lstrip(" \t"))
    below: Draft = document.draft(start + right, start + len(text))
    entry.parts[SECOND] = below
    entry.places[SECOND] = document.span(start + found[0])
    entry.take_id(document, SECOND)
    return [entry]
