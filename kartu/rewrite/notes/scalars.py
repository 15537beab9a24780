"""A YAML text in place of another one, in the style of that one as far as it can be written so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kartu.core.diagnostics import Diagnostics
from kartu.core.source import Mapping
from kartu.core.text import is_readable
from kartu.load.yaml import Outline, parse
from kartu.rewrite.edits import Edit, common_ends, line_end, line_stops
from kartu.rewrite.yaml import block, is_taken_otherwise, scalar

BLOCK_HEAD = re.compile(r"([|>])([-+0-9]*)")
_LINE = re.compile(r"\r\n|\r|\n")
_INDENT = re.compile(r" *")


def scalar_edits(content: str, there: Outline, text: str, column: int | None) -> list[Edit]:
    """Returns the edits that put `text` in the place of the text `there`.

    Args:
        column: Of the key that it belongs to; None where no block text can be, as in brackets.
    """
    if there.style in ("|", ">"):
        return _block_edits(content, there, text)
    rest = content[there.end : line_stops(content, there.end)]
    if column is not None and "\n" in text and not rest.strip() and (body := block(text, column)):
        end = there.end + len(rest)
        return [Edit(there.begin, end, _spaced(content, there.begin, _with_ends(content, body)))]
    style = there.style
    if style == "'" and scalar(there.value, flow=column is None) != there.value:
        style = ""  # that text needed quotes
    new = scalar(text, flow=column is None, style=style)
    if not there.style and all(map(is_taken_otherwise, (there.value, text))):
        new = text  # as its author writes it
    return [Edit(there.begin, there.end, _spaced(content, there.begin, new))]


def content_end(content: str, node: Outline) -> int:
    """Returns where the last line of a value stops, without blank lines that are no part of it."""
    while node.kind in ("mapping", "list") and not node.style and node.inside:
        node = node.inside[-1]
    if node.style not in ("|", ">"):
        return line_stops(content, node.end)
    head = BLOCK_HEAD.match(content, node.begin)
    last = len(content[node.begin : node.end].rstrip())
    if head is not None and "+" in head[2]:  # its last blank lines belong to the text
        return len(content[: node.end].removesuffix("\n").removesuffix("\r"))
    return line_stops(content, node.begin + last)


def _spaced(content: str, begin: int, text: str) -> str:
    """A space before a value where there was none, as after `key:`."""
    return text if content[begin - 1].isspace() or content[begin - 1] in "[{" else f" {text}"


def _with_ends(content: str, text: str) -> str:
    return text.replace("\n", line_end(content, 0))


def _block_edits(content: str, there: Outline, text: str) -> list[Edit]:
    head_stop = line_stops(content, there.begin)
    end = content_end(content, there)
    raw = content[there.begin : end]
    for new in _blocks(content, there, text, raw):
        if _reads_as(new, text):
            return [Edit(there.begin, end, new)]
    head = BLOCK_HEAD.match(content, there.begin)
    stop = head.end() if head else head_stop
    quoted = [Edit(there.begin, stop, scalar(text))]
    return [*quoted, Edit(head_stop, end, "")] if end > head_stop else quoted


def _blocks(content: str, there: Outline, text: str, raw: str) -> Iterator[str]:
    """The ways to write a text where a block text is, the best first; some mean another text."""
    found = BLOCK_HEAD.match(raw)
    lines = _LINE.split(raw)
    filled = next((line for line in lines[1:] if line.strip()), "")
    indent = _INDENT.match(filled)
    if found is None or indent is None or not indent[0]:
        return
    stem = text.rstrip("\n")
    ends = len(text) - len(stem)
    if ends > 1 or not stem or not all(map(_writable, stem.split("\n"))):
        return
    chomp = "" if ends else "-"
    ended = line_end(content, there.begin)
    rest = raw[found.end() : line_stops(raw, 0)]
    own = f"{found[1]}{chomp}{rest}"
    if found[1] == ">":
        whole = _spliced(raw[line_stops(raw, 0) :], there.value.rstrip("\n"), stem, indent[0])
        if whole is not None:
            yield own + whole.replace("\n", ended)
        yield own + _body(stem.replace("\n", "\n\n"), indent[0], ended)
    yield f"|{chomp}{rest}" + _body(stem, indent[0], ended)


def _writable(line: str) -> bool:
    """Whether a line of a block text can be written: not of white space alone."""
    return is_readable(line.replace("\t", "")) and (not line or bool(line.strip()))


def _body(text: str, indent: str, ended: str) -> str:
    return "".join(ended + (indent + line if line else "") for line in text.split("\n"))


def _reads_as(block_text: str, text: str) -> bool:
    node = parse(f"k: {block_text}\n", "", Diagnostics())
    return isinstance(node, Mapping) and node.get("k") == text


def _spliced(body: str, before: str, after: str, indent: str) -> str | None:
    """The lines of a folded text with only that part changed that differs; None if it is unclear.

    `body` begins with a line end.
    """
    lines = _LINE.split(body)[1:]
    raw, offsets = "", [0]  # where each character of the value is in raw, and where it ends
    value = ""
    for number, line in enumerate(lines):
        if line.strip() and (not line.startswith(indent) or line[len(indent)].isspace()):
            return None
        blank = not line.strip()
        shown = line[len(indent) :].rstrip(" ")
        joined = " " if number and not blank and lines[number - 1].strip() else ""
        joined = "\n" if blank else joined
        value += joined
        offsets += [len(raw)] * len(joined)
        raw += "\n" + (line if blank else indent)
        offsets[-1] = len(raw)
        offsets += range(len(raw) + 1, len(raw) + len(shown) + 1)
        value += shown
        raw += shown
    if value != before:
        return None
    first, last = common_ends(before, after)
    new = after[first : len(after) - last].replace("\n", f"\n\n{indent}")
    return raw[: offsets[first]] + new + raw[offsets[len(before) - last] :]
