"""The clock, and the times that are written into packages and ledgers."""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING

from kartu.core.language import _
from kartu.core.usage import UsageError

if TYPE_CHECKING:
    from datetime import date

# Anki derives ids from times; it would take those of earlier times for something else, and a ledger
# holds no others.
EARLIEST, LATEST = 946_684_800, 2**32  # 2000-01-01, 2106-02-07

_DAY = 86_400


def is_ahead(seconds: int) -> bool:
    """Whether a time, in seconds since 1970, is so far in the future that a clock must be wrong.

    Valid times can be slightly ahead too: of two releases within one second, the newer gets the
    time of the older plus one, and the clocks of two machines differ. A day is more than either.
    """
    return seconds > time.time() + _DAY


def now() -> int:
    """The computer's time in seconds; UsageError where it cannot be right."""
    found = int(time.time())
    if not EARLIEST <= found < LATEST:
        when = time.strftime("%Y-%m-%d", time.gmtime(found))
        raise UsageError(
            _("this computer's clock says it is {date}: set it right first", date=when)
        )
    return found


def today() -> date:
    """The date of `build_time()`, against which the dates in sources are compared."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(build_time(), UTC).date()


def build_time(given: int | None = None) -> int:
    """The time for unreleased content: `given`, else SOURCE_DATE_EPOCH, else now.

    Args:
        given: seconds since 1970.

    Raises:
        UsageError: for a time that a package cannot have.
    """
    written = os.environ.get("SOURCE_DATE_EPOCH", "") if given is None else str(given)
    if not written:
        return now()
    if not re.fullmatch(r"[0-9]{9,10}", written) or not EARLIEST <= int(written) < LATEST:
        what = "SOURCE_DATE_EPOCH" if given is None else "time"
        raise UsageError(
            _(
                '{name} must be a time after 2000 in seconds since 1970, not "{written}"',
                name=what,
                written=written,
            )
        )
    return int(written)
