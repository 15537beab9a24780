"""Reusable results of templates: the same templates and values always give the same text.

Importing Jinja2 and compiling templates takes longer than all the rest of a small build.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, TypeVar

T = TypeVar("T")

# Enough for the layouts of a hundred note types, but a limit for huge decks.
MOST = 5000


class Results:
    """The results of one set of templates: `earlier` ones of other runs, `used` ones of this run.

    `lasting` says whether they are saved for later runs, so that storing more of them pays off.
    """

    def __init__(self, earlier: Mapping[str, Any] | None = None, *, lasting: bool = False) -> None:
        self.lasting = lasting
        self.used: dict[str, Any] = {}
        self._earlier = earlier or {}

    def recall(self, what: object, make: Callable[[], T | None]) -> T | None:
        """The result of `make` for the input `what`: a text, or a value identified by its repr.

        Results are JSON values: texts and lists. None, by which `make` reports a failure, is not
        stored.
        """
        key = what if isinstance(what, str) else key_of(what)
        if key in self.used:
            return self.used[key]  # type: ignore[no-any-return]
        value = self._earlier.get(key)
        if value is None:
            value = make()
        if value is not None and len(self.used) < MOST:
            self.used[key] = value
        return value

    def knows(self, key: str) -> bool:
        """Whether `recall` has a result for the input."""
        return key in self.used or key in self._earlier


def key_of(what: object) -> str:
    """The input that a value is, as `recall` takes it."""
    return sha256(repr(what).encode("utf-8", "surrogatepass")).hexdigest()
