"""Converts records of a program to notes: dictionaries, database rows, records of a data frame.

The place of a value is the row's number and the number of its key in the row, both from 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from collections.abc import Mapping as Values
from datetime import date, datetime, time
from decimal import Decimal
from numbers import Integral, Real
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from kartu.core.diagnostics import Diagnostic, Diagnostics
from kartu.core.language import N_, _
from kartu.core.model import Note, NoteType
from kartu.core.source import Mapping, Node, Sequence, Span, Text, text
from kartu.core.text import normalise_newlines
from kartu.load.card_set import (
    Common,
    check_subdeck,
    common_of,
    fast_notes,
    named_note_type,
    read_note,
)
from kartu.load.files import Files, control_character, control_in
from kartu.load.notes_fast import FastNotes
from kartu.load.shape import no_value
from kartu.load.sheets.cells import RowValues, cell_readers
from kartu.load.sheets.columns import SET_KEYS

# The name that diagnostics use in place of a file.
ROWS = "rows"

# Missing values of pandas other than NaN; kartu does not import it.
_MISSING = ("NAType", "NaTType")

_DEEPEST = 3  # a table is a list of lists
_EXACT = 2**53  # whole numbers up to here are exact in a float

_POSSIBLE = N_("pass a text, a number, a date, None, or a list of these")
_ID = N_('give each row an "id": a name or number that never changes')


class Record(Protocol):
    """A row: a dictionary, a sqlite3.Row, or anything else with keys and values."""

    def keys(self) -> Iterable[object]: ...

    def __getitem__(self, key: Any, /) -> object: ...


class Defaults(NamedTuple):
    """The note type and subdeck of rows that do not set them, and tags for all rows."""

    note_type: Text
    subdeck: Text
    tags: tuple[Text, ...]


def read_records(
    rows: Iterable[Record],
    defaults: Defaults,
    files: Files,
    note_types: dict[str, NoteType | None],
    diagnostics: Diagnostics,
) -> list[Note]:
    """The notes of the rows, in order; faults in one row do not hide the others."""
    reader = _Reader(defaults, files, note_types, diagnostics)
    notes = (reader.note(row, number) for number, row in enumerate(rows, start=1))
    return [note for note in notes if note is not None]


class _Kind(NamedTuple):
    """How rows of one note type and subdeck are read; `readers` split texts into lists."""

    common: Common
    fast: FastNotes
    readers: dict[str, Callable[[Text], Node]]


class _Reader:
    def __init__(
        self,
        defaults: Defaults,
        files: Files,
        note_types: dict[str, NoteType | None],
        diagnostics: Diagnostics,
    ) -> None:
        self.defaults = defaults
        self.files = files
        self.note_types = note_types
        self.diagnostics = diagnostics
        self.kinds: dict[tuple[Text, Text], _Kind | None] = {}
        self.unknown: set[str] = set()

    def note(self, row: Record, number: int) -> Note | None:
        """The note of a row; None, with the reason in the diagnostics, if it is unusable."""
        place = Span(ROWS, number)
        before = self.diagnostics.mark()
        values = self._values(row, place)
        if values is None or self.diagnostics.since(before):
            return None
        kind = self._kind(values)
        if kind is None:
            return None
        for key, read in kind.readers.items():
            if isinstance(value := values.get(key), Text) and value:
                values[key] = read(value)
        note = kind.fast.read(values) or read_note(values, kind.common, self.diagnostics)
        if note is not None and not note.id and not self.diagnostics.since(before):
            message = (
                _('{what} has no "{key}"', what=_("the note"), key="id")
                if "id" not in values
                else no_value("id")
            )
            self.diagnostics.add("missing-key", note.id.span, message)
            note = None
        self.diagnostics.change_since(before, _in_terms_of_rows)
        for one in self.diagnostics.since(before):
            if not self._is_new(one):
                self.diagnostics.remove(one)
        return note

    def _is_new(self, one: Diagnostic) -> bool:
        """False for an unknown key that an earlier row has as well."""
        if one.code != "unknown-key":
            return True
        new = one.message not in self.unknown
        self.unknown.add(one.message)
        return new

    def _values(self, row: Record, place: Span) -> RowValues | None:
        """The values of a row as texts and lists of texts; missing ones are empty."""
        try:
            keys = list(row.keys())
            given = [row[key] for key in keys]
        except (AttributeError, TypeError, LookupError):
            message = _("the row is of the type {type} and has no keys", type=type(row).__name__)
            help = _("pass dictionaries; for a cursor of sqlite3, row_factory = sqlite3.Row")
            self.diagnostics.add("wrong-shape", place, message, help)
            return None
        values = RowValues()
        values.span = place
        for column, (key, value) in enumerate(zip(keys, given, strict=True), start=1):
            at = place._replace(column=column)
            if not isinstance(key, str):
                message = _("the key {key} is not a text", key=repr(key))
                self.diagnostics.add("wrong-shape", at, message)
                continue
            node = node_of(value, at, key, self.diagnostics)
            values[text(key, at)] = node if node is not None else text("", at)
        return values

    def _kind(self, values: RowValues) -> _Kind | None:
        """How to read a row; removes its keys for note type and subdeck."""
        chosen = []
        for key in SET_KEYS:
            value = values.pop(key, None)
            if value is not None and not isinstance(value, Text):
                message = _('"{key}" must be a text', key=key)
                self.diagnostics.add("wrong-shape", value.span, message)
                return None
            chosen.append(value or getattr(self.defaults, key))
        name, subdeck = chosen
        if (name, subdeck) not in self.kinds:
            self.kinds[name, subdeck] = self._new_kind(name, subdeck)
        return self.kinds[name, subdeck]

    def _new_kind(self, name: Text, subdeck: Text) -> _Kind | None:
        check_subdeck(subdeck, self.diagnostics)
        id = named_note_type(name, self.files, self.note_types, self.diagnostics)
        if id is None:
            return None
        common = common_of(id, self.note_types[id], subdeck, self.defaults.tags, blanks=True)
        fields = {word: common.fields[key] for word, key in common.words.items()}
        return _Kind(common, fast_notes(common), cell_readers(fields))


def _in_terms_of_rows(one: Diagnostic) -> Diagnostic:
    """The diagnostic with help for rows where that for files does not apply."""
    if one.code == "missing-key":
        return one._replace(help=_(_ID))
    if one.code == "yaml-duplicate-key":
        return one._replace(code="duplicate-column")
    if one.code == "missing-field":
        return one._replace(help=_("give it a text"))
    return one


def node_of(
    value: object, place: Span, key: str, diagnostics: Diagnostics, *, depth: int = 0
) -> Node | None:
    """A Python value as a text, list or mapping; None if it is missing or, reported, invalid."""
    if isinstance(value, list | tuple) and depth < _DEEPEST:
        found = Sequence()
        found.span = place
        for item in value:
            node = node_of(item, place, key, diagnostics, depth=depth + 1)
            found.append(node if node is not None else text("", place))
        return found
    if isinstance(value, Values) and depth < _DEEPEST:
        return _mapping(value, place, key, diagnostics, depth=depth)
    written = written_as(value)
    if written is None:
        kind = type(value).__name__
        message = _('the value of "{key}" is of the type {type}', key=key, type=kind)
        if isinstance(value, Real | Decimal):
            message = _('the value of "{key}" is the number {number}', key=key, number=value)
        diagnostics.add("wrong-shape", place, message, _(_POSSIBLE))
        return None
    if control := control_in(written):
        diagnostics.append(control_character(control, place))
        return None
    return text(written, place) if written else None


def _mapping(
    value: Values[Any, object], place: Span, key: str, diagnostics: Diagnostics, *, depth: int
) -> Mapping:
    found = Mapping()
    found.span = place
    for name, one in value.items():
        node = node_of(one, place, key, diagnostics, depth=depth + 1)
        if node is not None:
            found[text(str(name), place)] = node
    return found


def written_as(value: object) -> str | None:
    """The text of a value, empty for a missing one; None for an unsupported type.

    docs/python.md documents the rules.
    """
    if value is None or type(value).__name__ in _MISSING:
        return ""
    if isinstance(value, str):
        return normalise_newlines(str(value))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Real | Decimal):
        return _number(value)
    if isinstance(value, datetime):
        is_day = value.time() == time.min and value.tzinfo is None
        return value.date().isoformat() if is_day else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else None


def _number(value: Real | Decimal) -> str | None:
    """A number without exponent, a whole float without its .0; None for infinity."""
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return None
    if isinstance(value, Decimal):
        return format(value, "f")
    number = float(value)
    if number.is_integer() and abs(number) < _EXACT:
        return str(int(number))
    return format(Decimal(repr(number)), "f")
