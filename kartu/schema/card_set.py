"""The schemas of card sets: one for each note type, and one that chooses among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from kartu.core.model import FieldType, NoteType, base_language
from kartu.load.card_set import NO_REASON
from kartu.load.names import DATE, ID
from kartu.load.note_type import NOTE_KEYS
from kartu.load.words import all_words, own_fields, word_of
from kartu.schema.names import DECK_NAME, GUID, TAG
from kartu.schema.note_type import FORMAT_DESCRIPTIONS
from kartu.schema.values import (
    Schema,
    any_word,
    flag,
    many,
    mapping,
    matching,
    one_of_words,
    refused,
    snippet,
    stays_text,
    text,
    under_other_words,
)

_UNFINISHED = {
    "properties": {"unfinished": {"enum": [True, "true"]}},
    "required": ["unfinished"],
}
_TAG_RULE = 'a tag has no spaces, no " or *, and no name that Anki or kartu gives itself'
_CLOZE = " Gaps are written {{c1::hidden}} or {{c1::hidden::hint}}."


def any_card_set_schema(note_types: Mapping[str, NoteType]) -> Schema:
    """Returns the schema of a card set of any of the note types."""
    return {
        "title": "card set",
        "description": "Notes of one note type, in the order in which they are studied.",
        "type": "object",
        "properties": {"note_type": any_note_type(note_types)},
        "required": ["note_type", "notes"],
        "allOf": [
            {
                "if": {
                    "properties": {"note_type": {"enum": list(all_words(one))}},
                    "required": ["note_type"],
                },
                "then": card_set_schema(one),
            }
            for one in note_types.values()
        ],
    }


def card_set_schema(note_type: NoteType) -> Schema:
    """Returns the schema of a card set of the note type."""
    id = word_of(note_type, note_type.language)
    message = f'the first line names the schema for "{id}": change that line too'
    possible = {id: note_type.name}
    properties = {
        "note_type": any_word("A folder of templates/.", possible, all_words(note_type))
        | {"errorMessage": message},
        **shared_keys(),
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
        title=f"card set of {id}",
    )


def shared_keys() -> dict[str, Schema]:
    """Returns the schemas of what a file sets for all its notes, but for the note type."""
    return {
        "subdeck": matching(
            "The deck in Anki below the main one, parts divided by `::`. Permanent once published.",
            DECK_NAME,
            "a name in parts divided by :: alone, without spaces or another : around it",
            required=True,
        ),
        "tags": many("Tags of all notes here.", _tag()),
    }


def any_note_type(note_types: Mapping[str, NoteType]) -> Schema:
    """Returns the schema of the name of a note type, in any word for it."""
    possible = {word_of(one, one.language): one.name for one in note_types.values()}
    words = [word for one in note_types.values() for word in all_words(one)]
    return any_word("A folder of templates/.", possible, words)


def _new_note(note_type: NoteType) -> list[Schema]:
    language = note_type.language
    example = "satu-nama" if base_language(language) == "id" else "one-name"
    values = _placeholders(field for field in _own(note_type) if field.required)
    best = {str(field.key): word_of(field, language) for field in note_type.fields}
    body = {"id": f"${{1:{example}}}", **{best[key]: value for key, value in values.items()}}
    label = f"new note ({word_of(note_type, language)})"
    return snippet(label, body, "A note with all that it must have.")


def _own(note_type: NoteType) -> list[FieldType]:
    """Returns the fields that an author fills."""
    return [field for field in note_type.fields if not field.retired and not field.origin]


def _note(note_type: NoteType) -> Schema:
    own = _own(note_type)
    keys = _engine_keys()
    words = {str(field.key): all_words(field, note_type.language) for field in note_type.fields}
    properties = {"id": keys.pop("id"), **{str(field.key): _field(field) for field in own}, **keys}
    for field in note_type.fields:
        if field.retired:
            properties[field.key] = refused("the field is retired and takes no text any more")
        elif field.origin:
            properties[field.key] = refused(f'the engine fills this field from "{field.origin}"')
    # An editor may read a key such as 012 as a number, so it cannot tell which keys are unknown.
    required = [words[field.key] for field in own if field.required]
    required = [several for several in required if all(map(stays_text, several))]
    sure = [several[0] for several in required if len(several) == 1]
    one_each = [
        one_of_words(several, f'Missing property "{several[0]}".')
        for several in required
        if len(several) > 1
    ]
    closed = all(stays_text(word) for field in own for word in words[field.key])
    finished = {"required": sure, **({"allOf": one_each} if one_each else {})}
    return mapping(
        f'A note of the type "{note_type.name}".' + (_CLOZE if note_type.kind == "cloze" else ""),
        {words.get(key, (key,))[0]: schema for key, schema in properties.items()},
        (),
        under_other_words(
            {word: properties[key] for key, several in words.items() for word in several[1:]}
        ),
        title=word_of(note_type, note_type.language),
        additionalProperties=not closed,
        **({"if": _UNFINISHED, "else": finished} if required else {}),
    )


def _engine_keys() -> dict[str, Schema]:
    """Returns the schemas of NOTE_KEYS, in that order."""
    by_key = {
        "id": matching(
            "Permanent, unique in the deck, never given to another note: a-z, 0-9 and -. "
            "Without it, kartu saves one beside the card set.",
            ID.pattern,
            "use a-z, 0-9 and -, for example food-chain",
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
        "unfinished": flag(
            "true: the note is not finished. It is in no package, and may lack what is required."
        ),
    }
    return {key: by_key[key] for key in NOTE_KEYS}


def _any_case(word: str) -> str:
    """A pattern for the word in any case: JSON Schema has no flag for that."""
    return "".join(f"[{one.lower()}{one.upper()}]" if one.isalpha() else one for one in word)


def _tag() -> Schema:
    return matching("A tag; parts are divided by `::`.", TAG, _TAG_RULE)


class Values(NamedTuple):
    """The schemas of fields in a mapping where the note type is not known.

    `patterns` are for words that editors do not offer; `open_ended` is whether any other key may be
    a field.
    """

    properties: dict[str, Schema]
    patterns: dict[str, Schema]
    open_ended: bool


def values_of(note_types: Iterable[NoteType]) -> Values:
    """Returns the schemas of the fields of all the note types."""
    fields: dict[str, list[FieldType]] = {}
    best = set()
    for one in note_types:
        for field in own_fields(one).values():
            words = all_words(field, one.language)
            best.add(words[0])
            for word in words:
                fields.setdefault(word, []).append(field)
    schemas = {word: _translated(fields[word]) for word in sorted(fields)}
    return Values(
        {word: schema for word, schema in schemas.items() if word in best},
        under_other_words({word: schemas[word] for word in schemas if word not in best}),
        open_ended=not all(map(stays_text, fields)),
    )


def _translated(fields: Iterable[FieldType]) -> Schema:
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
        "errorMessage": "a file name, or {file: map.png, alt: what is to be seen}",
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
