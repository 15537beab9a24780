"""How much of a long series of cases is tested: a fixed sample, or all with KARTU_ALL_TESTS=1.

`.ci/run` (KARTU_ALL_TESTS=ci) takes twice the sample. It is for laws that a fault of kartu or of a
template breaks in any case; a law that a single case can break is always tested on all.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_ALL = os.environ.get("KARTU_ALL_TESTS", "")
WHOLE = _ALL not in ("", "ci")
QUICK = not _ALL  # the run that README names


def sampled(cases: Sequence[T], every: int) -> Sequence[T]:
    """Returns each `every`-th case from the first on, or all."""
    return cases[:: _step(every)]


def examples(number: int, every: int) -> int:
    """Returns the number of examples for hypothesis: `number`, or one `every`-th of it."""
    return number // _step(every)


def _step(every: int) -> int:
    return 1 if WHOLE else (every + 1) // 2 if _ALL else every
