"""A second look at built decks, for warnings that no build needs: plain functions in a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kartu.compile.built import BuiltDeck
from kartu.core.diagnostics import Diagnostics
from kartu.load.files import Files
from kartu.review.dates import check_dates
from kartu.review.duplicates import check_duplicates
from kartu.review.marks import check_marks
from kartu.review.markup import check_maths
from kartu.review.media import (
    check_alternative_texts,
    check_media_licences,
    check_media_size,
    check_unused_media,
)
from kartu.review.names import check_names
from kartu.review.teaching import check_teaching
from kartu.review.templates import check_template_media
from kartu.review.translations import check_translations
from kartu.review.typed import check_typed_answers
from kartu.review.view import view_of

CHECKS = (
    check_media_size,
    check_media_licences,
    check_alternative_texts,
    check_maths,
    check_marks,
    check_typed_answers,
    check_duplicates,
    check_teaching,
    check_translations,
)


def review(decks: Sequence[BuiltDeck], files: Files, today: date, diagnostics: Diagnostics) -> None:
    """Adds warnings on decks that can be built.

    In a language variant only its own texts are reviewed: the others are those of its deck.

    Args:
        today: The date against which `as_of` is compared.
    """
    for deck in decks:
        found, own = Diagnostics(), deck.source.span.path
        review_deck(deck, today, found)
        diagnostics.extend(one for one in found if not deck.source.variant or one.span.path == own)
    check_names(files, diagnostics)
    check_unused_media(decks, files, diagnostics)
    check_template_media(decks, files, diagnostics)


def review_deck(deck: BuiltDeck, today: date, diagnostics: Diagnostics) -> None:
    """Adds warnings on one deck, without those on files that it does not use."""
    view = view_of(deck)
    for check in CHECKS:
        check(view, diagnostics)
    check_dates([deck], today, diagnostics)
