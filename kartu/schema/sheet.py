"""The schema of <same-name>.set.yaml, what all rows of a spreadsheet share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kartu.core.model import NoteType
from kartu.load.headings import NEVER
from kartu.load.note_type import NOTE_KEYS, SET_KEYS
from kartu.load.words import offered
from kartu.schema.card_set import any_note_type, shared_keys
from kartu.schema.values import Schema, choice, many, mapping, table_of, text


def sheet_schema(note_types: Mapping[str, NoteType]) -> Schema:
    """Returns the schema of what rows of any of the note types share."""
    words = [word for one in note_types.values() for word in offered(one)]
    of_rows = [key for key in (*SET_KEYS, *NOTE_KEYS) if key != "notes"]
    # More words mean the same: case, accents, spaces and punctuation make no difference.
    key = text("A field, a key of notes, or # for a column that is never read.")
    key["examples"] = list(dict.fromkeys((*words, *of_rows, NEVER)))
    properties = {
        "note_type": any_note_type(note_types),
        **shared_keys(),
        "heading": choice("Write none where the first row is a card.", {"none": ""}),
        "columns": {"description": "What the columns are, by their headings or in their order."},
    }
    in_order = many("The key of each column, in order.", key, required=True)
    alone = {"not": {}, "errorMessage": "a sheet without headings needs its columns in order"}
    by_heading: dict[str, Any] = {
        "allOf": [
            {
                "if": {"required": ["heading"]},
                "then": {"properties": {"columns": in_order}},
                "else": {"properties": {"columns": table_of("The key of each heading.", key)}},
            },
            {  # at the heading, where `check` reports it too
                "if": {"required": ["heading"], "not": {"required": ["columns"]}},
                "then": {"properties": {"heading": alone}},
            },
        ]
    }
    return mapping(
        "What all rows of the spreadsheet of the same name share.",
        properties,
        title="values of a spreadsheet",
        **by_heading,
    )
