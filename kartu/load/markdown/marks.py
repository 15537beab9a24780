"""The marks that make cards of Markdown: Q:, A:, C:, names of fields, ids of other programs."""

from __future__ import annotations

import re
from typing import NamedTuple

from kartu.core.patterns import pattern

QUESTION, CLOZE, ANSWER = "question", "cloze", "answer"

_ROLES = {
    **dict.fromkeys(("q", "question", "soal", "tanya", "pertanyaan"), QUESTION),
    **dict.fromkeys(("c", "cloze", "rumpang", "isian"), CLOZE),
    **dict.fromkeys(("a", "answer", "jawab", "jawaban"), ANSWER),
}

# A word with a colon at the beginning of a line: `Q:`, `- **Soal 3**: `, `1. __A:__ `.
_MARK = pattern(
    r"(?P<before>[ \t]*(?:(?:[-*+]|[0-9]{1,3}[.)])[ \t]+)?)(?P<bold>\*\*|__)?"
    r"(?P<word>[^\W\d_](?:[\w -]{0,40}?\w)??)(?P<number>[ ]?[0-9]{1,3})?(?P<close>\*\*|__)?[ \t]?"
    r"[:：](?![:/\\])(?P<after>\*\*|__)?"
)
# A mark that is meant as text.
ESCAPED = pattern(r"^([ \t]*)\\(?=[A-Za-z][\w -]{0,40}:)", re.MULTILINE)

# `(uuid)` of md2anki and `^id` of Obsidian, at the end of a heading or note.
_UUID = pattern(r"[ \t]*\(([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})\)[ \t]*\Z")
_BLOCK_ID = pattern(r"(?:^|[ \t\n])\^((?=[0-9-]*[A-Za-z])[A-Za-z0-9-]{2,})[ \t]*\Z")
_DECK_ID = pattern(r"[ \t]*\(\d{6,}\)[ \t]*\Z")
_COMMENT_KEY = pattern(r"([A-Za-z_]+)[ \t]*:[ \t]*(.*)", re.DOTALL)
_NOT_IN_ID = pattern(r"[^a-z0-9]+")
_LONGEST_ID = 120


class Mark(NamedTuple):
    """A word with a colon that begins a line.

    `indent` is how far the lines below may be indented; `start` is where the text begins in its
    line, with the ** that opens a text in bold, which is then `bold`.
    """

    word: str
    role: str
    column: int
    start: int
    indent: int
    bold: str


def mark_in(line: str) -> Mark | None:
    """The mark that a line begins with, whatever its word means."""
    found = _MARK.match(line)
    if found is None:
        return None
    bold, word = found["bold"] or "", found["word"]
    if bold and bold not in (found["close"], found["after"]) and bold not in line[found.end() :]:
        return None
    if (found["close"] or "") not in ("", bold):
        return None
    role = role_of(word)
    if role == CLOZE and found["number"]:
        role = ""  # an option of a question: C1, C2
    if found["number"] and not role:
        word += found["number"]
    closed = not bold or bold in (found["close"], found["after"])
    end = found.end() if closed or not found["after"] else found.start("after")
    indent = len(found["before"].expandtabs(4))
    return Mark(word, role, len(found["before"]), end, indent, "" if closed else bold)


def role_of(word: str) -> str:
    """QUESTION, CLOZE or ANSWER; empty for a word that is none. Single letters are capitals."""
    if len(word) == 1 and not word.isupper():
        return ""
    return _ROLES.get(word.casefold(), "")


def begins_card(line: str) -> bool:
    """Whether a line begins a card: `Q:` or `C:` in whatever words."""
    mark = mark_in(line)
    return mark is not None and mark.role in (QUESTION, CLOZE)


class Id(NamedTuple):
    """An id that another program put at the end of a text: where it begins, and as ids are."""

    start: int
    name: int
    id: str


def id_at_end(text: str) -> Id | None:
    """The `(uuid)` or `^id` that ends a text."""
    begin = max(0, len(text) - _LONGEST_ID)
    found = _UUID.search(text, begin) or _BLOCK_ID.search(text, begin)
    return Id(found.start(), found.start(1), as_id(found[1])) if found else None


def without_deck_id(text: str) -> str:
    """A title without the number by which md2anki knows the deck."""
    return text[:-_LONGEST_ID] + _DECK_ID.sub("", text[-_LONGEST_ID:])


def comment_key(comment: str) -> tuple[str, str]:
    """The key and value of a comment like `ID: 1700000000000`; empty for any other."""
    found = _COMMENT_KEY.fullmatch(comment)
    if found is None:
        return "", ""
    key = found[1] if found[1] != "ID" else "id"
    return ("id" if key in ("note_id", "card_id", "note_key") else key), found[2].strip()


def as_id(written: str) -> str:
    """An id of another program in the letters of kartu's ids."""
    return _NOT_IN_ID.sub("-", written.casefold()).strip("-")
