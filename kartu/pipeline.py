"""The commands `check`, `build` and `facts` of a project, and steps that others share."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kartu.cache import Cache, LastBuild
from kartu.cache import cache_folder as cache_folder  # noqa: PLC0414 - for the command line
from kartu.core.atomic import Content, recover
from kartu.core.clock import build_time, today
from kartu.core.codes import UPGRADE_FAULTS
from kartu.core.diagnostics import Diagnostic, Diagnostics, has_errors, in_order
from kartu.core.language import _
from kartu.core.model import MANIFEST, Deck, PackageInfo, template_folders, upstream_of
from kartu.core.progress import Progress, no_progress
from kartu.core.usage import RefusedError, UsageError, writing
from kartu.load import load_project
from kartu.load.access import output_folder as output_folder  # noqa: PLC0414 - for commands
from kartu.load.access import reading
from kartu.load.chosen import chosen_decks
from kartu.load.files import Files

if TYPE_CHECKING:
    from kartu.compile.built import BuiltDeck
    from kartu.compile.render.contents import Contents
    from kartu.compile.render.results import Results
    from kartu.compile.render.strangers import Strangers
    from kartu.ledger.entries import Entries
    from kartu.ledger.file import Ledger
    from kartu.package.packages import Package

_OF_WHOLE_DECKS = ("version-released-twice", "bad-selection", "empty-edition")
_BUILD_WARNINGS = frozenset(
    (
        *("html-removed", "html-unbalanced", "bad-link", "doubtful-hint", "text-outside-notes"),
        *("text-cut", "lines-joined", "row-gone", "unread-columns", "unread-rows", "csv-encoding"),
        *("upstream-changed", "upstream-identity", "ledger-not-copied"),
    )
)


class Options(NamedTuple):
    """`root` holds cards/ and templates/; `decks` are folder names, empty for all.

    `cache` is a folder for results that the next run can use, None for nowhere; `strict` reports
    ids that are not saved, too.
    """

    root: Path
    decks: tuple[str, ...] = ()
    cache: Path | None = None
    strict: bool = False


class BuildOptions(NamedTuple):
    """As Options; `out` is the folder for packages and manifest, build/ in the project if None.

    `released` refuses to build anything that the ledger does not know as released; `compare`
    writes nothing and reports how the packages differ from those that the manifest in `out` names.
    """

    root: Path
    decks: tuple[str, ...] = ()
    cache: Path | None = None
    out: Path | None = None
    released: bool = False
    compare: bool = False


class BuildResult(NamedTuple):
    """`packages` are the manifest's entries, empty where an error stopped the build.

    `differences` is empty unless the build was to be compared.
    """

    diagnostics: list[Diagnostic]
    out: Path
    packages: list[PackageInfo]
    differences: list[str]

    @property
    def ok(self) -> bool:
        """Whether there is no error; there may be warnings, and differences."""
        return not has_errors(self.diagnostics)


class Compiled(NamedTuple):
    """A deck or a language variant of one, ready to be packed.

    `breaks` are errors about harm that an update would do to students; a release can override them.
    """

    built: BuiltDeck
    entries: Entries
    ledger: Ledger
    breaks: list[Diagnostic]


def check(options: Options, progress: Progress = no_progress) -> list[Diagnostic]:
    """Returns everything that is wrong with the project, in the order of the files.

    Warnings that a comment `# kartu: ignore[code]` accepts are left out. Old dates are judged by
    build_time().
    """
    from kartu.review import review
    from kartu.review.accepted import without_accepted
    from kartu.rewrite.ids import report_unsaved

    compiled, found = compile_decks(options.root, options.decks, options.cache, progress)
    decks = [one.built for one in compiled]
    files = Files(options.root)
    diagnostics = Diagnostics(found)
    whole = not has_errors(found)
    if whole:
        review(decks, files, today(), diagnostics)
        if options.strict:
            report_unsaved((deck.source for deck in decks), diagnostics)
    return in_order(without_accepted(decks, files, list(diagnostics), whole=whole))


def build(options: BuildOptions, progress: Progress = no_progress) -> BuildResult:
    """Builds the packages of the chosen decks; with an error, nothing is written.

    Raises:
        UsageError: A deck does not exist, or a folder cannot be written.
        RefusedError: `released` is set, and a deck has unreleased changes.
    """
    with reading(options.root, progress):
        return _build(options, output_folder(options.out, options.root), progress)


def _build(options: BuildOptions, out: Path, progress: Progress) -> BuildResult:
    from kartu.compile.render.contents import Contents
    from kartu.rewrite.ids import refuse_unsaved

    recover(out)
    cache = Cache(options.cache, options.root)
    last = _last_build(options, out, cache)
    if last is not None and (there := last.packages()) is not None:
        progress(_("nothing has changed since the last build"))
        return BuildResult([], out, there, [])
    files = Files(options.root)
    contents = Contents(files)
    compiled, diagnostics = _compile(options.root, options.decks, cache, progress, contents)
    diagnostics = build_diagnostics(diagnostics, options.root)
    if has_errors(diagnostics):
        return BuildResult(diagnostics, out, [], [])
    packages = pack_all(compiled, files, build_time(), progress, contents)
    if options.released:
        refuse_drafts(compiled)
        refuse_unsaved(one.built.source for one in compiled)
    infos = [package.info for package in packages]
    if options.compare:
        from kartu.package.packages import differences

        differing = differences(out, infos, options.decks)
        if differing is None:
            raise UsageError(
                _(
                    "there is no readable {manifest} in {folder} to compare with",
                    manifest=MANIFEST,
                    folder=out,
                )
            )
        return BuildResult(diagnostics, out, infos, differing)
    write_packages(out, packages, options.decks, root=options.root, compiled=compiled)
    if last is not None and not diagnostics:
        last.save(infos)
    return BuildResult(diagnostics, out, infos, [])


def _last_build(options: BuildOptions, out: Path, cache: Cache) -> LastBuild | None:
    """The last build, unless this one has options that need a new one."""
    if options.released or options.compare:
        return None
    build_time()  # raises for a time that cannot be
    return cache.last_build(out, options.decks, os.environ.get("SOURCE_DATE_EPOCH", ""))


def build_diagnostics(diagnostics: list[Diagnostic], root: Path) -> list[Diagnostic]:
    """Returns errors, and warnings of what cards lack or show differently than it was written."""
    paths = {one.span.path for one in diagnostics if one.code in _BUILD_WARNINGS}
    if paths:
        from kartu.checks.ignore import without_ignored

        diagnostics = without_ignored(Files(root), paths, diagnostics, whole=False)
    return [one for one in diagnostics if one.severity == "error" or one.code in _BUILD_WARNINGS]


def compile_decks(
    root: Path,
    names: Sequence[str],
    cache: Path | None,
    progress: Progress,
    *,
    held: bool = True,
    contents: Contents | None = None,
) -> tuple[list[Compiled], list[Diagnostic]]:
    """Returns the chosen decks as far as they can be compiled, and all diagnostics in order.

    Whatever could be read is rendered, so that errors in templates and card sets show together.
    Nobody writes meanwhile, unless `held` is false: then the result is of files as they were one
    after the other. `contents` holds the pictures and sounds afterwards, for who packs them.
    """
    with reading(root, progress) if held else nullcontext():
        return _compile(root, names, Cache(cache, root), progress, contents)


def saved_results(root: Path, cache: Path | None, deck: Deck) -> Results:
    """Returns the results of a deck's templates that earlier runs saved."""
    return Cache(cache, root).results(template_folders(deck))


