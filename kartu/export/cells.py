"""The text of a cell as YAML."""

from __future__ import annotations

from kartu.core.source import Mapping, Sequence, Span, text
from kartu.load.sheets.cells import items as read_items
from kartu.load.sheets.cells import picture, table
from kartu.rewrite.yaml import items, pairs, scalar

LISTS = ("tags", "sources", "facts")


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
