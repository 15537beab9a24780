"""Notes in which nothing is to be told: most are like that, and are read in one go."""

from __future__ import annotations

from typing import NamedTuple

from kartu.load.names import ID, MAX_ID_LENGTH, tag_fault
from kartu.load.plain import Lines
from kartu.model import FieldType, Note
from kartu.source import Mapping, Node, Sequence, Text

# The keys of the engine whose values may be anything that has the right shape.
_LISTS = ("tags", "sources", "facts")

_ONLY_TEXTS = {Text}

_new = tuple.__new__


class _Keys(NamedTuple):
    """What a note with certain keys says: which of its fields, and which of _LISTS."""

    fields: tuple[str, ...]
    lists: tuple[str, ...]


class UsualNotes:
    """Reads notes of one note type and subdeck, as far as they are usual."""

    def __init__(
        self, note_type: str, fields: dict[str, FieldType], subdeck: Text, tags: tuple[Text, ...]
    ) -> None:
        self._note_type = note_type
        self._fields = fields
        self._subdeck = subdeck
        self._tags = tags
        self._required = {key for key, field in fields.items() if field.required}
        self._keys: dict[tuple[str, ...], _Keys | None] = {}
        self._known = _Known()

    def read(self, node: Node) -> Note | None:
        """The note; None where anything of it wants a closer look."""
        if not isinstance(node, Mapping):
            return None
        names = tuple(node)
        if names not in self._keys:
            self._keys[names] = self._look_at(names)
        keys = self._keys[names]
        id = node.get("id")
        if keys is None or not isinstance(id, Text) or not _is_good(id):
            return None
        values = {key: node[key] for key in keys.fields if node[key]}
        if len(values) < len(keys.fields) and not self._required <= values.keys():
            return None
        if not isinstance(node, Lines) and any(map(_is_space, values.values())):
            return None
        lists: dict[str, tuple[Text, ...]] = dict.fromkeys(_LISTS, ())
        for key in keys.lists:
            found = self._known.texts(key, node[key])
            if found is None:
                return None
            lists[key] = found
        tags = self._tags + lists["tags"]
        rest = (lists["sources"], lists["facts"], None, None, None)
        return _new(Note, (id, self._note_type, self._subdeck, values, tags, *rest))

    def _look_at(self, names: tuple[str, ...]) -> _Keys | None:
        """None where a key is unknown, missing, or one whose value must be looked at."""
        fields = tuple(name for name in names if name in self._fields)
        others = {name for name in names if name not in self._fields}
        if not others <= {"id", *_LISTS} or not self._required <= set(fields):
            return None
        return _Keys(fields, tuple(key for key in _LISTS if key in others))


class _Known:
    """The texts in the notes' lists that were found good: most come often."""

    def __init__(self) -> None:
        self._good: dict[str, set[str]] = {key: set() for key in _LISTS}

    def texts(self, key: str, node: Node) -> tuple[Text, ...] | None:
        """The items of a list of good texts, None for anything else."""
        if not isinstance(node, Sequence) or not _ONLY_TEXTS.issuperset(map(type, node)):
            return None
        good = self._good[key]
        if not good.issuperset(node):
            new = [str(item) for item in node]
            if any(
                not item or item.isspace() or (key == "tags" and tag_fault(item)) for item in new
            ):
                return None
            good.update(new)
        return tuple(node)  # type: ignore[arg-type]


def _is_good(id: Text) -> bool:
    return len(id) <= MAX_ID_LENGTH and ID.fullmatch(id) is not None


def _is_space(value: Node) -> bool:
    return isinstance(value, Text) and value.isspace()
