"""All cards in all looks: a page of its own, beside the desk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from threading import Lock
from typing import Any

from kartu.show.editor.feed import Feed
from kartu.show.editor.live import Live
from kartu.show.editor.page import FRAME_HEADERS, PageFile
from kartu.show.gallery.pages import FRAME

_KINDS = {"": "text/html", "html": "text/html", "css": "text/css", "js": "text/javascript"}

InThread = Callable[[Callable[[], int]], Any]


class Looks:
    """The page's files; the cards are compiled once somebody looks, and after changes."""

    def __init__(self, live: Live, feed: Feed) -> None:
        self._live = live
        self._feed = feed
        self._built = self._reviewed = 0  # the numbers of the states that were
        self._lock = Lock()

    def get(self, path: str) -> PageFile | None:
        """Returns one of the page's files as it is now, None if there is none of that name."""
        self.build()
        content = self._live.get(path)
        if content is None:
            return None
        kind = _KINDS.get(path.rpartition("/")[2].rpartition(".")[2], "text/plain")
        return PageFile(kind, content, FRAME_HEADERS if path == FRAME else {})

    def build(self) -> int:
        """Compiles what was changed; returns the number of what the page shows then."""
        if self._built == self._feed.number:  # a page does not wait for the review of its cards
            return self._live.number
        with self._lock:
            number = self._feed.number
            if self._built != number:
                self._live.build()
                self._built = number
            return self._live.number

    def review(self) -> int:
        """Reviews what was compiled; returns the number of what the page shows then."""
        with self._lock:
            if self._reviewed != self._built:
                self._live.review()
                self._reviewed = self._built
            return self._live.number

    async def stream(self, in_thread: InThread) -> AsyncIterator[str]:
        """Yields the number of what the page shows, now and after each change, until the end."""
        seen = 0
        async for _event in self._feed.stream():
            for step in (self.build, self.review):
                number = await in_thread(step)
                yield f"data: {number}\n\n" if number != seen else ": still here\n\n"
                seen = number
