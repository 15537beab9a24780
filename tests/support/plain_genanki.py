"""The same decks built with plain genanki in the usual ways, for contrast."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import genanki

from kartu.anki.apkg.contents import Note, NoteType
from kartu.publish.verify.package import read_package


def guid_from_fields(note: Note) -> str:
    """genanki's own way: a GUID that is a hash of the fields."""
    return str(genanki.guid_for(*note.fields))


def guid_from_id(note: Note) -> str:
    """The careful way: a GUID that the author gives."""
    return note.guid


def rebuild(source: Path, target: Path, guid: Callable[[Note], str], time: int) -> Path:
    """Writes a package's notes as a genanki script would: no ids, no spares, one time for all."""
    package = read_package(str(source))
    models = {number: _model(number, one) for number, one in package.note_types.items()}
    declared = {number: _declared(one) for number, one in package.note_types.items()}
    decks: dict[str, genanki.Deck] = {}
    for note in package.notes.values():
        name = next(deck for (owner, _), deck in package.cards.items() if owner == note.guid)
        deck = decks.setdefault(name, genanki.Deck(1_700_000_000 + len(decks), name))
        fields = [note.fields[index] for index in declared[note.note_type]]
        tags = sorted(note.tags)
        deck.add_note(genanki.Note(models[note.note_type], fields, tags=tags, guid=guid(note)))
    media = _media(source, target.with_suffix(".media"))
    genanki.Package(list(decks.values()), media).write_to_file(str(target), timestamp=time)
    return target


def _declared(one: NoteType) -> list[int]:
    return [i for i, field in enumerate(one.fields) if not field.name.startswith("_")]


def _model(number: int, one: NoteType) -> genanki.Model:
    return genanki.Model(
        number,
        one.name,
        fields=[{"name": one.fields[index].name} for index in _declared(one)],
        templates=[
            {"name": card.name, "qfmt": card.front, "afmt": card.back.split("{{/_kartu}}")[-1]}
            for card in one.cards
            if not card.name.startswith("_")
        ],
        css=one.css,
        model_type=genanki.Model.CLOZE if one.cloze else genanki.Model.FRONT_BACK,
    )


def _media(source: Path, folder: Path) -> list[str]:
    folder.mkdir()
    with zipfile.ZipFile(source) as archive:
        for number, name in json.loads(archive.read("media")).items():
            (folder / name).write_bytes(archive.read(number))
    return [str(path) for path in sorted(folder.iterdir())]
