"""`kartu export`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from kartu.core.atomic import holding, staged, write_all
from kartu.core.diagnostics import Diagnostic, Diagnostics, has_errors
from kartu.core.language import _, ngettext
from kartu.core.model import in_language
from kartu.core.progress import Progress, no_progress
from kartu.core.text import shown
from kartu.core.usage import RefusedError, UsageError, writing
from kartu.export.sheet import as_csv, as_workbook, rows_of, written_notes
from kartu.export.text import as_text
from kartu.load import load_note_types
from kartu.load.access import refuse_unbuilt
from kartu.load.card_sets import CHANGES
from kartu.load.chosen import chosen_deck
from kartu.load.deck import load_deck
from kartu.load.files import Files
from kartu.load.names import SPREADSHEETS
from kartu.load.sheets.raw import WorkbookError
from kartu.pipeline import compile_decks
from kartu.rewrite.ids import refuse_unsaved

FORMATS = {"csv": ".csv", "xlsx": ".xlsx", "text": ".txt", "crowdanki": "-crowdanki"}


class ExportOptions(NamedTuple):
    """`out` is the file to write, which must not exist; if None, it is in the current folder."""

    root: Path
    deck: str
    format: str
    out: Path | None = None
    cache: Path | None = None


class ExportResult(NamedTuple):
    """Where the notes are, how many, and descriptions of what is left out."""

    diagnostics: list[Diagnostic]
    out: Path
    notes: int
    left_out: list[str]


class _Exported(NamedTuple):
    """What to write: a file under the empty name, or a folder's files by path."""

    files: dict[str, bytes]
    notes: int
    left_out: list[str]


def export(options: ExportOptions, progress: Progress = no_progress) -> ExportResult:
    """Writes the deck's notes to a file, or for CrowdAnki to a folder.

    Raises:
        UsageError: The file or folder exists or cannot be written.
        RefusedError: The deck has spreadsheets only, and a sheet of its notes was asked for.
    """
    deck = chosen_deck(options.root, options.deck)
    out = options.out or Path(f"{deck}{FORMATS[options.format]}")
    if options.format in ("csv", "xlsx"):
        found, diagnostics = _sheet(options, deck)
    else:
        found, diagnostics = _built(options, deck, progress)
    if found.files:
        with writing(out):
            try:
                if "" in found.files:
                    _write_file(out, found.files[""])
                else:
                    _write_folder(out, found.files)
            except (FileExistsError, NotADirectoryError) as error:
                raise UsageError(
                    _("{path} already exists: name another one with -o", path=out)
                ) from error
    return ExportResult(diagnostics, out, found.notes, found.left_out)


def _write_file(out: Path, content: bytes) -> None:
    out.parent.stat()  # raises if the folder is missing, which is not created
    with holding(out.parent):
        if os.path.lexists(out):
            raise FileExistsError
        write_all(out.parent, {out.name: content})


def _write_folder(out: Path, files: dict[str, bytes]) -> None:
    if os.path.lexists(out):
        raise FileExistsError
    with staged(out.parent) as stage:
        for name, content in files.items():
            path = stage.folder / out.name / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        stage.place([out.name])


def _sheet(options: ExportOptions, deck: str) -> tuple[_Exported, list[Diagnostic]]:
    files = Files(options.root)
    folder = f"cards/{deck}"
    note_types, diagnostics = load_note_types(options.root)
    notes = list(written_notes(files, folder))
    sheets = [name for name in files.names(folder) if name.endswith(SPREADSHEETS)]
    if sheets and not notes:
        raise RefusedError(
            _(
                "all card sets of {folder} are already spreadsheets ({names}): open these",
                folder=folder,
                names=shown([f"{folder}/{name}" for name in sheets]),
            )
        )
    left_out = [_("{names}: already a spreadsheet", names=shown(sheets))] if sheets else []
    own = load_deck(files, folder, (), Diagnostics())
    if own is not None and own.extends is not None:
        changes = f"{folder}/{CHANGES}"
        left_out.append(
            _(
                "the notes of {deck}, which are changed in {file}",
                deck=own.extends,
                file=changes,
            )
        )
    if own is not None:
        note_types = {id: in_language(one, str(own.language)) for id, one in note_types.items()}
    rows = rows_of(notes, note_types)
    try:
        content = as_csv(rows) if options.format == "csv" else as_workbook(deck, rows)
    except WorkbookError as error:
        raise UsageError(f"{error}: {error.help}") from error
    return _Exported({"": content}, len(notes), left_out), diagnostics


def _built(
    options: ExportOptions, deck: str, progress: Progress
) -> tuple[_Exported, list[Diagnostic]]:
    compiled, diagnostics = compile_decks(options.root, [deck], options.cache, progress)
    errors = [one for one in diagnostics if one.severity == "error"]
    if has_errors(errors):
        return _Exported({}, 0, []), errors
    refuse_unbuilt(options.root)
    built = compiled[0].built
    if options.format == "crowdanki":
        refuse_unsaved([built.source])
        from kartu.export.crowdanki import as_crowdanki

        left_out = [_("the ids of note types: let people import either this or an .apkg, not both")]
        return _Exported(as_crowdanki(built, Files(options.root)), len(built.notes), left_out), []
    media = {file.name for note in built.notes for file in note.media}
    left_out = [
        ngettext(
            "{number} media file, which Anki wants in its own folder",
            "{number} media files, which Anki wants in its own folder",
            len(media),
        )
    ]
    return _Exported({"": as_text(built).encode()}, len(built.notes), left_out if media else []), []
