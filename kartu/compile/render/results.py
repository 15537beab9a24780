"""Results of templates: the same templates and the same values give the same text again.

Importing Jinja2 and compiling templates takes longer than all the rest of a small build.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, TypeVar

T = TypeVar("T")

# Enough for the layouts of a hundred note types; a huge deck must not fill a huge cache.
MOST = 5000


class Results:
    """What one set of templates gave: `earlier` in other runs, `used` in this one.

    `lasting` says whether a later run gets those of this one, so that making more of them pays.
    """

    def __init__(self, earlier: Mapping[str, Any] | None = None, *, lasting: bool = False) -> None:
        self.lasting = lasting
        self.used: dict[str, Any] = {}
        self._earlier = earlier or {}

    def recall(self, what: object, make: Callable[[], T | None]) -> T | None:
        """The result of `make` for the input `what`: a text, or a value whose repr is all of it.

        Results are values of JSON: texts and lists. None, by which `make` says that something was
        wrong, is made again each time.
        """
        key = what if isinstance(what, str) else _hash(repr(what))
        if key in self.used:
            return self.used[key]  # type: ignore[no-any-return]
        value = self._earlier.get(key)
        if value is None:
            value = make()
        if value is not None and len(self.used) < MOST:
            self.used[key] = value
        return value


def _hash(content: str) -> str:
    return sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
