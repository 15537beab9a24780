"""Excerpts of sources: the line of a text file, or the cell of a workbook."""

from __future__ import annotations

from kartu.core.diagnostics import Diagnostics
from kartu.core.source import Span
from kartu.core.text import normalise_newlines
from kartu.load.files import Files


class Excerpts:
    """Reads excerpts of the files of a project; each file is read once."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._found: dict[str, dict[Span, str]] = {}

    def at(self, place: Span) -> str | None:
        """Returns the line or cell at `place`; None if there is none or the file is unreadable."""
        if place.path not in self._found:
            data = self._files.read_bytes(place.path, Diagnostics())
            self._found[place.path] = {} if data is None else _excerpts(data, place)
        return self._found[place.path].get(place if place.sheet else Span(place.path, place.line))


def _excerpts(data: bytes, place: Span) -> dict[Span, str]:
    """Returns all excerpts of a file, by line or, in a workbook, by cell."""
    if place.sheet:
        from kartu.load.sheets import cells_of

        return cells_of(data, place.path)
    if place.path.endswith((".xlsx", ".ods")):
        return {}
    if place.path.endswith(".csv"):
        from kartu.load.sheets.encoding import shown

        content = shown(data)
    else:
        content = normalise_newlines(data.decode("utf-8-sig", errors="replace"))
    return {Span(place.path, n): line for n, line in enumerate(content.split("\n"), 1)}
