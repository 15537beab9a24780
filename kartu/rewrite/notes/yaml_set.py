"""Edits of the notes in a YAML card set."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property
from operator import itemgetter

from kartu.core.diagnostics import Diagnostics, has_errors
from kartu.core.language import _
from kartu.core.model import NoteType
from kartu.core.source import Mapping as Keys
from kartu.core.source import Sequence, Span
from kartu.core.text import normalise_newlines
from kartu.load.files import CONTROL
from kartu.load.words import keys_by_word, note_type_named, own_fields, word_of
from kartu.load.yaml import Outline, outline, parse
from kartu.load.yaml_fast import read as read_fast
from kartu.rewrite.edits import BYTE_ORDER_MARK, Edit, edited, line_begins, line_end, line_stops
from kartu.rewrite.notes.card_set import CardSet, Form, Values
from kartu.rewrite.notes.nodes import Source, entry_of, gaps, with_key, without_key, yaml_of
from kartu.rewrite.notes.scalars import BLOCK_HEAD, content_end
from kartu.rewrite.notes.values import Value, is_blank, keys_of, value_of

_DASH = re.compile(r"-[ \t\r\n]*\Z")
_SHARED = ("note_type", "subdeck", "tags")


class YamlSet(CardSet):
    """A YAML card set; make it with `read_yaml_set`."""

    def __init__(
        self,
        path: str,
        data: bytes,
        content: str,
        document: Keys,
        note_types: Mapping[str, NoteType],
    ) -> None:
        self.path = path
        self.data = data
        self._note_types = note_types
        named = str(value_of(document.get("note_type")))
        self._name = note_type_named(named, note_types) or named
        self._note_type = note_types.get(self._name)
        self._order = keys_of(self._note_type)
        self._keys = keys_by_word(self._note_type)
        self._mark = BYTE_ORDER_MARK if data.startswith(BYTE_ORDER_MARK.encode()) else ""
        self._document = document
        self._source = Source(path, content)
        found = document.get("notes")
        self._notes = [one for one in found if isinstance(one, Keys)] if found else []

    def _written(self, place: int) -> dict[str, str]:
        """The word that a note has for each of its keys; a second one for a key is its own key."""
        found: dict[str, str] = {}
        for word in map(str, self._notes[place]):
            key = self._keys.get(word, word)
            found[word if key in found else key] = word
        return found

    @cached_property
    def _words(self) -> dict[str, str]:
        """The words for new keys: those of other notes, else the best ones."""
        own = own_fields(self._note_type)
        language = self._note_type.language if self._note_type is not None else ""
        found = {key: word_of(field, language) for key, field in own.items()}
        for place in reversed(range(len(self))):
            found |= self._written(place)
        return found

    @cached_property
    def _root(self) -> Outline | None:
        return outline(self._source.content)  # only the set that is edited needs it

    @property
    def _list(self) -> Outline | None:
        return self._root.get("notes") if self._root is not None else None

    @property
    def _places(self) -> list[Outline]:
        return self._list.inside if self._list is not None else []

    @property
    def _flow(self) -> str:
        return self._list.style if self._list is not None else ""

    def __len__(self) -> int:
        return len(self._notes)

    def form(self, place: int) -> Form:
        note, written = self._notes[place], self._written(place)
        values = {key: value_of(note[word]) for key, word in written.items()}
        places = {
            key: note.key_span(word) if is_blank(values[key]) else note[word].span
            for key, word in written.items()
        }
        shared = {key: value_of(self._document.get(key)) for key in _SHARED}
        tags = shared["tags"] if isinstance(shared["tags"], list) else []
        return Form(
            path=self.path,
            place=place,
            id=str(values.get("id", "")),
            note_type=self._name,
            subdeck=str(shared["subdeck"]),
            tags=[str(tag) for tag in tags],
            values=values,
            places=places,
            span=note.span,
        )

    @property
    def contents(self) -> list[object]:
        return [*self._notes]

    @property
    def shared(self) -> object:
        return {key: one for key, one in self._document.items() if key != "notes"}

    def id_at(self, place: int) -> str:
        return str(value_of(self._notes[place].get("id")))

    def span_at(self, place: int) -> Span:
        return self._notes[place].span

    def read_again(self, data: bytes) -> YamlSet | None:
        return read_yaml_set(self.path, data, self._note_types)

    def as_written(self, key: str, value: Value) -> Value:
        return value

    def written(self, changes: Mapping[int, Values]) -> bytes:
        edits: list[Edit] = []
        for place, values in changes.items():
            node = self._places[place]
            words = {**self._words, **self._written(place)}
            order = [words.get(key, key) for key in self._order]
            for key in sorted(values, key=_rank(self._order)):
                word, value = words.get(key, key), values[key]
                if not is_blank(value):
                    edits += with_key(self._source, node, word, value, order)
                elif len(node.inside) > 2:  # a key and its value
                    edits += without_key(self._source, node, word)
                elif node.get(word) is not None:
                    raise self._source.refused(node, _("this is the only value of the card"))
        return self._with(edits)

    def added(self, place: int, values: Values) -> bytes:
        return self._with([self._insertion(place, self._lines(values))])

    def removed(self, place: int) -> bytes:
        content, nodes = self._source.content, self._places
        node = nodes[place]
        if len(nodes) == 1:
            message = _("this is the only card of its card set")
            raise self._source.refused(node, message, _("delete the file {path}", path=self.path))
        if self._flow:
            if place:
                return self._with([Edit(nodes[place - 1].end, node.end, "")])
            return self._with([Edit(node.begin, nodes[1].begin, "")])
        begin, end = self._block(place)
        if place:
            before = content[:begin]
            line = len(before.rstrip(" \t\r\n"))
            begin = max(line_stops(content, line), self._block(place - 1)[1]) if line else begin
            return self._with([Edit(begin, end, "")])
        rest = content[end : self._block(1)[0]]
        blank = len(rest) - len(rest.lstrip())
        if blank < len(rest):  # comments come first
            blank = rest.rindex("\n", 0, blank) + 1 if "\n" in rest[:blank] else 0
            return self._with([Edit(line_begins(content, begin), end + blank, "")])
        return self._with([Edit(begin, self._block(1)[0], "")])

    def reordered(self, place: int, to: int) -> bytes:
        first, last = min(place, to), max(place, to)
        blocks = [self._range(one) for one in range(first, last + 1)]
        content = self._source.content
        texts = [content[slice(*one)] for one in blocks]
        ended = _open_block(content, self._root)
        if ended is not None and last == len(self) - 1:
            ended -= blocks[-1][0]  # with a line end it would be another text
            texts[-1] = f"{texts[-1][:ended]}-{texts[-1][ended:]}"
        nodes = self._places[first : last + 1]
        texts.insert(to - first, texts.pop(place - first))
        nodes.insert(to - first, nodes.pop(place - first))
        edits = [Edit(*one, text) for one, text in zip(blocks, texts, strict=True)]
        if blocks[-1][1] == len(content) and _last_value(nodes[-1]).style in ("|", ">"):
            edits.append(Edit(len(content), len(content), line_end(content, 0)))
        return self._with(edits)

    def block(self, place: int) -> tuple[str, int] | None:
        """Returns the lines of a note from its dash on, and the column of that."""
        if self._flow:
            return None
        begin, end = self._block(place)
        return self._source.content[begin:end], begin - line_begins(self._source.content, begin)

    def with_note_of(self, place: int, block: str, column: int, values: Values) -> bytes:
        """Returns the file with the lines of a note of another one, which then is at `place`.

        `values` are what they hold. Raises as `with_note`.
        """
        places: list[int | None] = [*range(len(self))]
        places.insert(place, None)
        return self._checked(self._with_block(place, block, column), places, {place: values})

    def _with_block(self, place: int, block: str, column: int) -> bytes:
        content = self._source.content
        begin, _end = self._block(0)
        own = begin - line_begins(content, begin)
        lines = normalise_newlines(block).split("\n")
        if own >= column:
            lines = [(" " * (own - column) + line if line else "") for line in lines]
        else:
            lines = [lines[0], *(line[column - own :] for line in lines[1:])]
        lines[0] = " " * own + block.partition("\n")[0].rstrip("\r")
        return self._with([self._insertion(place, "\n".join(lines))])

    # --- lines ------------------------------------------------------------------------------------

    def _with(self, edits: list[Edit]) -> bytes:
        content = self._source.content
        edits = sorted(edits, key=itemgetter(0, 1))
        try:
            text = edited(content, edits)
        except ValueError:  # edits that overlap: what is read back is not what was wanted
            return b""
        last = _open_block(content, self._root)
        if last is not None and not text.endswith(content[last:]):
            with suppress(ValueError):  # the text itself is edited
                ended = [*edits, Edit(last, last, "-")]
                text = edited(content, sorted(ended, key=itemgetter(0, 1)))
        return (self._mark + text).encode()

    def _lines(self, values: Values) -> str:
        """A new note as lines with the column of the others; in brackets on one line."""
        keys = sorted(values, key=_rank(self._order))
        own = {self._words.get(key, key): values[key] for key in keys}
        if self._flow:
            return "{" + ", ".join(f"{word}: {yaml_of(one)}" for word, one in own.items()) + "}"
        begin, _end = self._block(0)
        dash = begin - line_begins(self._source.content, begin)
        column = max(self._places[0].begin - begin, 2)
        inside = "".join(entry_of(word, one, dash + column) for word, one in own.items())
        return " " * dash + "-" + inside[dash + 1 :].removesuffix("\n")

    def _insertion(self, place: int, lines: str) -> Edit:
        content, nodes = self._source.content, self._places
        if self._flow:
            if place:
                return Edit(nodes[place - 1].end, nodes[place - 1].end, f", {lines}")
            return Edit(nodes[0].begin, nodes[0].begin, f"{lines}, ")
        ends = line_end(content, nodes[0].begin)
        apart = ends * (2 if len(nodes) == 1 or gaps(content, nodes) else 1)
        lines = lines.replace("\n", ends)
        if place:
            _begin, at = self._block(place - 1)
            return Edit(at, at, apart + lines)
        at = self._block(0)[0]
        return Edit(at, at, lines.lstrip(" ") + apart + " " * (at - line_begins(content, at)))

    def _range(self, place: int) -> tuple[int, int]:
        node = self._places[place]
        return (node.begin, node.end) if self._flow else self._block(place)

    def _block(self, place: int) -> tuple[int, int]:
        """Where the dash of a note is, and where its last line stops."""
        content, node = self._source.content, self._places[place]
        found = _DASH.search(content, 0, node.begin)
        if found is None or (node.kind != "mapping") or node.anchored:
            message = _("this card is written in a way that cannot be changed here")
            raise self._source.refused(node, message, _("change it in a text editor"))
        name, value = node.pairs()[-1]
        if value.end < name.end or value.begin == value.end:
            return found.start(), line_stops(content, name.end)
        return found.start(), content_end(content, node)


def _open_block(content: str, node: Outline | None) -> int | None:
    """Where the head of a block text stops that ends with the file, without a line end.

    With one, it would be another text, unless its head ends in a hyphen.
    """
    if content.endswith(("\n", "\r")):
        return None
    node = _last_value(node) if node is not None else None
    head = BLOCK_HEAD.match(content, node.begin) if node is not None else None
    if node is None or head is None or node.style not in ("|", ">") or "-" in head[2]:
        return None
    return head.end()


def _last_value(node: Outline) -> Outline:
    while node.inside:
        node = node.inside[-1]
    return node


def _rank(order: list[str]) -> Callable[[str], int]:
    return lambda key: order.index(key) if key in order else len(order)


def read_yaml_set(path: str, data: bytes, note_types: Mapping[str, NoteType]) -> YamlSet | None:
    """Returns a YAML card set, None where it cannot be read as one that edits keep whole."""
    try:
        content = data.decode().removeprefix(BYTE_ORDER_MARK)
    except UnicodeDecodeError:
        return None
    if CONTROL.search(content):
        return None
    diagnostics = Diagnostics()
    text = normalise_newlines(content)
    document = read_fast(text, path) or parse(text, path, diagnostics)
    if not isinstance(document, Keys) or has_errors(diagnostics):
        return None
    notes = document.get("notes")
    whole = isinstance(notes, Sequence) and all(isinstance(one, Keys) for one in notes)
    return YamlSet(path, data, content, document, note_types) if notes and whole else None
