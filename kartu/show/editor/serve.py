"""The server of the page: the only module that imports uvicorn.

What uvicorn leaves to others is here: a request whose head does not come to its end, more
connections than a page has, and streams that are open when the program ends.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import copy_context
from hashlib import sha256
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, NamedTuple, Self

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from kartu.core.language import _, current
from kartu.core.usage import UsageError
from kartu.load import deck_names
from kartu.load.chosen import check_names
from kartu.load.files import Files
from kartu.show.editor.app import app_of
from kartu.show.editor.desk import Desk
from kartu.show.editor.feed import Feed
from kartu.show.editor.guard import HOST, SECONDS, Door
from kartu.show.editor.watch import changes, watched

_FIRST_PORT, _PORTS = 20_000, 12_000  # below those that systems give out themselves
_MOST_CONNECTIONS = 200
_GRACE = 2  # seconds for answers that are under way at the end


class EditOptions(NamedTuple):
    """`root` contains cards/ and templates/, or is a file that is a deck.

    Of the named `decks` the first one is opened first; `history` is the folder of histories, None
    for in memory; `port` is 0 for the project's own or, where that is in use, any; `cache` is a
    folder for results that later runs can use; `seconds` is how long a request may take to arrive.
    Where nothing `edits`, the cards of the named decks are only shown, all for none, on any port.
    """

    root: Path
    decks: tuple[str, ...] = ()
    history: Path | None = None
    port: int = 0
    cache: Path | None = None
    seconds: float = SECONDS
    edits: bool = True


class Editing(NamedTuple):
    """A running editor: its address and its project.

    `seconds_alone` tells for how long no page has been open, those of other projects included.
    """

    address: str
    desk: Desk
    report: Callable[[Exception], None]
    seconds_alone: Callable[[], float]

    def follow(self, stop: Event) -> None:
        """Shows changes of files on the disk, and checks, until `stop` is set."""
        desk = self.desk
        files = Files(desk.root)
        folders = [Path(files.path(one)) for one in watched(desk.session.opened.project)]
        run = copy_context().run
        checks = Thread(target=run, args=(desk.checker.run, stop, self.report), daemon=True)
        checks.start()
        for _change in changes(folders, stop, deep=files.one is None):
            try:
                desk.refresh()
            except Exception as error:  # a fault of ours must not end the editor
                self.report(error)
        desk.checker.wake()
        checks.join(_GRACE)


@contextmanager
def editing(options: EditOptions, report: Callable[[Exception], None]) -> Iterator[Editing]:
    """Serves the editor of a project on a loopback address.

    Other projects that its page opens are served beside it, each with a port and secret of its own.

    Args:
        report: Called with each fault of ours that a call ends in.

    Raises:
        UsageError: There is no such deck, the port is in use, or the history cannot be written;
            where nothing `edits`, also if there is no deck at all.
    """
    with _Others(options, report) as others, _serving(options, report, others) as running:
        others.know(running)
        yield running


class _Others:
    """The editors of all projects that were opened by one command; they end with it."""

    def __init__(self, options: EditOptions, report: Callable[[Exception], None]) -> None:
        self._options = options._replace(decks=(), port=0)
        self._report = report
        self._addresses: dict[str, str] = {}
        self._feeds: list[Feed] = []
        self._stack = ExitStack()
        self._lock = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def know(self, running: Editing) -> None:
        """Takes down where a project is open."""
        self._addresses[os.path.realpath(running.desk.root)] = running.address
        self._feeds.append(running.desk.feed)

    def seconds_alone(self) -> float:
        """Returns for how long no page of any project has been open."""
        return min(feed.seconds_alone() for feed in self._feeds)

    def open(self, root: Path) -> str:
        """Returns the address of a project's page, which is served from now on."""
        with self._lock:
            known = self._addresses.get(os.path.realpath(root))
            if known is not None:
                return known
            options = self._options._replace(root=root)
            running = self._stack.enter_context(_serving(options, self._report, self))
            stop = Event()
            follow = (running.follow, stop)
            thread = Thread(target=copy_context().run, args=follow, daemon=True)
            self._stack.callback(thread.join, _GRACE)
            self._stack.callback(stop.set)
            thread.start()
            self.know(running)
            return running.address


@contextmanager
def _serving(
    options: EditOptions, report: Callable[[Exception], None], others: _Others
) -> Iterator[Editing]:
    _check_decks(options)
    listening = _listening(options)
    try:
        desk = Desk(
            options.root, options.history, options.decks, options.cache, edits=options.edits
        )
    except OSError as error:
        listening.close()
        raise UsageError(_("cannot keep a history: {reason}", reason=error)) from error
    desk.projects.opener = others.open
    desk.projects.remember()
    path = "/" if options.edits else "/looks/"  # who only looks wants to see cards
    door = Door(listening.getsockname()[1], secrets.token_urlsafe(32), path)
    app = app_of(desk, door, report, current(), options.seconds)
    server = _Server(app, listening, options.seconds)
    try:
        server.start()
        yield Editing(door.address, desk, report, others.seconds_alone)
    finally:
        desk.end()
        server.end()


def _check_decks(options: EditOptions) -> None:
    """A folder without any deck is where the first one is made, if that can be."""
    check_names(options.decks, options.root)
    if not options.edits and not deck_names(options.root):
        folder = options.root / "cards"
        raise UsageError(_("there is no deck in {folder}; name the project with -C", folder=folder))


def _listening(options: EditOptions) -> socket.socket:
    """A socket on the wanted port, else on the project's own for its editor, else on any."""
    if options.port:
        try:
            return socket.create_server((HOST, options.port), backlog=128)
        except OSError as error:
            reason = error.strerror
            raise UsageError(
                _("cannot serve on port {port}: {reason}", port=options.port, reason=reason)
            ) from error
    if options.edits:
        with suppress(OSError):
            return socket.create_server((HOST, port_of(options.root)), backlog=128)
    return socket.create_server((HOST, 0), backlog=128)


def port_of(root: Path) -> int:
    """Returns the port of a project: what a browser keeps of its page is found by it again."""
    digest = sha256(os.fsencode(os.path.realpath(root))).digest()
    return _FIRST_PORT + int.from_bytes(digest[:4], "big") % _PORTS


class _Server:
    """Answers in a thread of its own, in which signals of the process stay as they are."""

    def __init__(self, app: Any, listening: socket.socket, seconds: float) -> None:
        class Protocol(_Protocol):
            patience = seconds

        config = uvicorn.Config(
            app,
            http=Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",  # what strangers send is not for the terminal
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_keep_alive=int(seconds) or 1,
            timeout_graceful_shutdown=_GRACE,
        )
        self._server = uvicorn.Server(config)
        self._listening = listening
        run = copy_context().run  # with the language of messages
        self._thread = Thread(target=run, args=(self._serve,), daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self._server.should_exit = True
        self._thread.join(_GRACE + SECONDS)

    def _serve(self) -> None:
        asyncio.run(self._server.serve([self._listening]))


class _Protocol(H11Protocol):
    """HTTP that gives a request's head some seconds to arrive, and has so many connections."""

    patience = SECONDS
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > _MOST_CONNECTIONS:
            transport.abort()
            return
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._end_wait()
        elif self.cycle is None or self.cycle.response_complete:
            self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_wait()
        super().connection_lost(exc)

    def _wait_for_head(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.patience, self.transport.abort)

    def _end_wait(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
