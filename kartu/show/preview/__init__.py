"""`kartu preview`: the cards in a browser, renewed whenever a file is saved."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple

from kartu.core.language import _
from kartu.core.model import Project, upstream_of
from kartu.core.shipped import SHIPPED, TEMPLATES
from kartu.core.usage import UsageError
from kartu.load import deck_names, load_project
from kartu.load.files import Files
from kartu.show.preview.live import Live
from kartu.show.preview.server import Server
from kartu.show.preview.watch import changes


class PreviewOptions(NamedTuple):
    """`root` contains cards/ and templates/; `decks` are folder names, none meaning all.

    `cache` is the folder of the template cache; `port` is 0 for any free one.
    """

    root: Path
    decks: tuple[str, ...] = ()
    cache: Path | None = None
    port: int = 0


class Preview(NamedTuple):
    """A running preview: its address and its state."""

    address: str
    live: Live
    root: Path

    def follow(self, report: Callable[[Live], None], stop: Event) -> None:
        """Rebuilds after each change of a file, until `stop` is set; calls `report` each time.

        Of what changed before the watch began it is called only where something did.
        """
        files = Files(self.root)
        folders = [Path(files.path(one)) for one in watched(load_project(self.root)[0])]
        deep = files.one is None  # a file may lie in a folder with everything that somebody has
        seen = self.live.number
        for number, _rest in enumerate(changes(folders, stop, deep=deep)):
            self.live.build()
            if number or self.live.number != seen:
                report(self.live)
            gc.collect()  # commands run without automatic collection: see kartu.cli


def watched(project: Project) -> list[str]:
    """Returns the folders of a project's files, with those of decks that its decks extend."""
    extending = (deck for deck in project.decks if deck.upstream)
    extended = dict.fromkeys(path for deck in extending for path in upstream_of(deck))
    return ["cards", TEMPLATES, SHIPPED, *extended]


@contextmanager
def preview(options: PreviewOptions) -> Iterator[Preview]:
    """Serves the cards, as they are now, on a loopback address.

    Raises:
        UsageError: A deck does not exist, or the port is in use.
    """
    if not deck_names(options.root):
        raise UsageError(
            _(
                "there is no deck in {folder}; name the project with -C",
                folder=options.root / "cards",
            )
        )
    live = Live(options.root, options.decks, options.cache)
    live.build()
    if isinstance(live.failure, UsageError):
        raise live.failure
    try:
        server = Server(live, options.port)
    except OSError as error:
        raise UsageError(
            _("cannot serve on port {port}: {reason}", port=options.port, reason=error.strerror)
        ) from error
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Preview(server.address, live, options.root)
    finally:
        server.shutdown()
        server.server_close()
