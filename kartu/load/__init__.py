"""Reads a project's files into the model; every value carries its place in the source."""

from __future__ import annotations

import os
from pathlib import Path

from kartu.core.diagnostics import Diagnostic, Diagnostics, nearest
from kartu.core.language import _
from kartu.core.model import (
    Deck,
    Library,
    NoteType,
    Project,
    in_language,
    template_folders,
)
from kartu.core.patterns import pattern
from kartu.core.progress import Progress, no_progress
from kartu.core.shipped import TEMPLATES, is_shipped
from kartu.core.source import Span
from kartu.load.card_sets import CHANGES, load_notes, unexpected, with_notes
from kartu.load.deck import load_deck
from kartu.load.files import Files
from kartu.load.library import note_types_of, project_library, themes_of, with_theme
from kartu.load.one_file import report_left_behind
from kartu.load.shared_names import shared_word
from kartu.load.variant import load_variant
from kartu.load.words import for_deck

_VARIANT_LEDGER = pattern(r"ledger\.([A-Za-z0-9-]+)\.jsonl")


def load_project(root: Path, progress: Progress = no_progress) -> tuple[Project, list[Diagnostic]]:
    """The project in `root`, and the faults of its files.

    Unreadable parts are left out of the project, so a result with errors is usable for further
    checks but not for building.
    """
    diagnostics = Diagnostics()
    files = Files(root)
    own = project_library(files, diagnostics)
    if files.one is not None:
        report_left_behind(files.one, diagnostics)
    decks = _load_decks(files, own, progress, diagnostics)
    diagnostics = _without_replaced(diagnostics)
    if any(one.code == "unknown-key" for one in diagnostics):
        from kartu.load.misnamed import with_misnamed_fields  # only for a faulty source

        of_project = own.layers[0].note_types.values()
        diagnostics = with_misnamed_fields(decks, of_project, diagnostics)
    sound = {name: one for name, one in own.note_types.items() if one is not None}
    if any(deck.extends for deck in decks):
        diagnostics = Diagnostics(
            one for one in diagnostics if not _belongs_to_upstream(one, decks)
        )
    return Project(tuple(decks), sound, own.texts, own.themes, own.names), list(diagnostics)


def _without_replaced(diagnostics: Diagnostics) -> Diagnostics:
    """The diagnostics without the warnings for folders and files that an error is about."""
    errors = {one.span for one in diagnostics if one.code in ("no-note-type", "ledger-missing")}
    return Diagnostics(
        one for one in diagnostics if one.code != "unexpected-file" or one.span not in errors
    )


def project_language(files: Files) -> str:
    """The language of a project's authors: that of its first deck, empty without one."""
    for name in deck_folders(files, "cards"):
        deck = load_deck(files, f"cards/{name}", (), Diagnostics())
        if deck is not None and deck.language:
            return str(deck.language)
    return ""


def theme_words(files: Files) -> list[str]:
    """The words for the themes that decks of a project can choose, in the project's language."""
    themes, names = themes_of(files)
    return [shared_word(one, "themes", project_language(files), names) for one in themes]


def load_note_types(root: Path) -> tuple[dict[str, NoteType], list[Diagnostic]]:
    """The note types that decks of the project in `root` can use, and their faults.

    Their names and words are those of the project's language.
    """
    diagnostics = Diagnostics()
    files = Files(root)
    language = project_language(files)
    paths = [f"cards/{name}/deck.yaml" for name in deck_names(root)]
    if any("extends:" in (files.read_text(path, Diagnostics()) or "") for path in paths):
        return _note_types_of_all(root, language)
    found = note_types_of(files, diagnostics)
    return {id: in_language(one, language) for id, one in found.items() if one}, list(diagnostics)


def _note_types_of_all(root: Path, language: str) -> tuple[dict[str, NoteType], list[Diagnostic]]:
    """The project's own note types and those of the decks that its decks extend."""
    project, diagnostics = load_project(root)
    found = dict(project.note_types)
    for deck in project.decks:
        for id, one in project.of(deck).note_types.items():
            if id not in found or is_shipped(found[id].folder):
                found[id] = one
    folders = {folder for deck in project.decks for folder in template_folders(deck)}
    below = tuple(f"{folder}/" for folder in folders | {TEMPLATES})
    found = {id: in_language(one, language) for id, one in found.items()}
    return found, [one for one in diagnostics if f"{one.span.path}/".startswith(below)]


def deck_names(root: Path) -> list[str]:
    """The names of the deck folders, in natural order, readable or not."""
    return deck_folders(Files(root), "cards")


def deck_folders(files: Files, folder: str) -> list[str]:
    """The names of the deck folders in `folder`, the cards/ of a project."""
    return [
        name
        for name in files.names(folder)
        if not name.startswith((".", "_", "~")) and files.is_file(f"{folder}/{name}/deck.yaml")
    ]


def _belongs_to_upstream(one: Diagnostic, decks: list[Deck]) -> bool:
    """Whether a template that is reported as missing is one that upstream provides."""
    if one.code not in ("no-note-type", "unexpected-file"):
        return False
    types = {id for deck in decks if deck.upstream for id in deck.upstream.library.note_types}
    top, _rest, folder = one.span.path.partition("/")
    return top == TEMPLATES and folder in types


