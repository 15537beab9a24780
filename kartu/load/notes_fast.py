"""The fast path for notes: requires known keys and nothing to report; most notes qualify."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Values

from kartu.core.model import FieldType, Note
from kartu.core.source import Mapping, Node, Sequence, Text
from kartu.load.names import ID, MAX_ID_LENGTH, tag_fault

LISTS = ("tags", "sources", "facts")

# The other built-in keys; a note that uses them is left to `read_note`.
_UNCOMMON_KEYS = ("as_of", "retired", "guid", "unfinished")

_ONLY_TEXTS = {Text}

_new = tuple.__new__

# Makes a note from its values, in the order of its keys; None where `read_note` is needed.
Maker = Callable[[Values[Node]], Note | None]


class FastNotes:
    """Reads notes of one note type and subdeck that meet the requirements of the fast path."""

    def __init__(
        self,
        note_type: str,
        fields: dict[str, FieldType],
        words: dict[str, str],
        subdeck: Text,
        tags: tuple[Text, ...],
        *,
        blanks: bool = False,
    ) -> None:
        self._common = (note_type, subdeck)
        self._words = words  # the keys of `fields` and their aliases, with the key of each
        self._tags = tags
        self._blanks = blanks  # whether the uncommon keys may be blank, as in a row
        self._choices = {key: one.one_of for key, one in fields.items() if one.one_of}
        self._required = {key for key, field in fields.items() if field.required}
        self._makers: dict[tuple[str, ...], Maker | None] = {}
        self._valid: dict[str, set[str]] = {key: set() for key in LISTS}

    def read(self, node: Node) -> Note | None:
        """The note; None where `read_note` is needed."""
        make = self.maker(tuple(node)) if isinstance(node, Mapping) else None
        return make(tuple(node.values())) if make is not None else None  # type: ignore[union-attr]

    def maker(self, keys: tuple[str, ...]) -> Maker | None:
        """The maker for notes with these keys; None if one is unknown or a required one missing."""
        if keys not in self._makers:
            self._makers[keys] = self._new_maker(keys)
        return self._makers[keys]

    def _new_maker(self, keys: tuple[str, ...]) -> Maker | None:
        if not {"id"} <= set(keys) <= {"id", *LISTS, *_UNCOMMON_KEYS, *self._words}:
            return None
        fields = [self._words[key] for key in keys if key in self._words]
        if len(set(fields)) < len(fields) or not self._required <= set(fields):
            return None
        return self._maker_of(keys)

    def _maker_of(self, keys: tuple[str, ...]) -> Maker:
        # Local variables are faster to look up, and there are many notes.
        common, of_set, required, texts = self._common, self._tags, self._required, self._texts
        at_id, at_tags, at_sources, at_facts = (
            keys.index(key) if key in keys else None for key in ("id", *LISTS)
        )
        words = self._words
        at_fields = [(words[key], place) for place, key in enumerate(keys) if key in words]
        choices = [(key, self._choices[key]) for key, _at in at_fields if key in self._choices]
        uncommon = [place for place, key in enumerate(keys) if key in _UNCOMMON_KEYS]
        assert at_id is not None
        blanks = self._blanks

        def make(values: Values[Node]) -> Note | None:
            id = values[at_id]
            if not isinstance(id, Text) or len(id) > MAX_ID_LENGTH or not ID.fullmatch(id):
                return None
            fields = {}
            for key, place in at_fields:
                if value := values[place]:
                    if isinstance(value, Text) and value.isspace():
                        return None
                    fields[key] = value
            if len(fields) < len(at_fields) and not required <= fields.keys():
                return None
            if uncommon and (not blanks or any(values[place] for place in uncommon)):
                return None
            if choices and not all(_is_option(fields, *one) for one in choices):
                return None
            tags = texts("tags", values[at_tags]) if at_tags is not None else ()
            sources = texts("sources", values[at_sources]) if at_sources is not None else ()
            facts = texts("facts", values[at_facts]) if at_facts is not None else ()
            if tags is None or sources is None or facts is None:
                return None
            own = (fields, of_set + tags, sources, facts, None, None, None, None)
            return _new(Note, (id, *common, *own))

        return make

    def _texts(self, key: str, node: Node) -> tuple[Text, ...] | None:
        """The items of a list of valid texts, None for anything else."""
        if not node:
            return ()
        if not isinstance(node, Sequence) or not _ONLY_TEXTS.issuperset(map(type, node)):
            return None
        valid = self._valid[key]  # most occur often
        if not valid.issuperset(node):
            new = [str(item) for item in node]
            if not all(_is_valid_item(item, key) for item in new):
                return None
            valid.update(new)
        return tuple(node)  # type: ignore[arg-type]


def _is_option(fields: dict[str, Node], key: str, options: tuple[Text, ...]) -> bool:
    """Whether an answer is the text of an option, as it is written there."""
    answer = fields.get(key)
    values = (fields.get(option) for option in options)
    return answer is None or any(
        answer == value if isinstance(value, Text) else value is not None and answer in value
        for value in values
    )


def _is_valid_item(item: str, key: str) -> bool:
    return bool(item.strip()) and not (key == "tags" and tag_fault(item))
