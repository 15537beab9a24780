"""The results and limits of the workbook readers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kartu.core.language import _
from kartu.core.source import Text

# Ten times the size of a deck of ten thousand notes.
MAX_ELEMENTS = 1_500_000
MAX_CELLS = 1_000_000
MAX_ROWS = 1_048_576  # of Excel
MAX_SHEETS = 1_000


class WorkbookError(Exception):
    """Why a workbook cannot be read: a diagnostic without its place."""

    def __init__(self, code: str, message: str, help: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.help = help


def too_large() -> WorkbookError:
    """The error for a workbook that exceeds the limits."""
    help = _("split it into several; are there cells far away from the others?")
    return WorkbookError("file-too-large", _("the workbook is larger than kartu reads"), help)


class RawSheet(NamedTuple):
    """A sheet as its reader returns it: rows of cells with their places."""

    name: str
    rows: Iterator[list[Text]]
