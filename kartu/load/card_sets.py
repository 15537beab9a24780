"""The card sets of a deck's folder: which files they are, and their notes in study order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from kartu.core.diagnostics import Diagnostics, has_errors
from kartu.core.given import GivenIds
from kartu.core.language import _
from kartu.core.model import Deck, Note, NoteType
from kartu.core.patterns import pattern
from kartu.core.progress import Progress
from kartu.core.source import Span
from kartu.load.card_set import load_card_set
from kartu.load.files import Files, natural_order
from kartu.load.ids import with_ids
from kartu.load.ids.lines import ENDING
from kartu.load.names import MARKDOWN, SPREADSHEETS

# A deck's changes to the notes of the deck that it extends.
CHANGES = "changes.yaml"

# The optional file next to a spreadsheet, for values that all rows share.
_OF_A_SHEET = ".set.yaml"

# What a deck's folder may contain besides card sets; kartu writes ledgers and changelog.
_OTHER_FILES = ("deck.yaml",)
_OTHER_FOLDERS = ("media", "i18n", "lists")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".mp3", ".ogg", ".wav", ".m4a")
_WRITTEN_BY_RELEASE = pattern(r"ledger(\.[A-Za-z0-9-]+)?\.jsonl|changelog(\.[A-Za-z0-9-]+)?\.md")


def _load_spreadsheet(*arguments: Any) -> list[Note]:
    from kartu.load.sheets import load_spreadsheet

    return load_spreadsheet(*arguments)


def _load_markdown(*arguments: Any) -> list[Note]:
    from kartu.load.markdown import load_markdown

    return load_markdown(*arguments)


def _is_markdown_set(*arguments: Any) -> bool:
    from kartu.load.markdown.folder import is_card_set

    return is_card_set(*arguments)


def _not_shown(pictures: list[str], notes: list[Note]) -> list[str]:
    if not pictures:
        return []
    from kartu.load.markdown.folder import not_shown  # few decks have any here

    return not_shown(pictures, notes)


_SetReader = Callable[[Files, str, dict[str, NoteType | None], Diagnostics], list[Note]]

# The readers of card sets, by file name extension.
_CARD_SETS: dict[str, _SetReader] = {
    ".yaml": load_card_set,
    **dict.fromkeys(SPREADSHEETS, _load_spreadsheet),
    MARKDOWN: _load_markdown,
}


def read_card_set(
    files: Files, path: str, note_types: dict[str, NoteType | None], diagnostics: Diagnostics
) -> list[Note]:
    """The notes of a card set of any kind."""
    reader: _SetReader = _CARD_SETS.get(_ending(path), _load_spreadsheet)
    return reader(files, path, note_types, diagnostics)


def _ending(path: str) -> str:
    return path[path.rfind(".") :]


def load_notes(
    files: Files,
    folder: str,
    note_types: dict[str, NoteType | None],
    progress: Progress,
    diagnostics: Diagnostics,
    *,
    other: str = "",
    taken: Collection[str] = (),
) -> tuple[list[Note], GivenIds]:
    """The notes of a deck's card sets in study order, and the ids of those that write none.

    The file `other` is not a card set; `taken` are ids of notes of the deck that are elsewhere.
    """
    before = diagnostics.mark()
    card_sets, pictures = listed(files, folder, other, diagnostics)
    notes: list[Note] = []
    for number, path in enumerate(card_sets):
        progress(path, number, len(card_sets))
        notes += read_card_set(files, path, note_types, diagnostics)
    for path in _not_shown(pictures, notes):
        unexpected(path, _ending(path), diagnostics)
    whole = not has_errors(diagnostics.since(before))
    return with_ids(files, folder, notes, note_types, taken, diagnostics, whole=whole)


def with_notes(deck: Deck, notes: Iterable[Note]) -> Deck:
    """The deck with these notes in study order; those that are unfinished are apart."""
    notes = tuple(notes)
    unfinished = tuple(note for note in notes if note.unfinished is not None)
    if unfinished:
        notes = tuple(note for note in notes if note.unfinished is None)
    return deck._replace(notes=notes, unfinished=unfinished)


def written_notes(deck: Deck) -> tuple[Note, ...]:
    """All notes of a deck in the order in which they are written, the unfinished ones too."""
    return tuple(sorted(deck.all_notes, key=_written)) if deck.unfinished else deck.notes


def _written(note: Note) -> tuple[list[tuple[int, int, str]], int]:
    place = note.id.span
    return natural_order(place.path.rpartition("/")[2]), place.line


def listed(
    files: Files, folder: str, other: str, diagnostics: Diagnostics
) -> tuple[list[str], list[str]]:
    """The card sets of a deck in order, and pictures and sounds among them; reports the rest."""
    card_sets: list[str] = []
    pictures: list[str] = []
    for name in files.names(folder):
        path = f"{folder}/{name}"
        ending = _ending(path)
        is_folder = files.is_folder(path)
        if name.startswith((".", "_", "~")) or _belongs(name, is_folder) or name == other:
            continue
        if name.endswith(_OF_A_SHEET):
            _check_has_sheet(files, path, diagnostics)
        elif is_folder:
            _unexpected_folder(files, folder, path, diagnostics)
        elif ending in _PICTURES:
            pictures.append(path)
        elif files.one is not None:
            card_sets.append(path)
        elif ending not in _CARD_SETS:
            unexpected(path, ending, diagnostics)
        elif ending != MARKDOWN or _is_markdown_set(files, path, diagnostics):
            card_sets.append(path)
    return card_sets, pictures


def _belongs(name: str, folder: bool) -> bool:
    if folder:
        return name in _OTHER_FOLDERS
    if name.endswith(ENDING):  # if its card set is not there, notes may have gone elsewhere
        return True
    return name in _OTHER_FILES or _WRITTEN_BY_RELEASE.fullmatch(name) is not None


def _check_has_sheet(files: Files, path: str, diagnostics: Diagnostics) -> None:
    base = path.removesuffix(_OF_A_SHEET)
    if not any(files.is_file(base + ending) for ending in SPREADSHEETS):
        help = _("it belongs to {base}.csv, .xlsx or .ods, which is not there", base=base)
        diagnostics.add("unexpected-file", Span(path), _("kartu does not read this file"), help)


def _unexpected_folder(files: Files, folder: str, path: str, diagnostics: Diagnostics) -> None:
    help = _(
        "put its card sets directly into {folder}, or let its name begin with _", folder=folder
    )
    if any(_ending(one) in _PICTURES for one in files.names(path)):
        help = _("pictures and sounds belong in {folder}/media: rename it", folder=folder)
    diagnostics.add("unexpected-file", Span(path), _("kartu does not read this folder"), help)


def unexpected(path: str, ending: str, diagnostics: Diagnostics) -> None:
    """Reports a file that is not read, with what its name or kind may have meant."""
    help = _(
        "card sets end in .yaml, .csv, .xlsx, .ods or .md; a name that begins with _ is left out"
    )
    if ending.lower() in (".yml", *_CARD_SETS):
        right = ".yaml" if ending.lower() == ".yml" else ending.lower()
        help = _("did you mean {path}?", path=path[: -len(ending)] + right)
    elif ending.lower() == ".org":
        help = _("export it from Org mode as Markdown, with a front matter")
    elif ending.lower() in (".xls", ".xlsm", ".xlsb", ".fods", ".numbers", ".tsv", ".tab"):
        help = _("save it in the spreadsheet program as .csv or .xlsx")
    diagnostics.add("unexpected-file", Span(path), _("kartu does not read this file"), help)
