"""What an edit did, as values: the note to show, the texts that clashed, why it was refused."""

from __future__ import annotations

from typing import NamedTuple

from kartu.core.source import Span
from kartu.rewrite.notes.card_set import Form
from kartu.rewrite.notes.values import Value
from kartu.show.editor.opened import Shown


class NoteLine(NamedTuple):
    """A note in the list: `title` is its first text."""

    deck: str
    id: str
    title: str
    note_type: str
    subdeck: str
    path: str
    published: bool
    retired: bool
    unfinished: bool


class Refusal(NamedTuple):
    """Why an edit was not made, and where."""

    span: Span
    message: str
    help: str


class OpenNote(NamedTuple):
    """A note in the form, with its cards and what is wrong with it.

    `closed` is why it can only be looked at, None where it can be edited.
    """

    form: Form
    shown: Shown
    published: bool
    closed: Refusal | None = None


class Clash(NamedTuple):
    """A text that was changed elsewhere too. Both are kept: `mine` in the history, `theirs` here.

    `key` is that of a value; empty for a whole change that could not be undone or made again.
    """

    path: str
    key: str
    mine: Value
    theirs: Value


class Outcome(NamedTuple):
    """What an edit did: what was saved is in the history as `number`, 0 for nothing.

    `note` is the id of the note to show next, empty for none; `deck` its deck.
    """

    note: str
    number: int = 0
    refusal: Refusal | None = None
    clashes: tuple[Clash, ...] = ()
    deck: str = ""

    @property
    def saved(self) -> bool:
        """Whether the files are as the edit wanted them."""
        return self.refusal is None and not self.clashes
