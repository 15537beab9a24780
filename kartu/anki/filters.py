"""The filters of Anki's templates, as in `{{hint:Field}}`.

Measured with anki 26.9.3:

- The last filter is applied first; an empty one is skipped, and at one that Anki does not know
  (it would be an add-on's) filtering ends.
- If the first filter is `type`, the others do not matter, except in `type:cloze` and `type:nc`.
- `tts` needs a space after it; everything after that is its options.
- A hint of nothing but white space is no hint.
"""

from hashlib import sha256
from typing import NamedTuple

from kartu.anki.cloze_html import only_clozes, with_clozes
from kartu.anki.tags import plain_text

_READINGS = {
    "furigana": "<ruby><rb>{0}</rb><rt>{1}</rt></ruby>",
    "kana": "{1}",
    "kanji": "{0}",
}


class Place(NamedTuple):
    """Where a field is shown: its name, the card's number and which side."""

    field: str
    number: int
    answer: bool


def filtered(text: str, filters: tuple[str, ...], place: Place) -> str:
    """A field's text with its filters applied; these are given in the order written."""
    if filters[:1] == ("type",):
        kind = f"{filters[1]}:" if filters[1:] in (("cloze",), ("nc",)) else ""
        return f"[[type:{kind}{place.field}]]"
    for name in reversed(filters):
        result = _apply(name, text, place) if name else text
        if result is None:
            break
        text = result
    return text


def _apply(name: str, text: str, place: Place) -> str | None:
    """None for a filter that Anki does not know."""
    match name:
        case "text":
            return plain_text(text)
        case "hint":
            return _hint(text, place.field)
        case "type":
            return f"[[type:{place.field}]]"
        case "cloze":
            return with_clozes(text, place.number, answer=place.answer)
        case "cloze-only":
            return only_clozes(text, place.number, answer=place.answer)
        case "furigana" | "kana" | "kanji":
            return _reading(text, _READINGS[name])
    if name.startswith("tts "):
        return f"[anki:tts lang={name.removeprefix('tts ')}]{text}[/anki:tts]"
    return None


def _reading(text: str, shown: str) -> str:
    """Japanese with its reading in brackets after each word; a word follows a space or a tag.

    A regular expression would take quadratic time on long texts.
    """
    text = text.replace("&nbsp;", " ")
    done: list[str] = []
    position = look = 0
    while (bracket := text.find("[", look)) >= 0 and (end := text.find("]", bracket + 2)) >= 0:
        look = bracket + 1
        word = max(position, *(text.rfind(character, position, bracket) + 1 for character in " >"))
        reading = text[look:end]
        if word == bracket or "\n" in reading:
            continue
        look = end + 1
        if not reading.startswith("sound:"):
            space = word > position and text[word - 1] == " "
            done += text[position : word - space], shown.format(text[word:bracket], reading)
        else:
            done.append(text[position:look])
        position = look
    return "".join(done) + text[position:]


def _hint(text: str, field: str) -> str:
    if not text.strip():
        return text
    # Anki's own id is different, but it too depends on the field and its text only.
    id = f"hint{sha256(f'{field}:{text}'.encode()).hexdigest()[:16]}"
    return (
        '\n<a class=hint href="#"\n'
        "onclick=\"this.style.display='none';\n"
        f"document.getElementById('{id}').style.display='block';\n"
        'return false;" draggable=false>\n'
        f"{field}</a>\n"
        f'<div id="{id}" class=hint style="display: none">{text}</div>\n'
    )
