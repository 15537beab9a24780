"""Packages and workbooks made by hand, for readers that must stand whatever is in them."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from backports import zstd

MODELS: dict[str, Any] = {
    "1": {
        "name": "Dasar",
        "type": 0,
        "sortf": 0,
        "mod": 1_700_000_000,
        "css": "",
        "flds": [{"name": "A", "ord": 0, "id": 1}, {"name": "B", "ord": 1, "id": 2}],
        "tmpls": [{"name": "K", "ord": 0, "id": 1, "qfmt": "{{A}}", "afmt": "{{B}}"}],
    }
}

_SCHEMA = """
    CREATE TABLE col (models, decks);
    CREATE TABLE notes (id INTEGER PRIMARY KEY, guid, mid, mod, tags, flds);
    CREATE TABLE cards (id INTEGER PRIMARY KEY, nid, did, odid, ord, due, reps, type);
    CREATE TABLE revlog (id INTEGER PRIMARY KEY);
    INSERT INTO cards VALUES (1, 1, 1, 0, 0, 0, 0, 0);
"""


def collection(
    models: str = "", decks: str = "", fields: str = "", tags: str = "", *, statements: str = ""
) -> bytes:
    """A database like Anki's with one note and one card; `statements` are run at the end."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(_SCHEMA)
        col = (models or json.dumps(MODELS), decks or '{"1": {"name": "Dek"}}')
        database.execute("INSERT INTO col VALUES (?, ?)", col)
        note = (1, "g", 1, 1_700_000_000, tags, fields or "a\x1fb")
        database.execute("INSERT INTO notes VALUES (?, ?, ?, ?, ?, ?)", note)
        database.commit()
        database.executescript(statements)
        return database.serialize()


_NEWER_SCHEMA = """
    CREATE TABLE notetypes (id INTEGER PRIMARY KEY, name, mtime_secs, config);
    CREATE TABLE fields (ntid, ord, name, config);
    CREATE TABLE templates (ntid, ord, name, config);
    CREATE TABLE decks (id INTEGER PRIMARY KEY, name, kind);
    CREATE TABLE deck_config (id INTEGER PRIMARY KEY, name, config);
    CREATE TABLE notes (id INTEGER PRIMARY KEY, guid, mid, mod, tags, flds);
    CREATE TABLE cards (id INTEGER PRIMARY KEY, nid, did, odid, ord, due, reps, type, data);
    INSERT INTO cards VALUES (1, 1, 1, 0, 0, 0, 0, 0, '');
"""


def message(*fields: tuple[int, int | bytes]) -> bytes:
    """A message of Protocol Buffers with small numbers and short texts."""
    parts = []
    for number, value in fields:
        kind, rest = (0, bytes([value])) if isinstance(value, int) else (2, value)
        length = bytes([len(rest)]) if kind == 2 else b""
        parts.append(bytes([number << 3 | kind]) + length + rest)
    return b"".join(parts)


def newer_collection(kind: bytes = b"", field: bytes = b"", card: bytes = b"") -> bytes:
    """The same in the newer schema; the arguments are messages in place of the usual ones."""
    deck = message((1, message((1, 1), (4, b"Tentang"))))
    rows = (
        ("notetypes", (1, "Dasar", 1_700_000_000, kind or message((3, b".card {}")))),
        ("fields", (1, 0, "A", field or message((9, 1)))),
        ("fields", (1, 1, "B", message((9, 2)))),
        ("templates", (1, 0, "K", card or message((1, b"{{A}}"), (2, b"{{B}}"), (8, 1)))),
        ("decks", (1, "Dek\x1fSatu", deck)),
        ("deck_config", (1, "Default", message((9, 20)))),
        ("notes", (1, "g", 1, 1_700_000_000, "t", "a\x1fb")),
    )
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(_NEWER_SCHEMA)
        for table, row in rows:
            places = ",".join("?" * len(row))
            database.execute(f"INSERT INTO {table} VALUES ({places})", row)
        database.commit()
        return database.serialize()


def newer_package(database: bytes, media: bytes = message((1, message((1, b"a.png"))))) -> bytes:
    """A package of the newer form, with one media file."""
    members = {"collection.anki21b": database, "media": media, "0": b"x"}
    packed = {name: zstd.compress(content) for name, content in members.items()}
    return zipped({"meta": message((1, 3)), "collection.anki2": b"", **packed})


def zipped(members: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()
