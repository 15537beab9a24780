"""The keys of a note in one order: id, the note type's fields, then the engine's keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kartu.core.language import _
from kartu.core.model import NoteType
from kartu.load.note_type import NOTE_KEYS
from kartu.load.words import all_aliases
from kartu.load.yaml import Outline
from kartu.rewrite.edits import Edit, line_begins, line_stops
from kartu.rewrite.fix.rules import Source

_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_WITH_LAST_LINES = re.compile(r"[|>]\S*\+")


class _Block(NamedTuple):
    """A key with its value and the comment lines right above it, without its last line end."""

    key: str
    begin: int
    key_begin: int
    end: int


def keys_in_order(source: Source) -> Iterator[Edit]:
    """Moves whole keys of notes; never where it is not certain what belongs to which key."""
    if source.note_type is None or _has_alias(source.root):
        return
    for note in source.notes():
        edit = _sorted(source.content, note, source.note_type)
        if edit is not None:
            yield edit


def _has_alias(node: Outline) -> bool:
    return node.kind == "alias" or any(map(_has_alias, node.inside))


def _sorted(content: str, note: Outline, note_type: NoteType) -> Edit | None:
    names = [key.value for key, _ in note.pairs()]
    places = _places(names, note_type)
    if places is None or places == sorted(places) or note.style or note.anchored:
        return None
    blocks = _blocks(content, note)
    if not blocks:
        return None
    order = [block for _, block in sorted(zip(places, blocks, strict=True))]
    column = note.begin - line_begins(content, note.begin)
    first = blocks[0].begin
    after_dash = "-" in content[line_begins(content, first) : first]
    commented = order[0].begin < line_begins(content, order[0].key_begin)
    if after_dash and commented:
        return None  # its comment would come between the dash and the key
    text = ""
    for number, block in enumerate(order):
        moved = content[block.begin : block.end]
        if after_dash and block is blocks[0]:
            moved = " " * column + moved
        if after_dash and number == 0:
            moved = moved[column:]
        next_begin = blocks[number + 1].begin if number + 1 < len(blocks) else blocks[number].end
        text += moved + content[blocks[number].end : next_begin]
    shown = ", ".join(block.key for block in order)
    return Edit(
        first,
        blocks[-1].end,
        text,
        _("the keys of the note are now in the order {keys}", keys=shown),
    )


def _places(names: list[str], note_type: NoteType) -> list[int] | None:
    """A number for each key to sort by, fields in note_type.yaml's order.

    None if a key is unknown or duplicate.
    """
    written = sorted(note_type.fields, key=lambda field: field.key.span)
    words = [[str(field.key), *map(str, all_aliases(field))] for field in written]
    order = [[NOTE_KEYS[0]], *words, *([key] for key in NOTE_KEYS[1:])]
    known = {word: number for number, same in enumerate(order) for word in same}
    own = (name for name in names if name.startswith("x-"))
    known |= {name: len(order) + number for number, name in enumerate(own)}
    places = [known[name] for name in names if name in known]
    return places if len(set(places)) == len(names) else None


def _blocks(content: str, note: Outline) -> list[_Block]:
    """The keys of a note as blocks that follow on each other; empty if that is ambiguous."""
    column = note.begin - line_begins(content, note.begin)
    comment = re.compile(rf" {{{column}}}#[^\r\n]*")
    blocks: list[_Block] = []
    for key, value in note.pairs():
        if key.style in ("|", ">") or _WITH_LAST_LINES.match(content, value.begin):
            return []
        last = len(content[key.begin : max(key.end, value.end)].rstrip())
        end = line_stops(content, key.begin + last)
        if not blocks and "-" in content[line_begins(content, key.begin) : key.begin]:
            blocks.append(_Block(key.value, key.begin, key.begin, end))
            continue
        begin = line_begins(content, key.begin)
        if content[begin : key.begin] != " " * column:
            return []
        lines = _LINE_ENDS.split(content[blocks[-1].end : begin])[1:-1] if blocks else []
        if not all(map(comment.fullmatch, lines)):
            return []
        if blocks:
            begin = min(begin, blocks[-1].end + len(_line_end_at(content, blocks[-1].end)))
        blocks.append(_Block(key.value, begin, key.begin, end))
    return blocks


def _line_end_at(content: str, offset: int) -> str:
    found = _LINE_ENDS.match(content, offset)
    return found[0] if found else ""
