"""A body of 50 MB that is really sent to each call of the editor."""

from __future__ import annotations

import select
import socket
import tracemalloc
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from support.editor import HEADERS, opened

from kartu.show.editor.all_calls import CALLS
from kartu.show.editor.serve import EditOptions, editing

HUGE = 50_000_000  # bytes
_CHUNK = b"x" * 65_536
_ON_ITS_WAY = 20_000_000  # at most, in the system's buffers
_BESIDE = 4_000_000  # of memory, beside the largest body that a call takes


def huge(
    port: int, headers: dict[str, str], name: str, size: int, *, chunked: bool
) -> tuple[bytes, int]:
    """How the answer to a call of that size begins, and how many bytes were sent until it came."""
    how = {"transfer-encoding": "chunked"} if chunked else {"content-length": str(size)}
    lines = "".join(f"{key}: {value}\r\n" for key, value in {**headers, **how}.items())
    part = b"%x\r\n%b\r\n" % (len(_CHUNK), _CHUNK) if chunked else _CHUNK
    sent = 0
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(f"POST /api/{name} HTTP/1.1\r\n{lines}\r\n".encode())
        while sent < size and not select.select([connection], [], [], 0)[0]:
            try:
                connection.sendall(part)
            except OSError:  # it has answered, and reads no more
                break
            sent += len(_CHUNK)
        return connection.recv(12), sent


@pytest.mark.parametrize("chunked", [False, True])
def test_fifty_megabytes_are_refused(tmp_path: Path, *, chunked: bool) -> None:
    """To any call, over a real connection: the answer does not wait for them, nor hold them.

    A call that takes larger files gets what is too large for it.
    """
    faults: list[Exception] = []
    with editing(EditOptions(opened(tmp_path).root, seconds=30), faults.append) as running:
        port = urlsplit(running.address).port
        assert port is not None
        own = {"host": f"127.0.0.1:{port}", "origin": f"http://127.0.0.1:{port}"}
        secret = running.address.partition("key=")[2]
        headers = {**HEADERS, **own, "cookie": f"kartu-{port}={secret}"}
        for name, call in CALLS.items():
            size = max(HUGE, call.largest + _ON_ITS_WAY)
            tracemalloc.start()
            try:
                status, sent = huge(port, headers, name, size, chunked=chunked)
                most = tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()
            assert status == b"HTTP/1.1 413", name
            assert sent < call.largest + _ON_ITS_WAY, name
            assert most < (call.largest if chunked else 0) + _BESIDE, (name, most)
    assert faults == []
