"""`check --fix`: what needs no judgement is fixed in the files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kartu.load.access import changing, reading
from kartu.rewrite.fix import FixedFile, fixed_files
from kartu.rewrite.fix.files import replace_files


def fix(
    root: Path,
    chosen: Callable[[str], bool] = lambda path: True,
    *,
    write: bool = True,
    accept: bool = False,
) -> list[FixedFile]:
    """Returns the fixes of `chosen` files that need no judgement; with `write` they are written.

    With `accept`, changes record that they replace upstream's current texts.

    Raises:
        UsageError: Writing is not possible; nothing is written.
    """
    with (changing if write else reading)(root):
        found = fixed_files(root, chosen, accept=accept)
        if write:
            replace_files(root, {one.path: (one.before, one.after) for one in found})
    return found
