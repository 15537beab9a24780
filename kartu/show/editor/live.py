"""What the page of all cards shows: the last good cards of each deck, and what is wrong now."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from kartu.checks.ignore import without_ignored
from kartu.compile.render.contents import content_of
from kartu.compile.render.media import MediaFile
from kartu.core.diagnostics import Diagnostic, has_errors, in_order
from kartu.core.language import current
from kartu.core.progress import no_progress
from kartu.load import deck_names, load_project
from kartu.load.files import Files
from kartu.pipeline import Compiled, compile_decks
from kartu.report.excerpts import Excerpts
from kartu.show.gallery.cards import NoteLocations, deck_value, diagnostic_values
from kartu.show.gallery.pages import (
    CARDS,
    DECKS,
    MEDIA,
    DeckFile,
    cards_script,
    deck_file,
    fixed_files,
    gallery_page,
    media_script,
)
from kartu.show.gallery.sides import CardCache


class _State(NamedTuple):
    """The content of the page at one time; `number` counts its states."""

    number: int = 0
    decks: tuple[DeckFile, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    failure: Exception | None = None
    files: dict[str, bytes] = {}  # noqa: RUF012 - read only


class Live:
    """Rebuilds the decks, and holds what the page displays.

    Args:
        root: The project, or the file that is one.
        decks: The names of those that are shown, none meaning all.
        cache: A folder for results that later runs can use, None for nowhere.
        edits: Whether the desk that the page leads to is for editing.
    """

    def __init__(
        self, root: Path, decks: Sequence[str], cache: Path | None, *, edits: bool = False
    ) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.failure: Exception | None = None
        self._root = root
        self._names = tuple(decks)
        self._cache = cache
        self._edits = edits
        self._locations = NoteLocations()
        self._rendered = CardCache()
        self._found: list[Diagnostic] = []  # by the last build
        self._reviewed: list[Diagnostic] = []  # by the last check beyond what its build found
        self._decks: dict[str, DeckFile] = {}
        self._scripts: dict[str, bytes] = {}
        self._media: dict[str, MediaFile] = {}
        self._state = _State()

    def build(self) -> None:
        """Rebuilds; the page shows whatever goes wrong, and stays usable.

        Until `take`, it has what the last check found beside what the build does.
        """
        try:
            self._build()
            self.failure = None
        except Exception as error:  # a fault of ours must not end the page
            self.failure = error
        self._publish()

    def take(self, found: Sequence[Diagnostic]) -> None:
        """Shows what a check found in what was built."""
        if not has_errors(self._found):
            built = set(self._found)
            self._reviewed = [one for one in found if one not in built]
            self.diagnostics = self._accepted(self._found + self._reviewed)
            self._publish()

    def get(self, path: str) -> bytes | None:
        """Returns the content of the page's file with that name, None if there is none."""
        if path == CARDS:
            return self._cards()
        folder, _, name = path.partition("/")
        if folder == MEDIA and (file := self._media.get(name.removesuffix(".js"))):
            return self._media_script(file) if name.endswith(".js") else None
        return self._state.files.get(path)

    @property
    def number(self) -> int:
        """The number of the state that the page shows now."""
        return self._state.number

    def _media_script(self, file: MediaFile) -> bytes:
        """Empty data if the file is not what it was when it was rendered."""
        content = b""
        with suppress(OSError):
            content = content_of(file, Files(self._root))
        return media_script(file.name, content)

    def _build(self) -> None:
        compiled, diagnostics = compile_decks(
            self._root, self._names, self._cache, no_progress, held=False
        )
        self._found = diagnostics
        faulty = has_errors(diagnostics)
        self.diagnostics = self._accepted(diagnostics + ([] if faulty else self._reviewed))
        self._update_decks(compiled)
        if not faulty:
            self._rendered.drop_unused()

    def _accepted(self, diagnostics: list[Diagnostic]) -> list[Diagnostic]:
        """Returns the diagnostics in order, without the warnings that comments accept."""
        paths = {one.span.path for one in diagnostics}
        return in_order(without_ignored(Files(self._root), paths, diagnostics, whole=False))

    def _update_decks(self, compiled: Sequence[Compiled]) -> None:
        """Takes over the decks that were built; the others stay as they were, marked as stale."""
        one_file = Files(self._root).one
        shown = one_file.shown if one_file is not None else str
        values = (deck_value(one.built, self._rendered, shown=shown) for one in compiled)
        new = {value["key"]: deck_file(value) for value in values}
        if has_errors(self.diagnostics):
            # Current locations, also of notes in decks that cannot be built.
            self._locations.update(load_project(self._root)[0].decks, faulty=True)
            existing = deck_names(self._root)
            previous = {k: _stale(v) for k, v in self._decks.items() if v.about["deck"] in existing}
            new = {key: new.get(key, value) for key, value in previous.items()} | new
        else:
            self._locations.update(one.built.source for one in compiled)
        self._decks = new
        found = (file for one in compiled for note in one.built.notes for file in note.media)
        self._media |= {file.name: file for file in found}

    def _publish(self) -> None:
        """Takes the current state down, if it differs from the last one."""
        decks = tuple(self._decks.values())
        files = {
            "": gallery_page(
                current(), "kartu", desk="edit" if self._edits else "look", several=len(decks) > 1
            ),
            **fixed_files(),
        }
        # A page may request a deck that it has listed and that no longer exists.
        self._scripts |= {f"{DECKS}/{one.name}": one.script for one in decks}
        state = _State(
            self._state.number + 1,
            decks,
            tuple(self.diagnostics),
            self.failure,
            files | self._scripts,
        )
        if state[1:] != self._state[1:]:
            self._state = state

    def _cards(self) -> bytes:
        """Rendered on request: there may be many builds between two requests."""
        state, files = self._state, Files(self._root)
        return cards_script(
            [one.about for one in state.decks],
            build=state.number,
            root=os.path.realpath(files.path("")),
            failure=f"{type(state.failure).__name__}: {state.failure}" if state.failure else "",
            diagnostics=diagnostic_values(
                state.diagnostics, self._locations, Excerpts(files).at, files.one
            ),
        )


def _stale(deck: DeckFile) -> DeckFile:
    return deck._replace(about=deck.about | {"stale": True})
