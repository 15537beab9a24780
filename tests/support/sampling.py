"""How much of a long series of cases is tested: a fixed sample, or all with KARTU_ALL_TESTS=1.

`.ci/run` (KARTU_ALL_TESTS=ci) takes the sample too. It is for laws that a fault of kartu or of a
template breaks in any case; a law that a single case can break is always tested on all.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

WHOLE = os.environ.get("KARTU_ALL_TESTS", "") not in ("", "ci")


def sampled(cases: Sequence[T], every: int) -> Sequence[T]:
    """Returns each `every`-th case from the first on, or all."""
    return cases if WHOLE else cases[::every]


def examples(number: int, every: int) -> int:
    """Returns the number of examples for hypothesis: `number`, or one `every`-th of it."""
    return number if WHOLE else number // every
