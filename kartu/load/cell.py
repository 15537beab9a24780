"""What a note's key holds as the text of one cell."""

from __future__ import annotations

from kartu.core.source import Mapping, Node, Sequence, Text

_DIVIDER = " | "
_PICTURE = ("file", "alt", "caption")


def cell_of(node: Node | None) -> str:
    """Returns a value as the text of a cell, empty for None."""
    if node is None:
        return ""
    if isinstance(node, Text):
        return str(node)
    if isinstance(node, Mapping):
        values = [cell_of(node.get(key)) for key in _PICTURE]
        return _DIVIDER.join(values).rstrip(" |")
    inner = [cell_of(one) for one in node]
    return ("\n" if any(isinstance(one, Sequence) for one in node) else _DIVIDER).join(inner)
