"""The one layer before everything else: who may ask, what a request may be, and how long it takes.

It stands on the protocol alone (ASGI), so that it needs no library and nothing gets past it.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import parse_qs

from kartu.core.language import _

Message: TypeAlias = MutableMapping[str, Any]
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

HOST = "127.0.0.1"
NAMES = (HOST, "localhost")
SECONDS = 10.0  # for a whole request to arrive

_JSON = ("application/json", "application/json; charset=utf-8", "application/json;charset=utf-8")

SAFE_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# A page may run and load its own files only; cards are in a frame without origin and network.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' data: blob:; connect-src 'self'; frame-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


class Door(NamedTuple):
    """Where the page is served, the secret that opens it, and the path that is seen then."""

    port: int
    secret: str
    path: str = "/"

    @property
    def cookie(self) -> str:
        """The name of the cookie that holds the secret: programs on other ports have others."""
        return f"kartu-{self.port}"

    @property
    def address(self) -> str:
        """The address to open in a browser."""
        return f"http://{HOST}:{self.port}/?key={self.secret}"

    def opens(self, secret: str) -> bool:
        """Whether this is the secret."""
        return hmac.compare_digest(secret.encode(errors="replace"), self.secret.encode())


class _RefusedError(Exception):
    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class Guard:
    """Lets requests of the page through to `app`, all others are answered here.

    `largest` says how many bytes the body of a request may have, by its path; None for a path that
    takes none. A body is whole before `app` sees the request.
    """

    def __init__(
        self,
        app: App,
        door: Door,
        largest: Callable[[str], int | None],
        seconds: float,
    ) -> None:
        self._app = app
        self._door = door
        self._largest = largest
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        safe = _with_safe_headers(send)
        try:
            headers = _Headers(scope)
            self._check_host(headers)
            if (key := _key_of(scope)) is not None:
                await self._let_in(key, safe)
                return
            self._check_asker(scope, headers)
            body = await self._body(scope, headers, receive)
        except _RefusedError as error:
            await _answer(safe, error.status, error.text)
            return
        await self._app(scope, _having(body, receive), safe)

    # --- who --------------------------------------------------------------------------------------

    def _check_host(self, headers: _Headers) -> None:
        """Another name that resolves to this address shows itself here (DNS rebinding)."""
        if headers.all("host") not in [[f"{name}:{self._door.port}"] for name in NAMES]:
            raise _forbidden()

    def _check_asker(self, scope: Scope, headers: _Headers) -> None:
        origins, method = headers.all("origin"), scope["method"]
        own = [[f"http://{host}"] for host in headers.all("host")]
        if (origins or method not in ("GET", "HEAD")) and origins not in own:
            raise _forbidden()
        site = headers.all("sec-fetch-site") or ["none"]
        if site not in (["same-origin"], ["none"]) and scope["path"] != "/":
            raise _forbidden()
        if not any(map(self._door.opens, self._secrets(headers))):
            raise _forbidden()

    def _secrets(self, headers: _Headers) -> Iterator[str]:
        for line in headers.all("cookie"):
            try:
                found = SimpleCookie(line).get(self._door.cookie)
            except CookieError:
                continue
            if found is not None:
                yield found.value

    async def _let_in(self, key: str, send: Send) -> None:
        """Turns the secret in the address into a cookie, and the address into one without it."""
        if not self._door.opens(key):
            raise _forbidden()
        door = self._door
        cookie = f"{door.cookie}={door.secret}; HttpOnly; SameSite=Strict; Path=/"
        await _answer(send, 303, "", {"Location": door.path, "Set-Cookie": cookie})

    # --- what -------------------------------------------------------------------------------------

    async def _body(self, scope: Scope, headers: _Headers, receive: Receive) -> bytes:
        most = self._largest(scope["path"])
        if scope["method"] in ("GET", "HEAD"):
            if most is not None:
                raise _RefusedError(405, _("This address takes calls only."))
            most = 0
        elif scope["method"] != "POST" or most is None:
            raise _RefusedError(405 if most is not None else 404, _("There is no such address."))
        elif [one.lower() for one in headers.all("content-type")] not in [[one] for one in _JSON]:
            raise _RefusedError(415, _("Calls are JSON."))
        length = headers.all("content-length")
        if length and (len(length) > 1 or not length[0].isdigit() or int(length[0]) > most):
            raise _too_large()
        try:
            async with asyncio.timeout(self._seconds):
                return await _read(receive, most)
        except TimeoutError as error:
            raise _RefusedError(408, _("The request took too long.")) from error


class _Headers:
    """The headers of a request by name, each as often as it is there."""

    def __init__(self, scope: Scope) -> None:
        self._found: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            key = name.decode("latin-1").lower()
            self._found.setdefault(key, []).append(value.decode("latin-1"))

    def all(self, name: str) -> list[str]:
        return self._found.get(name, [])


def _key_of(scope: Scope) -> str | None:
    """The secret in an address that has one."""
    query = scope["query_string"]
    if scope["path"] != "/" or scope["method"] != "GET" or not query or len(query) > 200:
        return None
    found = parse_qs(query.decode("latin-1")).get("key", [])
    return found[0] if len(found) == 1 else None


async def _read(receive: Receive, most: int) -> bytes:
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _RefusedError(400, "")
        part = message.get("body", b"")
        size += len(part)
        if size > most:
            raise _too_large()
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


def _having(body: bytes, receive: Receive) -> Receive:
    """What an app receives: the whole body first, then what else comes."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> Message:
        return waiting.pop() if waiting else await receive()

    return received


def _with_safe_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", []))
            there = {name.lower() for name, _value in headers}
            more = {**SAFE_HEADERS, "Content-Security-Policy": POLICY}
            headers += [
                (name.lower().encode(), value.encode())
                for name, value in more.items()
                if name.lower().encode() not in there
            ]
            message["headers"] = headers
        await send(message)

    return sent


async def _answer(
    send: Send, status: int, text: str, headers: Mapping[str, str] | None = None
) -> None:
    """One plain line; the connection ends, since a part of the request may still be coming."""
    content = f"{text}\n".encode() if text else b""
    own = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(content)),
        "Connection": "close",
        **(headers or {}),
    }
    pairs = [(name.lower().encode(), value.encode()) for name, value in own.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": content})


def _forbidden() -> _RefusedError:
    return _RefusedError(
        403, _("This page is for the browser that kartu opened, on this computer.")
    )


def _too_large() -> _RefusedError:
    return _RefusedError(413, _("The request is too large."))
