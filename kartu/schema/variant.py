"""The schema of a language variant, i18n/<language>.yaml."""

from __future__ import annotations

from collections.abc import Mapping

from kartu.core.model import NoteType
from kartu.load.names import ID
from kartu.schema.card_set import values_of
from kartu.schema.deck import deck_schema
from kartu.schema.names import DECK_NAME
from kartu.schema.values import Schema, mapping, matching, table_of, text

_OWN_KEYS = ("uid", "name", "prefix", "description")


def variant_schema(note_types: Mapping[str, NoteType]) -> Schema:
    """Returns the schema of a language variant with notes of any of the note types."""
    deck = deck_schema("")["properties"]
    properties = {
        **{key: deck[key] for key in _OWN_KEYS},
        "editions": _editions(),
        "subdecks": _subdecks(),
        "notes": _notes(note_types),
    }
    return mapping(
        "A deck in another language: its own uid, name and prefix, and the texts of its notes.",
        properties,
        ("uid", "name"),
        title="language variant",
    )


def _editions() -> Schema:
    title = text("What the edition is called in this language.")
    edition = mapping("An edition of deck.yaml.", {"title": title})
    return table_of("The titles of the deck's editions.", edition)


def _subdecks() -> Schema:
    return table_of(
        "The deck's subdecks, each with its name in this language. Permanent once published.",
        matching("", DECK_NAME, "a name in parts divided by :: alone"),
    )


def _notes(note_types: Mapping[str, NoteType]) -> Schema:
    fields = values_of(note_types.values())
    note = mapping(
        "The note's fields in this language; one left blank is left out.",
        {
            **fields.properties,
            "retired": text("Why the note is no longer right, in this language."),
        },
        patterns=fields.patterns,
        additionalProperties=fields.open_ended,
    )
    note["type"] = ["object", "null"]
    names = {"pattern": f"^(?:{ID.pattern})$", "errorMessage": "the id of a note of the deck"}
    return table_of("The notes by id.", note, propertyNames=names)
