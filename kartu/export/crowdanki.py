"""Exports a deck in CrowdAnki's format: deck.json, which contains its subdecks, and media/.

The keys are those of Anki's own JSON, without what belongs to one collection (ids, times); note
types, decks and presets have a uuid in place of an id.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid5

from kartu.compile.built import BuiltDeck, BuiltNote
from kartu.compile.render.contents import content_of
from kartu.compile.render.note_types import AnkiNoteType
from kartu.core.identity import deck_id, preset_id
from kartu.core.model import Deck, Options
from kartu.load.files import Files
from kartu.package.anki import AnkiModel

# Frozen: from it and Anki's ids come the uuids by which CrowdAnki knows what it has already.
_KARTU = UUID("5a2f8c1e-7b64-4d0a-9e3b-6c1d2f4a8b90")

# What Anki gives a new preset: CrowdAnki takes only whole ones.
_PRESET: dict[str, Any] = {
    "autoplay": True,
    "dyn": False,
    "lapse": {"delays": [10], "leechAction": 1, "leechFails": 8, "minInt": 1, "mult": 0},
    "maxTaken": 60,
    "new": {
        "bury": False,
        "delays": [1, 10],
        "initialFactor": 2500,
        "ints": [1, 4, 0],
        "order": 1,
        "perDay": 20,
    },
    "replayq": True,
    "rev": {
        "bury": False,
        "ease4": 1.3,
        "hardFactor": 1.2,
        "ivlFct": 1,
        "maxIvl": 36500,
        "perDay": 200,
    },
    "timer": 0,
}
_OF_COLLECTION = ("id", "mod", "usn", "did", "req")


def as_crowdanki(built: BuiltDeck, files: Files) -> dict[str, bytes]:
    """Returns the folder's files by path: the same bytes for the same sources.

    GUIDs are those of the package; the uuids depend on the deck's uid alone.
    """
    deck = built.source
    groups: dict[str, list[BuiltNote]] = {str(deck.name): []}
    for note in built.notes:
        groups.setdefault(note.deck_name, []).append(note)
    preset = _uuid("preset", preset_id(deck.uid))
    top = _deck(deck, str(deck.name), groups, preset)
    own = {file.name for file in built.media}
    top["media_files"] = sorted({*top["media_files"], *own})
    top["desc"] = _description(deck)
    top["deck_configurations"] = [_preset(deck, preset)]
    top["note_models"] = [_note_type(one) for one in built.note_types]
    content = json.dumps(top, ensure_ascii=False, indent=4, sort_keys=True) + "\n"
    media = [*built.media, *(file for note in built.notes for file in note.media)]
    found = {f"media/{file.name}": file for file in media}
    return {
        "deck.json": content.encode(),
        **{path: content_of(file, files) for path, file in sorted(found.items())},
    }


def _uuid(kind: str, number: int) -> str:
    return str(uuid5(_KARTU, f"{kind} {number}"))


def _deck(deck: Deck, name: str, groups: dict[str, list[BuiltNote]], preset: str) -> dict[str, Any]:
    """A deck with its subdecks; each subdeck has only the last part of its name."""
    notes = groups.get(name, [])
    below = name + "::"
    names = (one[len(below) :].partition("::")[0] for one in groups if one.startswith(below))
    return {
        "__type__": "Deck",
        "children": [_deck(deck, below + one, groups, preset) for one in dict.fromkeys(names)],
        "crowdanki_uuid": _uuid("deck", deck_id(deck.uid, name)),
        "deck_config_uuid": preset,
        "desc": "",
        "dyn": 0,
        "extendNew": 0,
        "extendRev": 0,
        "md": True,
        "media_files": sorted({file.name for note in notes for file in note.media}),
        "name": name if name == deck.name else name.rpartition("::")[2],
        "notes": [_note(note) for note in notes],
    }


def _note(note: BuiltNote) -> dict[str, Any]:
    return {
        "__type__": "Note",
        "data": "",
        "fields": note.fields,
        "flags": 0,
        "guid": note.guid,
        "note_model_uuid": _uuid("note type", note.note_type.id),
        "tags": note.tags,
    }


def _note_type(note_type: AnkiNoteType) -> dict[str, Any]:
    model = AnkiModel(note_type, 0).to_json(0, 0)
    exported = {key: value for key, value in model.items() if key not in _OF_COLLECTION}
    return {"__type__": "NoteModel", **exported, "crowdanki_uuid": _uuid("note type", note_type.id)}


def _preset(deck: Deck, uuid: str) -> dict[str, Any]:
    """The author's study options, else those of Anki's preset "Default"."""
    preset = {"__type__": "DeckConfig", "crowdanki_uuid": uuid, "name": "Default", **_PRESET}
    if deck.options != Options():
        preset["name"] = str(deck.name)
    if deck.options.new_per_day is not None:
        preset["new"] = {**_PRESET["new"], "perDay": deck.options.new_per_day}
    if deck.options.desired_retention is not None:
        preset["desiredRetention"] = deck.options.desired_retention
    return preset


def _description(deck: Deck) -> str:
    """The author's Markdown, followed by the authors and the licence."""
    whose: Iterable[str] = filter(None, (", ".join(deck.authors), deck.licence))
    last = " · ".join(whose)
    return "\n\n".join(filter(None, (deck.description.strip(), last and f"*{last}*")))
