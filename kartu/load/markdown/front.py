"""The front matter of a Markdown card set: YAML between --- or TOML between +++."""

from __future__ import annotations

import re
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostics, nearest
from kartu.core.language import _
from kartu.core.patterns import pattern
from kartu.core.source import Mapping, Node, Sequence, Span, Text, text
from kartu.load.card_set import check_subdeck, read_tags
from kartu.load.markdown.marks import begins_card
from kartu.load.names import tag_fault
from kartu.load.shape import Shape
from kartu.load.yaml import parse

SHAPES = ("questions", "headings", "lines")
_OF_DECK = ("title", "name", "language")
_KEYS = ("note_type", "subdeck", "tags", "level", "chapters", "shape", *_OF_DECK)

_OPENED = pattern(r"(---|\+\+\+)[ \t]*\n")
_CLOSED = {
    "---": pattern(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE),
    "+++": pattern(r"^\+\+\+[ \t]*(?:\n|\Z)", re.MULTILINE),
}
_KEY = pattern(r"^[\"']?([A-Za-z][\w -]{0,60}?)[\"']?[ \t]{0,9}[:=]", re.MULTILINE)
_TOML_PLACE = pattern(r"\(at line (\d+), column (\d+)\)")
_LONGEST = 1_000_000


class Front(NamedTuple):
    """What the front matter says of the whole file, as it is written; None where it does not.

    `note_types` are empty where it names none; `of_deck` are title, name and language, which
    count where the file is a deck of its own.
    """

    note_types: tuple[Text, ...]
    subdeck: Text | None
    tags: tuple[Text, ...]
    level: int | None
    chapters: str
    shape: str
    of_deck: dict[str, Text]


class Block(NamedTuple):
    """The front matter in a file: its delimiter, its text's range, and where the rest begins."""

    delimiter: str
    start: int
    end: int
    body: int


def front_block(content: str) -> Block | None:
    """The front matter of a file; None where it has none."""
    opened = _OPENED.match(content)
    if opened is None:
        return None
    closed = _CLOSED[opened[1]].search(content, opened.end())
    if closed is None or closed.start() > _LONGEST:
        return None
    lines = content[opened.end() : closed.start()].split("\n")
    first = next((line for line in lines if line.strip()), "")
    if begins_card(first) or (first and not _KEY.search("\n".join(lines))):
        return None  # two rules with a card or text between them
    return Block(opened[1], opened.end(), closed.start(), closed.end())


def names_note_type(content: str) -> bool:
    """Whether the front matter has the key `note_type`, or one that was meant to be that."""
    block = front_block(content)
    if block is None:
        return False
    keys = _KEY.findall(content[block.start : block.end])
    return any(
        key.casefold().replace("-", "_").replace(" ", "_") in ("note_type", "notetype")
        or (key not in _KEYS and nearest(key, _KEYS) == "note_type")
        for key in keys
    )


def read_front(
    path: str, content: str, diagnostics: Diagnostics, *, required: bool
) -> tuple[Front, int] | None:
    """The front matter and where the rest begins; None, with a diagnostic, if it is faulty.

    Where no note type is `required` and none is named, keys of other programs may be there.
    """
    block = front_block(content)
    before = diagnostics.mark()
    node = _parsed(path, content, block, diagnostics) if block else None
    if diagnostics.since(before):
        return None
    empty = Mapping()
    empty.span = Span(path)
    what = _("the front matter")
    shape = Shape(empty if node is None else node, what, Span(path, 2), diagnostics)
    if not shape.readable:
        return None
    front = _front(shape, path, required=required)
    if not front.note_types and not required:
        shape.taken.update(shape.mapping)
    shape.finish()
    return (front, block.body if block else 0) if not diagnostics.since(before) else None


def _front(shape: Shape, path: str, *, required: bool) -> Front:
    named = shape.mapping.get("note_type")
    if isinstance(named, Sequence):
        note_types = shape.texts("note_type")
    else:
        one = shape.text("note_type", required=required)
        note_types = (one,) if one is not None else ()
    shape.check_not_blank("subdeck")
    subdeck = shape.text("subdeck")
    check_subdeck(subdeck or text("", Span(path)), shape.diagnostics)
    return Front(
        note_types=note_types,
        subdeck=subdeck,
        tags=read_tags(shape) if note_types else _tags_of_others(shape),
        level=shape.integer("level", lowest=1, highest=6),
        chapters=shape.choice("chapters", ("subdecks", "tags"), "subdecks"),
        shape=shape.choice("shape", SHAPES, ""),
        of_deck={key: one for key in _OF_DECK if (one := shape.text(key)) is not None},
    )


def _tags_of_others(shape: Shape) -> tuple[Text, ...]:
    """The tags where nothing says that the front matter is kartu's: those that can be tags."""
    found = shape.mapping.get("tags")
    tags = found if isinstance(found, Sequence) else ()
    return tuple(one for one in tags if isinstance(one, Text) and not tag_fault(one))


def _parsed(path: str, content: str, block: Block, diagnostics: Diagnostics) -> Node | None:
    """The front matter as located values; the lines are those of the file."""
    inside = content[block.start : block.end]
    if block.delimiter == "+++":
        return _toml(path, inside, diagnostics)
    found = Diagnostics()
    node = parse("\n" + inside, path, found)
    if isinstance(node, Text) or (found and "=" in inside and ":" not in inside):
        toml = _toml(path, inside, Diagnostics())  # TOML between ---, as hashcards has it
        if toml is not None:
            return toml
    diagnostics.extend(found)
    return node


def _toml(path: str, content: str, diagnostics: Diagnostics) -> Mapping | None:
    import tomllib  # few card sets have TOML

    try:
        values = tomllib.loads(content)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = _TOML_PLACE.search(str(error))
        line, column = (int(found[1]), int(found[2])) if found else (content.count("\n"), 1)
        message = _("the TOML cannot be read")
        help = _('write each value as a line like note_type = "term"')
        diagnostics.add("toml-syntax", Span(path, line + 1, column), message, help)
        return None
    mapping = Mapping()
    mapping.span = Span(path, 2)
    for key, value in values.items():
        place = _toml_place(path, content, key)
        node = _toml_node(value, place)
        mapping[text(key, place)] = node
    return mapping


def _toml_place(path: str, content: str, key: str) -> Span:
    found = re.search(rf"^[ \t]*[\"']?{re.escape(key)}[\"']?[ \t]*=", content, re.MULTILINE)
    line = content.count("\n", 0, found.start()) if found else 0
    return Span(path, line + 2)


def _toml_node(value: object, place: Span) -> Node:
    if isinstance(value, list):
        sequence = Sequence(_toml_node(one, place) for one in value)
        sequence.span = place
        return sequence
    if isinstance(value, dict):
        mapping = Mapping((key, _toml_node(one, place)) for key, one in value.items())
        mapping.span = place
        return mapping
    if isinstance(value, bool):
        return text(str(value).lower(), place)
    return text(str(value), place)
