"""What a check tells: without the warnings that comments in the read files accept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kartu.checks.ignore import without_ignored
from kartu.compile.built import BuiltDeck
from kartu.core.diagnostics import Diagnostic
from kartu.core.model import upstream_of
from kartu.load import CHANGES
from kartu.load.files import Files


def without_accepted(
    decks: Sequence[BuiltDeck], files: Files, diagnostics: Sequence[Diagnostic], *, whole: bool
) -> list[Diagnostic]:
    """`diagnostics` without accepted warnings; `whole` says that all checks were made.

    Comments that accept nothing are told, but for those in the files of a deck that another one
    extends: that one may have left their notes out.
    """
    own = {path for deck in decks for path in _read_for(deck)}
    theirs = _theirs(decks)
    found = without_ignored(
        files, own | {one.span.path for one in diagnostics}, diagnostics, whole=whole
    )
    return [
        one
        for one in found
        if one.code != "unused-ignore"
        or one.span.path in own
        or not one.span.path.startswith(theirs)
    ]


def _read_for(built: BuiltDeck) -> Iterator[str]:
    """The project's own files that a deck was read from, but for media and templates."""
    deck = built.source
    yield deck.span.path
    yield f"{deck.folder}/{CHANGES}"
    read = [note.id.span.path for note in deck.notes]
    read += [fact.span.path for fact in deck.facts.values()]
    read += [f"{one.source.folder}/note_type.yaml" for one in built.note_types]
    theirs = _theirs([built])
    yield from (path for path in read if not path.startswith(theirs))


def _theirs(decks: Sequence[BuiltDeck]) -> tuple[str, ...]:
    return tuple(f"{path}/" for deck in decks for path in upstream_of(deck.source))
