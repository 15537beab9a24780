"""Finds the packages in a folder that students have, from which to try an update.

Only the command line uses this module: it also reads the ledgers of the project.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from kartu.anki.apkg.archive import identity_of
from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _
from kartu.core.usage import RefusedError
from kartu.ledger.file import read_ledger
from kartu.load.files import Files
from kartu.load.names import version_key
from kartu.publish.verify.findings import Gate
from kartu.publish.verify.package import NotAPackageError, UnreadablePackageError, read_package

_MANIFEST = "manifest.json"

_BREAKING = frozenset(("package-unreadable", "import-failed", "engine-failed", "time-limit"))


class EarlierError(RefusedError):
    """An update cannot be tested, or the package must not be published; the message says why."""


class PackageFile(NamedTuple):
    """A package and its metadata; `uid` and `version` are empty where it has none."""

    path: Path
    uid: str
    edition: str
    version: str
    draft: bool

    @property
    def digest(self) -> str:
        return sha256(self.path.read_bytes()).hexdigest()


class Earlier(NamedTuple):
    """A package, older ones of its deck that students have, and released versions not found.

    `accepted` are those of an older major version: what the step from them costs students was
    accepted when that was released (`kartu release --major`).
    """

    file: Path
    olds: tuple[Path, ...]
    missing: tuple[str, ...]
    accepted: tuple[Path, ...]


def packages_in(place: Path) -> list[Path]:
    """Returns the package itself, or those of a folder: the manifest's, else each `.apkg`."""
    if not place.is_dir():
        return [place]
    try:
        entries = json.loads((place / _MANIFEST).read_bytes())["packages"]
        names = [os.path.basename(one["file"]) for one in entries]
    except (OSError, ValueError, KeyError, TypeError):
        return sorted(place.glob("*.apkg"))
    return [place / name for name in names]


def earlier(
    files: Sequence[Path], folders: Sequence[Path], root: Path, *, every: bool = False
) -> list[Earlier]:
    """Returns for each package those below `folders` from which students update to it.

    They are of the same deck and edition (of all editions, where an older release has not that
    one), no drafts, and of an earlier version: all of the newest major and the first ever, with
    `every` all. Raises EarlierError where there is none although a ledger of the project in `root`
    lists one, and where the same version was published with different content.
    """
    candidates = list(_distinct(_packages_below(folders)))
    released = _released(root)
    return [_earlier(_package_file(file), candidates, released, every=every) for file in files]


def harmful(gates: Iterable[Gate], found: Iterable[Earlier]) -> list[Gate]:
    """Returns the gates that must stop a release: those with findings that were not accepted.

    A failure of Anki itself is never accepted.
    """
    accepted = {(str(one.file), str(old)) for one in found for old in one.accepted}
    return [
        gate
        for gate in gates
        if gate.findings and ((gate.file, gate.old) not in accepted or is_failure(gate))
    ]


def is_failure(gate: Gate) -> bool:
    """Whether Anki itself has failed in a gate."""
    return not _BREAKING.isdisjoint(_rules(gate))


def _earlier(
    new: PackageFile,
    candidates: Sequence[PackageFile],
    released: dict[str, set[str]],
    *,
    every: bool,
) -> Earlier:
    same_deck = [old for old in candidates if old.uid and old.uid == new.uid and not old.draft]
    for old in same_deck:
        same = (old.version, old.edition) == (new.version, new.edition)
        if same and not new.draft and not _same_content(old, new):
            raise EarlierError(
                _(
                    "{file} {version} was already published with different content ({path}): "
                    "students who have that would not get this; release a new version",
                    file=new.path.name,
                    version=new.version,
                    path=old.path,
                )
            )
    olds = [old for old in same_deck if _is_before(old, new)]
    versions = {old.version for old in olds}
    expected = {one for one in released.get(new.uid, ()) if new.draft or one != new.version}
    unidentified = _unidentified_packages(new, candidates)
    if expected and not olds and not unidentified:
        raise EarlierError(
            _(
                "{file}: there is no earlier package of this deck, although its ledger lists "
                "{versions}; without one nobody knows what an update does to students",
                file=new.path.name,
                versions=_listed(expected),
            )
        )
    chosen_versions = versions if every else _newest_major_and_first(versions)
    selected = [one for version in sorted(chosen_versions, key=version_key)
             for one in _of_version(version, olds, new.edition)]  # fmt: skip
    wanted = expected if every else _newest_major_and_first(expected)
    missing = sorted(wanted - versions, key=version_key)
    return Earlier(
        file=new.path,
        olds=(*unidentified, *(one.path for one in selected)),
        missing=tuple(missing),
        accepted=tuple(one.path for one in selected if _major(one) < _major(new)),
    )


