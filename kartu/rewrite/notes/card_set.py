"""A card set as edits see it: its notes as forms have them, and what each edit makes of its bytes.

Each edit is read back before it counts: every other value is the same, and the new one is exactly
what was wanted. What cannot be written so is refused with its place.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from kartu.core.language import _
from kartu.core.source import Span
from kartu.rewrite.notes.values import (
    EditRefusedError,
    Value,
    check_characters,
    is_blank,
    plain,
)

Values = dict[str, Value]


class Form(NamedTuple):
    """A note as a form shows it.

    `values` are what its author wrote by key, by whatever words, in the file's order, tags, sources
    and the engine's other keys too; `places` is where each is. `id` is empty where none is written.
    `tags` are those that its set gives to all notes.
    """

    path: str
    place: int
    id: str
    note_type: str
    subdeck: str
    tags: list[str]
    values: Values
    places: dict[str, Span]
    span: Span


class CardSet(ABC):
    """A card set that can be read. Places of notes count from 0, as in the file."""

    path: str
    data: bytes

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def form(self, place: int) -> Form:
        """Returns a note as a form shows it."""

    @abstractmethod
    def id_at(self, place: int) -> str:
        """Returns the id of a note, empty for none."""

    @abstractmethod
    def span_at(self, place: int) -> Span:
        """Returns where a note begins, which is the place of a note without an id."""

    @abstractmethod
    def read_again(self, data: bytes) -> CardSet | None:
        """Returns the set as it is with these bytes; None where it cannot be read."""

    @abstractmethod
    def written(self, changes: Mapping[int, Values]) -> bytes:
        """Returns the bytes with values of notes set, by place; blank ones are taken away."""

    @abstractmethod
    def added(self, place: int, values: Values) -> bytes:
        """Returns the bytes with a new note, which then is at `place`."""

    @abstractmethod
    def removed(self, place: int) -> bytes:
        """Returns the bytes without a note."""

    @abstractmethod
    def reordered(self, place: int, to: int) -> bytes:
        """Returns the bytes with a note moved, so that it is at `to`."""

    @abstractmethod
    def as_written(self, key: str, value: Value) -> Value:
        """Returns a value as this kind of file holds it."""

    @property
    @abstractmethod
    def contents(self) -> list[object]:
        """What the file holds: of each note one object that is equal only if all of it is."""

    @property
    @abstractmethod
    def shared(self) -> object:
        """What the file holds apart from its notes."""

    def place_of(self, id: str) -> int | None:
        """Returns the place of the note with this id."""
        return next((place for place in range(len(self)) if self.id_at(place) == id), None)

    @property
    def writes_ids(self) -> bool:
        """Whether a note has an id in the file."""
        return any(map(self.id_at, range(len(self))))

    def forms(self) -> list[Form]:
        """Returns all notes."""
        return [self.form(place) for place in range(len(self))]

    # --- edits that are read back -----------------------------------------------------------------

    def with_values(self, changes: Mapping[int, Mapping[str, Value]]) -> bytes:
        """Returns the file with values of notes set; blank ones are taken away.

        Raises:
            EditRefusedError: A value cannot be written, or not here.
        """
        wanted = {place: self._writable(place, values) for place, values in changes.items()}
        with suppress(EditRefusedError):
            return self.with_checked(wanted)
        current: CardSet = self
        for place, values in wanted.items():  # edits of lines that touch each other
            for key, value in values.items():
                data = current._with_one(place, key, value)
                again = current.read_again(data)
                assert again is not None, "it was read back"
                current = again
        return current.data

    def with_note(self, place: int, values: Values) -> bytes:
        """Returns the file with a new note at `place`; raises as `with_values`."""
        own = self._writable(min(place, len(self) - 1), values)
        own = {key: value for key, value in own.items() if not is_blank(value)}
        places: list[int | None] = [*range(len(self))]
        places.insert(place, None)
        return self._checked(self.added(place, own), places, {place: own})

    def without_note(self, place: int) -> bytes:
        """Returns the file without a note; raises as `with_values`."""
        places: list[int | None] = [*range(len(self))]
        del places[place]
        return self._checked(self.removed(place), places, {}, place)

    def with_note_at(self, place: int, to: int) -> bytes:
        """Returns the file with a note moved to another place; raises as `with_values`."""
        places: list[int | None] = [*range(len(self))]
        places.insert(to, places.pop(place))
        return self._checked(self.reordered(place, to), places, {}, place)

    def _with_one(self, place: int, key: str, value: Value) -> bytes:
        """A value in the style of the old one, else anew in its place."""
        try:
            return self.with_checked({place: {key: value}})
        except EditRefusedError:
            without = self.read_again(self.with_checked({place: {key: ""}}))
            if is_blank(value) or without is None:
                raise
        return without.with_checked({place: {key: value}})

    def with_checked(self, wanted: Mapping[int, Values]) -> bytes:
        """As `with_values`, in one way only: the lines of the old values are edited."""
        after = {place: {**self.form(place).values, **own} for place, own in wanted.items()}
        places: list[int | None] = [None if n in after else n for n in range(len(self))]
        return self._checked(self.written(wanted), places, after)

    def _writable(self, near: int, values: Mapping[str, Value]) -> Values:
        form = self.form(near)
        found: Values = {}
        for key, value in values.items():
            check_characters(plain(value), form.places.get(key, form.span))
            found[key] = "" if is_blank(value) else self.as_written(key, plain(value))
        return found

    def _checked(
        self,
        data: bytes,
        places: Sequence[int | None],
        expected: Mapping[int, Values],
        place: int | None = None,
    ) -> bytes:
        """Returns `data` if its notes are those that were at `places`, and else the expected."""
        at = min(expected) if place is None and expected else place or 0
        span = self.form(min(at, len(self) - 1)).span
        again = self.read_again(data)
        if again is None or again.shared != self.shared or len(again) != len(places):
            raise cannot_write(self.path, span)
        before, after = self.contents, again.contents
        same = all(
            one is None or before[one] == now for one, now in zip(places, after, strict=True)
        )
        right = (_filled(again.form(n).values) == _filled(one) for n, one in expected.items())
        if not same or not all(right):
            raise cannot_write(self.path, span)
        return data


def cannot_write(path: str, place: Span) -> EditRefusedError:
    """The refusal of an edit whose result would be read as something else."""
    message = _("{path} is written in a way that cannot be changed here", path=path)
    return EditRefusedError(place, message, _("change it in a text editor"))


def _filled(values: Values) -> Values:
    return {key: value for key, value in values.items() if not is_blank(value)}
