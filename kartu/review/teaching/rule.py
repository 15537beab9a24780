"""Rules on teaching, and their sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from kartu.core.language import N_, _
from kartu.core.source import Span
from kartu.review.cards import Card
from kartu.review.view import View


class Publication(NamedTuple):
    """Where a rule is from: who wrote it, the rule's number there if it has one, and the address.

    The author may be a text for the catalogues, with the place `{number}`.
    """

    author: str
    address: str
    number: int = 0

    def __str__(self) -> str:
        return f"{_(self.author, number=self.number)}, {self.address}"


# Matuschak, How to write good prompts (2020).
GOOD_PROMPTS = Publication("Matuschak", "https://andymatuschak.org/prompts/")
# Haladyna, Downing and Rodriguez, A Review of Multiple-Choice Item-Writing Guidelines (2002).
ITEM_WRITING = Publication(N_("Haladyna and others"), "https://doi.org/10.1207/S15324818AME1503_5")
TEXT_FOR_PICTURES = Publication(
    "WCAG 1.1.1", "https://www.w3.org/WAI/WCAG22/Understanding/non-text-content"
)
MEANING_OF_ABBREVIATIONS = Publication(
    "WCAG 3.1.4", "https://www.w3.org/WAI/WCAG22/Understanding/abbreviations"
)


def wozniak(number: int) -> Publication:
    """A rule of Wozniak's Twenty rules of formulating knowledge (1999)."""
    address = "https://www.supermemo.com/en/blog/twenty-rules-of-formulating-knowledge"
    return Publication(N_("Wozniak's rule {number}"), address, number)


class Finding(NamedTuple):
    """A place where a rule is broken; `card` is None where it is the deck that breaks it."""

    place: Span
    message: str
    card: Card | None = None


class Rule(NamedTuple):
    """A rule on teaching.

    `find` yields each place where the rule is broken. `advice` is what to do, `reason` why, in one
    sentence, and `source` the publication that the rule is from. `advice_for_all` is what to do
    where all cards of a kind break the rule, because they are made that way. These texts are
    looked up in `help`.
    """

    code: str
    find: Callable[[View], Iterator[Finding]]
    advice: str
    reason: str
    source: Publication
    advice_for_all: str = ""

    @property
    def help(self) -> str:
        return self._help(self.advice)

    @property
    def help_for_all(self) -> str:
        return self._help(self.advice_for_all or self.advice)

    def _help(self, advice: str) -> str:
        return f"{_(advice)}: {_(self.reason)} ({self.source})"
