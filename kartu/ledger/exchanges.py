"""Published notes that took each other's texts.

Anki identifies a note by its GUID. Where two notes exchange their questions, every student's
progress continues with the wrong question, and Anki does not notice. It happens when a sheet is
sorted without its id column, when a cell or row is moved, or when a new question gets an old id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import NamedTuple


class Texts(NamedTuple):
    """The texts of a note: by position, as anything that is equal for equal texts.

    `kind` is its note type; `first` the position of the text that identifies a note, empty where
    there is none, as in notes that begin with a picture.
    """

    kind: str
    fields: Mapping[str, str]
    first: str


class TakenText(NamedTuple):
    """`note` has in the field `field` what `other` had in `other_field` when published."""

    note: str
    field: str
    other: str
    other_field: str


# Of each note that changed, where one text is in another's place: what it was and what it is.
_Changes = Mapping[str, Mapping[str, tuple[str, str]]]

# Texts that several notes share, as answers often are, prove an exchange only in large numbers.
_MIN_EXCHANGED = 4
_MIN_SHARE = 0.8


def taken_texts(old: Mapping[str, Texts], new: Mapping[str, Texts]) -> list[TakenText]:
    """Returns evidence of exchanged texts, at most one per note, in the order of `new`.

    - Two fields of a note exchanged their texts.
    - The first text is one that a single published note had; a new note may have it only where the
      published one still has it too.
    - In another field notes exchanged their texts: each has that of the next one, in a circle or in
      a row of three and more.
    - Of the texts that are new in a field, four and at least four in five were there before, in
      other notes that changed.

    An added or removed text is not an exchange, nor is a single one that another note also has.
    """
    changes = {note: one for note in new if (one := _changes_of(old.get(note), new[note]))}
    found: dict[str, TakenText] = {}
    for taken in (
        *_within_notes(changes),
        *_first_texts(old, new, changes),
        *_between_notes(old, changes),
    ):
        found.setdefault(taken.note, taken)
    return [found[note] for note in new if note in found]


def _changes_of(was: Texts | None, now: Texts) -> dict[str, tuple[str, str]]:
    if was is None or was.kind != now.kind or was.fields == now.fields:
        return {}
    return {
        place: (was.fields[place], text)
        for place, text in now.fields.items()
        if was.fields.get(place, text) != text
    }


def _within_notes(changes: _Changes) -> Iterator[TakenText]:
    for note, changed in changes.items():
        for (place, one), (other, two) in combinations(changed.items(), 2):
            if one == two[::-1]:
                yield TakenText(note, place, note, other)


def _first_texts(
    old: Mapping[str, Texts], new: Mapping[str, Texts], changes: _Changes
) -> Iterator[TakenText]:
    takers: dict[tuple[str, str], list[str]] = {}
    for note, now in new.items():
        if now.first in now.fields and (note not in old or now.first in changes.get(note, ())):
            takers.setdefault((now.kind, now.fields[now.first]), []).append(note)
    owners: dict[tuple[str, str], list[str]] = {}
    for note, was in old.items() if takers else ():
        key = (was.kind, was.fields.get(was.first, ""))
        if key in takers:
            owners.setdefault(key, []).append(note)
    for key, (owner, *others) in owners.items():
        for note in takers[key] if not others else ():
            if note != owner and (note in old or old[owner].first in changes.get(owner, ())):
                yield TakenText(note, new[note].first, owner, old[owner].first)


def _between_notes(old: Mapping[str, Texts], changes: _Changes) -> Iterator[TakenText]:
    columns: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
    for note, changed in changes.items():
        for place, texts in changed.items():
            columns.setdefault((old[note].kind, place), {})[note] = texts
    occurrences = _occurrences(old, columns)
    for (kind, place), column in columns.items():
        owners = {was: note for note, (was, _) in column.items()}
        before = Counter(was for was, _ in column.values())
        matched = (before & Counter(now for _, now in column.values())).total()
        many = matched >= max(_MIN_EXCHANGED, _MIN_SHARE * len(column))
        next_to = {
            note: owners[now]
            for note, (_, now) in column.items()
            if now in owners and (many or occurrences[kind, place, now] == 1)
        }
        taken_from = set(next_to.values())
        for note, other in next_to.items():
            if many or other in next_to or note in taken_from:
                yield TakenText(note, place, other, place)


def _occurrences(
    old: Mapping[str, Texts], columns: Mapping[tuple[str, str], object]
) -> Counter[tuple[str, str, str]]:
    """How many published notes have each text of the columns."""
    places: dict[str, list[str]] = {}
    for kind, place in columns:
        places.setdefault(kind, []).append(place)
    return Counter(
        (was.kind, place, was.fields[place])
        for was in old.values()
        for place in places.get(was.kind, ())
        if place in was.fields
    )
