"""Which row is which note: rules that decide, by equal texts alone.

All notes of a deck are one pool. A note is found by all of its texts or, failing that, by its
first one; in doubt it is not found, and a person decides (`likeness` proposes).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

from kartu.load.ids.values import Row, Saved, Texts, first_of, folded

# Where more of a file's notes have changed, their first texts may have moved to other rows.
_MOST_CHANGED = 1 / 5
_MOST_FIELD_SETS = 64

Key = Hashable
_Doubts = Callable[[int, int], bool]


def matched(saved: Sequence[Saved], rows: Sequence[Row]) -> dict[int, int]:
    """Returns which of the `saved` notes each of the `rows` is, both by index."""
    found = _Matching(saved, rows)
    rules = (
        *(found.by_guid, found.by_equal_texts, found.by_folded_texts),
        *(found.by_common_fields, found.by_first_text),
    )
    for rule in rules:
        if len(found.of_rows) < len(rows) and len(found.taken) < len(saved):
            rule()
    return found.of_rows


class _Matching:
    def __init__(self, saved: Sequence[Saved], rows: Sequence[Row]) -> None:
        self.saved = saved
        self.rows = rows
        self.of_rows: dict[int, int] = {}
        self.taken: set[int] = set()

    def by_guid(self) -> None:
        """Rows with a GUID of their own, which is permanent as well."""
        olds = _groups(enumerate(one.guid for one in self.saved))
        rows = _groups(enumerate(one.guid for one in self.rows))
        for guid in rows.keys() & olds.keys():
            if guid and len(olds[guid]) == len(rows[guid]) == 1:
                self._take(rows[guid][0], olds[guid][0])

    def by_equal_texts(self) -> None:
        """Notes of which all texts are the same to the letter; equal ones in order."""
        olds, rows = self._index(_letters)
        wanted = Counter(
            old for key, places in rows.items() for old in set(olds.get(key, ())) if places
        )
        for key, places in rows.items():
            clear = [old for old in olds.get(key, ()) if wanted[old] == 1]
            self._pair(places, sorted(clear, key=lambda old: (self.saved[old].gone, old)))

    def by_folded_texts(self) -> None:
        """Notes of which all texts are the same but for case, white space and punctuation."""
        olds, rows = self._index(_folded)
        for key, places in rows.items():
            self._pair_if_alike(places, olds.get(key, []))

    def by_common_fields(self) -> None:
        """Notes with a field more or less, the others being the same."""
        before = {
            (one.note_type, frozenset(texts))
            for place, one in enumerate(self.saved)
            if place not in self.taken
            for texts in one.versions
        }
        now = {(one.note_type, frozenset(one.texts)) for one in self._unfound()}
        common = {(kind, old & new) for kind, old in before for other, new in now if kind == other}
        doubts = self._doubts()
        for kind, keys in sorted(common, key=_most_fields_first)[:_MOST_FIELD_SETS]:
            self._by_fields(kind, keys, doubts)

    def _by_fields(self, kind: str, keys: frozenset[str], doubts: _Doubts) -> None:
        def key_of(note_type: str, texts: Texts) -> Key | None:
            if note_type != kind or not keys <= texts.keys() or first_of(texts)[0] not in keys:
                return None
            return frozenset((key, folded(texts[key])) for key in keys)

        olds, rows = self._index(key_of)
        for key, places in rows.items():
            here = olds.get(key, [])
            added = all(texts.keys() == keys for old in here for texts in self.saved[old].versions)
            unique = len(here) == len(places) == 1 and len(keys) > 1
            clear = [one for one in places if not any(doubts(one, old) for old in here)]
            if (added or unique) and clear == places:
                self._pair_if_alike(places, here)

    def by_first_text(self) -> None:
        """Notes whose first text no other note has, if most of their file is unchanged."""
        olds, rows = self._index(_first)
        doubts, changed = self._doubts(), self._much_changed()
        for key, places in rows.items():
            here = olds.get(key, [])
            if len(places) == len(here) == 1 and not self.saved[here[0]].gone:
                path = self.saved[here[0]].path
                if path not in changed and not doubts(places[0], here[0]):
                    self._pair(places, here)

    # --- pairs ---------------------------------------------------------------------------------

    def _pair_if_alike(self, rows: Sequence[int], olds: Sequence[int]) -> None:
        """Pairs what is not found yet, in order, unless it differs in what was left out."""
        waiting = [row for row in rows if row not in self.of_rows]
        before = {_letters_of(texts) for old in olds for texts in self.saved[old].versions}
        now = {_letters_of(self.rows[row].texts) for row in waiting}
        if len(now) == 1 and (len(before) == 1 or len(set(olds)) == 1):
            self._pair(waiting, olds)

    def _pair(self, rows: Iterable[int], olds: Iterable[int]) -> None:
        free = [old for old in dict.fromkeys(olds) if old not in self.taken]
        waiting = [row for row in rows if row not in self.of_rows]
        for row, old in zip(waiting, free, strict=False):
            self._take(row, old)

    def _take(self, row: int, old: int) -> None:
        self.of_rows[row] = old
        self.taken.add(old)

    # --- what is there -------------------------------------------------------------------------

    def _unfound(self) -> list[Row]:
        return [row for place, row in enumerate(self.rows) if place not in self.of_rows]

    def _index(
        self, key_of: Callable[[str, Texts], Key | None]
    ) -> tuple[dict[Key, list[int]], dict[Key, list[int]]]:
        """Saved notes and rows by a key of their texts; each note once for each key."""
        olds: dict[Key, list[int]] = defaultdict(list)
        for place, one in enumerate(self.saved):
            for key in {key_of(one.note_type, texts) for texts in one.versions} - {None}:
                olds[key].append(place)
        rows: dict[Key, list[int]] = defaultdict(list)
        for place, row in enumerate(self.rows):
            key = key_of(row.note_type, row.texts)
            if key is not None and row.texts:
                rows[key].append(place)
        return olds, rows

    def _doubts(self) -> _Doubts:
        """Whether a row has a text, other than a saved note's, of another one that is missing."""
        missing: dict[str, set[int]] = defaultdict(set)
        for place, one in enumerate(self.saved):
            if place not in self.taken and not one.gone:
                for text in _all_texts(one):
                    missing[text].add(place)

        def doubts(row: int, old: int) -> bool:
            own = _all_texts(self.saved[old])
            others = {folded(text) for text in self.rows[row].texts.values()} - own
            return any(missing.get(text, set()) - {old} for text in others)

        return doubts

    def _much_changed(self) -> set[str]:
        """The card sets of which too many notes are missing."""
        live = [(place, one.path) for place, one in enumerate(self.saved) if not one.gone]
        all_of = Counter(path for _place, path in live)
        missing = Counter(path for place, path in live if place not in self.taken)
        return {
            path
            for path, number in missing.items()
            if missing.total() > 1 and number > all_of[path] * _MOST_CHANGED
        }


def _groups(keys: Iterable[tuple[int, str]]) -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for place, key in keys:
        found[key].append(place)
    return found


def _all_texts(one: Saved) -> set[str]:
    return {folded(text) for texts in one.versions for text in texts.values()}


def _letters_of(texts: Texts) -> frozenset[tuple[str, str]]:
    return frozenset(texts.items())


def _letters(note_type: str, texts: Texts) -> Key:
    return note_type, _letters_of(texts)


def _folded(note_type: str, texts: Texts) -> Key:
    return note_type, frozenset((key, folded(text)) for key, text in texts.items())


def _first(note_type: str, texts: Texts) -> Key:
    return note_type, *first_of(texts)


def _most_fields_first(one: tuple[str, frozenset[str]]) -> tuple[int, str, list[str]]:
    return -len(one[1]), one[0], sorted(one[1])
