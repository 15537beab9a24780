"""deck.yaml as it is changed: read once, and read back after each change."""

from __future__ import annotations

from typing import NamedTuple

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _
from kartu.core.model import Deck
from kartu.core.source import Mapping as MappingNode
from kartu.core.source import Node, Span
from kartu.core.text import normalise_newlines
from kartu.load.files import Files
from kartu.load.yaml import parse
from kartu.rewrite.edits import BYTE_ORDER_MARK
from kartu.rewrite.fix.files import bytes_of
from kartu.rewrite.notes.card_set import cannot_write
from kartu.rewrite.notes.sets import Change, Changes
from kartu.rewrite.notes.values import EditRefusedError, Value, value_of


class DeckFile(NamedTuple):
    """A deck.yaml: its bytes, and its text without a byte order mark."""

    path: str
    data: bytes
    mark: str
    content: str

    def values(self) -> dict[str, object]:
        """Returns what it says, as plain values."""
        return _plain(_read(self.path, self.content))

    def changed(self, after: str, expected: dict[str, object], place: Span) -> Changes:
        """Returns the change to the text `after`.

        Raises EditRefusedError where that would not say what is expected.
        """
        if _plain(_read(self.path, after)) != expected:
            raise cannot_write(self.path, place)
        return {self.path: Change(self.data, (self.mark + after).encode())}


def deck_file(files: Files, deck: Deck) -> DeckFile:
    """Returns the deck.yaml of a deck. Raises EditRefusedError where it cannot be read."""
    path = f"{deck.folder}/deck.yaml"
    data = bytes_of(files, path)
    if data is None and files.one is not None:
        name = files.one.name
        message = _("{file} was never built: run kartu build {file}", file=name)
        raise EditRefusedError(Span(path), message)
    if data is None:
        raise EditRefusedError(Span(path), _("{path} cannot be read as it is", path=path))
    text = data.decode()
    mark = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""
    return DeckFile(path, data, mark, text.removeprefix(mark))


def _read(path: str, content: str) -> Node | None:
    return parse(normalise_newlines(content), path, Diagnostics())


def _plain(node: Node | None) -> dict[str, object]:
    found = _values(node)
    return found if isinstance(found, dict) else {}


def _values(node: Node | None) -> object:
    """A node as plain values, with mappings in mappings."""
    if isinstance(node, MappingNode):
        return {str(key): _values(one) for key, one in node.items()}
    value: Value = value_of(node)
    return value
