"""A package opened for reading: its collection in memory, its media by name."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

from kartu.anki.apkg import protobuf
from kartu.anki.apkg.bounds import check_unfolds, content, digest, guard
from kartu.anki.apkg.tables import Tables, read_tables
from kartu.anki.apkg.zstd import unfold

# The newer form holds the older ones' databases too, which only ask to update Anki.
_ZSTD = "collection.anki21b"
COLLECTIONS = (_ZSTD, "collection.anki21", "collection.anki2")

_BEGINS = b"SQLite format 3\0"

# Where a database says that a second file belongs to it (WAL), which no package holds.
_JOURNAL = slice(18, 20)

# What Python says of archives and databases that are damaged or no such thing at all.
DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, sqlite3.Error, NotImplementedError, EOFError, RuntimeError),
    *(ArithmeticError, AttributeError, LookupError, TypeError, ValueError),
)


class Opened(NamedTuple):
    """`identity` is what kartu wrote of itself; `files` are the members of media, by name."""

    archive: zipfile.ZipFile
    packed: bool
    database: sqlite3.Connection
    tables: Tables
    files: dict[str, str]
    identity: dict[str, Any]

    def media(self, name: str) -> bytes:
        """The content of a media file."""
        stored = content(self.archive, self.files[name])
        return unfold(stored) if self.packed else stored

    def digests(self, kind: str) -> dict[str, str]:
        """The hash of each media file."""
        if self.packed:
            return {name: hashlib.new(kind, self.media(name)).hexdigest() for name in self.files}
        return {name: digest(self.archive, one, kind) for name, one in self.files.items()}


class NoCollectionError(ValueError):
    """An archive that is no package of Anki."""


@contextmanager
def opened(archive: zipfile.ZipFile) -> Iterator[Opened]:
    """The package in `archive`; NoCollectionError, or one of DAMAGED for what cannot be read.

    Nothing is written to disk.
    """
    members = frozenset(archive.namelist())
    chosen = next((name for name in COLLECTIONS if name in members), "")
    if not chosen:
        raise NoCollectionError("it holds no collection.anki2")
    check_unfolds(archive)
    identity = json.loads(content(archive, "kartu.json")) if "kartu.json" in members else {}
    stored = content(archive, chosen)
    packed = chosen == _ZSTD
    with closing(_database(unfold(stored) if packed else stored)) as database:
        tables = read_tables(database)
        files = _media(archive, members, packed)
        yield Opened(archive, packed, database, tables, files, dict(identity))


def _database(stored: bytes) -> sqlite3.Connection:
    if not stored.startswith(_BEGINS):
        raise ValueError("its collection is no database")
    buffer = bytearray(stored)
    if buffer[_JOURNAL] == b"\2\2":
        buffer[_JOURNAL] = b"\1\1"
    connection = sqlite3.connect(":memory:")
    try:
        connection.text_factory = lambda text: text.decode("utf-8", "replace")
        connection.deserialize(bytes(buffer))
        guard(connection, len(buffer))
    except BaseException:
        connection.close()
        raise
    return connection


def _media(archive: zipfile.ZipFile, members: frozenset[str], packed: bool) -> dict[str, str]:
    """The member of each media file that the archive really holds, by the file's name."""
    stored = content(archive, "media") if "media" in members else b""
    if packed:
        entries = protobuf.read(unfold(stored)).messages(1)
        # MediaEntries of import_export.proto; 255 is a member's name other than its place.
        numbers = [one.number(255) if 255 in one.fields else at for at, one in enumerate(entries)]
        names = {str(number): one.text(1) for number, one in zip(numbers, entries, strict=True)}
    else:
        names = {member: str(name) for member, name in json.loads(stored or b"{}").items()}
    return {name: member for member, name in names.items() if member in members}
