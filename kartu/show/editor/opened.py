"""A project held in memory: what changed on the disk is read again alone, one note is compiled.

Templates and note types are rendered once, so that a note's cards take milliseconds.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from kartu.checks import check_note
from kartu.compile.deck import DeckCompiler, compiler_of
from kartu.compile.render.media import MediaFile
from kartu.compile.render.note_types import AnkiNoteType
from kartu.compile.render.results import Results
from kartu.compile.render.strangers import Strangers
from kartu.core.diagnostics import Diagnostic, Diagnostics, in_order, nearest
from kartu.core.model import Deck, Library, Note, NoteType, Project, Source
from kartu.core.source import Span, text
from kartu.load import load_project
from kartu.load.access import reading
from kartu.load.card_sets import read_card_set, with_notes, written_notes
from kartu.load.files import Files
from kartu.load.ids import with_ids
from kartu.load.ids.lines import ENDING
from kartu.load.library import project_library
from kartu.load.one_file import OneFile
from kartu.load.words import for_deck
from kartu.rewrite.notes.card_set import CardSet, Form
from kartu.rewrite.notes.given import EditedFiles
from kartu.rewrite.notes.sets import sets_of
from kartu.rewrite.notes.values import keys_of, texts_of
from kartu.rewrite.used_ids import Ledgers
from kartu.show.editor.places import Places
from kartu.show.gallery.sides import CardCache, RenderedCard, Sides

_OF_IDS = frozenset(("which-note", "ids-missing", "ids-unreadable"))
_LAST_LINE = 2**31
_Stamp = tuple[int, int, int]


class Fault(NamedTuple):
    """What is wrong with a note, at the field with the key `key`; empty for the note itself.

    `name` is the name that is not known, `instead` the source that was probably meant.
    """

    key: str
    diagnostic: Diagnostic
    name: str = ""
    instead: Source | None = None


class Shown(NamedTuple):
    """A note's cards as students see them, and what is wrong with it.

    `media` are the files that they name, by the names that they have there.
    """

    cards: tuple[RenderedCard, ...]
    css: str
    faults: tuple[Fault, ...]
    media: tuple[MediaFile, ...] = ()


class OpenProject:
    """The project in `root` as it was when it was last looked at; `refresh` looks again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files = Files(root)
        self.project = Project((), {}, {})
        self.faults: list[Diagnostic] = []
        self.sets: dict[str, CardSet] = {}  # as edits have read them
        self._library = Library({}, {}, (), ())
        self.ledgers = Ledgers()
        self._places: Places | None = None
        self.number = 0  # of different states that were read
        self._listed: set[str] = set()  # the card sets of all decks
        self._stamps: dict[str, _Stamp] = {}
        self._compilers: dict[str, DeckCompiler | None] = {}
        self._strangers = Strangers()
        self._sides: dict[int, Sides] = {}
        self.refresh()

    def refresh(self) -> bool:
        """Reads what was changed on the disk since the last look; returns whether anything was."""
        stamps = dict(stamps_of(Files(self.root)))
        before, self._stamps = self._stamps, stamps
        changed = {path for path, stamp in stamps.items() if before.get(path) != stamp}
        changed |= before.keys() - stamps.keys()
        if not changed and self.number:  # an empty folder has kartu's note types
            return False
        self.files = Files(self.root)
        listed = {path for deck in self._own_decks() for path in sets_of(self.files, deck)}
        known = listed | self._listed
        if before and all(path in known or self._is_of_ids(path) for path in changed):
            for folder in {path.rpartition("/")[0] for path in changed}:
                self._read_sets(folder, changed)
        else:
            self._read_all()
            listed = {path for deck in self._own_decks() for path in sets_of(self.files, deck)}
        self._listed = listed
        self._places = None
        self.number += 1
        return True

    @property
    def places(self) -> Places:
        """Which note each place of the files belongs to."""
        if self._places is None:
            self._places = Places(self.project.decks)
        return self._places

    def deck(self, id: str) -> Deck | None:
        """Returns a deck by the name of its folder, no language variant of it."""
        return next((one for one in self.project.decks if one.id == id and not one.variant), None)

    def note(self, deck: Deck, id: str) -> Note | None:
        """Returns a note of a deck as it was read."""
        return next((note for note in deck.all_notes if note.id == id), None)

    def shown(self, deck: Deck, form: Form, contents: Mapping[str, bytes] | None = None) -> Shown:
        """Returns the cards of a note, and what is wrong with it, from its card set alone.

        Args:
            form: The note as it is to be shown.
            contents: Files that are not saved yet.
        """
        diagnostics = Diagnostics(self.faults)
        notes = [note for note in deck.all_notes if note.id.place[0] == form.path]
        if contents:
            diagnostics = Diagnostics()
            files = EditedFiles(self.root, contents)
            notes = read_card_set(files, form.path, self._types_of(deck), diagnostics)
        begins = sorted({note.id.span.line for note in notes} | {form.span.line})
        last = next((line for line in begins if line > form.span.line), _LAST_LINE)

        def within(span: Span) -> bool:
            return span.path == form.path and form.span.line <= span.line < last

        keys = keys_of(self._types_of(deck).get(form.note_type))
        found = [one for one in diagnostics if within(one.span)]
        places = (form.span, form.places.get("id"))
        note = next(
            (n for n in notes if n.id == form.id or (not n.id and n.id.span in places)), None
        )
        if note is None:
            return Shown((), "", _faults(deck, form, found, keys))
        note = note._replace(id=text(form.id, note.id.span))
        found += check_note(self.project, deck, note, within)
        shown, of_cards = self._cards(deck, note)
        found += [one for one in of_cards if within(one.span)]
        return shown._replace(faults=_faults(deck, form, found, keys))

    def at_fields(self, deck: Deck, form: Form, faults: Iterable[Diagnostic]) -> list[Fault]:
        """Returns faults of a note with the keys of the fields at which they are."""
        keys = keys_of(self._types_of(deck).get(form.note_type))
        return list(_faults(deck, form, list(faults), keys))

    # --- keeping ----------------------------------------------------------------------------------

    def _read_all(self) -> None:
        with reading(self.root):
            self.project, self.faults = load_project(self.root)
            self._library = project_library(self.files, Diagnostics())
        self.sets.clear()
        self._compilers.clear()
        self._sides.clear()

    def _own_decks(self) -> list[Deck]:
        """The decks that are folders, if no other deck depends on one: else none."""
        decks = self.project.decks
        if any(deck.extends is not None for deck in decks):
            return []
        return [deck for deck in decks if not deck.variant]

    def _is_of_ids(self, path: str) -> bool:
        folder, _slash, name = path.rpartition("/")
        return name.endswith(ENDING) and any(one.folder == folder for one in self._own_decks())

    def _read_sets(self, folder: str, changed: set[str]) -> None:
        """Reads the changed card sets of a deck, whose other notes stay as they were read."""
        deck = self.deck(folder.partition("/")[2])
        assert deck is not None, "its files are card sets"
        given, types = deck.given, self._types_of(deck)
        without = {*given.continued, *given.new, *given.undecided}
        notes: dict[str, list[Note]] = {}
        for note in written_notes(deck):
            is_without = without and note.id.span in without
            written = note._replace(id=text("", note.id.span)) if is_without else note
            notes.setdefault(note.id.place[0], []).append(written)
        diagnostics = Diagnostics(
            one
            for one in self.faults
            if one.span.path not in changed and not _is_of_ids(one, folder)
        )
        order = sets_of(self.files, deck)
        with reading(self.root):
            for path in changed:
                notes.pop(path, None)
                if path in order:
                    notes[path] = read_card_set(self.files, path, types, diagnostics)
            read = [note for path in order for note in notes.get(path, ())]
            sound = not any(
                one.severity == "error" and one.span.path.rpartition("/")[0] == folder
                for one in diagnostics
            )
            whole, ids = with_ids(self.files, folder, read, types, (), diagnostics, whole=sound)
        self.faults = list(diagnostics)
        now = with_notes(deck, whole)._replace(given=ids)
        decks = (now if one is deck else one for one in self.project.decks)
        self.project = self.project._replace(decks=tuple(decks))

    def _types_of(self, deck: Deck) -> dict[str, NoteType | None]:
        library = deck.upstream.library if deck.upstream else self._library
        return for_deck(library.note_types, deck)

    # --- cards ------------------------------------------------------------------------------------

    def _cards(self, deck: Deck, note: Note) -> tuple[Shown, list[Diagnostic]]:
        """The cards of a note, without what is wrong with it, and what compiling it finds."""
        compiler = self._compiler(deck)
        if compiler is None:
            return Shown((), "", ()), []
        before = compiler.diagnostics.mark()
        self._strangers.renew()
        built = compiler.build(note)
        found = compiler.diagnostics.since(before)
        if built is None:
            return Shown((), "", ()), found
        sides = self._sides_of(built.note_type)
        cards = tuple(sides.expanded(card) for card in sides.cards_of(built))
        return Shown(cards, built.note_type.css, (), built.media), found

    def _compiler(self, deck: Deck) -> DeckCompiler | None:
        if deck.id not in self._compilers:
            self._compilers[deck.id] = compiler_of(
                self.project, deck, self.files, Results(), self._strangers
            )
        return self._compilers[deck.id]

    def note_type(self, deck: Deck, id: str) -> AnkiNoteType | None:
        """Returns a note type of a deck as Anki gets it; None where it has errors."""
        compiler = self._compiler(deck)
        return compiler.note_type(id) if compiler is not None else None

    def _sides_of(self, note_type: AnkiNoteType) -> Sides:
        if note_type.id not in self._sides:
            self._sides[note_type.id] = Sides(note_type, CardCache())
        return self._sides[note_type.id]


