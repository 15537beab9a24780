"""`kartu new --adopt`: a project of a file that is a deck, with its identity and what was recorded.

Students go on with their cards: uid, ids, ledger, changelog and version are the file's.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from kartu.core.diagnostics import Diagnostic, Diagnostics, has_errors
from kartu.core.language import _
from kartu.core.model import Deck
from kartu.core.progress import no_progress
from kartu.core.usage import UsageError
from kartu.load.files import Files
from kartu.load.markdown import with_note_type
from kartu.load.names import MARKDOWN, SPREADSHEETS
from kartu.load.one_file import COMPANIONS, IDS, LISTS, OF_THE_SET, OneFile, described
from kartu.load.sheets import rows_of_list
from kartu.load.yaml import outline, parse
from kartu.pipeline import build_diagnostics, compile_decks
from kartu.rewrite.description import Properties, description_of
from kartu.rewrite.edits import Edit, edited, line_begins, line_end, whole_lines


class Adopted:
    """A file as a deck of a project: `files` by their paths, `deck` as it was read."""

    def __init__(self, file: Path) -> None:
        self.files: dict[str, bytes] = {}
        self.diagnostics: list[Diagnostic] = []
        self._files = Files(file)
        if self._files.one is None:
            raise UsageError(_('there is no file "{path}"', path=file))
        self.one: OneFile = self._files.one
        with described(file, description_of(file, Properties())):
            compiled, found = compile_decks(file, (), None, no_progress)
            found = build_diagnostics(found, file)
            self.deck: Deck | None = compiled[0].built.source if compiled else None
            if has_errors(found) or self.deck is None:
                self.diagnostics = found
                return
            media = {one.path for note in compiled[0].built.notes for one in note.media}
            self._lay_out(sorted(media))

    def _lay_out(self, media: list[str]) -> None:
        folder, name = self.one.folder, self.one.card_set
        own, shared = divided(self._read("deck.yaml").decode("utf-8-sig"))
        self.files[f"{folder}/deck.yaml"] = f"id: {self.one.id}\n{own}".encode()
        ending = self.one.file.suffix.lower()
        content = self._read(name)
        if ending in LISTS:
            name, content = f"{self.one.file.stem}.csv", as_csv(content, self.one.card_set)
        elif ending == MARKDOWN:
            content = with_note_type(content, _note_type(shared))
        self.files[f"{folder}/{name}"] = content
        if shared and (ending in SPREADSHEETS or ending in LISTS):
            self.files[f"{folder}/{self.one.file.stem}.set.yaml"] = shared.encode()
        if content := self._read(f"{self.one.card_set}{IDS}"):
            self.files[f"{folder}/{name}{IDS}"] = content
        for other in list(COMPANIONS)[1:]:
            if content := self._read(other):
                self.files[f"{folder}/{other}"] = content
        for path in media:
            self.files[path] = self._files.read_bytes(path, Diagnostics()) or b""

    def _read(self, name: str) -> bytes:
        path = f"{self.one.folder}/{name}"
        there = self._files.is_file(path)
        return (self._files.read_bytes(path, Diagnostics()) or b"") if there else b""


def as_csv(content: bytes, name: str) -> bytes:
    """A list of another program as a card set: those end in .csv."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows(rows_of_list(content, name))
    return buffer.getvalue().encode()


def divided(content: str) -> tuple[str, str]:
    """The lines of a file's deck.yaml that are the deck's, and those that are its card set's."""
    ranges = list(_of_the_set(content))
    shared = "".join(_whole(content[begin:end]) for begin, end in ranges)
    return edited(content, [Edit(begin, end, "") for begin, end in ranges]), shared


def _of_the_set(content: str) -> Iterator[tuple[int, int]]:
    root = outline(content)
    pairs = root.pairs() if root is not None and root.kind == "mapping" else []
    for key, value in pairs:
        if key.value in OF_THE_SET:
            end = key.begin + len(content[key.begin : max(key.end, value.end)].rstrip())
            begin, end = whole_lines(content, key.begin, end)
            yield max(begin, line_begins(content, key.begin)), end


def _whole(lines: str) -> str:
    return lines if lines.endswith(("\n", "\r")) else lines + line_end(lines, 0)


def _note_type(shared: str) -> str:
    node = parse(shared, "", Diagnostics()) if shared else None
    return str(node.get("note_type", "")) if isinstance(node, dict) else ""
