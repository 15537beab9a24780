"""`kartu preview`: the cards in a browser, renewed whenever a file is saved."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple

from kartu.core.model import upstream_of
from kartu.core.usage import UsageError
from kartu.load import deck_names, load_project
from kartu.show.preview.live import Live
from kartu.show.preview.server import Server
from kartu.show.preview.watch import changes


class PreviewOptions(NamedTuple):
    """`root` holds cards/ and templates/; `decks` are folder names, none meaning all.

    `cache` is where results of templates are kept, `port` is 0 for any that is free.
    """

    root: Path
    decks: tuple[str, ...] = ()
    cache: Path | None = None
    port: int = 0


class Preview(NamedTuple):
    """A preview that runs: its address, and what tells of it after each build."""

    address: str
    live: Live
    root: Path

    def follow(self, tell: Callable[[Live], None], stop: Event) -> None:
        """Builds again after each change of a file, until `stop` is set; `tell` hears of it."""
        for _ in changes([self.root / folder for folder in watched(self.root)], stop):
            self.live.build()
            tell(self.live)
            gc.collect()  # no command does this by itself: see kartu.cli


def watched(root: Path) -> list[str]:
    """Where the project's files lie, with those of decks that its decks extend."""
    project, _ = load_project(root)
    extending = (deck for deck in project.decks if deck.upstream)
    extended = dict.fromkeys(path for deck in extending for path in upstream_of(deck))
    return ["cards", "templates", *extended]


@contextmanager
def preview(options: PreviewOptions) -> Iterator[Preview]:
    """Serves the cards, as they are now, on an address of this computer alone.

    Raises UsageError for a deck that does not exist and for a port that is taken.
    """
    if not deck_names(options.root):
        raise UsageError(f"there is no deck in {options.root}/cards; name the project with -C")
    live = Live(options.root, options.decks, options.cache)
    live.build()
    if isinstance(live.failure, UsageError):
        raise live.failure
    try:
        server = Server(live, options.port)
    except OSError as error:
        raise UsageError(f"cannot serve on port {options.port}: {error.strerror}") from error
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Preview(server.address, live, options.root)
    finally:
        server.shutdown()
        server.server_close()
