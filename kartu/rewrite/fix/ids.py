"""Ids for notes that have none: short, readable, made of what the note asks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from html import unescape

from kartu.core.source import Node, texts_in

MAX_SLUG_LENGTH = 40

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
    """What a reader sees of a value: without the marks of clozes, HTML, and links."""
    text = " ".join(texts_in(node))
    before = None
    while text != before:  # clozes stand in each other
        before, text = text, _CLOZE.sub(r"\1", text)
    return unescape(_TAG.sub(" ", _LINK.sub(r"\1", text)))


def slug(text: str) -> str:
    """A text as an id of a-z, 0-9 and -, cut at a word; empty where no such sign is in it."""
    plain = _APOSTROPHES.sub("", text.lower().translate(_LETTERS))
    letters = unicodedata.normalize("NFKD", plain).lower()
    found = "".join(sign for sign in letters if not unicodedata.combining(sign))
    found = _OTHER.sub("-", found).strip("-")
    if len(found) > MAX_SLUG_LENGTH:
        cut = found[: MAX_SLUG_LENGTH + 1]
        found = cut.rpartition("-")[0] or cut[:MAX_SLUG_LENGTH]
    return found.strip("-")


def new_id(text: str, note_type: str, taken: Container[str]) -> str:
    """The id of a note that asks `text`: none of those `taken`, always the same for the same."""
    found = slug(text)
    if found and found not in taken:
        return found
    number = 2 if found else 1
    while f"{found or note_type}-{number}" in taken:
        number += 1
    return f"{found or note_type}-{number}"