def _load_decks(
    files: Files,
    library: Library,
    progress: Progress,
    diagnostics: Diagnostics,
) -> list[Deck]:
    decks = []
    for name in files.names("cards"):
        folder = f"cards/{name}"
        if name.startswith((".", "_", "~")) or not files.is_folder(folder):
            continue
        if not files.is_file(f"{folder}/deck.yaml"):
            stems = {os.path.splitext(file)[0]: file for file in files.names(folder)}
            if folder in files.unreadable:
                continue
            near = nearest("deck", stems)
            help = (
                _("rename {file} to deck.yaml", file=stems[near])
                if near
                else _("write one; a folder that begins with _ is left out")
            )
            message = _("the folder {folder} has no deck.yaml, so it is not a deck", folder=folder)
            code = "unexpected-file"
            if files.is_file(f"{folder}/ledger.jsonl"):
                code = "ledger-missing"
                message = _(
                    "the folder {folder} has the ledger of a published deck and no deck.yaml",
                    folder=folder,
                )
                help = help if near else _("restore deck.yaml from git or a backup")
            diagnostics.add(code, Span(folder), message, help)
            continue
        deck = load_whole_deck(files, folder, library, progress, diagnostics)
        if deck is not None:
            decks.append(deck)
            used = deck.upstream.library if deck.upstream else library
            decks += _load_variants(files, deck, for_deck(used.note_types, deck), diagnostics)
        _check_variant_ledgers(files, folder, diagnostics)
    _report_unreadable(files, diagnostics)
    faults = (one for one in diagnostics if one.severity == "error")
    if not any(f"{one.span.path}/".startswith("cards/") for one in faults) and not decks:
        help = _(
            "go to the folder that holds cards/, or say where: kartu -C FOLDER; "
            "a list is a deck of its own: kartu build FILE"
        )
        message = _("there is no deck here: no folder cards/<deck> with a deck.yaml")
        diagnostics.add("no-deck", Span("cards"), message, help)
    return decks


def _report_unreadable(files: Files, diagnostics: Diagnostics) -> None:
    """Reports folders that cannot be read, in place of what seems to be missing."""
    found = files.unreadable
    unreadable = [one for one in found if not one.startswith(tuple(f"{top}/" for top in found))]
    for folder in sorted(unreadable):
        message = _("the folder cannot be read: {reason}", reason=found[folder])
        diagnostics.add("file-unreadable", Span(folder), message)
    if any(f"{folder}/".startswith(f"{TEMPLATES}/") for folder in unreadable):
        for one in [one for one in diagnostics if one.code == "unknown-note-type"]:
            diagnostics.remove(one)


def load_whole_deck(
    files: Files,
    folder: str,
    library: Library,
    progress: Progress,
    diagnostics: Diagnostics,
    *,
    below: tuple[str, ...] = (),
) -> Deck | None:
    """The deck of a folder with its notes; `below` are the decks that extend it."""
    deck = load_deck(files, folder, (), diagnostics, note_types=library.note_types)
    deck = with_theme(deck, library) if deck is not None else None
    if deck is not None and deck.extends is not None:
        from kartu.load.upstream import extended  # few decks extend another one

        return extended(files, deck, library, progress, below, diagnostics)
    other = CHANGES if deck is None else ""  # it may be one that extends
    note_types = for_deck(library.note_types, deck)
    notes, given = load_notes(files, folder, note_types, progress, diagnostics, other=other)
    return with_notes(deck, notes)._replace(given=given) if deck is not None else None


def _load_variants(
    files: Files, deck: Deck, note_types: dict[str, NoteType | None], diagnostics: Diagnostics
) -> list[Deck]:
    """The deck in other languages, by the files in its i18n/."""
    found = []
    for name in files.names(f"{deck.folder}/i18n"):
        path = f"{deck.folder}/i18n/{name}"
        if name.startswith((".", "_", "~")):
            continue
        if not name.endswith(".yaml"):
            unexpected(path, path[path.rfind(".") :], diagnostics)
            continue
        variant = load_variant(files, path, deck, note_types, diagnostics)
        if variant is not None:
            found.append(variant)
    return found


def _check_variant_ledgers(files: Files, folder: str, diagnostics: Diagnostics) -> None:
    """Reports a published language variant that no longer exists under its name."""
    if f"{folder}/i18n" in files.unreadable:
        return
    for name in files.names(folder):
        found = _VARIANT_LEDGER.fullmatch(name)
        if found and not files.is_file(f"{folder}/i18n/{found[1]}.yaml"):
            message = _(
                'the published language variant "{language}" is no longer there', language=found[1]
            )
            help = _(
                "restore i18n/{language}.yaml: without it its students get no more updates",
                language=found[1],
            )
            place = Span(f"{folder}/{name}")
            for one in diagnostics:
                stem = one.span.path.rpartition("/")[2].partition(".")[0]
                if one.code == "unexpected-file" and stem == found[1]:
                    diagnostics.remove(one)
                    place = one.span
                    right = f"{found[1]}.yaml"
                    help = _("rename {path} to {name}", path=one.span.path, name=right)
                    break
            diagnostics.add("ledger-missing", place, message, help)
