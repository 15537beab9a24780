"""How much of a note's wording is new, estimated from small sketches stored in the ledger.

A sketch holds the smallest 16-bit hashes of a text's words, at most 16 of them: of two texts with
more words, the hashes below both largest ones are a fair sample of all (bottom-k sampling). A text
of up to 16 words is compared completely.
"""

from __future__ import annotations

import math
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterable
from struct import pack, unpack
from zlib import crc32

from kartu.core.patterns import pattern

_MAX_HASHES = 16
_MAX_HASH = 0xFFFF

# A word, or a character of those scripts that are written without spaces between words.
_IDEOGRAPHS = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD = pattern(rf"[{_IDEOGRAPHS}]|[^\W_{_IDEOGRAPHS}]+")


def sketch_of(text: str) -> str:
    """Returns the sketch of the words of `text` as base64, 44 characters at most."""
    hashes = {crc32(word.encode("utf-8", "surrogatepass")) & _MAX_HASH for word in _words(text)}
    smallest = sorted(hashes)[:_MAX_HASHES]
    return b64encode(pack(f">{len(smallest)}H", *smallest)).decode()


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


class SketchComparer:
    """Compares sketches of notes; words that many notes share have a lower weight."""

    def __init__(self, sketches: Iterable[str]) -> None:
        self._notes = 0
        self._frequency: Counter[int] = Counter()
        for sketch in sketches:
            self._notes += 1
            self._frequency.update(_hashes(sketch))

    def containment(self, new: str, old: str) -> float:
        """Returns the share of `new`'s words that `old` has, from 0 to 1; 1 without words."""
        now, was = _hashes(new), _hashes(old)
        limit = min(_limit(now), _limit(was))
        old_hashes = set(was)
        sample = {one: self._weight(one) for one in now if one <= limit}
        total = sum(sample.values())
        return sum(sample[one] for one in sample if one in old_hashes) / total if total else 1.0

    def _weight(self, word: int) -> float:
        return math.log(1 + self._notes / (1 + self._frequency[word]))


def _hashes(sketch: str) -> tuple[int, ...]:
    content = b64decode(sketch)
    return unpack(f">{len(content) // 2}H", content)


def _limit(hashes: tuple[int, ...]) -> int:
    return hashes[-1] if len(hashes) == _MAX_HASHES else _MAX_HASH
