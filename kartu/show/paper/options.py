"""The options and the result of `kartu print`."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostic

KINDS = ("cards", "handout", "test")


class PrintOptions(NamedTuple):
    """What to print of which deck, and how.

    `language` names a language variant; `edition`, `subdecks` and `tags` select notes; `kind` is
    one of KINDS; `paper`, `grid` and `backs` are names in sheet.py; `questions` and `seed` are for
    a test. `out` is the file, build/<package>-<kind>.pdf in the project if None.
    """

    root: Path
    deck: str = ""
    language: str = ""
    kind: str = "cards"
    edition: str = ""
    subdecks: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    paper: str = "A4"
    grid: str = "2x4"
    backs: str = "long-edge"
    questions: int = 20
    seed: int = 1
    url: str = ""
    out: Path | None = None
    cache: Path | None = None


class PrintResult(NamedTuple):
    """Where the PDF is and what is in it; no pages after an error.

    `cards` is the number of printed cards, or of the questions of a test; `messages` are remarks.
    """

    diagnostics: list[Diagnostic]
    out: Path
    pages: int = 0
    cards: int = 0
    size: int = 0
    messages: tuple[str, ...] = ()
