"""Compares the contents of two releases: exchanged texts, and times that changed.

The packages alone show both, for every note: Anki imports the first as a correction, and the
second costs a student's edits and tags.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from kartu.anki.apkg.contents import Note, NoteType
from kartu.anki.cloze import hidden_texts
from kartu.core.clock import EARLIEST
from kartu.core.language import _
from kartu.ledger.exchanges import Texts, taken_texts
from kartu.publish.verify.findings import Report
from kartu.publish.verify.fresh import looks_different
from kartu.publish.verify.history import differs
from kartu.publish.verify.package import Package
from kartu.publish.verify.student import StudentWork

# What does not identify a note in its first field.
_NOT_TEXT = re.compile(r"<[^>]*>|\[sound:[^\]]*\]|&nbsp;|\s+")


class Between:
    """The releases between two others, read on first use.

    `read` gives the package of a path.
    """

    def __init__(self, paths: Sequence[str], read: Callable[[str], Package]) -> None:
        self._paths = paths
        self._read = read
        self._packages: list[Package] | None = None

    def changed_note(self, old: Package, new: Package, guid: str) -> bool:
        """Returns whether one of them has other text, tags or media in the note than `old`."""
        since, until = old.notes[guid].mod, new.notes[guid].mod
        return any(
            guid in one.notes and since < one.notes[guid].mod < until and differs(old, one, guid)
            for one in self._all()
        )

    def changed_note_type(self, old: Package, new: Package, id: int) -> bool:
        """Returns whether the note type looks different in one of them than in `old`."""
        since, until = old.note_types[id].mod, new.note_types[id].mod
        return any(
            id in one.note_types
            and since < one.note_types[id].mod < until
            and looks_different(old.note_types[id], one.note_types[id])
            for one in self._all()
        )

    def _all(self) -> list[Package]:
        if self._packages is None:
            self._packages = [self._read(path) for path in self._paths]
        return self._packages


def check_times(
    old: Package, new: Package, work: StudentWork, between: Between, report: Report
) -> frozenset[str]:
    """Reports times that changed without a change of content.

    What the student edited is left out where the engine reports the loss. Returns the notes that a
    release between the two changed, and this one changed back: students of `old` lose their edits
    and tags there too, which is no fault.
    """
    changed_back = set()
    for guid in sorted(old.notes.keys() & new.notes.keys()):
        was, now = old.notes[guid].mod, new.notes[guid].mod
        if was == now or differs(old, new, guid):
            continue
        if now > was and between.changed_note(old, new, guid):
            changed_back.add(guid)
        elif now < was or not (guid in work.edited or guid in work.tagged):
            message = _(
                "nothing in the note changed except its time, from {before} to {after}",
                before=was,
                after=now,
            )
            report.add("time-moved", message, guid)
    for id in sorted(old.note_types.keys() & new.note_types.keys()):
        one, other = old.note_types[id], new.note_types[id]
        # No student has changed a note type before there was Anki: times of 0 may become real ones.
        if one.mod == other.mod or other.mod <= EARLIEST or looks_different(one, other):
            continue
        if other.mod < one.mod or not (
            id in work.styled or between.changed_note_type(old, new, id)
        ):
            message = _(
                "nothing in it changed except its time, from {before} to {after}",
                before=one.mod,
                after=other.mod,
            )
            report.add(
                "time-moved", _('note type "{name}": {message}', name=one.name, message=message)
            )
    return frozenset(changed_back)


def check_contents(old: Package, new: Package, report: Report) -> None:
    """Reports notes and cards that no longer ask the same question."""
    for taken in taken_texts(_texts(old), _texts(new)):
        field = _field_name(new, taken.note, taken.field)
        if taken.note == taken.other:
            other = _field_name(new, taken.note, taken.other_field)
            message = _(
                'the texts of the fields "{field}" and "{other}" have been exchanged',
                field=field,
                other=other,
            )
        else:
            message = _(
                'the field "{field}" has the text that the note {note} had',
                field=field,
                note=taken.other,
            )
        report.add("texts-exchanged", message, taken.note)
    for id in old.note_types.keys() & new.note_types.keys():
        _check_sides(old.note_types[id], new.note_types[id], report)
    for guid in sorted(old.notes.keys() & new.notes.keys()):
        note_type = new.note_types.get(new.notes[guid].note_type)
        if note_type is not None and note_type.cloze:
            _check_gaps(old.notes[guid], new.notes[guid], report)


def _texts(package: Package) -> Mapping[str, Texts]:
    return {
        guid: Texts(
            str(note.note_type),
            {str(place): text for place, text in enumerate(note.fields) if text.strip()},
            "0" if note.fields and _NOT_TEXT.sub("", note.fields[0]) else "",
        )
        for guid, note in package.notes.items()
    }


def _field_name(package: Package, guid: str, place: str) -> str:
    note_type = package.note_types.get(package.notes[guid].note_type)
    fields = note_type.fields if note_type is not None else ()
    return fields[int(place)].name if int(place) < len(fields) else str(int(place) + 1)


def _check_sides(old: NoteType, new: NoteType, report: Report) -> None:
    fronts = {card.front: card.name for card in old.cards}
    for was, now in zip(old.cards, new.cards, strict=False):
        other = fronts.get(now.front, was.name)
        if now.front == was.back != now.back == was.front:
            message = _('the front of the card "{card}" was its back before', card=now.name)
        elif now.front != was.front and other != was.name:
            message = _(
                'the front of the card "{card}" was that of "{other}" before',
                card=now.name,
                other=other,
            )
        else:
            continue
        report.add(
            "sides-exchanged", _('note type "{name}": {message}', name=new.name, message=message)
        )


def _check_gaps(old: Note, new: Note, report: Report) -> None:
    """A gap keeps its number: what it hides was not hidden by another one."""
    for was, now in zip(old.fields, new.fields, strict=False):
        if was == now or "{{c" not in was:
            continue
        before, after = hidden_texts(was), hidden_texts(now)
        for number, text in after.items():
            moved = [n for n, other in before.items() if other == text and after.get(n) != text]
            if moved and before.get(number, text) != text:
                message = _(
                    "what c{number} hides was hidden by c{before} before",
                    number=number,
                    before=moved[0],
                )
                report.add("cloze-renumbered", message, new.guid)
