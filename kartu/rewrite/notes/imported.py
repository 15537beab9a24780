"""Imported notes as card sets of a deck, in study order behind those that are there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kartu.core.model import Deck, Note, NoteType
from kartu.core.text import normalise_newlines
from kartu.load.files import Files
from kartu.load.ids.names import new_id, slug, visible_text
from kartu.load.names import ID
from kartu.load.words import own_fields, word_of
from kartu.rewrite.notes.card_set import Values
from kartu.rewrite.notes.nodes import entry_of
from kartu.rewrite.notes.read_notes import form_of
from kartu.rewrite.notes.sets import Change, Changes, sets_of
from kartu.rewrite.notes.values import Value, cell_of_value, is_blank, keys_of
from kartu.rewrite.used_ids import ids_in_ledgers

_NUMBER = re.compile(r"(\d+)")


def with_notes(
    files: Files, deck: Deck, note_types: dict[str, NoteType], notes: Sequence[Note], name: str
) -> Changes:
    """Returns the new card sets with these notes: one for each note type and subdeck.

    Each note gets an id that no other note of the deck has or had; its own one, where that is free.

    Args:
        name: What the notes are from, of which the files have their names.
    """
    taken = {str(note.id) for note in deck.all_notes}
    taken |= ids_in_ledgers(files, deck.folder) or set()
    groups: dict[tuple[str, str], list[Note]] = {}
    for note in notes:
        groups.setdefault((note.note_type, str(note.subdeck)), []).append(note)
    paths = _paths(files, deck, slug(name) or "kartu")
    changes: Changes = {}
    for (type_id, subdeck), own in groups.items():
        content = _content(note_types[type_id], subdeck, own, taken)
        changes[next(paths)] = Change(None, content.encode())
    return changes


def _paths(files: Files, deck: Deck, stem: str) -> Iterator[str]:
    """Free paths behind the last card set of the deck."""
    names = [path.rpartition("/")[2] for path in sets_of(files, deck)]
    there = {name.casefold() for name in files.names(deck.folder)}
    last = _NUMBER.match(names[-1]) if names else None
    number = int(last[1]) if last else 0
    before = "" if last or not names else names[-1].rpartition(".")[0] + "_"
    while True:
        number += 1
        path = f"{before}{number}-{stem}.yaml"
        if path.casefold() not in there:
            yield f"{deck.folder}/{path}"


def _content(note_type: NoteType, subdeck: str, notes: Sequence[Note], taken: set[str]) -> str:
    head: list[tuple[str, Value]] = [("note_type", word_of(note_type, note_type.language))]
    head += [("subdeck", subdeck)] if subdeck else []
    lines = "".join(entry_of(key, value, 0) for key, value in head)
    own = own_fields(note_type)
    words = {key: word_of(field, note_type.language) for key, field in own.items()}
    order = keys_of(note_type)
    entries = []
    for note in notes:
        values = _values(note)
        id = str(note.id)
        if not ID.fullmatch(id) or id in taken:
            first = next((cell_of_value(values[key]) for key in own if key in values), "")
            id = new_id(visible_text(first), note_type.id, taken)
        taken.add(id)
        known = sorted(values, key=lambda key: order.index(key) if key in order else len(order))
        text = "".join(entry_of(words.get(key, key), values[key], 4) for key in known)
        entries.append(f"  - id: {id}\n{text}")
    return f"{lines}notes:\n{''.join(entries)}"


def _values(note: Note) -> Values:
    values = {**form_of(note).values}
    if note.guid:
        values["guid"] = str(note.guid)
    if note.unfinished is not None:
        values["unfinished"] = "true"
    return {
        key: normalise_newlines(value) if isinstance(value, str) else value
        for key, value in values.items()
        if not is_blank(value)
    }
