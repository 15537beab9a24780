"""What the preview shows: the last good cards of each deck, and what is wrong now."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Condition
from typing import Any

from kartu.check.ignore import without_ignored
from kartu.diagnostics import Diagnostic, has_errors, in_order
from kartu.gallery.cards import NotePlaces, deck_value, diagnostic_values
from kartu.gallery.pages import (
    CARDS,
    MEDIA,
    cards_script,
    fixed_files,
    gallery_page,
    language_for,
    media_script,
)
from kartu.load import deck_names, load_project
from kartu.load.files import Files
from kartu.project import Compiled, compile_decks, no_progress, today
from kartu.render.media import MediaFile
from kartu.review import review


class Live:
    """Builds the decks again and again. `number` counts the builds, `changed` tells of them."""

    def __init__(self, root: Path, decks: Sequence[str], cache: Path | None) -> None:
        self.number = 0
        self.changed = Condition()
        self.said: list[Diagnostic] = []
        self.failure: Exception | None = None
        self._root = root
        self._names = tuple(decks)
        self._cache = cache
        self._places = NotePlaces()
        self._decks: dict[str, dict[str, Any]] = {}
        self._media: dict[str, MediaFile] = {}
        self._served: dict[str, bytes] = {}

    def build(self) -> None:
        """Builds once more; whatever is wrong is told on the page, and the page stays."""
        try:
            self._build()
            self.failure = None
        except Exception as error:  # a fault of ours must not end the preview
            self.failure = error
        served = self._files()
        with self.changed:
            self.number += 1
            self._served = served
            self.changed.notify_all()

    def get(self, path: str) -> bytes | None:
        """The content of one of the page's files, by its name in the address; None for others."""
        if path == CARDS:
            return self._cards()
        folder, _, name = path.partition("/")
        if folder == MEDIA and (file := self._media.get(name.removesuffix(".js"))):
            return media_script(file, Files(self._root)) if name.endswith(".js") else None
        return self._served.get(path)

    def wait(self, seen: int, seconds: float) -> int:
        """The number of the newest build, as soon as it is not `seen`, at the latest by then."""
        with self.changed:
            self.changed.wait_for(lambda: self.number != seen, seconds)
            return self.number

    def _build(self) -> None:
        compiled, said = compile_decks(self._root, self._names, self._cache, no_progress)
        files = Files(self._root)
        if not has_errors(said):
            said += review([one.built for one in compiled], files, today())
            paths = {one.span.path for one in said}
            said = without_ignored(files, paths, said, whole=False)
        self.said = in_order(said)
        self._take(compiled)

    def _take(self, compiled: Sequence[Compiled]) -> None:
        """The decks that can be built, as they are; of the others what they were, as stale."""
        new = {value["key"]: value for value in (deck_value(one.built) for one in compiled)}
        if has_errors(self.said):
            # Where notes stand now, also in decks that cannot be built.
            self._places.learn(load_project(self._root)[0].decks, faulty=True)
            there = deck_names(self._root)
            kept = {k: v | {"stale": True} for k, v in self._decks.items() if v["deck"] in there}
            new = {key: new.get(key, value) for key, value in kept.items()} | new
        else:
            self._places.learn(one.built.source for one in compiled)
        self._decks = new
        found = (file for one in compiled for note in one.built.notes for file in note.media)
        self._media |= {file.name: file for file in found}

    def _files(self) -> dict[str, bytes]:
        language = language_for(deck["language"] for deck in self._decks.values())
        return {"": gallery_page(language, "kartu", live=True), **fixed_files()}

    def _cards(self) -> bytes:
        """Made when it is asked for: between two looks at the page there may be many builds."""
        files = Files(self._root)
        return cards_script(
            list(self._decks.values()),
            build=self.number,
            root=str(self._root.resolve()),
            failure=f"{type(self.failure).__name__}: {self.failure}" if self.failure else "",
            diagnostics=diagnostic_values(self.said, self._places, files.shown),
        )