def unpublished_decks(
    root: Path, cache: Path | None, progress: Progress
) -> tuple[list[BuiltDeck], list[Diagnostic]]:
    """Returns every deck compiled without its ledger, and the errors in order."""
    from kartu.checks import check_project
    from kartu.compile.deck import build_deck
    from kartu.compile.render.strangers import Strangers

    found = []
    with reading(root, progress) as undecided, Strangers() as strangers:
        project, faults = load_project(root, progress)
        diagnostics = Diagnostics([*undecided, *faults])
        check_project(project, diagnostics)
        files, saved = Files(root), Cache(cache, root)
        for deck in project.decks:
            progress(deck.id)
            results = saved.results(template_folders(deck))
            built, faults = build_deck(project, deck, files, results, strangers)
            diagnostics.extend(faults)
            if built is not None:
                found.append(built)
        saved.save_results()
    return found, in_order(one for one in diagnostics if one.severity == "error")


def _compile(
    root: Path, names: Sequence[str], cache: Cache, progress: Progress, contents: Contents | None
) -> tuple[list[Compiled], list[Diagnostic]]:
    """As compile_decks."""
    from kartu.compile.render.strangers import Strangers
    from kartu.compile.render.templates import may_be_foreign

    with Strangers() as strangers:
        if not cache.has_results() and may_be_foreign(Files(root)):
            strangers.start()  # while the cards are read
        found = _compile_with(strangers, root, names, cache, progress, contents)
    cache.save_results()
    return found


