"""Small work on texts: line ends, a few names of many, a number with its noun."""

from __future__ import annotations

from collections.abc import Iterable


def shown(names: Iterable[str], most: int = 5) -> str:
    """A few names of many."""
    found = list(names)
    return ", ".join(found[:most]) + (f" and {len(found) - most} more" if found[most:] else "")


def counted(number: int, thing: str) -> str:
    """`1 note`, `2 notes`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def lines_of(content: str) -> str:
    """`content` with `\\n` line ends."""
    if "\r" not in content:
        return content
    return content.replace("\r\n", "\n").replace("\r", "\n")
