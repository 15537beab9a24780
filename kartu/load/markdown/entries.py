"""What the three shapes find in a file: entries, of which notes are made, and chapters."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from kartu.core.patterns import pattern
from kartu.core.source import Passage, Span, Text, text
from kartu.load.markdown.document import Comment, Document, Draft, Heading
from kartu.load.markdown.front import Front
from kartu.load.markdown.marks import (
    CLOZE,
    QUESTION,
    as_id,
    comment_key,
    id_at_end,
    without_deck_id,
)
from kartu.load.markdown.plain import plain_text
from kartu.load.names import YES, tag_part

# Places of an entry's parts: the first two fields of its note type, whatever their keys.
FIRST, SECOND = "1", "2"

# Comments that stand above the note which they are about.
ABOVE = ("note_id", "card_id", "note_key")

_GAP = pattern(r"\{\{c[0-9]+::")


class Chapter(NamedTuple):
    """The subdeck of entries, and the tags that headings give them."""

    subdeck: Text
    tags: tuple[Text, ...]


class Entry:
    """A note as its shape finds it: lines from `first` to before `end`.

    `parts` are FIRST, SECOND and keys of fields; `keys` what comments say, such as an id.
    """

    def __init__(self, place: Span, first: int, chapter: Chapter, kind: str = QUESTION) -> None:
        self.place = place
        self.first = first
        self.end = first + 1
        self.chapter = chapter
        self.kind = kind
        self.parts: dict[str, Draft] = {}
        self.places: dict[str, Span] = {}
        self.keys: dict[str, Text] = {}
        self.tags: tuple[Text, ...] = ()
        self.is_both = False

    @property
    def is_cloze(self) -> bool:
        return self.kind == CLOZE

    @property
    def is_unfinished(self) -> bool:
        return str(self.keys.get("unfinished", "")).strip().casefold() in YES

    @property
    def has_anki_gap(self) -> bool:
        """Whether its first part has a gap as Anki writes it."""
        first = self.parts.get(FIRST)
        return first is not None and _GAP.search(first.text) is not None

    def take_id(self, document: Document, key: str) -> None:
        """Takes the id of another program from the end of a part."""
        draft = self.parts.get(key)
        if draft is None:
            return
        found = id_at_end(draft.text.rstrip())
        if found is not None:
            span = document.span(draft.at[found.name])
            self.keys.setdefault("id", text(found.id, span))
            self.parts[key] = draft[: found.start]


class Chapters:
    """The headings above the notes: subdecks, or tags; a single first heading is the title."""

    def __init__(self, document: Document, front: Front) -> None:
        self.document = document
        self.front = front
        self.open: list[tuple[int, Text]] = []
        top = document.headings[:1]
        others = document.headings[1:]
        alone = bool(top and others) and all(one.level > top[0].level for one in others)
        self.title = top[0] if alone else None

    def enter(self, heading: Heading) -> None:
        """What follows is in the chapter of this heading."""
        if heading == self.title:
            return
        while self.open and self.open[-1][0] >= heading.level:
            self.open.pop()
        self.open.append((heading.level, self.name_of(heading)))

    def name_of(self, heading: Heading) -> Text:
        """The text of a heading without marks."""
        draft = self.document.draft(*heading.text)
        name = " ".join(plain_text(draft).text.split())
        passage = self.document.passage(draft)
        return text(name, passage.span)

    def current(self) -> Chapter:
        base = self.front.subdeck or text("", Span(self.document.path))
        if not self.open:
            return Chapter(base, ())
        names = [name.replace("::", ":") for _level, name in self.open]
        place = self.open[-1][1].span
        if self.front.chapters == "tags":
            return Chapter(base, (text("::".join(map(tag_part, names)), place),))
        names = [base, *names] if base else names
        return Chapter(text("::".join(names), place), ())

    def title_text(self) -> Text | None:
        """The text of the title, if there is one."""
        if self.title is None:
            return None
        name = self.name_of(self.title)
        return text(without_deck_id(name), name.span)


def add_comment_keys(document: Document, entries: list[Entry]) -> None:
    """Gives each entry what comments in it, or next to it, say, such as `<!--ID: 17-->`."""
    for comment in document.comments:
        key, value = comment_key(comment.text)
        if not key or not value or not entries:
            continue
        line = document.line_of(comment.start)
        entry = _entry_of(entries, line, above=comment.text.startswith(ABOVE))
        if entry is not None:
            place = document.span(_value_start(document, comment, value))
            entry.keys.setdefault(key, text(as_id(value) if key == "id" else value, place))


def _value_start(document: Document, comment: Comment, value: str) -> int:
    return comment.start + 4 + max(0, comment.end - comment.start - 7 - len(value) - 1)


def _entry_of(entries: list[Entry], line: int, *, above: bool) -> Entry | None:
    """The entry that a comment in this line is about."""
    number = bisect_right(entries, line, key=lambda entry: entry.first)
    before = entries[number - 1] if number else None
    if above and (before is None or before.end <= line):
        return entries[number] if number < len(entries) else None
    return before


def _chapter_lines(
    document: Document, entries: list[Entry], title: Heading | None
) -> Iterator[int]:
    """The lines of the title, and of headings that have notes below them."""
    firsts = [entry.first for entry in entries]
    ends: list[tuple[int, int]] = [(0, len(document.lines))]  # levels that are open, from below
    for heading in reversed(document.headings):
        while len(ends) > 1 and ends[-1][0] > heading.level:
            ends.pop()
        number = bisect_right(firsts, heading.line)
        below = number < len(firsts) and firsts[number] < ends[-1][1]
        if below or heading == title:
            yield from range(heading.line, heading.end)
        ends.append((heading.level, heading.line))


def outside(document: Document, entries: list[Entry], title: Heading | None) -> Iterator[Passage]:
    """The texts that are in no note and no chapter's heading, a block each."""
    inside = {line for entry in entries for line in range(entry.first, entry.end)}
    inside.update(_chapter_lines(document, entries, title))
    begin = None
    for line in range(document.first, len(document.lines) + 1):
        last = line == len(document.lines)
        blank = last or (document.is_blank(line) and not document.is_opaque[line])
        if blank or line in inside or line in document.rules:
            if begin is not None:
                yield document.passage(
                    document.draft(document.starts[begin], document.starts[line])
                )
            begin = None
        elif begin is None:
            begin = line
