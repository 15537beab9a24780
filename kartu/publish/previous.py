"""The package of the last release, as long as it is where that wrote it."""

from __future__ import annotations

from pathlib import Path

from kartu.anki.apkg.archive import identity_of
from kartu.anki.apkg.bounds import PackageError
from kartu.compile.built import BuiltDeck
from kartu.core.model import Deck, package_name
from kartu.publish.diff.apkg import from_package
from kartu.publish.diff.changes import Changes, diff
from kartu.publish.diff.state import SourceError, from_built


def previous_packages(out: Path, deck: Deck, version: str) -> list[Path]:
    """Returns the packages of a released version of a deck that are in `out`, by edition."""
    paths = (out / package_name(deck, edition) for edition in deck.editions)
    return [path for path in paths if is_release(path, deck.uid, version)]


def is_release(path: Path, uid: str, version: str) -> bool:
    """Whether the file is the released package of this version, not a draft after it."""
    try:
        found = identity_of(path)
    except (OSError, PackageError):
        return False
    return found is not None and (found.uid, found.version, found.draft) == (uid, version, False)


def changes_since(out: Path, version: str, built: BuiltDeck) -> Changes | None:
    """Returns what a student notices who has the package of that version and gets this deck.

    None where it is not in `out`, or is one of several editions.
    """
    deck = built.source
    if len(deck.editions) > 1:
        return None
    for path in previous_packages(out, deck, version):
        try:
            return diff(from_package(path), from_built(built))
        except SourceError:
            return None
    return None
