"""The schemas of card sets: one for each note type, and one that chooses among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kartu.core.model import FieldType, NoteType
from kartu.load.card_set import NO_REASON
from kartu.load.names import DATE, ID
from kartu.load.note_type import NOTE_KEYS
from kartu.schema.names import DECK_NAME, GUID, TAG
from kartu.schema.note_type import FORMAT_DESCRIPTIONS
from kartu.schema.values import (
    Schema,
    choice,
    many,
    mapping,
    matching,
    refused,
    snippet,
    stays_text,
    text,
)

_TAG_RULE = 'a tag has no spaces, no " or *, and no name that Anki or kartu gives itself'
_CLOZE = " Gaps are written {{c1::hidden}} or {{c1::hidden::hint}}."


def any_card_set_schema(note_types: Mapping[str, NoteType]) -> Schema:
    """Returns the schema of a card set of any of the note types."""
    possible = {id: one.name for id, one in note_types.items()}
    return {
        "title": "card set",
        "description": "Notes of one note type, in the order in which they are studied.",
        "type": "object",
        "properties": {"note_type": choice("A folder of templates/.", possible)},
        "required": ["note_type", "notes"],
        "allOf": [
            {
                "if": {"properties": {"note_type": {"const": id}}, "required": ["note_type"]},
                "then": card_set_schema(one),
            }
            for id, one in note_types.items()
        ],
    }


def card_set_schema(note_type: NoteType) -> Schema:
    """Returns the schema of a card set of the note type."""
    message = f'the first line names the schema for "{note_type.id}": change that line too'
    properties = {
        "note_type": choice("A folder of templates/.", {note_type.id: note_type.name})
        | {"errorMessage": message},
        "subdeck": matching(
            "The deck in Anki below the main one, parts divided by `::`. Permanent once published.",
            DECK_NAME,
            "a name in parts divided by :: alone, without spaces or another : around it",
            required=True,
        ),
        "tags": many("Tags of all notes here.", _tag()),
        "notes": many(
            "The notes, in study order.",
            _note(note_type),
            required=True,
            defaultSnippets=_new_note(note_type),
        ),
    }
    return mapping(
        f'Notes of the type "{note_type.name}", in the order in which they are studied.',
        properties,
        ("note_type", "notes"),
        title=f"card set of {note_type.id}",
    )


def _new_note(note_type: NoteType) -> list[Schema]:
    body = {
        "id": "${1:satu-nama}",
        **_placeholders(field for field in _own(note_type) if field.required),
    }
    return snippet(f"new note ({note_type.id})", body, "A note with all that it must have.")


def _own(note_type: NoteType) -> list[FieldType]:
    """Returns the fields that an author fills."""
    return [field for field in note_type.fields if not field.retired and not field.origin]


def _note(note_type: NoteType) -> Schema:
    own = _own(note_type)
    keys = _engine_keys()
    properties = {"id": keys.pop("id"), **{str(field.key): _field(field) for field in own}, **keys}
    for field in note_type.fields:
        if field.retired:
            properties[field.key] = refused("the field is retired and takes no text any more")
        elif field.origin:
            properties[field.key] = refused(f'the engine fills this field from "{field.origin}"')
    # An editor may read a key such as 012 as a number, so it cannot tell which keys are unknown.
    sure = [str(field.key) for field in own if field.required and stays_text(field.key)]
    closed = all(stays_text(field.key) for field in own)
    return mapping(
        f'A note of the type "{note_type.name}".' + (_CLOZE if note_type.kind == "cloze" else ""),
        properties,
        tuple(sure),
        title=note_type.id,
        additionalProperties=not closed,
    )


def _engine_keys() -> dict[str, Schema]:
    """Returns the schemas of NOTE_KEYS, in that order."""
    by_key = {
        "id": matching(
            "Permanent, unique in the deck, never given to another note: a-z, 0-9 and -. "
            "Without it, kartu saves one beside the card set.",
            ID.pattern,
            "use a-z, 0-9 and -, for example kerja-sama-bilateral",
        ),
        "tags": many("Tags of this note, added to those of the set.", _tag()),
        "sources": many(
            "Where this comes from: keys of sources in deck.yaml.", text("A key of deck.yaml.")
        ),
        "facts": many("The facts that the note asks.", text("A key of the list of facts.")),
        "as_of": matching(
            "The day up to which this is known to be right: 2026-11-24.",
            DATE.pattern,
            "write it as 2026-11-24",
            required=True,
        ),
        "retired": matching(
            "Why the note is no longer right: it stays, with this notice.",
            rf"(?!\s*(?:{'|'.join(map(_any_case, NO_REASON))})\s*$)[\s\S]*\S[\s\S]*",
            "write why, as in: replaced by another note",
            required=True,
        ),
        "guid": matching(
            "The note's GUID in Anki, for notes that come from elsewhere.",
            GUID,
            "a GUID is printable ASCII without spaces, as Anki shows it in the card's info",
            required=True,
        ),
    }
    return {key: by_key[key] for key in NOTE_KEYS}


def _any_case(word: str) -> str:
    """A pattern for the word in any case: JSON Schema has no flag for that."""
    return "".join(f"[{one.lower()}{one.upper()}]" if one.isalpha() else one for one in word)


def _tag() -> Schema:
    return matching("A tag; parts are divided by `::`.", TAG, _TAG_RULE)


def translated(fields: Iterable[FieldType]) -> Schema:
    """Returns the schema of translations of the fields with one key in several note types."""
    found: list[Schema] = []
    for field in fields:
        schema = _of_format(field.format, FORMAT_DESCRIPTIONS[field.format], required=False)
        if schema not in found:
            found.append(schema)
    return found[0] if len(found) == 1 else {"anyOf": found}


def _field(field: FieldType) -> Schema:
    description = FORMAT_DESCRIPTIONS[field.format] + (" Required." if field.required else "")
    return {"title": field.name, **_of_format(field.format, description, field.required)}


def _of_format(format: str, description: str, required: bool) -> Schema:
    cell = text("A text; Markdown.")
    if format == "list":
        return many(description, cell, required=required)
    if format == "table":
        row = many("A row: [one, two].", cell) | {"type": "array"}
        return many(description, row, required=required)
    if format == "image":
        return _image(description, required)
    return text(description, required=required)


def _image(description: str, required: bool) -> Schema:
    value = text(description, required=required)
    parts = {
        "file": text("A file in media/.", required=True),
        "alt": text("What is to be seen, for those who cannot see it."),
        "caption": text("A line below the picture."),
    }
    return {
        **value,
        "type": [*value["type"], "object"],
        "properties": parts,
        "required": ["file"],
        "additionalProperties": False,
        "errorMessage": "a file name, or {file: peta.png, alt: what is to be seen}",
    }


def _placeholders(fields: Iterable[FieldType]) -> dict[str, Any]:
    """Returns for each field a value with numbered placeholders; 1 is the note's id."""
    found: dict[str, Any] = {}
    number = 2
    for field in fields:
        shape = {
            "list": [f"${number}", f"${number + 1}"],
            "table": [[f"${number}", f"${number + 1}"], [f"${number + 2}", f"${number + 3}"]],
            "image": {"file": f"${number}", "alt": f"${number + 1}"},
        }.get(field.format, f"${number}")
        found[field.key] = shape
        number += {"list": 2, "table": 4, "image": 2}.get(field.format, 1)
    return found
