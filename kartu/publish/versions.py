"""Versions of releases: which is the newer, and on which day each was made."""

from __future__ import annotations

from datetime import UTC, datetime

from kartu.ledger.file import Ledger
from kartu.load.names import version_key


def order(version: str) -> tuple[int, int, int]:
    """The key to sort versions by; none at all comes first."""
    return version_key(version) if version else (-1, 0, 0)


def day_of(stamp: int) -> str:
    """The date of a release's time, as the changelog has it."""
    return datetime.fromtimestamp(stamp, UTC).date().isoformat()


def redated(changelog: str, before: Ledger, after: Ledger) -> str:
    """The changelog with the new dates of releases whose times were moved."""
    for version, release in before.releases.items():
        old, new = day_of(release.time), day_of(after.releases[version].time)
        changelog = changelog.replace(f"## {version} ({old})", f"## {version} ({new})", 1)
    return changelog
