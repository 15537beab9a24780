"""Opens a package for reading: its collection in memory, its media by name."""

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
from kartu.anki.apkg.bounds import PackageError, check_ratio, content, digest, guard
from kartu.anki.apkg.tables import Tables, read_tables
from kartu.anki.apkg.zstd import decompress
from kartu.core.language import _

# The newest format also contains databases of the older ones, which only ask to update Anki.
_ZSTD = "collection.anki21b"
COLLECTIONS = (_ZSTD, "collection.anki21", "collection.anki2")

_IDENTITY = "kartu.json"
_SQLITE_MAGIC = b"SQLite format 3\0"

# The bytes that say that a database has a journal file (WAL), which packages do not contain.
_JOURNAL = slice(18, 20)

# What Python raises for damaged or invalid archives and databases.
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, sqlite3.Error, NotImplementedError, EOFError, RuntimeError),
    *(ArithmeticError, AttributeError, LookupError, TypeError, ValueError),
)


class NoCollectionError(PackageError):
    """An archive that is not an Anki package."""


class Identity(NamedTuple):
    """The contents of kartu.json, which kartu adds to its packages; all empty in other packages."""

    deck: str = ""
    uid: str = ""
    edition: str = ""
    language: str = ""
    version: str = ""
    draft: bool = False


class Media(NamedTuple):
    """The media files of a package; `members` maps their names to names in the archive."""

    archive: zipfile.ZipFile
    packed: bool
    members: dict[str, str]

    def read(self, name: str) -> bytes:
        """The content of a media file; PackageError if it is damaged."""
        with package_errors(name):
            stored = content(self.archive, self.members[name])
            return decompress(stored) if self.packed else stored

    def digests(self, kind: str) -> dict[str, str]:
        """The hash of each media file; PackageError if one is damaged."""
        return {name: self._digest(name, kind) for name in self.members}

    def _digest(self, name: str, kind: str) -> str:
        if self.packed:
            return hashlib.new(kind, self.read(name)).hexdigest()
        with package_errors(name):
            return digest(self.archive, self.members[name], kind)


class OpenArchive(NamedTuple):
    """The parts of an open package."""

    database: sqlite3.Connection
    tables: Tables
    media: Media
    identity: Identity


@contextmanager
def package_errors(name: str = "") -> Iterator[None]:
    """Converts errors of damaged archives and databases, or of the file `name` in one.

    PackageError says which.
    """
    try:
        yield
    except PackageError:
        raise
    except _DAMAGED as error:
        reason = str(error) or type(error).__name__
        if name:
            reason = _('the file "{name}" in it is damaged: {reason}', name=name, reason=reason)
        raise PackageError(reason) from error


@contextmanager
def open_archive(archive: zipfile.ZipFile) -> Iterator[OpenArchive]:
    """The package in `archive`; nothing is written to disk.

    Raises:
        NoCollectionError: for another archive; else errors that `package_errors` converts.
    """
    members = frozenset(archive.namelist())
    chosen = next((name for name in COLLECTIONS if name in members), "")
    if not chosen:
        raise NoCollectionError(_("it holds no collection.anki2"))
    check_ratio(archive)
    identity = _read_identity(archive) or Identity()
    stored = content(archive, chosen)
    packed = chosen == _ZSTD
    with closing(_database(decompress(stored) if packed else stored)) as database:
        tables = read_tables(database)
        media = Media(archive, packed, _media(archive, members, packed))
        yield OpenArchive(database, tables, media, identity)


def identity_of(path: Path) -> Identity | None:
    """The contents of kartu.json in a package; None if another program made it.

    Raises:
        PackageError: for a file that is not a package or damaged.
        OSError: for a file that cannot be read.
    """
    with package_errors(), zipfile.ZipFile(path) as archive:
        return _read_identity(archive)


def _read_identity(archive: zipfile.ZipFile) -> Identity | None:
    if _IDENTITY not in archive.namelist():
        return None
    found = dict(json.loads(content(archive, _IDENTITY)))
    texts = {key: str(found.get(key) or "") for key in Identity._fields if key != "draft"}
    return Identity(**texts, draft=bool(found.get("draft")))


def _database(stored: bytes) -> sqlite3.Connection:
    if not stored.startswith(_SQLITE_MAGIC):
        raise ValueError(_("its collection is not a database"))
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
    """The archive members of the media files that are really there, by file name."""
    stored = content(archive, "media") if "media" in members else b""
    if packed:
        entries = protobuf.read(decompress(stored)).messages(1)
        # MediaEntries of import_export.proto; 255 is the member's name where it is not the index.
        numbers = [one.number(255) if 255 in one.fields else at for at, one in enumerate(entries)]
        names = {str(number): one.text(1) for number, one in zip(numbers, entries, strict=True)}
    else:
        names = {member: str(name) for member, name in json.loads(stored or b"{}").items()}
    return {name: member for member, name in names.items() if member in members}
