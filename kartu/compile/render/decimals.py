"""Numbers that YAML divides: in `[1,5 kg, 2 kg]` the comma of 1,5 ends an item."""

from __future__ import annotations

from itertools import pairwise

from kartu.core.diagnostics import Diagnostic
from kartu.core.language import _
from kartu.core.patterns import pattern
from kartu.core.source import Sequence, Text
from kartu.load.yaml_cut import quoted

_WHOLE = pattern(r"(?:.*\s)?[-+−]?\d{1,3}")
_REST = pattern(r"\d{1,3}(?!\d)(.*)")


def divided_number(items: Sequence) -> Diagnostic | None:
    """A warning for the first comma in brackets that looks like that of a number.

    It has no space after it, and the other commas have, or a unit follows the digits.
    """
    texts = [one for one in items if isinstance(one, Text)]
    if len(texts) < 2 or len(texts) < len(items):
        return None
    adjoining = [_adjoin(*pair) for pair in pairwise(texts)]
    for (text, following), close in zip(pairwise(texts), adjoining, strict=True):
        rest = _REST.fullmatch(following) if close and _WHOLE.fullmatch(text) else None
        if rest is not None and (rest[1] or not all(adjoining)):
            message = _(
                '"{item}" and "{following}" are two items: YAML divides at every comma',
                item=text,
                following=following,
            )
            whole = quoted(f"{text},{following}")
            help = _("if it is one item, put it in quotes: {content}", content=whole)
            return Diagnostic("text-cut", following.span, message, help)
    return None


def _adjoin(text: Text, following: Text) -> bool:
    """Whether nothing but one character, the comma, is between two items of one line."""
    here, there = text.span, following.span
    same = (here.path, here.line) == (there.path, there.line)
    return same and there.column == here.column + len(text) + 1
