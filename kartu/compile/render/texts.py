"""The templates' texts in a deck's language."""

from __future__ import annotations

from kartu.core.source import Mapping


def has_texts(texts: dict[str, Mapping | None], language: str) -> bool:
    """Whether there is a file for `language`, even one with faults."""
    return language in texts or language.partition("-")[0] in texts


def texts_for(texts: dict[str, Mapping | None], language: str) -> Mapping | None:
    """The texts of `language` or of its base language (`id` for `id-ID`), else None."""
    return texts.get(language) or texts.get(language.partition("-")[0])
