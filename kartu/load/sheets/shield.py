"""Cells of a CSV file that spreadsheet programs would calculate.

A file of kartu's begins them with a word joiner, which nobody sees and no program takes away: with
it a cell is text, however often the file is opened and saved. Readers take it away.
"""

from __future__ import annotations

from kartu.core.patterns import pattern

SHIELD = "\u2060"

# Wide signs too: some programs take them for the narrow ones. A tab or a new line may hide a sign.
_AT_RISK = pattern(rf"{SHIELD}|[\t\r\n]|\s*[=+\-@＝＋－＠]")


def shielded(cell: str) -> str:
    """The cell as a spreadsheet program takes it for text."""
    return SHIELD + cell if _AT_RISK.match(cell) else cell


def unshielded(cell: str) -> str:
    """The cell that `shielded` was given, or one that nobody shielded."""
    return cell.removeprefix(SHIELD)
