"""Values of YAML mappings and lists set, added and taken away, each in the style that is there.

All functions return edits of `content`, which may overlap in no way; what has an anchor or is an
alias is not touched, since the same text stands for other values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from kartu.core.language import _
from kartu.core.source import place_in
from kartu.core.text import normalise_newlines
from kartu.load.yaml import Outline
from kartu.rewrite.edits import Edit, line_begins, line_end, line_stops, whole_lines
from kartu.rewrite.notes.scalars import content_end, scalar_edits
from kartu.rewrite.notes.values import EditRefusedError, Value
from kartu.rewrite.yaml import entry, scalar

_DASH = re.compile(r"- +\Z")
_BLANK_LINES = re.compile(r"(?:[ \t]*(?:\r\n|\r|\n))*")


class Source:
    """A YAML file's text, and its path for messages."""

    def __init__(self, path: str, content: str) -> None:
        self.path = path
        self.content = content

    def refused(self, node: Outline, message: str, help: str = "") -> EditRefusedError:
        """The refusal of an edit because of what is at `node`."""
        before = normalise_newlines(self.content[: node.begin])
        return EditRefusedError(place_in(self.path, before, len(before)), message, help)


def value_of_outline(node: Outline) -> Value:
    """What a form has for what is written at `node`."""
    if node.kind == "mapping":
        return {key.value: str(value_of_outline(one)) for key, one in node.pairs()}
    return [value_of_outline(one) for one in node.inside] if node.kind == "list" else node.value


def yaml_of(value: Value, style: str = "") -> str:
    """A value as YAML on one line; `style` is the quote of its texts, if they are to have one."""
    if isinstance(value, str):
        return scalar(value, flow=True, style=style)
    if isinstance(value, dict):
        inner = (f"{style}{key}{style}: {yaml_of(one, style)}" for key, one in value.items() if one)
        return f"{{{', '.join(inner)}}}"
    return f"[{', '.join(yaml_of(one, style) for one in value)}]"


def with_key(
    source: Source, mapping: Outline, key: str, value: Value, order: Sequence[str]
) -> list[Edit]:
    """Gives a key of a mapping its value; a new key goes behind those before it in `order`."""
    if mapping.anchored:
        raise _used_elsewhere(source, mapping, key)
    there = mapping.get(key)
    if there is None:
        return [_new_key(source, mapping, key, value, order)]
    column = None if mapping.style else _column(source.content, mapping)
    return value_edits(source, there, value, key, column)


def without_key(source: Source, mapping: Outline, key: str) -> list[Edit]:
    """Takes a key with its value away; comments stay. ValueError where it is the only one."""
    if mapping.anchored:
        raise _used_elsewhere(source, mapping, key)
    content, pairs = source.content, mapping.pairs()
    number = next((n for n, (one, _value) in enumerate(pairs) if one.value == key), None)
    if number is None:
        return []
    name, there = pairs[number]
    _check_own(source, there, key)
    if len(pairs) == 1:
        raise ValueError(key)
    if mapping.style:
        if number:
            return [Edit(pairs[number - 1][1].end, max(there.end, name.end), "")]
        return [Edit(name.begin, pairs[1][0].begin, "")]
    stop = content_end(content, there)
    if there.begin == there.end or there.end < name.end:  # `key:` without a value
        stop = line_stops(content, name.end)
    comment = _comment(content, there)
    if comment is not None:
        return [Edit(name.begin, comment, "")]
    if _first_in_line(content, name) or _first_in_line(content, name, "?"):
        return [Edit(*whole_lines(content, name.begin, stop), "")]
    following = pairs[1][0].begin
    if content[stop:following].strip():  # a comment, which would come behind the dash
        return [Edit(there.begin, stop, " ''" if content[there.begin - 1] == ":" else "''")]
    return [Edit(name.begin, following, "")]


