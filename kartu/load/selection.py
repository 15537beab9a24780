"""The `include` of an edition: which notes belong to it.

    tag:inti and not (type:isian or subdeck:"05 Manfaat")

Terms are `tag:` (a tag or its descendants), `type:` (note type), `subdeck:` (a subdeck or
its descendants) and `id:` (note id), joined by `and`, `or`, `not` and parentheses; values with
spaces are in double quotes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from kartu.core.language import _
from kartu.core.model import Note, NoteType
from kartu.core.patterns import pattern
from kartu.load.words import note_type_named

Chooses: TypeAlias = Callable[[Note], bool]

_TOKEN = pattern(r'\s*(?:(?P<parenthesis>[()])|(?P<word>(?:[^\s()"]|"[^"]*")+)|(?P<wrong>\S))')

TERMS = ("tag", "type", "subdeck", "id")

MAX_DEPTH = 50
NO_TYPES: Mapping[str, NoteType | None] = {}


class SelectionError(ValueError):
    """The expression is invalid; the message says which part of it."""


class Selection(NamedTuple):
    """A parsed expression: a predicate of notes, and its terms, such as `("tag", "inti")`."""

    chooses: Chooses
    terms: tuple[tuple[str, str], ...]


def everything(note: Note) -> bool:
    """The selection of an edition without `include`."""
    return True


def parse(expression: str, note_types: Mapping[str, NoteType | None] = NO_TYPES) -> Selection:
    """The selection that `expression` describes; SelectionError if it is not valid.

    `note_types` are those that it may name by an alias.
    """
    parser = _Parser(expression, note_types)
    chooses = parser.any_of(0)
    if parser.token:
        message = _('"and" or "or" is missing before "{word}"', word=parser.token)
        raise SelectionError(message)
    return Selection(chooses, tuple(dict.fromkeys(parser.terms)))


def matches(note: Note, term: tuple[str, str]) -> bool:
    """Whether a single term chooses the note."""
    name, value = term
    if name == "tag":
        return any(_below(tag, value) for tag in note.tags)
    if name == "subdeck":
        return _below(note.subdeck, value)
    return (note.note_type if name == "type" else note.id) == value


class _Parser:
    def __init__(self, expression: str, note_types: Mapping[str, NoteType | None]) -> None:
        self.expression = expression
        self.note_types = note_types
        self.position = 0
        self.terms: list[tuple[str, str]] = []
        self.advance()

    def advance(self) -> None:
        found = _TOKEN.match(self.expression, self.position)
        if found is None:
            self.token = ""
            return
        self.token = found[0].strip()
        self.position = found.end()
        if found["wrong"]:
            raise SelectionError(_("a quote is not closed"))

    def any_of(self, depth: int) -> Chooses:
        parts = [self.all_of(depth)]
        while self.token == "or":
            self.advance()
            parts.append(self.all_of(depth))
        return parts[0] if len(parts) == 1 else lambda note: any(part(note) for part in parts)

    def all_of(self, depth: int) -> Chooses:
        parts = [self.one(depth)]
        while self.token == "and":
            self.advance()
            parts.append(self.one(depth))
        return parts[0] if len(parts) == 1 else lambda note: all(part(note) for part in parts)

    def one(self, depth: int) -> Chooses:
        if depth > MAX_DEPTH:
            raise SelectionError(_("it is nested more than {number} levels deep", number=MAX_DEPTH))
        if self.token == "not":
            self.advance()
            inner = self.one(depth + 1)
            return lambda note: not inner(note)
        if self.token == "(":
            self.advance()
            inner = self.any_of(depth + 1)
            if self.token != ")":
                raise SelectionError(_("a parenthesis is not closed"))
            self.advance()
            return inner
        return self.term()

    def term(self) -> Chooses:
        name, colon, value = self.token.partition(":")
        value = value.replace('"', "")
        if not colon or not value or name not in TERMS:
            wanted = ", ".join(f"{term}:..." for term in TERMS)
            message = _("it ends where one of {terms} is expected", terms=wanted)
            if self.token:
                message = _(
                    'one of {terms} is expected in place of "{word}"',
                    terms=wanted,
                    word=self.token,
                )
            raise SelectionError(message)
        self.advance()
        if name == "type":
            value = note_type_named(value, self.note_types) or value
        term = (name, value)
        self.terms.append(term)
        return lambda note: matches(note, term)


def _below(name: str, ancestor: str) -> bool:
    return name == ancestor or name.startswith(ancestor + "::")
