"""Checks on names that look the same."""

from __future__ import annotations

from collections.abc import Iterable

from kartu.core.diagnostics import Diagnostics, Related
from kartu.core.language import N_, _
from kartu.core.model import Deck, Project
from kartu.core.source import Text
from kartu.load.names import look_of

_TAG = N_('the tag "{name}" looks like "{known}", but to Anki it is another one')
_SUBDECK = N_('the subdeck "{name}" looks like "{known}", but to Anki it is another one')


def check_looks(project: Project, diagnostics: Diagnostics) -> None:
    """No two tags or subdecks of a deck differ in invisible characters or kinds of spaces alone."""
    for deck in project.decks:
        _check(_TAG, (tag for tags in _tags(deck) for tag in tags), diagnostics)
        subdecks = dict.fromkeys(note.subdeck for note in deck.notes)
        _check(_SUBDECK, subdecks, diagnostics)


def _tags(deck: Deck) -> dict[tuple[Text, ...], None]:
    return dict.fromkeys(note.tags for note in deck.notes)  # many notes have the same


def _check(message: str, names: Iterable[Text], diagnostics: Diagnostics) -> None:
    first: dict[str, Text] = {}
    for name in dict.fromkeys(names):
        known = first.setdefault(look_of(name), name)
        if known.casefold() != name.casefold():  # reported as an error if it is the same to Anki
            related = (Related(known.span, _("first here")),)
            help = _("copy the name from there: the two differ in characters that cannot be seen")
            shown = _(message, name=name, known=known)
            diagnostics.add("names-look-alike", name.span, shown, help, related)
