"""What a gate sees of a student's collection."""

from __future__ import annotations

from typing import NamedTuple


class Imported(NamedTuple):
    """Anki's import log: counts, and the ids and fields of conflicting notes."""

    new: int
    updated: int
    conflicting: tuple[tuple[int, tuple[str, ...]], ...]


class Card(NamedTuple):
    """A card with all that scheduling keeps in it."""

    id: int
    deck: str
    type: int
    queue: int
    due: int
    ivl: int
    factor: int
    reps: int
    lapses: int
    left: int
    odue: int
    odid: int
    flags: int
    data: str


class Rendered(NamedTuple):
    """The sides of a card as HTML; `error` is Anki's message where it cannot show them."""

    front: str
    back: str
    error: str


class Media(NamedTuple):
    """Anki's media check, and the SHA-1 of each file in the media folder."""

    missing: tuple[str, ...]
    unused: tuple[str, ...]
    files: dict[str, str]
