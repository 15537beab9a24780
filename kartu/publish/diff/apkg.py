"""Reads a deck from an .apkg: our own or any other, in Anki's older form or its newer one."""

from __future__ import annotations

import re
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

from kartu.anki.apkg.opened import DAMAGED, NoCollectionError, Opened, opened
from kartu.publish.diff.state import (
    CardState,
    DeckState,
    FieldState,
    NoteState,
    NoteTypeState,
    SourceError,
    note_state,
)

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


def from_package(path: Path) -> DeckState:
    """The deck of a package; SourceError for what is no readable package."""
    try:
        with zipfile.ZipFile(path) as archive, opened(archive) as package:
            return _read(package)
    except NoCollectionError as error:
        raise SourceError(f"{path} is no Anki package: {error}") from error
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror or error}") from error
    except DAMAGED as error:
        raise SourceError(f"{path} is damaged or no Anki package: {error}") from error


def _read(package: Opened) -> DeckState:
    identity = package.identity
    names = {number: _stored(deck["name"]) for number, deck in package.tables.decks.items()}
    types = {number: _note_type(number, one) for number, one in package.tables.models.items()}
    notes, used = _notes(package.database, types, names)
    name = _top(names, used)
    media = {_stored(one): digest for one, digest in package.digests("sha256").items()}
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
        media=dict(sorted(media.items())),
    )


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