def value_edits(
    source: Source, there: Outline, value: Value, key: str, column: int | None
) -> list[Edit]:
    """Puts a value in the place of the one that is there.

    `column` is that of the mapping in whose lines it stands, None in brackets.
    """
    if value_of_outline(there) == value and there.kind != "alias":
        return []
    _check_own(source, there, key)
    if isinstance(value, str) and there.kind == "text":
        return scalar_edits(source.content, there, value, column)
    if isinstance(value, dict) and there.kind == "mapping":
        return _picture_edits(source, there, value, key)
    if not isinstance(value, str | dict) and there.kind == "list" and value and there.inside:
        return _list_edits(source, there, value, key)
    end = content_end(source.content, there) if there.inside and not there.style else there.end
    if there.kind == "text" and there.style in ("|", ">"):
        end = content_end(source.content, there)
    begin = len(source.content[: there.begin].rstrip(" \r\n-")) if there.inside else there.begin
    if there.style in ("{", "["):
        begin = there.begin
    space = "" if begin and source.content[begin - 1].isspace() else " "
    return [Edit(begin, end, space + yaml_of(value))]


# --- keys of mappings ----------------------------------------------------------------------------


def _new_key(
    source: Source, mapping: Outline, key: str, value: Value, order: Sequence[str]
) -> Edit:
    content, pairs = source.content, mapping.pairs()
    before = set(order[: order.index(key)]) if key in order else set(order)
    places = [n for n, (one, _value) in enumerate(pairs) if one.value in before]
    style = pairs[0][0].style if pairs and pairs[0][0].style == '"' else ""
    if mapping.style:
        text = f"{style}{key}{style}: {yaml_of(value, style)}"
        if not pairs:
            return Edit(mapping.begin + 1, mapping.begin + 1, text)
        if not places:
            return Edit(pairs[0][0].begin, pairs[0][0].begin, f"{text}, ")
        name, last = pairs[places[-1]]
        end = max(name.end, last.end)
        return Edit(end, end, f", {text}")
    column = _column(content, mapping)
    text = entry_of(f"{style}{key}{style}", value, column, style)
    ends = line_end(content, mapping.begin)
    text = text.removesuffix("\n").replace("\n", ends)
    if not places:
        at = pairs[0][0].begin
        return Edit(at, at, f"{text[column:]}{ends}{' ' * column}")
    name, last = pairs[places[-1]]
    at = content_end(content, last) if last.end >= name.end else line_stops(content, name.end)
    return Edit(at, at, ends + text)


def entry_of(key: str, value: Value, column: int, style: str = "") -> str:
    """Returns a key with its value as lines of a block mapping at `column`."""
    if isinstance(value, str) and not style:
        return entry(key, value, column)
    return f"{' ' * column}{key}: {yaml_of(value, style)}\n"


def _picture_edits(source: Source, there: Outline, value: dict[str, str], key: str) -> list[Edit]:
    """The keys of a mapping one by one; what is in both stays where it is."""
    there_too = {one.value for one, _value in there.pairs()}
    if not there_too & value.keys():
        end = content_end(source.content, there) if not there.style else there.end
        return [Edit(there.begin, end, yaml_of(value))]
    edits = []
    order = list(value)
    for one in there_too - value.keys():
        edits += without_key(source, there, one)
    for one, text in value.items():
        edits += with_key(source, there, one, text, order)
    return sorted(edits)


# --- items of lists ------------------------------------------------------------------------------


def _list_edits(source: Source, there: Outline, value: Sequence[Value], key: str) -> list[Edit]:
    """The items of a list: those at both ends that are the same stay as they are written."""
    old = [value_of_outline(one) for one in there.inside]
    new = list(value)
    first = 0
    while first < min(len(old), len(new)) and old[first] == new[first]:
        first += 1
    last = 0
    while last < min(len(old), len(new)) - first and old[-1 - last] == new[-1 - last]:
        last += 1
    now, then = there.inside[first : len(old) - last], new[first : len(new) - last]
    edits = []
    for node, one in zip(now, then, strict=False):
        edits += value_edits(source, node, one, key, None)
    for node in now:
        _check_own(source, node, key)
    if len(now) > len(then):
        gone = now[len(then) :]
        edits += _without_items(source, there, first + len(then), first + len(then) + len(gone))
    elif len(then) > len(now):
        edits.append(_new_items(source, there, first + len(now), then[len(now) :], key))
    return edits


