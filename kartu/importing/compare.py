"""Compares what the built deck shows with what the imported notes show."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from kartu.compile.built import BuiltDeck, BuiltNote
from kartu.compile.render.html import refused
from kartu.compile.render.media import renamed_in
from kartu.compile.render.tags import named
from kartu.core.language import _
from kartu.core.model import all_names
from kartu.core.source import Span
from kartu.core.text import counted, shown
from kartu.importing.contents import ImportedContents, Note, NoteType
from kartu.importing.decks import ImportedDeck
from kartu.importing.texts import clean_field

# Active content that a field from Anki may hold, which is a risk if its author is a stranger.
_ACTIVE = ("<script>", "<iframe>", "<object>", "<embed>", "<form>", "on")


class Difference(NamedTuple):
    """What is displayed differently than before, at the note in its file."""

    span: Span
    message: str


def differences(
    imported: ImportedContents, deck: ImportedDeck, built: BuiltDeck, names: Mapping[str, str]
) -> Iterator[Difference]:
    """Yields the differences between the imported notes and the built ones."""
    by_guid = {note.guid: note for note in built.notes}
    places: dict[int, dict[str, int]] = {}
    for note, made in _pairs(deck, built, by_guid):
        if note.note_type not in places:
            places[note.note_type] = _places(made)
        shows = {name: made.fields[at] for name, at in places[note.note_type].items()}
        yield from _of_note(note, made, shows, imported.note_types[note.note_type], names)


def _places(made: BuiltNote) -> dict[str, int]:
    """Where the fields are, by all their names: what is imported may have another language's."""
    return {
        name: at
        for at, one in enumerate(made.note_type.fields)
        for name in (one.name, *(all_names(one.declared) if one.declared else ()))
    }


def _pairs(
    deck: ImportedDeck, built: BuiltDeck, by_guid: Mapping[str, BuiltNote]
) -> Iterable[tuple[Note, BuiltNote]]:
    """Pairs imported notes with built ones: by GUID, those without one by their order."""
    known = {note.guid for note in deck.notes if note.guid}
    others = (note for note in built.notes if note.guid not in known)
    for note in deck.notes:
        yield note, by_guid[note.guid] if note.guid else next(others)


def _of_note(
    note: Note,
    made: BuiltNote,
    shows: Mapping[str, str],
    note_type: NoteType,
    names: Mapping[str, str],
) -> Iterator[Difference]:
    place = made.source.id.span
    packed = {file.path.rpartition("/")[2]: file.name for file in made.media}
    for field, value in zip(note_type.fields, note.fields, strict=True):
        now = shows[field.name]
        if now == value and "<" not in value:  # names no file that is packed under another name
            continue
        wanted = unicodedata.normalize("NFC", value)
        clean = clean_field(value)
        cleaned = renamed_in(renamed_in(clean, names), packed)
        if now.replace("<br>\n", "<br>") != cleaned.replace("<br>\n", "<br>"):
            left_out = shown(map(named, refused(value)))
            message = (
                _('the field "{name}" is shown without {parts}', name=field.name, parts=left_out)
                if left_out
                else _('the field "{name}" looks different', name=field.name)
            )
            yield Difference(place, message)
        elif wanted.strip() and clean != wanted:
            message = _('the field "{name}" had invisible control characters', name=field.name)
            yield Difference(place, message)
    if made.deck_name != note.deck:
        yield Difference(place, _('its deck was "{deck}"', deck=note.deck))
    if note.cards is not None:
        for ord in sorted(note.cards - set(made.cards)):
            card = _card(note_type, ord)
            message = _('the card "{card}" was there, but its front shows nothing', card=card)
            yield Difference(place, message)
        for ord in sorted(set(made.cards) - note.cards):
            card = _card(note_type, ord)
            yield Difference(place, _('the card "{card}" is new', card=card))


def _card(note_type: NoteType, ord: int) -> str:
    if note_type.kind == "standard" and ord < len(note_type.cards):
        return note_type.cards[ord].name
    return str(ord + 1)


def active(imported: ImportedContents) -> list[str]:
    """Describes fields with active content, which runs because the deck's author is trusted."""
    found: dict[str, int] = {}
    for note in imported.notes:
        own = imported.note_types[note.note_type].id  # of a list, it is left out and reported
        for value in note.fields if own else ():
            for what in refused(value) if "<" in value else ():
                if what.startswith(_ACTIVE):
                    found[what] = found.get(what, 0) + 1
    return [
        _("{part} in {fields}", part=named(part), fields=counted(number, "field"))
        for part, number in found.items()
    ]
