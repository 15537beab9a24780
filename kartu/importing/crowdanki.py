"""Reads a folder of CrowdAnki: deck.json, or a file of the folder's name, and media/.

CrowdAnki stores the GUIDs of notes, but a uuid of its own in place of a note type's id.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from kartu.anki.apkg import contents
from kartu.anki.apkg.archive import Identity
from kartu.core.identity import note_type_id
from kartu.core.language import _
from kartu.core.model import Options
from kartu.core.text import counted, shown
from kartu.importing.contents import CannotImportError, DeckInfo, ImportedContents, Note, NoteType
from kartu.importing.package import note_type_of, options_of
from kartu.importing.texts import clean_text

_LARGEST = 256 * 1024 * 1024
_DEEPEST = 50
_ANKIS_PRESET = "Default"  # its options are Anki's defaults


def deck_file(path: Path) -> Path | None:
    """The JSON file of a CrowdAnki folder, or the file itself if it is one."""
    if path.is_dir():
        for name in ("deck.json", f"{path.name}.json"):
            if (path / name).is_file():
                return path / name
        return None
    return path if path.suffix == ".json" else None


def from_crowdanki(file: Path) -> ImportedContents:
    """Returns the deck of `file` with its subdecks. Raises CannotImportError if it is not one."""
    try:
        if file.stat().st_size > _LARGEST:
            raise CannotImportError(
                _("it is larger than {most} MiB", most=_LARGEST // 1024 // 1024)
            )
        found = _Reader(json.loads(file.read_bytes()))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        reason = str(error) or type(error).__name__
        if isinstance(error, KeyError):
            reason = _("it has no {key}", key=reason)
        message = _("it is not a CrowdAnki deck: {reason}", reason=reason)
        raise CannotImportError(message) from error
    dropped = [
        _(
            "the ids of note types, which CrowdAnki does not keep: where students have the deck "
            "already, import an .apkg of it instead"
        )
    ]
    if missing := found.media_missing(file.parent / "media"):
        dropped.append(_("files that media/ lacks: {names}", names=shown(missing)))
    if found.refitted:
        dropped.append(
            _(
                "the fields of {notes} as they were, since their note type has another number "
                "of fields: {guids}",
                notes=counted(len(found.refitted), "note"),
                guids=shown(found.refitted),
            )
        )
    return ImportedContents(
        found.note_types,
        found.notes,
        found.decks,
        _media(file.parent / "media"),
        dropped,
        Identity(),
    )


class _Reader:
    """The decks of a JSON file, one below the other."""

    def __init__(self, top: Mapping[str, Any]) -> None:
        self.note_types: dict[int, NoteType] = {}
        self.notes: list[Note] = []
        self.decks: dict[str, DeckInfo] = {}
        self._numbers: dict[str, int] = {}
        self._options: dict[str, Options] = {}
        self._named: list[str] = []
        self.refitted: list[str] = []  # the GUIDs of notes with another number of fields
        self._read(top, "", 0)

    def _read(self, deck: Mapping[str, Any], above: str, depth: int) -> None:
        if depth > _DEEPEST:
            raise ValueError(_("its decks are nested too deep"))
        name = "::".join(filter(None, (above, clean_text(str(deck["name"])))))
        for preset in deck.get("deck_configurations", ()):
            if preset.get("name") != _ANKIS_PRESET:
                self._options[str(preset["crowdanki_uuid"])] = options_of(preset)
        options = self._options.get(str(deck.get("deck_config_uuid")), Options())
        self.decks[name] = DeckInfo(clean_text(str(deck.get("desc") or "")).strip(), options)
        for model in deck.get("note_models", ()):
            uuid = str(model["crowdanki_uuid"])
            number = note_type_id(uuid, str(model["name"]))
            self._numbers[uuid] = number
            self.note_types[number] = note_type_of(contents.note_type_of(number, model))
        self._named += map(str, deck.get("media_files", ()))
        self.notes += self._notes(deck, name)
        for child in deck.get("children", ()):
            self._read(child, name, depth + 1)

    def _notes(self, deck: Mapping[str, Any], name: str) -> Iterator[Note]:
        for note in deck.get("notes", ()):
            guid = str(note.get("guid") or "")
            number = self._numbers.get(str(note["note_model_uuid"]), 0)
            fields = tuple(map(str, note["fields"]))
            if number not in self.note_types:
                message = _("the note {guid} has a note type that is not in the file", guid=guid)
                raise ValueError(message)
            fields = self._fitting(guid, fields, len(self.note_types[number].fields))
            tags = contents.tags_in(clean_text(" ".join(map(str, note.get("tags", ())))))
            yield Note(guid, number, name, fields, tags, None)

    def _fitting(self, guid: str, fields: tuple[str, ...], wanted: int) -> tuple[str, ...]:
        """The fields in the number of the note type's; texts beyond it go to the last one."""
        if len(fields) == wanted:
            return fields
        self.refitted.append(guid)
        rest = [one for one in fields[wanted:] if one.strip()]
        last = "<br>".join(filter(None, [fields[wanted - 1], *rest])) if rest else ""
        fitting = (*fields[:wanted], *[""] * (wanted - len(fields)))
        return (*fitting[:-1], last) if rest else fitting

    def media_missing(self, folder: Path) -> list[str]:
        """Returns the names of the deck's media files that the folder lacks."""
        there = set(_names(folder))
        return [name for name in self._named if name not in there]


def _media(folder: Path) -> dict[str, Callable[[], bytes]]:
    return {name: partial(_content, folder / name) for name in _names(folder)}


def _names(folder: Path) -> list[str]:
    if not folder.is_dir() or folder.is_symlink():
        return []
    return sorted(one.name for one in os.scandir(folder) if one.is_file(follow_symlinks=False))


def _content(path: Path) -> bytes:
    return path.read_bytes()
