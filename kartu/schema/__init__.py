"""JSON Schemas of a project's files, so that an editor helps while they are written.

They are made from note types alone, so they change only when a note type does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from kartu.core.model import NoteType
from kartu.schema.card_set import any_card_set_schema, card_set_schema
from kartu.schema.changes import changes_schema
from kartu.schema.deck import deck_schema
from kartu.schema.note_type import note_type_schema
from kartu.schema.values import Schema
from kartu.schema.variant import variant_schema

_DRAFT = "http://json-schema.org/draft-07/schema#"
_OURS = "written by `kartu schema`: change the note type and run that again"


def schemas(note_types: Mapping[str, NoteType]) -> dict[str, bytes]:
    """The schema files by name: always the same bytes for the same note types."""
    found = {"deck.json": deck_schema(), "note_type.json": note_type_schema()}
    found["cards.json"] = any_card_set_schema(note_types)
    found["i18n.json"] = variant_schema(note_types)
    found["changes.json"] = changes_schema(note_types)
    found |= {f"cards.{id}.json": card_set_schema(one) for id, one in note_types.items()}
    return {name: _file(schema) for name, schema in found.items()}


def is_ours(content: bytes) -> bool:
    """Whether a file was written by `kartu schema`, also where a merge conflict broke it."""
    return _OURS.encode() in content


def _file(schema: Schema) -> bytes:
    content = {"$schema": _DRAFT, "$comment": _OURS, **schema}
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()
