"""JSON Schemas of a project's files, for completion and validation in editors.

They depend on note types and themes alone, so they change only when one of these does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from kartu.core.model import NoteType
from kartu.load.words import word_of
from kartu.schema.card_set import any_card_set_schema, card_set_schema
from kartu.schema.changes import changes_schema
from kartu.schema.deck import deck_schema
from kartu.schema.note_type import note_type_schema
from kartu.schema.sheet import sheet_schema
from kartu.schema.values import Schema
from kartu.schema.variant import variant_schema

_DRAFT = "http://json-schema.org/draft-07/schema#"
_COMMENT = "written by `kartu schema`: change the note type and run that again"


def schemas(note_types: Mapping[str, NoteType], themes: Sequence[str] = ()) -> dict[str, bytes]:
    """Returns the contents of the schema files by name; the same bytes for the same note types.

    `themes` are the words for themes that editors offer.
    """
    language = next((one.language for one in note_types.values()), "")
    files = {
        "deck.json": deck_schema(language, themes),
        "note_type.json": note_type_schema(language),
    }
    files["cards.json"] = any_card_set_schema(note_types)
    files["set.json"] = sheet_schema(note_types)
    files["i18n.json"] = variant_schema(note_types)
    files["changes.json"] = changes_schema(note_types)
    files |= {
        f"cards.{word_of(one, one.language)}.json": card_set_schema(one)
        for one in note_types.values()
    }
    return {name: _file(schema) for name, schema in files.items()}


def is_ours(content: bytes) -> bool:
    """Whether a file was written by `kartu schema`, even if a merge conflict broke it."""
    return _COMMENT.encode() in content


def _file(schema: Schema) -> bytes:
    content = {"$schema": _DRAFT, "$comment": _COMMENT, **schema}
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()
