"""A SQLite database as a file with the same bytes for the same rows under every version of SQLite.

https://www.sqlite.org/fileformat2.html: pages hold the tables' rows; the space between a
page's list of rows and the rows themselves is free, and may contain remains of earlier writes.
"""

from __future__ import annotations

import os
import sqlite3
import struct
import tempfile
from collections.abc import Callable

# Above this number of rows a file takes less memory, and as much time.
_MANY = 20_000

_PAGE = 4096
_FILE_HEADER = 100

# Counts of writes, at two places, and the version of SQLite, which is only informative: fixed.
_COUNTERS = (slice(24, 28), slice(92, 96))
_ONE = (1).to_bytes(4, "big")
_VERSION = slice(96, 100)
_FIXED_VERSION = (3_040_001).to_bytes(4, "big")

# The first byte of a page with rows is its kind, which determines the length of its header.
_HEADERS = {0x02: 12, 0x05: 12, 0x0A: 8, 0x0D: 8}
_ROWS = struct.Struct(">2H")  # at 3: the number of rows, and the offset of their first byte


def write(fill: Callable[[sqlite3.Cursor], None], rows: int) -> bytearray:
    """Returns the file that `fill` writes, without deleting a row; `rows` is about how many."""
    content = _on_disk(fill) if rows > _MANY else _in_memory(fill)
    for counter in _COUNTERS:
        content[counter] = _ONE
    content[_VERSION] = _FIXED_VERSION
    _clear_free_space(content)
    return content


def _in_memory(fill: Callable[[sqlite3.Cursor], None]) -> bytearray:
    connection = sqlite3.connect(":memory:")
    try:
        _fill(connection, fill)
        return bytearray(connection.serialize())
    finally:
        connection.close()


def _on_disk(fill: Callable[[sqlite3.Cursor], None]) -> bytearray:
    with tempfile.TemporaryDirectory(prefix="kartu-") as folder:
        path = os.path.join(folder, "collection.anki2")
        connection = sqlite3.connect(path)
        try:
            # Nobody needs it after a power cut.
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            _fill(connection, fill)
        finally:
            connection.close()
        content = bytearray(os.path.getsize(path))
        with open(path, "rb") as file:
            file.readinto(content)
    return content


def _fill(connection: sqlite3.Connection, fill: Callable[[sqlite3.Cursor], None]) -> None:
    connection.execute(f"PRAGMA page_size = {_PAGE}")
    connection.execute("PRAGMA auto_vacuum = NONE")
    connection.execute("PRAGMA secure_delete = ON")
    fill(connection.cursor())
    connection.commit()


def _clear_free_space(content: bytearray) -> None:
    for page in range(0, len(content), _PAGE):
        header = page if page else _FILE_HEADER
        length = _HEADERS.get(content[header])
        if length is None:
            continue  # the rest of a long row
        count, first = _ROWS.unpack_from(content, header + 3)
        begin, end = header + length + 2 * count, page + first
        content[begin:end] = bytes(end - begin)
