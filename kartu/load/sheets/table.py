"""Converts the rows of a spreadsheet to notes, with the checks of every card set."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostic, Diagnostics, Related, has_errors
from kartu.core.language import N_, _
from kartu.core.model import Note, NoteType
from kartu.core.patterns import pattern
from kartu.core.source import Node, Sequence, Span, Text, text
from kartu.load.card_set import (
    SAME_FIELD,
    Common,
    check_subdeck,
    common_of,
    fast_notes,
    named_note_type,
    read_note,
)
from kartu.load.files import Files
from kartu.load.note_type import NOTE_KEYS
from kartu.load.notes_fast import LISTS, FastNotes
from kartu.load.shape import is_blank, no_value
from kartu.load.sheets.cells import (
    AS_TEXT,
    WITH_MARKUP,
    Altered,
    Raised,
    Row,
    RowValues,
    Sheet,
    UnquotedRow,
    cell_readers,
    formula_fault,
    other_delimiter,
    part,
)
from kartu.load.sheets.columns import SET_KEYS, Columns, read_header
from kartu.load.sheets.csv_fast import FastRows
from kartu.load.sheets.options import choices_of, chosen
from kartu.load.sheets.shared import Shared
from kartu.load.words import word_of

# More than ten times the size of a deck of ten thousand notes.
MAX_CELLS = 5_000_000
MAX_COLUMNS = 1_000

_TRIMMED = ("id", "note_type", "subdeck", "as_of", "guid")

# 1-2 becomes 01-Feb or 1/2/2026, 14e5 becomes 1.4E+06.
_DATE = pattern(r"\d{1,4}[-/. ]+\w{1,9}\.?(?:[-/. ]+\d{1,4})?(?:[ T][\d:]+)?")
_SCIENTIFIC = pattern(r"-?\d+(?:[.,]\d+)?E[+-]?\d+")

_SEPARATE = N_('separate tags by " | ", with a space on each side')


def read_notes(
    sheet: Sheet,
    shared: Shared,
    files: Files,
    note_types: dict[str, NoteType | None],
    diagnostics: Diagnostics,
) -> list[Note]:
    """The notes of a sheet; none if its header has faults, which go to `diagnostics`."""
    before = diagnostics.mark()
    if len(sheet.rows) * len(sheet.rows[0]) > MAX_CELLS or len(sheet.rows[0]) > MAX_COLUMNS:
        message = _(
            "the table has {rows} rows and {columns} columns",
            rows=len(sheet.rows),
            columns=len(sheet.rows[0]),
        )
        diagnostics.add("file-too-large", sheet.place, message, _("split it into several"))
        return []
    header = read_header(sheet, shared, note_types, diagnostics)
    if header is None or has_errors(diagnostics.since(before)):
        return []
    shared = shared._replace(note_type=header.note_type)
    rows = _Rows(header.columns, header.place, shared, files, note_types, diagnostics)
    notes = [rows.note(row) for row in header.rows]
    return [note for note in notes if note is not None]


class _Kind(NamedTuple):
    """How rows of a note type and subdeck are read. `foreign` are columns of other note types."""

    common: Common
    fast: FastNotes
    fast_rows: FastRows
    readers: dict[str, Callable[[Text], Node]]
    choices: dict[str, tuple[str, ...]]
    foreign: tuple[str, ...]


class _Rows:
    def __init__(
        self,
        columns: Columns,
        place: Span,
        shared: Shared,
        files: Files,
        note_types: dict[str, NoteType | None],
        diagnostics: Diagnostics,
    ) -> None:
        self.columns = columns
        self.keys = [key for key in columns if key is not None]
        self.trimmed = [key for key in self.keys if key in _TRIMMED]
        self.place = place
        self.shared = shared
        self.files = files
        self.note_types = note_types
        self.diagnostics = diagnostics
        self.kinds: dict[tuple[str, str], _Kind | None] = {}
        self.set_columns = [place for place, key in enumerate(columns) if key in SET_KEYS]
        self.fast_rows: dict[tuple[str, ...], FastRows] = {}

    def note(self, row: Row) -> Note | None:
        if not isinstance(row, UnquotedRow) or len(row.values) != len(self.columns):
            return self._read_row(row)[0]
        known = tuple([row.values[column] for column in self.set_columns])
        fast_rows = self.fast_rows.get(known)
        note = fast_rows.note(row) if fast_rows is not None else None
        if note is None:
            note, kind = self._read_row(row)
            if kind is not None and note is not None:
                self.fast_rows[known] = kind.fast_rows
        return note

    def _read_row(self, row: Row) -> tuple[Note | None, _Kind | None]:
        """The note and how it was read, with complete diagnostics."""
        cells = self._cells(row)
        together = "".join(cells.values())
        if not together or together.isspace():
            return None, None  # only the author's private columns have a value
        before = self.diagnostics.mark()
        values = RowValues(cells)
        values.span = row[0].span
        if self.place.sheet or "#" in together or "Err:" in together:
            self._check_cells(cells, values)
        kind = self._kind(cells)
        note = None
        if kind is not None and not self.diagnostics.since(before):
            self._convert(cells, values, kind)
            note = kind.fast.read(values) or read_note(values, kind.common, self.diagnostics)
        if self.diagnostics.since(before):
            self.diagnostics.change_since(
                before, lambda one: _in_terms_of_cells(one, cells, values)
            )
            return note, None
        return note, kind

    def _cells(self, row: Row) -> dict[str, Text]:
        """The cells of all columns except the author's private ones; missing cells are blank."""
        if len(row) < len(self.columns):
            end = text("", row[-1].span)
            row = [*row, *[end] * (len(self.columns) - len(row))]
        pairs = zip(self.columns, row, strict=False)
        cells: dict[str, Text] = {key: cell for key, cell in pairs if key is not None}
        for key in self.trimmed:
            cell = cells[key]
            if cell and (cell[0].isspace() or cell[-1].isspace()):
                cells[key] = part(cell, 0, len(cell))
        return cells

    def _check_cells(self, cells: dict[str, Text], values: RowValues) -> None:
        """Reports texts that the spreadsheet program has altered."""
        for key, cell in cells.items():
            if isinstance(cell, Altered):
                if key == "as_of" and cell.date:
                    values[key] = text(cell.date, cell.span)
                else:
                    self.diagnostics.append(cell.fault)
            elif cell.startswith(("#", "Err:")) and (fault := formula_fault(cell)):
                self.diagnostics.append(fault)

    def _convert(self, cells: dict[str, Text], values: RowValues, kind: _Kind) -> None:
        """Converts cells to the values YAML would have, without other note types' blank fields."""
        for key in SET_KEYS:
            values.pop(key, None)
        if self.place.sheet:
            cells = {key: self._without_raised(key, cell, kind) for key, cell in cells.items()}
            values.update((key, cell) for key, cell in cells.items() if key in values)
        for key, read in kind.readers.items():
            if cells[key]:
                values[key] = read(cells[key])
        self._choose(values, kind)
        for key in kind.foreign:
            if is_blank(values[key]):
                del values[key]
        tags = values.get("tags")
        for tag in tags if isinstance(tags, Sequence) else ():
            if isinstance(tag, Text) and (character := other_delimiter(tag)):
                message = _('the tag "{tag}" contains "{character}"', tag=tag, character=character)
                self.diagnostics.add("bad-tag", tag.span, message, _(_SEPARATE))

    def _choose(self, values: RowValues, kind: _Kind) -> None:
        """Puts the text of an option in place of its letter."""
        for key, options in kind.choices.items():
            answer = chosen(values[key], tuple(map(values.get, options)))
            if isinstance(answer, Diagnostic):
                self.diagnostics.append(answer)
                values[key] = values[options[0]]  # one fault is enough
            elif answer is not None:
                values[key] = answer

    def _without_raised(self, key: str, cell: Text, kind: _Kind) -> Text:
        """The cell with its formatted parts as its field can show them."""
        if not isinstance(cell, Raised):
            return cell
        field = kind.common.fields.get(kind.common.words.get(key, ""))
        if field is not None and field.format in WITH_MARKUP:
            return text(cell.marked, cell.span)
        if cell.characters is None:
            message = _(
                "raised, lowered, underlined or struck characters, which this field cannot show: "
                "{marked}",
                marked=cell.marked,
            )
            help = _("write it in another way, or into a field of the format markdown")
            self.diagnostics.add("not-text", cell.span, message, help)
        return text(cell.characters or cell, cell.span)

    def _kind(self, cells: dict[str, Text]) -> _Kind | None:
        """How to read a row; None, with a diagnostic, where its note type is unusable."""
        name = cells.get("note_type") or self.shared.note_type
        subdeck = cells.get("subdeck") or self.shared.subdeck
        if name is None:
            place = cells["note_type"].span
            self.diagnostics.add("missing-key", place, no_value("note_type"))
            return None
        if (name, subdeck) not in self.kinds:
            self.kinds[name, subdeck] = self._new_kind(name, subdeck)
        return self.kinds[name, subdeck]

    def _new_kind(self, name: Text, subdeck: Text) -> _Kind | None:
        """None if the note type is unknown or requires a missing column."""
        check_subdeck(subdeck, self.diagnostics)
        id = named_note_type(name, self.files, self.note_types, self.diagnostics)
        if id is None:
            return None
        note_type = self.note_types[id]
        common = common_of(id, note_type, subdeck, self.shared.tags, blanks=True)
        doubled = self._doubled(common.words)
        if doubled is None:
            return None
        there = {common.words.get(key) for key in self.keys}
        missing = [
            word_of(one, note_type.language)
            for key, one in common.fields.items()
            if note_type and one.required and key not in there
        ]
        for key in missing:
            message = _(
                'the first row has no column "{key}", which {name} requires', key=key, name=name
            )
            help = _('add a column "{key}"', key=key)
            self.diagnostics.add("missing-field", self.place, message, help)
        if missing:
            return None
        known = {*common.words, *NOTE_KEYS, *SET_KEYS}
        fields = {
            str(key): common.fields[common.words[key]] for key in self.keys if key in common.words
        }
        readers = {key: read for key, read in cell_readers(fields).items() if key in self.keys}
        foreign = tuple(str(key) for key in self.keys if note_type and key not in known)
        foreign += doubled
        fast = fast_notes(common)
        choices = {key: one for key, one in choices_of(fields).items() if key in self.keys}
        blank = {*foreign, *(key for key in readers if key not in LISTS), *choices}
        fast_rows = FastRows(self.columns, blank, fast)
        return _Kind(common, fast, fast_rows, readers, choices, foreign)

    def _doubled(self, words: dict[str, str]) -> tuple[str, ...] | None:
        """The columns of fields with several: other note types may need them, so one has a text.

        None, and an error, where all rows have the same note type.
        """
        found: dict[str, list[Text]] = {}
        for column in self.keys:
            if column in words:
                found.setdefault(words[column], []).append(column)
        several = [columns for columns in found.values() if len(columns) > 1]
        if several and "note_type" not in self.keys:
            for first, *others in several:
                for second in others:
                    message = _(SAME_FIELD, second=second, first=first)
                    related = (Related(first.span, _("first here")),)
                    help = _("delete one of them")
                    self.diagnostics.add("duplicate-column", second.span, message, help, related)
            return None
        return tuple(str(column) for columns in several for column in columns)


