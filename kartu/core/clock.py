"""Times that are stamped, and the clock."""

from __future__ import annotations

import time

_DAY = 86_400


def is_ahead(seconds: int) -> bool:
    """Whether a stamped time, in seconds since 1970, can only come from a wrong clock.

    Some of what is sound is ahead too: of two releases within a second, the newer is stamped one
    later than the older, and the clocks of two machines differ. A day is more than either.
    """
    return seconds > time.time() + _DAY
