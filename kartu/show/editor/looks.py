"""All cards in all looks, as `kartu preview` shows them: of the project that is being edited."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from threading import Lock
from typing import Any

from kartu.show.editor.feed import Feed
from kartu.show.editor.page import FRAME_HEADERS, PageFile
from kartu.show.gallery.pages import FRAME
from kartu.show.preview.live import Live

_KINDS = {"": "text/html", "html": "text/html", "css": "text/css", "js": "text/javascript"}

InThread = Callable[[Callable[[], int]], Any]


class Looks:
    """The page's files; the cards are compiled once somebody looks, and after changes.

    Args:
        cache: A folder for results that later runs can use, None for nowhere.
    """

    def __init__(self, root: Path, cache: Path | None, feed: Feed) -> None:
        self._live = Live(root, (), cache, editor=True)
        self._feed = feed
        self._built = 0  # the number of the state that was compiled
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
        with self._lock:
            number = self._feed.number
            if self._built != number:
                self._live.build()
                self._built = number
            return self._live.number

    async def stream(self, in_thread: InThread) -> AsyncIterator[str]:
        """Yields the number of what the page shows, now and after each change, until the end."""
        seen = 0
        async for _event in self._feed.stream():
            number = await in_thread(self.build)
            yield f"data: {number}\n\n" if number != seen else ": still here\n\n"
            seen = number
