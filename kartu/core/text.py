"""Small text helpers: newlines, abbreviated lists, a count with its noun."""

from __future__ import annotations

from collections.abc import Iterable

from kartu.core.language import _


def shown(names: Iterable[str], most: int = 5) -> str:
    """The first `most` names, and how many more there are."""
    found = list(names)
    return ", ".join(found[:most]) + (f" and {len(found) - most} more" if found[most:] else "")


def counted(number: int, thing: str) -> str:
    """`1 note`, `2 notes`."""
    return f"{number} {thing}" if number == 1 else _("{count} {thing}s", count=number, thing=thing)


def normalise_newlines(content: str) -> str:
    """`content` with all line ends as `\\n`."""
    if "\r" not in content:
        return content
    return content.replace("\r\n", "\n").replace("\r", "\n")


def is_readable(text: str) -> bool:
    """Whether `text` can be shown as it is: printable, or with what its script is written with.

    That is the joiners of Persian, Indian scripts and emoji, and the wide space of Japanese.
    """
    return text.isprintable() or text.translate(_OF_SCRIPTS).isprintable()


_OF_SCRIPTS = dict.fromkeys((0x200C, 0x200D, 0x3000))
