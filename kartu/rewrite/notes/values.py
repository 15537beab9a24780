"""The values of a note as forms, sheets and files have them, and how each becomes the other.

A form has texts, lists, tables and pictures: a `str`, a `list` of texts, a `list` of lists of
texts, and a `dict` of `file`, `alt` and `caption`. JSON has the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from kartu.core.model import NoteType
from kartu.core.source import Mapping, Node, Span, Text, text
from kartu.core.source import Sequence as Items
from kartu.core.text import normalise_newlines
from kartu.load.files import control_character, control_in
from kartu.load.note_type import NOTE_KEYS
from kartu.load.sheets.cells import items as read_items
from kartu.load.sheets.cells import picture, table
from kartu.load.words import own_fields

Value: TypeAlias = str | Sequence["Value"] | dict[str, str]

_DIVIDER = " | "
_PICTURE = ("file", "alt", "caption")
LISTS = ("tags", "sources", "facts")


class EditRefusedError(Exception):
    """An edit that is not made, with the place that is the reason; nothing was changed."""

    def __init__(self, span: Span, message: str, help: str = "") -> None:
        super().__init__(message)
        self.span = span
        self.message = message
        self.help = help


def formats_of(note_type: NoteType | None) -> dict[str, str]:
    """Returns the formats of a note's values by key, its fields first."""
    fields = {key: field.format for key, field in own_fields(note_type).items()}
    return {**fields, **dict.fromkeys(LISTS, "list")}


def keys_of(note_type: NoteType | None) -> list[str]:
    """Returns the keys of a note in the order in which `check --fix` writes them."""
    written = sorted(own_fields(note_type).values(), key=lambda field: field.key.span)
    return [NOTE_KEYS[0], *(str(field.key) for field in written), *NOTE_KEYS[1:]]


def value_of(node: Node | None) -> Value:
    """Returns what a source holds as a form has it; an empty text for None."""
    if node is None:
        return ""
    if isinstance(node, Mapping):
        return {str(key): str(value_of(one)) for key, one in node.items()}
    return str(node) if isinstance(node, Text) else [value_of(one) for one in node]


def is_blank(value: Value) -> bool:
    """Whether a value is none: white space, or nothing but that in a list or picture."""
    if isinstance(value, str):
        return not value.strip()
    return all(map(is_blank, value.values() if isinstance(value, dict) else value))


def plain(value: Value) -> Value:
    """Returns a value with line ends as files have them, and lists as `list`."""
    if isinstance(value, str):
        return normalise_newlines(value)
    if isinstance(value, dict):
        return {key: normalise_newlines(one) for key, one in value.items()}
    return [plain(one) for one in value]


def check_characters(value: Value, place: Span) -> None:
    """Raises EditRefusedError for a character that no source can hold."""
    for one in texts_of(value):
        if found := control_in(one):
            fault = control_character(found, place)
            raise EditRefusedError(place, fault.message, fault.help)


def texts_of(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        return
    for one in value.values() if isinstance(value, dict) else value:
        yield from texts_of(one)


# --- cells ---------------------------------------------------------------------------------------


def cell_of_value(value: Value) -> str:
    """Returns a value as the text of one cell of a sheet."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return _DIVIDER.join(value.get(key, "") for key in _PICTURE).rstrip(" |")
    inner = [cell_of_value(one) for one in value]
    return ("\n" if any(not isinstance(one, str) for one in value) else _DIVIDER).join(inner)


def value_of_cell(cell: str, format: str) -> Value:
    """Returns the text of a cell as the value of a field in this format.

    A text stays as it is; of a picture only what is there.
    """
    place = text(cell, Span(""))
    if format == "list":
        return value_of(read_items(place))
    if format == "table":
        return value_of(Items(row for row in table(place) if isinstance(row, Items)))
    if format == "image" and isinstance(found := picture(place), Mapping):
        return {str(key): str(one) for key, one in found.items() if one}
    return cell
