"""Markdown files in a deck's folder: which are card sets, and what lies next to them."""

from __future__ import annotations

import re

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _
from kartu.core.model import Note
from kartu.core.patterns import pattern
from kartu.core.source import Span, texts_in
from kartu.load.files import Files
from kartu.load.markdown.front import names_note_type
from kartu.load.names import MARKDOWN

# Files that lie in folders of many projects and are no card sets.
_LEFT_OUT = pattern(r"(?:readme|changelog)(?:[._-].*)?\.md", re.IGNORECASE)


def is_left_out(name: str) -> bool:
    """Whether a file of this name is no card set: README.md, changelog.md and the like."""
    return _LEFT_OUT.fullmatch(name) is not None


def is_card_set(files: Files, path: str, diagnostics: Diagnostics) -> bool:
    """Whether the front matter of a Markdown file says that it is a card set.

    Others are reported, but for README.md and changelogs.
    """
    data = files.read_bytes(path, Diagnostics())
    if data is not None and b"note" in data:
        content = files.read_text(path, Diagnostics())
        if content is None or names_note_type(content):
            return True
    if not is_left_out(path.rpartition("/")[2]):
        help = _(
            "for cards, begin it with a line ---, a line note_type: ... and a line ---; or let its"
            " name begin with _"
        )
        message = _("kartu does not read this file: it does not say that it is a card set")
        diagnostics.add("unexpected-file", Span(path), message, help)
    return False


def not_shown(pictures: list[str], notes: list[Note]) -> list[str]:
    """The pictures and sounds in a deck's folder that no Markdown file next to them names."""
    texts = [
        str(text)
        for note in notes
        if note.id.span.path.endswith(MARKDOWN)
        for value in note.values.values()
        for text in texts_in(value)
    ]
    return [one for one in pictures if not any(one.rpartition("/")[2] in text for text in texts)]
