"""`kartu verify`: the gates of one package, or of each in a folder, from what students have."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from kartu.core.language import _
from kartu.core.progress import Progress, no_progress
from kartu.core.usage import UsageError
from kartu.publish.verify import VerifyOptions, verify_all
from kartu.publish.verify.earlier import Earlier, earlier, harmful, packages_in
from kartu.publish.verify.findings import Gate


class Options(NamedTuple):
    """`file` is a package or a folder of them.

    `olds` are packages that students have, `since` folders in which those of the same deck are
    looked for (`every`: all of them, not only those of the newest major version and the first);
    `root` is the project whose ledgers list what was released. `pythons` are interpreters that have
    anki; empty means the running one.
    """

    file: Path
    olds: tuple[Path, ...] = ()
    since: tuple[Path, ...] = ()
    every: bool = False
    pythons: tuple[str, ...] = ()
    root: Path = Path()


class Missing(NamedTuple):
    """Released versions of a package from which no update could be tried: they were not found."""

    file: str
    versions: tuple[str, ...]


class Verified(NamedTuple):
    """What the gates found, in `file` or each package of that folder.

    `harmful` are the gates that must stop a release: those with findings that were not accepted
    when a new major version was released.
    """

    file: str
    gates: tuple[Gate, ...]
    harmful: tuple[Gate, ...]
    missing: tuple[Missing, ...]

    @property
    def sound(self) -> bool:
        """Whether no gate found anything."""
        return not any(gate.findings for gate in self.gates)

    @property
    def ok(self) -> bool:
        """Whether nothing found must stop a release."""
        return not self.harmful


def verify_packages(options: Options, progress: Progress = no_progress) -> Verified:
    """Lets the real Anki import each package, and update to it from every older one.

    Raises UsageError for a missing file, one that is not a package and an interpreter without anki,
    and RefusedError where updates cannot be tested or the version has other content already.
    """
    found = _found(options)
    jobs = [VerifyOptions(one.file, (*options.olds, *one.olds), options.pythons) for one in found]
    result = verify_all(options.file, jobs, progress)
    missing = tuple(Missing(one.file.name, one.missing) for one in found if one.missing)
    return Verified(result.file, result.gates, tuple(harmful(result.gates, found)), missing)


def _found(options: Options) -> list[Earlier]:
    """Each package with what students update from."""
    files = packages_in(options.file)
    if not files:
        raise UsageError(_("there is no package in {file}", file=options.file))
    if options.since:
        return earlier(files, options.since, options.root, every=options.every)
    return [Earlier(one, (), (), ()) for one in files]
