"""The zip container of an .apkg: the same bytes for the same members, wherever it is made."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

_EPOCH = (1980, 1, 1, 0, 0, 0)

# Pictures and sounds are compressed already; what is left gains.
_LEVEL = 6


def archive(members: Iterable[tuple[str, bytes, bool]]) -> bytes:
    """A zip of (name, content, whether to compress) members, in their order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zip:
        for name, content, compress in members:
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system = 3  # what the system is would be written otherwise
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
            zip.writestr(info, content, compresslevel=_LEVEL if compress else None)
    return buffer.getvalue()
