"""The `include` of an edition: which notes belong to it.

    tag:inti and not (type:isian or subdeck:"05 Manfaat")

Terms are `tag:` (a tag or what lies below it), `type:` (note type), `subdeck:` (a subdeck or what
lies below it) and `id:` (note id), joined by `and`, `or`, `not` and parentheses; values with
spaces stand in double quotes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from kartu.model import Note

Chooses: TypeAlias = Callable[[Note], bool]

_TOKEN = re.compile(r'\s*(?:(?P<sign>[()])|(?P<word>(?:[^\s()"]|"[^"]*")+)|(?P<wrong>\S))')

TERMS = ("tag", "type", "subdeck", "id")

MAX_DEPTH = 50


class SelectionError(ValueError):
    """The expression cannot be understood; `offset` is where, in characters from 0."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


def everything(note: Note) -> bool:
    """The choice of an edition without `include`."""
    return True


def parse(expression: str) -> Chooses:
    """The predicate that `expression` describes; SelectionError where it is none."""
    parser = _Parser(expression)
    chooses = parser.any_of(0)
    if parser.token:
        raise SelectionError(
            f'"{parser.token}" stands where "and" or "or" is expected', parser.offset
        )
    return chooses


class _Parser:
    def __init__(self, expression: str) -> None:
        self.expression = expression
        self.position = 0
        self.advance()

    def advance(self) -> None:
        found = _TOKEN.match(self.expression, self.position)
        if found is None:
            self.token, self.offset = "", len(self.expression)
            return
        self.token = found[0].strip()
        self.offset = found.end() - len(found[0].lstrip())
        self.position = found.end()
        if found["wrong"]:
            raise SelectionError("a quote is not closed", self.offset)

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
            raise SelectionError(f"more than {MAX_DEPTH} levels inside each other", self.offset)
        if self.token == "not":
            self.advance()
            inner = self.one(depth + 1)
            return lambda note: not inner(note)
        if self.token == "(":
            self.advance()
            inner = self.any_of(depth + 1)
            if self.token != ")":
                raise SelectionError("a parenthesis is not closed", self.offset)
            self.advance()
            return inner
        return self.term()

    def term(self) -> Chooses:
        name, colon, value = self.token.partition(":")
        value = value.replace('"', "")
        if not colon or not value or name not in TERMS:
            wanted = ", ".join(f"{term}:..." for term in TERMS)
            found = f'"{self.token}"' if self.token else "the end"
            raise SelectionError(f"{found} stands where one of {wanted} is expected", self.offset)
        self.advance()
        if name == "tag":
            return lambda note: any(_below(tag, value) for tag in note.tags)
        if name == "subdeck":
            return lambda note: _below(note.subdeck, value)
        if name == "type":
            return lambda note: note.note_type == value
        return lambda note: note.id == value


def _below(name: str, ancestor: str) -> bool:
    return name == ancestor or name.startswith(ancestor + "::")
