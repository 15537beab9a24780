"""Reads an .apkg or .colpkg, in Anki's older form or its newer one."""

from __future__ import annotations

import json
import re
import time
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from kartu.anki.apkg.opened import DAMAGED, NoCollectionError, Opened, opened
from kartu.core.model import Options
from kartu.core.text import counted, shown
from kartu.importing.contents import (
    Brought,
    CannotImportError,
    Card,
    CardRow,
    DeckInfo,
    Field,
    Note,
    NoteType,
)
from kartu.importing.dropped import latex, lost
from kartu.importing.texts import kept_text

DEFAULT_DECK = 1
_OCCLUSION = 6
_SEPARATOR = "\x1f"

# As Anki mends the names of fields; those of cards hold no signs that end a template.
_NOT_IN_NAMES = re.compile('[:{}"]')
_NOT_IN_CARD_NAMES = re.compile('[{}"]')
_STANDARD_NEW = 20


@contextmanager
def from_package(path: Path) -> Iterator[Brought]:
    """The content of a package, whose media can be read as long as it is open.

    Raises CannotImportError for what is damaged, no package, or made to do harm.
    """
    try:
        with zipfile.ZipFile(path) as archive, opened(archive) as package:
            yield _brought(package)
    except NoCollectionError as error:
        raise CannotImportError(f"it is no Anki package: {error}") from error
    except zipfile.BadZipFile as error:
        raise CannotImportError(f"it is damaged or no Anki package: {error}") from error
    except DAMAGED as error:
        what = str(error) or type(error).__name__
        raise CannotImportError(f"it is damaged or no Anki package: {what}") from error


def _brought(package: Opened) -> Brought:
    models, decks = package.tables.models, package.tables.decks
    note_types = {id: note_type_of(id, model) for id, model in models.items()}
    cards = _cards(package)
    notes, said = _notes(package, note_types, cards)
    used = {note.note_type for note in notes}
    return Brought(
        note_types={id: one for id, one in note_types.items() if id in used},
        notes=notes,
        decks={_name(one): _info(one, package.tables.presets) for one in decks.values()},
        media={name: partial(_media, package, name) for name in package.files},
        lost=[*said, *lost(package.tables, used, cards), *latex(notes, package.files)],
        identity=package.identity,
    )


def _media(package: Opened, name: str) -> bytes:
    try:
        return package.media(name)
    except DAMAGED as error:
        raise CannotImportError(f'the file "{name}" in it is damaged: {error}') from error


def note_type_of(id: int, model: Mapping[str, Any]) -> NoteType:
    """A note type from Anki's JSON of it; also where that leaves out what is usual."""
    cloze = model.get("type") == 1
    occlusion = cloze and model.get("originalStockKind") == _OCCLUSION
    fields = sorted(model["flds"], key=lambda one: one.get("ord") or 0)
    cards = sorted(model["tmpls"], key=lambda one: one.get("ord") or 0)
    name = kept_text(str(model["name"])).strip()
    if not id or not name or not fields or not cards:
        raise CannotImportError(f'its note type "{name}" has no id, name, field or card')
    if cloze and len(cards) > 1:
        raise CannotImportError(f'its cloze note type "{name}" has more than one card template')
    sort = model.get("sortf")
    names = _unique([_NOT_IN_NAMES.sub("", str(one["name"])).lstrip("#^/ ") for one in fields])
    card_names = _unique([_NOT_IN_CARD_NAMES.sub("", str(one["name"])) for one in cards])
    return NoteType(
        id=id,
        name=name,
        kind="image-occlusion" if occlusion else "cloze" if cloze else "standard",
        sort=sort + 1 if isinstance(sort, int) and 0 <= sort < len(fields) else 1,
        fields=tuple(Field(_id(one), name) for one, name in zip(fields, names, strict=True)),
        cards=tuple(
            Card(_id(one), name, kept_text(str(one["qfmt"])), kept_text(str(one["afmt"])))
            for one, name in zip(cards, card_names, strict=True)
        ),
        css=kept_text(str(model.get("css", ""))),
        time=_time(model.get("mod")),
    )


def _unique(names: list[str]) -> list[str]:
    """Names as Anki makes them differ."""
    found: list[str] = []
    for number, written in enumerate(names, 1):
        name = kept_text(written).strip() or str(number)
        while name.casefold() in {one.casefold() for one in found}:
            name += "+"
        found.append(name)
    return found


def _id(part: Mapping[str, Any]) -> int | None:
    id = part.get("id")
    return id if isinstance(id, int) and -(2**63) <= id < 2**63 else None


