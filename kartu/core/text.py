"""Small text helpers: newlines, abbreviated lists, a count with its noun."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kartu.core.language import _, ngettext
from kartu.core.patterns import pattern

_PLAIN = pattern(r"[\w./:\\=,@+-]+")
_EXPANDED = frozenset('"$`!')  # a shell does something with these in double quotes


def shown(names: Iterable[str], most: int = 5) -> str:
    """The first `most` names, and how many more there are."""
    found = list(names)
    first = ", ".join(found[:most])
    if not found[most:]:
        return first
    return _("{names} and {number} more", names=first, number=len(found) - most)


_COUNTED: dict[str, Callable[[int], str]] = {
    "card": lambda number: ngettext("{number} card", "{number} cards", number),
    "cell": lambda number: ngettext("{number} cell", "{number} cells", number),
    "difference": lambda number: ngettext("{number} difference", "{number} differences", number),
    "field": lambda number: ngettext("{number} field", "{number} fields", number),
    "media file": lambda number: ngettext("{number} media file", "{number} media files", number),
    "note": lambda number: ngettext("{number} note", "{number} notes", number),
    "page": lambda number: ngettext("{number} page", "{number} pages", number),
    "published note": lambda number: ngettext(
        "{number} published note", "{number} published notes", number
    ),
    "question": lambda number: ngettext("{number} question", "{number} questions", number),
    "row": lambda number: ngettext("{number} row", "{number} rows", number),
}


def typed(word: str) -> str:
    """A word of a command as it is typed: in double quotes where it has spaces.

    What a shell would change in double quotes is quoted as POSIX shells want it.
    """
    if _PLAIN.fullmatch(word):
        return word
    if _EXPANDED & set(word):
        from shlex import quote  # few names have such signs

        return quote(word)
    return f'"{word}"'


def counted(number: int, thing: str) -> str:
    """`1 note`, `2 notes`, in the current language."""
    return _COUNTED[thing](number)


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
