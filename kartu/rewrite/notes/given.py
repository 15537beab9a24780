"""Ids of notes that write none: an edit saves which note each one is, so that it stays that one.

What an edit does to texts could not be found again by them: a corrected question is another text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostics, has_errors
from kartu.core.language import _
from kartu.core.model import Deck, Note, NoteType
from kartu.core.source import Span, texts_in
from kartu.load.card_sets import read_card_set
from kartu.load.files import Files
from kartu.load.ids import published_ids, read_saved
from kartu.load.ids.lines import ENDING, together
from kartu.load.ids.names import id_of_texts
from kartu.load.ids.values import Row, Saved, row_of
from kartu.load.ids.words import Words
from kartu.load.note_type import NOTE_KEYS
from kartu.rewrite.edits import common_ends
from kartu.rewrite.ids import with_lines
from kartu.rewrite.notes.card_set import CardSet
from kartu.rewrite.notes.values import EditRefusedError, cell_of_value

NEW = ""  # in place of the id of a note that gets one


class EditedFiles(Files):
    """The files of a project, some with other contents than on the disk."""

    def __init__(self, root: Path, contents: Mapping[str, bytes]) -> None:
        super().__init__(root)
        self._contents = contents

    def is_file(self, path: str) -> bool:
        return path in self._contents or super().is_file(path)

    def read_bytes(self, path: str, diagnostics: Diagnostics) -> bytes | None:
        known = self._contents.get(path)
        return known if known is not None else super().read_bytes(path, diagnostics)


class Taken(NamedTuple):
    """What is taken down of an edit: files before and after, and the ids of new notes in order."""

    files: dict[str, tuple[bytes | None, bytes | None]]
    new: list[str]


class GivenNotes:
    """The notes of a deck that write no id, as its files are now."""

    def __init__(
        self, files: Files, deck: Deck, note_types: Mapping[str, NoteType], taken: set[str]
    ) -> None:
        self._files = files
        self._deck = deck
        self._note_types = note_types
        self._taken = taken
        given = deck.given
        self._without = {*given.continued, *given.new, *given.undecided}
        all_notes = deck.all_notes if self._without else ()
        self.places = {str(n.id): n.id.span for n in all_notes if n.id.span in self._without}

    def place(self, card_set: CardSet, id: str) -> int:
        """Returns where a note without an id is. Raises EditRefusedError where that is in doubt."""
        span = self.places[id]
        found = (place for place in range(len(card_set)) if card_set.span_at(place) == span)
        place = next(found, None)
        if place is None or not _same(card_set, place, self._by_place[span]):
            message = _("{path} was changed meanwhile", path=card_set.path)
            raise EditRefusedError(span, message, _("open the card again"))
        return place

    def ids(self, card_set: CardSet) -> list[str]:
        """Returns the ids of the notes of a set, also of those that are not in the file."""
        own = {place: id for id, place in self.places.items()}
        return [
            card_set.id_at(place) or own.get(card_set.span_at(place), NEW)
            for place in range(len(card_set))
        ]

    @property
    def concerned(self) -> bool:
        """Whether the deck has notes without an id, or files of ids."""
        return bool(self.places or self._paths)

    @cached_property
    def _paths(self) -> list[str]:
        folder = self._deck.folder
        names = self._files.names(folder)
        return [f"{folder}/{name}" for name in names if name.endswith(ENDING)]

    def check_decided(self, id: str) -> None:
        """Raises EditRefusedError for a row of which nothing says which published note it is."""
        span = self.places.get(id)
        if span is None:
            return
        if span in self._deck.given.undecided:
            message = _('it is not decided whether this is the note "{id}", corrected', id=id)
            help = _("kartu ids {path} asks", path=span.path)
            raise EditRefusedError(span, message, help)
        if span in self._deck.given.new and self._lacking:
            message = _("nothing says which published note this is")
            name = f"{span.path}{ENDING}"
            help = _("get {name} back from git or a backup", name=name)
            raise EditRefusedError(span, message, help)

    @cached_property
    def _lacking(self) -> set[str]:
        known = {str(note.id) for note in self._deck.all_notes} - self.places.keys()
        return published_ids(self._files, self._deck.folder) - known - {*self._deck.given.saved}

    @cached_property
    def _by_place(self) -> dict[Span, Note]:
        return {note.id.span: note for note in self._deck.all_notes}

    # --- taking down ------------------------------------------------------------------------------

    def taken_down(
        self,
        before: Mapping[str, Sequence[str]],
        after: Mapping[str, tuple[CardSet, Sequence[str]]],
    ) -> Taken:
        """Returns what an edit changes in the files of ids.

        Args:
            before: The ids of the notes of the sets that it changes, by path.
            after: These sets as they will be, with the ids of their notes; NEW for new ones.
        """
        diagnostics = Diagnostics()
        words = Words(self._files, self._note_types)
        read = read_saved(self._files, self._paths, words, diagnostics)
        if has_errors(diagnostics):
            first = next(iter(diagnostics))
            help = _("first fix what kartu check reports in it")
            raise EditRefusedError(first.span, first.message, help)
        saved: dict[str, Saved] = {}
        for one in (one for _content, lines in read.values() for one in lines):
            saved[one.id] = together(saved[one.id], one) if one.id in saved else one
        lines, new = self._lines(after, saved)
        there = {id for _set, ids in after.values() for id in ids}
        gone = {id for ids in before.values() for id in ids} - there
        lines += [saved[id]._replace(gone=True) for id in sorted(gone & saved.keys())]
        files = {}
        for path, change in with_lines(read, lines, words).items():
            raw = self._files.read_bytes(path, Diagnostics()) if change.before is not None else None
            files[path] = (raw, change.after)
        return Taken(files, new)

    def _lines(
        self, after: Mapping[str, tuple[CardSet, Sequence[str]]], saved: Mapping[str, Saved]
    ) -> tuple[list[Saved], list[str]]:
        taken = {*self._taken, *saved, *self.places}
        undecided = {one.id for one in self._deck.given.proposals}
        lines, new = [], []
        for path, (card_set, ids) in after.items():
            for place, row, id in self._rows(path, card_set):
                known = id or ids[place]
                if known == NEW:
                    known = id_of_texts(row, taken)
                    taken.add(known)
                    new.append(known)
                if known not in undecided and (not id or known in saved):
                    texts = (row.texts,)
                    lines.append(Saved(known, row.note_type, row.guid, texts, False, path))
        return lines, new

    def _rows(self, path: str, card_set: CardSet) -> list[tuple[int, Row, str]]:
        """The notes of a set as they will be read: the place, the texts and the written id."""
        files = EditedFiles(self._files.root, {path: card_set.data})
        places: dict[str | Span, int] = {}
        for number in range(len(card_set)):
            places[card_set.id_at(number) or card_set.span_at(number)] = number
        found = []
        for note in read_card_set(files, path, {**self._note_types}, Diagnostics()):
            id = str(note.id)
            place = places.get(id or note.id.span)
            if place is not None:
                found.append((place, row_of(note, self._note_types.get(note.note_type)), id))
        return found


def _same(card_set: CardSet, place: int, note: Note) -> bool:
    """Whether the set has the note at this place: the first of its texts, and no id."""
    values = card_set.form(place).values
    texts = (text for value in note.values.values() for text in texts_in(value))
    now = {cell_of_value(value).strip() for value in values.values()}
    first = next(texts, None)
    return not card_set.id_at(place) and (first is None or str(first).strip() in now)


def texts_of_notes(card_set: CardSet) -> list[str]:
    """Returns the notes of a set by their texts alone, as notes without an id are found."""
    return [
        repr([form.note_type, {k: v for k, v in form.values.items() if k not in NOTE_KEYS}])
        for form in card_set.forms()
    ]


def same_ids(old: list[str], ids: Sequence[str], new: list[str], note: str) -> list[str]:
    """Returns the ids of notes after one was changed, added or moved: of `note`, if it is new."""
    first, last = common_ends(old, new)
    rest = list(zip(old, ids, strict=True))[first : len(old) - last]
    found: list[str | None] = []
    for one in new[first : len(new) - last]:
        same = next((pair for pair in rest if pair[0] == one), None)
        if same is not None:
            rest.remove(same)
        found.append(same[1] if same is not None else None)
    changed = found.count(None)
    left = iter([id for _content, id in rest] if len(rest) == changed else [note] * changed)
    middle = [one if one is not None else next(left) for one in found]
    whole = [*ids[:first], *middle, *ids[len(ids) - last :]]
    if len(new) < len(old) and note in whole and note in ids:  # of equal notes, it is gone
        content = old[ids.index(note)]
        others = (id for id, one in zip(ids, old, strict=True) if one == content)
        equal = next((id for id in others if id not in whole), note)
        whole[whole.index(note)] = equal
    return whole
