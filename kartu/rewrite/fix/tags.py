"""Removes duplicate tags of a note, or of a note and its set."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kartu.core.language import N_, _
from kartu.load.yaml import Outline
from kartu.rewrite.edits import Edit, line_begins, line_stops, whole_lines
from kartu.rewrite.fix.rules import Source

_DASH = re.compile(r"[ \t]*-[ \t]+")
_COMMA = re.compile(r"\s*,[ \t]*")


def each_tag_once(source: Source) -> Iterator[Edit]:
    """Yields edits that remove duplicate tags of the set and its notes; the first remains."""
    if source.root.kind != "mapping":
        return
    ours = source.root.get("tags")
    seen: dict[str, str] = {}
    if ours is not None:
        yield from _once(source.content, source.root, ours, seen)
    of_set = dict.fromkeys(seen, N_('the tag "{tag}" is already given to the whole set'))
    for note in source.notes():
        tags = note.get("tags")
        if tags is not None and not note.anchored:
            yield from _once(source.content, note, tags, dict(of_set))


def _once(content: str, holder: Outline, tags: Outline, seen: dict[str, str]) -> Iterator[Edit]:
    """Edits that remove the tags `seen` before; adds the others to `seen`, with why."""
    if tags.kind != "list" or tags.anchored:
        return
    gone = []
    for item in tags.inside:
        if item.kind == "text" and item.value.strip():
            if item.value in seen and not item.anchored and _on_one_line(content, item):
                gone.append((item, _(seen[item.value], tag=item.value)))
            else:
                seen.setdefault(item.value, N_('the tag "{tag}" was there twice'))
        elif item.kind == "list":
            return
    if gone and len(gone) == len(tags.inside) and (lines := _key_lines(content, holder, tags)):
        yield Edit(*lines, "", gone[0][1])
        yield from (Edit(lines[1], lines[1], "", message) for _, message in gone[1:])
    elif tags.style:
        yield from _without_items(content, tags, gone)
    else:
        yield from (_without_line(content, item, message) for item, message in gone)


def _on_one_line(content: str, item: Outline) -> bool:
    return item.style not in ("|", ">") and line_begins(content, item.end) <= item.begin


def _key_lines(content: str, holder: Outline, tags: Outline) -> tuple[int, int] | None:
    """The lines that hold `tags:` and nothing else of a block mapping; None where they do not."""
    key = next(key for key, value in holder.pairs() if value is tags)
    begin, end = whole_lines(content, key.begin, tags.end)
    lines = content[begin:end]
    apart = holder.inside[0] is not key and not holder.style
    return (begin, end) if apart and "#" not in lines else None


def _without_items(content: str, tags: Outline, gone: list[tuple[Outline, str]]) -> Iterator[Edit]:
    """Removes items from [a, b], each with one comma; comments between them are preserved."""
    messages = {id(item): message for item, message in gone}
    remaining_before = False
    for number, item in enumerate(tags.inside):
        if id(item) not in messages:
            remaining_before = True
            continue
        message = messages[id(item)]
        before = tags.inside[number - 1].end if number else tags.begin
        following = _COMMA.match(content, item.end)
        if remaining_before and re.fullmatch(r"\s*,\s*", content[before : item.begin]):
            yield Edit(before, item.end, "", message)
        elif following:
            yield Edit(item.begin, following.end(), "", message)
        else:  # YAML allows a comma before the closing bracket
            yield Edit(item.begin, item.end, "", message)


def _without_line(content: str, item: Outline, message: str) -> Edit:
    """Removes an item `- a` from a block list; a comment after it is preserved."""
    start = line_begins(content, item.begin)
    rest = content[item.end : line_stops(content, item.end)]
    dash = _DASH.match(content, start)
    if dash is None or dash.end() != item.begin:  # the dash is on an earlier line
        return Edit(item.begin, item.end, '""', message)
    if rest.strip():
        comment = item.end + len(rest) - len(rest.lstrip())
        return Edit(start + content[start:].index("-"), comment, "", message)
    begin, end = whole_lines(content, item.begin, item.end)
    return Edit(begin, end, "", message)