def _major(package: PackageFile) -> int:
    return version_key(package.version)[0]


def _same_content(old: PackageFile, new: PackageFile) -> bool:
    """Whether both have the same notes and media; the bytes depend on the version of kartu."""
    if old.digest == new.digest:
        return True
    try:
        return read_package(str(old.path)) == read_package(str(new.path))
    except (NotAPackageError, UnreadablePackageError):
        return False


def _is_before(old: PackageFile, new: PackageFile) -> bool:
    """A draft still has the version of the release before it."""
    if not new.version:
        return False
    before, now = version_key(old.version), version_key(new.version)
    return before < now or (new.draft and before == now)


def _newest_major_and_first(versions: Iterable[str]) -> set[str]:
    """All of the newest major, and the first ever."""
    ordered = sorted(versions, key=version_key)
    newest = version_key(ordered[-1])[0] if ordered else 0
    return {*ordered[:1], *(one for one in ordered if version_key(one)[0] == newest)}


def _of_version(version: str, olds: Sequence[PackageFile], edition: str) -> list[PackageFile]:
    of_version = [old for old in olds if old.version == version]
    return [old for old in of_version if old.edition == edition] or of_version


def _unidentified_packages(new: PackageFile, candidates: Sequence[PackageFile]) -> list[Path]:
    """Packages without metadata that share notes with this one: of an imported deck."""
    unidentified = [old for old in candidates if not old.uid]
    guids = _guids(new.path) if unidentified else set()
    return [old.path for old in unidentified if not guids.isdisjoint(_guids(old.path))]


def _guids(path: Path) -> set[str]:
    try:
        return set(read_package(str(path)).notes)
    except (NotAPackageError, UnreadablePackageError):
        return set()


def _packages_below(folders: Iterable[Path]) -> Iterable[PackageFile]:
    for folder in folders:
        for path in sorted(folder.rglob("*.apkg")):
            try:
                yield _package_file(path)
            except EarlierError as error:
                raise EarlierError(
                    _("{message}: delete it, or download it again", message=error)
                ) from error


def _distinct(packages: Iterable[PackageFile]) -> Iterable[PackageFile]:
    """Each content once: a release may be there twice."""
    seen = set()
    for one in packages:
        if one.digest not in seen:
            seen.add(one.digest)
            yield one


def _rules(gate: Gate) -> set[str]:
    return {one.rule for one in gate.findings}


def _package_file(path: Path) -> PackageFile:
    try:
        found = identity_of(path)
        if found is None:
            return PackageFile(path, "", "", "", False)
        version_key(found.version)
        return PackageFile(path, found.uid, found.edition, found.version, found.draft)
    except (OSError, ValueError) as error:
        raise EarlierError(_("{path} is not a readable package", path=path)) from error


def _released(root: Path) -> dict[str, set[str]]:
    """The released versions by uid, from the ledgers of the project."""
    found: dict[str, set[str]] = {}
    for path in sorted(root.glob("cards/*/ledger*.jsonl")):
        ledger = read_ledger(Files(root), path.relative_to(root).as_posix(), Diagnostics())
        if ledger.deck is not None:
            found.setdefault(ledger.deck.uid, set()).update(ledger.releases)
    return found


def _listed(versions: Iterable[str]) -> str:
    return ", ".join(sorted(versions, key=version_key))
