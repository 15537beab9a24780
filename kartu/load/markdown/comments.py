"""Comments of a Markdown card set, with the lines of the notes that they are about."""

from __future__ import annotations

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
    for comment in document.comments:
        line = document.line_of(comment.start)
        first = document.line_of(comment.end - 1) + 1
        while first < len(document.lines) and document.is_blank(first):
            first += 1
        begin = max((one for one in begins if one <= line), default=line)
        if first in begins and (not line or document.is_blank(line - 1)):
            begin = first
        end = min((one for one in begins if one > begin), default=len(document.lines))
        end = end if begins else first + 1
        at = document.span(comment.start + 4 + content[comment.start + 4 :].find(comment.text[:1]))
        yield text(comment.text, at), range(begin + 1, max(begin, end) + 1)
