"""What an edit did to a file, small enough to be kept, and the way back in a file changed since."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, NamedTuple

from kartu.rewrite.edits import common_ends

# So many bytes around a change say where it is; with fewer, more of them may have changed outside.
_AROUND = (240, 80, 24)


class Splice(NamedTuple):
    """A change of one file: at `at`, `removed` was replaced by `inserted`.

    `before` and `after` are hashes of the whole file, empty where there was none; `left` and
    `right` are the bytes around the change.
    """

    path: str
    before: str
    after: str
    at: int
    removed: bytes
    inserted: bytes
    left: bytes
    right: bytes

    def back(self) -> Splice:
        """The change that undoes this one."""
        return self._replace(
            before=self.after, after=self.before, removed=self.inserted, inserted=self.removed
        )

    def applied(self, data: bytes | None) -> bytes | None:
        """Returns the file with the change made; None for no file.

        Raises:
            ClashError: The file was changed at that place, or it is not certain which that is.
        """
        if digest(data) == self.before:
            whole = data or b""
            new = whole[: self.at] + self.inserted + whole[self.at + len(self.removed) :]
            return new if self.after else None
        if data is None or not self.before or not self.after:
            raise ClashError(self)
        for around in _AROUND:
            left, right = self.left[-around:], self.right[:around]
            wanted = left + self.removed + right
            if (left or right) and data.count(wanted) == 1:
                at = data.index(wanted) + len(left)
                return data[:at] + self.inserted + data[at + len(self.removed) :]
        raise ClashError(self)

    def to_json(self) -> dict[str, Any]:
        """Returns the splice as a JSON value; bytes that are no UTF-8 are lone surrogates."""
        return {
            key: one.decode("utf-8", "surrogateescape") if isinstance(one, bytes) else one
            for key, one in self._asdict().items()
        }


class ClashError(Exception):
    """A change that cannot be made or undone, since its place was changed meanwhile."""

    def __init__(self, splice: Splice) -> None:
        super().__init__(splice.path)
        self.splice = splice


def splice_of(path: str, before: bytes | None, after: bytes | None) -> Splice:
    """Returns the difference of two contents of a file as one splice, of whole lines."""
    old, new = before or b"", after or b""
    first, last = common_ends(old, new)
    removed, inserted = old[first : len(old) - last], new[first : len(new) - last]
    lines = (removed or inserted).startswith((b"\n", b"\r")) and (not removed or not inserted)
    if not lines:
        first = old.rfind(b"\n", 0, first) + 1
        rest = old[len(old) - last :]
        last = len(rest) - (rest.find(b"\n") + 1 or len(rest))
    return Splice(
        path,
        digest(before),
        digest(after),
        first,
        old[first : len(old) - last],
        new[first : len(new) - last],
        new[max(first - _AROUND[0], 0) : first],
        new[len(new) - last :][: _AROUND[0]],
    )


def splice_from(value: dict[str, Any]) -> Splice:
    """Returns the splice of a JSON value that `to_json` has made."""
    texts = ("removed", "inserted", "left", "right")
    parts = {key: value[key].encode("utf-8", "surrogateescape") for key in texts}
    return Splice(**{**value, **parts})


def digest(data: bytes | None) -> str:
    """Returns a hash of a file, empty for None."""
    return "" if data is None else sha256(data).hexdigest()
