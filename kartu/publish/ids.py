"""`kartu ids`: a person says which row is which note, and the files of ids take it down."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from kartu.core.atomic import write_files
from kartu.core.diagnostics import Diagnostics, has_errors
from kartu.core.given import Proposal
from kartu.core.language import _
from kartu.core.model import Deck, Note, NoteType, Project
from kartu.core.source import Span
from kartu.core.text import shown
from kartu.core.usage import UsageError, writing
from kartu.ledger.entries import GONE
from kartu.ledger.file import ledger_path, read_ledger
from kartu.load import deck_names, load_project
from kartu.load.access import changing
from kartu.load.files import Files
from kartu.load.ids import read_saved
from kartu.load.ids.lines import ENDING, together
from kartu.load.ids.names import id_of_texts
from kartu.load.ids.values import Row, Saved, is_cut, row_of
from kartu.load.ids.words import Words
from kartu.load.words import for_deck, keys_by_word, note_type_named, own_fields, word_of
from kartu.rewrite.ids import saving, with_lines

# The card set of notes whose rows were deleted: explicit ids, and the reason.
RETIRED = "retired.csv"


class Asked(NamedTuple):
    """What a command is about: a deck, and one of its card sets or all of them (empty)."""

    root: Path
    deck: str
    path: str = ""


class Answers(NamedTuple):
    """`same` are such as `7=id`, `new` rows such as `7`; `all_same` accepts every proposal."""

    same: Sequence[str] = ()
    new: Sequence[str] = ()
    all_same: bool = False


def accept_proposals(root: Path, decks: Sequence[str]) -> None:
    """Saves every row that looks like a missing note as that note; of all decks for none."""
    for deck in decks or deck_names(root):
        answer(Asked(root, deck), Answers(all_same=True))


def proposals(asked: Asked) -> list[Proposal]:
    """Returns the rows that look like missing notes, in order."""
    found = _Ids(asked).proposals()
    return sorted(found, key=lambda one: one.place)


def answer(asked: Asked, answers: Answers) -> int:
    """Writes what a person says into the files of ids. Returns the number of answers.

    Raises UsageError for an answer that cannot be.
    """
    with changing(asked.root):
        ids = _Ids(asked)
        given: dict[Span, str] = {}
        if answers.all_same:
            given |= {one.place: one.id for one in ids.proposals()}
        for one in answers.same:
            row, equals, id = one.rpartition("=")
            if not equals:
                raise UsageError(_('write --same ROW=ID, not "{answer}"', answer=one))
            given[ids.place(row)] = ids.free(id.strip())
        given |= {ids.place(row): "" for row in answers.new}
        if len({id for id in given.values() if id}) < sum(1 for id in given.values() if id):
            raise UsageError(_("one id was given to two rows"))
        ids.take_down(given)
    return len(given)


def retire(asked: Asked, id: str, reason: str) -> tuple[str, list[str]]:
    """Puts the row of a missing published note back, with the reason why it is retired.

    Returns the card set that has it now, and the fields of which only the beginning was known.
    Raises UsageError where the note is there, or was never published.
    """
    with changing(asked.root):
        ids = _Ids(asked)
        one = ids.saved.get(ids.free(id))
        ledger = read_ledger(ids.files, ledger_path(ids.deck), Diagnostics())
        published = ledger.notes.get(id)
        if one is None or published is None or published.hash == GONE or ledger.deck is None:
            raise UsageError(
                _('the note "{id}" was not published: without its row it is simply gone', id=id)
            )
        subdeck = published.deck.removeprefix(ledger.deck.name).removeprefix("::")
        texts = one.versions[-1]
        row = {"note_type": one.note_type, "subdeck": subdeck, "id": id, **texts}
        path = f"{ids.deck.folder}/{RETIRED}"
        kinds = for_deck(ids.project.note_types, ids.deck)
        content = _with_row(ids.files, path, {**row, "retired": reason}, kinds)
        with writing(path):
            write_files({Path(ids.files.path(path)): content})
    return path, [key for key, text in texts.items() if is_cut(text)]


def _with_row(
    files: Files, path: str, row: Mapping[str, str], kinds: Mapping[str, NoteType | None]
) -> bytes:
    """The card set of retired notes with one more row, in the words of the deck's language."""
    rows: list[dict[str, str]] = []
    if files.is_file(path):
        diagnostics = Diagnostics()
        content = files.read_text(path, diagnostics)
        if content is None:
            raise UsageError(_("{path} cannot be read", path=path))
        rows = list(csv.DictReader(io.StringIO(content, newline="")))
    rows = [_in_words(one, kinds) for one in (*rows, row)]
    columns = list(dict.fromkeys(key for one in rows for key in one if key))
    columns.sort(key=lambda key: key == "retired")
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()


