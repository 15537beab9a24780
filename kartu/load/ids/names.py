"""Makes ids for notes: readable, derived from the first field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from hashlib import sha256
from html import unescape

from kartu.core.canonical import as_json
from kartu.core.source import Node, text, texts_in
from kartu.load.ids.values import Row
from kartu.load.names import DEVICES

MAX_SLUG_LENGTH = 40
_MAX_READABLE = 32
_DIGITS = 6

_CLOZE = re.compile(
    r"\{\{c[0-9,]+::((?:(?!\{\{|\}\}|::).)*)(?:::(?:(?!\{\{|\}\}).)*)?\}\}", re.DOTALL
)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s[^()]*)?\)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?-->", re.DOTALL)
_OTHER = re.compile(r"[^a-z0-9]+")
_APOSTROPHES = re.compile("['’ʼ`´]")

# Letters of the Latin script that Unicode does not take apart.
_LETTERS = str.maketrans(
    dict(zip("ßæœøđðþłħıŋ", ("ss", "ae", "oe", *"odd", "th", *"lhi", "ng"), strict=True))
)


def visible(node: Node) -> str:
    """Returns the visible text of a value, without the markup of clozes, HTML and links."""
    return visible_text(" ".join(texts_in(node)))


def visible_text(text: str) -> str:
    """As `visible`, of a text."""
    before = None
    while text != before:  # clozes can be nested
        before, text = text, _CLOZE.sub(r"\1", text)
    return unescape(_TAG.sub(" ", _LINK.sub(r"\1", text)))


def slug(text: str, longest: int = MAX_SLUG_LENGTH) -> str:
    """Returns a text as an id of a-z, 0-9 and -, cut at a word; empty if nothing is left."""
    plain = _APOSTROPHES.sub("", text.lower().translate(_LETTERS))
    letters = unicodedata.normalize("NFKD", plain).lower()
    found = "".join(character for character in letters if not unicodedata.combining(character))
    found = _OTHER.sub("-", found).strip("-")
    if len(found) > longest:
        cut = found[: longest + 1]
        found = cut.rpartition("-")[0] or cut[:longest]
    return found.strip("-")


def deck_slug(text: str, longest: int = MAX_SLUG_LENGTH) -> str:
    """Returns a text as the id of a deck: a name that folders and packages can have anywhere."""
    found = slug(text, longest) or "deck"
    return f"{found}-deck" if found in DEVICES else found


def new_id(text: str, note_type: str, taken: Container[str]) -> str:
    """Returns an id for a note whose first field is `text`, not in `taken`; deterministic."""
    found = slug(text)
    if found and found not in taken:
        return found
    number = 2 if found else 1
    while f"{found or note_type}-{number}" in taken:
        number += 1
    return f"{found or note_type}-{number}"


def id_of_texts(row: Row, taken: Container[str]) -> str:
    """Returns an id for a note that will have none in its source; deterministic.

    It ends with digits of a hash of all texts, more of them where the id is taken: a number that
    counts would be given twice, by two branches that add notes.
    """
    first = next(iter(row.texts.values()), "")
    readable = slug(visible(text(first, row.place)), _MAX_READABLE) or slug(row.note_type)
    digest = sha256(as_json([row.note_type, dict(row.texts)]).encode("utf-8", "surrogatepass"))
    for digits in range(_DIGITS, len(digest.hexdigest())):
        id = f"{readable}-{digest.hexdigest()[:digits]}"
        if id not in taken:
            return id
    return new_id(first, row.note_type, taken)
