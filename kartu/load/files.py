"""Files of a project: listed in a fixed order, read as text, never from outside the project."""

from __future__ import annotations

import codecs
import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from errno import EACCES
from pathlib import Path

from kartu.core.diagnostics import Diagnostic, Diagnostics
from kartu.core.language import _
from kartu.core.patterns import pattern
from kartu.core.shipped import SHIPPED, is_shipped, shipped_templates
from kartu.core.source import Span, place_in
from kartu.core.text import normalise_newlines
from kartu.load.one_file import OneFile

MAX_BYTES = 64 * 1024 * 1024

# YAML and Anki both mishandle these; line and paragraph separators also count as line breaks in
# YAML but not in an editor, so positions after them would be wrong.
CONTROL = pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")

# The same for a much faster search: as bytes of UTF-8, and as single characters.
_HARMLESS = bytes(set(range(256)) - {*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F})
_C1 = re.compile(b"\xc2[\x80-\x9f]")
_NON_ASCII = "\u2028\u2029\ufffe\uffff"

_DIGITS = pattern(r"(\d+)")


class Files:
    """Reads the files of the project in `root`; paths are relative to it, with forward slashes.

    Where `root` is a file, that is the whole project: `one` says where its parts are.
    Paths that begin with `kartu:templates` are those of the templates that came with the program.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.one = OneFile(root) if os.path.isfile(root) else None
        self._prefix = os.path.join(root, "")
        self._pending = _PENDING.get({}).get(os.path.realpath(root), {})
        self._real_root = os.path.realpath(root if self.one is None else root.parent)
        self._folders: dict[str, bool] = {}
        self.unreadable: dict[str, str] = {}  # folders that are there, with the reason

    def path(self, path: str) -> str:
        """The path of the file on this machine."""
        if is_shipped(path):
            return shipped_templates() + path.removeprefix(SHIPPED)
        return f"{self._prefix}{path}" if self.one is None else self.one.path(path)

    def inside(self, path: str) -> bool:
        """Whether `path`, after following links, is in the project, or came with the program."""
        if is_shipped(path):  # installers may make links of what they install
            return ".." not in path.split("/")
        full = self.path(path)
        if self.one is not None:
            return self._is_inside(full)
        folder = os.path.dirname(path)
        if folder not in self._folders:
            self._folders[folder] = self._is_inside(self.path(folder))
        return self._is_inside(full) if os.path.islink(full) else self._folders[folder]

    def _is_inside(self, full: str) -> bool:
        real = os.path.realpath(full)
        return real == self._real_root or real.startswith(self._real_root + os.sep)

    def names(self, folder: str) -> list[str]:
        """The entries of `folder`, in natural order; empty if there is no such folder.

        One that is there and cannot be read is noted in `unreadable`.
        """
        pending = {
            path.removeprefix(f"{folder}/").partition("/")[0]
            for path in self._pending
            if path.startswith(f"{folder}/")
        }
        try:
            if self.one is not None and not is_shipped(folder):
                return sorted(self.one.names(folder), key=natural_order)
            path = self.path(folder)
            there = os.listdir(path)
            if there and not os.access(path, os.X_OK):  # nothing in it can be opened
                raise PermissionError(EACCES, os.strerror(EACCES))
            return sorted(pending.union(there), key=natural_order)
        except (FileNotFoundError, NotADirectoryError, ValueError):  # or an impossible name
            return sorted(pending, key=natural_order)
        except OSError as error:
            self.unreadable[folder] = error.strerror or str(error)
            return sorted(pending, key=natural_order)

    def is_folder(self, path: str) -> bool:
        return os.path.isdir(self.path(path))

    def is_file(self, path: str) -> bool:
        there = self.one is not None and self.one.is_description(path)
        return there or path in self._pending or os.path.isfile(self.path(path))

    def read_bytes(self, path: str, diagnostics: Diagnostics) -> bytes | None:
        """The content of a file; None, with the reason in `diagnostics`, if it is unreadable."""
        place = Span(path)
        if path in self._pending:
            return self._pending[path]
        if self.one is not None and self.one.is_description(path):
            description = self.one.description()
            if description is not None:
                return description
        if not self.inside(path):
            diagnostics.add("path-outside-project", place, _("the file is outside the project"))
            return None
        try:
            there = os.stat(self.path(path))
            if not stat.S_ISREG(there.st_mode):
                diagnostics.add("file-unreadable", place, _("this is not a regular file"))
                return None
            if there.st_size > MAX_BYTES:
                message = _(
                    "the file is larger than {number} MiB", number=MAX_BYTES // 1024 // 1024
                )
                diagnostics.add("file-too-large", place, message, _("split it into several"))
                return None
            with open(self.path(path), "rb", buffering=0) as file:
                return file.read()
        except (OSError, ValueError) as error:
            reason = _(
                "the file cannot be read: {reason}",
                reason=getattr(error, "strerror", None) or error,
            )
            diagnostics.add("file-unreadable", place, reason)
            return None

    def read_text(self, path: str, diagnostics: Diagnostics) -> str | None:
        """The file's text with `\\n` line ends and no byte order mark; None as in `read_bytes`."""
        data = self.read_bytes(path, diagnostics)
        if data is None:
            return None
        data = data.removeprefix(codecs.BOM_UTF8)
        try:
            content = normalise_newlines(data.decode())
        except UnicodeDecodeError as error:
            diagnostics.append(_not_utf8(path, data, error.start))
            return None
        if found := control_in(content):
            diagnostics.append(control_character(found, place_in(path, content, found.start())))
            return None
        return content


