"""What a release of one deck would do, as if everything that can be accepted was accepted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from kartu.core.codes import UPGRADE_FAULTS
from kartu.core.diagnostics import Diagnostic
from kartu.core.progress import Progress, no_progress
from kartu.core.usage import UsageError
from kartu.ledger.changes import MOST_TOUCHED, Changes
from kartu.load.access import output_folder
from kartu.load.files import Files
from kartu.package.packages import Package
from kartu.pipeline import Compiled, pack_all
from kartu.publish.diff.apkg import from_package
from kartu.publish.diff.changes import Changes as StudentChanges
from kartu.publish.diff.changes import diff
from kartu.publish.diff.state import SourceError, from_built
from kartu.publish.one_file import releasing_file
from kartu.publish.previous import previous_packages
from kartu.publish.release import Plan, ReleaseOptions, Releasing, compiled_for

_ANY = "-"  # a reason: the plan is the same for each


class Planned(NamedTuple):
    """What a release would do; `plan` is None where `errors` have to be corrected first.

    `breaks` are harm to students that only a reason releases, `looks` the published notes that
    change in tags or looks alone where these are too many, else 0. `family` is the deck with its
    translations.
    """

    errors: list[Diagnostic]
    breaks: list[Diagnostic]
    plan: Plan | None
    looks: int
    family: list[Compiled]
    releasing: Releasing | None

    @property
    def changes(self) -> Changes:
        """What changes in the deck itself, apart from translations."""
        assert self.plan is not None, "there is a plan"
        return self.plan.changes[0][1]


def planned(options: ReleaseOptions, progress: Progress = no_progress) -> Planned:
    """Returns what a release of the one deck of these options would do; nothing is written.

    Raises UsageError as `release` does.
    """
    wanted = options._replace(dry_run=True, major=_ANY, touch_all=True)
    compiled, errors, _warnings = compiled_for(wanted, progress)
    breaks = [one for one in errors if one.code in UPGRADE_FAULTS]
    rest = [one for one in errors if one.code not in UPGRADE_FAULTS]
    if rest or not compiled:
        return Planned(rest, breaks, None, 0, compiled, None)
    if options.root.is_file():
        plan, releasing = releasing_file(compiled, wanted)
    else:
        releasing = Releasing(compiled, wanted, lambda changes, language: "")
        plan = releasing.plan
    looks = sum(len(changes.touched_by_looks) for _variant, changes in plan.changes)
    many = looks > plan.published * MOST_TOUCHED
    return Planned([], breaks, plan, looks if many else 0, compiled, releasing)


def student_changes(options: ReleaseOptions, family: Sequence[Compiled]) -> StudentChanges | None:
    """Returns what a student will notice, word by word.

    None where the package of the last release with all notes is not where that wrote it.
    """
    deck = family[0].built
    out = output_folder(options.out, options.root)
    editions = [one for one in deck.source.editions if deck.notes_of(one) == list(deck.notes)]
    whole = deck.source._replace(editions=tuple(editions))
    for path in previous_packages(out, whole, family[0].ledger.version):
        try:
            return diff(from_package(path), from_built(deck))
        except SourceError:
            continue
    return None


def rehearsed(root: Path, planned: Planned, progress: Progress = no_progress) -> list[Package]:
    """Returns the packages as this release would write them; nothing is written."""
    assert planned.releasing is not None, "there is a plan"
    released, _contents = planned.releasing.result()
    return pack_all(released, Files(root), 0, progress)


def students_packages(options: ReleaseOptions, family: Sequence[Compiled]) -> dict[str, Path]:
    """Returns the packages of the last release by their names, as far as they are still there."""
    try:
        out = output_folder(options.out, options.root)
    except UsageError:
        return {}
    found = (
        path
        for one in family
        for path in previous_packages(out, one.built.source, one.ledger.version)
    )
    return {path.name: path for path in found}
