"""A student who has studied a release: progress, flags, decks, edits and tags of their own.

The position in the package decides what is done to a card or note, so that runs are repeatable.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from kartu.anki.apkg.contents import Note, NoteType
from kartu.publish.verify.collection import Card
from kartu.publish.verify.package import CardKey, Package

if TYPE_CHECKING:
    from kartu.publish.verify.engine import Engine

OWN_DECK = "Milik saya::Pilihan"
OWN_TAG = "catatan-saya"
OWN_TEXT = " (catatan saya)"
OWN_STYLE = "\n.card { letter-spacing: 0.01em; }\n"


class StudentWork(NamedTuple):
    """What the student did: notes with their edited fields, tagged notes, and note types with an
    edited style. `corrected` are notes that a release changed and a later one changed back.
    """

    edited: dict[str, tuple[str, ...]]
    tagged: frozenset[str]
    styled: frozenset[int]
    studied: int
    corrected: frozenset[str] = frozenset()


def study(engine: Engine, old: Package, changed: int) -> StudentWork:
    """Studies every card of the collection; edits of notes have the time `changed`."""
    notes = list(engine.notes().values())
    note_types = engine.note_types()
    edited = {}
    for note in notes[::3]:
        fields = _with_own_text(note, note_types[note.note_type])
        if fields != note.fields:
            engine.edit(note, fields)
            edited[note.guid] = fields
    tagged = notes[1::3]
    for note in tagged:
        engine.tag(note, OWN_TAG)
    cards = engine.cards()
    _answer(engine, list(cards.values()))
    _arrange(engine, cards, old)
    engine.date([note for note in notes if note.guid in edited] + tagged, changed)
    styled = sorted(old.note_types.keys() & note_types.keys())[::2]
    for id in styled:
        engine.restyle(id, OWN_STYLE, changed)
    return StudentWork(
        edited, frozenset(note.guid for note in tagged), frozenset(styled), len(cards)
    )


def edit_time(old: Package, new: Package) -> int:
    """Returns when the student edits notes, in seconds: between the releases of OLD and NEW.

    An edit with the current time would be newer than both, and Anki would never replace it.
    """
    times = [note.mod for note in old.notes.values()]
    used = {note.note_type for note in old.notes.values()}
    times += [one.mod for id, one in old.note_types.items() if id in used]
    released = max(times, default=1)
    later = [note.mod for note in new.notes.values() if note.mod > released]
    return released if later and min(later) == released + 1 else released + 1


def _with_own_text(note: Note, note_type: NoteType) -> tuple[str, ...]:
    """The fields with the student's words in the last one that is used, but not in the first.

    Without such a field, in the first empty one that is not a spare; else nothing is changed.
    """
    places = [place for place in range(1, len(note.fields)) if note.fields[place].strip()]
    if not places:
        names = [field.name for field in note_type.fields]
        places = [place for place in range(1, len(names)) if not names[place].startswith("_")][:1]
    if not places:
        return note.fields
    fields = list(note.fields)
    fields[places[-1]] += OWN_TEXT
    return tuple(fields)


def _answer(engine: Engine, cards: Sequence[Card]) -> None:
    """Presses every button; some cards are known at once, and some of these forgotten again."""
    begun = int(time.time()) - 2 * len(cards)
    for number, card in enumerate(cards):
        seconds = begun + 2 * number
        engine.answer(card, number % 4 + 1, seconds * 1000)
        if number % 8 in (2, 3):
            engine.answer(card, 4 if number % 8 == 2 else 1, seconds * 1000 + 1000)


def _arrange(engine: Engine, cards: dict[CardKey, Card], old: Package) -> None:
    """Flags, suspends, buries and moves cards, one whole deck of several among them."""
    listed = list(cards.values())
    for flag in (1, 3):
        engine.flag(listed[flag::10], flag)
    engine.suspend(listed[2::6])
    engine.bury(listed[4:5])
    decks = sorted(set(old.cards.values()))
    whole = {decks[-1]} if len(decks) > 1 else set()
    moved = [card for number, card in enumerate(listed) if number % 7 == 5 or card.deck in whole]
    if moved:
        engine.move(moved, OWN_DECK)
