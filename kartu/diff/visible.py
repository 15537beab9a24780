"""The text of a field as a student reads it, and which of its words changed."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from html import unescape
from typing import Literal, NamedTuple

Kind = Literal["same", "old", "new"]

# Media names end in a hash of the content; to a reader the file is the same before and after.
_HASH = re.compile(r"-[0-9a-f]{16}(?=\.[a-z0-9]+\b)")

_CLOZE = re.compile(r"\{\{c[0-9,]+::((?:(?!\{\{c[0-9,]+::|\}\}).)*)\}\}", re.DOTALL)
_OCCLUSION = "image-occlusion:"
_DEEPEST = 10

_UNSEEN = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9-]*)(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")
_ATTRIBUTE = re.compile(r"\s(alt|src)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))", re.IGNORECASE)

# These stand within a word; any other element begins a new one.
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "mark",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "u",
        "var",
        "wbr",
    ]
)

# Scripts without spaces are compared sign by sign.
_SIGN = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_SIGN}]\s?|[^\s{_SIGN}]+\s?")

# More words than this are compared as a whole: difflib takes quadratic time.
_MOST_WORDS = 4000


class Part(NamedTuple):
    """A stretch of words that stayed, went (`old`) or came (`new`)."""

    kind: Kind
    text: str


def visible(html: str) -> str:
    """The words of a field in one line: no markup, clozes as their text with the hint behind.

    A picture shows as its description, else its name, in brackets.
    """
    if "{{c" in html:
        html = _without_clozes(html)
    if "<" in html:
        html = _TAG.sub(_seen, _UNSEEN.sub("", html))
    if "&" in html:
        html = unescape(html)
    if "[sound:" in html:
        html = without_hashes(html)
    return " ".join(html.split())


def without_hashes(text: str) -> str:
    """`text` with packed media names as their files were called before packing."""
    return _HASH.sub("", text)


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


def _without_clozes(html: str) -> str:
    """From the innermost outwards, as deep as Anki shows them."""
    for _ in range(_DEEPEST):
        html, count = _CLOZE.subn(_cloze_text, html)
        if not count:
            break
    return html


def _cloze_text(found: re.Match[str]) -> str:
    text, _, hint = found[1].partition("::")
    if text.startswith(_OCCLUSION):
        return " "
    return f"{text} ({hint})" if hint.strip() else text


def _seen(found: re.Match[str]) -> str:
    name = found[1].lower()
    if name == "img":
        values = {
            one[1].lower(): one[2] or one[3] or one[4] or ""
            for one in _ATTRIBUTE.finditer(found[0])
        }
        shown = values.get("alt") or without_hashes(values.get("src", ""))
        return f" [{shown}] " if shown else " "
    return "" if name in _INLINE else " "