# What a run is about to write, by the project's real path: it reads it as if it was there. Other
# threads, where the editor saves meanwhile, do not.
_PENDING: ContextVar[Mapping[str, Mapping[str, bytes]]] = ContextVar("pending")


@contextmanager
def pending(root: Path, contents: Mapping[str, bytes]) -> Iterator[None]:
    """Lets the project have these new files, by path, while a run decides whether to write them."""
    key = os.path.realpath(root)
    now = _PENDING.get({})
    before = _PENDING.set({**now, key: {**now.get(key, {}), **contents}})
    try:
        yield
    finally:
        _PENDING.reset(before)


def described(file: Path, description: bytes | None) -> AbstractContextManager[None]:
    """Lets a file that is a deck have this deck.yaml, as `pending` does; None changes nothing."""
    path = f"{OneFile(file).folder}/deck.yaml"
    return pending(file, {} if description is None else {path: description})


def control_character(found: re.Match[str], place: Span, inside: str = "") -> Diagnostic:
    """The diagnostic for a match of CONTROL at `place`, or in its rendered form `inside`."""
    code = f"U+{ord(found[0]):04X}"
    message = _("the invisible control character {code}", code=code)
    if inside:
        message = _("the invisible control character {code} in {place}", code=code, place=inside)
    return Diagnostic("control-character", place, message, _("delete it"))


def control_in(content: str) -> re.Match[str] | None:
    """The first character that is not allowed in a source."""
    try:
        data = content.encode()
    except UnicodeEncodeError:
        return CONTROL.search(content)
    harmless = (
        not data.translate(None, _HARMLESS)
        and not any(character in content for character in _NON_ASCII)
        and (b"\xc2" not in data or _C1.search(data) is None)
    )
    return None if harmless else CONTROL.search(content)


def natural_order(name: str) -> list[tuple[int, int, str]]:
    """A sort key that puts `2-x` before `10-x`, the same in every locale."""
    parts = _DIGITS.split(name)
    key = [(0, int(part), "") if i % 2 else (1, 0, part) for i, part in enumerate(parts)]
    return [*key, (1, 0, name)]


def _not_utf8(path: str, data: bytes, position: int) -> Diagnostic:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        message, place = _("the file is UTF-16 text"), Span(path)
    else:
        before = normalise_newlines(data[:position].decode(errors="replace"))
        place = place_in(path, before, len(before))
        byte = f"0x{data[position]:02X}"
        message = _("the byte {byte} is not UTF-8 text", byte=byte)
    return Diagnostic("file-encoding", place, message, _('save the file with the encoding "UTF-8"'))
