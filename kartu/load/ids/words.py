"""What files of ids call note types and fields: words of the deck's language.

A word is written only where it can never mean anything else: one of a note type that comes with the
program. Others, and what a project has changed, keep their permanent keys. Both are read in every
language, so that neither a deck's new language nor merged branches change which note a line is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostics
from kartu.core.model import NoteType
from kartu.core.shipped import SHIPPED, is_shipped
from kartu.load.files import Files
from kartu.load.ids.values import Texts
from kartu.load.note_type import load_note_type
from kartu.load.words import all_words, folded_word, keys_by_word, own_fields, word_of


class _Words(NamedTuple):
    """Of a note type: its own word, those of its fields by key, and the keys by folded word."""

    name: str
    fields: Mapping[str, str]
    keys: Mapping[str, str]


class Words:
    """The words for the note types of a deck, which are in its language."""

    def __init__(self, files: Files, note_types: Mapping[str, NoteType | None]) -> None:
        self._files = files
        self._note_types = note_types
        self._found: dict[str, _Words | None] = {}
        self._named: dict[str, list[str]] | None = None

    def keys(self, named: str, texts: Texts) -> tuple[str, Texts]:
        """Returns the id of a note type that a line names, and its texts by keys.

        Where a note type is called like another one's alias, it is the one that has the fields.
        """
        kinds = self._kinds(named)
        kind = next((one for one in kinds if self._has(one, texts)), kinds[0])
        words = self._of(kind)
        if words is None:
            return kind, texts
        found: dict[str, str] = {}
        for word, text in texts.items():
            key = word if word in words.fields else words.keys.get(folded_word(word), word)
            found[word if key in found or (key != word and key in texts) else key] = text
        return kind, found

    def words(self, kind: str, texts: Texts) -> tuple[str, Texts]:
        """Returns what a line calls a note type, and its texts by their words."""
        words = self._of(kind)
        if words is None:
            return kind, texts
        named = {words.fields.get(key, key): text for key, text in texts.items()}
        return words.name, named if len(named) == len(texts) else texts

    def _kinds(self, named: str) -> list[str]:
        """The note types that may be meant, the likeliest first."""
        if self._named is None:
            self._named = {}
            for id, one in self._note_types.items():
                kinds = (one, self._shipped(id, one))
                words = {folded_word(word) for kind in kinds if kind for word in all_words(kind)}
                for word in words - {folded_word(id)}:
                    self._named.setdefault(word, []).append(id)
        exact = [named] if named in self._note_types else []
        return [*exact, *self._named.get(folded_word(named), ())] or [named]

    def _has(self, kind: str, texts: Texts) -> bool:
        words = self._of(kind)
        return words is not None and all(
            word in words.fields or folded_word(word) in words.keys for word in texts
        )

    def _of(self, kind: str) -> _Words | None:
        if kind not in self._found:
            note_type = self._note_types.get(kind)
            self._found[kind] = None if note_type is None else self._words(note_type)
        return self._found[kind]

    def _words(self, note_type: NoteType) -> _Words:
        own, shipped = own_fields(note_type), self._shipped(note_type.id, note_type)
        keys = {folded_word(word): key for word, key in keys_by_word(note_type).items()}
        fields = {key: key for key in own}
        if shipped is None:
            return _Words(note_type.id, fields, keys)
        for word, key in keys_by_word(shipped).items():
            if key in own:
                keys.setdefault(folded_word(word), key)
        for key, field in own_fields(shipped).items():
            word = word_of(field, note_type.language)
            if keys.get(folded_word(word)) == key and (word not in own or word == key):
                fields[key] = word
        name = word_of(shipped, note_type.language)
        return _Words(name if self._kinds(name) == [note_type.id] else note_type.id, fields, keys)

    def _shipped(self, id: str, note_type: NoteType | None) -> NoteType | None:
        """The program's note type of this name, whose words last; a project's may hide it."""
        if note_type is None or is_shipped(note_type.folder):
            return note_type
        folder = f"{SHIPPED}/{id}"
        there = self._files.is_file(f"{folder}/note_type.yaml")
        return load_note_type(self._files, folder, Diagnostics()) if there else None
