"""The fresh gate: what a student without an earlier package gets."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from kartu.anki.apkg.contents import NoteType
from kartu.core.clock import is_ahead
from kartu.core.language import _
from kartu.publish.verify.collection import Card
from kartu.publish.verify.findings import Report
from kartu.publish.verify.package import CardKey, Package

if TYPE_CHECKING:
    from kartu.publish.verify.engine import Engine

# What shows or sounds even in a side without text.
_SHOWN = re.compile(r"<(?:img|audio|video|object|svg|canvas|input)\b|\[sound:", re.IGNORECASE)
_INVISIBLE = re.compile(
    r"<!--.*?-->|<(style|script)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE
)


def fresh_gate(engine: Engine, path: str, package: Package, report: Report) -> None:
    """Imports the package into the empty collection and checks everything in it."""
    report.count("notes", len(package.notes))
    report.count("cards", len(package.cards))
    check_package(package, report)
    report.begin(_("importing"), "import-failed")
    imported = engine.import_package(path)
    report.count("new", imported.new)
    cards = engine.cards()
    _check_notes(engine, package, set(cards), report)
    _check_note_types(engine, package, report)
    report.begin(_("rendering the cards"))
    check_rendering(engine, package, cards, report)
    _check_media(engine, package, report)
    report.begin(_("checking the database"))
    check_database(engine, report)
    report.begin(_("importing the same file again"))
    again = engine.import_package(path)
    if again.new or again.updated or again.conflicting:
        message = _(
            "at the second import Anki reports {new} new, {updated} updated and {conflicting} "
            "conflicting notes",
            new=again.new,
            updated=again.updated,
            conflicting=len(again.conflicting),
        )
        report.add("not-repeatable", message)
    report.begin(_("generating the cards again"))
    _check_generation(engine, package, report)
    report.begin(_("saving the note types"))
    for id, note_type in package.note_types.items():
        refusal = engine.refusal(id) if id in engine.note_types() else ""
        if refusal:
            report.add(
                "note-type-refused",
                _('note type "{name}": {refusal}', name=note_type.name, refusal=refusal),
            )


def check_package(package: Package, report: Report) -> None:
    """Reports faults of the file itself that matter only at a later update."""
    for guid in package.repeated:
        report.add("duplicate-guid", _("a second note in the package has this GUID"), guid)
    for guid, note in package.notes.items():
        if note.id <= 0 or note.mod <= 0:
            report.add(
                "timestamp-zero",
                _("the note's id is {id}, its time {time}", id=note.id, time=note.mod),
                guid,
            )
    if package.studied:
        report.add(
            "scheduling-shipped",
            _("{count} cards or reviews have progress", count=package.studied),
        )
    if is_ahead(package.newest):
        report.add("time-in-future", _("its newest time is {time}", time=package.newest))


def check_rendering(
    engine: Engine, package: Package, cards: dict[CardKey, Card], report: Report
) -> None:
    """Every card of the package shows something on both sides."""
    for key, name in names(package, package.cards):
        card = cards.get(key)
        if card is None:
            continue
        sides = engine.render(card)
        if sides.error:
            report.add("broken-template", sides.error, key[0], name)
            continue
        if not _shows(sides.front):
            report.add("blank-side", _("the front is empty"), key[0], name)
        if not _shows(sides.back):
            report.add("blank-side", _("the back is empty"), key[0], name)


def check_database(engine: Engine, report: Report) -> None:
    """Check Database has nothing to fix and adds no card."""
    before = len(engine.cards())
    for problem in engine.check_database():
        report.add("database-check", _("Check Database says: {problem}", problem=problem))
    made = len(engine.cards()) - before
    if made:
        report.add(
            "database-check",
            _("Check Database adds {count} cards to the deck Default", count=made),
        )


def names(package: Package, keys: Iterable[CardKey]) -> Iterable[tuple[CardKey, str]]:
    """Cards, in order, with the names of their templates."""
    return ((key, package.card_name(key)) for key in sorted(keys))


def looks_different(one: NoteType, other: NoteType) -> bool:
    """Returns whether names, cards or styles are displayed differently; line ends are ignored."""
    return _appearance(one) != _appearance(other)


def _appearance(one: NoteType) -> list[object]:
    fields = [field.name for field in one.fields]
    texts = [text for card in one.cards for text in (card.name, card.front, card.back)]
    return [fields, [text.replace("\r\n", "\n") for text in (*texts, one.css)]]


def _check_notes(engine: Engine, package: Package, cards: set[CardKey], report: Report) -> None:
    installed = engine.notes()
    with_cards = {guid for guid, _rest in cards}
    for guid, note in package.notes.items():
        if guid not in installed:
            report.add("note-not-imported", _("Anki did not add the note"), guid)
        elif guid not in with_cards:
            report.add("note-without-card", _("no card of the note is in the package"), guid)
        elif installed[guid].fields != note.fields:
            report.add("text-altered", _("Anki changed the note's text"), guid)
        elif lowered(installed[guid].tags) != lowered(note.tags):
            report.add("text-altered", _("Anki changed the note's tags"), guid)
    for key, name in names(package, engine.empty_cards()):
        report.add("empty-card", _("its front shows no text of this note"), key[0], name)


def lowered(tags: Iterable[str]) -> set[str]:
    """Tags as Anki compares them."""
    return {tag.casefold() for tag in tags}


def _check_note_types(engine: Engine, package: Package, report: Report) -> None:
    installed = engine.note_types()
    used = {note.note_type for note in package.notes.values()}
    for id, note_type in package.note_types.items():
        found = installed.get(id)
        if found is None and id in used:
            report.add(
                "note-type-altered", _('the note type "{name}" has another id', name=note_type.name)
            )
        elif found is not None and looks_different(note_type, found):
            report.add(
                "note-type-altered",
                _('the note type "{name}" looks different', name=note_type.name),
            )


def _check_media(engine: Engine, package: Package, report: Report) -> None:
    report.begin(_("checking the media"))
    media = engine.check_media()
    for name in media.missing:
        report.add(
            "media-missing", _("a note names {file}, which is not in the package", file=name)
        )
    for name in media.unused:
        report.add("media-unused", _("no note names {file}", file=name))
    renamed = media.files.keys() - package.media.keys()
    for name in sorted(renamed):
        report.add(
            "media-renamed",
            _("Anki made a file {file}, which is not in the package", file=name),
        )
    renamed_digests = {media.files[name] for name in renamed}
    for name, digest in sorted(package.media.items()):
        if name not in media.files and digest not in renamed_digests:
            report.add("media-unused", _("Anki did not copy {file}", file=name))


def _check_generation(engine: Engine, package: Package, report: Report) -> None:
    """The cards are those that Anki generates; additional ones are reported as empty cards."""
    note_types = engine.note_types()
    with_cards = {guid for guid, _rest in package.cards}
    notes = [package.notes[guid] for guid in package.notes if guid in with_cards]
    notes = [note for note in notes if note.note_type in note_types]
    for note, ords in zip(notes, engine.generated(notes), strict=True):
        wanted = {(note.guid, ord) for ord in ords}
        for key, name in names(package, wanted - package.cards.keys()):
            report.add("missing-card", _("this card is not in the package"), key[0], name)


def _shows(text: str) -> bool:
    return bool(_SHOWN.search(text) or html.unescape(_INVISIBLE.sub("", text)).strip())
