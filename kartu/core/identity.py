"""Permanent identity: how Anki recognises a deck's notes, note types, fields, cards and decks.

Anki matches notes by GUID, and note types, fields and card templates by integer ids. They stay in
the collection of everyone who has imported a package, so the functions here must never change:
tests compare them with literal values. Every id depends on the deck's uid, so that two decks made
from one starter share nothing in a student's collection.
"""

from __future__ import annotations

from hashlib import sha256


def note_guid(uid: str, note_id: str) -> str:
    """The GUID of a note: `<uid>:<note id>`."""
    return f"{uid}:{note_id}"


def note_type_id(uid: str, note_type: str) -> int:
    """The id of a note type."""
    return _number("type", uid, note_type)


def field_id(uid: str, note_type: str, position: int) -> int:
    """The id of the field at `position`, which counts from 1."""
    return _number("type", uid, note_type, "field", str(position))


def card_id(uid: str, note_type: str, position: int) -> int:
    """The id of the card template at `position`, which counts from 1."""
    return _number("type", uid, note_type, "card", str(position))


def deck_id(uid: str, name: str) -> int:
    """The id of a deck, by its full name with parts separated by `::`."""
    return _number("deck", uid, name)


def preset_id(uid: str) -> int:
    """The id of the deck preset that carries a deck's study options."""
    return _number("preset", uid)


def _number(*parts: str) -> int:
    """2^52 + the first 52 bits of sha256: always 16 digits, exact in JavaScript and JSON."""
    digest = sha256("\0".join(("kartu 1", *parts)).encode()).digest()
    return (1 << 52) + (int.from_bytes(digest[:8], "big") >> 12)


def new_uid() -> str:
    """A new random uid: 16 hex digits, the first of them a-f."""
    import secrets  # only needed for a new deck

    return secrets.choice("abcdef") + secrets.token_hex(8)[1:]
