"""Fixes that need no judgement: each function takes a file and yields edits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from kartu.core.language import _, ngettext
from kartu.core.model import NoteType
from kartu.load.yaml import Outline
from kartu.rewrite.edits import Edit, line_begins, line_end, line_stops

_AT_LINE_END = re.compile(r"[ \t]+(?=[\r\n]|\Z)")
_BLANK = re.compile(r"\s*")
_BLOCK_HEAD = re.compile(r"[^\r\n]*")
_COLON = re.compile(r"\s*:")
_SCHEMA = "yaml-language-server:"

# Keys whose texts reach Anki as they are written, and not in NFC.
_AS_WRITTEN = ("retired", "anki")


class Source(NamedTuple):
    """A readable YAML file. `note_type` is that of a card set, None for other files."""

    path: str
    content: str
    root: Outline
    note_type: NoteType | None

    def notes(self) -> list[Outline]:
        """The notes of a card set, as far as they are written out."""
        notes = self.root.get("notes") if self.root.kind == "mapping" else None
        found = notes.inside if notes is not None and notes.kind == "list" else []
        return [note for note in found if note.kind == "mapping"]


def composed_accents(source: Source, file_names: Collection[str]) -> Iterator[Edit]:
    """Normalises keys and texts to NFC, as Anki stores them; comments are left to the author.

    Left unchanged: texts that hold one of `file_names`, which are spelled so on disk; reasons of
    retired notes and imported names, which reach Anki as written; and the rare characters that
    NFC merges with, or turns into, an ASCII character with a meaning in Markdown or HTML.
    """
    edits = []
    for node in _texts(source.root, without=_AS_WRITTEN):
        written = source.content[node.begin : node.end]
        composed = unicodedata.normalize("NFC", written)
        if written == composed or _marks(written) != _marks(composed):
            continue
        if not any(name in node.value for name in file_names):
            edits.append(Edit(node.begin, node.end, composed))
    message = ngettext(
        "one text had accents as characters of their own (not NFC)",
        "{number} texts had accents as characters of their own (not NFC)",
        len(edits),
    )
    yield from _one_fix(edits, message)


def _marks(text: str) -> str:
    """The ASCII characters that are neither letters nor digits."""
    return "".join(
        character for character in text if character.isascii() and not character.isalnum()
    )


def no_space_at_line_ends(source: Source) -> Iterator[Edit]:
    """Removes white space at line ends, except in quoted texts and block texts."""
    protected = [_protected(source.content, node) for node in _texts(source.root) if node.style]
    edits = []
    at = 0
    for found in _AT_LINE_END.finditer(source.content):
        while at < len(protected) and protected[at][1] <= found.start():
            at += 1
        if at == len(protected) or found.start() < protected[at][0]:
            edits.append(Edit(*found.span(), ""))
    message = ngettext(
        "there was white space at the end of one line",
        "there was white space at the end of {number} lines",
        len(edits),
    )
    yield from _one_fix(edits, message)


def _protected(content: str, node: Outline) -> tuple[int, int]:
    """The range of a text that is never changed: of a block text, all below its head."""
    if node.style not in ("|", ">"):
        return node.begin, node.end
    head = _BLOCK_HEAD.match(content, node.begin)
    blank = _BLANK.match(content, node.end)
    assert head is not None  # both patterns match anything
    assert blank is not None
    return head.end() + 1, max(node.end, blank.end())


def _one_fix(edits: Sequence[Edit], message: str) -> list[Edit]:
    """Edits that are reported as one fix, at the place of the first."""
    return [edits[0]._replace(message=message), *edits[1:]] if edits else []


def _texts(node: Outline, without: Collection[str] = ()) -> Iterator[Outline]:
    """All texts, including keys, except what is under the keys `without`."""
    if node.kind == "text":
        yield node
    elif node.kind == "mapping":
        for key, value in node.pairs():
            yield key
            if key.value not in without:
                yield from _texts(value, without)
    else:
        for child in node.inside:
            yield from _texts(child, without)


def key_with_value(
    content: str, mapping: Outline, key: str, value: str, message: str
) -> Edit | None:
    """Gives the mapping a key, as its first one and in its style, or its blank key a value.

    None where it is written in a way that leaves doubt.
    """
    for one, there in mapping.pairs():
        if one.value == key:
            return _value_for(content, one, there, value, message)
    if mapping.anchored or not mapping.inside:
        return None
    first = mapping.inside[0]
    at = first.begin
    quote = first.style if first.style == '"' else ""
    entry = f"{quote}{key}{quote}: {quote}{value}{quote}"
    column = at - line_begins(content, at)
    new_line = line_end(content, at) + " " * column
    if not mapping.style:
        if first.anchored or mapping.begin != at:  # a key that begins with ?
            return None
        return Edit(at, at, entry + new_line, message)
    if content[mapping.begin] != "{" or first.anchored:  # a pair without braces in a list
        return None
    apart = line_begins(content, at) > mapping.begin
    return Edit(at, at, f"{entry},{new_line if apart else ' '}", message)


def _value_for(content: str, key: Outline, there: Outline, value: str, message: str) -> Edit | None:
    """Fills in the value of a key that has none."""
    if there.kind != "text" or there.anchored or there.value.strip() or there.style in ("|", ">"):
        return None
    if there.begin < there.end:
        space = "" if content[there.begin - 1].isspace() else " "
        return Edit(there.begin, there.end, space + value, message)
    colon = _COLON.match(content, key.end)
    if colon is None:
        return Edit(key.end, key.end, f": {value}", message)
    return Edit(colon.end(), colon.end(), f" {value}", message)


def uid_below_id(source: Source, uid: str, message: str) -> Edit | None:
    """Gives a deck its uid, in the line after its id, else as its first key."""
    content = source.content
    id = source.root.get("id")
    plain = id is not None and id.kind == "text" and id.style in ("", "'", '"')
    if source.root.style or source.root.get("uid") is not None or id is None or not plain:
        return key_with_value(content, source.root, "uid", uid, message)
    at = line_stops(content, id.end)
    column = source.root.begin - line_begins(content, source.root.begin)
    return Edit(at, at, f"{line_end(content, id.end)}{' ' * column}uid: {uid}", message)


def schema_named(source: Source, line: str) -> Iterator[Edit]:
    """The comment by which editors find the file's schema, where it has none."""
    if _SCHEMA not in source.content:
        message = _("editors now find the file's schema")
        yield Edit(0, 0, line + line_end(source.content, 0), message)
