"""Patterns of names, for editors: they reject nothing that `kartu.load.names` allows.

A pattern must mean the same in Python and JavaScript, so they are about ASCII characters only.
"""

from __future__ import annotations

from kartu.load.names import ID, RETIRED_TAG
from kartu.load.note_type import NOTE_KEYS, RESERVED, SET_KEYS


def _any_case(word: str) -> str:
    return "".join(f"[{letter.upper()}{letter}]" for letter in word)


_SPACE = r"\x09-\x0d\x20"
_RESERVED_TAGS = "|".join(map(_any_case, ("marked", "leech", RETIRED_TAG)))

TAG = rf'(?!(?:{_RESERVED_TAGS})$)(?!.*::(?:::|$))(?!::)[^{_SPACE}"*]+'
DECK_NAME = rf"(?!{_any_case('default')}$)(?![ :])(?!.*(?:::[ :]| ::|[ :]$)).+"
FIELD_NAME = rf'(?![{_SPACE}_#^/])(?!.*[{_SPACE}]$)[^{{}}":\x00-\x1f\x7f]+'
CARD_NAME = rf'(?![{_SPACE}_])[^{{}}"]*[^{_SPACE}{{}}"]'
FOREIGN_NAME = CARD_NAME.replace(f"{_SPACE}_", _SPACE)
PREFIX = rf'(?![{_SPACE}])(?!.*::)[^{{}}"*]*[^{_SPACE}{{}}"*]'
FIELD_KEY = rf"(?!(?:{'|'.join((*NOTE_KEYS, *SET_KEYS))})$|x-){ID.pattern.replace('-+', '[-_]+')}"
# Of ASCII's signs only a hyphen and _, and spaces.
ALIAS = rf"(?!(?:{'|'.join(RESERVED)})$)(?!x-)[^\x00-\x1f!-,./:-@\[-^\x60{{-\x7f]+"
FILE = r"[^./\\][^/\\]*"
GUID = r"[!-~]+"
REPORT = r"https://(?:[^\s/?#]*\.[^\s/?#]|\[)\S*|mailto:[^\s@]+@\S*\.\S\S*"
URL = r"https?://(?:[^\s/?#]*\.[^\s/?#]|\[)\S*"
