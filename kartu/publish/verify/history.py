"""Compares the packages of two releases: what no later release may change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kartu.anki.apkg.contents import Field, NoteType, Template, same_place
from kartu.core.language import N_, _
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
                _("a note with the same first field now has the GUID {guid}", guid=other),
                guid,
            )
        else:
            report.add("note-dropped", _("the note was published and is not in the package"), guid)


_TO_CLOZE = N_("it was standard and is now cloze")
_FROM_CLOZE = N_("it was cloze and is now standard")
# How many there are, and what one of them is.
_FIELDS = (
    N_("it had {before} fields and now has {after}"),
    N_('field {position} was "{before}" and is now "{after}"'),
)
_CARDS = (
    N_("it had {before} cards and now has {after}"),
    N_('card {position} was "{before}" and is now "{after}"'),
)


def _check_schema(old: NoteType, new: NoteType, report: Report) -> None:
    messages = []
    if old.cloze != new.cloze:
        messages.append(_(_TO_CLOZE if new.cloze else _FROM_CLOZE))
    if old.sort_field != new.sort_field:
        messages.append(
            _(
                "it was sorted by field {before} and now is by {after}",
                before=old.sort_field + 1,
                after=new.sort_field + 1,
            )
        )
    messages += _moved_parts(_FIELDS, old.fields, new.fields)
    messages += _moved_parts(_CARDS, old.cards, new.cards)
    for one in messages:
        message = _('note type "{name}": {message}', name=old.name, message=one)
        report.add("schema-changed", message)


def _moved_parts(
    texts: tuple[str, str], old: Sequence[Field | Template], new: Sequence[Field | Template]
) -> list[str]:
    """Anki compares position by position: by id where both have one, else by name."""
    messages = []
    if len(old) != len(new):
        messages.append(_(texts[0], before=len(old), after=len(new)))
    for place, (one, other) in enumerate(zip(old, new, strict=False), start=1):
        if not same_place(one, other):
            messages.append(_(texts[1], position=place, before=one.name, after=other.name))
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
            "{count} of its notes now have a note type with the id {after}, and had {before}",
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
            '{count} new cards are in "{deck}", outside of {decks}',
            count=count,
            deck=deck,
            decks=", ".join(sorted(roots)),
        )
        report.add("deck-renamed", message)


def _root(deck: str) -> str:
    return deck.split("::", maxsplit=1)[0]
