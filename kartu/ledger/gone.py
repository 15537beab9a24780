"""Published notes that are no longer there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from kartu.core.diagnostics import Diagnostic, Diagnostics, Related
from kartu.core.language import N_, _
from kartu.core.model import Deck
from kartu.core.source import Span
from kartu.core.text import shown, typed
from kartu.ledger.entries import GONE, Entries, NoteEntry
from kartu.ledger.file import Ledger, changelog_path
from kartu.load.files import Files

_MOST_LETTERS = 60

_PUT_BACK = N_("put it back; with `retired: <reason>` it stays with students as no longer used")
_PUT_ALL_BACK = N_(
    "put them back; with `retired: <reason>` they stay with students as no longer used"
)


def _asked(deck: Deck) -> str:
    """What `kartu ids` is asked about: a card set without ids, else the deck."""
    places = (*deck.given.continued, *deck.given.new)
    return min((place.path for place in places), default=str(deck.id))


def gone_note(deck: Deck, now: Entries, published: NoteEntry, ledger: Ledger) -> Diagnostic:
    """The diagnostic for a published note without its id: at the note that has its text now."""
    place = ledger.places["note", published.id]
    message = _('the published note "{id}" is no longer there', id=published.id)
    if published.id in deck.given.gone:
        words = _named(deck, published.id)
        message = _(
            'the published note "{id}" is no longer there: {words}', id=published.id, words=words
        )
    help, related = _(_PUT_BACK), (Related(place, _("as it was published")),)
    for note in deck.notes:
        id = str(note.id)
        if id not in ledger.notes and id in now.notes and same_texts(now, id, published):
            message = _(
                'the published note "{before}" has the id "{now}" now', before=published.id, now=id
            )
            help = _("write id: {id}; with another id it is a new note to Anki", id=published.id)
            return Diagnostic("note-gone", note.id.span, message, help, related)
    if deck.upstream is not None and published.id in _ids(deck.upstream.deck):
        help = _("delete `skip`; with `retired: <reason>` it stays as no longer used")
    elif published.id in deck.given.saved:
        help = _(
            'put its row back, or: kartu ids {asked} --retire {id} "why it is no longer used"',
            asked=typed(_asked(deck)),
            id=published.id,
        )
    elif deck.upstream is not None:
        help = _(
            "if the extended deck has dropped it, write it with this id into a card set of your own"
        )
    return Diagnostic("note-gone", place, message, help)


def without_gone(
    files: Files, deck: Deck, now: Entries, ledger: Ledger, diagnostics: Diagnostics
) -> Ledger:
    """The ledger; that of a file that was never released without notes that are no longer there.

    Each is reported: nobody but the author can have its cards.
    """
    if files.one is None or files.is_file(changelog_path(deck)):
        return ledger
    there = {*now.notes, *(str(note.id) for note in deck.unfinished)}
    gone = {id: note for id, note in ledger.notes.items() if id not in there}
    place = Span(deck.notes[0].id.span.path) if deck.notes else deck.span
    for id, note in gone.items():
        if note.hash != GONE:
            message = _(
                "a row is gone: {note}; its cards stay in Anki, and its id is never used again",
                note=_named(deck, id),
            )
            help = _("delete its cards in Anki, or put the row back as it was")
            diagnostics.add("row-gone", place, message, help)
    return ledger._replace(notes={id: one for id, one in ledger.notes.items() if id not in gone})


def _named(deck: Deck, id: str) -> str:
    """A note that is not there by its first words where they were saved, else by its id."""
    words = " ".join(deck.given.gone.get(id, "").split())
    return f'"{words[:_MOST_LETTERS]}{"…" if words[_MOST_LETTERS:] else ""}"' if words else id


def same_texts(now: Entries, id: str, published: NoteEntry) -> bool:
    """Whether a note has exactly the texts that another one had when published."""
    return now.notes.whole(id).fields == published.fields


def _ids(deck: Deck) -> set[str]:
    return {str(note.id) for note in deck.notes}


def published_notes(ledger: Ledger) -> set[str]:
    """The ids of notes that students have."""
    return {id for id, note in ledger.notes.items() if note.hash != GONE}


def once(
    diagnostics: Iterable[Diagnostic],
    ledgers: Iterable[Ledger],
    of_variants: Collection[Diagnostic],
) -> list[Diagnostic]:
    """The diagnostics with notes that are gone together as one, and none again for a translation.

    What a language variant reports of a place or note that its deck reports too is left out, and
    that notes are no longer in an edition of which the `include` is wrong.

    Args:
        of_variants: Those of `diagnostics` that language variants report of published notes.
    """
    diagnostics = list(diagnostics)
    wrong = {one.span.path for one in diagnostics if one.code in ("bad-selection", "empty-edition")}
    folders = {path.rpartition("/")[0] for path in wrong}
    ids = _ids_of_gone(diagnostics, ledgers)
    alike: dict[tuple[str, ...], list[Diagnostic]] = {}
    found: list[Diagnostic] = []
    for one in diagnostics:
        reduced = one.code == "edition-reduced" and one.span.path.rpartition("/")[0] in folders
        if reduced or (one in of_variants and _is_repeated(one, found, ids)):
            continue
        found.append(one)
        if one.code == "note-gone" and not one.related:
            alike.setdefault((one.span.path, one.help), []).append(one)
    for group in alike.values():
        if len(group) > 1:
            at = found.index(group[0])
            found = [one for one in found if one not in group]
            found.insert(at, _together(group, [ids[one] for one in group]))
    return found


def _ids_of_gone(
    diagnostics: Iterable[Diagnostic], ledgers: Iterable[Ledger]
) -> dict[Diagnostic, str]:
    """The notes that are reported as gone, by their lines in the ledgers."""
    gone = [one for one in diagnostics if one.code == "note-gone"]
    ids = {
        place: id
        for ledger in (ledgers if gone else ())
        for (what, id), place in ledger.places.items()
        if what == "note"
    }
    return {one: ids[one.related[0].span if one.related else one.span] for one in gone}


def _is_repeated(
    one: Diagnostic, found: Iterable[Diagnostic], ids: Mapping[Diagnostic, str]
) -> bool:
    return any(
        one.code == other.code
        and (one.span == other.span or (one in ids and ids[one] == ids[other]))
        for other in found
    )


def _together(group: list[Diagnostic], ids: list[str]) -> Diagnostic:
    message = _(
        "{count} published notes are no longer there: {ids}", count=len(ids), ids=shown(ids)
    )
    help = _(_PUT_ALL_BACK) if group[0].help == _(_PUT_BACK) else group[0].help
    return group[0]._replace(message=message, help=help)
