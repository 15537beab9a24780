"""A list before it is imported: which row names its columns, and what each one becomes.

The rules are those of card sets in spreadsheets. What a person says of the columns wins over them;
a row in which only required texts are blank becomes an unfinished note.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostic, Diagnostics, has_errors
from kartu.core.language import _
from kartu.core.model import Note, NoteType
from kartu.core.source import Text, text
from kartu.importing.contents import CannotImportError
from kartu.load.files import Files
from kartu.load.headings import NEVER, first_wide_row
from kartu.load.sheets import sheets_of
from kartu.load.sheets.cells import Row, Sheet
from kartu.load.sheets.columns import Header, read_header
from kartu.load.sheets.propose import likeliest, report_no_heading
from kartu.load.sheets.shared import Shared, set_path
from kartu.load.sheets.table import MAX_CELLS, MAX_COLUMNS, read_notes
from kartu.load.words import keys_by_word, own_fields

_MARK = "unfinished"
NO_HEADING = -1


class Columns(NamedTuple):
    """What a person chooses for a sheet, as far as anything is chosen.

    `heading` is the place of the row that names the columns, NO_HEADING for none, None where the
    words in the rows decide. `keys` are those of all columns, NEVER for one that is not imported.
    """

    sheet: int = 0
    note_type: str = ""
    heading: int | None = None
    keys: tuple[str, ...] = ()


class SheetTable(NamedTuple):
    """A sheet and what becomes of it; `heading` and `keys` are as in Columns.

    `sheets` are the names of all sheets, `note_type` is empty where rows name it. `notes` are those
    that would be made, `faults` what is wrong by the place of the row, None for all of them.
    """

    sheets: list[str]
    sheet: int
    rows: list[list[str]]
    heading: int | None
    keys: tuple[str, ...]
    note_type: str
    notes: list[Note]
    faults: list[tuple[int | None, Diagnostic]]


def read_table(
    files: Files, path: str, note_types: dict[str, NoteType | None], choices: Columns
) -> SheetTable:
    """Returns what a list or workbook becomes.

    Args:
        path: In the project; `files` has its content.

    Raises:
        CannotImportError: It cannot be read, or has nothing.
    """
    diagnostics = Diagnostics()
    data = files.read_bytes(path, diagnostics) or b""
    sheets = sheets_of(data, path, note_types, diagnostics)
    if not sheets or has_errors(diagnostics):
        raise CannotImportError(next((one.message for one in diagnostics), _("it is empty")))
    number = min(max(choices.sheet, 0), len(sheets) - 1)
    found = _Table(sheets[number], path, files, note_types, choices).read()
    names = [one.place.sheet for one in sheets]
    return found._replace(sheets=names, sheet=number)


class _Table:
    """The reading of one sheet."""

    def __init__(
        self,
        sheet: Sheet,
        path: str,
        files: Files,
        note_types: dict[str, NoteType | None],
        choices: Columns,
    ) -> None:
        self.sheet = sheet
        self.files = files
        self.note_types = note_types
        self.choices = choices
        self.width = max(map(len, sheet.rows))
        if len(sheet.rows) * self.width > MAX_CELLS or self.width > MAX_COLUMNS:
            raise CannotImportError(_("it has too many rows or columns: divide it"))
        self.shared = Shared(None, text("", sheet.place), (), set_path(path))
        self.places = {row[0].span.line: place for place, row in enumerate(sheet.rows) if row}

    def read(self) -> SheetTable:
        """The table as chosen, as its words have it, or as it is proposed."""
        choices = self.choices
        if choices.keys:
            keys = (*choices.keys[: self.width], *[NEVER] * (self.width - len(choices.keys)))
            return self._of(choices.heading, keys, choices.note_type)
        first = max(choices.heading or 0, 0)
        sheet = self.sheet._replace(rows=self.sheet.rows[first:])
        shared = self.shared
        if self.note_types.get(choices.note_type) is not None:
            shared = shared._replace(note_type=text(choices.note_type, sheet.place))
        diagnostics = Diagnostics()
        header = None
        if choices.heading != NO_HEADING:
            header = read_header(sheet, shared, self.note_types, diagnostics)
        if header is not None and header.columns:
            return self._found(header, choices.note_type)
        return self._proposed(sheet, first, diagnostics)

    def _found(self, header: Header, note_type: str) -> SheetTable:
        """The table whose heading row names what is needed, or most of it."""
        keys = tuple(str(key) if key else NEVER for key in header.columns)
        keys = (*keys, *[NEVER] * (self.width - len(keys)))
        kind = "" if "note_type" in keys else str(header.note_type or note_type)
        heading = 0 if self.sheet.named else self.places.get(header.place.line, 0)
        return self._of(heading, keys, kind)

    def _proposed(self, sheet: Sheet, first: int, diagnostics: Diagnostics) -> SheetTable:
        """The table of which nothing says what its columns are: a person has to."""
        possible = [one for one in self.note_types.values() if one is not None]
        chosen = self.note_types.get(self.choices.note_type)
        wide = first_wide_row(sheet.rows)
        kind = chosen or likeliest(possible, sheet.rows[wide:])
        fault = next((one for one in diagnostics if one.names), None)
        if fault is None or chosen is not None:
            fault = self._asked(sheet, kind)
        words = keys_by_word(kind)
        keys = [pair.partition("=")[0] for pair in fault.names] if fault is not None else []
        keys = [words.get(key, key) for key in keys][: self.width]
        keys += [NEVER] * (self.width - len(keys))
        heading = self.choices.heading
        if heading is None and fault is not None and fault.code != "no-heading":
            heading = first + wide
        note_type = kind.id if kind is not None else ""
        if heading is None:
            return self._table(None, tuple(keys), note_type)
        return self._of(heading, tuple(keys), note_type)

    def _asked(self, sheet: Sheet, kind: NoteType | None) -> Diagnostic | None:
        """What is proposed for the columns of a note type."""
        diagnostics = Diagnostics()
        report_no_heading(sheet, self.shared, [kind] if kind else [], diagnostics)
        return next(iter(diagnostics), None)

    # --- notes ------------------------------------------------------------------------------------

    def _of(self, heading: int | None, keys: tuple[str, ...], note_type: str) -> SheetTable:
        """The table with the notes that it makes."""
        found = self._table(heading, keys, note_type)
        if heading is None:
            return found
        kind = self.note_types.get(note_type)
        if kind is None and "note_type" not in keys:
            return found
        rows = [self._wide(row) for row in self.sheet.rows[heading + 1 :]]
        faults = Diagnostics()
        self._check_keys(keys, kind, faults)
        if has_errors(faults) or not rows:
            return found._replace(faults=[(None, one) for one in faults])
        notes = self._notes(rows, keys, kind, faults)
        return found._replace(
            notes=notes, faults=[(self.places.get(one.span.line), one) for one in faults]
        )

    def _check_keys(
        self, keys: Sequence[str], kind: NoteType | None, diagnostics: Diagnostics
    ) -> None:
        """Reports what is missing, and what two columns are."""
        for key in dict.fromkeys(keys):
            if key != NEVER and keys.count(key) > 1:
                message = _("two columns cannot become the same")
                diagnostics.add("duplicate-column", self.sheet.place, message)
        for key, field in own_fields(kind).items():
            if field.required and key not in keys:
                message = _('no column becomes "{name}"', name=field.name)
                diagnostics.add("missing-field", self.sheet.place, message)

    def _notes(
        self,
        rows: list[list[Text]],
        keys: tuple[str, ...],
        kind: NoteType | None,
        diagnostics: Diagnostics,
    ) -> list[Note]:
        """The notes of rows, those in which required texts are blank as unfinished ones."""
        found = Diagnostics()
        notes = self._read(rows, keys, kind, found)
        faulty: dict[int, set[str]] = {}
        for one in found:
            if one.severity == "error":
                faulty.setdefault(one.span.line, set()).add(one.code)
        blank = {line for line, codes in faulty.items() if codes == {"missing-field"}}
        blank &= {row[0].span.line for row in rows}
        notes = [note for note in notes if note.id.span.line not in faulty]
        if blank and _MARK not in keys:
            marked = [[*r, text("true", r[0].span)] for r in rows if r[0].span.line in blank]
            notes += self._read(marked, (*keys, _MARK), kind, diagnostics)
            notes.sort(key=lambda note: note.id.span.line)
        there = {note.id.span.line for note in notes}
        for one in found:
            if one.span.line not in blank or one.span.line not in there:
                diagnostics.append(one)
        return notes

    def _read(
        self,
        rows: list[list[Text]],
        keys: tuple[str, ...],
        kind: NoteType | None,
        diagnostics: Diagnostics,
    ) -> list[Note]:
        place = self.sheet.place
        order = tuple(text(key, place) for key in keys)
        note_type = text(kind.id, place) if kind is not None else None
        shared = self.shared._replace(order=order, note_type=note_type)
        sheet = Sheet(place, list[Row](rows))
        return read_notes(sheet, shared, self.files, self.note_types, diagnostics)

    def _wide(self, row: Row) -> list[Text]:
        end = text("", row[-1].span) if row else text("", self.sheet.place)
        return [*row, *[end] * (self.width - len(row))]

    def _table(self, heading: int | None, keys: tuple[str, ...], note_type: str) -> SheetTable:
        rows = [[str(cell) for cell in self._wide(row)] for row in self.sheet.rows]
        return SheetTable([], 0, rows, heading, keys, note_type, [], [])
