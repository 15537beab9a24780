"""Makes ids for notes: short, readable, derived from the first field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from html import unescape

from kartu.core.diagnostics import Diagnostics
from kartu.core.source import Node, texts_in
from kartu.ledger.file import read_ledger
from kartu.load.files import Files

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


def ids_in_ledgers(files: Files, folder: str) -> set[str] | None:
    """Returns every id that a release of the deck had; None where a ledger cannot be read."""
    diagnostics = Diagnostics()
    found: set[str] = set()
    for name in files.names(folder):
        if name.startswith("ledger") and name.endswith(".jsonl"):
            found |= set(read_ledger(files, f"{folder}/{name}", diagnostics).notes)
    return None if any(one.code != "version-released-twice" for one in diagnostics) else found


def visible(node: Node) -> str:
    """Returns the visible text of a value, without the markup of clozes, HTML and links."""
    return visible_text(" ".join(texts_in(node)))


def visible_text(text: str) -> str:
    """As `visible`, of a text."""
    before = None
    while text != before:  # clozes can be nested
        before, text = text, _CLOZE.sub(r"\1", text)
    return unescape(_TAG.sub(" ", _LINK.sub(r"\1", text)))


def slug(text: str) -> str:
    """Returns a text as an id of a-z, 0-9 and -, cut at a word; empty if nothing is left."""
    plain = _APOSTROPHES.sub("", text.lower().translate(_LETTERS))
    letters = unicodedata.normalize("NFKD", plain).lower()
    found = "".join(character for character in letters if not unicodedata.combining(character))
    found = _OTHER.sub("-", found).strip("-")
    if len(found) > MAX_SLUG_LENGTH:
        cut = found[: MAX_SLUG_LENGTH + 1]
        found = cut.rpartition("-")[0] or cut[:MAX_SLUG_LENGTH]
    return found.strip("-")


def new_id(text: str, note_type: str, taken: Container[str]) -> str:
    """Returns an id for a note whose first field is `text`, not in `taken`; deterministic."""
    found = slug(text)
    if found and found not in taken:
        return found
    number = 2 if found else 1
    while f"{found or note_type}-{number}" in taken:
        number += 1
    return f"{found or note_type}-{number}"
