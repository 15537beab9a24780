"""Reads lists: Anki's text exports, spreadsheets, and lines of term, tab and definition."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from kartu.anki.apkg.archive import Identity
from kartu.anki.apkg.contents import Field, Template
from kartu.core.diagnostics import Diagnostics, has_errors
from kartu.core.language import _
from kartu.core.model import NoteType as OwnType
from kartu.core.model import all_names
from kartu.core.source import Text
from kartu.core.text import counted, shown
from kartu.importing.cells import files_beside, has_gap, holds_html, value_of
from kartu.importing.contents import (
    CannotImportError,
    ImportedContents,
    Note,
    NoteType,
)
from kartu.importing.existing import ExistingProject, list_fields
from kartu.importing.tables import SPECIAL, Sheet, Table, TableFinder, cell_at
from kartu.importing.texts import clean_text
from kartu.load.files import MAX_BYTES
from kartu.load.sheets.cells import Altered, Raised
from kartu.load.sheets.encoding import decode
from kartu.load.sheets.shield import unshielded
from kartu.load.words import all_aliases, word_of

LISTS = (".txt", ".tsv", ".csv", ".xlsx", ".ods")

# The separators that Anki has names for.
_SEPARATORS = {
    "tab": "\t",
    "comma": ",",
    "semicolon": ";",
    "pipe": "|",
    "colon": ":",
    "space": " ",
    **{character: character for character in "\t,;|: "},
}
_HEADER = re.compile(r"#\s*([a-z ]+?)\s*:(.*)")
_NAMES = ("Front", "Back")
# A whole cell in quotes, those in it doubled.
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
# Rows that are looked at to find the delimiter.
_MOST_COMPARED = 500
# What Anki takes out of the names of fields, and what is markup in templates.
_NOT_IN_NAMES = re.compile(r'[:{}"\[\]<>&]+')


def from_list(
    path: Path, note_type: str, existing: ExistingProject, heading: bool | None = None
) -> ImportedContents:
    """Returns the rows of a list as notes, of the project's note type if one is named.

    Args:
        heading: Whether the first row names the columns; None where the words in it decide.

    Raises:
        UnknownHeadingError: Nothing says whether the first row of a spreadsheet is a heading.
    """
    if path.stat().st_size > MAX_BYTES:
        raise CannotImportError(_("it is larger than {most} MiB", most=MAX_BYTES // 1024 // 1024))
    data = path.read_bytes()
    reader = _Reader(note_type, existing)
    finder = TableFinder(reader.keys, heading)
    if path.suffix in (".xlsx", ".ods"):
        tables = finder.of_sheets(_workbook(path, data))
    else:
        tables = _text(path, data, finder)
    for table in tables:
        reader.read(table)
    fields = (value for note in reader.notes for value in note.fields)
    media, missing = files_beside(path, fields)
    if reader.altered:
        reader.dropped.append(
            _(
                "how {cells} of the workbook look (dates, numbers with a format): {texts}",
                cells=counted(len(reader.altered), "cell"),
                texts=shown(reader.altered),
            )
        )
    if missing:
        reader.dropped.append(
            _("files that are not beside the list: {names}", names=shown(missing))
        )
    return ImportedContents(
        reader.note_types, reader.notes, {}, media, reader.dropped, Identity(), finder.remarks
    )


def _text(path: Path, data: bytes, finder: TableFinder) -> list[Table]:
    diagnostics = Diagnostics()
    content = decode(data, path.name, diagnostics)
    if content is None or "\0" in content:
        raise CannotImportError(next((one.message for one in diagnostics), _("it is not text")))
    announced, rest = _headers(content)
    if path.suffix == ".csv" and not announced:
        return finder.of_sheets([Sheet("", _cells(rest, _delimiter(rest)))])
    if not announced:
        rows = _lines(rest)
        found = finder.of_lines(rows)
        return [found or _announced(rows, [], {})]
    separator = _SEPARATORS.get(announced.pop("separator", "tab").casefold(), "\t")
    if "separator" not in content[:2000] and path.suffix == ".csv":
        separator = _delimiter(rest)
    names = next(csv.reader([announced.pop("columns", "")], delimiter=separator), [])
    return [_announced(_cells(rest, separator), names, announced)]


def _lines(content: str) -> list[list[str]]:
    """The cells of lines that are divided by tabs, or by semicolons where there are none.

    Older Ankis and spreadsheets put a cell with quotes or line breaks in quotes and double those
    in it, without a word at the top; quotes that someone typed stay.
    """
    lines = [line for line in content.split("\n") if line.strip()]
    if "\t" not in content and _have_semicolons(lines):
        return _cells(content, ";")
    typed = [line.split("\t") for line in lines]
    opened = [cell for row in typed for cell in row if cell.startswith('"')]
    quoted = any('""' in cell[1:-1] and _QUOTED.fullmatch(cell) for cell in opened)
    try:
        cells = _cells(content, "\t") if opened else typed
    except CannotImportError:
        if quoted:
            raise
        return typed
    return cells if quoted or len(cells) < len(typed) else typed


def _have_semicolons(lines: Sequence[str]) -> bool:
    """Whether semicolons divide lines in which no tab does: each has as many."""
    try:
        widths = {len(row) for row in csv.reader(lines, delimiter=";", strict=True)}
    except csv.Error:
        return False
    return len(widths) == 1 and widths.pop() > 1


def _headers(content: str) -> tuple[dict[str, str], str]:
    """What Anki's text exports say of themselves, in lines that begin with #; and the rest."""
    found: dict[str, str] = {}
    rest = content
    while line := _HEADER.fullmatch(rest.partition("\n")[0]):
        found[line[1]] = line[2] if line[1] in ("separator", "columns") else line[2].strip()
        rest = rest.partition("\n")[2]
    return found, rest


