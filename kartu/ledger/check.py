"""Checks a compiled deck against what was published: what an update would do to a student.

Each rule follows from observed behaviour of the real Anki (docs/updates.md). These errors
stop a build; a release that must break a rule needs `--major` and a reason.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping

from kartu.compile.built import BuiltDeck, BuiltNote
from kartu.core.diagnostics import Diagnostic, Diagnostics
from kartu.core.identity import note_guid
from kartu.core.language import N_, _
from kartu.core.model import Deck, Note, NoteType, subdeck_of
from kartu.core.patterns import pattern
from kartu.core.source import Span, Text, place_in
from kartu.ledger.contents import check_contents, check_sides
from kartu.ledger.entries import GIVEN_UP, GONE, Entries, NoteEntry
from kartu.ledger.file import Ledger, changelog_path, ledger_path
from kartu.ledger.gone import gone_note
from kartu.ledger.note_types import check_type
from kartu.ledger.translations import check_translations_behind
from kartu.load.files import Files
from kartu.load.names import version_key
from kartu.load.words import word_of


def check_ledger_is_there(
    files: Files, deck: Deck, ledger: Ledger, diagnostics: Diagnostics
) -> None:
    """Reports a missing ledger of a deck whose changelog lists releases."""
    if ledger.releases or ledger.deck is not None:
        return
    if any(one.span.path == ledger.path for one in diagnostics):
        return  # it cannot be read
    if found := _first_release(files, changelog_path(deck)):
        place, version = found
        places = {"version": version, "path": ledger.path}
        message = (
            _("version {version} was released, but its ledger {path} is empty", **places)
            if files.is_file(ledger.path)
            else _("version {version} was released, but its ledger {path} is not there", **places)
        )
        help = _(
            "get it back: git restore {path}, or from a backup or whoever released "
            "last; without it every note would count as new, and students would "
            "lose their own edits",
            path=ledger.path,
        )
        diagnostics.add("ledger-missing", place, message, help)
    elif deck.in_place and deck.upstream is not None and not deck.variant:
        original = ledger_path(deck.upstream.deck)
        if files.is_file(original):
            message = _(
                "the ledger of the deck that this one takes the place of is not here: "
                "a release would replace students' own edits and tags on every note"
            )
            help = _(
                "copy {original} to {path} before the first release",
                original=original,
                path=ledger.path,
            )
            diagnostics.add("ledger-not-copied", deck.uid.span, message, help)


def check_uid_is_there(deck: Deck, ledger: Ledger, diagnostics: Diagnostics) -> None:
    """Reports a published deck whose uid was removed: it needs the same one again."""
    if ledger.deck is None or deck.uid:
        return
    help = _(
        "write uid: {uid}; with another one every note would arrive twice", uid=ledger.deck.uid
    )
    for one in diagnostics:
        if one.code == "missing-key" and one.span.path == deck.span.path and '"uid"' in one.message:
            diagnostics.remove(one)
            diagnostics.append(one._replace(help=help))
            return
    message = _('the published deck had the uid "{uid}"', uid=ledger.deck.uid)
    diagnostics.add("identity-changed", deck.span, message, help)


def was_published(files: Files, folder: str, variant: str) -> bool:
    """Returns whether a ledger or changelog lists a release of the deck, or of its variant."""
    ending = f".{variant}" if variant else ""
    there = os.path.lexists(files.path(f"{folder}/ledger{ending}.jsonl"))
    return there or _first_release(files, f"{folder}/changelog{ending}.md") is not None


def _first_release(files: Files, path: str) -> tuple[Span, str] | None:
    """The first release in a changelog: its place and its version."""
    content = files.read_text(path, Diagnostics()) if files.is_file(path) else None
    found = _RELEASED.search(content) if content is not None else None
    if content is None or found is None:
        return None
    return place_in(path, content, found.start()), found[1]


_RELEASED = pattern(r"^## (\d+\.\d+\.\d+) ", re.MULTILINE)


def check_published(
    built: BuiltDeck,
    now: Entries,
    ledger: Ledger,
    note_types: Mapping[str, NoteType],
    diagnostics: Diagnostics,
) -> list[Diagnostic]:
    """Reports what an update to the compiled deck would break for students.

    Returns what it has reported of notes of a language variant: its deck may report the same.
    """
    deck = built.source
    _check_version(built, ledger, diagnostics)
    _check_identity(built, now, ledger, diagnostics)
    _check_editions(deck, now, ledger, diagnostics)
    for one in built.note_types:
        if one.source.id in ledger.types:
            published_type = ledger.types[one.source.id]
            if ledger.deck is not None and now.deck.uid != ledger.deck.uid:
                # The ids follow from the uid, whose change is reported for the deck.
                published_type = published_type._replace(anki_id=one.id)
            before = diagnostics.mark()
            check_type(one.source, now.types[one.source.id], published_type, diagnostics)
            check_sides(one.source, now.types[one.source.id], published_type, diagnostics)
            # Several decks may have published it.
            diagnostics.change_since(before, _appending(_IN_DECK, deck.name))
    repeated: list[Diagnostic] = []
    if ledger.notes:
        before = diagnostics.mark()
        _check_notes(built, now, ledger, diagnostics)
        _check_types_of_notes(built, now, ledger, note_types, diagnostics)
        check_contents(built, now, ledger, diagnostics)
        if deck.variant:
            diagnostics.change_since(before, _appending(_IN_VARIANT, deck.variant))
            repeated = diagnostics.since(before)
        check_translations_behind(built, now, ledger, diagnostics)
    return repeated


_IN_DECK = N_('{message} (in the deck "{name}")')
_IN_VARIANT = N_('{message} (in the language variant "{name}")')


def _appending(text: str, name: str) -> Callable[[Diagnostic], Diagnostic]:
    return lambda fault: fault._replace(message=_(text, message=fault.message, name=name))


def _check_notes(built: BuiltDeck, now: Entries, ledger: Ledger, diagnostics: Diagnostics) -> None:
    notes = {str(note.source.id): note for note in built.notes}
    editions = {edition.key for edition in built.source.editions}
    unfinished = {str(note.id): note for note in built.source.unfinished}
    for note_id, published in ledger.notes.items():
        if note_id in notes:
            was = _with_reported_changes(published, now, ledger)
            _check_note(notes[note_id], now.notes[note_id], was, built.source, diagnostics)
            for key in published.editions:
                if key in editions and key not in now.notes[note_id].editions:
                    diagnostics.append(_left_edition(notes[note_id], key))
        elif published.hash != GONE and note_id in unfinished:
            _report_unfinished(unfinished[note_id], diagnostics)
        elif published.hash != GONE:
            diagnostics.append(gone_note(built.source, now, published, ledger))


def _check_types_of_notes(
    built: BuiltDeck,
    now: Entries,
    ledger: Ledger,
    note_types: Mapping[str, NoteType],
    diagnostics: Diagnostics,
) -> None:
    for note in built.notes:
        published = ledger.notes.get(str(note.source.id))
        if published is None:
            continue
        was = _with_reported_changes(published, now, ledger).note_type
        if was != note.note_type.source.id:
            one = note_types.get(was)
            word = word_of(one, built.source.language) if one is not None else was
            message = _('the published note is of the type "{note_type}"', note_type=word)
            help = _("Anki would never update it: retire it, and write a new note with another id")
            diagnostics.add("note-type-changed", note.source.id.span, message, help)


def _report_unfinished(note: Note, diagnostics: Diagnostics) -> None:
    for one in diagnostics:
        if one.code == "unfinished-note" and one.span == note.id.span:
            diagnostics.remove(one)
            break
    assert note.unfinished is not None, "it is marked"
    message = _('students have the note "{id}", so it cannot be unfinished', id=note.id)
    help = _(
        'write what is missing, and delete "unfinished"; with `retired: <reason>` it stays with '
        "students as no longer used"
    )
    diagnostics.add("published-unfinished", note.unfinished.span, message, help)


def _check_version(built: BuiltDeck, ledger: Ledger, diagnostics: Diagnostics) -> None:
    version = built.source.version
    if ledger.version and version_key(version) < version_key(ledger.version):
        message = _(
            "the version {version} is lower than the published {published}",
            version=version,
            published=ledger.version,
        )
        help = _("write version: {version}; kartu release raises it", version=ledger.version)
        diagnostics.add("version-lowered", version.span, message, help)


_IDENTITY = {
    "uid": N_(
        'the uid of the published deck was "{before}": every note would arrive a second time, '
        "without its progress"
    ),
    "name": N_(
        'the name of the published deck was "{before}": old cards would stay in the old deck and '
        "new ones go to another"
    ),
    "prefix": N_(
        'the prefix of the published deck was "{before}": every note would change, and students\' '
        "own tags and edits be lost"
    ),
}


def _check_identity(
    built: BuiltDeck, now: Entries, ledger: Ledger, diagnostics: Diagnostics
) -> None:
    deck = built.source
    if ledger.deck is None:
        return
    for what, text in _IDENTITY.items():
        before, after = getattr(ledger.deck, what), getattr(now.deck, what)
        follows = what == "prefix" and before == ledger.deck.name and after == now.deck.name
        if before != after and not follows:
            value = getattr(deck, what)
            place = value.span if isinstance(value, Text) else deck.span
            message = _(text, before=before)
            help = _("write {key}: {before}", key=what, before=before)
            diagnostics.add("identity-changed", place, message, help)


def _check_editions(deck: Deck, now: Entries, ledger: Ledger, diagnostics: Diagnostics) -> None:
    """Every published edition still exists, or another one contains all of its notes."""
    published = {key for note in ledger.notes.values() for key in note.editions}
    for key in sorted(published - {edition.key for edition in deck.editions}):
        held = [
            now.notes[id].editions if id in now.notes else []
            for id, note in ledger.notes.items()
            if key in note.editions and note.hash != GONE
        ]
        if not any(all(edition.key in keys for keys in held) for edition in deck.editions):
            message = (
                _(
                    'the published edition "{key}" is no longer there: its students would get no '
                    "update",
                    key=key,
                )
                if key
                else _(
                    "the published package of all notes is no longer there: its students would get "
                    "no update"
                )
            )
            help = _("put it back, or make an edition that holds all of its notes")
            diagnostics.add("edition-reduced", deck.editions[0].span, message, help)


def _with_reported_changes(published: NoteEntry, now: Entries, ledger: Ledger) -> NoteEntry:
    """The published note with those changes that are reported once for its deck or note type."""
    if ledger.deck is not None and now.deck.name != ledger.deck.name:
        below = published.deck.removeprefix(ledger.deck.name)
        published = published._replace(deck=now.deck.name + below)
    if ledger.deck is not None and published.guid == note_guid(ledger.deck.uid, published.id):
        published = published._replace(guid=note_guid(now.deck.uid, published.id))
    note_type = now.types.get(published.note_type)
    if note_type is not None and note_type.kind == "standard":
        remaining = {n: text for n, text in published.cards.items() if n in note_type.cards}
        published = published._replace(cards=remaining)
    return published


def _check_note(
    built: BuiltNote, now: NoteEntry, published: NoteEntry, deck: Deck, diagnostics: Diagnostics
) -> None:
    note = built.source
    if now.guid != published.guid:
        message = _(
            'the published note has the GUID "{guid}": it would arrive twice', guid=published.guid
        )
        place = (note.guid or note.id).span
        diagnostics.add("identity-changed", place, message, _("put the guid back as it was"))
    if now.note_type != published.note_type:
        return
    if now.deck != published.deck:
        message = _('the published note is in the deck "{deck}"', deck=published.deck)
        help = _("students' cards would stay there: put it back, and use tags for what may change")
        place = (subdeck_of(deck, note) or note.id).span
        diagnostics.add("note-moved", place, message, help)
    _check_cards(built, now, published, diagnostics)


def _check_cards(
    built: BuiltNote, now: NoteEntry, published: NoteEntry, diagnostics: Diagnostics
) -> None:
    place = built.source.id.span
    new_number = _(
        "students' progress belongs to the number: put it back, and give new gaps new numbers"
    )
    for number, hidden in published.cards.items():
        if hidden == GIVEN_UP:
            if number in now.cards:
                message = _("c{number} was given up in an earlier release", number=number)
                help = _(
                    "students have progress of another text there: take c{number}",
                    number=_unused(now, published),
                )
                diagnostics.add("cloze-renumbered", place, message, help)
        elif number not in now.cards and not _new_numbers(hidden, now, published):
            message = _(
                "the published note has the card {card}, which would be left empty",
                card=_card_name(built, number),
            )
            help = _("give it its text back, or retire the note and write a new one")
            diagnostics.add("card-lost", place, message, help)
        elif now.cards.get(number, hidden) != hidden:
            moved = [
                n
                for n, text in published.cards.items()
                if text == now.cards[number] and now.cards.get(n) != text
            ]
            if moved:
                message = _(
                    "what c{number} hides was c{before} in the published note",
                    number=number,
                    before=moved[0],
                )
                diagnostics.add("cloze-renumbered", place, message, new_number)
    for number, hidden in published.cards.items():
        moved = _new_numbers(hidden, now, published)
        if moved and now.cards.get(number) != hidden:
            message = _(
                "what c{number} hid in the published note is c{now} now",
                number=number,
                now=moved[0],
            )
            diagnostics.add("cloze-renumbered", place, message, new_number)


def _new_numbers(hidden: str, now: NoteEntry, published: NoteEntry) -> list[str]:
    """The numbers, new in the note, that hide what a published one hid; none for other cards."""
    return [
        n for n, text in now.cards.items() if hidden == text and hidden and n not in published.cards
    ]


def _unused(now: NoteEntry, published: NoteEntry) -> int:
    """The next cloze number that neither the note nor any release of it has used."""
    return max(map(int, [*now.cards, *published.cards])) + 1


def _left_edition(built: BuiltNote, edition: str) -> Diagnostic:
    message = _('the published note is no longer in the edition "{edition}"', edition=edition)
    help = _("its students would get no correction of it any more: let `include` choose it again")
    return Diagnostic("edition-reduced", built.source.id.span, message, help)


def _card_name(built: BuiltNote, number: str) -> str:
    if built.note_type.source.kind != "standard":
        return f"c{number}"
    cards = built.note_type.cards
    return f'"{cards[int(number) - 1].name}"' if int(number) <= len(cards) else number
