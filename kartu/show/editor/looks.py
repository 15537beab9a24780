"""All cards in all looks: a page of its own, beside the desk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from threading import Lock
from typing import Any

from kartu.show.editor.checking import Checked
from kartu.show.editor.feed import Feed
from kartu.show.editor.live import Live
from kartu.show.editor.page import FRAME_HEADERS, PageFile
from kartu.show.gallery.pages import FRAME

_KINDS = {"": "text/html", "html": "text/html", "css": "text/css", "js": "text/javascript"}

InThread = Callable[[Callable[[], int]], Any]


class Looks:
    """The page's files; the cards are compiled once somebody looks, and after changes.

    Args:
        live: What the page shows.
        feed: Counts the states of the project.
        checked: Returns what the last check of the desk found.
    """

    def __init__(self, live: Live, feed: Feed, checked: Callable[[], Checked]) -> None:
        self._live = live
        self._feed = feed
        self._checked = checked
        self._built = 0  # the number of the state that was compiled
        self._taken = 0  # and of the one whose check is shown
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
        """Compiles what was changed; returns the number of what the page shows then.

        What is wrong beyond that is shown as soon as the desk's own check has found it.
        """
        if self._is_shown():
            return self._live.number
        with self._lock:
            number, checked = self._feed.number, self._checked()
            if self._built != number:
                self._live.build()
                self._built = number
            if checked.number == number != self._taken:
                self._live.take(checked.all)
                self._taken = number
            return self._live.number

    def _is_shown(self) -> bool:
        number = self._feed.number
        return self._built == number and (self._taken == number or self._checked().number != number)

    def wait(self) -> None:
        """Returns once nothing is being compiled for the page."""
        with self._lock:
            pass

    async def stream(self, in_thread: InThread) -> AsyncIterator[str]:
        """Yields the number of what the page shows, now and after each change, until the end."""
        seen = 0
        async for _event in self._feed.stream():
            number = await in_thread(self.build)
            yield f"data: {number}\n\n" if number != seen else ": still here\n\n"
            seen = number
