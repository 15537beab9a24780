"""What a call of the page may hold: each parameter has a shape, and nothing else is let through."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

_MOST_TEXT = 200_000  # characters, more than any card set has in a value
_MOST_ITEMS = 2_000
_DEEPEST = 2  # a table: a list of lists of texts
_MOST_BY = 1_000_000


class WrongShapeError(Exception):
    """A request whose JSON is not what the call asks for."""


class Shape(NamedTuple):
    """What a parameter must be; `read` returns it, or raises WrongShapeError.

    One that is not there is `default`, where the parameter is not `required`.
    """

    name: str
    read: Callable[[object], Any]
    required: bool = True
    default: Any = None

    def or_else(self, default: Any) -> Shape:
        """Returns the same for a parameter that need not be there; `null` counts as that."""
        return self._replace(required=False, default=default)


def parsed(body: bytes) -> dict[str, Any]:
    """Returns the JSON object that a request is. Raises WrongShapeError for anything else."""
    try:
        found = json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise WrongShapeError("no JSON") from error
    if not isinstance(found, dict):
        raise WrongShapeError("no object")
    return found


def checked(given: Mapping[str, Any], shapes: Mapping[str, Shape]) -> dict[str, Any]:
    """Returns the parameters of a call. Raises WrongShapeError for one of another shape."""
    unknown = given.keys() - shapes.keys()
    if unknown:
        raise WrongShapeError(f"unknown: {', '.join(sorted(unknown))!a}")
    found = {}
    for name, shape in shapes.items():
        value = given.get(name)
        if value is None and not shape.required:
            found[name] = shape.default
            continue
        try:
            found[name] = shape.read(value)
        except WrongShapeError as error:
            raise WrongShapeError(f"{name}: {error}") from error
    return found


def _refuse(constant: str) -> object:
    raise ValueError(constant)


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > _MOST_TEXT:
        raise WrongShapeError("no text")
    try:
        value.encode()
    except UnicodeEncodeError as error:  # half of a pair, which no file can hold
        raise WrongShapeError("no Unicode text") from error
    return value


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _MOST_BY:
        raise WrongShapeError("no number")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise WrongShapeError("neither true nor false")
    return value


def _texts(value: object) -> list[str]:
    if not isinstance(value, list) or len(value) > _MOST_ITEMS:
        raise WrongShapeError("no list of texts")
    return [_text(one) for one in value]


def _value(value: object, depth: int = 0) -> Any:
    """A text, a list, a table or a picture, as forms have them."""
    if isinstance(value, list):
        if depth == _DEEPEST or len(value) > _MOST_ITEMS:
            raise WrongShapeError("no value of a note")
        return [_value(one, depth + 1) for one in value]
    if isinstance(value, dict):
        if depth or not value.keys() <= {"file", "alt", "caption"}:
            raise WrongShapeError("no picture")
        return {_text(key): _text(one) for key, one in value.items()}
    return _text(value)


def _values(value: object) -> dict[str, Any]:
    if not isinstance(value, dict) or len(value) > _MOST_ITEMS:
        raise WrongShapeError("no values of a note")
    return {_text(key): _value(one) for key, one in value.items()}


def _data(value: object) -> bytes:
    if not isinstance(value, str):
        raise WrongShapeError("no base64")
    try:
        return base64.b64decode(value, validate=True)
    except ValueError as error:
        raise WrongShapeError("no base64") from error


TEXT = Shape("text", _text)
NUMBER = Shape("number", _number)
FLAG = Shape("flag", _flag)
TEXTS = Shape("texts", _texts)
VALUE = Shape("value", _value)
VALUES = Shape("values", _values)
DATA = Shape("data", _data)
