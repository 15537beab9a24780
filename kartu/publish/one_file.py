"""One file that is a deck: `build` records what changes, `release` lists it from then on.

It has no drafts. Before its first release nobody but its author has the deck: a row may go, and
there is no changelog.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kartu.core.atomic import recover
from kartu.core.codes import UPGRADE_FAULTS
from kartu.core.diagnostics import Diagnostics, has_errors
from kartu.core.progress import Progress, no_progress
from kartu.core.source import Mapping
from kartu.core.usage import RefusedError
from kartu.ledger.changelog import section, with_message, with_section
from kartu.ledger.changes import compare
from kartu.ledger.file import Ledger, changelog_path
from kartu.load.access import changing, reading
from kartu.load.files import Files, described
from kartu.load.one_file import COMPANIONS, IDS
from kartu.load.words import word_of
from kartu.load.yaml import parse
from kartu.pipeline import (
    BuildOptions,
    BuildResult,
    Compiled,
    build_diagnostics,
    compile_decks,
    output_folder,
    pack_all,
    refuse_drafts,
    write_packages,
)
from kartu.publish.release import (
    TWICE,
    DescribeChanges,
    Plan,
    ReleaseOptions,
    ReleaseResult,
    Releasing,
)
from kartu.publish.versions import day_of
from kartu.rewrite.description import Properties, description_of, with_keys
from kartu.rewrite.ids import refuse_unsaved

_NOTHING = Properties()


def build_file(
    options: BuildOptions,
    describe: DescribeChanges,
    progress: Progress = no_progress,
    properties: Properties = _NOTHING,
) -> BuildResult:
    """Builds the package of the file `options.root`, and records what has changed.

    Raises:
        UsageError: A file cannot be written.
        RefusedError: `released` is set and something has changed, or the changes would do harm.
    """
    release = ReleaseOptions(options.root, cache=options.cache, out=options.out)
    with changing(options.root, progress):
        if options.released:
            return _as_released(options, progress)
        done = _publish(release, describe, progress, properties, building=True)
    for plan in done.plans:
        if plan.refused and not has_errors(done.diagnostics):
            raise RefusedError(plan.refused)
    return BuildResult(done.diagnostics, done.out, done.packages, [])


def release_file(
    options: ReleaseOptions,
    describe: DescribeChanges,
    progress: Progress = no_progress,
    properties: Properties = _NOTHING,
) -> ReleaseResult:
    """Releases the file `options.root`: from now on a changelog lists what its builds change.

    Raises UsageError as `build_file` does.
    """
    with (reading if options.dry_run else changing)(options.root, progress):
        return _publish(options, describe, progress, properties, building=False)


def releasing_file(compiled: Sequence[Compiled], options: ReleaseOptions) -> tuple[Plan, Releasing]:
    """Returns what a release of the file does, and the release itself."""
    one = _Releasing(compiled, options, lambda changes, language: "", building=False)
    return one.shown(), one


def companions(file: Path) -> list[str]:
    """The names of the files that must travel with the file, as far as they are there."""
    return [
        file.name + ending
        for ending in (*COMPANIONS.values(), IDS)
        if (file.parent / (file.name + ending)).is_file()
    ]


def _as_released(options: BuildOptions, progress: Progress) -> BuildResult:
    """The package as it was recorded; refused where it would be another one."""
    out = output_folder(options.out, options.root)
    compiled, diagnostics = compile_decks(options.root, (), options.cache, progress)
    diagnostics = build_diagnostics(diagnostics, options.root)
    if has_errors(diagnostics):
        return BuildResult(diagnostics, out, [], [])
    refuse_drafts(compiled)
    refuse_unsaved(one.built.source for one in compiled)
    packages = pack_all(compiled, Files(options.root), 0, progress)
    write_packages(out, packages, (), root=options.root, compiled=compiled)
    return BuildResult(diagnostics, out, [package.info for package in packages], [])


def _publish(
    options: ReleaseOptions,
    describe: DescribeChanges,
    progress: Progress,
    properties: Properties,
    *,
    building: bool,
) -> ReleaseResult:
    out = output_folder(options.out, options.root)
    recover(out)
    with described(options.root, description_of(options.root, properties)):
        compiled, diagnostics = compile_decks(options.root, (), options.cache, progress)
        diagnostics = build_diagnostics(diagnostics, options.root)
        errors = [one for one in diagnostics if one.severity == "error" and one.code != TWICE]
        warnings = [one for one in diagnostics if one.severity == "warning"]
        if not compiled or any(one.code not in UPGRADE_FAULTS for one in errors):
            return ReleaseResult([*errors, *warnings], [], out, [])
        one = _Releasing(compiled, options, describe, building=building)
        if one.plan.refused or options.dry_run:
            breaks = errors if one.plan.refused and not options.major else []
            return ReleaseResult([*breaks, *warnings], [one.shown()], out, [])
        released, contents = one.result()
        files = Files(options.root)
        packages = pack_all(released, files, 0, progress)
        folder = released[0].built.source.folder
        sources = {Path(files.path(f"{folder}/{name}")): it for name, it in contents.items()}
        write_packages(out, packages, (), sources, root=options.root, compiled=released)
    infos = [package.info for package in packages]
    return ReleaseResult(warnings, [one.shown()], out, infos)


class _Releasing(Releasing):
    """The release, or the build, of a file."""

    def __init__(
        self,
        family: Sequence[Compiled],
        options: ReleaseOptions,
        describe: DescribeChanges,
        *,
        building: bool,
    ) -> None:
        self.building = building
        self.files = Files(options.root)
        self.changelog = changelog_path(family[0].built.source)
        self.is_new = not self.files.is_file(self.changelog)
        # Nobody but the author has its cards yet.
        options = options._replace(touch_all=options.touch_all or self.is_new)
        super().__init__(family, options, describe)

    def shown(self) -> Plan:
        """The plan as people see it: a first release has all notes, whatever builds recorded."""
        if self.building or not self.is_new or self.plan.refused:
            return self.plan
        (one,) = self.family
        changes = [("", compare(one.entries, _nothing(one.ledger)))]
        step = self.plan.step if self.plan.step != "none" else "minor"
        return self.plan._replace(before="", step=step, changes=changes)

    def result(self) -> tuple[list[Compiled], dict[str, bytes]]:
        """As of a folder's deck, with what is listed only from the first release on."""
        released, contents = super().result()
        (one,) = released
        if self.is_new:
            contents.pop(_name(self.changelog), None)
            if not self.building and not self.options.restamp:
                contents[_name(self.changelog)] = self._first_section(one)
        description = contents.get(_DECK) or self._deck_yaml()
        if kind := self._note_type(one, description):
            name = self.options.root.name + COMPANIONS[_DECK]
            description = with_keys(description, {"note_type": kind}, name)
        contents[_DECK] = description
        return released, contents

    def _deck_yaml(self) -> bytes:
        return self.files.read_bytes(f"{self.deck.folder}/{_DECK}", Diagnostics()) or b""

    def _first_section(self, one: Compiled) -> bytes:
        deck, changes = one.built.source, compare(one.entries, _nothing(one.ledger))
        day = day_of(one.ledger.newest)
        lines = section(one.built, changes, str(deck.version), day, self.options.major)
        lines = with_message(lines, self.options.message)
        return with_section("", lines, deck)

    def _note_type(self, one: Compiled, description: bytes) -> str:
        """The note type that columns or shape have given, which is permanent from now on."""
        kinds = {str(note.note_type.source.id) for note in one.built.notes}
        if self.options.root.suffix.lower() == ".yaml" or len(kinds) > 1:
            return ""
        node = parse(description.decode("utf-8-sig"), "", Diagnostics())
        if isinstance(node, Mapping) and "note_type" in node:
            return ""
        id = kinds.pop()
        used = (kind.source for kind in one.built.note_types if kind.source.id == id)
        return next((word_of(kind, str(one.built.source.language)) for kind in used), id)


_DECK = "deck.yaml"


def _nothing(ledger: Ledger) -> Ledger:
    """The ledger before anything was recorded in it."""
    return ledger._replace(deck=None, types={}, notes={}, releases={})


def _name(path: str) -> str:
    return path.rpartition("/")[2]
