"""The ids that notes of a deck had in releases: none of them is given to another note."""

from __future__ import annotations

from kartu.core.diagnostics import Diagnostics
from kartu.ledger.file import read_ledger
from kartu.load.files import Files


def ids_in_ledgers(files: Files, folder: str) -> set[str] | None:
    """Returns every id that a release of the deck had; None where a ledger cannot be read."""
    diagnostics = Diagnostics()
    found: set[str] = set()
    for name in files.names(folder):
        if name.startswith("ledger") and name.endswith(".jsonl"):
            found |= set(read_ledger(files, f"{folder}/{name}", diagnostics).notes)
    return None if any(one.code != "version-released-twice" for one in diagnostics) else found
