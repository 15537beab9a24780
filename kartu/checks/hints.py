"""Hints of clozes that were meant as text: Anki takes what follows the first `::` for a hint."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kartu.anki.cloze import Cloze, cloze_parts
from kartu.core.language import _

# Namespaces that are no words of a language: a hint to such a word would be a strange one.
_NAMESPACES = frozenset(
    (
        *("std", "boost", "absl", "tokio", "serde", "fmt", "ranges", "Eigen", "Qt", "Rcpp"),
        *("dplyr", "tidyr", "ggplot2", "stringr", "purrr", "readr", "numpy", "np"),
    )
)
_NAME = r"~?[A-Za-z_][A-Za-z0-9_]*"
_CALL = re.compile(rf"{_NAME}(?:\(.*\)|<.*>|\[.*\])")
_TEMPLATE = re.compile(rf"{_NAME}<(?!br)[^<>/]+>")
_TYPE = re.compile(r"[A-Z][A-Za-z0-9]*")
_PATH = re.compile(rf"{_NAME}(?:\(.*\)|<.*>|\[.*\])?(?:::{_NAME}(?:\(.*\)|<.*>|\[.*\])?)*")
# Names that only programs have: words joined by an underscore, or by a capital after small letters.
_OF_PROGRAMS = re.compile(r"[A-Za-z]{2}_[A-Za-z]{2}|^[a-z]{2,}[A-Z][a-z]")
_ADDRESS = re.compile(r"[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*")
_CODE_TAG = re.compile(r"<(/?)(code|pre|samp|kbd)\b[^<>]*>")
_SPACE_OR_OPERATOR = re.compile(r"[\s(*&]")
_LONGEST = 60


def doubtful_hints(text: str) -> Iterator[tuple[str, str]]:
    """Yields a message and a help for each hint that must have been meant as text."""
    if text.count("::") < 2 or "{{c" not in text:
        return
    for outermost in cloze_parts(text):
        for cloze in outermost.all() if isinstance(outermost, Cloze) else ():
            hint = cloze.hint
            if hint and len(cloze.parts) == 1 and _is_text(cloze.hidden(), hint):
                message = _(
                    'Anki takes "{hint}" for the hint of "{hidden}": what follows the '
                    "first :: is not part of the answer",
                    hint=_short(hint),
                    hidden=_short(cloze.hidden()),
                )
                yield (
                    message,
                    _(
                        "if the :: belongs to the text, write {gaps}",
                        gaps=_divided(cloze, hint),
                    ),
                )


def _is_text(hidden: str, hint: str) -> bool:
    """Whether `hidden::hint` is code or an address, and not a text with its hint."""
    if hidden.count("`") % 2 or "::" in hint or _open_tag(hidden):
        return True
    before = _SPACE_OR_OPERATOR.split(hidden.strip())[-1]
    after = hint.strip()
    if before in _NAMESPACES or _TEMPLATE.fullmatch(before):
        return _PATH.fullmatch(after) is not None
    if _TYPE.fullmatch(before) and _CALL.fullmatch(after):
        return True
    if _ADDRESS.fullmatch(before) and _ADDRESS.fullmatch(after):
        return ":" in before or (before[-1].isdigit() and not before.isdigit() and len(before) > 2)
    names = re.fullmatch(_NAME, before) and re.fullmatch(_NAME, after)
    return bool(names and (_OF_PROGRAMS.search(before) or _OF_PROGRAMS.search(after)))


def _open_tag(hidden: str) -> str:
    """The name of an element of code that begins in the text and does not end there."""
    tags = [(tag[1], tag[2]) for tag in _CODE_TAG.finditer(hidden)]
    return tags[-1][1] if tags and not tags[-1][0] else ""


def _divided(cloze: Cloze, hint: str) -> str:
    """The cloze as several of one number with `::` between them."""
    before, after = "", ""
    if tag := _open_tag(cloze.hidden()):
        before, after = f"<{tag}>", f"</{tag}>"
    elif cloze.hidden().count("`") % 2:
        before = after = "`"
    parts = [cloze.hidden(), *(hint.split("::") if _PATH.fullmatch(hint.strip(" `")) else [hint])]
    written = [
        f"{before if number else ''}{part}{after if number < len(parts) - 1 else ''}"
        for number, part in enumerate(parts)
    ]
    return "::".join(f"{{{{c{cloze.source}::{part}}}}}" for part in written)


def _short(text: str) -> str:
    shown = " ".join(text.split())
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST].rstrip()}…"
