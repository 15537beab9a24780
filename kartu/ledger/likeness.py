"""How much of a note's wording is new, judged by small sketches that a ledger keeps.

A sketch holds the smallest 16-bit hashes of a text's words, at most 16 of them: of two texts with
more words, what lies below both largest hashes is a fair sample of all (bottom-k sampling). A text
of up to 16 words is compared whole.
"""

from __future__ import annotations

import math
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterable
from struct import pack, unpack
from zlib import crc32

from kartu.core.patterns import pattern

_MOST = 16
_HIGHEST = 0xFFFF

# A word, or a character of those scripts that put no spaces between words.
_IDEOGRAPHS = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD = pattern(rf"[{_IDEOGRAPHS}]|[^\W_{_IDEOGRAPHS}]+")


def sketch_of(text: str) -> str:
    """The sketch of the words of `text`, as base64: 4 characters for 3 words, 44 at most."""
    hashes = {crc32(word.encode("utf-8", "surrogatepass")) & _HIGHEST for word in _words(text)}
    smallest = sorted(hashes)[:_MOST]
    return b64encode(pack(f">{len(smallest)}H", *smallest)).decode()


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


class Wording:
    """Compares sketches of notes; words that many of the notes have count less."""

    def __init__(self, sketches: Iterable[str]) -> None:
        self._notes = 0
        self._having: Counter[int] = Counter()
        for sketch in sketches:
            self._notes += 1
            self._having.update(_hashes(sketch))

    def share_known(self, new: str, old: str) -> float:
        """How much of the wording of `new` was in `old`, from 0 to 1; 1 where none can be told."""
        now, was = _hashes(new), _hashes(old)
        limit = min(_limit(now), _limit(was))
        known = set(was)
        sample = {one: self._weight(one) for one in now if one <= limit}
        whole = sum(sample.values())
        return sum(sample[one] for one in sample if one in known) / whole if whole else 1.0

    def _weight(self, word: int) -> float:
        return math.log(1 + self._notes / (1 + self._having[word]))


def _hashes(sketch: str) -> tuple[int, ...]:
    content = b64decode(sketch)
    return unpack(f">{len(content) // 2}H", content)


def _limit(hashes: tuple[int, ...]) -> int:
    return hashes[-1] if len(hashes) == _MOST else _HIGHEST
