"""What a stranger's page or program asks of the editor, on every call: each does nothing.

The tables are made from the list of calls, so that a new call is attacked as well.
"""

from __future__ import annotations

import http.client
import json
import os
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from support.edit_project import files_of
from support.editor import DECK, HEADERS, PORT, SECRET, Editor, opened
from support.sampling import examples, sampled

from kartu.show.editor.all_calls import CALLS
from kartu.show.editor.serve import Editing, EditOptions, editing, port_of
from kartu.show.editor.shapes import DATA, FLAG, NUMBER, TEXT, TEXTS, VALUE, VALUES, Shape

# What each parameter is in a call that does nothing bad.
HARMLESS: dict[str, Any] = {
    "deck": DECK,
    "note": "dua",
    "type": "dasar",
    "values": {"depan": "Dua"},
    "seen": {},
    "after": "dua",
    "subdeck": "Bab 1",
    "by": 0,
    "reason": "diganti",
    "key": "depan",
    "value": "Setengah",
    "id": "buku",
    "title": "Buku",
    "name": "Nama",
    "language": "id",
    "base64": "aGFsbw==",
    "path": "cards/contoh/1-kartu.yaml",
    "line": 7,
    "do": "accept_looks",
    "accept": True,
    "job": "0",
}

TRAVERSALS = (
    "../../../keluar",
    "/etc/passwd",
    "..\\..\\keluar",
    "C:\\keluar.yaml",
    "nol\0.yaml",
    "cards/../../keluar",
    "kartu:templates/../../keluar",
    "x" * 5000,
)

# What each shape does not let through.
WRONG: dict[str, list[Any]] = {
    "text": [1, True, [], {}, "\ud800", "x" * 200_001],
    "number": ["1", True, 1.5, [], 10**30],
    "flag": [0, "true", []],
    "texts": ["a", [1], {}],
    "value": [1, None, [[["zu tief"]]], {"datei": "x"}, {"file": 1}, ["x"] * 2001],
    "values": [[], "x", {"depan": 1}, {"depan": [[["x"]]]}, {"depan": {"file": {}}}],
    "data": [1, "kein base64!", [], "é"],
}


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kartu.show.editor.publishing._can_verify", lambda: False)
        yield opened(tmp_path_factory.mktemp("attacks"))


def given(name: str) -> dict[str, Any]:
    """The parameters of a call as they may be."""
    return {key: HARMLESS.get(key, "") for key in CALLS[name].shapes}


def body(name: str, /, **other: Any) -> bytes:
    return json.dumps({**given(name), **other}).encode()