def _announced(rows: list[list[str]], names: list[str], announced: dict[str, str]) -> Table:
    special = {
        what: int(announced[f"{what} column"]) - 1
        for what in SPECIAL
        if announced.get(f"{what} column", "").isdecimal()
        and 0 < int(announced[f"{what} column"]) < 1000
    }
    gaps = any(has_gap(cell) for row in rows for cell in row)
    if not special and not names and not gaps and max(map(len, rows), default=0) < 2:
        raise CannotImportError(_("no line of it has a tab: write term, tab, definition in each"))
    shared = {what: announced[what] for what in SPECIAL if what in announced}
    return Table(names, rows, special, shared, announced.get("html", "").casefold() == "true")


def _delimiter(content: str) -> str:
    """The delimiter with which most rows have the same number of cells; of two the first row's."""
    first = content.partition("\n")[0]
    lines = content.split("\n", _MOST_COMPARED)[:_MOST_COMPARED]

    def alike(delimiter: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter))
        rows = max((count for width, count in widths.items() if width > 1), default=0)
        return rows, first.count(delimiter)

    try:
        return max(",;\t", key=alike)
    except csv.Error:
        return max(",;\t", key=first.count)


def _cells(content: str, delimiter: str) -> list[list[str]]:
    rows = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
    try:
        return [[*map(unshielded, row)] for row in rows if any(cell.strip() for cell in row)]
    except csv.Error as error:
        message = _(
            "its cells cannot be separated at line {line}: {error}; is a quote not closed?",
            line=rows.line_num,
            error=error,
        )
        raise CannotImportError(message) from error


def _workbook(path: Path, data: bytes) -> list[Sheet]:
    from kartu.load.sheets.workbook import read_workbook

    diagnostics = Diagnostics()
    sheets = read_workbook(data, path.name, diagnostics)
    if has_errors(diagnostics):
        first, *_rest = diagnostics
        raise CannotImportError(first.message)
    found = []
    for sheet in sheets:
        width = max((cell.span.column for row in sheet.rows for cell in row), default=0)
        rows = [_wide(row, width) for row in sheet.rows]
        title = sheet.place.sheet if len(sheets) > 1 else ""
        found.append(Sheet(title, [row for row in rows if any(map(str.strip, row))]))
    return found


def _wide(row: Sequence[Text], width: int) -> list[str]:
    found = [""] * width
    for cell in row:
        found[cell.span.column - 1] = cell.marked if isinstance(cell, Raised) else cell
    return found


