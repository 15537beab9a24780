"""Notes as they were read, for lists."""

from __future__ import annotations

from kartu.anki.cloze import OCCLUSION
from kartu.core.model import Note
from kartu.core.source import Mapping, texts_in

_LONGEST = 200  # characters of a title


def title_of(note: Note) -> str:
    """Returns a note's first text, its id where it has none.

    Covers of a picture are no text, and what a picture is comes after what is asked about it.
    """
    for pictures in (False, True):
        for value in note.values.values():
            if isinstance(value, Mapping) is pictures:
                for text in texts_in(value):
                    if text.strip() and OCCLUSION not in text:
                        return " ".join(text[:_LONGEST].split())
    return str(note.id)
