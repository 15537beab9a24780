"""Checks of meaning, after the checks of shape: plain functions in a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

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
    check_pairs,
    check_prefixed_tags,
    check_repeated,
    check_tag_case,
    check_unfinished,
)
from kartu.checks.translations import check_translations, deck_folders
from kartu.core.diagnostics import Diagnostic, Diagnostics
from kartu.core.model import Deck, Note, Project, Published
from kartu.core.source import Span

NOTHING: Mapping[str, Published] = {}

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
    check_prefixed_tags,
    check_clozes,
    check_repeated,
    check_pairs,
    check_unfinished,
)

# These look for missing things, so they are valid only for decks that could be read whole.
CHECKS_OF_THE_WHOLE = (
    check_editions,
    check_sources,
    check_facts,
    check_balance,
)


# Faults that cost a value, but not a note.
_IN_A_NOTE = ("missing-field", "bad-value", "bad-tag")


def check_project(
    project: Project, diagnostics: Diagnostics, *, published: Mapping[str, Published] = NOTHING
) -> None:
    """Runs all checks on a project, of which `diagnostics` are the faults of its files.

    `published` is what releases had, by the folders of the decks.
    """
    faults = [one for one in diagnostics if not _is_in_a_note(one)]
    for check in CHECKS:
        check(project, diagnostics)
    faults += [one for one in diagnostics if one.code == "duplicate-id"]
    whole = project._replace(decks=tuple(_readable(project, faults)))
    for check in CHECKS_OF_THE_WHOLE:
        check(whole, diagnostics)
    check_translations(whole, published, diagnostics)


def check_note(
    project: Project, deck: Deck, note: Note, within: Callable[[Span], bool]
) -> list[Diagnostic]:
    """The faults of meaning that one note has by itself, at places `within` it."""
    found = Diagnostics()
    alone = project._replace(decks=(deck._replace(notes=(note,), unfinished=()),))
    for check in (*CHECKS, check_sources, check_facts):
        check(alone, found)
    return [one for one in found if within(one.span)]


def _is_in_a_note(one: Diagnostic) -> bool:
    yaml = one.span.path.endswith((".yaml", ".md")) and not one.span.path.endswith(".set.yaml")
    return yaml and one.code in _IN_A_NOTE


def _readable(project: Project, faults: list[Diagnostic]) -> Iterator[Deck]:
    """The decks of which no file with notes has an error."""
    if any(one.code == "no-note-type" for one in faults):
        return
    faulty = {one.span.path.rpartition("/")[0] for one in faults if one.severity == "error"}
    for deck in project.decks:
        if "" not in faulty and faulty.isdisjoint(deck_folders(deck)):
            yield deck
