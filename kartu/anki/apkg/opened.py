"""A package opened for reading: its collection in memory, its media by name."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from kartu.anki.apkg import protobuf
from kartu.anki.apkg.bounds import PackageError, check_unfolds, content, digest, guard
from kartu.anki.apkg.tables import Tables, read_tables
from kartu.anki.apkg.zstd import unfold

# The newer form holds the older ones' databases too, which only ask to update Anki.
_ZSTD = "collection.anki21b"
COLLECTIONS = (_ZSTD, "collection.anki21", "collection.anki2")

_IDENTITY = "kartu.json"
_BEGINS = b"SQLite format 3\0"

# Where a database says that a second file belongs to it (WAL), which no package holds.
_JOURNAL = slice(18, 20)

# What Python says of archives and databases that are damaged or no such thing at all.
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, sqlite3.Error, NotImplementedError, EOFError, RuntimeError),
    *(ArithmeticError, AttributeError, LookupError, TypeError, ValueError),
)


class NoCollectionError(PackageError):
    """An archive that is no package of Anki."""


class Identity(NamedTuple):
    """What kartu wrote of itself into a package, in kartu.json; all empty in other packages."""

    deck: str = ""
    uid: str = ""
    edition: str = ""
    language: str = ""
    version: str = ""
    draft: bool = False


class Media(NamedTuple):
    """The media files of a package; `members` are their places in the archive, by name."""

    archive: zipfile.ZipFile
    packed: bool
    members: dict[str, str]

    def read(self, name: str) -> bytes:
        """The content of a media file; PackageError where it is damaged."""
        with reported(f'the file "{name}" in it is damaged: '):
            stored = content(self.archive, self.members[name])
            return unfold(stored) if self.packed else stored

    def digests(self, kind: str) -> dict[str, str]:
        """The hash of each media file; PackageError where one is damaged."""
        return {name: self._digest(name, kind) for name in self.members}

    def _digest(self, name: str, kind: str) -> str:
        if self.packed:
            return hashlib.new(kind, self.read(name)).hexdigest()
        with reported(f'the file "{name}" in it is damaged: '):
            return digest(self.archive, self.members[name], kind)


class Opened(NamedTuple):
    """A package's parts as they are on disk."""

    database: sqlite3.Connection
    tables: Tables
    media: Media
    identity: Identity


@contextmanager
def reported(what: str = "") -> Iterator[None]:
    """Turns what Python says of damaged archives and databases into PackageError, after `what`."""
    try:
        yield
    except PackageError:
        raise
    except _DAMAGED as error:
        raise PackageError(f"{what}{str(error) or type(error).__name__}") from error


@contextmanager
def opened(archive: zipfile.ZipFile) -> Iterator[Opened]:
    """The package in `archive`; NoCollectionError, or what `reported` turns into PackageError.

    Nothing is written to disk.
    """
    members = frozenset(archive.namelist())
    chosen = next((name for name in COLLECTIONS if name in members), "")
    if not chosen:
        raise NoCollectionError("it holds no collection.anki2")
    check_unfolds(archive)
    identity = _identity(archive) or Identity()
    stored = content(archive, chosen)
    packed = chosen == _ZSTD
    with closing(_database(unfold(stored) if packed else stored)) as database:
        tables = read_tables(database)
        media = Media(archive, packed, _media(archive, members, packed))
        yield Opened(database, tables, media, identity)


def identity_of(path: Path) -> Identity | None:
    """What kartu wrote of itself into a package; None where another program made it.

    Raises PackageError for what is no package or damaged, and OSError.
    """
    with reported(), zipfile.ZipFile(path) as archive:
        return _identity(archive)


def _identity(archive: zipfile.ZipFile) -> Identity | None:
    if _IDENTITY not in archive.namelist():
        return None
    found = dict(json.loads(content(archive, _IDENTITY)))
    texts = {key: str(found.get(key) or "") for key in Identity._fields if key != "draft"}
    return Identity(**texts, draft=bool(found.get("draft")))


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
