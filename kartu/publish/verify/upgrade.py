"""The upgrade gate: what this release changes for a student who studied an older one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from kartu.anki.apkg.contents import Note, NoteType
from kartu.core.language import _
from kartu.publish.verify.collection import Card, Imported, Media
from kartu.publish.verify.contents import Between, check_contents, check_times
from kartu.publish.verify.findings import Report
from kartu.publish.verify.fresh import (
    check_database,
    check_package,
    check_rendering,
    looks_different,
    lowered,
    names,
)
from kartu.publish.verify.history import check_history, differs, same_deck
from kartu.publish.verify.package import CardKey, Package
from kartu.publish.verify.student import OWN_STYLE, OWN_TAG, StudentWork, edit_time, study

if TYPE_CHECKING:
    from kartu.publish.verify.engine import Engine

# The values of a card that have the names of their columns in Anki's database.
_PROGRESS = Card._fields[1:]

# Anki appends the SHA-1 of its content to a file with the name of an existing one.
_HASH = re.compile(r"-[0-9a-f]{40}(?=\.\w)")


class _CollectionState(NamedTuple):
    """The collection at one moment."""

    notes: dict[str, Note]
    cards: dict[CardKey, Card]
    reviews: dict[CardKey, list[tuple[int, ...]]]
    note_types: dict[int, NoteType]
    schema_time: int
    empty: set[CardKey]
    media: Media


def upgrade_gate(
    engine: Engine,
    paths: tuple[str, str],
    old: Package,
    new: Package,
    between: Between,
    report: Report,
) -> None:
    """Installs and studies the first of `paths`, then imports the second as an update."""
    report.count("notes", len(new.notes))
    report.count("cards", len(new.cards))
    if not same_deck(old, new):
        message = _(
            "the package's uid is {new}, that of the older one is {old}", new=new.uid, old=old.uid
        )
        report.add("not-the-same-deck", message)
        return
    check_package(new, report)
    check_history(old, new, report)
    check_contents(old, new, report)
    report.begin(_("importing {path}", path=paths[0]))
    engine.import_package(paths[0])
    # Anki sets the time of a note type to now if it has to rename it, such as "Basic".
    engine.date_note_types({id: one.mod for id, one in old.note_types.items()})
    report.begin(_("studying {path}", path=paths[0]))
    work = study(engine, old, edit_time(old, new))
    work = work._replace(corrected=check_times(old, new, work, between, report))
    report.count("studied", work.studied)
    report.begin(_("checking the database after studying {path}", path=paths[0]))
    engine.check_database()  # what it fixes now is not the fault of the release
    before = _collection_state(engine)
    report.begin(_("importing {new} over {old}", new=paths[1], old=paths[0]))
    imported = engine.import_package(paths[1])
    report.count("new", imported.new)
    report.count("updated", imported.updated)
    after = _collection_state(engine)
    conflicting = _report_conflicts(imported, old, new, report)
    _check_collection(old, new, work, before, after, report)
    _check_progress(old, before, after, report)
    _check_arrivals(old, new, before, after, conflicting, report)
    _check_notes(old, new, work, after, conflicting, report)
    _check_cards(engine, old, new, before, after, report)
    _check_media(old, new, before, after, report)
    report.begin(_("checking the database"))
    check_database(engine, report)


def _collection_state(engine: Engine) -> _CollectionState:
    return _CollectionState(
        engine.notes(),
        engine.cards(),
        engine.reviews(),
        engine.note_types(),
        engine.schema_time(),
        engine.empty_cards(),
        engine.check_media(),
    )


def _report_conflicts(imported: Imported, old: Package, new: Package, report: Report) -> set[str]:
    """Reports the notes that Anki did not update, and returns their GUIDs."""
    found = set()
    ids = {note.id: note for note in new.notes.values()}
    for id, fields in imported.conflicting:
        note = ids.get(id)
        guid = note.guid if note else ""
        found.add(guid)
        message = _("Anki did not update the note: its note type is not the installed one")
        report.add("note-conflict", message if guid else f"{message}: {fields[0]}", guid)
    return found


def _check_collection(
    old: Package,
    new: Package,
    work: StudentWork,
    before: _CollectionState,
    after: _CollectionState,
    report: Report,
) -> None:
    """Note types are the existing ones, as in the release, and no full sync is needed."""
    if after.schema_time != before.schema_time:
        report.add("full-sync", _("Anki will ask for a full sync"))
    replaced = {
        tuple(field.name for field in old.note_types[id].fields)
        for id in old.note_types.keys() - new.note_types.keys()
    }
    for id in after.note_types.keys() - before.note_types.keys():
        found = after.note_types[id]
        copied = tuple(field.name for field in found.fields) in replaced
        if id not in new.note_types or found.name != new.note_types[id].name or copied:
            report.add(
                "note-type-doubled", _('there is a second note type, "{name}"', name=found.name)
            )
    for id in before.note_types.keys() & new.note_types.keys():
        if id not in after.note_types:
            report.add("note-type-altered", _('"{name}" is gone', name=new.note_types[id].name))
        elif id in work.styled and not looks_different(old.note_types[id], new.note_types[id]):
            own_style = new.note_types[id]._replace(css=new.note_types[id].css + OWN_STYLE)
            if looks_different(after.note_types[id], own_style):
                message = _(
                    'note type "{name}": the student\'s style is gone, and the release changes '
                    "nothing in it",
                    name=new.note_types[id].name,
                )
                report.add("style-lost", message)
        elif looks_different(after.note_types[id], new.note_types[id]):
            message = _(
                'note type "{name}": the release\'s cards did not arrive',
                name=new.note_types[id].name,
            )
            report.add("note-type-not-updated", message)
    for guid in sorted(before.notes.keys() - after.notes.keys()):
        report.add("note-lost", _("the note is gone from the collection"), guid)


def _check_progress(
    old: Package, before: _CollectionState, after: _CollectionState, report: Report
) -> None:
    for key, name in names(old, before.cards):
        was, now = before.cards[key], after.cards.get(key)
        if now is None:
            report.add("card-lost", _("the card is gone from the collection"), key[0], name)
            continue
        for field in _PROGRESS:
            one, other = getattr(was, field), getattr(now, field)
            if one != other:
                report.add(
                    "progress-changed",
                    _("{field} was {before} and is {after}", field=field, before=one, after=other),
                    key[0],
                    name,
                )
        if before.reviews.get(key) != after.reviews.get(key):
            report.add("reviews-changed", _("its rows in the review log changed"), key[0], name)


def _check_arrivals(
    old: Package,
    new: Package,
    before: _CollectionState,
    after: _CollectionState,
    conflicting: set[str],
    report: Report,
) -> None:
    """New notes and cards arrived, in the release's decks or where the student moved the note.

    Anki puts new cards into Default if the student has the note's cards in several decks.
    """
    homes: dict[str, set[str]] = {}
    for (guid, _rest), card in before.cards.items():
        homes.setdefault(guid, set()).add(card.deck)
    for guid in new.notes.keys() - after.notes.keys():
        report.add("note-not-added", _("the note did not arrive"), guid)
    for key, name in names(new, new.cards.keys() - old.cards.keys()):
        if key not in after.cards and key[0] in after.notes and key[0] not in conflicting:
            report.add("card-not-added", _("the card did not arrive"), key[0], name)
        elif key in after.cards and len(homes.get(key[0], ())) > 1:
            report.count("cards_in_default", after.cards[key].deck not in new.cards.values())
        elif key in after.cards and after.cards[key].deck not in {
            new.cards[key],
            *homes.get(key[0], ()),
        }:
            message = _(
                'it is in "{deck}", not in "{expected}"',
                deck=after.cards[key].deck,
                expected=new.cards[key],
            )
            report.add("card-elsewhere", message, key[0], name)


def _check_notes(
    old: Package,
    new: Package,
    work: StudentWork,
    after: _CollectionState,
    conflicting: set[str],
    report: Report,
) -> None:
    """Corrections arrived; where nothing was corrected, the student's edits and tags are there."""
    for count in ("edits_kept", "edits_overwritten", "tags_kept", "tags_overwritten"):
        report.count(count, 0)
    for guid, now in after.notes.items():
        if guid in conflicting:
            continue
        released = new.notes.get(guid)
        corrected = guid not in old.notes or guid in work.corrected
        if released is not None and (corrected or differs(old, new, guid)):
            report.count("edits_overwritten", guid in work.edited)
            report.count("tags_overwritten", guid in work.tagged)
            _check_correction(released, now, report)
        elif guid in old.notes:
            _check_uncorrected(released or old.notes[guid], now, work, report)


