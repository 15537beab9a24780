"""Packages and workbooks made by hand, for readers that must stand whatever is in them."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from collections.abc import Mapping
from contextlib import closing

MODELS = {
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


def zipped(members: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()
