"""Edits of an open project are saved at once, and can be undone and made again.

Under the lock, what happens is first written into the history, then into the files, so that what a
killed run began is finished or dropped by the next one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _
from kartu.core.model import Deck
from kartu.core.source import Span
from kartu.core.usage import UsageError
from kartu.load.access import changing
from kartu.load.files import Files
from kartu.load.ids.lines import ENDING, read_lines
from kartu.rewrite.fix.files import bytes_of, replace_files
from kartu.rewrite.history import (
    ADDED,
    DROPPED,
    EDIT,
    KEPT,
    REDO,
    STUCK,
    UNDO,
    Entry,
    History,
)
from kartu.rewrite.notes.deck import DeckNotes
from kartu.rewrite.notes.sets import Change, Changes, is_edited, read_set
from kartu.rewrite.notes.values import EditRefusedError, Value, plain
from kartu.rewrite.splices import ClashError, Splice, digest, splice_of
from kartu.show.editor.additions import (
    NEW_DECK,
    SOURCE,
    check_unused,
    without_file,
    without_ids,
)
from kartu.show.editor.hidden import readable
from kartu.show.editor.opened import OpenProject
from kartu.show.editor.outcomes import Clash, Outcome, Refusal
from kartu.show.editor.read import title_of


class SavedEdits:
    """The project in `root`, open; its history is in the folder `history`, None for in memory.

    What a killed session began is finished or dropped first.

    Raises:
        OSError: The history cannot be read or written.
    """

    def __init__(self, root: Path, history: Path | None) -> None:
        self.root = root
        self._history = History(history, root)
        if self._history.entries:
            with changing(root):
                self._recover()
        self.opened = OpenProject(root)

    # --- history ----------------------------------------------------------------------------------

    def history(self) -> list[Entry]:
        """Returns all entries, the oldest first."""
        self._history.refresh()
        return list(self._history.entries)

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to undo."""
        return bool(self._history.done())

    @property
    def can_redo(self) -> bool:
        """Whether there is an edit to make again."""
        return bool(self._history.undone())

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
            self.opened.refresh()
            return self._turn(kind, waiting[-1])

    def take_back(self, number: int) -> Outcome:
        """Undoes the entry `number`, which added a deck, a source or a file, whatever came later.

        Refused where something uses that by now.
        """
        with changing(self.root):
            self._history.refresh()
            self.opened.refresh()
            edits = [e for e in self._history.done() if e.about.get("do") in (NEW_DECK, SOURCE)]
            there = [*edits, *self._history.added()]
            found = next((one for one in there if one.number == number), None)
            if found is None:
                message = _("there is nothing to undo")
                return Outcome("", refusal=Refusal(Span(""), message, ""))
            return self._turn(UNDO, found)

    def _turn(self, kind: str, entry: Entry) -> Outcome:
        """Undoes an edit or makes it again, whichever `kind` is."""
        about, files = entry.about, Files(self.root)
        deck, note = str(about["deck"]), str(about.get("note", ""))
        try:
            if kind == UNDO:
                check_unused(files, self.opened.project, about)
            changes = without_file(files, about) if entry.kind == ADDED else self._reversed(entry)
            if about.get("do") == NEW_DECK and kind == UNDO:
                changes = {**changes, **without_ids(files, deck)}
        except ClashError as error:
            self._history.add(STUCK, about, of=entry.number)
            return Outcome("", clashes=(self._clash(error.splice),), deck=deck)
        except EditRefusedError as error:
            return Outcome("", refusal=refusal_of(error))
        kept = entry.kind != ADDED  # the history has what such a file was for no redo
        done = self._write(kind, about, changes, note, entry.number, kept=kept)
        if about.get("do") == NEW_DECK:
            with suppress(OSError):  # something else is in it
                os.rmdir(files.path(f"cards/{deck}"))
        return done._replace(deck=deck)

    def _reversed(self, entry: Entry) -> Changes:
        """The files without what an entry did. Raises ClashError where that is not possible.

        Raises EditRefusedError where it would take a published note away.
        """
        files, changes = Files(self.root), {}
        for splice in (one.back() for one in entry.splices if not one.path.endswith(ENDING)):
            data = bytes_of(files, splice.path)
            changes[splice.path] = Change(data, splice.applied(data))
        if entry.about.get("do") == NEW_DECK:
            return changes
        deck = self.opened.deck(str(entry.about["deck"]))
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
        types, files = self.opened.project.of(deck).note_types, Files(self.root)
        found: set[str] = set()
        for path, change in changes.items():
            whole = change[which]
            data = whole if whole is None else readable(path, whole)
            if data is None or path.rpartition("/")[0] != deck.folder:
                continue
            if not path.endswith(ENDING) and not is_edited(path, deck):
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
            self.opened.refresh()
            title = self._title(deck, str(about.get("note", "")))
            try:
                changes, note = make(self._notes(self.deck(deck)))
            except EditRefusedError as error:
                for key, value in (values or {}).items():
                    self._history.add(KEPT, {**about, "key": key, "value": plain(value)})
                return Outcome("", refusal=refusal_of(error))
            title = title or str(about.get("title", ""))
            about = {**about, "note": note or about.get("note", ""), "title": title}
            return self._write(EDIT, about, changes, note)._replace(deck=deck)

    def _write(
        self,
        kind: str,
        about: Mapping[str, Any],
        changes: Changes,
        note: str,
        of: int = 0,
        *,
        kept: bool = True,
    ) -> Outcome:
        """Writes first the history, then the files: what a kill leaves of it, the next run sees.

        With `kept` the history has what was changed in them.
        """
        if not changes and kept:
            return Outcome(note)
        splices = tuple(splice_of(path, *one) for path, one in changes.items() if kept)
        entry = self._history.add(kind, about, splices, of)
        try:
            replace_files(self.root, changes)
        except UsageError as error:
            self._history.add(DROPPED, about, of=entry.number)
            return Outcome("", refusal=Refusal(Span(next(iter(changes))), str(error), ""))
        self.opened.refresh()
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

    def deck(self, id: str) -> Deck:
        """Returns a deck by its id. Raises EditRefusedError for none."""
        found = self.opened.deck(id)
        if found is None:
            raise EditRefusedError(Span("cards"), _('there is no deck "{name}"', name=id))
        return found

    def _title(self, deck: str, id: str) -> str:
        found = self.opened.deck(deck)
        note = self.opened.note(found, id) if found is not None and id else None
        return title_of(note) if note is not None else ""

    def _notes(self, deck: Deck) -> DeckNotes:
        opened = self.opened
        return DeckNotes(Files(self.root), opened.project, deck, opened.sets, opened.ledgers)


def refusal_of(error: EditRefusedError) -> Refusal:
    """Returns why an edit was refused as a value."""
    return Refusal(error.span, error.message, error.help)
