"""A deck as its sources give it now, and as published: what corrections are compared with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from kartu.anki.field_html import canonical
from kartu.compile.built import BuiltNote
from kartu.compile.deck import DeckCompiler, compiler_of
from kartu.compile.render.media import renamed_in
from kartu.compile.render.results import Results
from kartu.compile.render.strangers import Strangers
from kartu.core.diagnostics import Diagnostics
from kartu.core.model import Deck, FieldType, Note, NoteType, Project, all_names
from kartu.core.source import Mapping as Keys
from kartu.core.source import Node, Span, text
from kartu.core.source import Sequence as Items
from kartu.ledger.entries import NoteEntry, shown_hash
from kartu.ledger.file import ledger_path, read_ledger
from kartu.load.card_sets import written_notes
from kartu.load.files import Files
from kartu.load.names import tag_part
from kartu.rewrite.notes.values import Value


class OurField(NamedTuple):
    """A field that an author fills: what Anki gets of it now, by all names that it has there."""

    place: int
    type: FieldType
    html: str
    names: tuple[str, ...]


class OurDeck:
    """The notes of a deck as Anki gets them, by GUID.

    `results` may hold results of templates from earlier builds; `only` are ids of the notes that
    are needed, None for all.
    """

    def __init__(
        self,
        project: Project,
        deck: Deck,
        files: Files,
        results: Results,
        only: Collection[str] | None = None,
    ) -> None:
        self.project = project.of(deck)
        self.deck = deck
        self.files = files
        self.diagnostics = Diagnostics()
        self.prefix = f"{tag_part(deck.prefix)}::" if deck.prefix_tags else ""
        self.results = results
        self._strangers = Strangers()
        self._compiler: DeckCompiler | None = None
        self.use(files)
        notes = (note for note in written_notes(deck) if only is None or note.id in only)
        built = [self.build(note) for note in notes]
        self.notes: dict[str, BuiltNote] = {one.guid: one for one in built if one is not None}
        self.published: Mapping[str, NoteEntry] = read_ledger(
            files, ledger_path(deck), self.diagnostics
        ).notes
        # The names in packages of the files of the deck.
        self.packed = {
            file.name: file.path.rpartition("/")[2]
            for note in self.notes.values()
            for file in note.media
        }

    def use(self, files: Files) -> None:
        """Compiles notes from now on with these files, which may not be saved yet."""
        self._compiler = compiler_of(self.project, self.deck, files, self.results, self._strangers)

    @property
    def note_types(self) -> dict[str, NoteType]:
        """The note types of the project by id."""
        return {id: one for id, one in self.project.note_types.items() if one is not None}

    def build(self, note: Note) -> BuiltNote | None:
        """Returns a note as Anki gets it, also where it has errors; None where it has no type."""
        return self._compiler.build(note) if self._compiler is not None else None

    def fields_of(self, built: BuiltNote) -> Iterator[OurField]:
        """Yields the fields of a note that its author fills."""
        for place, (one, html) in enumerate(zip(built.note_type.fields, built.fields, strict=True)):
            field = one.declared
            if field is not None and not field.origin and not field.retired:
                yield OurField(place, field, html, (one.name, *all_names(field)))


def shown_html(built: BuiltNote, place: int) -> str:
    """Returns the canonical HTML of a field of a note, with the names that its files have here."""
    names = {file.name: file.path.rpartition("/")[2] for file in built.media}
    return canonical(renamed_in(built.fields[place], names))


def with_value(note: Note, key: str, value: Value) -> Note:
    """Returns a note with another value."""
    values = Keys(note.values)
    values.span = note.id.span
    there = note.values.get(key)
    values[key] = node_of(value, there.span if there is not None else note.id.span)
    return note._replace(values=values)


def node_of(value: Value, span: Span) -> Node:
    """Returns a form's value as a source holds it."""
    if isinstance(value, str):
        return text(value, span)
    if isinstance(value, dict):
        keys = Keys({text(key, span): text(one, span) for key, one in value.items()})
        keys.span = span
        return keys
    items = Items(node_of(one, span) for one in value)
    items.span = span
    return items


def hashes(entry: NoteEntry | None, place: str, bases: Iterable[str]) -> tuple[set[str], set[str]]:
    """Returns the hashes of what a field showed: as published last, and in earlier releases.

    `bases` is its HTML in packages that students have.
    """
    now = {entry.shown[place]} if entry is not None and place in entry.shown else set()
    if entry is not None and entry.shown and place not in entry.shown:  # else nothing is known
        now = {shown_hash("")}
    earlier = set(entry.earlier.get(place, "").split()) if entry is not None else set()
    given = {shown_hash(html) for html in bases}
    return now or given, earlier | given
