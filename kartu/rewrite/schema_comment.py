"""The comment by which an editor finds the JSON Schema of a project's file."""

from __future__ import annotations

FOLDER = ".kartu/schema"

_LINE = "# yaml-language-server: $schema="


def schema_line(path: str, note_type: str | None = None, *, changes: bool = False) -> str | None:
    """The comment by which an editor finds the schema of a project's file, None if it has none.

    `path` is relative to the project; `note_type` is a card set's, None where it is not known.
    `changes` means that the file changes the notes of an extended deck.
    """
    top, _, rest = path.partition("/")
    folder, _, name = rest.partition("/")
    if top == "cards" and name.startswith("i18n/") and name.endswith(".yaml"):
        return f"{_LINE}../../../{FOLDER}/i18n.json"
    if not folder or "/" in name or name.startswith((".", "_", "~")):
        return None
    if top == "templates":
        file = "note_type.json" if name == "note_type.yaml" else ""
    elif top != "cards" or not name.endswith(".yaml"):
        file = ""
    elif name.endswith(".set.yaml"):
        file = "set.json"
    elif name == "deck.yaml":
        file = "deck.json"
    elif changes:
        file = "changes.json"
    else:
        file = f"cards.{note_type}.json" if note_type else "cards.json"
    return f"{_LINE}../../{FOLDER}/{file}" if file else None
