"""Notes without an id of their own: as they are now, and as they were last built."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from kartu.core.model import Note, NoteType
from kartu.core.source import Span
from kartu.load.card_set import own_fields
from kartu.load.cell import cell_of

MAX_LENGTH = 500  # characters of a text that are saved
_DIGITS = 16

Texts = Mapping[str, str]


class Row(NamedTuple):
    """A note whose source has no id: its texts by field, in the order of its note type."""

    place: Span
    note_type: str
    guid: str
    texts: Texts


class Saved(NamedTuple):
    """A note as it was last built; `path` is the card set that it was in.

    `versions` are its texts, several where branches were merged. A note that is `gone` was deleted,
    and its id is not used again for another one.
    """

    id: str
    note_type: str
    guid: str
    versions: tuple[Texts, ...]
    gone: bool
    path: str


def row_of(note: Note, note_type: NoteType | None) -> Row:
    """Returns a note with its texts as they are saved."""
    keys = [key for key in own_fields(note_type) if key in note.values]
    texts = {key: _cut(cell_of(note.values[key])) for key in keys}
    return Row(note.id.span, note.note_type, str(note.guid or ""), texts)


def _cut(text: str) -> str:
    """The text in NFC; of a long one the beginning and a hash of all of it."""
    text = unicodedata.normalize("NFC", text.strip())
    if len(text) <= MAX_LENGTH:
        return text
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
    return f"{text[: MAX_LENGTH - _DIGITS - 2]}…#{digest}"


def is_cut(text: str) -> bool:
    """Whether only the beginning of a text was saved."""
    return len(text) == MAX_LENGTH and text[-_DIGITS - 2 : -_DIGITS] == "…#"


@lru_cache(maxsize=200_000)
def folded(text: str) -> str:
    """Returns a text without its case, white space and punctuation, as texts are compared.

    Symbols such as + and <, and punctuation before a number, are significant.
    """
    found = []
    waiting = ""
    for character in text.casefold():
        if character.isspace():
            continue
        if unicodedata.category(character)[0] == "P" and character not in "{}":
            waiting += character
            continue
        if waiting and character.isdigit():
            found.append(waiting)
        waiting = ""
        found.append(character)
    return "".join(found) or "".join(text.split())


def first_of(texts: Texts) -> tuple[str, str]:
    """Returns the key and the folded text of the first field; empty for a note without texts."""
    for key, text in texts.items():
        return key, folded(text)
    return "", ""
