"""Which words of a text changed."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

Kind = Literal["same", "old", "new"]

# Scripts without spaces are compared sign by sign.
_SIGN = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_SIGN}]\s?|[^\s{_SIGN}]+\s?")

# More words than this are compared as a whole: difflib takes quadratic time.
_MOST_WORDS = 4000


class Part(NamedTuple):
    """A stretch of words that stayed, went (`old`) or came (`new`)."""

    kind: Kind
    text: str


def changed_words(old: str, new: str) -> tuple[Part, ...]:
    """Two visible texts as one sequence of parts; what went stands before what came for it."""
    olds, news = _WORD.findall(old), _WORD.findall(new)
    if max(len(olds), len(news)) > _MOST_WORDS:
        return _parts((("old", old), ("new", new)))
    matcher = SequenceMatcher(
        None, [word.strip() for word in olds], [word.strip() for word in news], autojunk=False
    )
    found: list[tuple[Kind, str]] = []
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            found.append(("same", "".join(news[k:m])))
        else:
            found += [("old", "".join(olds[i:j])), ("new", "".join(news[k:m]))]
    return _parts(found)


def _parts(found: list[tuple[Kind, str]] | tuple[tuple[Kind, str], ...]) -> tuple[Part, ...]:
    return tuple(Part(kind, text.strip()) for kind, text in found if text)
