"""Which row is which note: laws over whole decks whose notes have no ids.

What is asked for is answered by nobody: a wrong identity is one that the rules gave on their own.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from support.histories import KINDS, OPERATIONS, Deck, History, Item, homonyms_of
from support.sampling import examples

from kartu.core.source import Span
from kartu.load.ids.likeness import proposed
from kartu.load.ids.matching import matched
from kartu.load.ids.values import Row, Saved

RUNS = int(os.environ.get("KARTU_IDS_RUNS", "0")) or examples(60, 3)


def saved_of(deck: Deck) -> list[Saved]:
    return [
        Saved(f"n{one.id:04}", "dasar", "", (one.texts,), gone=False, path=one.file)
        for one in sorted(deck)
    ]


def rows_of(deck: Deck) -> list[Row]:
    rows = [Row(Span(one.file, at + 2), "dasar", "", one.texts) for at, one in enumerate(deck)]
    order = sorted(range(len(rows)), key=lambda at: rows[at].place)
    deck[:] = [deck[at] for at in order]
    return [rows[at] for at in order]


class Outcome(NamedTuple):
    wrong: list[tuple[Item, Item]]
    homonyms: int
    asked: bool


def outcome(before: Deck, after: Deck) -> Outcome:
    """What the rules give the notes, and whether a person would be asked."""
    saved, rows = saved_of(before), rows_of(after)
    olds = {f"n{one.id:04}": one for one in before}
    found = matched(saved, rows)
    wrong, homonyms = [], 0
    for row, old in found.items():
        was, now = olds[saved[old].id], after[row]
        if was.id != now.id:
            if homonyms_of(was, now):
                homonyms += 1
            else:
                wrong.append((was, now))
    return Outcome(wrong, homonyms, bool(proposed(saved, rows, found)))


COUNTS: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
@settings(
    max_examples=RUNS,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(
    seed=st.integers(0, 2**32), steps=st.lists(st.sampled_from(OPERATIONS), min_size=1, max_size=4)
)
def test_no_identity_goes_to_another_question(
    kind: str, seed: int, steps: list[Callable[[History], None]]
) -> None:
    """Whatever is done to a list between two builds, no rule takes one question for another."""
    history = History(kind, random.Random(seed))
    before = list(history.deck)
    for step in steps:
        step(history)
    found = outcome(before, list(history.deck))
    counts = COUNTS[kind]
    counts["runs"] += 1
    counts["asked"] += found.asked
    counts["homonyms"] += found.homonyms
    counts["wrong"] += len(found.wrong)
    assert not found.wrong, ([step.__name__ for step in steps], found.wrong[:3])
