"""The schema of note_type.yaml, and a description of each format of a field."""

from __future__ import annotations

from kartu.core.model import base_language
from kartu.load.names import ID, LANGUAGE
from kartu.load.note_type import FORMATS, KINDS, MAX_SLOTS, NOTE_KEYS, ORIGINS, SET_KEYS
from kartu.load.words import MAX_HELP
from kartu.schema.names import ALIAS, CARD_NAME, FIELD_KEY, FIELD_NAME, FILE, FOREIGN_NAME
from kartu.schema.values import (
    Schema,
    choice,
    flag,
    many,
    mapping,
    matching,
    number,
    refused,
    snippet,
    table_of,
    text,
)

FORMAT_DESCRIPTIONS = {
    "text": "Plain text; line breaks stay.",
    "markdown": "Text with *emphasis*, **strong**, lists, tables and $maths$.",
    "list": 'A list: [one, two] or lines that begin with "- ".',
    "table": "Rows: a line `- [one, two]` each, the first one is the head.",
    "image": "A picture in media/: its file name, or {file: map.png, alt: what is to be seen}.",
    "sound": "The name of a sound file in media/.",
    "html": "HTML; what is not allowed on cards is left out.",
    "anki": "HTML exactly as Anki has it; only in note types from elsewhere (anki:).",
}

_KIND_DESCRIPTIONS = {
    "standard": "A card exists where its front shows something.",
    "cloze": "A sentence with gaps: {{c1::hidden}} or {{c1::hidden::hint}}, a card a number.",
    "image-occlusion": "A picture with covered places; its first five fields are Anki's own.",
}

_NAME_RULE = 'no { } or ", no spaces at the ends, and no _ at the beginning'
_MAX_ID = 2**63 - 1
_LANGUAGES = {"pattern": f"^(?:{LANGUAGE.pattern})$", "errorMessage": "a language code: en, id"}

# The keys of two fields, for examples.
_EXAMPLES = {"en": ("term", "meaning"), "id": ("istilah", "arti")}


def _new_note_type(first: str, second: str) -> Schema:
    """The note type of a snippet, with two fields of these keys."""
    names = first.capitalize(), second.capitalize()
    one = {"key": f"${{3:{first}}}", "name": f"${{4:{names[0]}}}", "id": "^1"}
    other = {"key": f"${{5:{second}}}", "name": f"${{6:{names[1]}}}", "id": "^2"}
    card = {"id": "^1", "name": f"${{7:{names[0]} → {names[1]}}}"}
    return {
        "id": f"${{1:{first}}}",
        "name": f"${{2:{names[0]}}}",
        "fields": [one | {"required": "^true"}, other | {"format": "markdown"}],
        "cards": [card | {"front": "front.html", "back": "back.html"}],
    }


def note_type_schema(language: str) -> Schema:
    """Returns the schema of note_type.yaml, with examples for authors of a language."""
    slots = mapping(
        "How many places Anki gets from the first release on; later releases can fill spare ones.",
        {
            "fields": number("Places for fields.", 1, MAX_SLOTS),
            "cards": number("Places for cards (standard note types only).", 1, MAX_SLOTS),
        },
    )
    properties = {
        "id": matching(
            "The name of the note type's folder. Permanent.",
            ID.pattern,
            "the folder's name: a-z, 0-9 and - only",
            required=True,
        ),
        "name": _name("The name in Anki, where the deck's prefix comes before it."),
        "aliases": _aliases("What card sets may write for the id."),
        "help": _help("What the note type is for, for those who choose one."),
        "kind": choice("How cards are made.", {kind: _KIND_DESCRIPTIONS[kind] for kind in KINDS}),
        "slots": slots,
        "fields": many("What a note holds.", _field(), required=True),
        "cards": many("The cards that a note makes.", _card(), required=True),
        "jinja": flag("false takes the template files exactly as they are."),
        "anki": _foreign(),
    }
    # Note types from elsewhere have any names that Anki allows.
    message = 'no : { } or ", no _ # ^ / at the beginning, no space at either end'
    own_name = {"pattern": f"^(?:{FIELD_NAME})$", "errorMessage": message}
    own_format = {"not": {"const": "anki"}, "errorMessage": "for note types from elsewhere only"}
    own_card = {"pattern": f"^(?:{CARD_NAME})$", "errorMessage": _NAME_RULE}
    own = {
        "fields": {"items": {"properties": {"name": own_name, "format": own_format}}},
        "cards": {"items": {"properties": {"name": own_card}}},
    }
    return mapping(
        "A note type: which fields a note has and which cards it makes.",
        properties,
        ("id", "name", "fields", "cards"),
        title="note type",
        defaultSnippets=snippet("new note type", _new_note_type(*_example(language))),
        patterns=None,
        **{"if": {"required": ["anki"]}, "else": {"properties": own}},
    )


