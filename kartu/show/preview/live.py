"""What the preview shows: the last good cards of each deck, and what is wrong now."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Condition
from typing import NamedTuple

from kartu.checks.ignore import without_ignored
from kartu.compile.render.media import MediaFile
from kartu.core.clock import today
from kartu.core.diagnostics import Diagnostic, Diagnostics, has_errors, in_order
from kartu.core.progress import no_progress
from kartu.load import deck_names, load_project
from kartu.load.files import Files
from kartu.pipeline import Compiled, compile_decks
from kartu.report.excerpts import Excerpts
from kartu.review import review
from kartu.show.gallery.cards import NotePlaces, deck_value, diagnostic_values
from kartu.show.gallery.pages import (
    CARDS,
    DECKS,
    MEDIA,
    DeckFile,
    cards_script,
    deck_file,
    fixed_files,
    gallery_page,
    language_for,
    media_script,
)
from kartu.show.gallery.sides import Kept


class _State(NamedTuple):
    """All of the page at one time; `number` counts its states."""

    number: int = 0
    decks: tuple[DeckFile, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    failure: Exception | None = None
    files: dict[str, bytes] = {}  # noqa: RUF012 - read only


class Live:
    """Builds the decks again and again."""

    def __init__(self, root: Path, decks: Sequence[str], cache: Path | None) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.failure: Exception | None = None
        self._root = root
        self._names = tuple(decks)
        self._cache = cache
        self._places = NotePlaces()
        self._kept = Kept()
        self._reviewed: list[Diagnostic] = []
        self._decks: dict[str, DeckFile] = {}
        self._scripts: dict[str, bytes] = {}
        self._media: dict[str, MediaFile] = {}
        self._state = _State()
        self._changed = Condition()

    def build(self) -> None:
        """Builds once more; whatever is wrong is told on the page, and the page stays.

        The cards are shown at once, and what a review finds in them when it is done.
        """
        try:
            self._build()
            self.failure = None
        except Exception as error:  # a fault of ours must not end the preview
            self.failure = error
        self._publish()

    def get(self, path: str) -> bytes | None:
        """The content of one of the page's files, by its name in the address; None for others."""
        if path == CARDS:
            return self._cards()
        folder, _, name = path.partition("/")
        if folder == MEDIA and (file := self._media.get(name.removesuffix(".js"))):
            return media_script(file, Files(self._root)) if name.endswith(".js") else None
        return self._state.files.get(path)

    def wait(self, seen: int, seconds: float) -> int:
        """The number of the newest state, as soon as it is not `seen`, at the latest by then."""
        with self._changed:
            self._changed.wait_for(lambda: self._state.number != seen, seconds)
            return self._state.number

    def _build(self) -> None:
        compiled, diagnostics = compile_decks(self._root, self._names, self._cache, no_progress)
        if has_errors(diagnostics):
            self.diagnostics = self._accepted(diagnostics)
            self._take(compiled)
            return
        self.diagnostics = self._accepted(diagnostics + self._reviewed)
        self._take(compiled)
        self._kept.forget_unused()
        self.failure = None
        self._publish()
        files = Files(self._root)
        found = Diagnostics()
        review([one.built for one in compiled], files, today(), found)
        self._reviewed = list(found)
        self.diagnostics = self._accepted(diagnostics + self._reviewed)

    def _accepted(self, diagnostics: list[Diagnostic]) -> list[Diagnostic]:
        """In order, but for the warnings that a comment accepts."""
        paths = {one.span.path for one in diagnostics}
        return in_order(without_ignored(Files(self._root), paths, diagnostics, whole=False))

    def _take(self, compiled: Sequence[Compiled]) -> None:
        """The decks that can be built, as they are; of the others what they were, as stale."""
        values = (deck_value(one.built, self._kept, live=True) for one in compiled)
        new = {value["key"]: deck_file(value) for value in values}
        if has_errors(self.diagnostics):
            # Where notes stand now, also in decks that cannot be built.
            self._places.learn(load_project(self._root)[0].decks, faulty=True)
            there = deck_names(self._root)
            kept = {k: _stale(v) for k, v in self._decks.items() if v.about["deck"] in there}
            new = {key: new.get(key, value) for key, value in kept.items()} | new
        else:
            self._places.learn(one.built.source for one in compiled)
        self._decks = new
        found = (file for one in compiled for note in one.built.notes for file in note.media)
        self._media |= {file.name: file for file in found}

    def _publish(self) -> None:
        """Shows what is there now to all who look; nothing where they see that already."""
        decks = tuple(self._decks.values())
        language = language_for(deck.about["language"] for deck in decks)
        files = {
            "": gallery_page(language, "kartu", live=True, several=len(decks) > 1),
            **fixed_files(),
        }
        # A page may ask for a deck that it was told of, and that has gone meanwhile.
        self._scripts |= {f"{DECKS}/{one.name}": one.script for one in decks}
        state = _State(
            self._state.number + 1,
            decks,
            tuple(self.diagnostics),
            self.failure,
            files | self._scripts,
        )
        with self._changed:
            if state[1:] != self._state[1:]:
                self._state = state
                self._changed.notify_all()

    def _cards(self) -> bytes:
        """Made when it is asked for: between two looks at the page there may be many builds."""
        state, files = self._state, Files(self._root)
        return cards_script(
            [one.about for one in state.decks],
            build=state.number,
            root=str(self._root.resolve()),
            failure=f"{type(state.failure).__name__}: {state.failure}" if state.failure else "",
            diagnostics=diagnostic_values(state.diagnostics, self._places, Excerpts(files).at),
        )


def _stale(deck: DeckFile) -> DeckFile:
    return deck._replace(about=deck.about | {"stale": True})
