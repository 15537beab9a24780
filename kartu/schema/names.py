"""Patterns of names, for editors: they refuse nothing that `kartu.load.names` allows.

A pattern must mean the same to Python and JavaScript, so these say only what ASCII signs can say.
"""

from __future__ import annotations

from kartu.load.names import ID, RETIRED_TAG
from kartu.load.note_type import NOTE_KEYS, SET_KEYS


def _any_case(word: str) -> str:
    return "".join(f"[{sign.upper()}{sign}]" for sign in word)


_ANKIS_TAGS = "|".join(map(_any_case, ("marked", "leech", RETIRED_TAG)))

TAG = rf'(?!(?:{_ANKIS_TAGS})$)(?!.*::(?:::|$))(?!::)[^\s"*]+'
DECK_NAME = rf"(?!{_any_case('default')}$)(?![ :])(?!.*(?:::[ :]| ::|[ :]$)).+"
# All of ASCII but letters, digits, the space, _ and -.
_SIGNS = r"\x00-\x1f!-,./:-@\[-\^`{-\x7f"
FIELD_NAME = rf"(?![\s_])(?!.*\s$)[^{_SIGNS}]+"
CARD_NAME = r'(?![\s_])[^{}"]*[^\s{}"]'
FOREIGN_NAME = CARD_NAME.replace(r"[\s_]", r"\s")
PREFIX = r'(?!\s)(?!.*::)[^{}"*]*[^\s{}"*]'
FIELD_KEY = rf"(?!(?:{'|'.join((*NOTE_KEYS, *SET_KEYS))})$|x-){ID.pattern.replace('-+', '[-_]+')}"
FILE = r"[^./\\][^/\\]*"
GUID = r"[!-~]+"
URL = r"https?://(?:[^\s/?#]*\.[^\s/?#]|\[)\S*"
