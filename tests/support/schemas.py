"""Validates a project's files by their schemas, read as kartu reads YAML and as an editor does."""

from __future__ import annotations

import collections.abc
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from jsonschema import Draft7Validator, ValidationError

from kartu.core.diagnostics import Diagnostics, has_errors
from kartu.core.model import NoteType
from kartu.core.source import Mapping, Node, Sequence, Text
from kartu.load import load_note_types
from kartu.load.files import Files
from kartu.load.yaml import parse
from kartu.rewrite.schema_comment import schema_line
from kartu.schema import schemas


class File(NamedTuple):
    """A file of a project with its schema, and what kartu's own reader makes of it."""

    path: str
    content: str
    node: Node | None
    schema: dict[str, Any]


_FILES = ("cards/*/*.yaml", "cards/*/i18n/*.yaml", "templates/*/*.yaml")


class _Core(yaml.SafeLoader):
    """The core schema of YAML 1.2, in which editors read: other words than YAML 1.1 has."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012


for _kind, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    _Core.add_implicit_resolver(
        f"tag:yaml.org,2002:{_kind}", re.compile(rf"^(?:{_pattern})$"), _first
    )
_Core.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value))
_Core.add_constructor("tag:yaml.org,2002:float", lambda loader, node: float(node.value))


_MADE: dict[str, dict[str, dict[str, Any]]] = {}


def _schemas(note_types: collections.abc.Mapping[str, NoteType]) -> dict[str, dict[str, Any]]:
    """The schemas by name; those of equal note types are made once."""
    key = repr(note_types)
    if key not in _MADE:
        made = schemas(note_types).items()
        _MADE[key] = {name: json.loads(content) for name, content in made}
    return _MADE[key]


def files(root: Path, *, any_card_set: bool = False) -> Iterator[File]:
    """The files that can be read and have a schema; `any_card_set` takes cards.json for all.

    Where a note type has faults, card sets and variants have none: `kartu schema` writes nothing.
    """
    note_types, diagnostics = load_note_types(root)
    made = _schemas(note_types)
    for file in sorted(one for glob in _FILES for one in root.glob(glob)):
        path = file.relative_to(root).as_posix()
        content = Files(root).read_text(path, Diagnostics())
        faults = Diagnostics()
        node = parse(content, path, faults) if content is not None else None
        named = node.get("note_type") if isinstance(node, Mapping) else None
        known = isinstance(named, Text) and named in note_types and not any_card_set
        line = schema_line(path, str(named) if known else None, changes=_are_changes(file))
        name = line.rpartition("/")[2] if line else ""
        unsure = has_errors(diagnostics) and name.startswith(("cards", "i18n", "changes", "set"))
        if content is None or faults or not name or unsure:
            continue
        yield File(path, content, node, made[name])


def _are_changes(file: Path) -> bool:
    """Whether the file changes the notes of a deck that is extended."""
    deck = file.with_name("deck.yaml")
    return file.name == "changes.yaml" and "extends:" in deck.read_text("utf-8", "replace")


def lines_refused(file: File, *, as_editor: bool) -> list[int]:
    """The lines at which the schema refuses the file."""
    value = _keys(yaml.load(file.content, _Core)) if as_editor else _plain(file.node)
    found = Draft7Validator(file.schema).iter_errors(value)
    errors = (error for one in found for error in _leaves(one))
    return sorted({line for error in errors for line in _lines(error, file.node)})


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    if not error.context:
        yield error
    for inner in error.context or ():
        yield from _leaves(inner)


def _plain(node: Node | None) -> Any:
    if isinstance(node, Mapping):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, Sequence):
        return [_plain(value) for value in node]
    return None if node is None else str(node)


def _keys(value: Any) -> Any:
    """JSON has only texts as keys."""
    if isinstance(value, dict):
        return {str(key): _keys(inner) for key, inner in value.items()}
    return [_keys(inner) for inner in value] if isinstance(value, list) else value


def _lines(error: ValidationError, node: Node | None) -> set[int]:
    """Where kartu would tell it: at the value, the keys that are too much, or the mapping."""
    line = 1
    for step in error.absolute_path:
        if isinstance(node, Mapping):
            line = node.key_span(str(step)).line
            node = node[str(step)]
        elif isinstance(node, Sequence):
            node = node[int(step)]
            line = node.span.line
    blank = isinstance(node, Text) and not node.strip()
    if node is not None and not blank:
        line = node.span.line
    if isinstance(node, Mapping) and error.validator == "additionalProperties":
        extra = [key for key in node if repr(str(key)) in error.message]
        return {node.key_span(key).line for key in extra}
    return {line}
