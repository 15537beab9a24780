"""The header of a spreadsheet: the key of each column."""

from __future__ import annotations

from kartu.core.diagnostics import Diagnostic, Diagnostics, Related, did_you_mean, nearest_key
from kartu.core.language import _
from kartu.core.model import NoteType
from kartu.core.source import Text
from kartu.load.card_set import no_field
from kartu.load.note_type import NOTE_KEYS
from kartu.load.sheets.cells import Row, Sheet, UnquotedRow, formula_fault, part
from kartu.load.words import keys_by_word, offered

# Set once in a YAML card set, but per row in a spreadsheet.
SET_KEYS = ("note_type", "subdeck")

Columns = list[Text | None]


def read_columns(sheet: Sheet, diagnostics: Diagnostics) -> Columns:
    """The key of each column, None for the author's private ones.

    Reports duplicate names, and values in columns without a name.
    """
    header = [part(cell, 0, len(cell)) for cell in sheet.rows[0]]
    columns: Columns = []
    first: dict[str, Text] = {}
    for key in header:
        if fault := formula_fault(key):
            diagnostics.append(fault)
        if not key or key.startswith(("#", "x-")):
            columns.append(None)
        elif key in first:
            message = _('two columns have the name "{key}"', key=key)
            help = _("give one of them another name; a name that begins with x- is yours")
            related = (Related(first[key].span, _("first here")),)
            diagnostics.add("duplicate-column", key.span, message, help, related)
            columns.append(None)
        else:
            columns.append(first.setdefault(key, key))
    _check_nameless(header, sheet, diagnostics)
    return columns


def _check_nameless(header: Row, sheet: Sheet, diagnostics: Diagnostics) -> None:
    """Reports the first value of each column without a name."""
    found: dict[int, Text] = {}
    width = next((n for n, key in enumerate(header) if not key), len(header))
    for row in sheet.rows[1:]:
        values = row.values if isinstance(row, UnquotedRow) else row
        for number in range(width, len(values)):
            named = number < len(header) and header[number]
            if not named and number not in found and values[number].strip():
                found[number] = row[number]
    message = _("this value is in a column that has no name in the first row")
    help = _("name the column, or move the value")
    if not sheet.place.sheet:
        help = _(
            "name the column, or put a text that contains the delimiter in quotes: "
            '"one, two; three"'
        )
    for cell in found.values():
        diagnostics.add("unnamed-column", cell.span, message, help)


def check_columns(
    columns: Columns,
    common: NoteType | None,
    note_types: dict[str, NoteType | None],
    diagnostics: Diagnostics,
) -> None:
    """Reports columns that nothing reads. `common` is the note type of all rows, if any."""
    possible = [common] if common else [one for one in note_types.values() if one]
    known = {*NOTE_KEYS, *SET_KEYS, *(word for one in possible for word in keys_by_word(one))}
    possible_words = {*NOTE_KEYS, *SET_KEYS, *(word for one in possible for word in offered(one))}
    for key in columns:
        if key is None or key in known:
            continue
        if common:
            message, help = no_field(key, common)
        else:
            message = _('there is no key "{key}", and no note type has such a field', key=key)
            help = ""
        help = help or did_you_mean(key, possible_words, nearest_key)
        names = (common.id if common else "", str(key), nearest_key(key, possible_words) or "")
        diagnostics.append(Diagnostic("unknown-key", key.span, message, help, names=names))
