"""Times that are stamped, and the clock."""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING

from kartu.core.usage import UsageError

if TYPE_CHECKING:
    from datetime import date

# Before 2000 a package's times would be ids that Anki takes for something else, and a ledger holds
# no others.
_EARLIEST, _LATEST = 946_684_800, 2**32

_DAY = 86_400


def is_ahead(seconds: int) -> bool:
    """Whether a stamped time, in seconds since 1970, can only come from a wrong clock.

    Some of what is sound is ahead too: of two releases within a second, the newer is stamped one
    later than the older, and the clocks of two machines differ. A day is more than either.
    """
    return seconds > time.time() + _DAY


def now() -> int:
    """The computer's time in seconds; UsageError where it cannot be right."""
    found = int(time.time())
    if not _EARLIEST <= found < _LATEST:
        when = time.strftime("%Y-%m-%d", time.gmtime(found))
        raise UsageError(f"this computer says it is {when}: set its clock right first")
    return found


def today() -> date:
    """The day of build_time(), by which old dates are judged."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(build_time(), UTC).date()


def build_time(given: int | None = None) -> int:
    """The time of what is not released yet, in seconds: given, else SOURCE_DATE_EPOCH, else now.

    Raises UsageError for a time that a package cannot have.
    """
    written = os.environ.get("SOURCE_DATE_EPOCH", "") if given is None else str(given)
    if not written:
        return now()
    if not re.fullmatch(r"[0-9]{9,10}", written) or not _EARLIEST <= int(written) < _LATEST:
        what = "SOURCE_DATE_EPOCH" if given is None else "time"
        raise UsageError(f'{what} must be seconds since 1970 after 2000, not "{written}"')
    return int(written)