def stamps_of(files: Files) -> Iterator[tuple[str, _Stamp]]:
    """Each file that a project is read from, with its size and times; nothing behind links."""
    if files.one is not None:
        yield from _stamps_of_one(files, files.one)
        return
    waiting = ["cards", "templates"]
    while waiting:
        folder = waiting.pop()
        try:
            entries = sorted(os.scandir(files.path(folder)), key=lambda one: one.name)
        except OSError:
            continue
        for entry in entries:
            path = f"{folder}/{entry.name}"
            if entry.name.startswith(".") or entry.name.endswith(".tmp"):
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(path)
                continue
            with suppress(OSError):
                yield path, _stamp(entry.stat())


def _stamps_of_one(files: Files, one: OneFile) -> Iterator[tuple[str, _Stamp]]:
    for folder in (one.folder, one.media):
        for name in files.names(folder):
            with suppress(OSError):  # its description need not be there
                yield f"{folder}/{name}", _stamp(os.stat(files.path(f"{folder}/{name}")))


def _stamp(there: os.stat_result) -> _Stamp:
    return there.st_size, there.st_mtime_ns, there.st_ino


def _is_of_ids(one: Diagnostic, folder: str) -> bool:
    """Whether a diagnostic is about notes without an id in a deck, all of which are looked at."""
    return one.code in _OF_IDS and one.span.path.startswith(f"{folder}/")