def _without_items(source: Source, there: Outline, begin: int, end: int) -> list[Edit]:
    content, items = source.content, there.inside
    if there.style:
        if begin:
            return [Edit(items[begin - 1].end, items[end - 1].end, "")]
        return [Edit(items[0].begin, items[end].begin, "")]
    if begin == 0 and not _first_in_line(content, items[0], "-"):  # - - a
        return [Edit(items[0].begin, items[end].begin, "")]
    found: list[Edit] = []
    for one in items[begin:end]:  # lines with comments between them stay
        first, last = whole_lines(content, one.begin, content_end(content, one))
        if found and first <= found[-1].end:
            first = found.pop().begin
        found.append(Edit(first, last, ""))
    return found


def _new_items(source: Source, there: Outline, at: int, new: Sequence[Value], key: str) -> Edit:
    """New items of a list, behind the one before `at`; of an empty place before the first one."""
    content, items = source.content, there.inside
    if there.style:
        text = ", ".join(map(yaml_of, new))
        if at:
            return Edit(items[at - 1].end, items[at - 1].end, f", {text}")
        return Edit(items[0].begin, items[0].begin, f"{text}, ")
    dash = _DASH.search(content, line_begins(content, items[0].begin), items[0].begin)
    if dash is None:
        raise source.refused(
            there, _('"{key}" is written in a way that cannot be changed here', key=key)
        )
    ends = line_end(content, items[0].begin)
    before = " " * (dash.start() - line_begins(content, dash.start())) + dash[0]
    if at:
        after = content_end(content, items[at - 1])
        return Edit(after, after, "".join(f"{ends}{before}{yaml_of(one)}" for one in new))
    lines = f"{ends}{before}".join(map(yaml_of, new))
    return Edit(items[0].begin, items[0].begin, f"{lines}{ends}{before}")


# --- lines ---------------------------------------------------------------------------------------


def _column(content: str, mapping: Outline) -> int:
    return mapping.begin - line_begins(content, mapping.begin)


def _first_in_line(content: str, node: Outline, behind: str = "") -> bool:
    """Whether only white space is before a value in its line, and `behind`."""
    return content[line_begins(content, node.begin) : node.begin].strip() == behind


def _comment(content: str, value: Outline) -> int | None:
    """Where a comment begins behind a value on its line or on that of its block's head."""
    while value.kind in ("mapping", "list") and not value.style and value.inside:
        value = value.inside[-1]
    if value.style in ("|", ">"):
        return None
    rest = content[value.end : line_stops(content, value.end)]
    return value.end + len(rest) - len(rest.lstrip()) if rest.strip().startswith("#") else None


def _check_own(source: Source, node: Outline, key: str) -> None:
    if node.anchored or node.kind == "alias":
        raise _used_elsewhere(source, node, key)
    for one in node.inside:
        _check_own(source, one, key)


def _used_elsewhere(source: Source, node: Outline, key: str) -> EditRefusedError:
    place = source.content.count("\n", 0, node.begin) + 1
    message = _('"{key}" in line {line} is used elsewhere by & and *', key=key, line=place)
    return source.refused(node, message, _("change it in a text editor"))


def gaps(content: str, nodes: Sequence[Outline]) -> bool:
    """Whether there is a blank line between two of the values."""
    return any(
        _BLANK_LINES.match(content, content_end(content, one)) is not None
        and content[content_end(content, one) : other.begin].count("\n") > 1
        for one, other in pairwise(nodes)
    )
