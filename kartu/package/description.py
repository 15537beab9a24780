"""The deck description that Anki shows in the deck's overview."""

from __future__ import annotations

from kartu.core.model import Deck, Edition, Options

# The preset keeps two cards of a note apart, but at an update it would replace a student's own.
# Quoted is what Anki shows.
PRESET_LINES = {
    "id": '*Nyalakan "Impor juga preset-preset dek yang ada" hanya pada impor pertama.*',
    "en": '*Tick "Import any deck presets" at the first import only.*',
}


def deck_description(deck: Deck, edition: Edition, date: str, draft: bool) -> str:
    """The author's Markdown, then version, date, edition, authors and licence in a line.

    A student who asks for help can read there which package is installed. Where the deck has study
    options, a line before it says when to import them.
    """
    parts = [f"{deck.version} (draft)" if draft else str(deck.version), date]
    if edition.key:
        parts.append(edition.title or edition.key)
    parts += [", ".join(deck.authors)] if deck.authors else []
    parts += [deck.licence] if deck.licence else []
    language = deck.language.partition("-")[0]
    preset = PRESET_LINES.get(language, PRESET_LINES["en"]) if deck.options != Options() else ""
    return "\n\n".join(filter(None, (deck.description.strip(), preset, f"*{' · '.join(parts)}*")))
