"""Compares the packages of two releases: what no later release may change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kartu.anki.apkg.contents import Field, NoteType, Template, same_place
from kartu.core.language import _
from kartu.publish.verify.findings import Report
from kartu.publish.verify.package import Package


def differs(old: Package, new: Package, guid: str) -> bool:
    """Returns whether the release corrects the text, tags or media of a note in both."""
    one, other = old.notes[guid], new.notes[guid]
    if one.fields != other.fields or set(one.tags) != set(other.tags):
        return True
    names = [name for name, digest in old.media.items() if new.media.get(name, digest) != digest]
    return any(name in field for name in names for field in other.fields)


def same_deck(old: Package, new: Package) -> bool:
    """Returns False where both have a uid and these differ."""
    return not old.uid or not new.uid or old.uid == new.uid


def check_history(old: Package, new: Package, report: Report) -> None:
    """Reports dropped notes, note types with another schema, decks with another name."""
    _check_guids(old, new, report)
    for id, note_type in old.note_types.items():
        if id in new.note_types:
            _check_schema(note_type, new.note_types[id], report)
    _check_note_type_ids(old, new, report)
    _check_decks(old, new, report)


def _check_guids(old: Package, new: Package, report: Report) -> None:
    missing = old.notes.keys() - new.notes.keys()
    if old.uid and old.uid == new.uid and old.edition != new.edition:
        report.count("outside", len(missing))
        return
    added = {
        new.notes[guid].fields[0]: guid for guid in sorted(new.notes.keys() - old.notes.keys())
    }
    for guid in sorted(missing):
        other = added.get(old.notes[guid].fields[0])
        if other:
            report.add(
                "guid-changed",
                _("a note with the same first field is now {other}", other=other),
                guid,
            )
        else:
            report.add("note-dropped", _("the note was published and is not in the package"), guid)


def _check_schema(old: NoteType, new: NoteType, report: Report) -> None:
    messages = []
    if old.cloze != new.cloze:
        messages.append(f"it was {_kind(old)} and is {_kind(new)}")
    if old.sort_field != new.sort_field:
        messages.append(f"it sorted by field {old.sort_field + 1} and does by {new.sort_field + 1}")
    messages += _moved_parts("field", old.fields, new.fields)
    for what in messages:
        report.add("schema-changed", _('note type "{name}": {what}', name=old.name, what=what))
    for what in _moved_parts("card", old.cards, new.cards):
        report.add("schema-changed", _('note type "{name}": {what}', name=old.name, what=what))


def _moved_parts(
    part: str, old: Sequence[Field | Template], new: Sequence[Field | Template]
) -> list[str]:
    """Anki compares position by position: by id where both have one, else by name."""
    messages = []
    if len(old) != len(new):
        messages.append(f"it had {len(old)} {part}s and has {len(new)}")
    for place, (one, other) in enumerate(zip(old, new, strict=False), start=1):
        if not same_place(one, other):
            messages.append(f'{part} {place} was "{one.name}" and is "{other.name}"')
    return messages


def _check_note_type_ids(old: Package, new: Package, report: Report) -> None:
    """A note that changes its note type can never be updated again."""
    moved = Counter(
        (old.notes[guid].note_type, new.notes[guid].note_type)
        for guid in old.notes.keys() & new.notes.keys()
        if old.notes[guid].note_type != new.notes[guid].note_type
    )
    for (before, after), count in sorted(moved.items()):
        name = old.note_types[before].name if before in old.note_types else str(before)
        message = _(
            "{count} of its notes have the note type id {after}, which was {before}",
            count=count,
            after=after,
            before=before,
        )
        report.add("schema-changed", _('note type "{name}": {message}', name=name, message=message))


def _check_decks(old: Package, new: Package, report: Report) -> None:
    renamed = Counter(
        (old.cards[key], new.cards[key])
        for key in old.cards.keys() & new.cards.keys()
        if old.cards[key] != new.cards[key]
    )
    for (before, after), count in sorted(renamed.items()):
        report.add(
            "deck-renamed",
            _(
                '{count} cards were in "{before}" and are in "{after}"',
                count=count,
                before=before,
                after=after,
            ),
        )
    roots = {_root(deck) for deck in old.cards.values()}
    renamed_to = {after for _rest, after in renamed}
    outside = Counter(
        deck
        for key, deck in new.cards.items()
        if key not in old.cards and _root(deck) not in roots and deck not in renamed_to
    )
    for deck, count in sorted(outside.items()):
        message = _(
            '{count} new cards are in "{deck}", outside of {names}',
            count=count,
            deck=deck,
            names=", ".join(sorted(roots)),
        )
        report.add("deck-renamed", message)


def _root(deck: str) -> str:
    return deck.split("::", maxsplit=1)[0]


def _kind(note_type: NoteType) -> str:
    return "cloze" if note_type.cloze else "standard"
