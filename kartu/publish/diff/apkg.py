"""Reads a deck from any .apkg, in Anki's older or newer format."""

from __future__ import annotations

import re
from pathlib import Path

from kartu.anki.apkg import contents
from kartu.anki.apkg.archive import NoCollectionError
from kartu.anki.apkg.bounds import PackageError
from kartu.anki.apkg.contents import Contents, Field, Template, open_package
from kartu.core.language import _
from kartu.publish.diff.state import (
    DeckState,
    NoteState,
    NoteTypeState,
    SourceError,
    note_state,
)

# Control characters, which a terminal would interpret; Anki drops most of them on import.
_DROPPED = re.compile("[\0-\b\v-\x1f\x7f-\x9f]")


def from_package(path: Path) -> DeckState:
    """Returns the deck of a package. Raises SourceError for an unreadable package."""
    try:
        with open_package(path) as package:
            return _deck(package)
    except NoCollectionError as error:
        raise SourceError(
            _("{path} is not an Anki package: {error}", path=path, error=error)
        ) from error
    except OSError as error:
        raise SourceError(
            _("cannot read {path}: {error}", path=path, error=error.strerror or error)
        ) from error
    except PackageError as error:
        raise SourceError(
            _("{path} is damaged or not an Anki package: {error}", path=path, error=error)
        ) from error


def _deck(package: Contents) -> DeckState:
    deck, uid, edition, language, version = map(_printable, package.identity[:5])
    names = {number: _printable(name) for number, name in package.decks.items()}
    types = {number: _note_type(one) for number, one in package.note_types.items()}
    notes = _notes(package, types, names)
    name = _top(names, {card.home or card.deck for own in package.cards.values() for card in own})
    media = {_printable(one): digest for one, digest in package.media.digests("sha256").items()}
    return DeckState(
        id=deck,
        uid=uid or name,
        name=name,
        version=version,
        language=language,
        edition=edition,
        notes=notes,
        note_types={
            number: types[number] for number in dict.fromkeys(n.type_id for n in notes.values())
        },
        media=dict(sorted(media.items())),
    )


def _printable(text: str) -> str:
    return _DROPPED.sub("", text)


def _note_type(found: contents.NoteType) -> NoteTypeState:
    return NoteTypeState(
        id=found.id,
        name=_printable(found.name),
        cloze=found.cloze,
        fields=tuple(Field(one.id, _printable(one.name)) for one in found.fields),
        cards=tuple(
            Template(one.id, _printable(one.name), one.front, one.back) for one in found.cards
        ),
        css=found.css,
    )


def _notes(
    package: Contents, types: dict[int, NoteTypeState], names: dict[int, str]
) -> dict[str, NoteState]:
    """The notes by GUID in study order."""
    found: dict[str, NoteState] = {}
    for note in package.in_study_order():
        if note.note_type not in types:
            raise PackageError(
                _("the note {guid} has a note type that is not in the package", guid=note.guid)
            )
        cards = package.cards.get(note.id, [])
        state = note_state(
            _printable(note.guid),
            types[note.note_type],
            names.get(cards[0].home or cards[0].deck, "") if cards else "",
            map(_printable, note.fields),
            _printable(" ".join(note.tags)).split(),
            [card.ord for card in cards],
        )
        found.setdefault(state.guid, state)  # of two, Anki updates the first
    return found


def _top(names: dict[int, str], used: set[int]) -> str:
    """The deck above all others; every collection has the deck 1, which counts if it is used."""
    paths = [name.split("::") for number, name in names.items() if number != 1 or number in used]
    if not paths:
        return ""
    shared = []
    for parts in zip(*paths, strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return "::".join(shared or min(paths))
