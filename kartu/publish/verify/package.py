"""Reads an .apkg without Anki: notes, cards, note types, media and metadata."""

from __future__ import annotations

import os
import zipfile
from typing import NamedTuple

from kartu.anki.apkg.archive import NoCollectionError
from kartu.anki.apkg.bounds import PackageError
from kartu.anki.apkg.contents import Contents, Note, NoteType, card_name, open_package
from kartu.anki.apkg.zstd import NoZstdError
from kartu.core.language import _

CardKey = tuple[str, int]


class NotAPackageError(Exception):
    """The file does not exist or Anki would not import it; the message says which."""


class UnreadablePackageError(Exception):
    """A package that kartu cannot judge. `rule` is the rule of the finding."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


class Package(NamedTuple):
    """`cards` holds each card's deck name, `media` each file's SHA-1.

    `uid` and `edition` are empty for packages without metadata. `newest` is the
    latest time of a note or note type, in seconds, `studied` the number of cards with progress.
    """

    uid: str
    edition: str
    notes: dict[str, Note]
    repeated: tuple[str, ...]
    cards: dict[CardKey, str]
    note_types: dict[int, NoteType]
    media: dict[str, str]
    newest: int
    studied: int

    def card_name(self, key: CardKey) -> str:
        """The name of a card's template; that of a cloze with its number."""
        note = self.notes.get(key[0])
        note_type = self.note_types.get(note.note_type) if note else None
        if note_type is None:
            return str(key[1] + 1)
        return card_name(note_type.cloze, note_type.cards, key[1])


def read_package(path: str) -> Package:
    """Returns the content of a package.

    Raises NotAPackageError and UnreadablePackageError.
    """
    if not os.path.isfile(path):
        raise NotAPackageError(_("there is no file {path}", path=path))
    if not zipfile.is_zipfile(path):
        raise NotAPackageError(_("{path} is not an Anki package", path=path))
    try:
        with open_package(path) as contents:
            return _package(contents)
    except NoCollectionError as error:
        raise NotAPackageError(
            _("{path} is not an Anki package: {error}", path=path, error=error)
        ) from error
    except NoZstdError as error:
        raise UnreadablePackageError("unknown-format", f"{path}: {error}") from error
    except (OSError, PackageError) as error:
        raise UnreadablePackageError(
            "package-unreadable", _("{path} cannot be read: {error}", path=path, error=error)
        ) from error


def _package(contents: Contents) -> Package:
    notes: dict[str, Note] = {}
    for note in contents.notes:
        notes.setdefault(note.guid, note)
    guids = {note.id: note.guid for note in contents.notes}
    rows = [(note, card) for note, cards in contents.cards.items() for card in cards]
    times = [note.mod for note in contents.notes]
    times += [one.mod for one in contents.note_types.values()]
    return Package(
        uid=contents.identity.uid,
        edition=contents.identity.edition,
        notes=notes,
        repeated=tuple(note.guid for note in contents.notes if notes[note.guid] is not note),
        cards={
            (guids[note], card.ord): contents.decks.get(card.deck, "Default")
            for note, card in rows
            if note in guids
        },
        note_types=contents.note_types,
        media=contents.media.digests("sha1"),  # Anki's own digest of media
        newest=max(times, default=0),
        studied=sum(card.studied for _rest, card in rows) + contents.reviews,
    )
