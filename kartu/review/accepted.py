"""Diagnostics of a check without the warnings that comments in source files accept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kartu.checks.ignore import without_ignored
from kartu.compile.built import BuiltDeck
from kartu.core.diagnostics import Diagnostic
from kartu.core.model import upstream_of
from kartu.core.shipped import SHIPPED
from kartu.load.card_sets import CHANGES
from kartu.load.files import Files


def without_accepted(
    decks: Sequence[BuiltDeck], files: Files, diagnostics: Sequence[Diagnostic], *, whole: bool
) -> list[Diagnostic]:
    """Returns `diagnostics` without accepted warnings, and with unused comments as warnings.

    Comments in the files of a deck that another one extends are never reported as unused: the
    other one may have left their notes out.

    Args:
        whole: Whether all checks were made.
    """
    own = {path for deck in decks for path in _source_files(deck)}
    upstream = _upstream_folders(decks)
    found = without_ignored(
        files, own | {one.span.path for one in diagnostics}, diagnostics, whole=whole
    )
    return [
        one
        for one in found
        if one.code != "unused-ignore"
        or one.span.path in own
        or not one.span.path.startswith(upstream)
    ]


def _source_files(built: BuiltDeck) -> Iterator[str]:
    """Yields the project's own files that a deck was read from, except media and templates."""
    deck = built.source
    yield deck.span.path
    yield f"{deck.folder}/{CHANGES}"
    paths = [note.id.span.path for note in deck.notes]
    paths += [fact.span.path for fact in deck.facts.values()]
    paths += [f"{one.source.folder}/note_type.yaml" for one in built.note_types]
    upstream = _upstream_folders([built])
    yield from (path for path in paths if not path.startswith(upstream))


def _upstream_folders(decks: Sequence[BuiltDeck]) -> tuple[str, ...]:
    """Folders whose files are somebody else's."""
    upstream = (path for deck in decks for path in upstream_of(deck.source))
    return tuple(f"{path}/" for path in (SHIPPED, *upstream))
