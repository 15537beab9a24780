"""Notes as they were read, for lists."""

from __future__ import annotations

from kartu.core.model import Note
from kartu.core.source import texts_in

_LONGEST = 200  # characters of a title


def title_of(note: Note) -> str:
    """Returns a note's first text, its id where it has none."""
    texts = (text for value in note.values.values() for text in texts_in(value) if text.strip())
    return " ".join(next(texts, note.id)[:_LONGEST].split())
