"""`release`: decides and explains a version, and records what was published when.

It edits the ledger, the `version:` line of deck.yaml and the deck's changelog, all or none of
them, and then builds the packages. It never asks and never calls git.
"""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from kartu.core.clock import is_ahead, now
from kartu.core.codes import UPGRADE_FAULTS
from kartu.core.diagnostics import Diagnostic, Diagnostics, has_errors
from kartu.core.language import _
from kartu.core.model import PackageInfo
from kartu.core.progress import Progress, no_progress
from kartu.core.source import Text, text
from kartu.core.usage import UsageError, writing
from kartu.ledger.changelog import section, with_message, with_section
from kartu.ledger.changes import MOST_TOUCHED, Changes, Step, compare, next_version, step_of
from kartu.ledger.file import changelog_path
from kartu.ledger.released import file_of, times, with_release, with_times
from kartu.ledger.translations import BehindText, behind, with_originals
from kartu.load.access import changing, reading
from kartu.load.files import Files
from kartu.package.packages import are_there
from kartu.pipeline import (
    Compiled,
    build_diagnostics,
    compile_decks,
    output_folder,
    pack_all,
    write_packages,
)
from kartu.publish.diff.changes import Changes as StudentChanges
from kartu.publish.previous import changes_since
from kartu.publish.versions import day_of, order, redated
from kartu.rewrite.ids import changed_ids


class ReleaseOptions(NamedTuple):
    """`major` is the reason for a release that costs students progress, empty for none.

    `touch_all` allows a change of looks or tags on many notes; `restamp` moves only the time of
    the newest release; `translations_seen` records that somebody has looked at the translations
    whose originals were corrected; `dry_run` writes nothing. `message` heads the section of the
    changelog.
    """

    root: Path
    decks: tuple[str, ...] = ()
    cache: Path | None = None
    out: Path | None = None
    dry_run: bool = False
    major: str = ""
    touch_all: bool = False
    restamp: bool = False
    translations_seen: bool = False
    message: str = ""


class Plan(NamedTuple):
    """What a release of one deck does; `refused` is the reason why it is not allowed.

    `moved` are the notes that get a new time where only the time of the newest release moves,
    `ahead` is its date where that was in the future; `in_place` says that the deck takes the place
    of the one that it extends. `behind` are the translated texts, by language, whose originals were
    corrected; `seen` says that they now count as looked at.
    """

    deck: str
    before: str
    after: str
    step: Step
    changes: list[tuple[str, Changes]]
    published: int
    breaks: list[Diagnostic]
    restamped: bool
    moved: int
    in_place: bool
    ahead: str
    refused: str
    behind: list[tuple[str, list[BehindText]]]
    seen: bool


class ReleaseResult(NamedTuple):
    """`plans` has one per deck; `packages` is empty where nothing was written."""

    diagnostics: list[Diagnostic]
    plans: list[Plan]
    out: Path
    packages: list[PackageInfo]

    @property
    def ok(self) -> bool:
        """Whether nothing was refused and there is no error."""
        return not has_errors(self.diagnostics) and not any(one.refused for one in self.plans)


# Describes what a student will notice, as Markdown in a language: `report.diff.markdown`.
DescribeChanges = Callable[[StudentChanges, str], str]


def release(
    options: ReleaseOptions, describe: DescribeChanges, progress: Progress = no_progress
) -> ReleaseResult:
    """Releases the chosen decks; with a fault or a refused plan nothing is written.

    Raises UsageError as `build` does.
    """
    with (reading if options.dry_run else changing)(options.root, progress):
        return _release(options, describe, progress)


def _release(
    options: ReleaseOptions, describe: DescribeChanges, progress: Progress
) -> ReleaseResult:
    out = output_folder(options.out, options.root)
    compiled, errors, warnings = compiled_for(options, progress)
    if any(one.code not in UPGRADE_FAULTS for one in errors):
        return ReleaseResult([*errors, *warnings], [], out, [])
    plans = []
    written: list[Compiled] = []
    files: dict[str, dict[str, bytes]] = {}
    for folder, family in groupby(compiled, key=lambda one: one.built.source.folder):
        one = Releasing(list(family), options, describe)
        plans.append(one.plan)
        if one.plan.refused:
            continue
        released, contents = one.result()
        written += released
        if contents:
            files[folder] = contents
    refused = any(plan.refused for plan in plans)
    if refused or options.dry_run:
        breaks = errors if refused and not options.major else []
        return ReleaseResult([*breaks, *warnings], plans, out, [])
    packages = pack_all(written, Files(options.root), 0, progress)
    ids = changed_ids(one.built.source for one in written)
    if not files and not ids and are_there(out, packages):
        return ReleaseResult(warnings, plans, out, [])
    for folder, contents in files.items():
        _check_targets(options.root / folder, contents)
    sources = {
        options.root / folder / name: content
        for folder, contents in files.items()
        for name, content in contents.items()
    }
    write_packages(out, packages, options.decks, sources, root=options.root, compiled=written)
    return ReleaseResult(warnings, plans, out, [package.info for package in packages])


