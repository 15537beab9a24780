"""`kartu ids --from`: makes a lost file of ids again, from a package that was released."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kartu.anki.apkg.bounds import PackageError
from kartu.anki.apkg.contents import Contents, open_package
from kartu.compile.built import BuiltDeck, BuiltNote
from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _
from kartu.core.progress import Progress, no_progress
from kartu.core.source import Span, text
from kartu.core.usage import UsageError
from kartu.ledger.file import ledger_path, read_ledger
from kartu.load.access import changing
from kartu.load.card_set import own_fields
from kartu.load.ids.matching import matched
from kartu.load.ids.names import visible
from kartu.load.ids.values import Row, Saved, row_of
from kartu.pipeline import unpublished_decks
from kartu.publish.ids import Asked, _Ids


def from_package(asked: Asked, package: Path, progress: Progress = no_progress) -> tuple[int, int]:
    """Writes the ids that the notes of a released package have into the files of ids.

    Returns how many rows are notes of the package, and how many of its notes no row is found for:
    `kartu ids` asks which they are. Raises UsageError where the package is not one of the deck.
    """
    built, faults = unpublished_decks(asked.root, None, progress)
    with changing(asked.root):
        ids = _Ids(asked)
        now = next((one for one in built if one.source.folder == ids.deck.folder), None)
        if now is None or now.source.variant:
            first = next((one for one in faults if one.code != "ids-missing"), None)
            reason = f": {first.span.path}:{first.span.line}: {first.message}" if first else ""
            raise UsageError(_("the deck cannot be built{reason}", reason=reason))
        try:
            with open_package(package) as contents:
                olds = list(_released(contents, now, ids))
        except (OSError, PackageError) as error:
            raise UsageError(
                _("{path} cannot be read: {error}", path=package, error=error)
            ) from error
        waiting = {note.id.span for note, _row in ids.unknown()}
        notes = [note for note in now.notes if note.source.id.span in waiting]
        found = matched(olds, [_as_row(note) for note in notes])
        lines = []
        for place, old in found.items():
            row = row_of(notes[place].source, notes[place].note_type.source)
            one = olds[old]
            lines.append(
                Saved(one.id, row.note_type, row.guid, (row.texts,), False, row.place.path)
            )
        left = [one for at, one in enumerate(olds) if at not in set(found.values())]
        path = asked.path or (lines[0].path if lines else min(span.path for span in waiting))
        ids.write([*lines, *(_as_written(one, now, path) for one in left)])
    return len(lines), len(left)


def _released(contents: Contents, now: BuiltDeck, ids: _Ids) -> Iterator[Saved]:
    """The package's notes of this deck that no row has by an explicit id, nor a file of ids."""
    uid = str(now.source.uid)
    ledger = read_ledger(ids.files, ledger_path(ids.deck), Diagnostics())
    by_guid = {one.guid: id for id, one in ledger.notes.items()}
    types = {one.id: one.source for one in now.note_types}
    known = {*ids.saved, *(str(n.id) for n in ids.deck.all_notes if n.id.span not in ids.without)}
    if contents.identity.uid not in ("", uid):
        raise UsageError(_("that is a package of another deck"))
    for note in contents.notes:
        head, _colon, id = note.guid.partition(":")
        id = by_guid.get(note.guid, id if head == uid else "")
        kind = types.get(note.note_type)
        if id and id not in known and kind is not None:
            places = {field.id - 1: key for key, field in own_fields(kind).items()}
            texts = {
                key: note.fields[at]
                for at, key in sorted(places.items())
                if at < len(note.fields) and note.fields[at]
            }
            yield Saved(id, kind.id, "", (texts,), gone=False, path="")


def _as_row(note: BuiltNote) -> Row:
    """A note by its fields as Anki gets them, to be compared with those of the package."""
    kind = note.note_type.source
    texts = {
        key: note.fields[field.id - 1]
        for key, field in own_fields(kind).items()
        if note.fields[field.id - 1]
    }
    return Row(note.source.id.span, kind.id, "", texts)


def _as_written(one: Saved, now: BuiltDeck, path: str) -> Saved:
    """A note whose row is not found, by the texts that its card shows."""
    texts = {key: visible(text(value, Span(path))) for key, value in one.versions[0].items()}
    return one._replace(versions=(texts,), path=path)
