"""The ids that notes of a deck had in releases: none of them is given to another note."""

from __future__ import annotations

import os
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostics, has_errors
from kartu.ledger.file import read_ledger
from kartu.ledger.gone import published_notes
from kartu.load.files import Files


class UsedIds(NamedTuple):
    """The ids in a ledger: all of them, and those of notes that students have.

    `version` is the newest released one, empty for none; `readable` says whether all lines are.
    """

    all: frozenset[str]
    published: frozenset[str]
    version: str
    readable: bool


class Ledgers:
    """The ids in ledgers, which are read again only where a file has changed."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[tuple[int, int, int], UsedIds]] = {}

    def ids(self, files: Files, path: str) -> UsedIds:
        """Returns the ids in a ledger, none where there is no such file."""
        try:
            there = os.stat(files.path(path))
            stamp = (there.st_size, there.st_mtime_ns, there.st_ino)
        except OSError:
            stamp = (0, 0, 0)
        known = self._read.get(path)
        if known is None or known[0] != stamp:
            known = self._read[path] = (stamp, _ids(files, path))
        return known[1]


def _ids(files: Files, path: str) -> UsedIds:
    diagnostics = Diagnostics()
    ledger = read_ledger(files, path, diagnostics)
    faults = (one for one in diagnostics if one.code != "version-released-twice")
    all, published = frozenset(ledger.notes), frozenset(published_notes(ledger))
    return UsedIds(all, published, ledger.version, not has_errors(faults))


def ids_in_ledgers(files: Files, folder: str, ledgers: Ledgers | None = None) -> set[str] | None:
    """Returns every id that a release of the deck had; None where a ledger cannot be read."""
    ledgers = ledgers or Ledgers()
    names = (one for one in files.names(folder) if one.startswith("ledger"))
    read = [ledgers.ids(files, f"{folder}/{one}") for one in names if one.endswith(".jsonl")]
    return {id for one in read for id in one.all} if all(one.readable for one in read) else None
