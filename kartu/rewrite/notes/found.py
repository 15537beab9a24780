"""The notes of a deck in its files: where each is, also those without an id of their own."""

from __future__ import annotations

from functools import cached_property

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _
from kartu.core.model import Deck, Note, Project
from kartu.core.source import Span
from kartu.ledger.file import ledger_path
from kartu.load.card_sets import written_notes
from kartu.load.files import Files
from kartu.rewrite.notes.card_set import CardSet, Form
from kartu.rewrite.notes.given import GivenNotes
from kartu.rewrite.notes.sets import edited_sets, read_set
from kartu.rewrite.notes.values import EditRefusedError
from kartu.rewrite.used_ids import Ledgers, ids_in_ledgers


class NotesInFiles:
    """The notes of a deck of a project, as its files are now.

    `deck` and `project` may be older: they say in which file each note is, and the note types.
    `known` are card sets as they were read before, with the same note types, `ledgers` the ids in
    ledgers likewise.
    """

    def __init__(
        self,
        files: Files,
        project: Project,
        deck: Deck,
        known: dict[str, CardSet] | None = None,
        ledgers: Ledgers | None = None,
    ) -> None:
        self._files = files
        self._project = project
        self._deck = deck
        self._note_types = project.of(deck).note_types
        self._paths = {str(note.id): note.id.place[0] for note in deck.all_notes}
        self._known = {} if known is None else known
        self._ledgers = ledgers or Ledgers()
        self._sets: dict[str, CardSet] = {}

    def form(self, id: str) -> Form:
        """Returns a note as a form shows it."""
        card_set, place = self._find(id)
        return card_set.form(place)._replace(id=id)

    @cached_property
    def _given(self) -> GivenNotes:
        return GivenNotes(self._files, self._deck, self._note_types, self._taken)

    @cached_property
    def published(self) -> frozenset[str]:
        """The ids of the notes that students of the deck or a translation of it have."""
        decks = [deck for deck in self._project.decks if deck.folder == self._deck.folder]
        read = (self._ledgers.ids(self._files, ledger_path(one)) for one in decks)
        return frozenset().union(*(one.published for one in read))

    def _found(self, id: str) -> tuple[CardSet, int]:
        """As `_find`, of a note that is to be changed."""
        self._given.check_decided(id)
        return self._find(id)

    def _find(self, id: str) -> tuple[CardSet, int]:
        """The set that holds a note, and its place there."""
        known = self._paths.get(id)
        if known is not None and id in self._given.places:
            card_set = self._set(known)
            return card_set, self._given.place(card_set, id)
        if known is not None and not known.startswith(f"{self._deck.folder}/"):
            message = _("this card is one of the deck that is extended")
            raise EditRefusedError(Span(known), message, _("write changes of it into changes.yaml"))
        others = edited_sets(self._files, self._deck)
        refused: EditRefusedError | None = None
        for path in [*filter(None, [known]), *(path for path in others if path != known)]:
            try:
                place = self._set(path).place_of(id) if self._files.is_file(path) else None
            except EditRefusedError as error:
                if path == known:
                    refused = error
                continue
            if place is not None:
                return self._set(path), place
        if refused is not None:
            raise refused
        raise EditRefusedError(self._deck.span, _('no card has the id "{id}"', id=id))

    def _set(self, path: str) -> CardSet:
        if path not in self._sets:
            known = self._known.get(path)
            if known is None or self._files.read_bytes(path, Diagnostics()) != known.data:
                known = self._known[path] = read_set(self._files, path, self._note_types)
            self._sets[path] = known
        return self._sets[path]

    def _last(self, note_type: str, subdeck: str) -> Form | None:
        """The last note of a type in a subdeck."""
        notes = (
            n for n in reversed(self._own()) if (n.note_type, n.subdeck) == (note_type, subdeck)
        )
        return next(filter(None, map(self._form_of, notes)), None)

    def _last_of(self, subdeck: str) -> Form | None:
        notes = (note for note in reversed(self._own()) if note.subdeck == subdeck)
        return next(filter(None, map(self._form_of, notes)), None)

    def _own(self) -> list[Note]:
        folder = f"{self._deck.folder}/"
        return [note for note in written_notes(self._deck) if note.id.span.path.startswith(folder)]

    def _form_of(self, note: Note) -> Form | None:
        try:
            return self.form(str(note.id))
        except EditRefusedError:  # a workbook, or a file with faults
            return None

    @cached_property
    def _taken(self) -> set[str]:
        """Every id that a note of the deck has or had."""
        decks = [deck for deck in self._project.decks if deck.folder == self._deck.folder]
        taken = {str(note.id) for deck in decks for note in deck.all_notes}
        taken |= {id for deck in decks if deck.translation for id in deck.translation.notes}
        taken |= {*self._deck.given.saved}
        return taken | (ids_in_ledgers(self._files, self._deck.folder, self._ledgers) or set())
