"""Gaps of cloze notes: `[gap]` after C:, `==gap==`, and Anki's `{{c1::gap}}`."""

from __future__ import annotations

import re

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _
from kartu.core.markdown import events
from kartu.core.patterns import pattern
from kartu.load.markdown.document import Document, Draft, is_in
from kartu.load.markdown.entries import Entry

_ANKI = pattern(r"\{\{c[0-9]+::")
_BRACKETS = pattern(r"(?<![\\!\]\w])\[(?![\^\[\]])|(?<=\w)\[(?![\^\[\]])|(?<!\\)\]")
_TASK = pattern(r"^[ \t]*(?:[-*+]|[0-9]+[.)])[ \t]+\[[ xX]\](?=[ \t])", re.MULTILINE)
_MARKED = pattern(r"(?<![=\\])==(?![=\s])((?:(?!==)[^\n])+?)(?<![\s\\])==(?!=)")
_NUMBERED = pattern(r"(c[0-9]+)::")

_OPAQUE = frozenset(("Code", "InlineMath", "DisplayMath", "InlineHtml", "Html"))
_OPAQUE_BLOCKS = frozenset(("CodeBlock", "Link", "Image"))

Edit = tuple[int, int, str]


def with_gaps(document: Document, draft: Draft, entry: Entry, diagnostics: Diagnostics) -> Draft:
    """The text with its gaps as Anki writes them, numbered in their order."""
    source = draft.text
    if entry.is_cloze and _ANKI.search(source) is None and "[" not in source and "==" not in source:
        _no_gap(document, draft, entry, diagnostics)
        return draft
    opaque, maths = _ranges(source)
    before = diagnostics.mark()
    found: list[tuple[int, int, int]] = []  # where a gap begins and ends, the width of its marks
    if entry.is_cloze and _ANKI.search(source) is None:
        found += _brackets(document, draft, opaque, diagnostics)
    for one in _MARKED.finditer(source):
        if not is_in(opaque, one.start()) and not is_in(opaque, one.end() - 1):
            found.append((one.start(), one.end(), 2))
    if diagnostics.since(before):
        return draft
    if entry.is_cloze and not found and _ANKI.search(source) is None:
        _no_gap(document, draft, entry, diagnostics)
    return draft.edited(_edits(document, draft, sorted(found), maths, diagnostics))


def _edits(
    document: Document,
    draft: Draft,
    found: list[tuple[int, int, int]],
    maths: list[tuple[int, int]],
    diagnostics: Diagnostics,
) -> list[Edit]:
    edits: list[Edit] = []
    taken = [int(one[0][3:-2]) for one in _ANKI.finditer(draft.text)]
    number = max(taken, default=0)
    position = 0
    for start, end, width in found:
        if start < position:
            continue
        position = end
        inside = draft.text[start + width : end - width]
        own = _NUMBERED.match(inside)
        if own is None:
            number += 1
        edits.append((start, start + width, "{{" if own else f"{{{{c{number}::"))
        rest = start + width + (own.end() if own else 0)
        edits += _closed_braces(draft.text, rest, end - width, maths)
        where = draft.text.find("::", rest, end - width)
        if where >= 0:
            message = _("a gap with ::, after which Anki takes the rest for a hint")
            help = _("write the gap as Anki does: {{c1::text::hint}}")
            diagnostics.add("markdown-card", document.span(draft.at[where]), message, help)
        edits.append((end - width, end, "}}"))
    return edits


def _closed_braces(source: str, start: int, end: int, maths: list[tuple[int, int]]) -> list[Edit]:
    """In formulas }} becomes } }, since the first one would end the gap."""
    edits: list[Edit] = []
    place = source.find("}}", start, end)
    while place >= 0:
        if is_in(maths, place):
            edits.append((place + 1, place + 1, " "))
        place = source.find("}}", place + 1, end)
    if source[end - 1 : end] == "}" and start < end:
        edits.append((end, end, " "))
    return edits


def _brackets(
    document: Document,
    draft: Draft,
    opaque: list[tuple[int, int]],
    diagnostics: Diagnostics,
) -> list[tuple[int, int, int]]:
    """The ranges of [gaps]; one within another is a fault."""
    tasks = {one.end() - 3 for one in _TASK.finditer(draft.text)}
    found: list[tuple[int, int, int]] = []
    opened: int | None = None
    for one in _BRACKETS.finditer(draft.text):
        place = one.start()
        if is_in(opaque, place):
            continue
        if one[0] == "]":
            if opened is not None and draft.text[opened + 1 : place].strip():
                found.append((opened, place + 1, 1))
            opened = None
        elif opened is not None:
            message = _("a gap within a gap")
            help = _("write gaps side by side, or as Anki does: {{c1::gap}}")
            diagnostics.add("markdown-card", document.span(draft.at[place]), message, help)
            return found
        elif place not in tasks:
            opened = place
    return found


def _ranges(source: str) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """The ranges in which no mark counts, and those of formulas."""
    opaque: list[tuple[int, int]] = []
    maths = []
    for one in events(source):
        if one.name in _OPAQUE or (one.kind == "Start" and one.name in _OPAQUE_BLOCKS):
            if not opaque or one.start >= opaque[-1][1]:
                opaque.append((one.start, one.end))
            if one.name in ("InlineMath", "DisplayMath"):
                maths.append((one.start, one.end))
    return opaque, maths


def _no_gap(document: Document, draft: Draft, entry: Entry, diagnostics: Diagnostics) -> None:
    if entry.is_unfinished:
        return
    message = _("this card has no gap")
    help = _("write [ ] around the words that are to be recalled: Water boils at [100] degrees")
    diagnostics.add("markdown-card", entry.place, message, help)
