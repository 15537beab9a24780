"""Files of a deck that kartu does not read although the deck needs their notes."""

from __future__ import annotations

import re
from collections.abc import Collection

from kartu.core.diagnostics import Diagnostic, Diagnostics
from kartu.core.language import _, ngettext
from kartu.core.model import Deck
from kartu.core.patterns import pattern
from kartu.core.text import shown
from kartu.load.files import Files

# Where a note's id is in YAML, and where it can be in the text of a table.
_ID = pattern(r"(?:^|[\s{,\"'])id[\"']?:\s*[\"']?([a-z0-9-]+)", re.MULTILINE)
_CELL = pattern(r"(?:^|[,;\t])\"?([a-z0-9-]+)\"?(?=[,;\t]|$)", re.MULTILINE)
_MOST_IN_A_FOLDER = 100
_TABLES = (".csv", ".tsv", ".tab", ".txt")


def report_unread(
    files: Files, deck: Deck, wanted: Collection[str], diagnostics: Diagnostics
) -> None:
    """Reports a file that is not read, as an error, if it has missing notes of `wanted`.

    The warning for the file goes, since this says the same and more.
    """
    missing = set(wanted) - {str(note.id) for note in deck.all_notes}
    unread = [
        one
        for one in diagnostics
        if one.code == "unexpected-file" and one.span.path.rpartition("/")[0] == deck.folder
    ]
    for one in unread if missing else ():
        content = _content(files, one.span.path)
        found = missing & set(_ID.findall(content))
        yaml = bool(found)
        if not found and one.span.path.lower().endswith(_TABLES):
            found = missing & set(_CELL.findall(content))
        if found:
            diagnostics.remove(one)
            folder = files.is_folder(one.span.path)
            diagnostics.append(_as_error(one, sorted(found), yaml=yaml, folder=folder))


def _as_error(one: Diagnostic, ids: list[str], *, yaml: bool, folder: bool) -> Diagnostic:
    message = (
        ngettext(
            'kartu does not read this folder, and the note "{ids}" of the deck is in it',
            "kartu does not read this folder, and {number} notes of the deck ({ids}) are in it",
            len(ids),
            ids=shown(ids),
        )
        if folder
        else ngettext(
            'kartu does not read this file, and the note "{ids}" of the deck is in it',
            "kartu does not read this file, and {number} notes of the deck ({ids}) are in it",
            len(ids),
            ids=shown(ids),
        )
    )
    help = one.help
    if yaml and not folder and not one.span.path.lower().endswith((".yaml", ".yml")):
        parent, _rest, name = one.span.path.rpartition("/")
        path = f"{parent}/{name.partition('.')[0]}.yaml"
        help = _("did you mean {path}?", path=path)
    return Diagnostic("unread-notes", one.span, message, help)


def _content(files: Files, path: str) -> str:
    """The text of a file, or of all that are directly in a folder; empty where it is none."""
    if files.is_folder(path):
        return "\n".join(_content(files, f"{path}/{name}") for name in _files_in(files, path))
    content = files.read_text(path, Diagnostics()) if files.is_file(path) else None
    return content or ""


def _files_in(files: Files, folder: str) -> list[str]:
    names = files.names(folder)[:_MOST_IN_A_FOLDER]
    return [name for name in names if files.is_file(f"{folder}/{name}")]
