"""Work that is done while another thread waits for what is not Python."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class Beside(Generic[T]):
    """A function that runs in a thread of its own from `start` on.

    The standard library's futures do the same, but importing them takes longer than most builds
    gain.
    """

    def __init__(self, function: Callable[[], T]) -> None:
        self._function = function
        self._thread = Thread(target=self._run)
        self._error: BaseException | None = None
        self._value: T

    def start(self) -> None:
        self._thread.start()

    def result(self) -> T:
        """What the function gave, as soon as it is there; raises what it raised."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._value

    def _run(self) -> None:
        try:
            self._value = self._function()
        except BaseException as error:  # it is told by `result`
            self._error = error