def _check_correction(released: Note, now: Note, report: Report) -> None:
    if not _same(now.fields, released.fields):
        message = _("the release's text did not arrive (its time is {time})", time=released.mod)
        report.add("text-not-updated", message, released.guid)
    elif lowered(now.tags) != lowered(released.tags):
        message = _("the release's tags did not arrive (its time is {time})", time=released.mod)
        report.add("text-not-updated", message, released.guid)


def _check_uncorrected(released: Note, now: Note, work: StudentWork, report: Report) -> None:
    """A note that the release does not correct is unchanged."""
    guid = released.guid
    if _same(now.fields, work.edited.get(guid, released.fields)):
        report.count("edits_kept", guid in work.edited)
    elif guid in work.edited:
        message = _("the student's text is gone, and the release changes nothing in this note")
        report.add("edit-lost", message, guid)
    else:
        report.add(
            "text-not-updated", _("the note's text is neither the old nor the new one"), guid
        )
    if guid in work.tagged and OWN_TAG not in now.tags:
        message = _("the student's tag is gone, and the release changes nothing in this note")
        report.add("tag-lost", message, guid)
    elif guid in work.tagged:
        report.count("tags_kept")


def _same(installed: Sequence[str], released: Sequence[str]) -> bool:
    """Whether the fields are the release's, except for file names that Anki changed."""
    return [_HASH.sub("", one) for one in installed] == [_HASH.sub("", one) for one in released]


def _check_cards(
    engine: Engine,
    old: Package,
    new: Package,
    before: _CollectionState,
    after: _CollectionState,
    report: Report,
) -> None:
    """No card of either release is left without content."""
    published = old.cards.keys() | new.cards.keys()
    emptied = (after.empty - before.empty) & published
    for key, name in names(old, emptied):
        report.add("card-emptied", _("its front shows no text any more"), key[0], name)
    report.begin(_("rendering the cards"))
    shown = {key: card for key, card in after.cards.items() if key not in after.empty}
    check_rendering(engine, old, shown, report)
    added = {key: deck for key, deck in new.cards.items() if key not in old.cards}
    check_rendering(engine, new._replace(cards=added), shown, report)


def _check_media(
    old: Package, new: Package, before: _CollectionState, after: _CollectionState, report: Report
) -> None:
    """Files arrive with their new content; what was missing before is not this release's fault."""
    for name in sorted(set(after.media.missing) - set(before.media.missing)):
        report.add("media-missing", _("a note names {file}, which is not there", file=name))
    arrived = set(after.media.files.values())
    for name in sorted(old.media.keys() & new.media.keys()):
        if name in after.media.files and new.media[name] not in arrived:
            report.add("media-not-updated", _("{file} still has the older content", file=name))
