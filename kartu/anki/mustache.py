"""Anki's template language.

It resembles Mustache but differs: there are no partials and no comments except HTML's, `{{x}}`
never escapes, and a replacement can have filters. Everything here was measured with
anki 26.9.3, by rendering templates and by watching how the engine rewrites a template when a
field is renamed:

- White space (Unicode's, but not U+001C to U+001F) is dropped after `{{`, before `}}` and after
  `#`, `^` or `/`, yet not around the colons of filters: `{{hint: A}}` names the field " A".
- More than two opening braces count as two; a third closing brace is text.
- Inside `<!-- ... -->` nothing is a replacement or a section; `<!--` without `-->` is text.
- A template whose first mark is `{{=<% %>=}}` has `<% %>` as delimiters, and only these.
- A section's name has no filters: `{{#hint:A}}` refers to a field "hint:A".

Anki shows some mistakes to the student as text, or as a card that says it is broken. `parse`
refuses these too: a `{{` that is never closed or holds another `{{`, an empty name, a change of
delimiters anywhere but at the start or to anything else, and more than 100 nested sections.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from kartu.core.language import _

SPECIAL_FIELDS = frozenset(
    {"Card", "CardFlag", "CardID", "Deck", "FrontSide", "Subdeck", "Tags", "Type"}
)
"""Names that Anki fills in itself. A section may also use `c1`, `c2`, ...: the current cloze."""

_SPACES = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B)))
_SPACES += "\u2028\u2029\u202f\u205f\u3000"
_OTHER_DELIMITERS = "{{=<% %>=}}"
_DEEPEST = 100


class MustacheError(ValueError):
    """A template that Anki refuses or cannot show; `offset` is the place in its text.

    `of_section` is whether the beginning and end of a section do not belong together.
    """

    def __init__(self, message: str, offset: int, *, of_section: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.of_section = of_section


class Text(NamedTuple):
    """Text that Anki puts on the card unchanged, including HTML comments."""

    text: str


class Replacement(NamedTuple):
    """`{{filter:filter:name}}`; the filters in the order written (Anki applies the last first).

    The name is empty in `{{tts-voices:}}` only, which shows a list and no field.
    """

    name: str
    filters: tuple[str, ...]
    offset: int


class Section(NamedTuple):
    """`{{#name}}...{{/name}}`, or with `^` the negated one."""

    name: str
    negated: bool
    children: "tuple[Node, ...]"
    offset: int


Node = Text | Replacement | Section


class Reference(NamedTuple):
    """A name used in a template, and whether as a section's condition."""

    name: str
    filters: tuple[str, ...]
    offset: int
    section: bool


class Template(NamedTuple):
    """One side of a card template.

    `references` are all names used, in source order; a section's once, where it opens.
    """

    nodes: tuple[Node, ...]
    references: tuple[Reference, ...]


def _references(nodes: tuple[Node, ...]) -> Iterator[Reference]:
    for node in nodes:
        if isinstance(node, Replacement) and node.name:
            yield Reference(node.name, node.filters, node.offset, section=False)
        elif isinstance(node, Section):
            yield Reference(node.name, (), node.offset, section=True)
            yield from _references(node.children)


@lru_cache(maxsize=500)  # both checks and previews parse the same templates
def parse(text: str) -> Template:
    """The template as Anki reads it; the caller checks whether its names are fields.

    Raises:
        MustacheError: for what Anki refuses and for the mistakes named above.
    """
    if text.count(_OTHER_DELIMITERS) > 1:
        message = _("the delimiters are changed twice")
        raise MustacheError(message, text.rindex(_OTHER_DELIMITERS) + 2)
    builder = _Builder()
    for token in _tokens(text):
        builder.add(token)
    nodes = builder.finish()
    return Template(nodes, tuple(_references(nodes)))


def references_in(text: str) -> Iterator[Reference]:
    """The names in a fragment of a template, up to the first part that Anki cannot read."""
    try:
        for token in _tokens(text):
            if isinstance(token, _Tag) and token.mark in ("#", "^"):
                yield Reference(token.name, (), token.offset, section=True)
            elif isinstance(token, _Tag) and not token.mark:
                one = _replacement(token)
                yield Reference(one.name, one.filters, one.offset, section=False)
    except MustacheError:
        return


def renamed(text: str, names: Mapping[str, str]) -> str:
    """A template that `parse` can read, with other names for fields; all else stays as it is."""
    parts, done = [], 0
    for token in _tokens(text):
        if isinstance(token, _Tag):
            name = token.name if token.mark else _replacement(token).name
            begin = token.offset + len(token.name) - len(name)
            if name in names:
                parts += [text[done:begin], names[name]]
                done = begin + len(name)
    return "".join((*parts, text[done:]))