def _faults(
    deck: Deck, form: Form, found: list[Diagnostic], keys: Iterable[str]
) -> tuple[Fault, ...]:
    return tuple(
        _with_source(deck, form, Fault(_key_of(form, one, keys), one)) for one in in_order(found)
    )


def _with_source(deck: Deck, form: Form, fault: Fault) -> Fault:
    """The fault with the source that the deck does not have, where it is about one."""
    if fault.diagnostic.code != "unknown-source":
        return fault
    unknown = [one for one in texts_of(form.values.get("sources", "")) if one not in deck.sources]
    name = next((one for one in unknown if f'"{one}"' in fault.diagnostic.message), "")
    name = name or next(iter(unknown), "")
    near = nearest(name, deck.sources)
    return fault._replace(name=name, instead=deck.sources[near] if near else None)


def _key_of(form: Form, one: Diagnostic, keys: Iterable[str]) -> str:
    """The key whose value is at a fault's place, or is missing; empty before the first one."""
    if one.code == "missing-field":
        missing = (key for key in keys if f'"{key}"' in one.message)
        return next(missing, "")
    span = one.span
    here = [(place.column, key) for key, place in form.places.items() if place.line == span.line]
    if here:
        return max((it for it in here if it[0] <= span.column), default=min(here))[1]
    before = [(place, key) for key, place in form.places.items() if place <= span]
    return max(before)[1] if before else ""
