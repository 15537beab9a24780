"""Card sets as spreadsheets: CSV files and workbooks, a row a note and a column a key."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kartu.core.diagnostics import Diagnostics, has_errors
from kartu.core.language import _
from kartu.core.model import Note
from kartu.core.source import Span, Text, text
from kartu.load.files import Files
from kartu.load.headings import MOST_ABOVE, WORDS, heading_row, is_private, union, vocabulary
from kartu.load.lookalikes import merge_conflict
from kartu.load.note_type import NOTE_KEYS
from kartu.load.sheets.cells import Row, Sheet, part
from kartu.load.sheets.columns import SET_KEYS, Header, best_fitting, read_header
from kartu.load.sheets.csv import read_csv
from kartu.load.sheets.encoding import decode
from kartu.load.sheets.lines import read_lines
from kartu.load.sheets.shared import NoteTypes, Shared, check_headings_exist, read_shared
from kartu.load.sheets.table import read_notes

# The end of the last row of a sheet.
_LAST_LINE = 2**31


def load_spreadsheet(
    files: Files, path: str, note_types: NoteTypes, diagnostics: Diagnostics
) -> list[Note]:
    """The notes of a spreadsheet, sheet by sheet; one fault does not hide others."""
    data = files.read_bytes(path, diagnostics)
    shared = read_shared(files, path, note_types, diagnostics)
    if data is None or shared is None:
        return []
    sheets = sheets_of(data, path, note_types, diagnostics)
    check_headings_exist(shared, sheets, diagnostics)
    notes = []
    for sheet in sheets:
        notes += read_notes(sheet, shared, files, note_types, diagnostics)
    return notes


def sheets_of(
    data: bytes, path: str, note_types: NoteTypes, diagnostics: Diagnostics
) -> list[Sheet]:
    """The sheets of a workbook or list as they are, by the ending of its path."""
    return _READERS[path[path.rfind(".") :]](data, path, note_types, diagnostics)


def cells_of(data: bytes, path: str) -> dict[Span, str]:
    """The texts of a workbook's cells by place, for the excerpts of a report."""
    from kartu.load.sheets.workbook import read_workbook

    sheets = read_workbook(data, path, Diagnostics())
    return {cell.span: str(cell) for sheet in sheets for row in sheet.rows for cell in row}


def comments_of(files: Files, path: str) -> Iterator[tuple[Text, range]]:
    """The cells of comment columns, whose names begin with #, with the lines of their row."""
    data = files.read_bytes(path, Diagnostics())
    for sheet in sheets_of(data, path, {}, Diagnostics()) if data else ():
        heads = (n for n, row in enumerate(sheet.rows[:MOST_ABOVE]) if any(map(is_private, row)))
        rows = sheet.rows[next(heads, 0) :]
        header = rows[0]
        begins = [row[0].span.line for row in rows]
        for row, begin, end in zip(rows, begins, [*begins[1:], _LAST_LINE], strict=True):
            for name, cell in zip(header, row, strict=False):
                if is_private(name) and cell and row is not header:
                    yield cell, range(begin, end)


def csv_rows(data: bytes, path: str, note_types: NoteTypes) -> list[Row]:
    """The rows of a CSV file from its header on, which has keys; empty if it has errors."""
    diagnostics = Diagnostics()
    sheets = _csv(data, path, note_types, diagnostics)
    if has_errors(diagnostics) or not sheets:
        return []
    rows = sheets[0].rows
    words = [vocabulary(one) for one in note_types.values() if one]
    place = heading_row(rows, words) or 0
    cells = [part(cell, 0, len(cell)) for cell in rows[place]]
    pairs = zip(cells, union(words).meanings(cells), strict=True)
    header = [text(one.key, cell.span) if one else cell for cell, one in pairs]
    return [header, *rows[place + 1 :]]


def csv_table(
    path: str, data: bytes, shared: Shared, note_types: NoteTypes
) -> tuple[Sheet, Header] | None:
    """The rows of a CSV card set and what its columns are; None if either has errors."""
    diagnostics = Diagnostics()
    sheets = _csv(data, path, note_types, diagnostics)
    if has_errors(diagnostics) or not sheets:
        return None
    header = read_header(sheets[0], shared, note_types, diagnostics)
    return None if header is None or has_errors(diagnostics) else (sheets[0], header)


def rows_of_list(data: bytes, path: str) -> list[list[str]]:
    """The cells of a list, with the names that it gives its columns above them."""
    sheets = _csv(data, path, {}, Diagnostics())
    return [[str(cell) for cell in row] for sheet in sheets for row in sheet.rows]


def fitting_note_type(header: Row, note_types: NoteTypes) -> str:
    """The note type that the names of columns fit best, empty if none or several."""
    nothing = Shared(None, text("", Span("")), (), "")
    fitting = best_fitting(list(header), [one for one in note_types.values() if one], nothing)
    return fitting[0].id if len(fitting) == 1 else ""


def set_note_type(files: Files, path: str) -> str:
    """The note type that `<same-name>.set.yaml` sets for all rows, empty if none."""
    shared = read_shared(files, path, {}, Diagnostics())
    return str(shared.note_type or "") if shared else ""


def _csv(data: bytes, path: str, note_types: NoteTypes, diagnostics: Diagnostics) -> list[Sheet]:
    content = decode(data, path, diagnostics)
    if content is None:
        return []
    if (conflict := merge_conflict(content, path, "csv-syntax")) is not None:
        diagnostics.append(conflict)
        return []
    before = diagnostics.mark()
    names = (word for one in note_types.values() if one for word in vocabulary(one).exact)
    words = frozenset({*NOTE_KEYS, *SET_KEYS, *WORDS, *names})
    read = read_csv if path.endswith(".csv") else read_lines
    sheet = read(content, path, words, diagnostics)
    if sheet is None and not diagnostics.since(before):
        diagnostics.add("wrong-shape", Span(path), _("the spreadsheet is empty"))
    return [] if sheet is None else [sheet]


def _workbook(
    data: bytes, path: str, note_types: NoteTypes, diagnostics: Diagnostics
) -> list[Sheet]:
    from kartu.load.sheets.workbook import read_workbook

    return read_workbook(data, path, diagnostics)


_READERS: dict[str, Callable[[bytes, str, NoteTypes, Diagnostics], list[Sheet]]] = {
    **dict.fromkeys((".csv", ".tsv", ".tab", ".txt"), _csv),
    ".xlsx": _workbook,
    ".ods": _workbook,
}
