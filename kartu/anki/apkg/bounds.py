"""Limits for untrusted packages: how much a file may expand to before kartu rejects it."""

from __future__ import annotations

import hashlib
import sqlite3
import zipfile

from kartu.core.language import _

# A collection of a million notes is smaller; media are read in chunks.
MAX_BYTES = 1024 * 1024 * 1024

# Pictures and sounds hardly compress.
_MAX_RATIO = 100
_SMALL = 16 * 1024 * 1024

# SQLite needs about ten steps for a row, and a row takes about ten bytes.
_STEPS_A_BYTE = 20
_STEPS_AT_LEAST = 5_000_000
_STEPS_AT_ONCE = 10_000
_LONGEST_AT_LEAST = 1024 * 1024


class PackageError(ValueError):
    """A file that is not a readable Anki package; the message says why."""


class DecompressionBombError(PackageError):
    """A package that decompresses to far too much, or is made to keep its readers busy."""


def content(archive: zipfile.ZipFile, name: str) -> bytes:
    """The content of a member other than a media file."""
    if (
        archive.getinfo(name).file_size > MAX_BYTES
    ):  # zipfile never yields more than the declared size
        raise DecompressionBombError(
            _("{name} in it is larger than {most} MiB", name=name, most=MAX_BYTES // 1024 // 1024)
        )
    return archive.read(name)


def check_ratio(archive: zipfile.ZipFile) -> None:
    """Raises DecompressionBombError for an archive that expands to far more than its size."""
    members = archive.infolist()
    stored = sum(one.compress_size for one in members)
    held = min(stored, max((one.header_offset + one.compress_size for one in members), default=0))
    if sum(one.file_size for one in members) > max(_SMALL, held * _MAX_RATIO):
        raise DecompressionBombError(
            _("it expands to more than {ratio} times its size", ratio=_MAX_RATIO)
        )


def digest(archive: zipfile.ZipFile, name: str, kind: str) -> str:
    """The hash of a member, however large it is."""
    found = hashlib.new(kind)
    with archive.open(name) as member:
        while piece := member.read(_SMALL):
            found.update(piece)
    return found.hexdigest()


def guard(connection: sqlite3.Connection, size: int) -> None:
    """Limits the results and the running time of queries on a database of `size` bytes.

    Raises:
        DecompressionBombError: if rows are computed; in Anki's databases all rows are stored.
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
        raise DecompressionBombError(
            _("{table} in its database is not a table of stored rows", table=found[0])
        )
