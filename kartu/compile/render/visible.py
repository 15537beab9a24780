"""The text of a field or card as a student reads it."""

import re
from functools import lru_cache
from html import unescape

from kartu.anki.cloze import OCCLUSION
from kartu.core.patterns import pattern

# Media names end in a hash of the content, which is irrelevant to a reader.
_HASH = pattern(r"-[0-9a-f]{16}(?=\.[a-z0-9]+\b)")

_CLOZE = pattern(r"\{\{c[0-9,]+::((?:(?!\{\{c[0-9,]+::|\}\}).)*)\}\}", re.DOTALL)
_DEEPEST = 10

# Each match ends before the next opening, so that many unclosed ones take no time.
_HEARD_OR_TYPED = pattern(
    r"\[anki:tts[ \]](?:(?!\[anki:tts[ \]]).)*?\[/anki:tts\]"
    r"|\[sound:(?:(?!\[sound:)[^\]])*\]|\[\[type:(?:(?!\[\[type:).)*?\]\]",
    re.DOTALL,
)
# An unclosed one hides everything after it, as in a browser.
_UNSEEN = pattern(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE
)
_TAG = pattern(
    r"</?([a-zA-Z][a-zA-Z0-9-]*)(?:[^>\"']|\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z))*+(?:>|\Z)"
)
_ATTRIBUTE = pattern(r"\s(alt|src)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))", re.IGNORECASE)

# These can be within a word; any other element separates words.
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


def visible(html: str) -> str:
    """The words of a field in one line: no markup, clozes as their text followed by the hint.

    A picture becomes its description, else its name, in brackets.
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


def visible_side(html: str) -> str:
    """The words of a card's side in one line, as `visible`, without what is heard or typed.

    The text behind a hint counts as visible.
    """
    return visible(without_heard(html))


def without_heard(html: str) -> str:
    """A card's side without sounds, speech and fields to type in."""
    return _HEARD_OR_TYPED.sub(" ", html)


def without_hashes(text: str) -> str:
    """`text` with packaged media names replaced by their original names."""
    return _HASH.sub("", text)


def _without_clozes(html: str) -> str:
    """`html` with clozes replaced by their text, from the innermost outwards."""
    for _ in range(_DEEPEST):
        html, count = _CLOZE.subn(_cloze_text, html)
        if not count:
            break
    return html


def _cloze_text(found: re.Match[str]) -> str:
    text, _, hint = found[1].partition("::")
    if text.startswith(OCCLUSION):
        return " "
    return f"{text} ({hint})" if hint.strip() else text


def _seen(found: re.Match[str]) -> str:
    name = found[1].lower()
    if name == "img":
        return _described(found[0])
    return "" if name in _INLINE else " "


@lru_cache(64)  # asked for each side of each card of a note
def _described(img: str) -> str:
    """A picture as its description, else its name."""
    values = {one[1].lower(): one[2] or one[3] or one[4] or "" for one in _ATTRIBUTE.finditer(img)}
    shown = values.get("alt") or without_hashes(values.get("src", ""))
    return f" [{shown}] " if shown else " "