def _has_space(tag: Node) -> bool:
    return isinstance(tag, Text) and any(map(str.isspace, tag))


def _in_terms_of_cells(one: Diagnostic, cells: dict[str, Text], values: RowValues) -> Diagnostic:
    """The diagnostic with help for spreadsheets where that for YAML does not apply."""
    help = one.help
    if one.code == "yaml-duplicate-key":
        one = one._replace(code="duplicate-column")
    tags = values.get("tags")
    spaced = filter(_has_space, tags if isinstance(tags, Sequence) else ())
    if one.code == "bad-tag" and one.span in [tag.span for tag in spaced]:
        help = _(_SEPARATE)
    elif one.code == "bad-value" and "as_of" in cells and one.span == cells["as_of"].span:
        help = _("write it as 2026-11-24, in a column with the format Text")
    elif one.code == "bad-id":
        id = cells["id"]
        if _DATE.fullmatch(id):
            help = _("the spreadsheet program made a date of it: {as_text}", as_text=_(AS_TEXT))
        elif _SCIENTIFIC.fullmatch(id):
            help = _("the spreadsheet program made a number of it: {as_text}", as_text=_(AS_TEXT))
        elif id.startswith(("=", "'", "+", "-", "@")):
            help = _("an id begins with a letter or digit; {as_text}", as_text=_(AS_TEXT))
    return one._replace(help=help)
