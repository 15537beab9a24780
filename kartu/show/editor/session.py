"""A project that is open in the editor: its notes, edits that are saved at once, undo and redo.

The session has no rules of its own. What an edit does to the files is said in rewrite/notes, what
is wrong with a note by load, checks and compile; here they are called in order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kartu.core.diagnostics import Diagnostic
from kartu.core.language import _
from kartu.core.model import Deck
from kartu.core.source import Span
from kartu.load.access import changing
from kartu.load.card_sets import written_notes
from kartu.load.files import Files
from kartu.rewrite.history import ADDED, EDIT, KEPT
from kartu.rewrite.media import added_media
from kartu.rewrite.new_deck import new_deck
from kartu.rewrite.notes.card_set import Form, Values
from kartu.rewrite.notes.deck import PERMANENT, Added, DeckNotes
from kartu.rewrite.notes.read_notes import form_of
from kartu.rewrite.notes.sets import Changes, is_edited, read_set
from kartu.rewrite.notes.settings import with_settings
from kartu.rewrite.notes.sources import with_source
from kartu.rewrite.notes.values import EditRefusedError, Value, is_blank, plain
from kartu.rewrite.pictures import Size
from kartu.rewrite.splices import ClashError
from kartu.show.editor.additions import MEDIA, NEW_DECK, SOURCE
from kartu.show.editor.earlier import PUBLISHED, files_to_keep
from kartu.show.editor.opened import Fault, Shown
from kartu.show.editor.outcomes import Clash, NoteLine, OpenNote, Outcome, Refusal
from kartu.show.editor.read import title_of
from kartu.show.editor.saved import SavedEdits, refusal_of


class Session(SavedEdits):
    """The notes of an open project, and what a teacher does with them."""

    # --- reading ----------------------------------------------------------------------------------

    @property
    def faults(self) -> list[Diagnostic]:
        """What is wrong with the files, as far as reading them shows."""
        return self.opened.faults

    def refresh(self) -> bool:
        """Looks at the disk again; returns whether something was changed there."""
        return self.opened.refresh()

    def notes(self, deck: str) -> list[NoteLine]:
        """Returns the notes of a deck in study order."""
        found = self.deck(deck)
        published = self._notes(found).published
        lines = []
        for note in written_notes(found):
            place, id = note.id.place[0], str(note.id)
            where = (note.note_type, str(note.subdeck), place)
            marks = id in published, note.retired is not None, note.unfinished is not None
            lines.append(NoteLine(deck, id, title_of(note), *where, *marks))
        return lines

    def title(self, deck: Deck, id: str) -> str:
        """Returns the title of a note, empty for none."""
        note = self.opened.note(deck, id)
        return title_of(note) if note is not None else ""

    def open(self, deck: str, id: str) -> OpenNote:
        """Returns a note for the form. Raises EditRefusedError where there is none."""
        self.refresh()
        found = self.deck(deck)
        notes, closed = self._notes(found), None
        try:
            form = notes.form(id)
        except EditRefusedError as error:
            note = self.opened.note(found, id)
            if note is None:
                raise
            form, closed = form_of(note), refusal_of(error)
        return OpenNote(form, self.opened.shown(found, form), id in notes.published, closed)

    def preview(self, deck: str, id: str, values: Mapping[str, Value]) -> Shown:
        """Returns the cards of a note as they would be with these values; nothing is saved.

        Raises EditRefusedError where they cannot be written.
        """
        found = self.deck(deck)
        notes = self._notes(found)
        form = notes.form(id)
        changes = notes.with_values(id, values)
        contents = {path: one.after for path, one in changes.items() if one.after is not None}
        if form.path in contents:
            types = self.opened.project.of(found).note_types
            data = contents[form.path]
            edited = read_set(Files(self.root), form.path, types, data).form(form.place)
            form = edited._replace(id=id)
        return self.opened.shown(found, form, contents)

    def preview_new(self, deck: str, note_type: str, values: Values) -> Shown:
        """Returns the cards of a note that is not there yet; nothing is saved.

        Raises EditRefusedError where it cannot be written.
        """
        found = self.deck(deck)
        if all(map(is_blank, values.values())):
            return Shown((), "", ())
        notes = self._notes(found)
        added = notes.added(note_type, values)
        contents = {path: one.after for path, one in added.changes.items() if one.after is not None}
        types = self.opened.project.of(found).note_types
        for path, data in contents.items():
            if is_edited(path, found):
                card_set = read_set(Files(self.root), path, types, data)
                place = added.place if added.place is not None else len(card_set) - 1
                form = card_set.form(place)._replace(id=added.id)
                return self.opened.shown(found, form, contents)
        raise AssertionError("a new note is in a card set")

    def at_fields(self, deck: Deck, id: str, faults: Sequence[Diagnostic]) -> list[Fault]:
        """Returns faults of a note with the keys of the fields at which they are."""
        try:
            form = self._notes(deck).form(id)
        except EditRefusedError:
            note = self.opened.note(deck, id)
            if note is None:
                return [Fault("", one) for one in faults]
            form = form_of(note)
        return self.opened.at_fields(deck, form, faults)

    # --- editing ----------------------------------------------------------------------------------

    def write(
        self,
        deck: str,
        id: str,
        values: Mapping[str, Value],
        seen: Mapping[str, Value] | None = None,
        chosen: Sequence[str] = (),
    ) -> Outcome:
        """Saves values of a note by key, blank ones are taken away.

        `seen` are the values that the form had before: one that is another now in the file stays
        there, and the new one is kept in the history. Of the keys `chosen` such a new one is saved
        after all: then the one that was in the file is kept in its place.
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
        for key in {*chosen} & {*values} - {one.key for one in clashes} if done.saved else ():
            other = {**about, "key": key, "value": about["before"][key]}
            self._history.add(KEPT, other, of=self._kept(deck, id, key))
        return done._replace(clashes=tuple(clashes))

    def _kept(self, deck: str, id: str, key: str) -> int:
        """The number of the newest text that lost to one from elsewhere, 0 for none."""
        wanted = {"do": "write", "deck": deck, "note": id, "key": key}.items()
        kept = (one for one in reversed(self._history.entries) if one.kind == KEPT)
        return next((one.number for one in kept if wanted <= one.about.items()), 0)

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
        about: dict[str, Any] = {"do": "delete", "deck": deck, "note": id}

        def make(notes: DeckNotes) -> tuple[Changes, str]:
            form = notes.form(id)
            ids = ["", *(one.id for one in self.notes(deck) if one.path == form.path), ""]
            about["neighbours"] = ids[ids.index(id) - 1 :: 2][:2]
            about["type"], about["subdeck"] = form.note_type, form.subdeck
            about["before"] = {k: plain(v) for k, v in form.values.items() if k not in PERMANENT}
            return notes.deleted(id), ""

        return self._save(deck, about, make)

    def put_back(self, number: int) -> Outcome:
        """Saves a note again that the edit `number` has deleted, with its id.

        It is where it was; where that place was changed since, behind the note before it.
        """
        entries = {one.number: one for one in self.history()}
        edit = entries.get(number)
        if edit is None or edit.about.get("do") != "delete":
            return Outcome("", refusal=Refusal(Span(""), _("there is nothing to undo"), ""))
        deck, id = str(edit.about["deck"]), str(edit.about["note"])
        about = {"do": "put_back", "deck": deck, "note": id}

        def make(notes: DeckNotes) -> tuple[Changes, str]:
            if self.opened.note(self.deck(deck), id) is not None:
                message = _('the note "{id}" is not missing', id=id)
                raise EditRefusedError(Span(""), message)
            try:
                return self._reversed(edit), id
            except ClashError:
                return self._again_with_id(notes, edit.about, id), id

        return self._save(deck, about, make)

    def _again_with_id(self, notes: DeckNotes, was: Mapping[str, Any], id: str) -> Changes:
        deck = self.deck(str(was["deck"]))
        after, before = (
            one if self.opened.note(deck, one) is not None else "" for one in was["neighbours"]
        )
        note_type, subdeck = str(was["type"]), str(was["subdeck"])
        near = {"after": after} if after else {"before": before}
        return notes.added(note_type, was["before"], **near, subdeck=subdeck, id=id).changes

    def retire(self, deck: str, id: str, reason: str) -> Outcome:
        """Marks a note as no longer used; students see the reason."""
        about = {"do": "retire", "deck": deck, "note": id}
        return self._save(deck, about, lambda notes: (notes.retired(id, reason), id))

    def unretire(self, deck: str, id: str) -> Outcome:
        """Takes that mark away."""
        about = {"do": "unretire", "deck": deck, "note": id}
        return self._save(deck, about, lambda notes: (notes.unretired(id), id))

    def add_source(self, deck: str, id: str, values: Mapping[str, str]) -> Outcome:
        """Saves a new source in the deck's list."""
        about = {"do": SOURCE, "deck": deck, "key": id, "title": values.get("title", id)}

        def make(notes: DeckNotes) -> tuple[Changes, str]:
            return with_source(Files(self.root), self.deck(deck), id, values), ""

        return self._save(deck, about, make)

    def apply(
        self, deck: str, do: str, changes: Changes, note: str = "", title: str = ""
    ) -> Outcome:
        """Saves changes of files that were made elsewhere, such as fixes.

        `title` is what the history says of them where they are about no note.
        """
        about = {"do": do, "deck": deck, "note": note, "title": title}
        return self._save(deck, about, lambda notes: (changes, note))

    def set_up(self, deck: str, values: Mapping[str, Value]) -> Outcome:
        """Saves settings of a deck."""
        about = {"do": "settings", "deck": deck, "values": dict(values)}

        def make(notes: DeckNotes) -> tuple[Changes, str]:
            found = self.deck(deck)
            types = self.opened.project.of(found).note_types
            published = bool(notes.published)
            return with_settings(Files(self.root), found, values, types, published=published), ""

        return self._save(deck, about, make)

    def make_deck(self, name: str, language: str, subject: str = "") -> str:
        """Makes a new deck, and returns its id. Raises EditRefusedError where it cannot be."""
        with changing(self.root):
            self.refresh()
            project = self.opened.project
            id, changes = new_deck(Files(self.root), project, name, language, subject)
            about = {"do": NEW_DECK, "deck": id, "title": " ".join(name.split())}
            self._write_all(EDIT, about, changes)
        return id

    def add_media(self, deck: str, name: str, size: Size) -> str:
        """Puts a picture or sound into a deck's media, and returns its name there."""
        with changing(self.root):
            self.refresh()
            found, changes = added_media(Files(self.root), self.deck(deck), name, size)
            if changes:
                about = {"do": MEDIA, "deck": deck, "key": found, "title": found}
                self._write_all(ADDED, about, changes)
        return found

    def _write_all(self, kind: str, about: Mapping[str, Any], changes: Changes) -> None:
        """Writes changes. Raises EditRefusedError where they cannot be written."""
        refused = self._write(kind, about, changes, "", kept=kind != ADDED).refusal
        if refused is not None:
            raise EditRefusedError(refused.span, refused.message, refused.help)

    def keep_release(self, deck: str, version: str) -> None:
        """Keeps the card sets of a deck in the history as they were published."""
        found = self.opened.deck(deck)
        if found is not None:
            files = files_to_keep(self.root, found)
            about = {"do": PUBLISHED, "deck": deck, "note": "", "title": version, "key": version}
            self._history.add(KEPT, {**about, "files": files})

    def keep(self, deck: str, id: str, key: str, value: Value) -> None:
        """Keeps a text in the history that is not to be saved yet."""
        self._history.add(
            KEPT, {"do": "draft", "deck": deck, "note": id, "key": key, "value": plain(value)}
        )


def _of(added: Added) -> tuple[Changes, str]:
    return added.changes, added.id


def _clashes(form: Form, values: Mapping[str, Value], seen: Mapping[str, Value]) -> list[Clash]:
    """The values that someone else changed since the form had them, to another text."""
    found = []
    for key, value in values.items():
        now, mine = form.values.get(key, ""), plain(value)
        if key in seen and now not in (plain(seen[key]), mine):
            found.append(Clash(form.path, key, mine, now))
    return found
