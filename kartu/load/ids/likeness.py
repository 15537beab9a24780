"""Which missing note a row may be, corrected: proposals for a person, never decisions."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from difflib import SequenceMatcher

from kartu.core.patterns import pattern
from kartu.load.ids.values import Row, Saved, Texts, first_of

# A word, or a character of those scripts that are written without spaces between words.
_IDEOGRAPHS = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD = pattern(rf"[{_IDEOGRAPHS}]|[^\W_{_IDEOGRAPHS}]+")
_NUMBER = pattern(r"\d+(?:[.,]\d+)*")

_ALIKE = 0.5  # share of the words, rare ones weighing more
_MISSPELT = 0.7  # likeness of two words that can be one
_MOST_NOTES = 50  # with a word that leads to candidates
_MOST_WORDS = 12  # that lead from a row to candidates
_MOST_CANDIDATES = 10
_MOST_OTHERS = 30  # words to be compared letter by letter


def proposed(
    saved: Sequence[Saved], rows: Sequence[Row], of_rows: Mapping[int, int]
) -> dict[int, int]:
    """Returns which missing notes the rows not in `of_rows` may be, both by index; none twice."""
    taken = set(of_rows.values())
    missing = [place for place, one in enumerate(saved) if place not in taken and not one.gone]
    waiting = [place for place, row in enumerate(rows) if place not in of_rows and row.texts]
    if not missing or not waiting:
        return {}
    likeness = _Likeness(saved, missing)
    pairs = []
    for place in waiting:
        row = rows[place]
        for old in likeness.candidates(row):
            if saved[old].note_type == row.note_type:
                same_first, score = likeness.of(saved[old], row)
                if same_first or score >= _ALIKE:
                    pairs.append((not same_first, -score, place, old))
    found: dict[int, int] = {}
    for _same, _score, place, old in sorted(pairs):
        if place not in found and old not in taken:
            found[place] = old
            taken.add(old)
    return found


class _Likeness:
    def __init__(self, saved: Sequence[Saved], missing: Sequence[int]) -> None:
        self._notes = len(saved)
        self._frequency = Counter(
            word for one in saved for word in set().union(*map(_words, one.versions))
        )
        self._having: dict[str, list[int]] = defaultdict(list)
        for place in missing:
            for mark in set().union(*map(_marks, saved[place].versions)):
                self._having[mark].append(place)

    def candidates(self, row: Row) -> Iterable[int]:
        """The missing notes that have most of the row's rare words, or parts of its first one."""
        marks = [(len(self._having.get(mark, ())), mark) for mark in _marks(row.texts)]
        rare = sorted(one for one in marks if 0 < one[0] <= _MOST_NOTES)[:_MOST_WORDS]
        votes = Counter(place for _number, mark in rare for place in self._having[mark])
        ranked = sorted(votes.items(), key=lambda one: (-one[1], one[0]))
        return [place for place, _votes in ranked[:_MOST_CANDIDATES]]

    def of(self, old: Saved, row: Row) -> tuple[bool, float]:
        """Whether the first text is the same, and the share of common words, 0 to 1."""
        found = [self._of(texts, row.texts) for texts in old.versions]
        return max(found)

    def _of(self, before: Texts, now: Texts) -> tuple[bool, float]:
        same_first = first_of(before) == first_of(now)
        if not same_first and _numbers(before) != _numbers(now):
            return False, 0.0
        was, new = set(_words(before)), set(_words(now))
        whole = self._weight(was) + self._weight(new)
        common = 2 * self._weight(was & new) + self._misspelt(was - new, new - was)
        return same_first, common / whole if whole else 0.0

    def _misspelt(self, was: AbstractSet[str], new: AbstractSet[str]) -> float:
        """The weight of words that differ only in a few letters."""
        found = 0.0
        left = sorted(new)[:_MOST_OTHERS]
        for word in sorted(was)[:_MOST_OTHERS]:
            likest = max(left, key=lambda one: _letters_in_common(word, one), default="")
            share = _letters_in_common(word, likest)
            if share >= _MISSPELT:
                left.remove(likest)
                found += share * (self._weight({word}) + self._weight({likest}))
        return found

    def _weight(self, words: AbstractSet[str]) -> float:
        frequencies = (max(self._frequency[word], 1) for word in words)
        return sum(math.log(1 + self._notes / frequency) for frequency in frequencies)


def _letters_in_common(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio() if one and other else 0.0


def _words(texts: Texts) -> list[str]:
    return [word for text in texts.values() for word in _WORD.findall(text.casefold())]


def _marks(texts: Texts) -> set[str]:
    """What leads to similar notes: words, the first text, and the letters of its parts."""
    key, first = first_of(texts)
    parts = {f"…{first[at : at + 3]}" for at in range(max(len(first) - 2, 1))}
    return {*_words(texts), f"{key}:{first}", *parts}


def _numbers(texts: Texts) -> list[str]:
    return sorted(number for text in texts.values() for number in _NUMBER.findall(text))
