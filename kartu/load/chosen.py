"""Which decks a command is for: the named ones, or those that are there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kartu.core.diagnostics import did_you_mean
from kartu.core.language import _
from kartu.core.model import Deck, Project
from kartu.core.text import shown
from kartu.core.usage import UsageError
from kartu.load import deck_names


def chosen_decks(project: Project, names: Sequence[str], root: Path) -> list[Deck]:
    """The named decks with their language variants, as far as they could be read; all for none.

    Raises UsageError where a name is no deck's.
    """
    check_names(names, root)
    return [deck for deck in project.decks if not names or deck.id in names]


def check_names(names: Sequence[str], root: Path) -> None:
    """Raises UsageError where a name is no deck's."""
    known = deck_names(root)
    for name in names:
        if name not in known:
            raise UsageError(_no_deck(name, known))


def chosen_deck(root: Path, deck: str) -> str:
    """The named deck, or the only one. Raises UsageError where it is neither."""
    names = deck_names(root)
    if deck in names or (not deck and len(names) == 1):
        return deck or names[0]
    if deck:
        raise UsageError(_no_deck(deck, names))
    if not names:
        raise UsageError(_("there is no deck here"))
    raise UsageError(_("which deck? There are {names}", names=shown(names)))


def _no_deck(name: str, known: Sequence[str]) -> str:
    message = _('there is no deck "{name}"', name=name)
    hint = did_you_mean(name, known)
    return f"{message}; {hint}" if hint else message
