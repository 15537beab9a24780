"""Writes deck.yaml and the card sets of an imported deck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kartu.core.identity import note_guid
from kartu.core.source import Span, text
from kartu.importing.contents import Note
from kartu.importing.decks import ImportedDeck, Run
from kartu.importing.note_types import Folder
from kartu.importing.texts import source_of
from kartu.load.ids.names import slug, visible
from kartu.load.names import ID, MAX_ID_LENGTH, card_name_fault, tag_fault, tag_part
from kartu.rewrite.yaml import entry, items, scalar


class Identity(NamedTuple):
    """The keys of a deck.yaml other than the name."""

    id: str
    uid: str
    language: str
    version: str
    prefix: str


def deck_yaml(identity: Identity, deck: ImportedDeck, *, prefix_tags: bool) -> str:
    """Returns the deck.yaml of a deck."""
    lines = [
        f"id: {scalar(identity.id)}\n",
        f"uid: {identity.uid}            # permanent\n",
        f"name: {scalar(deck.name)}\n",
        f"language: {identity.language}\n",
        f"version: {identity.version}\n",
    ]
    if deck.info.description:
        lines.append(entry("description", deck.info.description, 0))
    if identity.prefix:
        lines.append(f"prefix: {scalar(identity.prefix)}\n")
    if not prefix_tags:
        lines.append("prefix_tags: false               # tags stay as students have them\n")
    named = deck.info.options._asdict()
    options = [f"{key}: {value}" for key, value in named.items() if value is not None]
    if options:
        lines.append(f"options: {{{', '.join(options)}}}\n")
    return "".join(lines)


def prefix_of(name: str, id: str, taken: Sequence[str]) -> str:
    """Returns the prefix to write if the deck's name cannot be one, else an empty text."""
    default = tag_part(name)
    known = {one.casefold() for one in taken}
    if not tag_fault(default) and not card_name_fault(name) and name.casefold() not in known:
        return ""
    prefix, number = id, 2
    while prefix.casefold() in known:
        prefix = f"{id}-{number}"
        number += 1
    return prefix


class CardSets:
    """Writes the card sets of one deck, with unique ids."""

    def __init__(self, deck: ImportedDeck, uid: str, folders: Mapping[int, Folder]) -> None:
        self._deck = deck
        self._uid = uid
        self._folders = folders
        self._taken: set[str] = set()
        self._numbers: dict[str, int] = {}
        own = (self._own_id(note) for note in deck.notes)
        self._taken.update(filter(None, own))

    def files(self, runs: Sequence[Run]) -> dict[str, str]:
        """Returns the card sets by file name, in order."""
        width = len(str(len(runs)))
        several = len({run.note_type for run in runs}) > 1
        return {
            f"{number:0{width}}-{self._name(run, several=several)}.yaml": self._card_set(run)
            for number, run in enumerate(runs, 1)
        }

    def _name(self, run: Run, *, several: bool) -> str:
        note_type = self._folders[run.note_type].written
        name = slug(run.deck.rpartition("::")[2]) or note_type
        return f"{name}-{note_type}" if several and name != note_type else name

    def _card_set(self, run: Run) -> str:
        folder = self._folders[run.note_type]
        parts = [f"note_type: {scalar(folder.written)}\n"]
        subdeck = run.deck[len(self._deck.name) :].removeprefix("::")
        if subdeck:
            parts.append(f"subdeck: {scalar(subdeck)}\n")
        parts.append("notes:\n")
        parts += [self._note(note, folder) for note in run.notes]
        return "".join(parts)

    def _note(self, note: Note, folder: Folder) -> str:
        own = self._own_id(note)
        id = own or self._new_id(note.fields, folder.written)
        parts = [f"  - id: {scalar(id)}\n"]
        if note.guid and not own:
            parts.append(entry("guid", note.guid, 4))
        for key, format, value in zip(folder.keys, folder.formats, note.fields, strict=True):
            if value:
                parts.append(entry(key, source_of(value, format), 4))
        if note.tags:
            parts.append(f"    tags: {items(note.tags)}\n")
        return "".join(parts)

    def _own_id(self, note: Note) -> str:
        """The id that kartu itself gave the note, in a package of this deck."""
        id = note.guid.removeprefix(note_guid(self._uid, ""))
        return id if id != note.guid and ID.fullmatch(id) and len(id) <= MAX_ID_LENGTH else ""

    def _new_id(self, values: Sequence[str], note_type: str) -> str:
        slugs = (slug(visible(text(value[:1000], Span("")))) for value in values)
        base = next(filter(None, slugs), "")
        id = base or f"{note_type}-1"
        while id in self._taken:
            self._numbers[base] = self._numbers.get(base, 1) + 1
            id = f"{base or note_type}-{self._numbers[base]}"
        self._taken.add(id)
        return id