def _name(deck: Mapping[str, Any]) -> str:
    return kept_text(str(deck["name"]))


def _info(deck: Mapping[str, Any], presets: Mapping[int, Mapping[str, Any]]) -> DeckInfo:
    preset = presets.get(int(deck.get("conf") or 0))
    own = preset if deck.get("conf") != DEFAULT_DECK else None
    options = Options() if own is None else options_of(own)
    return DeckInfo(kept_text(str(deck.get("desc") or "")).strip(), options)


def options_of(preset: Mapping[str, Any]) -> Options:
    """What of a preset, in Anki's JSON, the author of a deck chose."""
    retention = preset.get("desiredRetention")
    in_range = isinstance(retention, int | float) and 0.7 <= retention <= 0.99
    new = preset.get("new", {}).get("perDay")
    counts = isinstance(new, int) and 0 <= new <= 9999
    # Anki's own number says nothing, unless it is the one thing that was chosen.
    if not counts or (new == _STANDARD_NEW and in_range):
        new = None
    return Options(new, retention if in_range else None)


def _cards(package: Opened) -> list[CardRow]:
    columns = {row[1] for row in package.database.execute("PRAGMA table_info(cards)")}
    data = "data" if "data" in columns else "''"
    query = f"""
        SELECT nid, ord, did, odid, type, due, reps, {data} FROM cards ORDER BY nid, ord
    """  # noqa: S608
    return [
        CardRow(
            int(note),
            int(ord),
            int(home or deck),
            int(due) if not kind else _first_place(extra),
            bool(kind or reps),
            bool(home),
        )
        for note, ord, deck, home, kind, due, reps, extra in package.database.execute(query)
    ]


def _first_place(data: object) -> int | None:
    """The place that a studied card had when it was new."""
    try:
        place = json.loads(str(data)).get("pos")
    except (ValueError, AttributeError, RecursionError):
        return None
    return place if isinstance(place, int) else None


def _notes(
    package: Opened, note_types: Mapping[int, NoteType], rows: list[CardRow]
) -> tuple[list[Note], list[str]]:
    """The notes in study order, and what of them is not carried."""
    decks = {id: _name(one) for id, one in package.tables.decks.items()}
    cards: dict[int, list[CardRow]] = {}
    for row in rows:
        cards.setdefault(row.note, []).append(row)
    found: list[tuple[tuple[bool, int, int], Note]] = []
    elsewhere = 0
    guids: set[str] = set()
    doubled: list[str] = []
    query = "SELECT id, guid, mid, mod, tags, flds FROM notes ORDER BY id"
    for number, guid, type_id, mod, tags, values in package.database.execute(query):
        own = cards.get(number, [])
        places = [one.place for one in own if one.place is not None]
        elsewhere += len({one.deck for one in own}) > 1
        if guid in guids:
            doubled.append(str(guid))
        note = Note(
            guid="" if guid in guids else str(guid),
            note_type=int(type_id),
            deck=decks.get(own[0].deck, "") if own else "",
            fields=_values(str(guid), note_types.get(type_id), str(values)),
            tags=tuple(kept_text(str(tags)).split()),
            cards=frozenset(one.ord for one in own),
            time=_time(mod),
        )
        guids.add(guid)
        found.append(((not places, min(places, default=0), number), note))
    said = []
    if elsewhere:
        whose = counted(elsewhere, "note")
        said.append(f"that cards of {whose} stand in several decks: new students get one")
    late = [note.guid for _, note in found if note.time > time.time()]
    if late:
        what = f"the times of {counted(len(late), 'note')}, which lie in the future"
        said.append(f"{what}: to students who have these, Anki will let no update through")
    if doubled:
        said.append(f"the GUID of a second note that has the same one: {shown(doubled)}")
    return [note for _, note in sorted(found, key=lambda one: one[0])], said


def _time(seconds: object) -> int:
    """A time that is never 0: that stands for one that is not known."""
    return max(1, seconds) if isinstance(seconds, int) else 1


def _values(guid: str, note_type: NoteType | None, values: str) -> tuple[str, ...]:
    fields = tuple(unicodedata.normalize("NFC", values).split(_SEPARATOR))
    if note_type is None:
        raise CannotImportError(f"the note {guid} in it has a note type that is not there")
    if len(fields) != len(note_type.fields):
        wanted = len(note_type.fields)
        message = f'the note {guid} has {len(fields)} fields, its note type "{note_type.name}"'
        raise CannotImportError(f"{message} has {wanted}; Anki would not import it either")
    return fields
