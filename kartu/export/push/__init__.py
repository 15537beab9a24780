"""Pushes a deck's package to a running Anki, where that does no harm to existing notes.

AnkiConnect does not import as Anki's own window does. Before Anki 26.09 it uses the old
importer: notes whose note type had a spare claimed are not updated. Since then it merges note
types, which empties fields that a student added, and gives decks the package's preset in place of a
student's own (found by experiment with 24.11 and 26.09.3). So it is asked to import only where all
come to the same; else it opens Anki's own window.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import NoneType
from typing import Any, NamedTuple

from kartu.anki.apkg.contents import open_package
from kartu.anki.apkg.tables import Tables
from kartu.core.diagnostics import Diagnostic, did_you_mean
from kartu.core.language import _
from kartu.core.model import PackageInfo
from kartu.core.progress import Progress, no_progress
from kartu.core.usage import UsageError
from kartu.export.push.connect import AnkiConnect, PushError, too_old
from kartu.pipeline import BuildOptions, BuildResult, build

_ACTIONS = (
    *("deckNames", "findModelsById", "findNotes", "getDeckConfig", "guiDeckBrowser"),
    *("guiImportFile", "guiReviewActive", "importPackage", "modelNamesAndIds", "notesModTime"),
)
_NO_PRESET = 1  # Anki's own, which a package without options names


class PushOptions(NamedTuple):
    """`deck` is the name of its folder; `edition` and `language` choose among its packages.

    `window` leaves the import to Anki's own window; `wait` is in seconds.
    """

    root: Path
    deck: str
    edition: str = ""
    language: str = ""
    cache: Path | None = None
    out: Path | None = None
    port: int = 8765
    key: str = ""
    wait: float = 600
    window: bool = False


class Counts(NamedTuple):
    """How many of the package's notes are new, updated and unchanged in Anki."""

    new: int
    updated: int
    unchanged: int


class PushResult(NamedTuple):
    """`package` is what the manifest records, None where an error stopped it.

    `counts` is None where Anki's own window is open for the import, for these `reasons`.
    """

    diagnostics: list[Diagnostic]
    package: PackageInfo | None
    counts: Counts | None
    reasons: list[str]


Builder = Callable[[BuildOptions, Progress], BuildResult]


def push(
    options: PushOptions, progress: Progress = no_progress, builder: Builder = build
) -> PushResult:
    """Builds the deck and imports its package into Anki; nothing is done if there is an error.

    Args:
        builder: What builds it: a file that is a deck is built in another way.

    Raises:
        UsageError: The deck or the edition does not exist.
        PushError: Anki refuses or does not answer.
    """
    anki = AnkiConnect(options.port, options.key, min(options.wait, 20))
    progress(_("asking Anki"))
    check_anki(anki)
    build_options = BuildOptions(options.root, (options.deck,), options.cache, options.out)
    done = builder(build_options, progress)
    if not done.packages:
        return PushResult(done.diagnostics, None, None, [])
    package = _chosen(done.packages, options)
    path = (done.out / package.file).resolve()
    tables = _tables(path)
    reasons = [_("--window asks for it")] if options.window else list(differences(anki, tables))
    if reasons:
        anki.ask("guiImportFile", NoneType, path=path.as_posix())
        return PushResult(done.diagnostics, package, None, reasons)
    progress(_("importing"))
    before = _notes(anki, tables)
    if not anki.ask("importPackage", bool, patience=options.wait, path=path.as_posix()):
        raise PushError(_("Anki did not import the package"), _("look in Anki for the reason"))
    counts = _counts(before, _notes(anki, tables), package.notes)
    if not anki.ask("guiReviewActive", bool):
        anki.ask(
            "guiDeckBrowser", NoneType
        )  # shows the deck; someone who is studying is left alone
    return PushResult(done.diagnostics, package, counts, [])


def check_anki(anki: AnkiConnect) -> None:
    """Raises PushError unless a recent AnkiConnect answers, with a profile open."""
    if anki.ask("version", int) < 6:
        raise too_old()
    known = anki.ask("apiReflect", dict, scopes=["actions"], actions=list(_ACTIONS))
    if not set(_ACTIONS) <= set(known.get("actions", ())):
        raise too_old()
    anki.ask("deckNames", list)


def _chosen(packages: list[PackageInfo], options: PushOptions) -> PackageInfo:
    """The package of the chosen edition and language, the only one if none is chosen."""
    own = packages[0].language
    named = [one for one in packages if one.language == (options.language or own)]
    if not named:
        known = list(dict.fromkeys(one.language for one in packages))
        message = _('the deck has no variant in "{language}"', language=options.language)
        raise _unknown(message, options.language, known)
    editions = {one.edition or "": one for one in named}
    if options.edition in editions:
        return editions[options.edition]
    if not options.edition and len(editions) == 1:
        return named[0]
    if not options.edition:
        raise UsageError(
            _(
                "which edition? Use --edition with one of these: {names}",
                names=", ".join(editions),
            )
        )
    message = _('the deck has no edition "{edition}"', edition=options.edition)
    raise _unknown(message, options.edition, list(filter(None, editions)))


def _unknown(message: str, name: str, known: list[str]) -> UsageError:
    return UsageError("; ".join(filter(None, (message, did_you_mean(name, known)))))


def _tables(path: Path) -> Tables:
    with open_package(path) as package:
        return package.tables


def differences(anki: AnkiConnect, tables: Tables) -> Iterator[str]:
    """Yields the reasons why AnkiConnect's import would differ from that of Anki's window."""
    there = _there(anki, tables)
    for model in anki.ask("findModelsById", list, modelIds=there) if there else ():
        if not _same(model, tables.models[int(model["id"])]):
            yield _('the note type "{name}" in Anki has other fields or cards', name=model["name"])
    presets = {one["name"]: int(one.get("conf") or _NO_PRESET) for one in tables.decks.values()}
    if set(presets.values()) == {_NO_PRESET}:
        return
    for name in anki.ask("deckNames", list):
        own = presets.get(name, _NO_PRESET)
        if own != _NO_PRESET and int(anki.ask("getDeckConfig", dict, deck=name)["id"]) != own:
            yield _('the deck "{name}" has another preset in Anki', name=name)
            return


def _there(anki: AnkiConnect, tables: Tables) -> list[int]:
    """The package's note types that Anki has already."""
    known = set(anki.ask("modelNamesAndIds", dict).values())
    return [id for id in tables.models if id in known]


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two note types have the same fields and cards, by name and id, at the same places."""
    if one["type"] != other["type"]:
        return False
    for parts in ("flds", "tmpls"):
        if [part["name"] for part in one[parts]] != [part["name"] for part in other[parts]]:
            return False
        for mine, theirs in zip(one[parts], other[parts], strict=True):
            ids = {mine.get("id"), theirs.get("id")} - {None}
            if len(ids) > 1:
                return False
    return True


def _notes(anki: AnkiConnect, tables: Tables) -> dict[int, int]:
    """The notes of the package's note types in Anki, with the times of their last change."""
    queries = (f"mid:{id}" for id in _there(anki, tables))
    found = [id for query in queries for id in anki.ask("findNotes", list, query=query)]
    times = anki.ask("notesModTime", list, notes=found) if found else []
    return {one["noteId"]: one["mod"] for one in times if one}


def _counts(before: dict[int, int], after: dict[int, int], notes: int) -> Counts:
    new = len(after.keys() - before.keys())
    updated = sum(after.get(id, time) != time for id, time in before.items())
    return Counts(new, updated, max(0, notes - new - updated))
