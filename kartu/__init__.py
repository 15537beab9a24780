"""kartu compiles readable card definitions into Anki decks.

The functions here are the commands of the same names, for programs: they print nothing and never
end the process. docs/python.md explains them with examples. `import kartu` is light: the compiler
is loaded at the first call.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from kartu.core.version import __version__ as __version__

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Unpack

    from kartu.core.diagnostics import Diagnostic, Related
    from kartu.core.identity import new_uid
    from kartu.core.model import PackageInfo
    from kartu.core.source import Span
    from kartu.core.usage import RefusedError, UsageError
    from kartu.importing.records import DeckArguments, DeckResult
    from kartu.load.records import Record
    from kartu.pipeline import BuildResult
    from kartu.publish.diff.changes import Changes
    from kartu.publish.diff.sources import DiffResult
    from kartu.publish.release import Plan, ReleaseResult
    from kartu.publish.verify.findings import Finding, Gate
    from kartu.publish.verify.run import Verified
    from kartu.report.filter import CheckResult

# What is loaded when it is asked for, by name (PEP 562).
_MODULES = {
    "BuildResult": "kartu.pipeline",
    "Changes": "kartu.publish.diff.changes",
    "CheckResult": "kartu.report.filter",
    "DeckArguments": "kartu.importing.records",
    "DeckResult": "kartu.importing.records",
    "Diagnostic": "kartu.core.diagnostics",
    "DiffResult": "kartu.publish.diff.sources",
    "Finding": "kartu.publish.verify.findings",
    "Gate": "kartu.publish.verify.findings",
    "PackageInfo": "kartu.core.model",
    "Plan": "kartu.publish.release",
    "Record": "kartu.load.records",
    "RefusedError": "kartu.core.usage",
    "Related": "kartu.core.diagnostics",
    "ReleaseResult": "kartu.publish.release",
    "Span": "kartu.core.source",
    "UsageError": "kartu.core.usage",
    "Verified": "kartu.publish.verify.run",
    "new_uid": "kartu.core.identity",
}

__all__ = (
    "BuildResult",
    "Changes",
    "CheckResult",
    "DeckArguments",
    "DeckResult",
    "Diagnostic",
    "DiffResult",
    "Finding",
    "Gate",
    "PackageInfo",
    "Plan",
    "Record",
    "RefusedError",
    "Related",
    "ReleaseResult",
    "Span",
    "UsageError",
    "Verified",
    "__version__",
    "build",
    "check",
    "deck",
    "diff",
    "new_uid",
    "release",
    "verify",
)

Folder = str | os.PathLike[str]


if not TYPE_CHECKING:  # else every misspelt name would be right to type checkers

    def __getattr__(name: str) -> object:
        if name not in _MODULES:
            raise AttributeError(f"module 'kartu' has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(_MODULES[name]), name)


def check(
    project: Folder = ".",
    *,
    paths: Sequence[str] = (),
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    fix: bool = False,
    accept_upstream: bool = False,
    cache: Folder | None = None,
) -> CheckResult:
    """What is wrong with the project in a folder, in the order of the files.

    Args:
        project: The folder that holds cards/ and templates/, or a file that is a deck.
        paths: Files or folders of the project: only diagnostics there, none meaning all.
        select: Only these codes, none meaning all.
        ignore: Without these warnings.
        fix: Fix first, in the files, what can be fixed without judgement.
        accept_upstream: With `fix`: what an extended deck has changed is accepted.
        cache: A folder for results that the next run can use, None for nowhere.

    Raises:
        UsageError: A path or code does not exist, or a file cannot be written.
    """
    from kartu import pipeline
    from kartu.report.filter import CheckResult, covers, filtered, known_codes
    from kartu.rewrite.fix.run import fix as fix_files

    root = _path(project)
    covered = covers(root, paths)
    selected, ignored = known_codes(select), known_codes(ignore, warnings=True)
    fixed = fix_files(root, covered, accept=accept_upstream) if fix else []
    found = pipeline.check(pipeline.Options(root, cache=_path_or_none(cache)))
    diagnostics = _as_they_are(root, filtered(found, covered, selected, ignored))
    return CheckResult(tuple(diagnostics), tuple(one.path for one in fixed))


def build(
    project: Folder = ".",
    *,
    decks: Sequence[str] = (),
    out: Folder | None = None,
    released: bool = False,
    tag: str = "",
    compare: bool = False,
    cache: Folder | None = None,
) -> BuildResult:
    """Writes the package of each edition of the decks, and manifest.json; with an error, nothing.

    Args:
        project: The folder that holds cards/ and templates/, or a file that is a deck.
        decks: Folder names below cards/, none meaning all.
        out: The folder for the packages, build/ in the project if None; that of the file.
        released: Refuse to build what is not released.
        tag: Build what is released as this tag, with SHA256SUMS and the text of the release.
        compare: Write nothing, and report how the packages differ from those in `out`.
        cache: A folder for results that the next run can use, None for nowhere.

    Raises:
        UsageError: There is no such deck, or the folder cannot be written.
        RefusedError: What is not released was to be built with `released` or `tag`.
    """
    from kartu import pipeline
    from kartu.core.language import _
    from kartu.core.usage import UsageError

    if tag and compare:
        raise UsageError(_("tag and compare cannot be used together"))
    if _path(project).is_file() and (tag or compare):
        raise UsageError(_("tag and compare are for projects, not for a file"))
    options = pipeline.BuildOptions(
        _path(project), tuple(decks), _path_or_none(cache), _path_or_none(out), released, compare
    )
    if options.root.is_file():
        from kartu.publish.one_file import build_file
        from kartu.report.diff import markdown

        done = build_file(options, markdown)
        return done._replace(diagnostics=_as_they_are(options.root, done.diagnostics))
    if not tag:
        return pipeline.build(options)
    from kartu.publish.tag import publish

    return publish(options, tag)


def release(
    project: Folder = ".",
    *,
    decks: Sequence[str] = (),
    out: Folder | None = None,
    dry_run: bool = False,
    major: str = "",
    touch_all: bool = False,
    restamp: bool = False,
    translations_seen: bool = False,
    message: str = "",
    cache: Folder | None = None,
) -> ReleaseResult:
    """Publishes the decks: decides the version, records what changed, and builds.

    Args:
        project: The folder that holds cards/ and templates/, or a file that is a deck.
        decks: Folder names below cards/, none meaning all.
        out: The folder for the packages, build/ in the project if None; that of the file.
        dry_run: Report everything, write nothing.
        major: The reason for a release that costs students progress or updates.
        touch_all: Release a change of tags or rendering although it touches many notes.
        restamp: Move only the time of the newest release to now.
        translations_seen: Record that the translations of corrected texts were looked at.
        message: What students read first in the changelog of this release.
        cache: A folder for results that the next run can use, None for nowhere.

    Raises:
        UsageError: There is no such deck, or a folder cannot be written.
    """
    from kartu.publish import release as releasing
    from kartu.report.diff import markdown

    options = releasing.ReleaseOptions(_path(project), tuple(decks))
    options = options._replace(cache=_path_or_none(cache), out=_path_or_none(out))
    options = options._replace(dry_run=dry_run, major=major.strip(), touch_all=touch_all)
    options = options._replace(restamp=restamp, translations_seen=translations_seen)
    options = options._replace(message=message.strip())
    if options.root.is_file():
        from kartu.publish.one_file import release_file

        done = release_file(options, markdown)
        return done._replace(diagnostics=_as_they_are(options.root, done.diagnostics))
    return releasing.release(options, markdown)


def verify(
    file: Folder,
    *,
    olds: Sequence[Folder] = (),
    since: Sequence[Folder] = (),
    every: bool = False,
    pythons: Sequence[str] = (),
    project: Folder = ".",
) -> Verified:
    """Lets the real Anki import a package, and update to it from older ones.

    Args:
        file: An .apkg, or a folder of them.
        olds: Packages that students have.
        since: Folders in which released packages of the same deck are looked for.
        every: With `since`: all of them, not only those of the newest major version and the first.
        pythons: Interpreters that have anki, none meaning the running one.
        project: The project whose ledgers say what was released, for `since`.

    Raises:
        UsageError: The file is no package, or an interpreter has no anki.
        RefusedError: Updates cannot be tried, or the version was published with other content.
    """
    from kartu.publish.verify.run import Options, verify_packages

    folders = tuple(map(_path, since))
    return verify_packages(
        Options(
            _path(file), tuple(map(_path, olds)), folders, every, tuple(pythons), _path(project)
        )
    )


def diff(
    old: Folder,
    new: Folder,
    *,
    deck: str = "",
    project: Folder = ".",
    cache: Folder | None = None,
) -> DiffResult:
    """What a student will notice who has `old` and imports `new`.

    Args:
        old: An .apkg, the folder of a project, or `git:REVISION` of `project`.
        new: Likewise.
        deck: Compare only the deck with this folder, uid or name.
        project: The project that git revisions belong to.
        cache: A folder for results that the next run can use, None for nowhere.

    Raises:
        UsageError: A side is not there or cannot be read, or neither has the deck.
    """
    from kartu.publish.diff.sources import DiffOptions, diff_sources

    options = DiffOptions(
        os.fspath(old), os.fspath(new), _path(project), deck, _path_or_none(cache)
    )
    return diff_sources(options)


def deck(
    rows: Iterable[Record],
    *,
    note_type: Folder,
    name: str,
    uid: str,
    **more: Unpack[DeckArguments],
) -> DeckResult:
    """A package of dictionaries, a note each, with the checks and identity of a project's deck.

    Nothing is written. The same arguments at the same time give the same bytes.

    Args:
        rows: Dictionaries (or sqlite3.Row) with the keys of the note type's fields and `id`; also
            `tags`, `sources`, `as_of`, `retired`, `guid`, `note_type` and `subdeck`.
        note_type: The id of one that kartu ships, or the pathlib.Path of a folder
            templates/<note type> of a project.
        name: The deck's name in Anki; permanent, as are `prefix` and each `subdeck`.
        uid: 16 hex digits made once with `new_uid()`: with an `id` it says which note is which.
        more: What `DeckArguments` lists.

    Raises:
        UsageError: The note type's folder is not there, or the time is none.
    """
    from kartu.importing import records

    return records.deck(rows, note_type, {"name": name, "uid": uid}, more)


def _as_they_are(root: Path, diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    """Diagnostics with the names of files as they lie in the folder of a file that is a deck."""
    from kartu.load.files import Files
    from kartu.load.one_file import with_paths

    one = Files(root).one
    return diagnostics if one is None else with_paths(one.worded(diagnostics), one.shown)


def _path(folder: Folder) -> Path:
    from pathlib import Path

    return Path(folder)


def _path_or_none(folder: Folder | None) -> Path | None:
    return None if folder is None else _path(folder)
