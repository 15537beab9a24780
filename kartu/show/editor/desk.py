"""The open project of the page: one call at a time, the lists that it has, and what changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, mkdtemp
from threading import RLock
from typing import Any, NamedTuple, TypeVar
from weakref import finalize

from kartu.compile.render.media import MediaFile
from kartu.core.codes import SEVERITIES
from kartu.core.diagnostics import has_errors
from kartu.core.model import Deck
from kartu.load.card_sets import written_notes
from kartu.load.files import Files
from kartu.rewrite.notes.sets import is_edited
from kartu.rewrite.pictures import Picture
from kartu.show.editor.answers import Answers, splice
from kartu.show.editor.checking import NOTHING, Checked, Checker
from kartu.show.editor.feed import Feed
from kartu.show.editor.files import Download
from kartu.show.editor.incoming import Incoming
from kartu.show.editor.jobs import Jobs
from kartu.show.editor.live import Live
from kartu.show.editor.looks import Looks
from kartu.show.editor.opened import Fault
from kartu.show.editor.outcomes import NoteLine
from kartu.show.editor.places import Places
from kartu.show.editor.projects import Projects
from kartu.show.editor.publishing import Publishing
from kartu.show.editor.session import Session
from kartu.show.editor.tokens import Tokens

T = TypeVar("T")

Row = list[str]


class NoteList(NamedTuple):
    """The notes of a deck as the page has them, and the number of the state that they are of."""

    number: int
    rows: list[Row]


class Desk:
    """The project in `root`, open for the page; see Session for `history`.

    `cache` is a folder for results that later runs can use, None for nowhere. Of the named `decks`
    the page opens the first one first; where nothing `edits`, it has no others.
    """

    def __init__(
        self,
        root: Path,
        history: Path | None = None,
        decks: Sequence[str] = (),
        cache: Path | None = None,
        *,
        edits: bool = True,
    ) -> None:
        self.root = root
        self.first = next(iter(decks), "")
        self.edits = edits
        self._only = () if edits else tuple(decks)
        self.session = Session(root, history)
        self.feed = Feed()
        self.media: Tokens[MediaFile] = Tokens()
        self.downloads: Tokens[Download] = Tokens()
        self.prepared: tuple[bytes, Picture] | None = None  # the last new picture
        self.answers = Answers(Files(root).one, self.media)
        self.checked = NOTHING
        self.when_checked: Callable[[Checked], None] | None = None
        self.cache = cache
        self.jobs = Jobs()
        self.publishing = Publishing(self, cache)
        self.projects = Projects(root, history)
        self.incoming: Tokens[Incoming] = Tokens()
        live = Live(root, self._only, cache, edits=edits)
        self.looks = Looks(live, self.feed, lambda: self.checked)
        self.checker = Checker(
            root, self._only, cache, lambda: self.feed.number, self._take, self.looks.wait
        )
        self._folder = ""  # for files in the making and for downloads
        self._fresh: dict[tuple[str, str], list[Fault]] = {}  # newer than the check
        self._lists: dict[str, NoteList] = {}
        self._seen = self.session.opened.number
        self._lock = RLock()

    # --- one at a time ----------------------------------------------------------------------------

    def run(self, call: Callable[[], T]) -> T:
        """Returns what `call` returns; calls of all pages come one after the other."""
        with self._lock:
            try:
                return call()
            finally:
                self.settle()

    def refresh(self) -> None:
        """Looks at the disk again."""
        with self._lock:
            self.session.refresh()
            self.settle()

    def settle(self) -> int:
        """Counts what was read since the last look; returns the number of the present state."""
        now = self.session.opened.number
        if now != self._seen:
            self._seen = now
            self.feed.changed()
            self.checker.wake()
        return self.feed.number

    def _take(self, checked: Checked) -> None:
        """Takes over what a check found."""
        with self._lock:
            self.checked = checked
            if checked.number == self.feed.number:
                self._fresh.clear()
        self.feed.check_done()
        if self.when_checked is not None:
            self.when_checked(checked)

    @property
    def is_checked(self) -> bool:
        """Whether the last check was of the present state."""
        return self.checked.number == self.feed.number

    def saw(self, deck: str, note: str, faults: Iterable[Fault]) -> None:
        """Takes over what is wrong with a note as it is shown, if that is newer than the check."""
        if not self.is_checked:
            self._fresh[deck, note] = list(faults)

    def seen(self, deck: str) -> dict[str, list[Fault]]:
        """Returns the faults of the deck's notes that are newer than the check, by note."""
        return {note: faults for (of, note), faults in self._fresh.items() if of == deck}

    @contextmanager
    def workplace(self) -> Iterator[Path]:
        """Yields a new folder of the editor's own for files in the making."""
        with TemporaryDirectory(prefix="work-", dir=self._own_folder()) as folder:
            yield Path(folder)

    def keep(self, name: str, kind: str, content: bytes) -> dict[str, Any]:
        """Holds what was made for the page to download until the editor ends."""
        path = Path(self._own_folder(), sha256(content).hexdigest())
        path.write_bytes(content)
        token = self.downloads.token(f"{path} {name}", Download(name, kind, path))
        return {"name": name, "size": len(content), "token": token}

    def _own_folder(self) -> str:
        with self._lock:
            if not self._folder:
                self._folder = mkdtemp(prefix="kartu-edit-")
                self._clear = finalize(self, rmtree, self._folder, ignore_errors=True)
            return self._folder

    def end(self) -> None:
        """Ends all streams, and takes away what was held for downloads."""
        self.feed.end()
        if self._folder:
            self._clear()

    # --- decks ------------------------------------------------------------------------------------

    def deck(self, id: str) -> Deck:
        """Returns a deck by its id. Raises EditRefusedError for none."""
        return self.session.deck(id)

    def decks(self) -> list[Deck]:
        """Returns the decks of the page, which are no translations."""
        found = (one for one in self.session.opened.project.decks if not one.variant)
        return [one for one in found if not self._only or one.id in self._only]

    @property
    def places(self) -> Places:
        """Which note each place of the files belongs to."""
        return self.session.opened.places

    # --- lists ------------------------------------------------------------------------------------

    def notes(self, deck: str) -> NoteList:
        """Returns the list of a deck's notes as it is now, which the page has from then on."""
        number = self.settle()
        rows = self._rows(deck)
        found = self._lists[deck] = NoteList(number, rows)
        return found

    def list_change(self, deck: str) -> dict[str, Any] | None:
        """Returns how that list has changed since, None where no page has it."""
        before = self._lists.get(deck)
        if before is None:
            return None
        now = self.notes(deck)
        change = splice(before.rows, now.rows)
        subdecks = self.subdecks(deck)
        return {
            "deck": deck,
            "from": before.number,
            "state": now.number,
            "subdecks": subdecks,
            **change,
        }

    def subdecks(self, deck: str) -> list[str]:
        """Returns the subdecks of a deck in study order."""
        notes = written_notes(self.deck(deck))
        return list(dict.fromkeys(str(note.subdeck) for note in notes if note.subdeck))

    def has_note(self, deck: str, id: str) -> bool:
        """Whether a deck has a note."""
        found = self.session.opened.deck(deck)
        return found is not None and self.session.opened.note(found, id) is not None

    def _severities(self) -> dict[tuple[str, str], str]:
        """The notes with faults: as the last check has it, as read now, and as seen since."""
        found = {
            note: "error" if has_errors(faults) else "warning"
            for note, faults in self.checked.by_note.items()
        }
        faults = self.session.faults
        fresh = {note: _worst(faults) for note, faults in self._fresh.items()}
        return {**found, **(self.places.of_notes(faults) if faults else {}), **fresh}

    def _rows(self, id: str) -> list[Row]:
        deck = self.deck(id)
        lines = self.session.notes(id)
        released = any(one.published for one in lines)
        changed = self.checked.changed.get(id, frozenset())
        flags = _Flags(deck, self._severities(), changed, released=released)
        return [
            [one.id, one.title, one.note_type, one.subdeck, self.answers.path(one.path), flags(one)]
            for one in lines
        ]


def _worst(faults: Iterable[Fault]) -> str:
    found = {one.diagnostic.severity for one in faults}
    return next((one for one in SEVERITIES if one in found), "")


class _Flags(NamedTuple):
    """Makes the letters that say what a note in the list is."""

    deck: Deck
    faults: dict[tuple[str, str], str]
    changed: Collection[str]
    released: bool

    def __call__(self, line: NoteLine) -> str:
        fault = self.faults.get((line.deck, line.id), "")
        letters = (
            ("p", line.published),
            ("r", line.retired),
            ("u", line.unfinished),
            ("n", self.released and not line.published),
            ("c", line.id in self.changed),
            ("e", fault == "error"),
            ("w", fault == "warning"),
            ("s", not is_edited(line.path, self.deck)),
        )
        return "".join(letter for letter, holds in letters if holds)
