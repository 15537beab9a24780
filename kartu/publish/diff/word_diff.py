"""A word-level diff of two texts."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

Kind = Literal["same", "old", "new"]

# Scripts without spaces are compared character by character.
_CHARACTERS = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_CHARACTERS}]\s?|[^\s{_CHARACTERS}]+\s?")

# More words than this are compared as a whole: difflib takes quadratic time.
_MAX_WORDS = 4000


class Part(NamedTuple):
    """Consecutive words that are the same in both, only in the old or only in the new text."""

    kind: Kind
    text: str


def changed_words(old: str, new: str) -> tuple[Part, ...]:
    """Returns two visible texts as one sequence of parts; old words precede their replacement."""
    olds, news = _WORD.findall(old), _WORD.findall(new)
    if max(len(olds), len(news)) > _MAX_WORDS:
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
