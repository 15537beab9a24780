"""Regular expressions that are compiled on first use.

Compiling all of them takes longer than a small build, which needs only a few.
"""

from __future__ import annotations

import re
from typing import Any, cast


class _LazyPattern:
    """A proxy for a compiled pattern, which compiles it on the first access to an attribute."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(self._pattern, self._flags)
        found = getattr(compiled, name)
        setattr(self, name, found)  # later accesses find it directly
        return found


def pattern(source: str, flags: int = 0) -> re.Pattern[str]:
    """The same as `re.compile`, but compiled on first use."""
    return cast("re.Pattern[str]", _LazyPattern(source, flags))
