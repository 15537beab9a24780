"""The templates' texts in a deck's language."""

from __future__ import annotations

from kartu.core.shipped import ANY_LANGUAGE, is_shipped
from kartu.core.source import Mapping


def has_texts(texts: dict[str, Mapping | None], language: str) -> bool:
    """Whether there is a file for `language`, even one with faults.

    A project without a file of its own has texts of any language: the program's, else English ones.
    """
    return language in texts or language.partition("-")[0] in texts or _all_shipped(texts)


def texts_for(texts: dict[str, Mapping | None], language: str) -> Mapping | None:
    """The texts of `language` or of its base language (`id` for `id-ID`), else None."""
    if not has_texts(texts, language):
        return None
    base = language.partition("-")[0]
    nearest = language if language in texts else base if base in texts else ANY_LANGUAGE
    return texts.get(nearest)


def _all_shipped(texts: dict[str, Mapping | None]) -> bool:
    return all(one is not None and is_shipped(one.span.path) for one in texts.values())
