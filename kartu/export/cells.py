"""What a note's key holds as the text of one cell, and back."""

from __future__ import annotations

from kartu.core.source import Mapping, Node, Sequence, Span, Text, text
from kartu.load.sheets.cells import items as read_items
from kartu.load.sheets.cells import picture, table
from kartu.rewrite.yaml import items, pairs, scalar

_DIVIDER = " | "
_PICTURE = ("file", "alt", "caption")
LISTS = ("tags", "sources", "facts")


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


def yaml_of(cell: str, format: str) -> str:
    """Returns the text of a cell as YAML on one line."""
    value = text(cell, Span(""))
    if format == "list":
        return items(map(str, read_items(value)))
    if format == "table":
        rows = [items(map(str, row)) for row in table(value) if isinstance(row, Sequence)]
        return f"[{', '.join(rows)}]"
    if format == "image" and isinstance(found := picture(value), Mapping):
        named = ((key, scalar(str(one), flow=True)) for key, one in found.items() if one)
        return pairs((str(key), one) for key, one in named)
    return scalar(cell, flow=True)
