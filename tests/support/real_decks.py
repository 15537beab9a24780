"""The decks here, compiled once a worker; their pictures are drawn once for all."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from kartu.compile.built import BuiltDeck
from kartu.core.progress import no_progress
from kartu.pipeline import compile_decks
from support.program import ROOT
from support.scratch import shared_cache

DECK = "kerja-sama-internasional"


@cache
def real_decks() -> list[BuiltDeck]:
    """All decks and their variants, the first deck on top."""
    compiled, _ = compile_decks(ROOT, (), real_cache(), no_progress)
    return [one.built for one in compiled]


def real_deck() -> BuiltDeck:
    """The first deck."""
    return next(one for one in real_decks() if one.source.id == DECK)


def real_cache() -> Path:
    """kartu's own folder in the shared cache."""
    return shared_cache() / "kartu"
