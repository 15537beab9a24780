"""`kartu import --into`: a list becomes a card set of a deck that is there."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from kartu.core.atomic import write_files
from kartu.core.diagnostics import Diagnostic, Diagnostics, has_errors
from kartu.core.language import _
from kartu.core.progress import Progress, no_progress
from kartu.core.source import texts_in
from kartu.core.usage import UsageError, writing
from kartu.importing.adopt import as_csv
from kartu.load import load_project
from kartu.load.access import changing
from kartu.load.chosen import chosen_deck
from kartu.load.files import Files, described, pending
from kartu.load.markdown import with_note_type
from kartu.load.names import MARKDOWN, SPREADSHEETS
from kartu.load.one_file import ENDINGS, LISTS, with_paths
from kartu.pipeline import build_diagnostics, compile_decks
from kartu.rewrite.description import Properties, description_of


class IntoOptions(NamedTuple):
    """`file` is the list, `deck` the folder of the deck in the project in `root`."""

    file: Path
    root: Path
    deck: str
    properties: Properties = Properties()


class IntoResult(NamedTuple):
    """What the deck has now: `files` by their paths in the project, and how many notes are new.

    With an error among the diagnostics nothing is written.
    """

    diagnostics: list[Diagnostic]
    files: list[str]
    notes: int


def import_into(options: IntoOptions, progress: Progress = no_progress) -> IntoResult:
    """Adds the notes of a file to a deck, as a card set of its own with the pictures that it names.

    Raises:
        UsageError: The file is no list, the deck has such a file, or it cannot be written.
    """
    file, root = options.file, options.root
    ending = file.suffix.lower()
    if ending not in ENDINGS:
        raise UsageError(
            _("only lists can go into a deck that is there: {endings}", endings=", ".join(ENDINGS))
        )
    with changing(root):
        folder = f"cards/{chosen_deck(root, options.deck)}"
        contents = _contents(options, folder, ending)
        files = Files(root)
        for path in contents:
            if files.is_file(path) and "/media/" not in path:
                raise UsageError(
                    _("{path} is there already: give the list another name", path=path)
                )
        card_set = next(iter(contents))
        with pending(root, contents):
            compiled, found = compile_decks(root, [folder.rpartition("/")[2]], None, progress)
            found = build_diagnostics(found, root)
        found = with_paths(found, lambda path: str(file) if path == card_set else path)
        if has_errors(found):
            return IntoResult(found, [], 0)
        with writing(folder):
            write_files({root / path: content for path, content in contents.items()})
    notes = [note for note in compiled[0].built.notes if note.source.id.span.path == card_set]
    return IntoResult(found, list(contents), len(notes))


def _contents(options: IntoOptions, folder: str, ending: str) -> dict[str, bytes]:
    """The new files of the deck, the card set first."""
    file = options.file
    given = options.properties.as_yaml()
    shared = "".join(
        f"{key}: {value}\n" for key, value in given.items() if key not in ("name", "language")
    )
    kinds, media = _notes_of(options)
    content, name = file.read_bytes(), f"{file.stem}{ending}"
    if ending in LISTS:
        content, name = as_csv(content, file.name), f"{file.stem}.csv"
    elif ending == MARKDOWN:
        content = with_note_type(content, options.properties.note_type or kinds)
    found = {f"{folder}/{name}": content}
    if shared and (ending in LISTS or ending in SPREADSHEETS):
        found[f"{folder}/{file.stem}.set.yaml"] = shared.encode()
    return found | {f"{folder}/media/{name}": content for name, content in media.items()}


def _notes_of(options: IntoOptions) -> tuple[str, dict[str, bytes]]:
    """The note type of the file's notes, and the pictures and sounds beside it that they name."""
    files = Files(options.file)
    if files.one is None:
        raise UsageError(_('there is no file "{path}"', path=options.file))
    with described(options.file, description_of(options.file, options.properties)):
        project, _rest = load_project(options.file)
    notes = [note for deck in project.decks for note in deck.all_notes]
    kinds = dict.fromkeys(str(note.note_type) for note in notes)
    texts = (text for note in notes for value in note.values.values() for text in texts_in(value))
    together = "\n".join(texts)
    media = {
        name: files.read_bytes(f"{files.one.media}/{name}", Diagnostics())
        for name in files.names(files.one.media)
        if name in together
    }
    return next(iter(kinds), ""), {name: content for name, content in media.items() if content}
