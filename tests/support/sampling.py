"""How much of a long series of cases is tested.

README's command takes a fixed sample, `.ci/run` (KARTU_ALL_TESTS=ci) three times as much, and
KARTU_ALL_TESTS=1 all. A sample is for laws that a fault of kartu or of a template breaks in any
case; a law that a single case can break is always tested on all.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_ASKED = os.environ.get("KARTU_ALL_TESTS", "")
WHOLE = _ASKED not in ("", "ci")


def _step(every: int) -> int:
    if WHOLE:
        return 1
    return -(-every // 3) if _ASKED else every


def sampled(cases: Sequence[T], every: int) -> Sequence[T]:
    """Returns each `every`-th case from the first on, or more of them."""
    return cases[:: _step(every)]


def examples(number: int, every: int) -> int:
    """Returns the number of examples for hypothesis: one `every`-th of `number`, or more."""
    return number // _step(every)
