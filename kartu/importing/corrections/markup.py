"""HTML of a field as its author would have written it: ways to try, the nicest first.

None of them is certain to be displayed as the HTML is: whoever uses one renders it and compares.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from kartu.anki.field_html import Token
from kartu.importing.texts import escaped_markdown

_MARKS = {"b": "**", "i": "*", "code": "`", "s": "~~"}
_FORMULA = re.compile(r"\\\((.*?)\\\)|\\\[(.*?)\\\]", re.DOTALL)
_UNIT = re.compile(r"\w+|\s+|[^\w\s]")
_ELEMENT = re.compile(r"</?[a-zA-Z][^<>]*>")
_LINE = "  \n"

# Longer stretches that differ are another text, which is written as a whole.
_MOST_UNITS = 1_500


def plain_text(tokens: Sequence[Token]) -> str | None:
    """Returns the HTML as plain text; None where it has elements other than line breaks."""
    if any(token.tag not in ("", "br") for token in tokens):
        return None
    return "".join("\n" if token.tag else token.words for token in tokens)


def as_markdown(tokens: Sequence[Token]) -> Iterator[str]:
    """Yields Markdown for the HTML."""
    found = {
        _written(tokens, marks=True, escape=False): None,
        _written(tokens, marks=True, escape=True): None,
        _blocks(tokens): None,
        _written(tokens, marks=False, escape=True): None,
        "".join(token.text for token in tokens): None,
    }
    yield from found


def elements(tokens: Sequence[Token]) -> list[str]:
    """Returns the start tags of the HTML, each once."""
    return list(dict.fromkeys(token.text for token in tokens if token.tag and token.opens))


def _written(tokens: Sequence[Token], *, marks: bool, escape: bool) -> str:
    parts = []
    links: list[str] = []
    for token in tokens:
        if not token.tag:
            parts.append(_text(token.words, escape=escape))
        elif token.tag == "br":
            parts.append(_LINE if marks else "<br>")
        elif token.text == "<p>":
            parts.append("\n\n")
        elif not marks:
            parts.append(token.text)
        elif token.tag in _MARKS and not token.attributes:
            parts.append(_MARKS[token.tag])
        elif token.tag == "a":
            if token.opens:
                links.append(dict(token.attributes).get("href", ""))
            parts.append("[" if token.opens else f"]({links.pop() if links else ''})")
        elif token.tag == "img":
            parts.append(_picture(dict(token.attributes)))
        else:
            parts.append(token.text)
    return "".join(parts)


def _picture(values: Mapping[str, str]) -> str:
    """A picture in Markdown; of one with a version for the night the first one has both."""
    if values.get("class") == "night-only":
        return ""
    return f"![{values.get('alt', '')}]({_address(values.get('src', ''))})"


def _blocks(tokens: Sequence[Token]) -> str:
    """Markdown whose paragraphs and lists are lines."""
    parts: list[str] = []
    lists: list[int] = []  # the number of the last item, -1 of a list without numbers
    for token in tokens:
        if token.tag in ("ul", "ol"):
            if token.opens:
                lists.append(0 if token.tag == "ol" else -1)
                parts.append("\n" if len(lists) > 1 else "\n\n")
            elif lists:
                lists.pop()
                parts.append("" if lists else "\n\n")
        elif token.tag == "li":
            if token.opens and lists:
                lists[-1] += 1 if lists[-1] >= 0 else 0
                sign = f"{lists[-1]}. " if lists[-1] > 0 else "- "
                parts.append("   " * (len(lists) - 1) + sign)
            elif not token.opens and not (parts and parts[-1].endswith("\n")):
                parts.append("\n")
        elif token.tag == "p":
            parts.append("\n\n")
        else:
            parts.append(_written([token], marks=token.tag != "a", escape=True))
    return re.sub(r"\n{3,}", "\n\n", "".join(parts)).strip("\n")


def _text(words: str, *, escape: bool) -> str:
    parts = []
    done = 0
    for found in _FORMULA.finditer(words):
        parts.append(escaped_markdown(words[done : found.start()], escape))
        formula = found[1] if found[1] is not None else found[2]
        parts.append(f"${formula}$" if found[1] is not None else f"$${formula}$$")
        done = found.end()
    parts.append(escaped_markdown(words[done:], escape))
    return "".join(parts)


def _address(name: str) -> str:
    return f"<{name}>" if re.search(r"[\s()]", name) else name


# --- the author's own text, with the edit in it -------------------------------------------------


class _Unit(NamedTuple):
    """A word, a sign or spaces, or a tag."""

    text: str
    token: Token


def edited(
    source: str, before: Sequence[Token], after: Sequence[Token], *, markdown: bool
) -> str | None:
    """Returns the author's text, changed where `after` differs from `before`, which it gives.

    None where that place cannot be found in it.
    """
    old, new = _units(before), _units(after)
    first = 0
    while first < min(len(old), len(new)) and old[first].text == new[first].text:
        first += 1
    last = 0
    while last < min(len(old), len(new)) - first and old[-1 - last].text == new[-1 - last].text:
        last += 1
    if max(len(old), len(new)) - first - last > _MOST_UNITS:
        return None
    places = _places(source, old)
    if places is None:
        return None
    parts, done = [], 0
    was = [unit.text for unit in old[first : len(old) - last]]
    now = [unit.text for unit in new[first : len(new) - last]]
    for what, i1, i2, j1, j2 in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        if any(unit.token.tag not in ("", "br") for unit in old[first + i1 : first + i2]):
            return None
        begin, end = _range(places, first + i1, first + i2, len(source))
        if begin < done:
            return None
        parts += [source[done:begin], _as_source(new[first + j1 : first + j2], markdown=markdown)]
        done = end
    return "".join([*parts, source[done:]])


def _units(tokens: Sequence[Token]) -> list[_Unit]:
    found = []
    for token in tokens:
        if token.tag:
            found.append(_Unit(token.text, token))
            continue
        words = (Token(one) for one in _UNIT.findall(token.words))
        found += [_Unit(one.text, one) for one in words]
    return found


def _places(source: str, units: Sequence[_Unit]) -> list[tuple[int, int] | None] | None:
    """Where each unit is in the source, None for a tag; None if a text is not there in order."""
    places: list[tuple[int, int] | None] = []
    at = 0
    for unit in units:
        if unit.token.tag not in ("", "br"):
            places.append(None)
            continue
        blank = unit.token.tag == "br" or unit.text.isspace()
        found = re.compile(r"\s+" if blank else re.escape(unit.text)).search(source, at)
        between = source[at : found.start()] if found else "x"
        if found is None or any(map(str.isalnum, _ELEMENT.sub("", between))):
            return None
        places.append(found.span())
        at = found.end()
    return places


def _range(
    places: Sequence[tuple[int, int] | None], first: int, end: int, length: int
) -> tuple[int, int]:
    """The stretch of the source of some units; where there are none, the place between others."""
    here = [one for one in places[first:end] if one is not None]
    if here:
        return here[0][0], here[-1][1]
    behind = next((one[0] for one in places[end:] if one is not None), length)
    before = next((one[1] for one in reversed(places[:first]) if one is not None), 0)
    tags = first > 0 and places[first - 1] is None
    return (behind, behind) if tags or first == 0 else (before, before)


def _as_source(units: Sequence[_Unit], *, markdown: bool) -> str:
    if not markdown:
        return "".join("\n" if unit.token.tag else unit.text for unit in units)
    return "".join(
        _written([unit.token], marks=unit.token.tag != "a", escape=False) for unit in units
    )
