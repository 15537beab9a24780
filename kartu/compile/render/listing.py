"""The names in a folder of media, and how else they may be written."""

from __future__ import annotations

import unicodedata
from functools import cached_property


class Listing:
    """The names in a folder, read once: decks have tens of thousands of pictures."""

    def __init__(self, names: list[str]) -> None:
        self.names = names

    @cached_property
    def exact(self) -> frozenset[str]:
        return frozenset(self.names)

    @cached_property
    def by_case(self) -> dict[str, str]:
        """The first name that is this one but for upper and lower case."""
        return {name.casefold(): name for name in reversed(self.names)}

    @cached_property
    def composed(self) -> dict[str, str]:
        """The first name that is this one in NFC."""
        return {unicodedata.normalize("NFC", name): name for name in reversed(self.names)}
