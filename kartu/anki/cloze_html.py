"""Anki's filters `cloze` and `cloze-only`.

Measured with anki 26.9.3:

- A field without a closed cloze of the card's number shows nothing.
- The card's clozes are hidden on the question; all others are shown, marked as inactive. The
  hidden text, with the clozes in it as shown or hidden, goes into `data-cloze`.
- In a formula, `\\(...\\)` or `\\[...\\]`, all markup is dropped, that of clozes included.
- A cloze that begins with `image-occlusion:` is a shape, drawn from the `data-` attributes. One
  of number 0 looks hidden on every card and side.
- Only known properties of a shape are used; from the first that Anki cannot read on, none.
- `cloze-only` gives the hints or the texts of the card's clozes, unmarked, separated by commas.
"""

import re
from collections.abc import Iterator, Sequence

from kartu.anki.cloze import OCCLUSION, Cloze, cloze_parts
from kartu.anki.occlusion import SHAPES, is_shape, read_shape
from kartu.anki.tags import without_tags
from kartu.core.patterns import pattern

_FORMULA = pattern(r"(\\[(\[])(.*?)(\\[)\]])", re.DOTALL)
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
_ESCAPED = pattern("[^0-9A-Za-z\u0100-\U0010ffff]")

_PROPERTIES = {
    **{one: one for one in ("left", "top", "width", "height", "rx", "ry", "points", "text")},
    "fill": "fill",
    "angle": "angle",
    "scale": "scale",
    "fs": "font-size",
    "oi": "occludeInactive",
}


def with_clozes(html: str, number: int, *, answer: bool) -> str:
    """The field with the card's clozes hidden or, on the answer, shown."""
    parts = cloze_parts(html)
    if not any(number in cloze.written_numbers() for cloze in _drawn(parts)):
        return ""
    return _with_plain_formulas(_shown(parts, number, answer=answer))


def _with_plain_formulas(html: str) -> str:
    # Unclosed formulas would otherwise be searched for from every opening.
    last = max(html.rfind("\\)"), html.rfind("\\]")) + 2
    plain = _FORMULA.sub(lambda found: found[1] + without_tags(found[2]) + found[3], html[:last])
    return plain + html[last:]


def only_clozes(html: str, number: int, *, answer: bool) -> str:
    """The card's clozes alone: their hints or, on the answer, their texts."""
    hidden = [one for one in _clozes(cloze_parts(html)) if number in one.written_numbers()]
    return ", ".join(one.hidden() if answer else _hint(one) for one in hidden)


def has_cloze(html: str, number: int) -> bool:
    """Whether the field has a closed cloze of exactly this number."""
    return "{{c" in html and any(
        number in cloze.written_numbers() for cloze in _clozes(cloze_parts(html))
    )


def _clozes(parts: Sequence[str | Cloze]) -> Iterator[Cloze]:
    for part in parts:
        if isinstance(part, Cloze):
            yield from part.all()


def _drawn(parts: Sequence[str | Cloze]) -> Iterator[Cloze]:
    """All clozes except those inside a shape, which never show."""
    for part in parts:
        if isinstance(part, Cloze):
            yield part
            if not is_shape(part):
                yield from _drawn(part.parts)


def _hint(cloze: Cloze) -> str:
    return "..." if cloze.hint is None else cloze.hint


def _shown(parts: Sequence[str | Cloze], number: int, *, answer: bool) -> str:
    return "".join(
        part if isinstance(part, str) else _shown_cloze(part, number, answer=answer)
        for part in parts
    )


def _shown_cloze(cloze: Cloze, number: int, *, answer: bool) -> str:
    numbers = cloze.written_numbers()
    ordinals = ",".join(map(str, sorted(numbers)))
    if is_shape(cloze):
        kind = _shape_class(numbers, number, answer=answer)
        shape = _shape(cloze)
        return f'<div class="{kind}" data-ordinal="{ordinals}" {shape}></div>'
    text = _shown(cloze.parts, number, answer=answer)
    if number not in numbers:
        return f'<span class="cloze-inactive" data-ordinal="{ordinals}">{text}</span>'
    if answer:
        return f'<span class="cloze" data-ordinal="{ordinals}">{text}</span>'
    return (
        f'<span class="cloze" data-cloze="{_attribute(text)}" data-ordinal="{ordinals}">'
        f"[{_hint(cloze)}]</span>"
    )


def _shape_class(numbers: frozenset[int], number: int, *, answer: bool) -> str:
    if 0 in numbers:
        return "cloze"
    if number not in numbers:
        return "cloze-inactive"
    return "cloze-highlight" if answer else "cloze"


def _shape(cloze: Cloze) -> str:
    """The attributes of an occlusion, each followed by a space."""
    name, properties = read_shape(cloze)
    has_colon = str(cloze.parts[0]).startswith(f"{OCCLUSION}{name}:")
    found = f'data-shape="{name}" ' if name in SHAPES and has_colon else ""
    for key, text in properties:
        attribute, value = _PROPERTIES.get(key), text
        if attribute == "text":
            value = _attribute(value)
        elif attribute == "points":
            value = " ".join(pair for pair in value.split(" ") if "," in pair)
        if attribute and value:
            found += f'data-{attribute}="{value}" '
    return found


def _attribute(text: str) -> str:
    return _ESCAPED.sub(lambda one: _NAMED.get(one[0]) or f"&#x{ord(one[0]):02X};", text)
