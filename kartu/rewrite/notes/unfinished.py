"""The mark of a note that is not finished, as edits set it and take it away."""

from __future__ import annotations

from collections.abc import Mapping

from kartu.core.model import NoteType
from kartu.load.names import YES
from kartu.load.words import own_fields
from kartu.rewrite.notes.card_set import Values
from kartu.rewrite.notes.values import Value, cell_of_value, is_blank

MARK = "unfinished"


def with_mark(
    note_type: NoteType | None, there: Mapping[str, Value], new: Values, *, may_be: bool
) -> Values:
    """Returns the new values of a note with its mark, if that changes.

    A note is marked while a required field is blank, one that is not is no more. A mark among the
    new values stays as it is.

    Args:
        there: The values that the note has.
        may_be: Whether it may be unfinished: not where students have it.
    """
    if note_type is None or MARK in new:
        return new
    values = {**there, **new}
    required = [key for key, field in own_fields(note_type).items() if field.required]
    blank = any(is_blank(values.get(key, "")) for key in required)
    marked = cell_of_value(there.get(MARK, "")).strip().casefold() in YES
    if marked and not blank:
        return {**new, MARK: ""}
    return {**new, MARK: "true"} if blank and may_be and not marked else new