ATTACKS: dict[str, tuple[int, dict[str, str | None]]] = {
    "no cookie": (403, {"cookie": None}),
    "a wrong secret": (403, {"cookie": f"kartu-{PORT}=falsch"}),
    "the secret of another port": (403, {"cookie": f"kartu-{PORT + 1}={SECRET}"}),
    "a broken cookie": (403, {"cookie": f'kartu-{PORT}="\\999; \x01=;'}),
    "another site": (403, {"origin": "https://example.com"}),
    "a page without origin": (403, {"origin": "null"}),
    "no origin": (403, {"origin": None}),
    "another port of this computer": (403, {"origin": f"http://127.0.0.1:{PORT + 1}"}),
    "another name for this address": (403, {"host": f"evil.example:{PORT}"}),
    "no name": (403, {"host": None}),
    "a page that embeds it": (403, {"sec-fetch-site": "cross-site"}),
    "a form": (415, {"content-type": "application/x-www-form-urlencoded"}),
    "plain text": (415, {"content-type": "text/plain"}),
    "no type": (415, {"content-type": None}),
    "a length of 5 GB": (413, {"content-length": "5000000000"}),
    "a length of nothing": (413, {"content-length": "-1"}),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_strangers_are_refused(editor: Editor, attack: str) -> None:
    """On every call, before anything of it is read; the answer is one plain line."""
    status, headers = ATTACKS[attack]
    before = files_of(editor.root)
    for name in [*CALLS, "no-such-call"]:
        found = editor.ask("POST", f"/api/{name}", body(name) if name in CALLS else b"{}", headers)
        assert found.status == status, name
        assert found.headers["content-type"].startswith("text/plain")
    assert files_of(editor.root) == before


@pytest.mark.parametrize(
    "path",
    ["/", "/page.js", "/frame", "/events", "/media/x", "/download/x", "/looks/", "/looks/cards.js"],
)
def test_no_address_is_open(editor: Editor, path: str) -> None:
    """Not even the page, to who has not come in by the secret."""
    for headers in ({"cookie": None}, {"host": "evil.example"}, {"origin": "https://example.com"}):
        assert editor.ask("GET", path, headers=headers).status == 403
    assert editor.ask("POST", path, b"{}").status in (404, 405)
    assert editor.ask("PUT", path, b"{}").status in (404, 405)


def test_the_secret_becomes_a_strict_cookie(editor: Editor) -> None:
    """It is in the address once; a wrong one opens nothing."""
    bare: dict[str, str | None] = {"cookie": None, "origin": None, "content-type": None}
    found = editor.ask("GET", f"/?key={SECRET}", headers=bare)
    assert (found.status, found.headers["location"]) == (303, "/")
    assert found.headers["set-cookie"] == (
        f"kartu-{PORT}={SECRET}; HttpOnly; SameSite=Strict; Path=/"
    )
    for key in ("", "falsch", f"{SECRET}x", "%00", f"{SECRET}&key={SECRET}"):
        assert editor.ask("GET", f"/?key={key}", headers=bare).status == 403, key
    evil = {**bare, "host": f"evil.example:{PORT}"}
    assert editor.ask("GET", f"/?key={SECRET}", headers=evil).status == 403


def test_what_is_no_call_is_refused(editor: Editor) -> None:
    """Bad JSON, nested JSON, another value than an object, parameters that it does not have."""
    bad = (b"", b"{", b"[]", b'"x"', b"\xff\xfe", b'{"a": NaN}', b"[" * 100_000, b'{"a":' * 90_000)
    for name in CALLS:
        for content in bad:
            found = editor.ask("POST", f"/api/{name}", content)
            assert (found.status, found.faults) == (400, []), (name, content[:9])
        assert editor.post(name, **{**given(name), "asing": 1}).status == 400
        assert editor.ask("GET", f"/api/{name}").status == 405
    assert editor.ask("POST", "/api/no-such-call", b"").status == 404


def test_large_bodies_are_refused(editor: Editor) -> None:
    """Also in parts, without a length: no more is read than the call may have."""
    for name, call in CALLS.items():
        content = b" " * (call.largest + 1)
        assert editor.ask("POST", f"/api/{name}", content, parts=9).status == 413, name


def wrong_values() -> Iterator[tuple[str, str, Any]]:
    for name, call in CALLS.items():
        for key, shape in call.shapes.items():
            yield from ((name, key, value) for value in WRONG[shape.name])
            if shape.required:
                yield name, key, None


def test_every_parameter_has_its_shape(editor: Editor) -> None:
    """Another one does nothing, in any call."""
    shapes: tuple[Shape, ...] = (DATA, FLAG, NUMBER, TEXT, TEXTS, VALUE, VALUES)
    assert {one.name for one in shapes} == WRONG.keys()
    before = files_of(editor.root)
    for name, key, value in wrong_values():
        found = editor.ask("POST", f"/api/{name}", body(name, **{key: value}))
        assert (found.status, found.faults) == (400, []), (name, key, repr(value)[:40])
    assert files_of(editor.root) == before


def strings_in(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The parameters of a call with a traversal in each of its strings in turn."""
    for key, shape in CALLS[name].shapes.items():
        for text in TRAVERSALS:
            if shape.name == "text":
                yield text, {key: text}
            elif shape.name == "value":
                yield text, {key: {"file": text}}
            elif shape.name == "values":
                yield text, {key: {"depan": text}}
                yield text, {key: {text: "x"}}


def test_no_string_becomes_a_path(editor: Editor) -> None:
    """Whatever is written in any of them: nothing is read or written but in the project."""
    outside = editor.root.parent
    (outside / "keluar").write_text("rahasia", "utf-8")
    beside = {path.name for path in outside.iterdir()} | {"history"}
    before = set(files_of(editor.root))
    cases = [(name, text, other) for name in CALLS for text, other in strings_in(name)]
    for name, text, other in sampled(cases, 5):  # each string in some parameter of each call
        found = editor.ask("POST", f"/api/{name}", body(name, **other))
        assert (found.status, found.faults) in ((200, []), (400, [])), (name, text[:20], found)
        assert b"rahasia" not in found.body
        assert b"root:" not in found.body
    for path in ("/media/", "/download/", "/api/"):
        for text in ("../../keluar", "%2e%2e%2fkeluar", "..%5ckeluar"):
            assert editor.ask("GET", path + text).status in (403, 404, 405), text
    assert {path.name for path in outside.iterdir()} == beside
    new = {Path(path) for path in set(files_of(editor.root)) - before}
    assert {path.parts[0] for path in new} <= {"cards", "build"}
    assert all("keluar" in path.name or path.parent.name for path in new)
    assert (outside / "keluar").read_text("utf-8") == "rahasia"


# --- sockets -------------------------------------------------------------------------------------


@contextmanager
def serving(root: Path, seconds: float = 0.6) -> Iterator[Editing]:
    faults: list[Exception] = []
    options = EditOptions(root, seconds=seconds)
    with editing(options, faults.append) as running:
        yield running
    assert faults == []


@pytest.fixture
def address(editor: Editor) -> Iterator[tuple[int, dict[str, str]]]:
    """The port of a real server, and the headers of its page."""
    with serving(editor.root) as running:
        port = urlsplit(running.address).port
        assert port is not None
        yield port, _headers(running, port)


def _headers(running: Editing, port: int) -> dict[str, str]:
    secret = running.address.partition("key=")[2]
    own = {"host": f"127.0.0.1:{port}", "origin": f"http://127.0.0.1:{port}"}
    return {**HEADERS, **own, "cookie": f"kartu-{port}={secret}"}


def post(port: int, headers: dict[str, str]) -> tuple[int, set[str]]:
    """The status of a harmless call, and the names of the answer's headers."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("POST", "/api/project", b"{}", headers)
        found = connection.getresponse()
        found.read()
        return found.status, {name.lower() for name, _value in found.getheaders()}


def ended(connection: socket.socket) -> bytes:
    """What comes until the other side ends the connection."""
    connection.settimeout(10)
    parts = []
    while True:
        try:
            part = connection.recv(4096)
        except ConnectionError:
            break
        if not part:
            break
        parts.append(part)
    return b"".join(parts)


def test_nothing_says_what_serves(address: tuple[int, dict[str, str]]) -> None:
    """No name, version or date of the server is in its answers; the port is the project's."""
    port, headers = address
    status, names = post(port, headers)
    assert status == 200
    assert not names & {"server", "date", "x-powered-by"}
    assert names > {"content-security-policy", "x-content-type-options", "cache-control"}


def test_half_requests_end(address: tuple[int, dict[str, str]]) -> None:
    """Half a head, a head that comes byte by byte, half a body, half a second request."""
    port, headers = address
    head = b"".join(f"{name}: {value}\r\n".encode() for name, value in headers.items())
    whole = b"POST /api/project HTTP/1.1\r\n" + head
    with ExitStack() as stack:

        def begun(data: bytes) -> socket.socket:
            made = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            made.sendall(data)
            return made

        nothing, half = begun(b""), begun(b"GET / HTTP/1.1\r\nHost: ")
        slow = begun(b"GET / HT")
        body = begun(whole + b"Content-Length: 10\r\n\r\n{")
        second = begun(whole + b"Content-Length: 2\r\n\r\n{}" + b"POST /api/pro")
        for _byte in range(12):
            time.sleep(0.1)
            try:
                slow.sendall(b"T")
            except OSError:
                break
        else:
            raise AssertionError("it waits for ever")
        assert ended(nothing) == b""
        assert ended(half) == b""
        assert b" 408 " in ended(body)
        assert ended(second).startswith(b"HTTP/1.1 200")
    assert post(port, headers)[0] == 200


def test_a_thousand_connections_leave_it_usable(address: tuple[int, dict[str, str]]) -> None:
    """More than a page has are ended at once, the others when they say nothing."""
    port, headers = address
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    try:
        with ExitStack() as stack:
            for _number in range(examples(1000, 3)):
                stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            time.sleep(1.0)
            assert post(port, headers)[0] == 200
        assert post(port, headers)[0] == 200
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def event(stream: http.client.HTTPResponse) -> Any:
    """The next event of a stream that is no mere sign of life."""
    while not (line := stream.readline()).startswith(b"data: "):
        assert line, "the stream has ended"
    return json.loads(line.removeprefix(b"data: "))


def test_it_ends_with_streams_open(editor: Editor) -> None:
    """A page that listens for changes does not keep it from ending."""
    with ExitStack() as stack:
        with serving(editor.root) as running:
            port = urlsplit(running.address).port
            assert port is not None
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            stack.callback(connection.close)
            connection.request("GET", "/events", headers=_headers(running, port))
            stream = connection.getresponse()
            number = running.desk.feed.number
            assert event(stream) == {"number": number}
            running.desk.feed.changed()
            assert event(stream) == {"number": number + 1}
            running.desk.feed.check_done()
            assert event(stream) == {"number": number + 1, "checked": True}
        assert stream.read().strip() in (b"", b": still here")


def test_a_project_keeps_its_port(editor: Editor) -> None:
    """So that a browser finds again what it kept; where it is in use, any other."""
    with serving(editor.root) as one:
        assert urlsplit(one.address).port == port_of(editor.root)
        with serving(editor.root) as other:
            assert urlsplit(other.address).port != port_of(editor.root)
    assert os.path.isdir(editor.root)


def test_a_fault_of_ours_is_told(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is answered 500 and the fault reported; the editor goes on."""

    def broken(*_rest: object) -> None:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(editor.desk.session, "notes", broken)
    with pytest.raises(ZeroDivisionError):  # which a server takes from there
        editor.post("notes", deck=DECK)
    assert [str(one) for one in editor.faults] == ["ours"]
    monkeypatch.undo()
    assert editor.post("notes", deck=DECK).status == 200
