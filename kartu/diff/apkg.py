"""Reads a deck from an .apkg: our own or any other in Anki's older form (a SQLite database)."""

from __future__ import annotations

import json
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from kartu.diff.state import (
    CardState,
    DeckState,
    FieldState,
    NoteState,
    NoteTypeState,
    SourceError,
    note_state,
)
from kartu.verify.foreign import check_unfolds, content, digest, guard

# Anki's newest form has a database in it as well, which only asks to update Anki.
_NEW_FORM = "collection.anki21b"
_DATABASES = ("collection.anki21", "collection.anki2")

# Where a database says that a second file belongs to it (WAL), which no package holds.
_JOURNAL = slice(18, 20)

_NOTES = """
    SELECT n.id, n.guid, n.mid, n.tags, n.flds,
           MIN(CASE WHEN c.type = 0 THEN c.due ELSE 0 END) AS place
    FROM notes n LEFT JOIN cards c ON c.nid = n.id GROUP BY n.id ORDER BY place, n.id
"""
_CARDS = """
    SELECT nid, ord, CASE WHEN odid THEN odid ELSE did END FROM cards ORDER BY nid, ord
"""

# Control characters, which a terminal would obey; Anki drops most of them at the import.
_DROPPED = re.compile("[\0-\b\v-\x1f\x7f-\x9f]")

# What Python says of archives and databases that are damaged or no such thing at all.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    sqlite3.Error,
    NotImplementedError,
    EOFError,
    RuntimeError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


def from_package(path: Path) -> DeckState:
    """The deck of a package; SourceError for what is no package in Anki's older form."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _read(path, archive)
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror or error}") from error
    except _DAMAGED as error:
        raise SourceError(f"{path} is damaged or no Anki package: {error}") from error


def _read(path: Path, archive: zipfile.ZipFile) -> DeckState:
    members = frozenset(archive.namelist())
    found = [name for name in _DATABASES if name in members]
    if _NEW_FORM in members or not found:
        raise SourceError(_refusal(path, members))
    check_unfolds(archive)
    identity = json.loads(content(archive, "kartu.json")) if "kartu.json" in members else {}
    with _database(content(archive, found[0])) as database:
        models, decks = database.execute("SELECT models, decks FROM col").fetchone()
        if not models:
            raise SourceError(_refusal(path, members))
        names = {int(number): _stored(deck["name"]) for number, deck in json.loads(decks).items()}
        types = {
            int(number): _note_type(int(number), m) for number, m in json.loads(models).items()
        }
        notes, used = _notes(database, types, names)
    name = _top(names, used)
    return DeckState(
        id=_stored(identity.get("deck") or ""),
        uid=_stored(identity.get("uid") or name),
        name=name,
        version=_stored(identity.get("version") or ""),
        language=_stored(identity.get("language") or ""),
        edition=_stored(identity.get("edition") or ""),
        notes=notes,
        note_types={
            number: types[number] for number in dict.fromkeys(n.type_id for n in notes.values())
        },
        media=_media(archive),
    )


def _refusal(path: Path, members: frozenset[str]) -> str:
    if any(name.startswith("collection.") for name in members):
        return (
            f"{path} is a package in Anki's newer form, which kartu does not read: export it again "
            'from Anki with "Support older Anki versions" ticked'
        )
    return f"{path} is no Anki package: it holds no collection.anki2"


@contextmanager
def _database(stored: bytes) -> Iterator[sqlite3.Connection]:
    """The database in memory; nothing is written to disk."""
    buffer = bytearray(stored)
    if buffer[_JOURNAL] == b"\2\2":
        buffer[_JOURNAL] = b"\1\1"
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(bytes(buffer))
        guard(connection, len(buffer))
        yield connection


def _stored(value: object) -> str:
    return _DROPPED.sub("", str(value))


def _note_type(number: int, model: dict[str, Any]) -> NoteTypeState:
    return NoteTypeState(
        id=number,
        name=_stored(model["name"]),
        cloze=model.get("type") == 1,
        fields=tuple(FieldState(one.get("id"), _stored(one["name"])) for one in model["flds"]),
        cards=tuple(
            CardState(one.get("id"), _stored(one["name"]), str(one["qfmt"]), str(one["afmt"]))
            for one in model["tmpls"]
        ),
        css=str(model.get("css", "")),
    )


def _notes(
    database: sqlite3.Connection, types: dict[int, NoteTypeState], names: dict[int, str]
) -> tuple[dict[str, NoteState], set[int]]:
    """The notes by GUID in study order, and the decks that hold their cards."""
    cards: dict[int, list[tuple[int, int]]] = {}
    for note, ordinal, deck in database.execute(_CARDS):
        cards.setdefault(note, []).append((ordinal, deck))
    found: dict[str, NoteState] = {}
    for number, guid, type_id, tags, values, _ in database.execute(_NOTES):
        own = cards.get(number, [])
        state = note_state(
            _stored(guid),
            types[type_id],
            names.get(own[0][1], "") if own else "",
            [_stored(value) for value in str(values).split("\x1f")],
            _stored(tags).split(),
            [ordinal for ordinal, _ in own],
        )
        found.setdefault(state.guid, state)  # of two, Anki updates the first
    return found, {deck for own in cards.values() for _, deck in own}


def _top(names: dict[int, str], used: set[int]) -> str:
    """The deck above all others; every collection has the deck 1, which counts if it is used."""
    paths = [name.split("::") for number, name in names.items() if number != 1 or number in used]
    if not paths:
        return ""
    shared = []
    for parts in zip(*paths, strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return "::".join(shared or min(paths))


def _media(archive: zipfile.ZipFile) -> dict[str, str]:
    names = json.loads(content(archive, "media"))
    digests = {
        _stored(name): digest(archive, member, "sha256")
        for member, name in names.items()
        if member in archive.NameToInfo
    }
    return dict(sorted(digests.items()))
