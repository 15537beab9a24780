"""Lines that are added to a Markdown text in a sheet, where people see them as lines."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

_BREAK = "  "  # at the end of a line: Markdown joins lines without it

# In code and formulas lines are lines already.
_AS_THEY_ARE = ("```", "~~~", "$$")


def with_breaks(cell: str, before: str) -> str:
    """Returns the Markdown of a cell with line breaks where lines were added.

    Lines that were joined `before` stay joined, also where their words were changed.
    """
    if "\n" not in cell or any(mark in cell for mark in _AS_THEY_ARE):
        return cell
    old, new = before.rstrip("\n").split("\n"), cell.split("\n")
    earlier = _earlier([one.rstrip() for one in old], [one.rstrip() for one in new])
    found = []
    for (line, place), (following, next_place) in pairwise(zip(new, earlier, strict=True)):
        text = line.rstrip()
        if not (text and following.strip()):
            found.append(line)
        elif _joined(old, place, next_place):
            found.append(line if line != text else text + _spaces(old[place or 0]))
        else:
            found.append(text + _BREAK)
    return "\n".join([*found, new[-1]])


def _joined(old: Sequence[str], place: int | None, other: int | None) -> bool:
    """Whether these lines were of one paragraph."""
    if place is None or other is None or place >= other:
        return False
    return all(map(str.strip, old[place : other + 1]))


def _spaces(line: str) -> str:
    return line[len(line.rstrip()) :]


def _earlier(old: Sequence[str], new: Sequence[str]) -> list[int | None]:
    """Returns which old line each new one was; None for one that was added.

    Where there are no more lines than before, none was. Of a line that was divided, both parts
    were that line.
    """
    if len(new) <= len(old):
        return [*range(len(new))]
    found: list[int | None] = []
    for kind, first, end, begin, stop in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if kind == "insert":
            found += [None] * (stop - begin)
        elif kind != "delete":
            count, lines = end - first, stop - begin
            some = [first + at for at in range(min(count, lines) - 1)]
            found += [*some, *[None] * (lines - len(some) - 1), end - 1]
            if lines > count and count == 1:
                found[-lines] = first
    return found
