"""A function run in a thread while the main thread is in native code."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class BackgroundTask(Generic[T]):
    """A function that runs in its own thread after `start`.

    The standard library's futures do the same, but importing them takes longer than most builds
    gain.
    """

    def __init__(self, function: Callable[[], T]) -> None:
        self._function = function
        context = copy_context()  # errors are in the language of the starting thread
        self._thread = Thread(target=context.run, args=(self._run,))
        self._error: BaseException | None = None
        self._value: T

    def start(self) -> None:
        self._thread.start()

    def result(self) -> T:
        """Waits for the function and returns its result, or raises its exception."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._value

    def _run(self) -> None:
        try:
            self._value = self._function()
        except BaseException as error:  # raised again by `result`
            self._error = error