class _Tag(NamedTuple):
    """The contents of a pair of delimiters: `mark` is `#`, `^`, `/` or empty."""

    mark: str
    name: str
    offset: int


def _tokens(text: str) -> Iterator[Text | _Tag]:
    opening, closing, position = "{{", "}}", 0
    start = len(text) - len(text.lstrip(_SPACES))
    if text.startswith(_OTHER_DELIMITERS, start):
        opening, closing, position = "<%", "%>", start + len(_OTHER_DELIMITERS)
    tag = rf"{opening}(?P<inside>.*?){closing}|{opening}"
    # Of a comment and a tag the one that begins first wins, so that neither is found in the other.
    with_comments = re.compile(rf"<!--.*?-->|{tag}", re.DOTALL)
    without = re.compile(tag, re.DOTALL)
    last_comment = text.rfind("-->")

    def next_mark() -> re.Match[str] | None:
        # An unclosed comment is text, and is not searched for from every opening.
        return (with_comments if position <= last_comment else without).search(text, position)

    while match := next_mark():
        if match.start() > position:
            yield Text(text[position : match.start()])
        position = match.end()
        if match[0].startswith("<!--"):
            yield Text(match[0])
        elif match["inside"] is None or opening in match["inside"].lstrip("{"):
            raise MustacheError(_without(opening, closing), match.start())
        else:
            yield _tag(match["inside"], match.start("inside"), match[0])
    if position < len(text):
        yield Text(text[position:])


def _without(there: str, missing: str) -> str:
    return _("{there} without {missing}", there=there, missing=missing)


def _tag(inside: str, offset: int, source: str) -> _Tag:
    inner = inside.lstrip("{").lstrip(_SPACES)
    mark = inner[0] if inner[:1] in ("#", "^", "/") else ""
    name = inner[len(mark) :].lstrip(_SPACES)
    offset += len(inside) - len(name)
    name = name.rstrip(_SPACES)
    if not name:
        raise MustacheError(_("{tag} names no field", tag=source), offset)
    if name.startswith("=") and name.endswith("="):
        message = _("delimiters can be changed only by {tag} at the start", tag=_OTHER_DELIMITERS)
        raise MustacheError(message, offset)
    return _Tag(mark, name, offset)


def _replacement(tag: _Tag) -> Replacement:
    *filters, name = tag.name.split(":")
    offset = tag.offset + len(tag.name) - len(name)
    if not name and filters != ["tts-voices"]:
        raise MustacheError(_("no field is named after the last colon"), offset)
    return Replacement(name, tuple(filters), offset)


def _written(mark: str, name: str) -> str:
    return f"{{{{{mark}{name}}}}}"


class _Builder:
    """Builds the tree of sections from tokens."""

    def __init__(self) -> None:
        self._open: list[_Tag] = []
        self._levels: list[list[Node]] = [[]]

    def add(self, token: Text | _Tag) -> None:
        if isinstance(token, Text):
            self._levels[-1].append(token)
        elif token.mark == "/":
            self._close(token)
        elif token.mark:
            self._enter(token)
        else:
            self._levels[-1].append(_replacement(token))

    def finish(self) -> tuple[Node, ...]:
        if self._open:
            tag = self._open[-1]
            message = _without(_written(tag.mark, tag.name), _written("/", tag.name))
            raise MustacheError(message, tag.offset, of_section=True)
        return tuple(self._levels[0])

    def _enter(self, tag: _Tag) -> None:
        if len(self._open) == _DEEPEST:
            message = _("more than {most} sections within each other", most=_DEEPEST)
            raise MustacheError(message, tag.offset)
        self._open.append(tag)
        self._levels.append([])

    def _close(self, tag: _Tag) -> None:
        if not self._open:
            message = _(
                "{closing} without {opening} or {inverted}",
                closing=_written("/", tag.name),
                opening=_written("#", tag.name),
                inverted=_written("^", tag.name),
            )
            raise MustacheError(message, tag.offset, of_section=True)
        opened = self._open[-1]
        if opened.name != tag.name:
            message = _(
                "{there} where {expected} was expected",
                there=_written("/", tag.name),
                expected=_written("/", opened.name),
            )
            raise MustacheError(message, tag.offset, of_section=True)
        self._open.pop()
        children = tuple(self._levels.pop())
        self._levels[-1].append(Section(opened.name, opened.mark == "^", children, opened.offset))
