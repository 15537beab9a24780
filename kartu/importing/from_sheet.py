"""Applies the changes of an exported spreadsheet to the card sets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import N_, _
from kartu.core.model import NoteType
from kartu.core.source import Span, Text, text
from kartu.core.text import counted, shown
from kartu.export.sheet import OF_SET, Written, words_by_key, written_notes
from kartu.importing.contents import CannotImportError
from kartu.importing.lines import with_breaks
from kartu.load import deck_names, load_note_types
from kartu.load.access import changing, reading
from kartu.load.card_set import SAME_FIELD
from kartu.load.cell import cell_of
from kartu.load.chosen import chosen_deck
from kartu.load.files import CONTROL, MAX_BYTES, Files
from kartu.load.note_type import NOTE_KEYS
from kartu.load.sheets.cells import Altered, Raised, formula_fault
from kartu.load.sheets.encoding import decode
from kartu.load.sheets.shield import unshielded
from kartu.load.sheets.workbook import read_workbook
from kartu.load.words import keys_by_word, note_type_named
from kartu.rewrite.edits import Fix
from kartu.rewrite.fix import FixedFile
from kartu.rewrite.fix.files import replace_files
from kartu.rewrite.notes.values import EditRefusedError, Value, formats_of, value_of_cell
from kartu.rewrite.notes.yaml_set import read_yaml_set

Row = Mapping[str, str]

# The name of values for which the first row has none.
_BEYOND = N_("(without a heading)")


class Update(NamedTuple):
    """The card sets that change, and descriptions of what of the sheet is not applied."""

    files: list[FixedFile]
    skipped: list[str]


def update(root: Path, deck: str, sheet: Path) -> Update:
    """Returns what the sheet changes in the deck's notes; nothing is written.

    Raises:
        CannotImportError: The sheet cannot be read, or a cell cannot be written.
    """
    files = Files(root)
    note_types, _rest = load_note_types(root)
    rows, without_id = read_rows(sheet)
    notes = {note.id: note for note in written_notes(files, f"cards/{deck}")}
    by_path: dict[str, list[tuple[Written, Row]]] = {}
    for id, row in rows.items():
        if id in notes:
            by_path.setdefault(notes[id].path, []).append((notes[id], row))
    found = [_changed_file(files, path, pairs, note_types) for path, pairs in by_path.items()]
    skipped = list(_skipped(rows, notes, note_types))
    if without_id:
        skipped.append(
            _(
                "{rows} without an id: {texts}; put new notes, each with an id, into a card set "
                "of their own",
                rows=counted(len(without_id), "row"),
                texts=shown(without_id),
            )
        )
    return Update([one for one in found if one.after != one.before], skipped)


def read_rows(sheet: Path) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Returns the rows by id, each cell by its column's name, and the first texts of the others."""
    if sheet.stat().st_size > MAX_BYTES:
        raise CannotImportError(_("it is larger than {most} MiB", most=MAX_BYTES // 1024 // 1024))
    data = sheet.read_bytes()
    rows = _workbook(sheet, data) if sheet.suffix in (".xlsx", ".ods") else _csv(sheet, data)
    found: dict[str, dict[str, str]] = {}
    without_id: list[str] = []
    for row in rows:
        id = (row.get("id") or "").strip()
        if id in found:
            raise CannotImportError(_('two rows have the id "{id}"', id=id))
        texts = [cell.strip() for key, cell in row.items() if key not in OF_SET and cell.strip()]
        if id:
            found[id] = row
        elif texts:
            without_id.append(f'"{texts[0][:60]}"')
    if not found:
        raise CannotImportError(_('it has no column "id" that holds ids of notes'))
    return found, without_id


def _csv(sheet: Path, data: bytes) -> list[dict[str, str]]:
    content = decode(data, sheet.name, Diagnostics())
    if content is None or CONTROL.search(content):
        raise CannotImportError(_("it is not readable text"))
    header = content.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    try:
        reader = csv.DictReader(
            io.StringIO(content, newline=""), delimiter=delimiter, restkey=_(_BEYOND)
        )
        rows = list(reader)
    except csv.Error as error:
        raise CannotImportError(_("its cells cannot be separated: {error}", error=error)) from error
    names = [name.strip() for name in reader.fieldnames or () if name.strip()]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise CannotImportError(_('two columns are named "{name}"', name=twice))
    return [
        {
            unshielded(key): unshielded(value if isinstance(value, str) else "".join(value or ()))
            for key, value in row.items()
        }
        for row in rows
    ]


def _workbook(sheet: Path, data: bytes) -> Iterator[dict[str, str]]:
    """The rows of all sheets; CannotImportError for a cell that is displayed differently."""
    diagnostics = Diagnostics()
    sheets = read_workbook(data, sheet.name, diagnostics)
    if diagnostics:
        first, *_rest = diagnostics
        raise CannotImportError("; ".join(filter(None, (first.message, first.help))))
    for one in sheets:
        columns = {cell.span.column: cell.strip() for cell in one.rows[0]}
        for row in one.rows[1:]:
            cells = {columns.get(cell.span.column, ""): cell for cell in row}
            yield {key: _cell(key, cells.get(key)) for key in columns.values() if key}


def _cell(key: str, cell: Text | None) -> str:
    if cell is None or key.startswith(("#", "x-")):
        return str(cell or "")
    if isinstance(cell, Altered) and key == "as_of" and cell.date:
        return cell.date
    if isinstance(cell, Altered):
        fault = cell.fault
        raise CannotImportError(
            _(
                "row {line}, {key}: {message}; {help}",
                line=cell.span.line,
                key=key,
                message=fault.message,
                help=fault.help,
            )
        )
    if isinstance(cell, Raised):
        return cell.characters or cell.marked
    return str(cell)


def _skipped(
    rows: Mapping[str, Row], notes: Mapping[str, Written], note_types: Mapping[str, NoteType]
) -> Iterator[str]:
    new = [id for id in rows if id not in notes]
    if new:
        yield _(
            "{rows} with ids that no note has: {ids}; put new notes into a card set of their own",
            rows=counted(len(new), "row"),
            ids=shown(new),
        )
    missing = [id for id in notes if id not in rows]
    if missing:
        yield _(
            "{notes} without a row stay as they are: {ids}",
            notes=counted(len(missing), "note"),
            ids=shown(missing),
        )
    moved = [
        id
        for id, row in rows.items()
        if id in notes and any(key in row and row[key] != getattr(notes[id], key) for key in OF_SET)
    ]
    if moved:
        yield _(
            "note type and subdeck belong to the card set and stay as they are: {ids}",
            ids=shown(moved),
        )
    known = {key for note in notes.values() for key in _words(note, note_types)}
    others = {key for row in rows.values() for key, cell in row.items() if cell.strip()}
    unknown = sorted(key for key in others - known - {"id", *OF_SET} if key[:1] != "#")
    if unknown:
        yield _("columns that are not keys of the notes: {names}", names=shown(unknown))


def _type(note: Written, note_types: Mapping[str, NoteType]) -> NoteType | None:
    return note_types.get(note_type_named(note.note_type, note_types) or "")


def _words(note: Written, note_types: Mapping[str, NoteType]) -> dict[str, str]:
    """The key that each word means in a row of the note, but for its id and what is the set's."""
    own = {key: key for key in NOTE_KEYS if key != "id"}
    return {**keys_by_word(_type(note, note_types)), **own}


def _cells(note: Written, row: Row, note_types: Mapping[str, NoteType]) -> dict[str, str]:
    """The column of each key: of several, which other note types may need, the filled one."""
    found: dict[str, str] = {}
    words = _words(note, note_types)
    for column in row:
        key = words.get(column)
        known = found.get(key or "")
        if key is None or (known is not None and not row[column].strip()):
            continue
        if known is not None and row[known].strip():
            id = note.id
            message = _(SAME_FIELD, second=column, first=known)
            raise CannotImportError(_("row of {id}: {message}", id=id, message=message))
        found[key] = column
    return found


def _changed_file(
    files: Files,
    path: str,
    pairs: Iterable[tuple[Written, Row]],
    note_types: Mapping[str, NoteType],
) -> FixedFile:
    before = files.read_bytes(path, Diagnostics()) or b""
    changes: dict[int, dict[str, Value]] = {}
    fixes = []
    for note, row in pairs:
        for key, word, value in _changes(note, row, note_types):
            changes.setdefault(note.place, {})[key] = value
            there = note.values.get(word)
            place = note.values.span if there is None else there.span
            fixes.append(Fix(place, _('"{key}" is now as in the sheet', key=word)))
    return FixedFile(path, before, _edited(path, before, changes, note_types), fixes)


def _edited(
    path: str,
    before: bytes,
    changes: Mapping[int, Mapping[str, Value]],
    note_types: Mapping[str, NoteType],
) -> bytes:
    card_set = read_yaml_set(path, before, note_types)
    if card_set is None:
        raise CannotImportError(
            _("{path} is written in a way that cannot be changed here", path=path)
        )
    try:
        return card_set.with_values(changes) if changes else before
    except EditRefusedError as error:
        raise CannotImportError(error.message) from error


def _changes(
    note: Written, row: Row, note_types: Mapping[str, NoteType]
) -> Iterator[tuple[str, str, Value]]:
    """The key, the word for it and the new value of each cell that differs from the note."""
    note_type = _type(note, note_types)
    formats = formats_of(note_type)
    written = words_by_key(note, note_type)
    for key, column in sorted(_cells(note, row, note_types).items()):
        word, format = written.get(key, column), formats.get(key, "text")
        now = _as_read(cell_of(note.values.get(word)))
        cell = with_breaks(_as_read(row[column]), now) if format == "markdown" else row[column]
        if cell == now or not (cell.strip() or now.strip()):
            continue
        if fault := formula_fault(text(cell, Span(""))):
            raise CannotImportError(
                _(
                    "row of {id}, {key}: {message}; {help}",
                    id=note.id,
                    key=column,
                    message=fault.message,
                    help=fault.help,
                )
            )
        yield key, word, value_of_cell(cell, format)


def _as_read(cell: str) -> str:
    """A cell as read back from a file, in which all line ends are the same."""
    return cell.replace("\r\n", "\n").replace("\r", "\n")


def update_deck(root: Path, deck: str, sheet: Path, *, write: bool = True) -> Update:
    """Returns what a sheet changes in a deck's card sets; `write` writes all or nothing."""
    name = chosen_deck(root, deck or (sheet.stem if sheet.stem in deck_names(root) else ""))
    with (changing if write else reading)(root):
        found = update(root, name, sheet)
        if write:
            replace_files(root, {one.path: (one.before, one.after) for one in found.files})
    return found
