"""The preview's server: it serves the page's files by name, and nothing else.

It needs no web framework: a handful of names, no parameters, and one stream of events. Requested
names never become paths on the disk.
"""

from __future__ import annotations

import os
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from kartu.core.language import _
from kartu.show.gallery.pages import FRAME, policy
from kartu.show.preview.live import Live

_HOST = "127.0.0.1"
_NAMES = (_HOST, "localhost")
_PING = 10.0  # seconds after which a closed page is noticed

_KINDS = {"": "text/html", "html": "text/html", "css": "text/css", "js": "text/javascript"}

# A card's scripts may only run: no connections of any kind, not even a DNS lookup.
_FRAME_HEADERS = {
    "Content-Security-Policy": "sandbox allow-scripts; frame-ancestors 'self'",
    "Connection-Allowlist": "()",
    "X-DNS-Prefetch-Control": "off",
}


class Server(ThreadingHTTPServer):
    """Serves the files of a `Live` on the loopback interface."""

    daemon_threads = True
    request_queue_size = 128  # a page requests many files at once, also during a build
    allow_reuse_address = (
        os.name == "posix"
    )  # on Windows it would share the port with other processes

    def __init__(self, live: Live, port: int) -> None:
        self.live = live
        # Requests are answered in threads of their own, which know no language.
        self.forbidden = _("This preview is for its own page only.").encode()
        self.not_found = _("There is no such file.").encode()
        super().__init__((_HOST, port), _Handler)

    @property
    def address(self) -> str:
        return f"http://{_HOST}:{self.server_port}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignores pages that are closed in the middle of a response; reports all other errors."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version = "kartu"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        path = self.path.partition("?")[0].removeprefix("/")
        if not self._is_own(path):
            self._answer(HTTPStatus.FORBIDDEN, self.server.forbidden + b"\n", "txt")
        elif path == "events":
            self._stream_builds()
        elif (content := self.server.live.get(path)) is None:
            self._answer(HTTPStatus.NOT_FOUND, self.server.not_found + b"\n", "txt")
        else:
            self._answer(HTTPStatus.OK, content, path.rpartition(".")[2], frame=path == FRAME)

    def do_HEAD(self) -> None:
        self.do_GET()

    def _is_own(self, path: str) -> bool:
        """Whether the request comes from this page, or from a user who opens it.

        `Host` reveals another name that resolves to this address (DNS rebinding);
        `Sec-Fetch-Site` reveals another site that embeds these files.
        """
        allowed = {f"{name}:{self.server.server_port}" for name in _NAMES}
        if self.headers.get_all("Host", []) not in [[name] for name in allowed]:
            return False
        return path == "" or self.headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none")

    def _answer(
        self, status: HTTPStatus, content: bytes, ending: str, *, frame: bool = False
    ) -> None:
        self.send_response(status)
        kind = _KINDS.get(ending, "text/plain")
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        own = {"Content-Security-Policy": f"{policy(live=True)}; frame-ancestors 'none'"}
        self._safe_headers(_FRAME_HEADERS if frame else own)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _safe_headers(self, more: dict[str, str]) -> None:
        headers = {
            "Cache-Control": "no-store",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }
        for name, value in (headers | more).items():
            self.send_header(name, value)

    def _stream_builds(self) -> None:
        """Sends the number of each build as soon as it is done, until the page is closed."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self._safe_headers({})
        self.end_headers()
        self.close_connection = True
        seen = -1
        while self.command != "HEAD":
            number = self.server.live.wait(seen, _PING)
            event = f"data: {number}\n\n" if number != seen else ": still here\n\n"
            self.wfile.write(event.encode())
            seen = number

    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing: the terminal is for diagnostics."""
