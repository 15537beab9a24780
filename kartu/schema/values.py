"""The kinds of value that card definitions hold, as JSON Schema.

kartu reads every value as text, but an editor reads YAML its own way: to it `012` and `1.5` are
numbers, `true` is a boolean and an empty value is null. So a text may be any of these. An editor
is stricter than kartu in three respects: the words null and ~ are not texts where one is required,
an empty list or mapping is not an empty text, and an option cannot be left blank.

The keywords `errorMessage`, `enumDescriptions`, `defaultSnippets` and `doNotSuggest` are those of
the YAML language server; other readers ignore them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

Schema: TypeAlias = dict[str, Any]

_TEXT = ["string", "number", "boolean"]

# A string to every reader of YAML 1.2, not a number, boolean or null.
_STAYS_TEXT = re.compile(r"(?!(?:true|false|null)$)[a-z][a-z0-9_-]*")

# Never a value in a project: kartu rejects control characters. (An empty enum is invalid.)
_NEVER = "\x00"

_ONE_OF = "no such name here"
_AS_LIST = 'write it as a list: [one, two] or lines that begin with "- "'


def stays_text(word: str) -> bool:
    """Whether an editor reads the key or id `word` as a string, not as a number or the like."""
    return _STAYS_TEXT.fullmatch(word) is not None


def text(description: str, *, required: bool = False) -> Schema:
    """Returns the schema of any text; a required one is not blank."""
    if required:
        message = "write a text here (the words null and ~ stand in quotes)"
        return _value(description, type=_TEXT, pattern=r"\S", errorMessage=message)
    return _value(description, type=[*_TEXT, "null"], errorMessage="write it as one text")


def matching(
    description: str, pattern: str, message: str, *, required: bool = False, **more: Any
) -> Schema:
    """Returns the schema of a text that `pattern` fully matches; an optional one may be blank.

    `message` says what is expected.
    """
    types = ["string"]
    types += ["number"] if any(re.fullmatch(pattern, example) for example in ("1", "2026")) else []
    types += (
        ["boolean"] if any(re.fullmatch(pattern, example) for example in ("true", "no")) else []
    )
    types += [] if required else ["null"]
    whole = f"^(?:{pattern})$" if required else rf"^(?:\s*|{pattern})$"
    return _value(description, type=types, pattern=whole, errorMessage=message, **more)


def choice(description: str, possible: Mapping[str, str], **more: Any) -> Schema:
    """Returns the schema of one of the keys of `possible`, whose values describe them."""
    if not all(map(stays_text, possible)):
        return _value(description, type=_TEXT, examples=list(possible), **more)
    meanings = {"enumDescriptions": list(possible.values())} if any(possible.values()) else {}
    return _value(description, enum=list(possible), **meanings, **more)


def any_word(description: str, words: Mapping[str, str], others: Iterable[str] = ()) -> Schema:
    """Returns the schema of one of `words`, which editors offer, or of the `others`."""
    accepted = [*words, *(one for one in others if one not in words)]
    if not all(map(stays_text, accepted)):
        return _value(description, type=_TEXT, examples=list(words))
    schema = choice(description, words)
    rest = accepted[len(words) :]
    if not rest:
        return schema
    return _value(
        description, anyOf=[schema, {"enum": rest, "doNotSuggest": True}], errorMessage=_ONE_OF
    )


def under_other_words(words: Mapping[str, Schema]) -> dict[str, Schema]:
    """Returns patterns for words that mean the same as others, which editors do not offer."""
    alike: dict[str, list[str]] = {}
    for word, schema in words.items():
        alike.setdefault(json.dumps(schema, sort_keys=True), []).append(word)
    return {f"^(?:{'|'.join(same)})$": words[same[0]] for same in alike.values()}


def one_of_words(words: Iterable[str], message: str) -> Schema:
    """Returns the schema of a mapping that has one of these keys."""
    return {"anyOf": [{"required": [word]} for word in words], "errorMessage": message}


def flag(description: str) -> Schema:
    """Returns the schema of `true` or `false`."""
    message = "write true or false"
    types = ["boolean", "string"]
    return _value(description, type=types, pattern="^(?:true|false)$", errorMessage=message)


def number(
    description: str, lowest: float, highest: float, *, whole: bool = True, **more: Any
) -> Schema:
    """Returns the schema of a number in a range."""
    kind, pattern = ("integer", "^[0-9]+$") if whole else ("number", r"^\s*[0-9_.eE+-]+\s*$")
    message = f"a {'whole ' if whole else ''}number from {lowest} to {highest}"
    return _value(
        description,
        type=[kind, "string"],
        minimum=lowest,
        maximum=highest,
        pattern=pattern,
        errorMessage=message,
        **more,
    )


def many(description: str, items: Schema, *, required: bool = False, **more: Any) -> Schema:
    """Returns the schema of a list; a required one is not empty."""
    if required:
        fixed: Schema = {"type": "array", "minItems": 1}
    else:
        fixed = {"type": ["array", "string", "null"], "pattern": r"^\s*$"}
    return _value(description, **fixed, items=items, errorMessage=_AS_LIST, **more)


def mapping(
    description: str,
    properties: Mapping[str, Schema],
    required: Iterable[str] = (),
    patterns: Mapping[str, Schema] | None = None,
    **more: Any,
) -> Schema:
    """Returns the schema of a mapping with these keys, and others that match `patterns` or `x-`."""
    return _value(
        description,
        type="object",
        properties={key: {"title": key, **value} for key, value in properties.items()},
        required=list(required),
        patternProperties={"^x-": {}, **(patterns or {})},
        **{"additionalProperties": False, **more},
    )


def table_of(description: str, entry: Schema, **more: Any) -> Schema:
    """Returns the schema of a mapping of any names to entries of one kind; may be blank."""
    return _value(description, type=["object", "null"], additionalProperties=entry, **more)


def refused(message: str) -> Schema:
    """Returns the schema of a key that must not be present; the message says why."""
    return {"enum": [_NEVER], "errorMessage": message, "doNotSuggest": True}


def snippet(label: str, body: Any, description: str = "") -> list[Schema]:
    """Returns a snippet for editors; `$1`, `$2` … are its placeholders."""
    return [{"label": label, "description": description or label, "body": body}]


def _value(description: str, **keywords: Any) -> Schema:
    return {"description": description, **keywords}
