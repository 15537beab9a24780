"""Packages that others made: how much a file may unfold to before kartu stops reading it."""

from __future__ import annotations

import hashlib
import sqlite3
import zipfile

# A collection of a million notes has less; media are read piece by piece.
MOST_BYTES = 1024 * 1024 * 1024

# Pictures and sounds hardly shrink in an archive.
_MOST_UNFOLDED = 100
_SMALL = 16 * 1024 * 1024

# SQLite needs some ten steps for a row, and a row takes some ten bytes.
_STEPS_A_BYTE = 20
_STEPS_AT_LEAST = 5_000_000
_STEPS_AT_ONCE = 10_000
_LONGEST_AT_LEAST = 1024 * 1024


class PackageError(ValueError):
    """A file that is no package of Anki or cannot be read as one; the message says what of it."""


class UnfoldsError(PackageError):
    """A package that is too large for what it is, or made to hold up its readers."""


def content(archive: zipfile.ZipFile, name: str) -> bytes:
    """A member that is no media file."""
    if archive.getinfo(name).file_size > MOST_BYTES:  # zipfile gives no more than a member says
        raise UnfoldsError(f"{name} in it is larger than {MOST_BYTES // 1024 // 1024} MiB")
    return archive.read(name)


def check_unfolds(archive: zipfile.ZipFile) -> None:
    """Raises UnfoldsError for an archive whose members unfold to far more than it holds."""
    members = archive.infolist()
    stored = sum(one.compress_size for one in members)
    held = min(stored, max((one.header_offset + one.compress_size for one in members), default=0))
    if sum(one.file_size for one in members) > max(_SMALL, held * _MOST_UNFOLDED):
        raise UnfoldsError(f"it unfolds to more than {_MOST_UNFOLDED} times its size")


def digest(archive: zipfile.ZipFile, name: str, kind: str) -> str:
    """The hash of a member, however large it is."""
    found = hashlib.new(kind)
    with archive.open(name) as member:
        while piece := member.read(_SMALL):
            found.update(piece)
    return found.hexdigest()


def guard(connection: sqlite3.Connection, size: int) -> None:
    """Bounds what a database of `size` bytes gives, and how long it takes.

    Raises UnfoldsError where it would make its rows up: in Anki's databases all of them are stored.
    """
    left = max(_STEPS_AT_LEAST, size * _STEPS_A_BYTE) // _STEPS_AT_ONCE

    def step() -> bool:
        nonlocal left
        left -= 1
        return left < 0  # SQLite then stops with an OperationalError

    connection.set_progress_handler(step, _STEPS_AT_ONCE)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, max(size, _LONGEST_AT_LEAST))
    query = """
        SELECT name FROM sqlite_master
        WHERE type = 'view' OR sql LIKE 'create virtual%'
        OR EXISTS (SELECT 1 FROM pragma_table_xinfo(name) WHERE hidden > 1)
    """
    if found := connection.execute(query).fetchone():
        raise UnfoldsError(f"{found[0]} in it is no table of stored rows")
