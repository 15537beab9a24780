"""Checks on decks as wholes."""

from __future__ import annotations

from collections.abc import Iterator

from kartu.diagnostics import Diagnostic, Related
from kartu.load.names import deck_name_fault
from kartu.model import Deck, Project
from kartu.render.texts import texts_for
from kartu.source import Span, Text


def check_identities(project: Project) -> Iterator[Diagnostic]:
    """The decks of a project have different uids, prefixes and names: Anki tells them apart so."""
    first: dict[tuple[str, str], Span] = {}
    for deck in project.decks:
        identity = {"uid": deck.uid, "prefix": deck.prefix, "name": deck.name}
        for what, value in identity.items():
            place = value.span if isinstance(value, Text) else deck.span
            known = first.setdefault((what, value.casefold()), place)
            if known is not place:
                help = "decks made from one another need a uid, prefix and name of their own"
                message = f'another deck of the project has the {what} "{value}" too'
                related = (Related(known, "first here"),)
                yield Diagnostic("shared-identity", place, message, help, related)


def check_language(project: Project) -> Iterator[Diagnostic]:
    """Where templates have texts, they have them in the language of each deck."""
    for deck in project.decks:
        if project.texts and texts_for(project.texts, deck.language) is None:
            message = f'templates/_shared/texts has no file for the language "{deck.language}"'
            help = f"there are {', '.join(sorted(project.texts))}; copy one and translate it"
            yield Diagnostic("no-text-for-language", deck.language.span, message, help)


def check_deck_names(project: Project) -> Iterator[Diagnostic]:
    """Deck and subdeck together make a name that Anki takes; no two differ by case alone."""
    for deck in project.decks:
        first: dict[str, Text] = {}
        for note in deck.notes:
            known = first.setdefault(note.subdeck.casefold(), note.subdeck)
            if known is note.subdeck or not note.subdeck:
                continue
            if known != note.subdeck:
                message = f'the subdeck "{note.subdeck}" differs from "{known}" by case alone'
                related = (Related(known.span, "first here"),)
                yield Diagnostic("bad-deck-name", note.subdeck.span, message, "", related)
        yield from _too_deep(deck, first)


def _too_deep(deck: Deck, subdecks: dict[str, Text]) -> Iterator[Diagnostic]:
    for subdeck in subdecks.values():
        full = f"{deck.name}::{subdeck}"
        if subdeck and not deck_name_fault(subdeck) and (fault := deck_name_fault(full)):
            yield Diagnostic("bad-deck-name", subdeck.span, f'the deck "{full}": {fault}')


def check_editions(project: Project) -> Iterator[Diagnostic]:
    """Every edition has a note."""
    for deck in project.decks:
        for edition in deck.editions:
            if not any(edition.chooses(note) for note in deck.notes):
                if not edition.key:
                    message, help = "the deck has no note", f"write a card set into {deck.folder}/"
                else:
                    message = f'no note belongs to the edition "{edition.key}"'
                    help = "look at its include and at the notes' tags"
                yield Diagnostic("empty-edition", edition.span, message, help)