def compiled_for(
    options: ReleaseOptions, progress: Progress
) -> tuple[list[Compiled], list[Diagnostic], list[Diagnostic]]:
    """Returns the chosen decks, the errors that stop a release, and the warnings that go with it.

    Those with a code of UPGRADE_FAULTS can be accepted.
    """
    compiled, diagnostics = compile_decks(options.root, options.decks, options.cache, progress)
    diagnostics = build_diagnostics(diagnostics, options.root)
    errors = [one for one in diagnostics if one.severity == "error" and one.code != TWICE]
    return compiled, errors, [one for one in diagnostics if one.severity == "warning"]


TWICE = "version-released-twice"


class Releasing:
    """The release of one deck with its language variants, which share a version."""

    def __init__(
        self, family: Sequence[Compiled], options: ReleaseOptions, describe: DescribeChanges
    ) -> None:
        self.family = family
        self.options = options
        self.describe = describe
        self.deck = family[0].built.source
        self.breaks = [fault for one in family for fault in one.breaks]
        self.changes = [compare(one.entries, one.ledger) for one in family]
        self.newest = max(one.ledger.newest for one in family)
        self.now = now()
        self.ahead = is_ahead(self.newest)
        self.twice = any(one.ledger.twice for one in family)
        self.plan = self._plan()

    def result(self) -> tuple[list[Compiled], dict[str, bytes]]:
        """The decks as released, and the files of the deck's folder that change."""
        if self.plan.step == "none" and not self.options.restamp:
            return self._with_translations_seen()
        moved = self._moved_times()
        stamp = max(self.now, self.newest + 1)
        version = text(self.plan.after, self.deck.version.span)
        released, contents = [], {}
        for one, changes in zip(self.family, self.changes, strict=True):
            updated = self._as_released(one, version, stamp, moved)
            released.append(updated)
            contents[_name(updated.ledger.path)] = self._ledger_of(updated)
            path = changelog_path(one.built.source)
            if self.options.restamp:
                content = self._read(path)
                dated = redated(content, one.ledger, updated.ledger)
                if dated != content:
                    contents[_name(path)] = dated.encode()
            elif changes.any or one.breaks:
                reason = self.options.major if self.plan.step == "major" else ""
                description = self._description(one, updated) if one.ledger.releases else ""
                lines = section(updated.built, changes, version, day_of(stamp), reason, description)
                if not one.built.source.variant:
                    lines = with_message(lines, self.options.message)
                contents[_name(path)] = with_section(self._read(path), lines, updated.built.source)
        if version != self.deck.version:
            contents["deck.yaml"] = self._with_version(version)
        return released, contents

    def _with_translations_seen(self) -> tuple[list[Compiled], dict[str, bytes]]:
        """The decks without a release; only what is recorded of their translations changes."""
        if not self.plan.seen or not self.plan.behind:
            return list(self.family), {}
        seen = [
            one._replace(ledger=with_originals(one.ledger, one.entries, seen=True))
            for one in self.family
        ]
        changed = [one for one, before in zip(seen, self.family, strict=True) if one != before]
        return seen, {_name(one.ledger.path): self._ledger_of(one) for one in changed}

    def _ledger_of(self, one: Compiled) -> bytes:
        return file_of(one.ledger, one.built, self.deck.language, Files(self.options.root))

    def _plan(self) -> Plan:
        before = max((one.ledger.version for one in self.family), key=order)
        steps = [step_of(changes, breaks=bool(self.breaks)) for changes in self.changes]
        step = max(steps, key=_STEPS.index)
        if step == "none" and before and (self.twice or self.deck.version != before):
            step = "patch"
        after = self._version(before, step)
        published = sum(len(one.ledger.notes) for one in self.family)
        plan = Plan(
            deck=self.deck.id,
            before=before,
            after=after,
            step=step,
            changes=[
                (one.built.source.variant, changes)
                for one, changes in zip(self.family, self.changes, strict=True)
            ],
            published=published,
            breaks=self.breaks,
            restamped=self.options.restamp,
            moved=sum(
                note.time in self._moved_times()
                for one in self.family
                for note in one.ledger.notes.values()
            ),
            in_place=self.deck.in_place,
            ahead=day_of(self.newest) if self.options.restamp and self.ahead else "",
            refused="",
            behind=[
                (one.built.source.variant, found)
                for one in self.family
                if (found := behind(one.entries, one.ledger))
            ],
            seen=self.options.translations_seen,
        )
        return plan._replace(refused=self._refusal(plan))

    def _version(self, before: str, step: Step) -> str:
        """deck.yaml's version for the first release, or if it is higher than the next one."""
        written = str(self.deck.version)
        if self.options.restamp or not before:
            return before or written
        if step == "patch" and order(written) > order(before):
            return written
        return max(next_version(before, step), written, key=order)

    def _refusal(self, plan: Plan) -> str:
        if self.ahead and not self.options.restamp:
            return _(
                "its newest release is dated {date}, but on this computer it is {today}: set the "
                "clock right. If it is right, release this from {date} on; or put these changes "
                "aside, move the time of that release back with kartu release --restamp, and "
                "release them then",
                date=day_of(self.newest),
                today=day_of(self.now),
            )
        if self.options.restamp and not plan.before:
            return _("it was never released")
        if self.options.restamp:
            if plan.step == "none":
                return ""
            return _("there are changes: release them instead of moving the time of a release")
        if plan.step == "major" and not self.options.major:
            return _(
                'students would lose progress or updates: release it with --major "the reason"'
            )
        looks = sum(len(changes.touched_by_looks) for changes in self.changes)
        if looks > plan.published * MOST_TOUCHED and not self.options.touch_all:
            return _(
                "{changed} of {published} published notes change only in tags or looks, and "
                "students' own edits and tags on them would be lost: release it with "
                "--touch-all (looks belong in style.css, which touches no note)",
                changed=looks,
                published=plan.published,
            )
        return ""

    def _moved_times(self) -> dict[int, int]:
        """The times that --restamp changes: the newest to now, or all future ones back."""
        if not self.options.restamp or not self.newest:
            return {}
        if not self.ahead:
            return {self.newest: max(self.now, self.newest + 1)}
        known = sorted({time for one in self.family for time in times(one.ledger)})
        past = [time for time in known if time <= self.now]
        first = max(self.now - len(known), *past, 0) + 1
        return {time: first + n for n, time in enumerate(known[len(past) :])}

    def _as_released(
        self, one: Compiled, version: Text, stamp: int, moved: Mapping[int, int]
    ) -> Compiled:
        """The deck with its new version, and its ledger with that release."""
        built = one.built._replace(source=one.built.source._replace(version=version))
        ledger = with_originals(one.ledger, one.entries, seen=self.plan.seen)
        if self.options.restamp:
            ledger = with_times(ledger, moved)
        else:
            ledger = with_release(ledger, one.entries, str(version), stamp)
        return Compiled(built, one.entries, ledger, one.breaks)

    def _description(self, before: Compiled, after: Compiled) -> str:
        """What a student will notice, if the released package is still in `out`."""
        deck = before.built.source
        out = output_folder(self.options.out, self.options.root)
        found = changes_since(out, before.ledger.version, after.built)
        return self.describe(found, deck.language) if found is not None else ""

    def _read(self, path: str) -> str:
        files = Files(self.options.root)
        if not os.path.lexists(files.path(path)):
            return ""
        diagnostics = Diagnostics()
        content = files.read_text(path, diagnostics)
        if content is None:
            first, *_rest = diagnostics
            raise UsageError(_("cannot add to {path}: {message}", path=path, message=first.message))
        return content

    def _with_version(self, version: str) -> bytes:
        """deck.yaml with the version replaced in place, every other byte unchanged."""
        path = f"{self.deck.folder}/deck.yaml"
        content = Files(self.options.root).read_bytes(path, Diagnostics()) or b""
        span = self.deck.version.span
        parts = _LINE_END.split(content.decode("utf-8-sig"))
        line = parts[2 * span.line - 2]
        head, rest = line[: span.column - 1], line[span.column - 1 :]
        found = re.match(r"[\"']?" + re.escape(self.deck.version), rest)
        if found is None:
            where = f"{span.path}:{span.line}:{span.column}"
            raise UsageError(
                _(
                    "{where}: write the version as plain text: version: {version}",
                    where=where,
                    version=version,
                )
            )
        replaced = found[0].replace(self.deck.version, version)
        parts[2 * span.line - 2] = head + replaced + rest[found.end() :]
        mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
        return mark + "".join(parts).encode()


_LINE_END = re.compile(r"(\r\n|\r|\n)")


def _check_targets(folder: Path, names: Iterable[str]) -> None:
    """UsageError where a file of these names could not be written into the folder."""
    from kartu.core.atomic import check_target

    with writing(_("into {folder}", folder=folder)):
        check_target(folder, names)


_STEPS = ("none", "patch", "minor", "major")


def _name(path: str) -> str:
    return path.rpartition("/")[2]
