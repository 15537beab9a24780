"""The count of states of an open project, for which pages wait."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from threading import Lock

_PING = 10.0  # seconds after which a closed page is noticed


class Feed:
    """Counts what changed; threads count, and streams of one event loop wait."""

    def __init__(self) -> None:
        self.number = 1
        self.checked = 0
        self.ended = False
        self._lock = Lock()
        self._alone_since = time.monotonic()
        self._waiting: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}

    def changed(self) -> int:
        """Counts a change of the project; returns the number of the state that it makes."""
        with self._lock:
            self.number += 1
        self._wake()
        return self.number

    def check_done(self) -> None:
        """Counts a finished check."""
        with self._lock:
            self.checked += 1
        self._wake()

    def seconds_alone(self) -> float:
        """Returns for how long no page has been open."""
        with self._lock:
            return 0 if self._waiting else time.monotonic() - self._alone_since

    def end(self) -> None:
        """Ends all streams."""
        self.ended = True
        self._wake()

    async def stream(self) -> AsyncIterator[str]:
        """Yields an event for the present state and for each later one, until `end`."""
        event = asyncio.Event()
        with self._lock:
            self._waiting[event] = asyncio.get_running_loop()
        seen = (0, 0)  # a check may have ended before the page listens
        try:
            while not self.ended:
                now = (self.number, self.checked)
                event.clear()
                if now != seen:
                    value: dict[str, object] = {"number": now[0]}
                    value |= {"checked": True} if now[1] != seen[1] else {}
                    yield f"data: {json.dumps(value)}\n\n"
                    seen = now
                elif not self.ended:
                    yield ": still here\n\n"
                if (self.number, self.checked) == seen and not self.ended:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(event.wait(), _PING)
        finally:
            with self._lock:
                del self._waiting[event]
                self._alone_since = time.monotonic()

    def _wake(self) -> None:
        with self._lock:
            waiting = list(self._waiting.items())
        for event, loop in waiting:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(event.set)
