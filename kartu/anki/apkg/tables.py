"""Note types, decks and presets of a collection, in one format for all of Anki's schemas.

The format is that of the older schema, 11, which stores them as JSON in the table `col`. The newer
one, 18, has a table for each, with messages in it (proto/anki/notetypes.proto and decks.proto).
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any, NamedTuple

from kartu.anki.apkg import protobuf

# Anki's collation, by which its tables are sorted; any order will do here.
_COLLATION = "unicase"
_LEVELS = "\x1f"


class Tables(NamedTuple):
    """Note types, decks and presets by id, in the format of schema 11."""

    models: dict[int, dict[str, Any]]
    decks: dict[int, dict[str, Any]]
    presets: dict[int, dict[str, Any]]


def read_tables(connection: sqlite3.Connection) -> Tables:
    """The tables of a collection; sqlite3.Error, ValueError or the like for an invalid one."""
    connection.create_collation(_COLLATION, lambda one, other: (one > other) - (one < other))
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if "notetypes" in names:
        return Tables(_models(connection), _decks(connection), _presets(connection))
    columns = {row[1] for row in connection.execute("PRAGMA table_info(col)")}
    presets = "dconf" if "dconf" in columns else "'{}'"
    row = connection.execute(f"SELECT models, decks, {presets} FROM col").fetchone()  # noqa: S608
    return Tables(*(_by_id(json.loads(one)) for one in row))


def _by_id(found: dict[str, Any]) -> dict[int, dict[str, Any]]:
    return {int(id): one for id, one in found.items()}


def _models(connection: sqlite3.Connection) -> dict[int, dict[str, Any]]:
    fields = _parts(connection, "SELECT ntid, name, config FROM fields ORDER BY ntid, ord")
    cards = _parts(connection, "SELECT ntid, name, config FROM templates ORDER BY ntid, ord")
    found = {}
    query = "SELECT id, name, mtime_secs, config FROM notetypes ORDER BY id"
    for id, name, mod, config in connection.execute(query):
        message = protobuf.read(config)
        found[int(id)] = {
            "name": name,
            "type": message.number(1),
            "sortf": message.number(2),
            "css": message.text(3),
            "latexPre": message.text(5),
            "latexPost": message.text(6),
            "latexsvg": bool(message.number(7)),
            "originalStockKind": message.number(9),
            "mod": mod,
            "flds": [_field(*one) for one in enumerate(fields.get(id, []))],
            "tmpls": [_card(*one) for one in enumerate(cards.get(id, []))],
        }
    return found


def _parts(
    connection: sqlite3.Connection, query: str
) -> dict[int, list[tuple[str, protobuf.Message]]]:
    found: dict[int, list[tuple[str, protobuf.Message]]] = {}
    for note_type, name, config in connection.execute(query):
        found.setdefault(note_type, []).append((name, protobuf.read(config)))
    return found


def _field(ord: int, named: tuple[str, protobuf.Message]) -> dict[str, Any]:
    name, message = named
    return {
        "name": name,
        "ord": ord,
        "id": message.signed(9),
        "rtl": bool(message.number(2)),
        "description": message.text(5),
    }


def _card(ord: int, named: tuple[str, protobuf.Message]) -> dict[str, Any]:
    name, message = named
    return {
        "name": name,
        "ord": ord,
        "id": message.signed(8),
        "qfmt": message.text(1),
        "afmt": message.text(2),
        "bqfmt": message.text(3),
        "bafmt": message.text(4),
        "did": message.signed(5),
    }


def _decks(connection: sqlite3.Connection) -> dict[int, dict[str, Any]]:
    found = {}
    for id, name, kind in connection.execute("SELECT id, name, kind FROM decks ORDER BY id"):
        container = protobuf.read(kind)
        normal = protobuf.read(container.bytes(1))
        found[int(id)] = {
            "name": str(name).replace(_LEVELS, "::"),
            "dyn": int(2 in container.fields),
            "conf": normal.signed(1),
            "desc": normal.text(4),
            "md": bool(normal.number(5)),
        }
    return found


def _presets(connection: sqlite3.Connection) -> dict[int, dict[str, Any]]:
    found = {}
    for id, name, config in connection.execute("SELECT id, name, config FROM deck_config"):
        message = protobuf.read(config)
        retention = message.decimal(37)
        preset: dict[str, Any] = {"name": name, "new": {"perDay": message.number(9)}}
        found[int(id)] = preset | ({} if retention is None else {"desiredRetention": retention})
    return found
