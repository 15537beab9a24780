"""Reads an .apkg or .colpkg, in Anki's legacy format or its newer one."""

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
from kartu.anki.apkg.contents import Contents, Field, Template, open_package, tags_in
from kartu.core.clock import is_ahead
from kartu.core.language import _
from kartu.core.model import Options
from kartu.core.text import counted, shown
from kartu.importing.contents import (
    CannotImportError,
    DeckInfo,
    ImportedContents,
    Note,
    NoteType,
)
from kartu.importing.dropped import dropped_parts, latex
from kartu.importing.texts import clean_text

DEFAULT_DECK = 1

# As Anki cleans the names of fields; names of cards cannot hold characters that end a template.
_NOT_IN_NAMES = re.compile('[:{}"]')
_NOT_IN_CARD_NAMES = re.compile('[{}"]')
_STANDARD_NEW = 20


@contextmanager
def from_package(path: Path) -> Iterator[ImportedContents]:
    """Yields the content of a package, whose media can be read while it is open.

    Raises:
        CannotImportError: The file is not a package, is damaged, or malicious.
    """
    try:
        with open_package(path) as package:
            yield _imported_contents(package)
    except NoCollectionError as error:
        raise CannotImportError(_("it is not an Anki package: {reason}", reason=error)) from error
    except PackageError as error:
        raise CannotImportError(
            _("it is damaged, or not an Anki package: {reason}", reason=error)
        ) from error


def _imported_contents(package: Contents) -> ImportedContents:
    decks, media = package.tables.decks, package.media
    note_types = {id: note_type_of(one) for id, one in package.note_types.items()}
    notes, dropped = _notes(package, note_types)
    used = {note.note_type for note in notes}
    return ImportedContents(
        note_types={id: one for id, one in note_types.items() if id in used},
        notes=notes,
        decks={clean_text(package.decks[id]): _info(package, one) for id, one in decks.items()},
        media={name: partial(media.read, name) for name in media.members},
        dropped=[*dropped, *dropped_parts(package, used), *latex(notes, media.members)],
        identity=package.identity,
    )


def note_type_of(found: anki.NoteType) -> NoteType:
    """Returns a note type with the names that Anki's import would give it."""
    name = clean_text(found.name).strip()
    if not (found.id and name and found.fields and found.cards):
        raise CannotImportError(
            _('its note type "{name}" has no id, name, field or card', name=name)
        )
    if found.cloze and len(found.cards) > 1:
        raise CannotImportError(
            _('its cloze note type "{name}" has more than one card template', name=name)
        )
    names = _unique([_NOT_IN_NAMES.sub("", one.name).lstrip("#^/ ") for one in found.fields])
    card_names = _unique([_NOT_IN_CARD_NAMES.sub("", one.name) for one in found.cards])
    return NoteType(
        id=found.id,
        name=name,
        kind="image-occlusion" if found.occlusion else "cloze" if found.cloze else "standard",
        sort=found.sort_field + 1 if 0 <= found.sort_field < len(names) else 1,
        fields=tuple(Field(one.id, name) for one, name in zip(found.fields, names, strict=True)),
        cards=tuple(
            Template(one.id, name, clean_text(one.front), clean_text(one.back))
            for one, name in zip(found.cards, card_names, strict=True)
        ),
        css=clean_text(found.css),
        time=max(1, found.mod),
    )


def _unique(names: list[str]) -> list[str]:
    """Names made unique as Anki does."""
    found: list[str] = []
    for number, written in enumerate(names, 1):
        name = clean_text(written).strip() or str(number)
        while name.casefold() in {one.casefold() for one in found}:
            name += "+"
        found.append(name)
    return found


def _info(package: Contents, deck: Mapping[str, Any]) -> DeckInfo:
    preset = package.tables.presets.get(int(deck.get("conf") or 0))
    own = preset if deck.get("conf") != DEFAULT_DECK else None
    options = Options() if own is None else options_of(own)
    return DeckInfo(clean_text(str(deck.get("desc") or "")).strip(), options)


def options_of(preset: Mapping[str, Any]) -> Options:
    """Returns the options of a preset, in Anki's JSON, that differ from Anki's defaults."""
    retention = preset.get("desiredRetention")
    in_range = isinstance(retention, int | float) and 0.7 <= retention <= 0.99
    new = preset.get("new", {}).get("perDay")
    counts = isinstance(new, int) and 0 <= new <= 9999
    # Anki's default number was not chosen, unless it is the only option set.
    if not counts or (new == _STANDARD_NEW and in_range):
        new = None
    return Options(new, retention if in_range else None)


def _notes(package: Contents, note_types: Mapping[int, NoteType]) -> tuple[list[Note], list[str]]:
    """The notes in study order, and descriptions of what of them is dropped."""
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
            deck=clean_text(package.decks.get(decks[0], "")) if decks else "",
            fields=_fields(note, note_types),
            tags=tags_in(clean_text(" ".join(note.tags))),
            cards=frozenset(card.ord for card in cards),
            time=max(1, note.mod),
        )
        guids.add(note.guid)
    dropped = []
    if elsewhere:
        dropped.append(
            _(
                "that cards of {notes} are in several decks: new students get them in one",
                notes=counted(elsewhere, "note"),
            )
        )
    late = [note.guid for note in found.values() if is_ahead(note.time)]
    if late:
        dropped.append(
            _(
                "the times of {notes}, which are in the future: Anki will not update these notes "
                "for students who have them",
                notes=counted(len(late), "note"),
            )
        )
    if doubled:
        dropped.append(
            _("the GUID of a second note with the same one: {guids}", guids=shown(doubled))
        )
    return [found[note.id] for note in package.in_study_order()], dropped


def _fields(note: anki.Note, note_types: Mapping[int, NoteType]) -> tuple[str, ...]:
    note_type = note_types.get(note.note_type)
    if note_type is None:
        raise CannotImportError(
            _("the note {guid} has a note type that is not in the file", guid=note.guid)
        )
    if len(note.fields) != len(note_type.fields):
        message = _(
            'the note {guid} has {fields}, but its note type "{note_type}" has {expected}; Anki '
            "would not import it either",
            guid=note.guid,
            fields=counted(len(note.fields), "field"),
            note_type=note_type.name,
            expected=len(note_type.fields),
        )
        raise CannotImportError(message)
    return note.fields
