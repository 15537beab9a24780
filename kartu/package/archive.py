"""The zip container of an .apkg: the same bytes for the same members, wherever it is made.

Python's zipfile compresses with the zlib of the machine, and zlibs differ (zlib-ng, a system's
own). So the members are compressed by libdeflate, in a version that kartu pins, and the container
is written here: no time, no attributes of the machine, nothing but what the format asks for.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from zlib import crc32

from kartu.core.language import _

# Appendix "4.3 General Format of a .ZIP file" of PKWARE's APPNOTE.
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")

_VERSION = 20
_MADE_ON_UNIX = 3 << 8
_STORED, _DEFLATED = 0, 8
_TIME, _DATE = 0, (1 << 5) | 1  # 1980-01-01
_MODE = 0o100644 << 16
_LEVEL = 1  # of 12: a deck of 10,000 notes gets 6 % smaller with 2, in one and a half the time

# Beyond these the format needs its 64-bit extension, and no phone can import such a deck.
_MOST_BYTES = 0xFFFFFFFF
_MOST_MEMBERS = 0xFFFF


def archive(members: Iterable[tuple[str, bytes | bytearray, bool]]) -> bytes:
    """A zip of (name, content, whether to compress) members, in their order; names are ASCII.

    OSError where that is larger than a zip can be.
    """
    return b"".join(archive_parts(members))


def archive_parts(
    members: Iterable[tuple[str, bytes | bytearray, bool]],
) -> list[bytes | bytearray]:
    """The same in parts, of which some are large: joined, all would be in memory twice."""
    import deflate  # only the writing of a package needs it

    parts: list[bytes | bytearray] = []
    directory, place, count = bytearray(), 0, 0
    for name, content, compress in members:
        packed = deflate.deflate_compress(content, _LEVEL) if compress else content
        entry = (
            _DEFLATED if compress else _STORED,
            _TIME,
            _DATE,
            crc32(content),
            len(packed),
            len(content),
            len(name),
        )
        del content  # it may be large
        head = _LOCAL.pack(b"PK\3\4", _VERSION, 0, *entry, 0) + name.encode("ascii")
        parts += (head, packed)
        directory += _CENTRAL.pack(
            b"PK\1\2", _VERSION | _MADE_ON_UNIX, _VERSION, 0, *entry, 0, 0, 0, 0, _MODE, place
        )
        directory += name.encode("ascii")
        place += len(head) + len(packed)
        count += 1
        if place + len(directory) > _MOST_BYTES or count > _MOST_MEMBERS:
            raise OSError(_("the package would be larger than a zip can be; divide the deck"))
    end = _END.pack(b"PK\5\6", 0, 0, count, count, len(directory), place, 0)
    return [*parts, directory, end]
