"""A project that is open in the editor: its notes, edits that are saved at once, undo and redo.

The session has no rules of its own. What an edit does to the files is said in rewrite/notes, what
is wrong with a note by load, checks and compile; here they are called in order, under the lock, and
what happened is written into the history.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from kartu.core.diagnostics import Diagnostic, Diagnostics
from kartu.core.language import _
from kartu.core.model import Deck
from kartu.core.source import Span, texts_in
from kartu.core.usage import UsageError
from kartu.load.access import changing
from kartu.load.card_sets import written_notes
from kartu.load.files import Files
from kartu.load.ids.lines import ENDING, read_lines
from kartu.rewrite.fix.files import bytes_of, replace_files
from kartu.rewrite.history import DROPPED, EDIT, KEPT, REDO, STUCK, UNDO, Entry, History
from kartu.rewrite.notes.card_set import Form, Values
from kartu.rewrite.notes.deck import Added, DeckNotes
from kartu.rewrite.notes.sets import Change, Changes, read_set
from kartu.rewrite.notes.values import EditRefusedError, Value, plain
from kartu.rewrite.splices import ClashError, Splice, digest, splice_of
from kartu.show.editor.opened import OpenProject, Shown


class NoteLine(NamedTuple):
    """A note in the list: `title` is its first text."""

    deck: str
    id: str
    title: str
    note_type: str
    subdeck: str
    path: str
    published: bool
    retired: bool
    unfinished: bool


class OpenNote(NamedTuple):
    """A note in the form, with its cards and what is wrong with it."""

    form: Form
    shown: Shown
    published: bool


class Refusal(NamedTuple):
    """Why an edit was not made, and where."""

    span: Span
    message: str
    help: str


class Clash(NamedTuple):
    """A text that was changed elsewhere too. Both are kept: `mine` in the history, `theirs` here.

    `key` is that of a value; empty for a whole change that could not be undone or made again.
    """

    path: str
    key: str
    mine: Value
    theirs: Value


class Outcome(NamedTuple):
    """What an edit did: what was saved is in the history as `number`, 0 for nothing.

    `note` is the id of the note to show next, empty for none.
    """

    note: str
    number: int = 0
    refusal: Refusal | None = None
    clashes: tuple[Clash, ...] = ()

    @property
    def saved(self) -> bool:
        """Whether the files are as the edit wanted them."""
        return self.refusal is None and not self.clashes


class Session:
    """The project in `root`, open; its history is in the folder `history`, None for in memory.

    What a killed session began is finished or dropped first.

    Raises:
        OSError: The history cannot be read or written.
    """

    def __init__(self, root: Path, history: Path | None) -> None:
        self.root = root
        self._history = History(history, root)
        with changing(root):
            self._recover()
        self._opened = OpenProject(root)

    # --- reading ----------------------------------------------------------------------------------

    @property
    def faults(self) -> list[Diagnostic]:
        """What is wrong with the files, as far as reading them shows."""
        return self._opened.faults

    def refresh(self) -> bool:
        """Looks at the disk again; returns whether something was changed there."""
        return self._opened.refresh()

    def notes(self, deck: str) -> list[NoteLine]:
        """Returns the notes of a deck in study order."""
        found = self._deck(deck)
        published = self._notes(found).published
        lines = []
        for note in written_notes(found):
            texts = (text for value in note.values.values() for text in texts_in(value))
            title = str(next(texts, note.id))
            place, id = note.id.span.path, str(note.id)
            where = (note.note_type, str(note.subdeck), place)
            marks = (id in published, note.retired is not None, note.unfinished is not None)
            lines.append(NoteLine(deck, id, title, *where, *marks))
        return lines

    def open(self, deck: str, id: str) -> OpenNote:
        """Returns a note for the form. Raises EditRefusedError where it cannot be edited."""
        self.refresh()
        found = self._deck(deck)
        notes = self._notes(found)
        form = notes.form(id)
        return OpenNote(form, self._opened.shown(found, form), id in notes.published)

    def preview(self, deck: str, id: str, values: Mapping[str, Value]) -> Shown:
        """Returns the cards of a note as they would be with these values; nothing is saved.

        Raises EditRefusedError where they cannot be written.
        """
        found = self._deck(deck)
        notes = self._notes(found)
        form = notes.form(id)
        changes = notes.with_values(id, values)
        contents = {path: one.after for path, one in changes.items() if one.after is not None}
        if form.path in contents:
            types = self._opened.project.of(found).note_types
            data = contents[form.path]
            edited = read_set(Files(self.root), form.path, types, data).form(form.place)
            form = edited._replace(id=id)
        return self._opened.shown(found, form, contents)

    # --- editing ----------------------------------------------------------------------------------

    def write(
        self,
        deck: str,
        id: str,
        values: Mapping[str, Value],
        seen: Mapping[str, Value] | None = None,
    ) -> Outcome:
        """Saves values of a note by key, blank ones are taken away.

        `seen` are the values that the form had before: one that is another now in the file stays
        there, and the new one is kept in the history.
        """
        clashes: list[Clash] = []
        about: dict[str, Any] = {"do": "write", "deck": deck, "note": id, "values": dict(values)}

        def make(notes: DeckNotes) -> tuple[Changes, str]:
            form = notes.form(id)
            about["before"] = {key: form.values.get(key, "") for key in values}
            clashes.extend(_clashes(form, values, seen or {}))
            lost = {one.key for one in clashes}
            own = {key: value for key, value in values.items() if key not in lost}
            return notes.with_values(id, own), id

        done = self._save(deck, about, make, values)
        for one in clashes:
            self._history.add(KEPT, {**about, "key": one.key, "value": one.mine})
        return done._replace(clashes=tuple(clashes))

    def add(
        self,
        deck: str,
        note_type: str,
        values: Values,
        *,
        after: str = "",
        subdeck: str | None = None,
    ) -> Outcome:
        """Saves a new note behind another one, or at the end of its subdeck."""
        about = {"do": "add", "deck": deck, "note_type": note_type}

        def make(notes: DeckNotes) -> tuple[Changes, str]:
            return _of(notes.added(note_type, values, after=after, subdeck=subdeck))

        return self._save(deck, about, make, values)

    def duplicate(self, deck: str, id: str) -> Outcome:
        """Saves a copy of a note behind it."""
        about = {"do": "duplicate", "deck": deck, "note": id}
        return self._save(deck, about, lambda notes: _of(notes.duplicated(id)))

    def move(self, deck: str, id: str, by: int) -> Outcome:
        """Moves a note up (below 0) or down."""
        about = {"do": "move", "deck": deck, "note": id}
        return self._save(deck, about, lambda notes: (notes.moved(id, by), id))

    def move_to_subdeck(self, deck: str, id: str, subdeck: str) -> Outcome:
        """Moves an unpublished note to the end of another subdeck."""
        about = {"do": "move", "deck": deck, "note": id}
        return self._save(deck, about, lambda notes: (notes.moved_to_subdeck(id, subdeck), id))

    def delete(self, deck: str, id: str) -> Outcome:
        """Deletes a note that was never published."""
        about = {"do": "delete", "deck": deck, "note": id}
        return self._save(deck, about, lambda notes: (notes.deleted(id), ""))

    def retire(self, deck: str, id: str, reason: str) -> Outcome:
        """Marks a note as no longer used; students see the reason."""
        about = {"do": "retire", "deck": deck, "note": id}
        return self._save(deck, about, lambda notes: (notes.retired(id, reason), id))

    def unretire(self, deck: str, id: str) -> Outcome:
        """Takes that mark away."""
        about = {"do": "unretire", "deck": deck, "note": id}
        return self._save(deck, about, lambda notes: (notes.unretired(id), id))

    def keep(self, deck: str, id: str, key: str, value: Value) -> None:
        """Keeps a text in the history that is not to be saved yet."""
        self._history.add(
            KEPT, {"do": "draft", "deck": deck, "note": id, "key": key, "value": plain(value)}
        )

    # --- history ----------------------------------------------------------------------------------

    def history(self) -> list[Entry]:
        """Returns all entries, the oldest first."""
        self._history.refresh()
        return list(self._history.entries)

    def undo(self) -> Outcome:
        """Undoes the newest edit; where its place was changed since, it stays."""
        return self._again(UNDO)

    def redo(self) -> Outcome:
        """Makes the edit again that was undone last."""
        return self._again(REDO)

    def _again(self, kind: str) -> Outcome:
        with changing(self.root):
            self._history.refresh()
            waiting = self._history.done() if kind == UNDO else self._history.undone()
            if not waiting:
                message = (
                    _("there is nothing to undo") if kind == UNDO else _("there is nothing to redo")
                )
                return Outcome("", refusal=Refusal(Span(""), message, ""))
            entry = waiting[-1]
            self._opened.refresh()
            try:
                changes = self._reversed(entry)
            except ClashError as error:
                self._history.add(STUCK, entry.about, of=entry.number)
                return Outcome("", clashes=(self._clash(error.splice),))
            except EditRefusedError as error:
                return Outcome("", refusal=_refusal(error))
            note = str(entry.about.get("note", ""))
            return self._write(kind, entry.about, changes, note, entry.number)

    def _reversed(self, entry: Entry) -> Changes:
        """The files without what an entry did. Raises ClashError where that is not possible.

        Raises EditRefusedError where it would take a published note away.
        """
        files, changes = Files(self.root), {}
        for splice in (one.back() for one in entry.splices if not one.path.endswith(ENDING)):
            data = bytes_of(files, splice.path)
            changes[splice.path] = Change(data, splice.applied(data))
        deck = self._opened.deck(str(entry.about["deck"]))
        if deck is None:
            raise EditRefusedError(Span(""), _("its deck is no longer there"))
        notes = self._notes(deck)
        changes = notes.restored(changes, str(entry.about.get("note", "")))
        gone = (self._ids(deck, changes, 0) - self._ids(deck, changes, 1)) & notes.published
        if gone:
            message = _('students have the card "{id}" by now', id=min(gone))
            raise EditRefusedError(deck.span, message, _("mark it as no longer used"))
        return changes

    def _ids(self, deck: Deck, changes: Changes, which: int) -> set[str]:
        """The ids of the notes in changed card sets, before (0) or after (1)."""
        types, files = self._opened.project.of(deck).note_types, Files(self.root)
        found: set[str] = set()
        for path, change in changes.items():
            data = change[which]
            if data is None or path.rpartition("/")[0] != deck.folder:
                continue
            if path.endswith(ENDING):
                saved = read_lines(data.decode(errors="replace"), path, Diagnostics())
                found |= {one.id for one in saved if not one.gone}
            else:
                found |= {form.id for form in read_set(files, path, types, data).forms()}
        return found - {""}

    def _clash(self, splice: Splice) -> Clash:
        theirs = bytes_of(Files(self.root), splice.path) or b""
        mine = splice.inserted.decode("utf-8", "replace")
        return Clash(splice.path, "", mine, theirs.decode("utf-8", "replace"))

    # --- saving -----------------------------------------------------------------------------------

    def _save(
        self,
        deck: str,
        about: Mapping[str, Any],
        make: Callable[[DeckNotes], tuple[Changes, str]],
        values: Mapping[str, Value] | None = None,
    ) -> Outcome:
        """Makes the changes from the files as they are now, and writes them; `values` are kept."""
        with changing(self.root):
            self._history.refresh()
            self._opened.refresh()
            try:
                changes, note = make(self._notes(self._deck(deck)))
            except EditRefusedError as error:
                for key, value in (values or {}).items():
                    self._history.add(KEPT, {**about, "key": key, "value": plain(value)})
                return Outcome("", refusal=_refusal(error))
            return self._write(
                EDIT, {**about, "note": note or about.get("note", "")}, changes, note
            )

    def _write(
        self, kind: str, about: Mapping[str, Any], changes: Changes, note: str, of: int = 0
    ) -> Outcome:
        """Writes first the history, then the files: what a kill leaves of it, the next run sees."""
        if not changes:
            return Outcome(note)
        splices = tuple(splice_of(path, *one) for path, one in changes.items())
        entry = self._history.add(kind, about, splices, of)
        try:
            replace_files(self.root, changes)
        except UsageError as error:
            self._history.add(DROPPED, about, of=entry.number)
            return Outcome("", refusal=Refusal(Span(splices[0].path), str(error), ""))
        self._opened.refresh()
        return Outcome(note, entry.number)

    def _recover(self) -> None:
        """Finishes the last change where a killed run wrote a part of it; drops it for none."""
        entry = self._history.last_written()
        if entry is None:
            return
        files = Files(self.root)
        now = {one: bytes_of(files, one.path) for one in entry.splices}
        begun = [one for one, data in now.items() if digest(data) == one.before]
        if len(begun) == len(entry.splices):
            self._history.add(DROPPED, entry.about, of=entry.number)
            return
        left = {one.path: Change(now[one], one.applied(now[one])) for one in begun}
        replace_files(self.root, left)

    # --- finding ----------------------------------------------------------------------------------

    def _deck(self, id: str) -> Deck:
        found = self._opened.deck(id)
        if found is None:
            raise EditRefusedError(Span("cards"), _('there is no deck "{name}"', name=id))
        return found

    def _notes(self, deck: Deck) -> DeckNotes:
        return DeckNotes(Files(self.root), self._opened.project, deck, self._opened.sets)


def _of(added: Added) -> tuple[Changes, str]:
    return added.changes, added.id


def _refusal(error: EditRefusedError) -> Refusal:
    return Refusal(error.span, error.message, error.help)


def _clashes(form: Form, values: Mapping[str, Value], seen: Mapping[str, Value]) -> list[Clash]:
    """The values that someone else changed since the form had them, to another text."""
    found = []
    for key, value in values.items():
        now, mine = form.values.get(key, ""), plain(value)
        if key in seen and now not in (plain(seen[key]), mine):
            found.append(Clash(form.path, key, mine, now))
    return found
