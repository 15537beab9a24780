"""Notes in which nothing is to be told: most are like that, and are read in one go."""

from __future__ import annotations

from typing import NamedTuple

from kartu.load.names import ID, MAX_ID_LENGTH, tag_fault
from kartu.model import FieldType, Note
from kartu.source import Mapping, Node, Sequence, Text

# The keys of the engine whose values may be anything that has the right shape.
_LISTS = ("tags", "sources", "facts")

_new = tuple.__new__


class _Keys(NamedTuple):
    """What a note with certain keys says: which of its fields, and which of _LISTS."""

    fields: tuple[str, ...]
    lists: tuple[bool, bool, bool]


class UsualNotes:
    """Reads notes of one note type and subdeck, as far as they are usual."""

    def __init__(
        self, note_type: str, fields: dict[str, FieldType], subdeck: Text, tags: tuple[Text, ...]
    ) -> None:
        self._note_type = note_type
        self._fields = fields
        self._subdeck = subdeck
        self._tags = tags
        self._keys: dict[tuple[str, ...], _Keys | None] = {}
        self._good_tags: set[str] = set()

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
        values = {key: node[key] for key in keys.fields}
        for value in values.values():
            if not value or (isinstance(value, Text) and value.isspace()):
                return None
        tags, sources, facts = keys.lists
        own_tags = _texts(node["tags"]) if tags else ()
        its_sources = _texts(node["sources"]) if sources else ()
        its_facts = _texts(node["facts"]) if facts else ()
        if own_tags is None or its_sources is None or its_facts is None:
            return None
        if own_tags and not self._are_good(own_tags):
            return None
        parts = (self._note_type, self._subdeck, values, self._tags + own_tags)
        return _new(Note, (id, *parts, its_sources, its_facts, None, None, None))

    def _look_at(self, names: tuple[str, ...]) -> _Keys | None:
        """None where a key is unknown, missing, or one whose value must be looked at."""
        fields = tuple(name for name in names if name in self._fields)
        others = {name for name in names if name not in self._fields}
        required = {key for key, field in self._fields.items() if field.required}
        if not others <= {"id", *_LISTS} or not required <= set(fields):
            return None
        tags, sources, facts = (key in others for key in _LISTS)
        return _Keys(fields, (tags, sources, facts))

    def _are_good(self, tags: tuple[Text, ...]) -> bool:
        good = self._good_tags
        for tag in tags:
            if tag not in good:
                if tag_fault(tag):
                    return False
                good.add(str(tag))
        return True


def _is_good(id: Text) -> bool:
    return len(id) <= MAX_ID_LENGTH and ID.fullmatch(id) is not None


def _texts(node: Node) -> tuple[Text, ...] | None:
    """The items of a list of texts, None for anything else."""
    if not isinstance(node, Sequence):
        return None
    for item in node:
        if not isinstance(item, Text) or not item or item.isspace():
            return None
    return tuple(node)  # type: ignore[arg-type]  # looked at one by one
