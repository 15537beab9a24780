"""Reads an .apkg or .colpkg, in Anki's older form or its newer one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from kartu.anki.apkg import contents as anki
from kartu.anki.apkg.archive import NoCollectionError
from kartu.anki.apkg.bounds import PackageError
from kartu.anki.apkg.contents import Contents, Field, Template, open_package
from kartu.core.clock import is_ahead
from kartu.core.model import Options
from kartu.core.text import counted, shown
from kartu.importing.contents import (
    Brought,
    CannotImportError,
    DeckInfo,
    Note,
    NoteType,
)
from kartu.importing.dropped import latex, lost
from kartu.importing.texts import kept_text

DEFAULT_DECK = 1

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
        with open_package(path) as package:
            yield _brought(package)
    except NoCollectionError as error:
        raise CannotImportError(f"it is no Anki package: {error}") from error
    except PackageError as error:
        raise CannotImportError(f"it is damaged or no Anki package: {error}") from error


def _brought(package: Contents) -> Brought:
    decks, media = package.tables.decks, package.media
    note_types = {id: note_type_of(one) for id, one in package.note_types.items()}
    notes, said = _notes(package, note_types)
    used = {note.note_type for note in notes}
    return Brought(
        note_types={id: one for id, one in note_types.items() if id in used},
        notes=notes,
        decks={kept_text(package.decks[id]): _info(package, one) for id, one in decks.items()},
        media={name: partial(media.read, name) for name in media.members},
        lost=[*said, *lost(package, used), *latex(notes, media.members)],
        identity=package.identity,
    )


def note_type_of(found: anki.NoteType) -> NoteType:
    """A note type with the names that Anki's import would give it."""
    name = kept_text(found.name).strip()
    if not (found.id and name and found.fields and found.cards):
        raise CannotImportError(f'its note type "{name}" has no id, name, field or card')
    if found.cloze and len(found.cards) > 1:
        raise CannotImportError(f'its cloze note type "{name}" has more than one card template')
    names = _unique([_NOT_IN_NAMES.sub("", one.name).lstrip("#^/ ") for one in found.fields])
    card_names = _unique([_NOT_IN_CARD_NAMES.sub("", one.name) for one in found.cards])
    return NoteType(
        id=found.id,
        name=name,
        kind="image-occlusion" if found.occlusion else "cloze" if found.cloze else "standard",
        sort=found.sort_field + 1 if 0 <= found.sort_field < len(names) else 1,
        fields=tuple(Field(one.id, name) for one, name in zip(found.fields, names, strict=True)),
        cards=tuple(
            Template(one.id, name, kept_text(one.front), kept_text(one.back))
            for one, name in zip(found.cards, card_names, strict=True)
        ),
        css=kept_text(found.css),
        time=max(1, found.mod),
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


def _info(package: Contents, deck: Mapping[str, Any]) -> DeckInfo:
    preset = package.tables.presets.get(int(deck.get("conf") or 0))
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


def _notes(package: Contents, note_types: Mapping[int, NoteType]) -> tuple[list[Note], list[str]]:
    """The notes in study order, and what of them is not carried."""
    found: dict[int, Note] = {}
    elsewhere = 0
    guids: set[str] = set()
    doubled: list[str] = []
    for note in package.notes:
        cards = package.cards.get(note.id, [])
        decks = [card.home or card.deck for card in cards]
        elsewhere += len(set(decks)) > 1
        if note.guid in guids:
            doubled.append(note.guid)
        found[note.id] = Note(
            guid="" if note.guid in guids else note.guid,
            note_type=note.note_type,
            deck=kept_text(package.decks.get(decks[0], "")) if decks else "",
            fields=_fields(note, note_types),
            tags=tuple(kept_text(" ".join(note.tags)).split()),
            cards=frozenset(card.ord for card in cards),
            time=max(1, note.mod),
        )
        guids.add(note.guid)
    said = []
    if elsewhere:
        whose = counted(elsewhere, "note")
        said.append(f"that cards of {whose} stand in several decks: new students get one")
    late = [note.guid for note in found.values() if is_ahead(note.time)]
    if late:
        what = f"the times of {counted(len(late), 'note')}, which lie in the future"
        said.append(f"{what}: to students who have these, Anki will let no update through")
    if doubled:
        said.append(f"the GUID of a second note that has the same one: {shown(doubled)}")
    return [found[note.id] for note in package.in_study_order()], said


def _fields(note: anki.Note, note_types: Mapping[int, NoteType]) -> tuple[str, ...]:
    note_type = note_types.get(note.note_type)
    if note_type is None:
        raise CannotImportError(f"the note {note.guid} in it has a note type that is not there")
    if len(note.fields) != len(note_type.fields):
        wanted = len(note_type.fields)
        what = f"the note {note.guid} has {len(note.fields)} fields, its note type"
        message = f'{what} "{note_type.name}" has {wanted}; Anki would not import it either'
        raise CannotImportError(message)
    return note.fields
