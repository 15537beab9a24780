"""Zstandard, the compression of Anki's newer packages: the only module that imports its library."""

from __future__ import annotations

import sys

from kartu.anki.apkg.bounds import MAX_BYTES, DecompressionBombError, PackageError
from kartu.core.language import _

# Anki compresses with default windows; a larger one would only cost memory.
_LARGEST_WINDOW = 27
_MAX_RATIO = 100
_SMALL = 16 * 1024 * 1024


class NoZstdError(PackageError):
    """This Python cannot read zstd: `publish.verify` also runs where only Anki is installed."""


def decompress(packed: bytes) -> bytes:
    """The content of zstd frames.

    Raises:
        DecompressionBombError: for more than kartu reads.
        ValueError: for data that is not valid zstd.
    """
    try:
        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd  # the standard library's own, for older Pythons
    except ImportError as error:
        message = _("it is in Anki's newest format: pip install backports.zstd reads it")
        raise NoZstdError(message) from error

    most = min(MAX_BYTES, max(_SMALL, len(packed) * _MAX_RATIO))
    window = {int(zstd.DecompressionParameter.window_log_max): _LARGEST_WINDOW}
    found = bytearray()
    rest = packed
    try:
        while rest:
            frame = zstd.ZstdDecompressor(options=window)
            found += frame.decompress(rest, max_length=most + 1 - len(found))
            if len(found) > most:
                raise DecompressionBombError(
                    _("it expands to more than {most} MiB", most=most // 1024 // 1024)
                )
            if not frame.eof:
                raise ValueError(_("it is cut off"))
            rest = frame.unused_data
    except zstd.ZstdError as error:
        raise ValueError(_("it is not zstd data: {error}", error=error)) from error
    return bytes(found)
