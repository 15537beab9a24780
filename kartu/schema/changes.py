"""The schema of changes.yaml: what a deck changes in the notes of the deck that it extends."""

from __future__ import annotations

from collections.abc import Mapping

from kartu.core.model import NoteType
from kartu.load.changes import INSTEAD_OF
from kartu.load.names import ID
from kartu.schema.card_set import values_of
from kartu.schema.values import Schema, flag, many, mapping, table_of, text


def changes_schema(note_types: Mapping[str, NoteType]) -> Schema:
    """Returns the schema of changes.yaml for notes of any of the note types."""
    fields = values_of(note_types.values())
    values = {
        **fields.properties,
        "sources": many("Instead of the note's sources: keys of deck.yaml's.", text("A source.")),
        "as_of": text("Instead of the day on which the note was right."),
    }
    upstream_texts = mapping(
        "Upstream's texts when this was written; kartu check --fix writes them.",
        values,
        patterns=fields.patterns,
        additionalProperties=fields.open_ended,
    )
    change = mapping(
        "What is other in a note; a field left blank is left out.",
        {
            "skip": flag("true leaves the note out."),
            **values,
            "tags": many("Tags that the note gets too.", text("A tag.")),
            "retired": text("Why the note is no longer right."),
            INSTEAD_OF: upstream_texts,
        },
        patterns=fields.patterns,
        additionalProperties=fields.open_ended,
    )
    names = {"pattern": f"^(?:{ID.pattern})$", "errorMessage": "the id of a note of that deck"}
    return mapping(
        "What this deck changes in the notes of the deck that it extends.",
        {"notes": table_of("The changes by note id.", change, propertyNames=names)},
        ("notes",),
        title="changes",
    )
