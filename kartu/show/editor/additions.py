"""What was added beside cards: a deck, a source, a file. It is taken back while nothing uses it."""

from __future__ import annotations

from collections.abc import Iterator

from kartu.core.language import _
from kartu.core.model import Project
from kartu.core.source import Span, texts_in
from kartu.load.card_sets import written_notes
from kartu.load.files import Files
from kartu.load.ids.lines import ENDING
from kartu.rewrite.fix.files import bytes_of
from kartu.rewrite.history import About
from kartu.rewrite.notes.sets import Change, Changes
from kartu.rewrite.notes.values import EditRefusedError

NEW_DECK, SOURCE, MEDIA = "new_deck", "source", "media"


def check_unused(files: Files, project: Project, about: About) -> None:
    """Raises EditRefusedError where something uses what an edit `about` it has added."""
    deck, key = str(about.get("deck", "")), str(about.get("key", ""))
    folder = f"cards/{deck}"
    if about.get("do") == NEW_DECK and any(_others(files, folder)):
        message = _("the deck has cards or files by now")
        raise EditRefusedError(Span(folder), message, _("only an empty deck can be taken back"))
    if about.get("do") == SOURCE and key in _sources(project):
        message = _("a card names this source")
        raise EditRefusedError(Span(folder), message, _("take it away from the cards first"))
    if about.get("do") == MEDIA and (_is_named(project, key) or _is_written(files, folder, key)):
        message = _("a card shows {file}", file=key)
        raise EditRefusedError(Span(folder), message, _("take it away from the cards first"))


def without_ids(files: Files, deck: str) -> Changes:
    """Returns the change that takes the files of ids away with a deck that has no cards."""
    paths = (f"cards/{deck}/{name}" for name in files.names(f"cards/{deck}"))
    return {path: Change(bytes_of(files, path), None) for path in paths if path.endswith(ENDING)}


def without_file(files: Files, about: About) -> Changes:
    """Returns the change that takes an added file away; none where it is gone already."""
    path = f"cards/{about['deck']}/media/{about['key']}"
    data = bytes_of(files, path)
    return {path: Change(data, None)} if data is not None else {}


def _others(files: Files, folder: str) -> Iterator[str]:
    names = files.names(folder)
    return (name for name in names if name != "deck.yaml" and not name.endswith(ENDING))


def _sources(project: Project) -> set[str]:
    notes = (note for deck in project.decks for note in written_notes(deck))
    return {str(one) for note in notes for one in note.sources}


def _is_named(project: Project, file: str) -> bool:
    notes = (note for deck in project.decks for note in written_notes(deck))
    values = (value for note in notes for value in note.values.values())
    return any(file in text for value in values for text in texts_in(value))


def _is_written(files: Files, folder: str, file: str) -> bool:
    """Whether a file of the deck has the name, though it may not be readable now."""
    contents = (bytes_of(files, f"{folder}/{name}") for name in files.names(folder))
    return any(file.encode() in data for data in contents if data is not None)
