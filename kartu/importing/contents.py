"""The content of an imported file, in one form for all formats."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from kartu.anki.apkg.archive import Identity
from kartu.anki.apkg.contents import Field, Template
from kartu.core.language import _
from kartu.core.model import Kind, Options


class CannotImportError(Exception):
    """The file is damaged or malicious; the message says in what way."""


class UnknownHeadingError(CannotImportError):
    """Nothing says whether the first row of a list names its columns or is a card."""

    def __init__(self, row: Sequence[str]) -> None:
        self.row = " | ".join(cell.strip() for cell in row if cell.strip())[:200]
        super().__init__(
            _(
                'is its first row, "{row}", a heading row or a card? Say so with --heading '
                "or --no-heading",
                row=self.row,
            )
        )


class NoteType(NamedTuple):
    """A note type; `id` is 0 for one that no student has yet. `sort` counts from 1.

    `time` is that of its last change in seconds since 1970, 0 if unknown. `own` is the id of the
    project's note type that it represents, empty if there is none.
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
    """A note. Its fields are HTML; `cards` are the 0-based positions of its cards, None if unknown.

    `deck` is the full name of the deck of its first card. `guid` is empty and `time`, that of its
    last change in seconds since 1970, is 0 if unknown.
    """

    guid: str
    note_type: int
    deck: str
    fields: tuple[str, ...]
    tags: tuple[str, ...]
    cards: frozenset[int] | None
    time: int = 0


class DeckInfo(NamedTuple):
    """A deck's properties other than its notes."""

    description: str = ""
    options: Options = Options()


class ImportedContents(NamedTuple):
    """The content of an imported file, notes in study order.

    `note_types` are by number, `decks` by full name, `media` reads each file's content by its
    name. `dropped` describes what is not imported; `identity` is what kartu recorded in a package;
    `remarks` say what of a list was taken for what.
    """

    note_types: Mapping[int, NoteType]
    notes: list[Note]
    decks: Mapping[str, DeckInfo]
    media: Mapping[str, Callable[[], bytes]]
    dropped: list[str]
    identity: Identity
    remarks: Sequence[str] = ()
