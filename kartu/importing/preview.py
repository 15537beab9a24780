"""What a file would become, before anything is written: a list, cards in Markdown, a package."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostic, Diagnostics
from kartu.core.language import _
from kartu.core.model import Note, NoteType
from kartu.importing.contents import CannotImportError
from kartu.importing.decks import deck_name, decks_of
from kartu.importing.existing import ExistingProject
from kartu.importing.read import read
from kartu.load.files import Files
from kartu.load.markdown import read_markdown, with_note_type
from kartu.load.names import MARKDOWN, SPREADSHEETS
from kartu.load.one_file import LISTS
from kartu.rewrite.notes.given import EditedFiles

PACKAGES = (".apkg", ".colpkg")
TABLES = (*LISTS, *SPREADSHEETS)
ENDINGS = (*PACKAGES, *TABLES, MARKDOWN)

# How a text begins that is Markdown with cards and no list.
_OF_MARKDOWN = re.compile(
    r"\A---[ \t]*\n|^#{1,6} \S|^(?:[-*] )?(?:\*\*)?(?:Q|C|Soal|Tanya):|^\S.* ::: ? ?\S",
    re.MULTILINE | re.IGNORECASE,
)


class MarkdownCards(NamedTuple):
    """The cards of a Markdown file, and what it says of its deck."""

    title: str
    note_type: str
    notes: list[Note]
    faults: list[Diagnostic]


class PackageContents(NamedTuple):
    """What is in a package; `decks` are names with the number of their notes."""

    decks: list[tuple[str, int]]
    note_types: list[tuple[str, int]]
    notes: int
    media: int
    dropped: list[str]


def ending_of_text(text: str) -> str:
    """Returns the ending of the name that a file with a pasted text would have."""
    return MARKDOWN if _OF_MARKDOWN.search(text) and not text.startswith("#sep") else ".txt"


def read_markdown_cards(
    files: Files, path: str, note_types: dict[str, NoteType | None], kind: str
) -> MarkdownCards:
    """Returns the cards of a Markdown file.

    Args:
        files: Has its content at `path`.
        kind: The note type of its cards where it names none, empty for the one that fits.

    Raises:
        CannotImportError: It has none.
    """
    diagnostics = Diagnostics()
    content = files.read_bytes(path, diagnostics) or b""
    files = EditedFiles(files.root, {path: with_note_type(content, kind)})
    found = read_markdown(files, path, note_types, diagnostics, default=True)
    if found is None:
        raise CannotImportError(next((one.message for one in diagnostics), _("it has no cards")))
    named = str(found.front.of_deck.get("name") or found.title or "")
    kinds = Counter(note.note_type for note in found.notes)
    most = next((type_id for type_id, _count in kinds.most_common(1)), kind)
    return MarkdownCards(named, kind or most, found.notes, list(diagnostics))


def read_package(path: Path, root: Path, name: str) -> PackageContents:
    """Returns what is in a package. Raises CannotImportError where it cannot be read.

    Args:
        name: For decks of no name.
    """
    with read(path, "", ExistingProject.of(root)) as imported:
        fallback = deck_name(name, "Deck")
        types = Counter(note.note_type for note in imported.notes)
        return PackageContents(
            [(one.name, len(one.notes)) for one in decks_of(imported, fallback)],
            [(imported.note_types[number].name, count) for number, count in types.most_common()],
            len(imported.notes),
            len(imported.media),
            list(imported.dropped),
        )
