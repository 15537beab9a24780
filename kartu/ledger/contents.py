"""Checks that published notes still ask the same: exchanged texts and reused ids.

Progress belongs to a note's id. Anki would import what is reported here as a correction.
"""

from __future__ import annotations

from collections.abc import Iterator

from kartu.compile.built import BuiltDeck, BuiltNote
from kartu.core.diagnostics import Diagnostics, Related
from kartu.core.language import N_, _
from kartu.core.model import NoteType
from kartu.core.source import Span
from kartu.ledger.entries import GONE, NO_MEDIA, Entries, NoteEntry, TypeEntry
from kartu.ledger.exchanges import TakenText, Texts, taken_texts
from kartu.ledger.file import Ledger
from kartu.ledger.similarity import SketchComparer
from kartu.load.words import word_of

# The key for the pictures and sounds of a note, next to the positions of its fields.
_MEDIA = "media"

# The text of fields of these formats does not identify a note: several may share a picture.
_NO_TEXT = ("image", "sound")

# Hardly any two notes of a deck share this much of their words; a note of which half was rewritten
# still does (measured over the 372 notes of the first deck).
_MIN_CONTAINMENT = 0.3


def check_contents(
    built: BuiltDeck, now: Entries, ledger: Ledger, diagnostics: Diagnostics
) -> None:
    """Reports exchanged texts of published notes, and notes that now ask something else."""
    changed = set(_changed(now, ledger))
    if not changed:
        return
    notes = {str(note.source.id): note for note in built.notes}
    taken = taken_texts(*_old_and_new_texts(notes, now, ledger, changed))
    for one in taken:
        _report_taken_text(one, notes, ledger, diagnostics)
    others = {one.note for one in taken}
    for note_id in rewritten(now, ledger):
        if note_id not in others:
            message = _("almost nothing is left of what the published note asked")
            help = _(
                "if this is another question, put the old text back with `retired: "
                "<reason>` and give this one an id of its own: students' progress belongs "
                "to the id"
            )
            diagnostics.add("note-rewritten", notes[note_id].source.id.span, message, help)


def rewritten(now: Entries, ledger: Ledger) -> list[str]:
    """Returns the ids of published notes with a new first text and mostly new words, in order."""
    found = []
    comparer: SketchComparer | None = None
    for note_id in _changed(now, ledger):
        published = ledger.notes.get(note_id)
        if published is None or now.notes[note_id].note_type != published.note_type:
            continue
        note = now.notes.whole(note_id)
        first = min(published.fields, key=int, default="")
        if note.fields.get(first) == published.fields.get(first):
            continue
        comparer = comparer or SketchComparer(one.words for one in ledger.notes.values())
        if comparer.containment(note.words, published.words) < _MIN_CONTAINMENT:
            found.append(note_id)
    return found


def check_sides(
    note_type: NoteType, now: TypeEntry, published: TypeEntry, diagnostics: Diagnostics
) -> None:
    """Reports cards of a published note type that have the sides of another card."""
    for card in note_type.cards:
        place = str(card.id)
        for text, other in _exchanged(place, now, published):
            message = _(text, name=card.name, other=other)
            help = _(
                "progress belongs to the card's id: put the files back, or the names in `cards`"
            )
            diagnostics.add("sides-exchanged", card.span, message, help)


_FRONT = N_('the front of the card "{name}" is that of the published card "{other}"')
_BACK = N_('the back of the card "{name}" is that of the published card "{other}"')
_TURNED = N_('the front of the card "{name}" is its published back')


def _exchanged(place: str, now: TypeEntry, published: TypeEntry) -> Iterator[tuple[str, str]]:
    """Yields which side of a card is now that of which card, or its other side: text and card."""
    if place not in published.fronts:
        return
    for other, front in published.fronts.items():
        if other != place and now.fronts[place] == front != published.fronts[place]:
            yield _FRONT, published.cards.get(other, other)
            return
    for other, back in published.backs.items():
        same = now.backs[place] == back != published.backs[place]
        if other != place and same and now.backs.get(other) == published.backs[place]:
            yield _BACK, published.cards.get(other, other)
            return
    swapped = (published.backs[place], published.fronts[place])
    if now.fronts[place] != now.backs[place] and (now.fronts[place], now.backs[place]) == swapped:
        yield _TURNED, ""


def _changed(now: Entries, ledger: Ledger) -> Iterator[str]:
    """Notes that are new or differ from their published state; retired ones are left out."""
    for note_id, note in now.notes.items():
        published = ledger.notes.get(note_id)
        if published is None or (published.hash != note.hash and not note.retired):
            yield note_id


def _old_and_new_texts(
    notes: dict[str, BuiltNote], now: Entries, ledger: Ledger, changed: set[str]
) -> tuple[dict[str, Texts], dict[str, Texts]]:
    firsts = {note.note_type.source.id: _first(note.note_type.source) for note in notes.values()}
    old = {
        note_id: _texts(entry, firsts)
        for note_id, entry in ledger.notes.items()
        if entry.hash != GONE
    }
    new = {
        note_id: old[note_id]
        if note_id in old and note_id not in changed
        else _texts(now.notes.whole(note_id), firsts)
        for note_id in now.notes
    }
    return old, new


def _texts(entry: NoteEntry, firsts: dict[str, str]) -> Texts:
    media = entry.parts.get(_MEDIA, NO_MEDIA)
    fields = entry.fields if media == NO_MEDIA else {**entry.fields, _MEDIA: media}
    return Texts(entry.note_type, fields, firsts.get(entry.note_type, ""))


def _first(note_type: NoteType) -> str:
    position = note_type.foreign.sort if note_type.foreign else 1
    found = [field for field in note_type.fields if field.id == position]
    return str(position) if found and found[0].format not in _NO_TEXT else ""


def _report_taken_text(
    one: TakenText, notes: dict[str, BuiltNote], ledger: Ledger, diagnostics: Diagnostics
) -> None:
    note = notes[one.note]
    key, place = _field(note, one.field)
    if one.note == one.other:
        message = _(
            'the texts of "{key}" and "{other}" have been exchanged',
            key=key,
            other=_field(note, one.other_field)[0],
        )
    elif key:
        message = _(
            'the text of "{key}" is that of the published note "{note}"', key=key, note=one.other
        )
    else:
        message = _(
            'the pictures and sounds are those of the published note "{note}"', note=one.other
        )
    help = _("students' progress belongs to the id: put each text back under its own id")
    if one.note not in ledger.notes:
        help = _(
            "students' progress belongs to the id: put each text back under its own id, which is "
            '"{id}" for this one',
            id=one.other,
        )
    related: tuple[Related, ...] = ()
    if one.other in notes and one.other != one.note:
        related = (Related(notes[one.other].source.id.span, _("which is here now")),)
    diagnostics.add("texts-exchanged", place, message, help, related)


def _field(note: BuiltNote, position: str) -> tuple[str, Span]:
    """The word for a field and its span; it is empty for the pictures and sounds of the note."""
    for field in note.note_type.source.fields:
        if str(field.id) == position:
            value = note.source.values.get(field.key)
            return word_of(field, note.note_type.source.language), (
                value.span if value is not None else field.key.span
            )
    return "", note.source.id.span
