"""Comments of a Markdown card set, with the lines of the notes that they are about."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from kartu.core.source import Text, text
from kartu.load.markdown.document import Document
from kartu.load.markdown.front import front_block
from kartu.load.markdown.questions import card_lines


def comments_in_markdown(path: str, content: str) -> Iterator[tuple[Text, range]]:
    """Each comment, with the lines (from 1) of its note; above a note, with those of that one.

    A note begins with its mark or heading. Without these a comment is about the line below it.
    """
    block = front_block(content)
    document = Document(path, content, block.body if block else 0)
    begins = card_lines(document) or [one.line for one in document.headings]
    known = set(begins)
    for comment in document.comments:
        line = document.line_of(comment.start)
        first = document.line_of(comment.end - 1) + 1
        while first < len(document.lines) and document.is_blank(first):
            first += 1
        number = bisect_right(begins, line)
        begin = begins[number - 1] if number else line
        if first in known and (not line or document.is_blank(line - 1)):
            begin = first
        number = bisect_right(begins, begin)
        end = begins[number] if number < len(begins) else len(document.lines)
        end = end if begins else first + 1
        between = content[comment.start + 4 : comment.end - 3]
        at = document.span(comment.start + 4 + len(between) - len(between.lstrip()))
        yield text(comment.text, at), range(begin + 1, max(begin, end) + 1)
