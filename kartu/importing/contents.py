"""What a file from elsewhere holds, in one form for all kinds of file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from kartu.anki.apkg.archive import Identity
from kartu.anki.apkg.contents import Field, Template
from kartu.core.model import Kind, Options


class CannotImportError(Exception):
    """The file is broken, or made to do harm; the message says what of it."""


class NoteType(NamedTuple):
    """A note type; `id` is 0 for one that no student has yet. `sort` counts from 1.

    `time` is that of its last change in seconds, 0 where it is not known. `own` is the id of the
    project's note type that it stands for, and else empty.
    """

    id: int
    name: str
    kind: Kind
    sort: int
    fields: tuple[Field, ...]
    cards: tuple[Template, ...]
    css: str
    time: int = 0
    own: str = ""


class Note(NamedTuple):
    """A note; its fields are HTML, `cards` the 0-based positions of its cards, None if unknown.

    `deck` is the full name of the deck of its first card; `guid` is empty where it has none, and
    `time`, that of its last change in seconds, 0.
    """

    guid: str
    note_type: int
    deck: str
    fields: tuple[str, ...]
    tags: tuple[str, ...]
    cards: frozenset[int] | None
    time: int = 0


class DeckInfo(NamedTuple):
    """What is to be said of a deck beside its notes."""

    description: str = ""
    options: Options = Options()


class Brought(NamedTuple):
    """All that was found, notes in study order.

    `note_types` are by number, `decks` by full name, `media` gives each file's content by its
    name. `lost` says what of the file is not here; `identity` is what kartu wrote of itself.
    """

    note_types: Mapping[int, NoteType]
    notes: list[Note]
    decks: Mapping[str, DeckInfo]
    media: Mapping[str, Callable[[], bytes]]
    lost: list[str]
    identity: Identity
