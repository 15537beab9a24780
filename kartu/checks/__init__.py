"""Checks of meaning, after the checks of shape: plain functions in a list."""

from __future__ import annotations

from kartu.checks.coverage import check_balance, check_facts, check_sources
from kartu.checks.decks import (
    check_deck_names,
    check_editions,
    check_identities,
    check_language,
    check_note_types,
    check_package_names,
    check_texts,
    check_theme,
)
from kartu.checks.names import check_looks
from kartu.checks.notes import (
    check_clozes,
    check_duplicate_tags,
    check_note_ids,
    check_repeated,
    check_tag_case,
)
from kartu.core.diagnostics import Diagnostics
from kartu.core.model import Project

CHECKS = (
    check_identities,
    check_package_names,
    check_note_types,
    check_language,
    check_texts,
    check_theme,
    check_deck_names,
    check_note_ids,
    check_tag_case,
    check_looks,
    check_duplicate_tags,
    check_clozes,
    check_repeated,
)

# These look for missing things, so they are valid only where everything could be read.
CHECKS_OF_THE_WHOLE = (
    check_editions,
    check_sources,
    check_facts,
    check_balance,
)


def check_project(project: Project, diagnostics: Diagnostics, *, whole: bool) -> None:
    """Runs all checks on a project; `whole` says that all its files could be read."""
    for check in CHECKS + (CHECKS_OF_THE_WHOLE if whole else ()):
        check(project, diagnostics)
