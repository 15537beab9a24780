"""Values of templates as JSON, for the process that renders those of strangers.

A value comes back as what templates can tell apart: a text with its place, HTML that is safe, a
list, a mapping, a tuple with named parts.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable
from functools import cache
from typing import Any

from kartu.compile.render.markup import safe
from kartu.core.source import Mapping, Sequence, Span, Text


def encoded(value: Any) -> Any:
    """The value as JSON can hold it. Raises TypeError for one of another kind."""
    if value is None or type(value) in (str, int, float, bool):
        return value
    if isinstance(value, str):
        return _encoded_text(value)
    if isinstance(value, dict):
        items = [[encoded(key), encoded(one)] for key, one in value.items()]
        return {"mapping": items, "span": _span(value)}
    if isinstance(value, list):
        return {"list": [encoded(one) for one in value], "span": _span(value)}
    if isinstance(value, tuple):
        names = getattr(value, "_fields", None)
        parts = [encoded(one) for one in value]
        return {"tuple": parts, "names": names and [type(value).__name__, *names]}
    raise TypeError(f"a template has no use for {type(value).__name__}")


def _encoded_text(value: str) -> dict[str, Any]:
    if hasattr(value, "__html__"):
        return {"safe": str(value)}
    return {"text": str(value), "span": _span(value)}


def _span(value: object) -> Span | None:
    return getattr(value, "span", None)


def decoded(value: Any) -> Any:
    """The value that `encoded` was given."""
    if not isinstance(value, dict):
        return value
    if "safe" in value:
        return safe(value["safe"])
    if "tuple" in value:
        parts = map(decoded, value["tuple"])
        return _named(*value["names"])(*parts) if value["names"] else tuple(parts)
    found: Any
    if "text" in value:
        found = Text(value["text"])
    elif "list" in value:
        found = Sequence(map(decoded, value["list"]))
    else:
        found = Mapping((decoded(key), decoded(one)) for key, one in value["mapping"])
    if value["span"] is not None:
        found.span = Span(*value["span"])
    return found


@cache
def _named(name: str, *names: str) -> Any:
    return namedtuple(name, names)  # noqa: PYI024 - the names are known here at run time only


def encoded_all(values: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Each of the named values as JSON can hold it."""
    return {name: encoded(value) for name, value in values}
