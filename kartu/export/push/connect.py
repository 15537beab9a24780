"""A client for AnkiConnect, the add-on that gives other programs access to a running Anki."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from kartu.core.language import _

T = TypeVar("T")

# Only ever this computer, whatever proxies the environment names.
HOST = "127.0.0.1"

_VERSION = 6
_LARGEST = 256 * 1024 * 1024
ADD_ON = "2055492159"  # AnkiConnect's number among Anki's add-ons

_NO_KEY = "valid api key must be provided"
_NO_PROFILE = "is not available"
_UNKNOWN_ACTION = "unsupported action"


class PushError(Exception):
    """Why Anki did not get the package; `help` says what to do."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


class AnkiConnect:
    """AnkiConnect on this computer; `patience` is how many seconds an ordinary answer may take."""

    def __init__(self, port: int, key: str, patience: float) -> None:
        self._port = port
        self._key = key
        self._patience = patience

    def ask(self, action: str, kind: type[T], *, patience: float | None = None, **params: Any) -> T:
        """Returns Anki's answer, of this type. Raises PushError for an error or another type."""
        request = {"action": action, "version": _VERSION, "params": params}
        if self._key:
            request["key"] = self._key
        reply = self._answer(json.dumps(request).encode(), patience or self._patience)
        if not isinstance(reply, dict) or reply.keys() != {"result", "error"}:
            raise self._other()
        if reply["error"] is not None:
            raise self._refused(action, str(reply["error"]))
        if not isinstance(reply["result"], kind):
            raise self._other()
        return reply["result"]

    def _answer(self, request: bytes, patience: float) -> Any:
        connection = http.client.HTTPConnection(HOST, self._port, timeout=patience)
        late = threading.Event()
        try:
            with _ended_after(patience, connection, late):
                connection.request("POST", "/", request, {"Content-Type": "application/json"})
                response = connection.getresponse()
                content = response.read(_LARGEST)
        except ConnectionRefusedError as error:
            raise self._nobody() from error
        except (TimeoutError, http.client.HTTPException, OSError) as error:
            if late.is_set() or isinstance(error, TimeoutError):
                raise _silent(patience) from error
            raise self._other() from error
        finally:
            connection.close()
        if late.is_set():
            raise _silent(patience)
        if response.status == http.client.FORBIDDEN:
            raise PushError(
                _("AnkiConnect does not let kartu in"),
                _("look at its settings in Anki (Tools > Add-ons > AnkiConnect > Config)"),
            )
        try:
            return json.loads(content)
        except (ValueError, RecursionError) as error:
            raise self._other() from error

    def _nobody(self) -> PushError:
        return PushError(
            _("no Anki with AnkiConnect answers at port {port} of this computer", port=self._port),
            _(
                "start Anki; if it is running, install the add-on AnkiConnect (Tools > "
                "Add-ons > Get Add-ons, code {code}) and restart Anki; for another port use "
                "--port",
                code=ADD_ON,
            ),
        )

    def _other(self) -> PushError:
        return PushError(
            _("what answers at port {port} is not AnkiConnect", port=self._port),
            _(
                "another program uses that port: give AnkiConnect a port of its own "
                "(webBindPort in its settings), and name it with --port"
            ),
        )

    def _refused(self, action: str, error: str) -> PushError:
        if error == _NO_KEY:
            return PushError(
                _("AnkiConnect does not accept this key")
                if self._key
                else _("AnkiConnect asks for a key"),
                _(
                    "the key is apiKey in its settings in Anki (Tools > Add-ons > AnkiConnect > "
                    "Config); pass it with KARTU_ANKI_KEY or --key, and none where apiKey is null"
                ),
            )
        if error.endswith(_NO_PROFILE):
            return PushError(
                _("Anki has no profile open"), _("choose one in Anki, and run this again")
            )
        if error == _UNKNOWN_ACTION:
            return too_old()
        help = _(
            "Anki reads the file itself: where it cannot see the folder (Flatpak, "
            "Snap, WSL), put the package elsewhere with -o DIR; otherwise look in Anki"
        )
        return PushError(_("Anki refuses {action}: {error}", action=action, error=error), help)


@contextmanager
def _ended_after(
    patience: float, connection: http.client.HTTPConnection, late: threading.Event
) -> Iterator[None]:
    """Ends a connection after so many seconds in all: its own limit is one for each part of it."""
    connection.connect()
    own = connection.sock

    def end() -> None:
        late.set()
        with suppress(OSError):
            own.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(patience, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _silent(patience: float) -> PushError:
    return PushError(
        _("Anki did not answer within {patience:g} s", patience=patience),
        _(
            "it is busy, or a window in it waits for you; answer that, and see whether the deck "
            "has arrived before you run this again (--wait gives Anki longer)"
        ),
    )


def too_old() -> PushError:
    """Returns the error for an AnkiConnect that lacks a required action."""
    return PushError(
        _("AnkiConnect is too old for kartu"),
        _("update it in Anki: Tools > Add-ons > Check for Updates"),
    )
