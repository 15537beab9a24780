"""The ids of notes that write none, as they are saved beside their card sets."""

# No `from __future__ import annotations`: strings would cost a millisecond at every start.

from collections.abc import Collection
from collections.abc import Mapping as Values
from typing import NamedTuple

from kartu.core.source import Span


class SavedFile(NamedTuple):
    """A file of ids beside a card set, `<card set>.ids.jsonl`: as read and as it is to be.

    Either is None where there is no such file.
    """

    path: str
    before: bytes | None
    after: bytes | None


class Proposal(NamedTuple):
    """A note without an id that looks like a saved one that is missing: one of their texts each."""

    place: Span
    id: str
    before: str
    now: str


class GivenIds(NamedTuple):
    """The ids of notes that have none in their source.

    `files` change with the next build; `continued` maps the places of notes that were built before
    to their ids, and `new` those of the others. `proposals` wait for a person: those notes are in
    neither. `gone` are the first texts, by id, of notes that were built and are not there; `saved`
    are all ids in files.
    """

    files: tuple[SavedFile, ...] = ()
    continued: Values[Span, str] = {}
    new: Values[Span, str] = {}
    proposals: tuple[Proposal, ...] = ()
    gone: Values[str, str] = {}
    saved: Collection[str] = ()

    @property
    def undecided(self) -> frozenset[Span]:
        """The places of notes that wait for a person."""
        return frozenset(one.place for one in self.proposals)
