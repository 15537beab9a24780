"""The CommonMark parser, and what it finds in a text: the only module that imports pyromark."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pyromark


@cache
def parser() -> pyromark.Markdown:
    """The parser of CommonMark with tables, ~~strike-through~~ and `$maths$`."""
    import pyromark  # not needed for a deck of plain texts

    options = (
        pyromark.Options.ENABLE_TABLES
        | pyromark.Options.ENABLE_STRIKETHROUGH
        | pyromark.Options.ENABLE_MATH
    )
    return pyromark.Markdown(options=options)


class Event(NamedTuple):
    """The start or end of an element, or something without contents (`kind` is then empty).

    `start` and `end` are the offsets of the whole element in characters. `details` are what the
    parser says of it, such as the level of a heading.
    """

    kind: str
    name: str
    details: Any
    start: int
    end: int


def events(source: str) -> Iterator[Event]:
    """What the parser finds in `source`, in order."""
    places = _characters(source)
    event: Any
    for event, span in parser().events_with_range(source):
        start, end = places[span["start"]], places[span["end"]]
        if type(event) is str:
            yield Event("", event, None, start, end)
            continue
        ((kind, what),) = event.items()
        if kind not in ("Start", "End"):
            yield Event("", kind, what, start, end)
        elif type(what) is str:
            yield Event(kind, what, None, start, end)
        else:
            ((name, details),) = what.items()
            yield Event(kind, name, details, start, end)


def _characters(source: str) -> Any:
    """The offset in characters by the offset in bytes of UTF-8, which the parser counts."""
    if source.isascii():
        return range(len(source) + 1)
    widths = (1 + (one > "\x7f") + (one > "\u07ff") + (one > "\uffff") for one in source)
    return {place: number for number, place in enumerate((0, *accumulate(widths)))}