def _compile_with(
    strangers: Strangers,
    root: Path,
    names: Sequence[str],
    cache: Cache,
    progress: Progress,
    contents: Contents | None,
) -> tuple[list[Compiled], list[Diagnostic]]:
    from kartu.checks import check_project
    from kartu.checks.decks import with_all_texts
    from kartu.compile.deck import build_deck
    from kartu.ledger.check import check_ledger_is_there, check_published, check_uid_is_there
    from kartu.ledger.entries import entries_of
    from kartu.ledger.gone import once, without_gone
    from kartu.ledger.published import published, read_ledgers

    project, faults = load_project(root, progress)
    with reading(root, progress) as undecided:
        diagnostics = Diagnostics([*faults, *undecided])
    chosen = chosen_decks(project, names, root)
    files = Files(root)
    ledgers = read_ledgers(files, chosen, diagnostics)
    check_project(project, diagnostics, published=published(ledgers, chosen))
    project = with_all_texts(project)
    read = {*names, *(one.removeprefix("cards/") for deck in chosen for one in upstream_of(deck))}
    diagnostics = Diagnostics(one for one in diagnostics if not names or _concerns(one, read))
    cache.reads_elsewhere = any(deck.upstream for deck in project.decks)
    found = []
    originals: dict[str, Entries] = {}
    of_variants: set[Diagnostic] = set()
    for deck in chosen:
        progress(deck.id)
        ledger = ledgers[deck.folder, deck.variant]
        check_ledger_is_there(files, deck, ledger, diagnostics)
        check_uid_is_there(deck, ledger, diagnostics)
        results = cache.results(template_folders(deck))
        built, faults = build_deck(project, deck, files, results, strangers, progress, contents)
        diagnostics.extend(faults)
        # An error can leave notes out of `built`, which the ledger would report as removed.
        if built is not None and not any(map(_stops, diagnostics)):
            entries = entries_of(built, originals.get(deck.id) if deck.variant else None)
            ledger = without_gone(files, built.source, entries, ledger, diagnostics)
            if not deck.variant:
                originals[deck.id] = entries
            before = diagnostics.mark()
            types = project.of(deck).note_types
            of_variants.update(check_published(built, entries, ledger, types, diagnostics))
            breaks = [one for one in diagnostics.since(before) if one.code in UPGRADE_FAULTS]
            found.append(Compiled(built, entries, ledger, breaks))
    return found, in_order(once(diagnostics, ledgers.values(), of_variants))


def _concerns(one: Diagnostic, names: Collection[str]) -> bool:
    """Whether a diagnostic is in one of the named decks or in what all decks share."""
    parts = one.span.path.split("/")
    shared = parts[0] != "cards" or len(parts) < 3 or one.code == "shared-identity"
    return shared or parts[1] in names


def _stops(one: Diagnostic) -> bool:
    """Whether a fault leaves decks incomplete, so that they are not compared with releases."""
    return one.severity == "error" and one.code not in {*UPGRADE_FAULTS, *_OF_WHOLE_DECKS}


def pack_all(
    compiled: Sequence[Compiled],
    files: Files,
    time: int,
    progress: Progress = no_progress,
    contents: Contents | None = None,
) -> list[Package]:
    """Returns the packages of all editions; `time` is that of anything not yet released.

    `contents` are those of `files`, which hold what was read before.
    """
    from kartu.compile.render.contents import Contents
    from kartu.ledger.stamps import stamp
    from kartu.package.packages import pack

    contents = contents or Contents(files)
    packages = []
    for one in compiled:
        deck = one.built.source
        stamps = stamp(one.entries, one.ledger, deck.version, time)
        for edition in deck.editions:
            progress(f"{deck.id} {deck.variant} {edition.key}".rstrip())
            packages.append(pack(one.built, edition, contents, stamps))
    return packages


def write_packages(
    out: Path,
    packages: Sequence[Package],
    decks: Sequence[str],
    sources: Mapping[Path, bytes] | None = None,
    *,
    root: Path,
    compiled: Sequence[Compiled],
) -> None:
    """Writes packages and manifest, before them new contents of `sources` and ids, in `root`.

    Where only some `decks` were built, the manifest still lists the packages of the others; that of
    a file has no manifest. Raises UsageError, with nothing written, where that is not possible.
    """
    from kartu.core.atomic import holding, write_files
    from kartu.package.packages import manifest, packages_of_other_decks, refuse_others
    from kartu.rewrite.ids import changed_ids, saving

    contents: dict[str, Content] = {package.file: package.hashed for package in packages}
    infos = [package.info for package in packages]
    ids = changed_ids(one.built.source for one in compiled)
    with writing(_("into {folder}", folder=out)), holding(out), saving(root, ids) as written:
        if Files(root).one is None:
            infos += packages_of_other_decks(out, decks) if decks else []
            contents[MANIFEST] = manifest(infos)
        else:
            refuse_others(out, infos)
        built = {out / name: content for name, content in contents.items()}
        write_files({**(sources or {}), **written, **built})


def refuse_drafts(compiled: Sequence[Compiled]) -> None:
    """Raises RefusedError that names what is not released yet, if anything."""
    from kartu.ledger.stamps import stamp

    unreleased = [
        what
        for one in compiled
        for what in stamp(one.entries, one.ledger, one.built.source.version, 0).draft
    ]
    if unreleased:
        shown = ", ".join(unreleased[:5]) + (" …" if len(unreleased) > 5 else "")
        raise RefusedError(_("not released yet: {names}; run kartu release first", names=shown))


def facts(options: Options) -> tuple[list[Deck], list[Diagnostic]]:
    """The decks with their notes, without language variants, and what is wrong."""
    project, diagnostics = load_project(options.root)
    chosen = chosen_decks(project, options.decks, options.root)
    return [deck for deck in chosen if not deck.variant], in_order(diagnostics)
