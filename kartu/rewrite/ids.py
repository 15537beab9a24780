"""Writes the files of ids beside card sets, together with what was built."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from kartu.core.atomic import holding
from kartu.core.diagnostics import Diagnostic, Diagnostics
from kartu.core.given import SavedFile
from kartu.core.language import _
from kartu.core.model import Deck
from kartu.core.source import Span
from kartu.core.text import shown
from kartu.core.usage import RefusedError, UsageError
from kartu.load.files import Files
from kartu.load.ids.lines import ENDING, lines_of
from kartu.load.ids.values import Saved
from kartu.load.ids.words import Words


def changed_ids(decks: Iterable[Deck]) -> dict[str, SavedFile]:
    """Returns the files of ids that the next build of these decks changes, by path."""
    return {one.path: one for deck in decks for one in deck.given.files}


def report_unsaved(decks: Iterable[Deck], diagnostics: Diagnostics) -> None:
    """Reports card sets with notes that the files of ids do not have as they are now."""
    for path in changed_ids(decks):
        message = _("the notes without an id are not saved as they are now: {file}", file=path)
        help = _("run kartu build, and commit what it writes beside the card sets")
        place = Span(path.removesuffix(ENDING))
        diagnostics.append(Diagnostic("ids-not-saved", place, message, help))


def refuse_unsaved(decks: Iterable[Deck]) -> None:
    """Raises RefusedError where a build would change a file of ids."""
    if unsaved := changed_ids(decks):
        raise RefusedError(
            _(
                "these files of ids would change: {names}; run kartu build, and commit them",
                names=shown(unsaved),
            )
        )


def with_lines(
    read: Mapping[str, tuple[bytes, list[Saved]]], lines: Iterable[Saved], words: Words
) -> dict[str, SavedFile]:
    """Returns the files of ids that change when these notes are saved as they are now.

    Each is in the file of its card set alone. `read` are the files as `read_saved` returns them.
    """
    contents = {path: list(found) for path, (_content, found) in read.items()}
    new = {one.id: one for one in lines}
    for path, found in contents.items():
        contents[path] = [other for other in found if other.id not in new]
    for one in new.values():
        contents.setdefault(f"{one.path}{ENDING}", []).append(one)
    changed = {}
    for path, found in contents.items():
        before = read[path][0] if path in read else None
        after = lines_of(found, words) if found else None
        if before != after:
            changed[path] = SavedFile(path, before, after)
    return changed


@contextmanager
def saving(root: Path, ids: Mapping[str, SavedFile]) -> Iterator[dict[Path, bytes]]:
    """Holds the folders of files of ids; yields what is to be written, and deletes empty ones.

    Raises UsageError where one was changed since it was read.
    """
    files = Files(root)
    with ExitStack() as stack:
        for folder in sorted({Path(files.path(path)).parent for path in ids}):
            stack.enter_context(holding(folder))
        for path, one in ids.items():
            if _content(files, path) != one.before:
                raise UsageError(_("{file} was changed meanwhile; run it again", file=path))
        yield {
            Path(files.path(path)): one.after for path, one in ids.items() if one.after is not None
        }
        for path, one in ids.items():
            if one.after is None:
                with suppress(OSError):  # lines that are elsewhere too do no harm
                    os.unlink(files.path(path))


def _content(files: Files, path: str) -> bytes | None:
    """The file's content as it was read; None where there is none."""
    if not files.is_file(path):
        return None
    content = files.read_text(path, Diagnostics())
    return content.encode() if content is not None else None
