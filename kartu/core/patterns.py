"""Regular expressions that are compiled when they are used first.

Compiling all that a build may need takes longer than many a build; a small deck needs few of them.
"""

from __future__ import annotations

import re
from typing import Any, cast


class _Later:
    """Looks like the compiled pattern, whose attributes it has as soon as one is asked for."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(self._pattern, self._flags)
        found = getattr(compiled, name)
        setattr(self, name, found)  # the next time it is there as it is in the compiled one
        return found


def pattern(source: str, flags: int = 0) -> re.Pattern[str]:
    """What `re.compile` gives, compiled at its first use."""
    return cast("re.Pattern[str]", _Later(source, flags))