def _example(language: str) -> tuple[str, str]:
    return _EXAMPLES.get(base_language(language), _EXAMPLES["en"])


def _name(description: str, pattern: str = CARD_NAME) -> Schema:
    name = matching("", pattern, _NAME_RULE, required=True)
    return _or_by_language(f"{description} Or by language: {{en: Term, fr: Terme}}.", name)


def _help(description: str) -> Schema:
    message = f"one line of at most {MAX_HELP} characters"
    line = matching("", rf"(?=.*\S).{{1,{MAX_HELP}}}", message, required=True)
    return _or_by_language(f"{description} One line, or one by language: {{en: …, id: …}}.", line)


def _or_by_language(description: str, one: Schema) -> Schema:
    by_language = {
        "type": "object",
        "minProperties": 1,
        "propertyNames": _LANGUAGES,
        "additionalProperties": one,
    }
    message = one["errorMessage"]
    return {"description": description, "anyOf": [one, by_language], "errorMessage": message}


def _aliases(description: str) -> Schema:
    message = "letters, digits, _, - and spaces only, and no key of the engine's own"
    word = matching("A word, or a list of words.", ALIAS, message, required=True)
    words = {"anyOf": [word, {"type": "array", "items": word}]}
    description = f"{description} By language: {{en: [term, word]}}."
    return table_of(description, words, propertyNames=_LANGUAGES)


def _other_fields() -> Schema:
    """The keys that name other fields."""
    return {
        "one_of": many(
            "Fields of which it repeats one: the answer among the options.",
            matching("A field's key.", FIELD_KEY, "the key of another field", required=True),
        ),
        "with": matching(
            "The field without which it has no text, nor that one without it.",
            FIELD_KEY,
            "the key of another field",
            required=True,
        ),
    }


def _field() -> Schema:
    own = ", ".join((*NOTE_KEYS, *SET_KEYS))
    field = mapping(
        "A field of the note type's notes.",
        {
            "key": matching(
                "What the field is called in card sets.",
                FIELD_KEY,
                f"a-z, 0-9, _ and - only, and no key of the engine's own: {own}",
                required=True,
            ),
            "name": _name("The field's name in Anki and in templates: {{Name}}.", FOREIGN_NAME),
            "aliases": _aliases("What card sets may write for the key."),
            "help": _help("What to write there, for authors."),
            "id": number("The field's position, for ever.", 1, MAX_SLOTS),
            "format": choice(
                "What stands in it.", {one: FORMAT_DESCRIPTIONS[one] for one in FORMATS}
            ),
            "required": flag("Whether every note must have it."),
            **_other_fields(),
            "from": choice(
                "A key of the note from which the engine fills the field.",
                {origin: f"filled from {origin}" for origin in ORIGINS},
            ),
            "retired": flag("Keeps its place and name, and takes no text any more."),
        },
        ("key", "name", "id"),
    )
    not_required = {"enum": [False, "false"], "doNotSuggest": True}
    filled = {
        "format": refused("a field that is filled by the engine has a format of its own"),
        "required": not_required
        | {"errorMessage": "a field that is filled by the engine cannot be required"},
        "one_of": refused("a field that is filled by the engine repeats no other"),
        "with": refused("a field that is filled by the engine needs no other"),
    }
    retired = {
        "required": not_required | {"errorMessage": "a field that is retired cannot be required"}
    }
    is_retired = {"properties": {"retired": {"enum": [True, "true"]}}, "required": ["retired"]}
    field["allOf"] = [
        {"if": {"required": ["from"]}, "then": {"properties": filled}},
        {"if": is_retired, "then": {"properties": retired}},
    ]
    return field


def _card() -> Schema:
    message = "the name of a file in the note type's folder"
    return mapping(
        "A card of each note.",
        {
            "id": number("The card's position, for ever.", 1, MAX_SLOTS),
            "name": _name("The card's name in Anki.", FOREIGN_NAME),
            "front": matching("The template file of the front.", FILE, message, required=True),
            "back": matching("The template file of the back.", FILE, message, required=True),
            "retired": flag("Keeps its place and name, and makes no card any more."),
        },
        ("id", "name", "front", "back"),
    )


def _foreign() -> Schema:
    number_in_anki = number("An id in Anki.", 1, _MAX_ID)
    any_number = {"type": ["integer", "string"], "pattern": "^-?[0-9]+$"}
    ids = {"type": "object", "additionalProperties": any_number, "minProperties": 1}
    return mapping(
        "Ids and names of a note type that students already have from elsewhere.",
        {
            "id": number_in_anki,
            "name": text("Its name in Anki.", required=True),
            "fields": {"description": "The id of the field at each position: {1: …}.", **ids},
            "cards": {"description": "The id of the card at each position: {1: …}.", **ids},
            "sort": number("The position of the field that Anki sorts by.", 1, MAX_SLOTS),
        },
        ("id", "name", "fields", "cards"),
    )
