"""Names that Anki leaves unchanged (decks, tags, note types, fields), and kartu's own ids."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from kartu.core.language import _, current
from kartu.core.patterns import pattern

ID = pattern(r"[a-z0-9]+(?:-+[a-z0-9]+)*")
UID = pattern(r"[a-f][0-9a-f]{15}")
VERSION = pattern(r"(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)", re.ASCII)
LANGUAGE = pattern(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
# The file name extensions of spreadsheet card sets.
SPREADSHEETS = (".csv", ".xlsx", ".ods")
MARKDOWN = ".md"

LINK = pattern(
    r"https?://(?:[^\s/?#@]+@)?(?:[\w-]+(?:\.[\w-]+)+|\[[0-9a-fA-F:.]+\])\.?(?::\d{1,5})?"
    r"(?:[/?#]\S*)?"
)
MAIL = pattern(r"mailto:[^\s@]+@[\w-]+(?:\.[\w-]+)+(?:\?\S*)?")
DATE = pattern(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", re.ASCII)

# Microsoft, "Naming Files, Paths, and Namespaces": devices have these names with any ending.
_PORTS = (f"{port}{digit}" for port in ("com", "lpt") for digit in "123456789")
DEVICES = frozenset(("con", "prn", "aux", "nul", *_PORTS))

# Anki refuses packages with more levels (measured: import-behaviour, "nesting level too deep").
MAX_DECK_LEVELS = 11
MAX_ID_LENGTH = 100

RETIRED_TAG = "retired"

# What people write into cells to say whether a note is unfinished.
YES = frozenset(("true", "yes", "y", "ya", "benar", "wahr", "vrai", "x", "✓", "✔", "1"))
NO = frozenset(("false", "no", "n", "tidak", "salah", "falsch", "faux", "-", "0"))

# What Anki takes out of a field's name: measured by importing names with each character of ASCII.
_NOT_IN_FIELD_NAMES = frozenset(':{}"')
_NOT_AT_THEIR_START = ("#", "^", "/")

# Categories of characters that Anki or YAML changes: controls, line and paragraph separators.
_CHANGED = frozenset(("Cc", "Cs", "Zl", "Zp"))
_UNSEEN = _CHANGED | {"Cf", "Zs"}
# Letters and symbols that are rendered as nothing.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# These change how the characters next to them are joined, so they can be seen.
_JOINERS = frozenset("\u200c\u200d")


def deck_name_fault(name: str) -> str:
    """Why Anki would change or refuse `name` as a deck's name; empty if it would not."""
    parts = name.split("::")
    if not all(map(_shows_something, parts)):
        return _("a part of the name is empty")
    if any(part != part.strip().strip(":") for part in parts):
        return _("parts are separated by :: alone, without spaces or another : around it")
    if name.casefold() == "default":
        return _('the name "Default" is Anki\'s own')
    if len(parts) > MAX_DECK_LEVELS:
        return _("it has more than {number} levels", number=MAX_DECK_LEVELS)
    return _text_fault(name)


def tag_fault(tag: str) -> str:
    """Why Anki would change or refuse `tag`; empty if it would not."""
    return _tag_fault(tag, current())


@lru_cache(maxsize=1000)  # tags are few, notes are many
def _tag_fault(tag: str, _language: str) -> str:
    if any(character.isspace() for character in tag):
        return _("a tag cannot contain spaces")
    if not all(map(_shows_something, tag.split("::"))):
        return _("a part of the tag is empty")
    if tag.casefold() in ("marked", "leech"):
        return _("Anki uses this tag itself")
    if tag.casefold() == RETIRED_TAG:
        return _("kartu gives it to retired notes: write `retired: <reason>` in the note")
    if '"' in tag or "*" in tag:
        return _('the characters " and * have a meaning in searches')
    return _text_fault(tag)


def subdeck_name_fault(name: str) -> str:
    """As `deck_name_fault`, of a name below a deck's: Anki's own deck has no other above it."""
    return "" if name.casefold() == "default" else deck_name_fault(name)


def field_name_fault(name: str) -> str:
    """Why Anki would change or refuse `name` as a field's name; empty if it would not."""
    if name.startswith(_NOT_AT_THEIR_START) or not _NOT_IN_FIELD_NAMES.isdisjoint(name):
        return _('it cannot contain : { } or ", or begin with #, ^ or /')
    return card_name_fault(name)


def card_name_fault(name: str) -> str:
    """Why Anki would change or refuse `name` for a card or note type; empty if it would not."""
    if name != name.strip() or any(character in name for character in '{}"'):
        return _('it cannot contain { } or ", or have spaces at its ends')
    return _text_fault(name)


def version_key(version: str) -> tuple[int, int, int]:
    """A version as numbers, for comparison; ValueError if it is not a version."""
    if not VERSION.fullmatch(version):
        raise ValueError(version)
    major, minor, patch = map(int, version.split("."))
    return major, minor, patch


def tag_part(name: str) -> str:
    """`name` as the first part of a tag, which cannot contain spaces."""
    return "-".join(name.replace("::", " ").split())


def is_kept(character: str) -> bool:
    """Whether Anki leaves `character` as it is somewhere in a name."""
    return unicodedata.category(character) not in _CHANGED


def look_of(name: str) -> str:
    """`name` as it looks, whatever its case, its kinds of spaces and its invisible characters."""
    if not name.isascii():
        name = "".join(
            " " if character.isspace() else character
            for character in name
            if character in _JOINERS or not _is_invisible(character)
        )
    return name.casefold()


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) == "Cf" or "\ufe00" <= character <= "\ufe0f"


def _shows_something(name: str) -> bool:
    return any(unicodedata.category(one) not in _UNSEEN and one not in _BLANK for one in name)


def _text_fault(name: str) -> str:
    if not name.isprintable() and not all(map(is_kept, name)):
        return _("it contains a control character")
    if not _shows_something(name):
        return _("it has no visible character")
    if not unicodedata.is_normalized("NFC", name):
        return _("an accent is a character of its own (not NFC); type it again")
    if len(name) > 100:
        return _("it has more than 100 characters")
    return ""
