"""Cards as questions: lines that begin with Q:, A:, C: and names of fields."""

from __future__ import annotations

from array import array
from collections.abc import Mapping

from kartu.core.diagnostics import Diagnostics, Related
from kartu.core.language import _
from kartu.core.source import Span
from kartu.load.markdown.document import Document, Draft, Heading
from kartu.load.markdown.entries import FIRST, SECOND, Chapters, Entry
from kartu.load.markdown.marks import ANSWER, CLOZE, QUESTION, Mark, mark_in


def read_questions(
    document: Document,
    chapters: Chapters,
    words: Mapping[str, str],
    diagnostics: Diagnostics,
) -> list[Entry]:
    """The entries of a file of questions; `words` are the fields' keys by their folded names."""
    return _Reader(document, chapters, words, diagnostics).read()


def card_lines(document: Document) -> list[int]:
    """The lines that begin a card."""
    found = []
    for line in range(document.first, len(document.lines)):
        mark = mark_of_line(document, line)
        if mark is not None and mark.role in (QUESTION, CLOZE):
            found.append(line)
    return found


def mark_of_line(document: Document, line: int) -> Mark | None:
    """The mark that begins a line, if it is neither code nor formula."""
    if ":" not in document.lines[line] and "：" not in document.lines[line]:
        return None
    return None if document.is_opaque[line] else mark_in(document.lines[line])


class _Reader:
    def __init__(
        self,
        document: Document,
        chapters: Chapters,
        words: Mapping[str, str],
        diagnostics: Diagnostics,
    ) -> None:
        self.document = document
        self.chapters = chapters
        self.words = words
        self.diagnostics = diagnostics
        self.entries: list[Entry] = []
        self.entry: Entry | None = None
        self.part = FIRST
        self.begin = 0  # the offset where the current part begins
        self.lead = Draft()  # the ** that opens it
        self.indent = 0
        self.cards = set(card_lines(document))
        self.first_card = min(self.cards, default=len(document.lines))
        self.headings = {one.line: one for one in document.headings}
        self.before_card = _before_cards(document, self.cards, self.headings)
        self.deepest = max(
            (one.level for one in document.headings if self._is_chapter(one)), default=0
        )

    def read(self) -> list[Entry]:
        document, line = self.document, self.document.first
        while line < len(document.lines):
            if line in self.headings:
                line = self._heading(self.headings[line])
                continue
            if line in document.rules:
                self._close(line)
            else:
                mark = mark_of_line(document, line)
                if mark is not None:
                    self._mark(mark, line)
            line += 1
        self._close(len(document.lines))
        return self.entries

    def _is_chapter(self, heading: Heading) -> bool:
        """Whether a card follows a heading, or it is above all cards."""
        return heading.line < self.first_card or self.before_card[heading.end]

    def _heading(self, heading: Heading) -> int:
        """A heading ends a card, unless it is part of an answer; the line after it."""
        in_answer = self.entry is not None and self.part != FIRST
        if not in_answer or heading.level <= self.deepest or self._is_chapter(heading):
            self._close(heading.line)
            self.chapters.enter(heading)
        return heading.end

    def _mark(self, mark: Mark, line: int) -> None:
        place = Span(self.document.path, line + 1, mark.column + 1)
        if line in self.cards:
            self._close(line)
            self.entry = Entry(place, line, self.chapters.current(), mark.role)
            self._begin(FIRST, mark, line, place)
        elif self.entry is not None:
            key = self.words.get(mark.word.casefold(), "")
            if mark.role == ANSWER and (not key or len(mark.word) == 1):
                key = SECOND
            if key:
                self._next(key, mark, line, place)

    def _next(self, key: str, mark: Mark, line: int, place: Span) -> None:
        entry = self.entry
        assert entry is not None
        if key in entry.places:
            message = _('this card has "{word}:" twice', word=mark.word)
            help = _(
                "begin another card with Q:, or write \\{word}: where it is part of the text",
                word=mark.word,
            )
            related = (Related(entry.places[key], _("the first one is here")),)
            self.diagnostics.add("markdown-card", place, message, help, related)
            return
        self._end_part(line)
        self._begin(key, mark, line, place)

    def _begin(self, key: str, mark: Mark, line: int, place: Span) -> None:
        assert self.entry is not None
        self.part, self.indent = key, mark.indent
        self.entry.places[key] = place
        start = self.document.starts[line]
        text = self.document.lines[line]
        rest = len(text) - len(text[mark.start :].lstrip(" \t\0"))
        self.begin = start + max(rest, mark.start)
        bold = start + text.find(mark.bold) if mark.bold else 0
        self.lead = Draft(mark.bold, array("l", range(bold, bold + len(mark.bold))))

    def _end_part(self, line: int) -> None:
        assert self.entry is not None
        end = min(self.document.starts[line], len(self.document.text))
        draft = self.document.draft(self.begin, end, self.indent)
        self.entry.parts[self.part] = self.lead + draft if self.lead.text else draft

    def _close(self, line: int) -> None:
        """Ends the current card before a line."""
        if self.entry is None:
            return
        self._end_part(line)
        self.entry.end = line
        for part in dict.fromkeys((self.part, FIRST)):
            self.entry.take_id(self.document, part)
        self.entries.append(self.entry)
        self.entry = None


def _before_cards(
    document: Document, cards: set[int], headings: Mapping[int, Heading]
) -> list[bool]:
    """For each line whether the next text from there on begins a card; true at the end."""
    found = [True] * (len(document.lines) + 1)
    of_heading = {line for one in headings.values() for line in range(one.line, one.end)}
    for line in range(len(document.lines) - 1, -1, -1):
        between = document.is_blank(line) or line in document.rules or line in of_heading
        found[line] = found[line + 1] if between else line in cards
    return found
