"""The encodings of CSV files that spreadsheet programs write: UTF-8, UTF-16, Windows-1252."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import N_, _
from kartu.core.source import place_in
from kartu.core.text import normalise_newlines

_SAVE = N_('save it in the spreadsheet program as "CSV UTF-8"')
_UTF8_CHARACTER = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)


class _Found(NamedTuple):
    name: str
    content: str


def decode(data: bytes, path: str, diagnostics: Diagnostics) -> str | None:
    """The text with `\\n` line ends and no byte order mark; None, with a diagnostic, if unclear.

    UTF-8 and UTF-16 are recognised reliably. Else Windows-1252 is assumed, with a warning, since
    nothing in the file confirms it.
    """
    found = _unicode(data)
    if found is None:
        found = _Found("Windows-1252", data.decode("cp1252", errors="replace"))
        first, fault = _not_utf8(data)
        before = normalise_newlines(data[:first].decode("utf-8-sig", errors="replace"))
        place = place_in(path, before, len(before))
        if fault:
            diagnostics.add("file-encoding", place, fault, _(_SAVE))
            return None
        character = found.content[first]
        message = _(
            'the file is not UTF-8 and was read as Windows-1252: is "{character}" right here?',
            character=character,
        )
        diagnostics.add("csv-encoding", place, message, _(_SAVE))
    elif "\ufffd" in found.content and found.name != "UTF-8":
        before = normalise_newlines(found.content.partition("\ufffd")[0])
        place = place_in(path, before, len(before))
        message = _("this is not {encoding} text", encoding=found.name)
        diagnostics.add("file-encoding", place, message, _(_SAVE))
        return None
    return normalise_newlines(found.content)


class Written(NamedTuple):
    """A file's text with its original line ends, byte order mark and codec."""

    mark: bytes
    codec: str
    content: str


def as_written(data: bytes) -> Written:
    """The parts of a file that `decode` can read: `mark + content.encode(codec)` is `data`."""
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return Written(mark, codec, data[len(mark) :].decode(codec, errors="replace"))
    found = _unicode(data)
    if found is None:
        return Written(b"", "cp1252", data.decode("cp1252", errors="replace"))
    codec = "utf-8" if found.name == "UTF-8" else f"utf-16-{'be' if data[0] == 0 else 'le'}"
    return Written(b"", codec, found.content)


def shown(data: bytes) -> str:
    """The text as `decode` reads it, with U+FFFD in place of invalid bytes."""
    found = _unicode(data)
    content = data.decode("cp1252", errors="replace") if found is None else found.content
    return normalise_newlines(content)


def _unicode(data: bytes) -> _Found | None:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(mark):
            return _Found("UTF-16", data[2:].decode(encoding, errors="replace"))
    # A header begins with an ASCII letter, which in UTF-16 has one zero byte.
    if len(data) >= 2 and (data[0] == 0) != (data[1] == 0):
        encoding = "utf-16-be" if data[0] == 0 else "utf-16-le"
        return _Found("UTF-16", data.decode(encoding, errors="replace"))
    try:
        return _Found("UTF-8", data.removeprefix(codecs.BOM_UTF8).decode())
    except UnicodeDecodeError:
        return None


def _not_utf8(data: bytes) -> tuple[int, str]:
    """The offset of the first non-UTF-8 byte, and why it is not Windows-1252 either, if so."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        first = error.start
    if data.startswith(codecs.BOM_UTF8) or _UTF8_CHARACTER.search(data):
        byte = f"0x{data[first]:02X}"
        return first, _("the byte {byte} is not UTF-8 text, while the others are", byte=byte)
    try:
        data.decode("cp1252")
    except UnicodeDecodeError as error:
        byte = f"0x{data[error.start]:02X}"
        return error.start, _("the byte {byte} is not a letter in Windows-1252 either", byte=byte)
    return first, ""
