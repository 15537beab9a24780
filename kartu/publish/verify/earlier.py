"""Finds in a folder the packages that students have, from which an update is to be tried.

The command line alone uses this module: it also reads the ledgers of the project.
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
from kartu.core.usage import RefusedError
from kartu.ledger.file import read_ledger
from kartu.load.files import Files
from kartu.load.names import version_key
from kartu.publish.verify.findings import Gate
from kartu.publish.verify.package import NotAPackageError, UnreadablePackageError, read_package

_MANIFEST = "manifest.json"

_BREAKING = frozenset(("package-unreadable", "import-failed", "engine-failed", "time-limit"))


class EarlierError(RefusedError):
    """Updates to a package cannot be proven, or it must not be published; the message says why."""


class Told(NamedTuple):
    """What a package says of itself; `uid` and `version` are empty where it says nothing."""

    path: Path
    uid: str
    edition: str
    version: str
    draft: bool

    @property
    def digest(self) -> str:
        return sha256(self.path.read_bytes()).hexdigest()


class Earlier(NamedTuple):
    """A package, those that students have of its deck, and released versions that are not there.

    `accepted` are those of an older major version: what the step from them costs students was
    accepted when that was released (`kartu release --major`).
    """

    file: Path
    olds: tuple[Path, ...]
    missing: tuple[str, ...]
    accepted: tuple[Path, ...]


def packages_in(place: Path) -> list[Path]:
    """The package itself, or those of a folder: what its manifest names, else each `.apkg`."""
    if not place.is_dir():
        return [place]
    try:
        told = json.loads((place / _MANIFEST).read_bytes())["packages"]
        names = [os.path.basename(one["file"]) for one in told]
    except (OSError, ValueError, KeyError, TypeError):
        return sorted(place.glob("*.apkg"))
    return [place / name for name in names]


def earlier(
    files: Sequence[Path], folders: Sequence[Path], root: Path, *, every: bool = False
) -> list[Earlier]:
    """For each package those below `folders` from which students update to it.

    They are of the same deck and edition (of all editions, where an older release has not that
    one), no drafts, and of an earlier version: all of the newest major and the first ever, with
    `every` all. Raises EarlierError where there is none although a ledger of the project in `root`
    knows of one, and where the same version was published with another content.
    """
    there = list(_distinct(_below(folders)))
    released = _released(root)
    return [_earlier(_told(file), there, released, every=every) for file in files]


def harmful(gates: Iterable[Gate], found: Iterable[Earlier]) -> list[Gate]:
    """The gates that must stop a release: those with findings that nobody accepted.

    That Anki breaks over an update is never accepted.
    """
    accepted = {(str(one.file), str(old)) for one in found for old in one.accepted}
    return [
        gate
        for gate in gates
        if gate.findings
        and ((gate.file, gate.old) not in accepted or not _BREAKING.isdisjoint(_rules(gate)))
    ]


def _earlier(
    new: Told, there: Sequence[Told], released: dict[str, set[str]], *, every: bool
) -> Earlier:
    own = [old for old in there if old.uid and old.uid == new.uid and not old.draft]
    for old in own:
        same = (old.version, old.edition) == (new.version, new.edition)
        if same and not new.draft and not _alike(old, new):
            raise EarlierError(
                f"{new.path.name} {new.version} was published already with another content"
                f" ({old.path}): students who have that would not get this; release a new version"
            )
    olds = [old for old in own if _is_before(old, new)]
    versions = {old.version for old in olds}
    expected = {one for one in released.get(new.uid, ()) if new.draft or one != new.version}
    strangers = _from_elsewhere(new, there)
    if expected and not olds and not strangers:
        raise EarlierError(
            f"{new.path.name}: no earlier package of this deck is there, although its ledger tells"
            f" of {_listed(expected)}; without one it is not known what an update does to students"
        )
    chosen = versions if every else _usual(versions)
    taken = [one for version in sorted(chosen, key=version_key)
             for one in _of_version(version, olds, new.edition)]  # fmt: skip
    wanted = expected if every else _usual(expected)
    missing = sorted(wanted - versions, key=version_key)
    return Earlier(
        file=new.path,
        olds=(*strangers, *(one.path for one in taken)),
        missing=tuple(missing),
        accepted=tuple(one.path for one in taken if _major(one) < _major(new)),
    )


def _major(told: Told) -> int:
    return version_key(told.version)[0]


def _alike(old: Told, new: Told) -> bool:
    """Whether students would find the same in both; another version of kartu gives other bytes."""
    if old.digest == new.digest:
        return True
    try:
        return read_package(str(old.path)) == read_package(str(new.path))
    except (NotAPackageError, UnreadablePackageError):
        return False


def _is_before(old: Told, new: Told) -> bool:
    """A draft still has the version of the release before it."""
    if not new.version:
        return False
    before, now = version_key(old.version), version_key(new.version)
    return before < now or (new.draft and before == now)


def _usual(versions: Iterable[str]) -> set[str]:
    """All of the newest major, and the first ever."""
    ordered = sorted(versions, key=version_key)
    newest = version_key(ordered[-1])[0] if ordered else 0
    return {*ordered[:1], *(one for one in ordered if version_key(one)[0] == newest)}


def _of_version(version: str, olds: Sequence[Told], edition: str) -> list[Told]:
    of_version = [old for old in olds if old.version == version]
    return [old for old in of_version if old.edition == edition] or of_version


def _from_elsewhere(new: Told, there: Sequence[Told]) -> list[Path]:
    """Packages that do not say what they are, and hold notes of this one: of an imported deck."""
    strangers = [old for old in there if not old.uid]
    guids = _guids(new.path) if strangers else set()
    return [old.path for old in strangers if not guids.isdisjoint(_guids(old.path))]


def _guids(path: Path) -> set[str]:
    try:
        return set(read_package(str(path)).notes)
    except (NotAPackageError, UnreadablePackageError):
        return set()


def _below(folders: Iterable[Path]) -> Iterable[Told]:
    for folder in folders:
        for path in sorted(folder.rglob("*.apkg")):
            try:
                yield _told(path)
            except EarlierError as error:
                raise EarlierError(f"{error}: take it away, or download it anew") from error


def _distinct(packages: Iterable[Told]) -> Iterable[Told]:
    """Each content once: a release may be there twice."""
    seen = set()
    for one in packages:
        if one.digest not in seen:
            seen.add(one.digest)
            yield one


def _rules(gate: Gate) -> set[str]:
    return {one.rule for one in gate.findings}


def _told(path: Path) -> Told:
    try:
        found = identity_of(path)
        if found is None:
            return Told(path, "", "", "", False)
        version_key(found.version)
        return Told(path, found.uid, found.edition, found.version, found.draft)
    except (OSError, ValueError) as error:
        raise EarlierError(f"{path} is no package that can be read") from error


def _released(root: Path) -> dict[str, set[str]]:
    """The released versions by uid, as the ledgers of the project tell them."""
    found: dict[str, set[str]] = {}
    for path in sorted(root.glob("cards/*/ledger*.jsonl")):
        ledger = read_ledger(Files(root), path.relative_to(root).as_posix(), Diagnostics())
        if ledger.deck is not None:
            found.setdefault(ledger.deck.uid, set()).update(ledger.releases)
    return found


def _listed(versions: Iterable[str]) -> str:
    return ", ".join(sorted(versions, key=version_key))
