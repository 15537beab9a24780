"""A part of a file's fixes: those in some of its lines."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from kartu.core.diagnostics import Diagnostics
from kartu.load.files import Files
from kartu.load.yaml import parse
from kartu.rewrite.fix import FixedFile
from kartu.rewrite.fix.meaning import same_meaning


def part_of(fixed: FixedFile, lines: Sequence[range]) -> FixedFile | None:
    """Returns a fixed file with those fixes alone that change these lines, counted from 1.

    None where there are none, or where they cannot be made without the others.
    """
    before = fixed.before.splitlines(keepends=True)
    after = fixed.after.splitlines(keepends=True)
    content: list[bytes] = []
    for _tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        chosen = any(a < one.stop and max(b, a + 1) >= one.start for one in lines)
        content += after[c:d] if chosen else before[a:b]
    data = b"".join(content)
    fixes = [one for one in fixed.fixes if any(one.span.line in part for part in lines)]
    if data == fixed.before or not _is_same(fixed.path, fixed.before, data):
        return None
    return fixed._replace(after=data, fixes=fixes or fixed.fixes[:1])


def _is_same(path: str, before: bytes, after: bytes) -> bool:
    if not path.endswith(".yaml"):
        return True
    nodes = (parse(data.decode(), path, Diagnostics()) for data in (before, after))
    return same_meaning(*nodes)


def lines_around(files: Files, path: str, begins: Sequence[int], line: int) -> range:
    """Returns the lines of the note that a line of a file belongs to.

    Args:
        begins: The lines in which the notes of the file begin, in order.
    """
    start = max((one for one in begins if one <= line), default=1)
    content = files.read_text(path, Diagnostics()) or ""
    stop = min((one for one in begins if one > line), default=content.count("\n") + 2)
    return range(start, stop)
