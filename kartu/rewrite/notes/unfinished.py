"""The mark of a note that is kept although something that it needs is not written yet."""

from __future__ import annotations

from collections.abc import Mapping

from kartu.core.model import NoteType
from kartu.load.note_type import NOTE_KEYS
from kartu.load.words import own_fields
from kartu.rewrite.notes.card_set import Values
from kartu.rewrite.notes.values import Value, is_blank

KEY = "unfinished"
MARKED = "true"


def with_mark(
    note_type: NoteType | None, before: Values, values: Mapping[str, Value], *, published: bool
) -> Values:
    """Returns new values of a note with the mark set or taken away, as its fields are then.

    A published note is never marked: students have it.

    Args:
        before: The values that it has, by key.
        values: Those that are new, by key; blank ones are taken away.
    """
    if KEY not in NOTE_KEYS or KEY in values:
        return dict(values)
    after = {**before, **values}
    required = (str(key) for key, field in own_fields(note_type).items() if field.required)
    lacking = any(is_blank(after.get(key, "")) for key in required)
    if lacking and not published:
        return {**values, KEY: MARKED}
    return {**values, KEY: ""} if KEY in before and not lacking else dict(values)
