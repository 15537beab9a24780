"""The deck description that Anki shows in the deck's overview."""

from __future__ import annotations

from kartu.core.model import Deck, Edition


def deck_description(deck: Deck, edition: Edition, date: str, draft: bool) -> str:
    """The author's Markdown, then version, date, edition, authors and licence in a line.

    A student who asks for help can read there which package is installed.
    """
    parts = [f"{deck.version} (draft)" if draft else str(deck.version), date]
    if edition.key:
        parts.append(edition.title or edition.key)
    parts += [", ".join(deck.authors)] if deck.authors else []
    parts += [deck.licence] if deck.licence else []
    return "\n\n".join(filter(None, (deck.description.strip(), f"*{' · '.join(parts)}*")))
