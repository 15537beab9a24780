"""A minimal reader of Protocol Buffers, for Anki's newer packages.

A message is a sequence of numbered fields: a key (field number * 8 + kind), then a value. The
kinds are 0, a number with 7 bits per byte, lowest first; 1 and 5, eight and four bytes; 2, a
length and that many bytes: a text or another message. (protobuf.dev, "Encoding".)
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from kartu.core.language import _

_LONGEST_NUMBER = 10


class Message(NamedTuple):
    """The fields of a message by number, each with its values; absent ones are 0 or empty."""

    fields: dict[int, list[int | bytes]]

    def number(self, field: int) -> int:
        """An unsigned integer."""
        value = self.fields.get(field, [0])[-1]
        return value if isinstance(value, int) else 0

    def signed(self, field: int) -> int | None:
        """A signed 64-bit integer; None if absent."""
        if field not in self.fields:
            return None
        value = self.number(field)
        return value - (1 << 64) if value >> 63 else value

    def decimal(self, field: int) -> float | None:
        value = self.fields.get(field, [b""])[-1]
        if not isinstance(value, bytes) or len(value) != 4:
            return None
        found: float = struct.unpack("<f", value)[0]
        return round(found, 4)

    def bytes(self, field: int) -> bytes:
        value = self.fields.get(field, [b""])[-1]
        return value if isinstance(value, bytes) else b""

    def text(self, field: int) -> str:
        return self.bytes(field).decode("utf-8", "replace")

    def messages(self, field: int) -> list[Message]:
        return [read(one) for one in self.fields.get(field, []) if isinstance(one, bytes)]


def read(data: bytes) -> Message:
    """The message in `data`; ValueError if it is not valid."""
    fields: dict[int, list[int | bytes]] = {}
    at = 0
    while at < len(data):
        key, at = _number(data, at)
        kind = key & 7
        value: int | bytes
        if kind == 0:
            value, at = _number(data, at)
        else:
            length, at = (4 if kind == 5 else 8, at) if kind in (1, 5) else _length(kind, data, at)
            value = data[at : at + length]
            at += length
        if at > len(data):
            raise ValueError(_("a message in it is cut off"))
        fields.setdefault(key >> 3, []).append(value)
    return Message(fields)


def _length(kind: int, data: bytes, at: int) -> tuple[int, int]:
    if kind != 2:
        raise ValueError(_("a message in it has a field of the unknown kind {kind}", kind=kind))
    return _number(data, at)


def _number(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place, byte in enumerate(data[at : at + _LONGEST_NUMBER]):
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return value & (1 << 64) - 1, at + place + 1
    raise ValueError(_("a number in it does not end"))