def _in_words(row: Mapping[str, str], kinds: Mapping[str, NoteType | None]) -> dict[str, str]:
    """A row with the words of a deck's authors for its note type and for the fields of that."""
    kind = kinds.get(note_type_named(row.get("note_type") or "", kinds) or "")
    if kind is None:
        return dict(row)
    keys, fields = keys_by_word(kind), own_fields(kind)
    words = {word: word_of(fields[key], kind.language) for word, key in keys.items()}
    named = {words.get(word, word): text for word, text in row.items()}
    return {**named, "note_type": word_of(kind, kind.language)}


class _Ids:
    """A deck's notes without an id, and the files of ids as they are."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.files = Files(asked.root)
        self.project, _rest = load_project(asked.root)
        self.deck = _deck(self.project, asked.deck)
        self.note_types = self.project.of(self.deck).note_types
        names = [n for n in self.files.names(self.deck.folder) if n.endswith(ENDING)]
        paths = [f"{self.deck.folder}/{name}" for name in names]
        diagnostics = Diagnostics()
        self.words = Words(self.files, self.note_types)
        self.read = read_saved(self.files, paths, self.words, diagnostics)
        if has_errors(diagnostics):
            first = next(iter(diagnostics))
            raise UsageError(f"{first.span.path}:{first.span.line}: {first.message}")
        self.saved: dict[str, Saved] = {}
        for _content, found in self.read.values():
            for one in found:
                id = one.id
                self.saved[id] = together(self.saved[id], one) if id in self.saved else one
        given = self.deck.given
        self.without = {*given.continued, *given.new, *given.undecided}
        self.notes = {note.id.span: note for note in self.deck.all_notes}

    def proposals(self) -> list[Proposal]:
        path = self.asked.path
        return [one for one in self.deck.given.proposals if path in ("", one.place.path)]

    def place(self, row: str) -> Span:
        """The place of a row, given by its number, or `file:7` or `sheet:7`."""
        where, _colon, number = row.strip().rpartition(":")
        found = [
            one
            for one in self.without
            if str(one.line) == number
            and self.asked.path in ("", one.path)
            and where in ("", one.sheet, one.path, one.path.rpartition("/")[2])
        ]
        if len(found) == 1:
            return found[0]
        if found:
            places = shown(sorted(f"{one.sheet or one.path}:{one.line}" for one in found))
            raise UsageError(_("which row {row}? There are {places}", row=row, places=places))
        raise UsageError(_("no note without an id begins in row {row}", row=row))

    def free(self, id: str) -> str:
        """The id, which a note has had that is not there now."""
        if id in {str(one) for one in self.deck.given.continued.values()}:
            raise UsageError(_('another row is the note "{id}"', id=id))
        if id in self.saved and not any(
            str(note.id) == id and place not in self.without for place, note in self.notes.items()
        ):
            return id
        raise UsageError(_('no missing note has the id "{id}"', id=id))

    def row(self, note: Note) -> Row:
        return row_of(note, self.note_types.get(note.note_type))

    def take_down(self, given: Mapping[Span, str]) -> None:
        """Writes which note the rows are; an empty id is a new one."""
        taken = {*self.saved, *(str(note.id) for note in self.deck.all_notes)}
        ledger = read_ledger(self.files, ledger_path(self.deck), Diagnostics())
        taken |= set(ledger.notes)
        lines = []
        for place, answer in given.items():
            row = self.row(self.notes[place])
            id = answer or id_of_texts(row, taken)
            taken.add(id)
            lines.append(Saved(id, row.note_type, row.guid, (row.texts,), False, place.path))
        self.write(lines)

    def write(self, lines: Iterable[Saved]) -> None:
        """Replaces the lines of these notes, each in the file of its card set."""
        changed = with_lines(self.read, lines, self.words)
        with writing(_("the files of ids")), saving(self.asked.root, changed) as written:
            write_files(written)

    def unknown(self) -> Iterator[tuple[Note, Row]]:
        """The notes without an id that no file of ids has."""
        for place in sorted(self.deck.given.new):
            if self.asked.path in ("", place.path):
                yield self.notes[place], self.row(self.notes[place])


def _deck(project: Project, name: str) -> Deck:
    found = next((one for one in project.decks if one.id == name and not one.variant), None)
    if found is None:
        raise UsageError(_('the deck "{name}" cannot be read; run kartu check', name=name))
    return found
