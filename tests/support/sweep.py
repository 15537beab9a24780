"""How much of a long sweep is tried: a fixed sample, or all of it where KARTU_ALL_TESTS is set.

.ci/run sets it. A sample is for laws of which any case would show a fault of kartu or of a
template; a law that a single case can break is tried whole everywhere.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

WHOLE = "KARTU_ALL_TESTS" in os.environ


def sampled(cases: Sequence[T], every: int) -> Sequence[T]:
    """Each `every`-th case from the first on, or all."""
    return cases if WHOLE else cases[::every]


def examples(number: int, every: int) -> int:
    """How many examples hypothesis makes: one `every`-th of `number`, or all."""
    return number if WHOLE else number // every
