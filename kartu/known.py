"""Notes of card sets that stand as the last build read them: not read and rendered once more.

That is where most of the time of a large deck goes. Of each card set is kept what its notes became,
under a hash of the set and one of all that they depend on. What a note says in its file is read
there as soon as something asks for it.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kartu import kept
from kartu.load import is_card_set, read_card_set
from kartu.load.files import Files
from kartu.model import Note, NoteType
from kartu.render.media import MediaFile
from kartu.source import Node, Span, Text, text

if TYPE_CHECKING:
    from kartu.build import BuiltNote
    from kartu.diagnostics import Diagnostic

# Below so many bytes of card sets, reading them takes less time than all else.
_LEAST = 1_000_000

# Between the texts of a note, and between notes: no card holds such signs.
_TEXT, _NOTE = "\x7f", "\x80"

_new = tuple.__new__


class KnownValues(Mapping[str, Node]):
    """What a note says, read from its card set when it is asked for, and what it became.

    That is its fields, the places of its cards, and the files that it names.
    """

    __slots__ = ("_id", "_set", "cards", "fields", "media")

    def __init__(
        self,
        id: str,
        set: _Set,
        fields: list[str],
        cards: tuple[int, ...],
        media: tuple[MediaFile, ...],
    ) -> None:
        self._id = id
        self._set = set
        self.fields = fields
        self.cards = cards
        self.media = media

    @property
    def _read(self) -> Mapping[str, Node]:
        return self._set.values.get(self._id, {})

    def __getitem__(self, key: str) -> Node:
        return self._read[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)


class _Set:
    """A card set that need not be read, unless something asks what stands in it."""

    def __init__(self, files: Files, path: str, note_types: dict[str, NoteType | None]) -> None:
        self._place = (files, path, note_types)

    @cached_property
    def values(self) -> dict[str, Mapping[str, Node]]:
        """What its notes say, by id."""
        return {note.id: note.values for note in read_card_set(*self._place, [])}


class KnownSets:
    """The card sets of one project that are known, kept in `folder`.

    `digests` are hashes of all files that a build reads, by their paths.
    """

    def __init__(self, folder: Path, root: Path, digests: Mapping[str, str]) -> None:
        self._folder = folder
        self._root = root
        self._sets = {path: digest for path, digest in digests.items() if is_card_set(path)}
        others = [(path, digest) for path, digest in digests.items() if path not in self._sets]
        self._others = sha256(repr(others).encode("utf-8", "surrogatepass")).hexdigest()
        self._used: set[str] = set()
        if not self._is_large():
            self._sets = {}

    @property
    def used(self) -> bool:
        """Whether any set was not read because it is known."""
        return bool(self._used)

    def read(
        self,
        files: Files,
        path: str,
        note_types: dict[str, NoteType | None],
        said: list[Diagnostic],
    ) -> list[Note]:
        """The notes of a card set, from the set itself where that is not known."""
        known = kept.read_with_text(self._path(path)) if path in self._sets else None
        if known is None or known[0]["of"] != [self._sets[path], self._others]:
            return read_card_set(files, path, note_types, said)
        self._used.add(path)
        value, text = known
        return list(_notes(value["kinds"], text, path, _Set(files, path, note_types)))

    def keep(self, notes: Iterable[BuiltNote]) -> None:
        """Keeps what the notes of a deck became, in study order, where nothing is told of them."""
        for path, of_set in groupby(notes, lambda note: note.source.id.span.path):
            if path in self._sets and path not in self._used:
                made = _as_kept(list(of_set))
                if made is not None:
                    kinds, text = made
                    of = [self._sets[path], self._others]
                    kept.write(self._path(path), {"of": of, "kinds": kinds}, text)

    def forget(self) -> None:
        """Forgets the sets that were used, as if they were never known."""
        for path in self._used:
            with contextlib.suppress(OSError):
                self._path(path).unlink()
        self._sets, self._used = {}, set()

    def _is_large(self) -> bool:
        try:
            return sum(os.path.getsize(self._root / path) for path in self._sets) >= _LEAST
        except OSError:
            return False

    def _path(self, path: str) -> Path:
        digest = sha256(path.encode("utf-8", "surrogatepass")).hexdigest()
        return kept.path_for(self._folder, self._root, f"set-{digest[:16]}")


def _as_kept(notes: list[BuiltNote]) -> tuple[list[Any], str] | None:
    """What many notes of a set have alike, and the text of the notes.

    None where these would not give them back as they are.
    """
    kinds: dict[tuple[Any, ...], int] = {}
    rows = []
    for note in notes:
        if any(file.content is not None for file in note.media):
            return None
        id, note_type, subdeck, _, *lists = note.source
        kind = (note_type, subdeck, *lists, note.cards, note.media)
        rows.append(_TEXT.join([*note.fields, id, str(kinds.setdefault(kind, len(kinds)))]))
    text = _NOTE.join(rows)
    signs = sum(len(note.fields) + 1 for note in notes)
    if text.count(_TEXT) != signs or text.count(_NOTE) != len(notes) - 1:
        return None
    return list(kinds), text


def _notes(alike: list[Any], notes: str, path: str, set: _Set) -> Iterator[Note]:
    kinds = {str(number): _kind(kind, path) for number, kind in enumerate(alike)}
    place = (path, 1, 1, "")
    for note in notes.split(_NOTE):
        fields = note.split(_TEXT)
        note_type, subdeck, lists, cards, media = kinds[fields.pop()]
        id = Text(fields.pop())
        id.place = place
        values = KnownValues(id, set, fields, cards, media)
        yield _new(Note, (id, note_type, subdeck, values, *lists))


def _kind(kind: list[Any], path: str) -> tuple[Any, ...]:
    """What notes have alike, with the types that it had."""
    place = Span(path)
    note_type, subdeck, *lists, as_of, retired, guid, cards, media = kind
    said = (
        *(tuple(text(one, place) for one in texts) for texts in lists),
        *(text(one, place) if one is not None else None for one in (as_of, retired, guid)),
    )
    files = tuple(MediaFile(*file) for file in media)
    return note_type, text(subdeck, place), said, tuple(cards), files
