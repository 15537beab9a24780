"""Checks on language variants: they translate what the deck has."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from kartu.core.diagnostics import Diagnostics, Related, did_you_mean, nearest
from kartu.core.language import N_, _
from kartu.core.model import Deck, Project, Published
from kartu.core.source import Span

_NO_NOTE = N_('the deck has no note "{key}"')
_NO_SUBDECK = N_('the deck has no subdeck "{key}"')
_NO_EDITION = N_('the deck has no edition "{key}"')


def check_translations(
    project: Project, published: Mapping[str, Published], diagnostics: Diagnostics
) -> None:
    """Each note, subdeck and edition in a variant's file is one of the deck, or was published."""
    for deck in project.decks:
        if deck.translation is None:
            continue
        there = deck.translation
        was = published.get(deck.folder, Published())
        notes = {str(note.id): note.id.span for note in deck.all_notes}
        subdecks = {str(note.subdeck): note.subdeck.span for note in deck.all_notes if note.subdeck}
        editions = {edition.key: edition.span for edition in deck.editions if edition.key}
        _check("unknown-note", _NO_NOTE, there.notes, notes, was.notes, diagnostics)
        _check(
            "unknown-subdeck", _NO_SUBDECK, there.all_subdecks, subdecks, was.subdecks, diagnostics
        )
        _check("unknown-key", _NO_EDITION, there.editions, editions, (), diagnostics)


def _check(
    code: str,
    message: str,
    places: Mapping[str, Span],
    known: Mapping[str, Span],
    published: Collection[str],
    diagnostics: Diagnostics,
) -> None:
    for key, place in places.items():
        if key in known or key in published:
            continue
        near = nearest(key, (name for name in known if name not in places))
        related = (Related(known[near], _('"{near}" is here', near=near)),) if near else ()
        help = _('did you mean "{near}"?', near=near) if near else did_you_mean(key, known)
        diagnostics.add(code, place, _(message, key=key), help, related)


def deck_folders(deck: Deck) -> tuple[str, ...]:
    """The folders of the files with the deck's notes: its own, and those of what it extends."""
    above = deck_folders(deck.upstream.deck) if deck.upstream else ()
    return (deck.folder, *above)
