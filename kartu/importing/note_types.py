"""Writes the folders of templates/ for imported note types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kartu.core.identity import card_id, field_id
from kartu.importing.contents import Note, NoteType
from kartu.importing.texts import as_text, clean_field, stays_html
from kartu.load.ids.names import new_id
from kartu.load.names import card_name_fault, is_kept
from kartu.load.note_type import NOTE_KEYS, SET_KEYS
from kartu.rewrite.yaml import pairs, scalar


class Folder(NamedTuple):
    """A folder of templates/: its files by name, and keys and formats of its fields in order.

    `word` is what card sets write for its id, if that is another one.
    """

    id: str
    files: Mapping[str, str]
    keys: Sequence[str]
    formats: Sequence[str]
    word: str = ""

    @property
    def written(self) -> str:
        """What card sets write for the note type."""
        return self.word or self.id


def formats_of(note_type: NoteType, notes: Iterable[Note], plain: frozenset[str]) -> list[str]:
    """Returns each field's simplest format that shows all its values unchanged.

    `plain` are those whose field templates show the value and nothing else.
    """
    found = [dict.fromkeys(("text", "html", "anki")) for _ in note_type.fields]
    for note in notes if not note_type.own else ():
        for value, possible in zip(map(clean_field, note.fields), found, strict=True):
            if not value:  # any format shows nothing
                continue
            if "text" in possible and as_text(value) is None:
                del possible["text"]
            if "html" in possible and not stays_html(value):
                del possible["html"]
    formats = [next(one for one in possible if one in plain or one == "anki") for possible in found]
    if note_type.id:
        return formats
    return ["html" if one == "anki" else one for one in formats]


def folder_of(
    note_type: NoteType, formats: Sequence[str], uid: str, taken: Iterable[str]
) -> Folder:
    """Returns the folder of a note type; ids that the original lacks derive from `uid`."""
    id = new_id(note_type.name, "note-type", set(taken))
    keys = _keys(note_type)
    sides = _sides(note_type)
    files = {name: text for names, card in zip(sides, note_type.cards, strict=True)
             for name, text in zip(names, (card.front, card.back), strict=True)}  # fmt: skip
    if note_type.css:
        files["style.css"] = note_type.css
    lines = [f"id: {scalar(id)}\n", f"name: {scalar(_own_name(note_type.name))}\n"]
    lines += [f"kind: {note_type.kind}\n"] if note_type.kind != "standard" else []
    lines += ["jinja: false\n"] if note_type.id else []
    lines += ["fields:\n", *_fields(note_type, keys, formats)]
    lines += ["cards:\n", *_cards(note_type, sides)]
    if note_type.id:
        lines += _anki(note_type, id, uid)
    else:  # the default number of places, so that more can be added later
        cards = ", cards: 3" if note_type.kind == "standard" else ""
        lines.insert(2, f"slots: {{fields: {max(8, len(keys) + 4)}{cards}}}\n")
    return Folder(id, {"note_type.yaml": "".join(lines), **files}, keys, formats)


def _own_name(name: str) -> str:
    """The name for note_type.yaml; the one used in Anki is under `anki`."""
    own = "".join(one for one in name if one not in '{}"' and is_kept(one))
    own = own.strip().lstrip("_ ")[:100].strip()
    return own if own and not card_name_fault(own) else "Anki"


def _keys(note_type: NoteType) -> list[str]:
    found: list[str] = []
    for number, field in enumerate(note_type.fields, 1):
        key = new_id(field.name, f"field-{number}", found)
        found.append(f"{key}-field" if key.replace("-", "_") in _TAKEN else key)
    return [key.replace("-", "_") for key in found]


_TAKEN = frozenset((*NOTE_KEYS, *SET_KEYS))


def _sides(note_type: NoteType) -> list[tuple[str, str]]:
    found: list[str] = []
    for number, card in enumerate(note_type.cards, 1):
        found.append(new_id(card.name, f"card-{number}", found))
    return [(f"{name}.front.html", f"{name}.back.html") for name in found]


def _fields(note_type: NoteType, keys: Sequence[str], formats: Sequence[str]) -> Iterable[str]:
    named = zip(keys, note_type.fields, formats, strict=True)
    for number, (key, field, format) in enumerate(named, 1):
        values = [("key", key), ("name", scalar(field.name, flow=True)), ("id", str(number))]
        values += [("format", format)] if format != "text" else []
        yield f"  - {pairs(values)}\n"


def _cards(note_type: NoteType, sides: Sequence[tuple[str, str]]) -> Iterable[str]:
    for number, (card, (front, back)) in enumerate(zip(note_type.cards, sides, strict=True), 1):
        name = scalar(card.name, flow=True)
        values = [("id", str(number)), ("name", name), ("front", front), ("back", back)]
        yield f"  - {pairs(values)}\n"


def _anki(note_type: NoteType, id: str, uid: str) -> Iterable[str]:
    yield "anki:                             # as students have it; permanent\n"
    yield f"  id: {note_type.id}\n"
    yield f"  name: {scalar(note_type.name)}\n"
    if note_type.sort != 1:
        yield f"  sort: {note_type.sort}\n"
    for what, parts, made in (
        ("fields", note_type.fields, field_id),
        ("cards", note_type.cards, card_id),
    ):
        ids = [one.id for one in parts]
        own = len(set(ids)) == len(ids)  # Anki takes a part without an id by its name
        numbers = [
            (str(place), str(one if own and one is not None else made(uid, id, place)))
            for place, one in enumerate(ids, 1)
        ]
        yield f"  {what}: {pairs(numbers)}\n"
