"""What the cells of a list mean: text, HTML, pictures and sounds, gaps."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from kartu.anki.cloze import hidden_texts
from kartu.compile.render.html import attribute, escape
from kartu.compile.render.media import named_in
from kartu.importing.texts import clean_text
from kartu.load.files import MAX_BYTES
from kartu.load.sheets.markup import is_emptied

# Elements that make a cell HTML, as Anki looks for them; `<y>` and `a < b` do not.
_TAG = re.compile(
    r"</?(?:a|b|big|blockquote|br|center|code|dd|del|div|dl|dt|em|font|h[1-6]|hr|i|img|ins|kbd|li"
    r"|mark|ol|p|pre|rp|rt|ruby|s|small|span|strike|strong|sub|sup|table|tbody|td|th|thead|tr|u|ul)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:[a-z]{2,8}|#\d{1,6}|#x[0-9a-f]{1,5});", re.IGNORECASE)
_MARKUP = re.compile(f"({_TAG.pattern}|{_ENTITY.pattern})", re.IGNORECASE)
_SOUND = re.compile(r"\[sound:[^\[\]\n]{1,300}\]")
_PICTURE = re.compile(
    r"!\[([^\]\n]{0,300})\]\(\s*<?([^()<>\n]{1,300}?)>?\s*\)|!\[\[([^\]|\n]{1,300})[^\]\n]*\]\]"
)
_LINE_AT_BLOCK = re.compile(
    r"\n?(</?(?:blockquote|center|dd|div|dl|dt|h[1-6]|hr|li|ol|p|pre|table|tbody|td|th|thead|tr|ul)"
    r"(?:\s[^<>]*)?/?>|<br\s*/?>)\n?",
    re.IGNORECASE,
)

# Where the files that a list names may lie, from its own folder on.
_FOLDERS = (".", "media", "collection.media")


def holds_html(cells: Iterable[str]) -> bool:
    """Whether any cell has a tag, so that entities in the others are meant as such."""
    return any("<" in cell and _TAG.search(cell) for cell in cells)


def has_gap(cell: str) -> bool:
    """Whether Anki would make a gap of something in the cell."""
    return "{{c" in cell and bool(hidden_texts(cell))


def value_of(cell: str, *, html: bool, announced: bool = False) -> str:
    """Returns a cell as the HTML of a field.

    Args:
        html: Whether cells of the list are HTML, so that this one is where it has tags or entities.
        announced: Whether the list says that all are, as Anki's exports do; it stays as it is.
    """
    if (html or announced) and is_emptied(cell):
        return ""
    if announced:
        return cell
    text = clean_text(cell).strip()
    media: list[str] = []

    def placeholder(found: re.Match[str]) -> str:
        media.append(_medium(found))
        return f"\x00{len(media) - 1}\x00"

    text = _SOUND.sub(placeholder, _PICTURE.sub(placeholder, text)) if "[" in text else text
    if html and (_TAG.search(text) or _ENTITY.search(text)):
        text = _LINE_AT_BLOCK.sub(r"\1", _as_html(text))
    else:
        text = escape(text)
    text = text.replace("\n", "<br>")
    return re.sub("\x00(\\d+)\x00", lambda found: media[int(found[1])], text) if media else text


def _as_html(text: str) -> str:
    """Returns HTML with what is neither a tag nor an entity of it escaped."""
    parts = enumerate(_MARKUP.split(text))
    return "".join(part if number % 2 else escape(part) for number, part in parts)


def _medium(found: re.Match[str]) -> str:
    if found.re is _SOUND:
        return found[0]
    name = (found[3] or found[2]).strip()
    alt = f' alt="{attribute(found[1])}"' if found[1] else ""
    return f'<img src="{attribute(name)}"{alt}>'


def files_beside(
    list_path: Path, fields: Iterable[str]
) -> tuple[dict[str, Callable[[], bytes]], list[str]]:
    """Returns readers of the files that fields name and that lie beside the list, and the others.

    A link, and a name that leads out of the folder, counts as missing.
    """
    found: dict[str, Callable[[], bytes]] = {}
    missing: dict[str, None] = {}
    for name in (name for value in fields for name in named_in(value)):
        if name in found or name in missing:
            continue
        path = _beside(list_path.parent, name)
        if path is None:
            missing[name] = None
        else:
            found[name] = partial(Path.read_bytes, path)
    return found, list(missing)


def _beside(folder: Path, name: str) -> Path | None:
    if "/" in name or "\\" in name or name in (".", "..") or "\0" in name:
        return None
    for one in _FOLDERS:
        path = folder / one / name
        plain = not path.is_symlink() and not path.parent.is_symlink()
        if plain and path.is_file() and path.stat().st_size <= MAX_BYTES:
            return path
    return None
