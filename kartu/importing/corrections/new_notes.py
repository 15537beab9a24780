"""Notes that somebody added to a deck in Anki, as card sets of their own.

They keep their GUIDs, so that whoever wrote one does not get a second one with the next release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kartu.anki.field_html import canonical
from kartu.core.language import _
from kartu.core.model import Note, Project
from kartu.core.source import Mapping as Keys
from kartu.core.source import Span, text
from kartu.importing.corrections.collected import NewNote, Variant
from kartu.importing.corrections.ours import OurDeck, OurField, shown_html, with_value
from kartu.importing.corrections.proposals import lost_parts
from kartu.importing.corrections.values import Field, value_of_html
from kartu.load.files import Files, pending
from kartu.load.ids.names import visible_text
from kartu.rewrite.notes.deck import DeckNotes
from kartu.rewrite.notes.sets import Changes
from kartu.rewrite.notes.values import EditRefusedError, Value, cell_of_value, is_blank

_NOWHERE = Span("")


class AddedNote(NamedTuple):
    """A note from Anki: its id and card set; both are empty where `reason` says why it has none.

    `values` are those of its fields.
    """

    guid: str
    title: str
    id: str
    path: str
    files: frozenset[str]
    reason: str = ""
    note_type: str = ""
    values: Mapping[str, Value] = {}


class _Read(NamedTuple):
    """A new note as its author would have written it."""

    note_type: str
    subdeck: str
    values: dict[str, Value]
    files: frozenset[str]


def with_new_notes(
    project: Project, ours: OurDeck, found: Mapping[str, Sequence[NewNote]], changes: Changes
) -> tuple[list[AddedNote], Changes]:
    """Returns the notes that were added in Anki, and the changes with card sets of them."""
    added: list[AddedNote] = []
    groups: dict[tuple[str, str], list[_Read]] = {}
    for guid, variants in found.items():
        try:
            read = _read(ours, variants)
            groups.setdefault((read.note_type, read.subdeck), []).append(read)
        except EditRefusedError as error:
            added.append(AddedNote(guid, _title(variants[0]), "", "", frozenset(), error.message))
    for (note_type, subdeck), notes in groups.items():
        contents = {path: one.after for path, one in changes.items() if one.after is not None}
        try:
            with pending(ours.files.root, contents):
                deck = DeckNotes(Files(ours.files.root), project, ours.deck)
                path, ids, more = deck.added_set(note_type, subdeck, [one.values for one in notes])
        except EditRefusedError as error:
            added += [_added(one, "", "", error.message) for one in notes]
            continue
        changes = {**changes, **more}
        added += [_added(one, id, path) for one, id in zip(notes, ids, strict=True)]
    return added, changes


def _read(ours: OurDeck, variants: Sequence[NewNote]) -> _Read:
    """The note as its author would have written it. Raises EditRefusedError where none could."""
    new, *others = variants
    if others:
        raise EditRefusedError(_NOWHERE, _("the packages have different texts"))
    like = next(one for one in ours.notes.values() if one.note_type.id == new.note_type)
    blank = Keys()
    blank.span = _NOWHERE
    name, guid = text("baru", _NOWHERE), text(new.guid, _NOWHERE)
    like_type, nothing = like.source.note_type, text("", _NOWHERE)
    note = Note(name, like_type, nothing, blank, (), (), (), None, None, guid)
    if not (new.guid.isascii() and new.guid.isprintable()) or " " in new.guid or not new.guid:
        raise EditRefusedError(_NOWHERE, _('"{guid}" is not a GUID', guid=new.guid))
    values: dict[str, Value] = {}
    files: set[str] = set()
    for field in ours.fields_of(like):
        variant = next((new.fields[name] for name in field.names if name in new.fields), None)
        if variant is None:
            continue
        key = str(field.type.key)
        value = _value(ours, note, field, variant)
        values[key] = value
        files |= variant.files
        note = with_value(note, key, value)
    required = [field for field in ours.fields_of(like) if field.type.required]
    if lacking := [one.names[0] for one in required if is_blank(values.get(str(one.type.key), ""))]:
        raise EditRefusedError(_NOWHERE, _('"{field}" is empty', field=lacking[0]))
    if ours.build(note) is None:
        raise EditRefusedError(_NOWHERE, _("no text here is displayed like that"))
    subdecks = {one.deck_name: str(one.source.subdeck) for one in ours.notes.values()}
    own: dict[str, Value] = {"guid": new.guid, **values}
    return _Read(like.source.note_type, subdecks.get(new.deck, ""), own, frozenset(files))


def _value(ours: OurDeck, note: Note, field: OurField, variant: Variant) -> Value:
    def render(value: Value) -> str | None:
        made = ours.build(with_value(note, str(field.type.key), value))
        return shown_html(made, field.place) if made is not None else None

    if variant.fault:
        raise EditRefusedError(_NOWHERE, variant.fault)
    value = value_of_html(Field(field.type.format, "", render), variant.html)
    if value is None:
        raise EditRefusedError(_NOWHERE, lost_parts(variant.html))
    return value


def _added(note: _Read, id: str, path: str, reason: str = "") -> AddedNote:
    values = {key: value for key, value in note.values.items() if key != "guid"}
    title = visible_text(next(map(cell_of_value, values.values()), ""))
    files = note.files if not reason else frozenset()
    guid = cell_of_value(note.values["guid"])
    return AddedNote(guid, title, id, path, files, reason, note.note_type, values)


def _title(new: NewNote) -> str:
    first = next(iter(new.fields.values()), None)
    return visible_text(canonical(first.html)) if first is not None else new.guid
