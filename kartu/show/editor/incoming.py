"""Files that a teacher brings to the page: held apart, shown as what they become, then imported.

Nothing of a file is in the project before it is imported. Its name is a text here, never a path.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from kartu.core.diagnostics import Diagnostic
from kartu.core.language import _, current
from kartu.core.model import Deck, Note, NoteType, in_language
from kartu.core.patterns import pattern
from kartu.core.source import Span, text
from kartu.importing.contents import CannotImportError
from kartu.importing.preview import (
    ENDINGS,
    PACKAGES,
    TABLES,
    MarkdownCards,
    PackageContents,
    ending_of_text,
    read_markdown_cards,
    read_package,
)
from kartu.importing.run import ImportOptions, ImportResult, import_file
from kartu.importing.table import Columns, SheetTable, read_table
from kartu.load.files import MAX_BYTES, Files
from kartu.load.headings import MOST_ABOVE
from kartu.load.names import MARKDOWN
from kartu.load.one_file import deck_name
from kartu.load.words import own_fields
from kartu.rewrite.notes.given import EditedFiles
from kartu.rewrite.notes.imported import with_notes
from kartu.rewrite.notes.read_notes import form_of
from kartu.rewrite.notes.values import EditRefusedError, cell_of_value
from kartu.show.editor.jobs import Job, job_refusal
from kartu.show.editor.outcomes import Outcome

if TYPE_CHECKING:
    from kartu.show.editor.desk import Desk

LARGEST = MAX_BYTES
STEPS = ("read", "import")
_FOLDER = "cards/incoming"
_SHOWN_ROWS, _SHOWN_CELL, _SHOWN_FAULTS, _SHOWN_NOTES = 40, 300, 50, 40
_ENGINE_KEYS = ("tags", "subdeck")
_BETWEEN = (": ", " = ", " – ", " — ", " - ")
_SPACE_BEHIND = pattern(r"([\t;])[ ]+")


class Incoming(NamedTuple):
    """A file that was brought: the name that it had, its ending, and its content."""

    name: str
    ending: str
    data: bytes
    pasted: bool = False

    @property
    def kind(self) -> str:
        """Which of the readers reads it."""
        if self.ending in PACKAGES:
            return "package"
        return "table" if self.ending in TABLES else "markdown"

    @property
    def path(self) -> str:
        """A path for its readers, at which no file is."""
        return f"{_FOLDER}/list{self.ending}"

    @property
    def deck_name(self) -> str:
        """A name for a deck of its notes."""
        return "" if self.pasted else deck_name(PurePath(self.name.replace("\0", "")))


class Choices(NamedTuple):
    """What a person chooses for a file: the deck for its notes, or the language of a new one, and
    what its columns are."""

    deck: str = ""
    language: str = ""
    columns: Columns = Columns()
    subdeck: str = ""


def incoming_file(name: str, data: bytes) -> Incoming:
    """Returns a file that was brought. Raises EditRefusedError for one of an unknown kind."""
    found = next((one for one in ENDINGS if name.lower().endswith(one)), "")
    if not found:
        message = _("this is no kind of file that can be read here")
        help = _("possible are: {names}", names=", ".join(ENDINGS))
        raise EditRefusedError(Span(""), message, help)
    return Incoming(name, found, data)


def incoming_text(text: str) -> Incoming:
    """Returns a text that was pasted, as a file."""
    ending = ending_of_text(text)
    content = _divided(text) if ending != MARKDOWN else text
    return Incoming(_("pasted text"), ending, content.encode(), pasted=True)


def _divided(text: str) -> str:
    """Returns a list as people send it, such as `term: meaning`, with tabs; another as it is.

    A sign divides only where each line has it, and before it nothing that could divide as well.
    """
    if '"' in text or text.startswith("#"):
        return text
    if any(sign in text for sign in "\t;"):
        return _SPACE_BEHIND.sub(r"\1", text)
    kept = [line for line in text.splitlines() if line.strip()]
    possible = [[line.partition(sign) for line in kept] for sign in _BETWEEN]
    lists = [one for one in possible if one and all(_is_pair(*line) for line in one)]
    if not lists:
        return text
    rows = min(lists, key=lambda one: sum(len(term) for term, _sign, _meaning in one))
    return "".join(f"{term.strip()}\t{meaning.strip()}\n" for term, _sign, meaning in rows)


def _is_pair(term: str, _sign: str, meaning: str) -> bool:
    return bool(term.strip() and meaning.strip()) and "," not in term


class Reading:
    """A brought file for an open project: what it becomes, and how it is imported."""

    def __init__(self, desk: Desk, file: Incoming, choices: Choices) -> None:
        self.desk = desk
        self.file = file
        self.choices = choices
        self.deck: Deck | None = desk.deck(choices.deck) if choices.deck else None
        self.note_types = self._note_types()
        self.files = EditedFiles(desk.root, {file.path: file.data})

    def _note_types(self) -> dict[str, NoteType]:
        project = self.desk.session.opened.project
        if self.deck is not None:
            return project.of(self.deck).note_types
        language = self.choices.language or current()
        return {id: in_language(one, language) for id, one in project.note_types.items()}

    # --- what it becomes --------------------------------------------------------------------------

    def value(self) -> dict[str, Any]:
        """Returns what the file would become. Raises EditRefusedError for nothing."""
        about = {"name": self.file.name, "kind": self.file.kind, "deck_name": self.file.deck_name}
        with _readable():
            if self.file.kind == "package":
                return about | self._package()
            if self.file.kind == "markdown":
                return about | self._markdown()
            return about | self._table()

    def package(self, path: Path) -> PackageContents:
        """Returns what is in a package, which lies at a path."""
        return read_package(path, self.desk.root, self.file.deck_name)

    def _package(self) -> dict[str, Any]:
        with self.on_disk() as path:
            found = self.package(path)
        return {
            **found._asdict(),
            "decks": [{"name": name, "notes": count} for name, count in found.decks],
            "types": [{"name": name, "notes": count} for name, count in found.note_types],
        }

    def _markdown(self) -> dict[str, Any]:
        found = self.markdown()
        return {
            "deck_name": found.title or self.file.deck_name,
            "note_type": found.note_type,
            "types": self._types(),
            "rows": [self._row(note) for note in found.notes[:_SHOWN_NOTES]],
            **self._counts(found.notes),
            "faults": [_fault(None, one) for one in found.faults[:_SHOWN_FAULTS]],
        }

    def markdown(self) -> MarkdownCards:
        """Returns the cards of a Markdown file."""
        kind = self.choices.columns.note_type
        return read_markdown_cards(self.files, self.file.path, {**self.note_types}, kind)

    def _row(self, note: Note) -> list[str]:
        """A note as the texts of its kind and its fields."""
        kind = self.note_types.get(note.note_type)
        values = form_of(note).values
        cells = [cell_of_value(values[key]) for key in own_fields(kind) if key in values]
        return [kind.name if kind is not None else "", *(_cut(cell) for cell in cells)]

    def table(self) -> SheetTable:
        """Returns the table that a list is."""
        return read_table(self.files, self.file.path, {**self.note_types}, self.choices.columns)

    def _table(self) -> dict[str, Any]:
        found = self.table()
        kind = self.note_types.get(found.note_type)
        keys = [{"key": key, "name": one.name} for key, one in own_fields(kind).items()]
        more = [key for key in found.keys if key not in own_fields(kind) and key != "#"]
        first = max((found.heading or 0) - 2, 0)
        return {
            "sheets": found.sheets,
            "sheet": found.sheet,
            "first": first,
            "rows": [[_cut(cell) for cell in row] for row in found.rows[first:][:_SHOWN_ROWS]],
            "headings": [
                " · ".join(filter(None, map(str.strip, row)))[:_SHOWN_CELL]
                for row in found.rows[:MOST_ABOVE]
            ],
            "total": len(found.rows),
            "heading": found.heading,
            "keys": list(found.keys),
            "fields": keys,
            "required": [key for key, one in own_fields(kind).items() if one.required],
            "other_keys": list(dict.fromkeys((*_ENGINE_KEYS, *more))),
            "note_type": found.note_type,
            "types": self._types(),
            **self._counts(found.notes),
            "faults": [_fault(place, one) for place, one in found.faults[:_SHOWN_FAULTS]],
            "more_faults": max(len(found.faults) - _SHOWN_FAULTS, 0),
        }

    def _types(self) -> list[dict[str, str]]:
        return [
            {"id": one.id, "name": one.name}
            for one in self.note_types.values()
            if one.kind != "image-occlusion"
        ]

    def _counts(self, notes: Sequence[Note]) -> dict[str, int]:
        unfinished = sum(note.unfinished is not None for note in notes)
        return {"notes": len(notes), "unfinished": unfinished}

    # --- importing --------------------------------------------------------------------------------

    def notes(self) -> list[Note]:
        """Returns the notes of a list or of Markdown. Raises EditRefusedError for none."""
        with _readable():
            is_table = self.file.kind == "table"
            found = self.table().notes if is_table else self.markdown().notes
            if not found:
                raise CannotImportError(_("it has no cards"))
        if self.choices.subdeck:
            subdeck = text(self.choices.subdeck, Span(""))
            found = [one if one.subdeck else one._replace(subdeck=subdeck) for one in found]
        return found

    def into(self, deck: Deck, notes: Sequence[Note]) -> Outcome:
        """Saves the notes as card sets of a deck, an edit that can be undone."""
        stem = self.file.deck_name or _("list")
        files = Files(self.desk.root)
        if files.one is not None:
            raise EditRefusedError(Span(""), _("a file is one deck"))
        changes = with_notes(files, deck, self.note_types, notes, stem)
        title = self.file.name
        return self.desk.session.apply(deck.id, "import", changes, title=title)

    def import_package(self, job: Job) -> None:
        """Imports the decks of a package; a cancelled import leaves nothing."""
        job.begin(0)
        try:
            with self.on_disk() as path:
                self._check_new(self.package(path))
                job.begin(1)
                options = ImportOptions(path, self.desk.root, language=self.choices.language)
                result = import_file(options._replace(name=self.file.deck_name), job.report)
        except CannotImportError as error:
            job.refusals = [job_refusal("import", str(error))]
            return
        self.desk.refresh()
        self.desk.projects.remember()
        job.result = _result(result)

    def _check_new(self, package: PackageContents) -> None:
        """Raises CannotImportError for a deck whose name another one of the project has."""
        there = {str(one.name).casefold() for one in self.desk.decks()}
        for name, _count in package.decks:
            if name.casefold() in there:
                raise CannotImportError(_('the project has a deck "{name}" already', name=name))

    @contextmanager
    def on_disk(self) -> Iterator[Path]:
        """Yields a path at which the file lies, in a folder of the editor's own."""
        with self.desk.workplace() as folder:
            path = folder / f"file{self.file.ending}"
            path.write_bytes(self.file.data)
            yield path


def _result(result: ImportResult) -> dict[str, Any]:
    return {
        "decks": [one._asdict() for one in result.decks],
        "dropped": list(result.dropped),
        "differences": len(result.differences),
        "faults": [one.message for one in result.diagnostics[:_SHOWN_FAULTS]],
    }


def _fault(place: int | None, one: Diagnostic) -> dict[str, Any]:
    return {"row": place, "severity": one.severity, "code": one.code, "message": one.message}


def _cut(cell: str) -> str:
    return cell if len(cell) <= _SHOWN_CELL else cell[: _SHOWN_CELL - 1] + "…"


@contextmanager
def _readable() -> Iterator[None]:
    """Refuses what cannot be read."""
    try:
        yield
    except CannotImportError as error:
        raise EditRefusedError(Span(""), str(error)) from error