class _Reader:
    """Turns rows into notes; each note type's name becomes a note type."""

    def __init__(self, note_type: str, existing: ExistingProject) -> None:
        self.note_types: dict[int, NoteType] = {}
        self.notes: list[Note] = []
        self.dropped: list[str] = []
        self.altered: list[str] = []  # cells whose text is not what people see
        self._chosen = existing.chosen(note_type) if note_type else None
        self._existing = existing
        self._numbers: dict[tuple[str, tuple[str, ...], int | None], int] = {}
        self.keys = self._keys(self._chosen) if self._chosen else {}

    def read(self, table: Table) -> None:
        """Adds the notes of a table."""
        width = max([len(table.names), *map(len, table.rows)], default=0)
        left = table.skipped.union(table.special.values())
        places = [place for place in range(width) if place not in left]
        places = [one for one in places if any(cell_at(row, one) for row in table.rows)]
        names = [table.names[one] if one < len(table.names) else "" for one in places]
        html = holds_html(cell for row in table.rows for cell in row)
        gaps = [
            n for n, one in enumerate(places) if any(has_gap(cell_at(r, one)) for r in table.rows)
        ]
        for row in table.rows:
            gap = (
                gaps[0]
                if gaps and (len(places) < 2 or has_gap(cell_at(row, places[gaps[0]])))
                else None
            )
            kind = self._number(_special(table, row, "notetype"), names, gap)
            cells = [
                value_of(cell_at(row, place), html=html, announced=table.html) for place in places
            ]
            taken = (cell_at(row, place) for place in places)
            self.altered += [f'"{one}"' for one in taken if isinstance(one, Altered)]
            tags = [*table.shared.get("tags", "").split(), *_own_tags(table, row)]
            self.notes.append(
                Note(
                    guid=_special(table, row, "guid"),
                    note_type=kind,
                    deck=_special(table, row, "deck"),
                    fields=self._fields(kind, names, cells),
                    tags=tuple(map(clean_text, tags)),
                    cards=None,
                )
            )

    def _number(self, name: str, names: Sequence[str], gap: int | None) -> int:
        """The number of the note type; `gap` is the place of a field with gaps."""
        own = self._chosen or self._existing.named(name)
        key = (own.id, (), None) if own else (name, tuple(names), gap)
        if key not in self._numbers:
            number = self._numbers[key] = len(self._numbers) + 1
            self.note_types[number] = _own(own) if own else _new(name, names, gap)
            if own and own.kind == "standard" and gap is not None:
                self.dropped.append(
                    _(
                        "gaps ({gap}), which {note_type} shows as they are typed: name a note "
                        "type for gaps with --note-type",
                        gap="{{c1::…}}",
                        note_type=word_of(own, own.language),
                    )
                )
            fields = [field.name for field in self.note_types[number].fields]
            self._report_unused(own, names, fields)
        return self._numbers[key]

    def _report_unused(self, own: OwnType | None, names: Sequence[str], fields: list[str]) -> None:
        if own is None:
            return
        matched = _matched(names, self._keys(own))
        unused = [name for name in names if name and matched and name.casefold() not in matched]
        if unused:
            message = _(
                "columns that {note_type} has no field for: {names}",
                note_type=word_of(own, own.language),
                names=shown(unused),
            )
            self.dropped.append(message)
        elif not matched and len(names) > len(fields):
            message = _(
                "columns after the {number} fields of {note_type}",
                number=len(fields),
                note_type=word_of(own, own.language),
            )
            self.dropped.append(message)

    def _keys(self, own: OwnType) -> dict[str, int]:
        """The places of fields by name, alias and key."""
        fields = list(enumerate(list_fields(own)))
        names = {name.casefold(): place for place, one in fields for name in all_names(one)}
        aliases = {word.casefold(): place for place, one in fields for word in all_aliases(one)}
        return names | aliases | {str(one.key): place for place, one in fields}

    def _fields(self, kind: int, names: Sequence[str], cells: list[str]) -> tuple[str, ...]:
        """The cells in the order of the fields: by their columns' names, else by their places."""
        note_type = self.note_types[kind]
        own = self._existing.note_types.get(note_type.own)
        found = [""] * len(note_type.fields)
        places = _matched(names, self._keys(own)) if own else {}
        if places:
            for name, cell in zip(names, cells, strict=True):
                if name.casefold() in places:
                    found[places[name.casefold()]] = cell
            return tuple(found)
        found[: len(cells)] = cells[: len(found)]
        return tuple(found)


def _matched(names: Sequence[str], keys: Mapping[str, int]) -> dict[str, int]:
    return {name.casefold(): keys[name.casefold()] for name in names if name.casefold() in keys}


def _special(table: Table, row: Sequence[str], what: str) -> str:
    own = cell_at(row, table.special[what]).strip() if what in table.special else ""
    return own or table.shared.get(what, "")


def _own_tags(table: Table, row: Sequence[str]) -> Iterator[str]:
    cell = cell_at(row, table.special["tags"]) if "tags" in table.special else ""
    yield from cell.replace(" | ", " ").split()


def _own(own: OwnType) -> NoteType:
    parts = tuple(Field(None, field.name) for field in list_fields(own))
    return NoteType(0, own.name, own.kind, 1, parts, (), "", own=own.id)


def _new(name: str, names: Sequence[str], gap: int | None) -> NoteType:
    """A note type for a list: its first column asks, the others answer; or gaps are filled in."""
    default_names = [*_NAMES, *(f"Column {number}" for number in range(3, len(names) + 1))]
    fields: list[str] = []
    for written, instead in zip(names, default_names, strict=False):
        field = " ".join(_NOT_IN_NAMES.sub(" ", clean_text(written)).split())
        field = field.strip("-_#^/ ")[:100].strip() or instead
        while field.casefold() in {one.casefold() for one in fields}:
            field += " 2"
        fields.append(field)
    parts = tuple(Field(None, one) for one in fields)
    if gap is not None:
        text = f"{{{{cloze:{fields[gap]}}}}}\n"
        rest = _rest(one for one in fields if one != fields[gap])
        card = Template(None, fields[gap], text, f'{text}<hr id="answer">\n{rest}\n')
        return NoteType(0, f"{name or 'List'} Cloze", "cloze", 1, parts, (card,), "")
    if len(fields) < 2:
        raise CannotImportError(_("it has one column: there is nothing to answer"))
    back = f'{{{{FrontSide}}}}\n<hr id="answer">\n{_rest(fields[1:])}\n'
    card = Template(None, f"{fields[0]} → {fields[1]}", f"{{{{{fields[0]}}}}}\n", back)
    return NoteType(0, name or "List", "standard", 1, parts, (card,), "")


def _rest(fields: Iterable[str]) -> str:
    return "\n".join(f"{{{{#{one}}}}}<div>{{{{{one}}}}}</div>{{{{/{one}}}}}" for one in fields)
