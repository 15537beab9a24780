"""What the readers of workbooks give, and what they refuse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kartu.core.source import Text

# A deck of ten thousand notes has a tenth of these.
MAX_ELEMENTS = 1_500_000
MAX_CELLS = 1_000_000
MAX_ROWS = 1_048_576  # of Excel


class WorkbookError(Exception):
    """Why a workbook cannot be read: a diagnostic that lacks only its place."""

    def __init__(self, code: str, message: str, help: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.help = help


def too_large() -> WorkbookError:
    """What to say of a workbook with more than any deck needs."""
    help = "divide it into several; are there cells far away from the others?"
    return WorkbookError("file-too-large", "the workbook is larger than kartu reads", help)


class RawSheet(NamedTuple):
    """A sheet as its reader gives it: rows of cells from the first row on, with their places."""

    name: str
    rows: Iterator[list[Text]]
