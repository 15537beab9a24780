"""`kartu import`."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from kartu.cli.echo import echo, readable, style
from kartu.cli.terminal import Terminal, usage_errors
from kartu.core.language import N_, _
from kartu.core.text import counted
from kartu.load.files import MAX_BYTES

if TYPE_CHECKING:
    from kartu.importing.run import ImportOptions, ImportResult

PACKAGES = (".apkg", ".colpkg")

EPILOG = N_("""\b
Examples:
  kartu import Biology.apkg -o biology     into a new project
  kartu import Biology.apkg --deck cells   into this one, as cards/cells
  kartu import CrowdAnki/Biology/          a folder with deck.json
  kartu import words.txt                   term, tab, definition; or exported by Anki
  kartu import words.xlsx --note-type term
  kartu import more.xlsx --into biology    more notes for a deck that is there
  kartu import --update biology.csv --diff   what an edited sheet would change
  kartu import --update class/*.apkg --diff  what students corrected in Anki
\b
Afterwards, with the package that students have:
  kartu build && kartu verify build/cells.apkg --from Biology.apkg
""")


@click.command("import", epilog=EPILOG)
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, path_type=Path),
)
@click.option(
    "-o",
    "--project",
    "out",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help=N_("The project to import into, created if it does not exist (else this one)."),
)
@click.option(
    "--deck", metavar="ID", default="", help=N_("The id of the new deck (else made from its name).")
)
@click.option(
    "--into",
    metavar="DECK",
    default="",
    help=N_("Add the notes of a list to this deck, as a card set of its own."),
)
@click.option(
    "--columns",
    metavar="KEY,...",
    default="",
    help=N_("With --into: what the columns are, where no row names them; as for kartu build."),
)
@click.option(
    "--language", metavar="CODE", default="", help=N_("The language of the cards: id, en …")
)
@click.option(
    "--note-type",
    metavar="ID",
    default="",
    help=N_("The note type of the project for the rows of a list (else a new one)."),
)
@click.option(
    "--heading/--no-heading",
    default=None,
    help=N_("Whether the first row of a list names its columns (else its words decide)."),
)
@click.option(
    "--update",
    "back",
    is_flag=True,
    help=N_(
        "FILE is a sheet that kartu export wrote, or packages from Anki (several, if you like): "
        "take their changes over into the deck."
    ),
)
@click.option(
    "--diff", is_flag=True, help=N_("With --update: show what would change; write nothing.")
)
@click.option(
    "--only",
    metavar="ID",
    multiple=True,
    help=N_("With --update of packages: only corrections of this note (may be repeated)."),
)
@click.option(
    "--base",
    "bases",
    metavar="OLD.apkg",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=N_(
        "With --update of packages: a package that students had; its texts are no corrections."
    ),
)
@click.option(
    "--interactive", "-i", is_flag=True, help=N_("With --update of packages: ask about each one.")
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help=N_("With --update of packages: the form of the result."),
)
@click.pass_obj
def command(
    terminal: Terminal,
    files: tuple[Path, ...],
    out: Path | None,
    deck: str,
    language: str,
    note_type: str,
    heading: bool | None,
    back: bool,
    diff: bool,
    into: str,
    columns: str,
    only: tuple[str, ...],
    bases: tuple[Path, ...],
    interactive: bool,
    form: str,
) -> None:
    """Import the decks of FILE.

    FILE is an .apkg or .colpkg of Anki, a folder of CrowdAnki, a text export of Anki, a
    spreadsheet, or a list of terms, tabs and definitions.

    The note types of a package become folders of templates/, its notes become card sets, media are
    copied, and GUIDs and ids stay: students who have the deck get the next release as an update.
    What looks different from before is reported. No existing file is changed.
    """
    csv.field_size_limit(MAX_BYTES)  # of the whole process, hence here
    there = terminal.at(out or terminal.root)
    file, *others = files
    if back and all(one.suffix.lower() in PACKAGES for one in files):
        from kartu.cli.corrections import take
        from kartu.importing.corrections.run import CorrectionOptions

        if Path(deck).is_file():  # it is a project by itself
            there, deck = terminal.at(Path(deck)), ""
        wanted = CorrectionOptions(there.root, files, deck, bases, only, not diff, there.cache)
        take(there, wanted, interactive=interactive, json=form == "json")
    if only or bases or interactive or form != "text":
        options = "--only, --base, --interactive, --format"
        raise click.UsageError(_("only for --update of packages: {options}", options=options))
    if others:
        raise click.UsageError(_("name one file; only packages with --update may be several"))
    if into:
        _into(there, file, into, note_type, columns)
    if back:
        _update(terminal, file, deck, diff=diff)
    if out is None and not any((there.root / name).is_dir() for name in ("cards", "templates")):
        raise click.UsageError(_("there is no project here; name a folder for one: -o FOLDER"))
    _import(there, file, (deck, language, note_type), heading)


def _import(
    there: Terminal, file: Path, words: tuple[str, str, str], heading: bool | None
) -> NoReturn:
    from kartu.importing.run import ImportOptions
    from kartu.report.importing import as_text

    result = _imported(there, ImportOptions(file, there.root, *words, heading))
    there.result(as_text(result, there.show_path))
    there.diagnostics(result.diagnostics)
    there.exit(result.diagnostics)


def _imported(terminal: Terminal, options: ImportOptions) -> ImportResult:
    from kartu.importing.contents import CannotImportError, UnknownHeadingError
    from kartu.importing.run import import_file

    try:
        with usage_errors(), terminal.progress() as progress:
            try:
                return import_file(options, progress)
            except UnknownHeadingError as error:
                if not sys.stdin.isatty():
                    raise
                answer = click.confirm(
                    readable(_('Does the first row, "{row}", name the columns?', row=error.row))
                )
                return import_file(options._replace(heading=answer), progress)
    except CannotImportError as error:
        echo(f"kartu: {options.file}: {error}", err=True)
        raise SystemExit(1) from error


def _into(terminal: Terminal, file: Path, deck: str, note_type: str, columns: str) -> NoReturn:
    from kartu.cli.asking import advise, answered
    from kartu.importing.into import IntoOptions, import_into
    from kartu.load.one_file import with_paths
    from kartu.rewrite.description import Properties

    if Path(deck).is_file():
        raise click.UsageError(
            _("{file} is no project yet: kartu new FOLDER --adopt {file} makes one", file=deck)
        )
    wanted = tuple(columns.split(",")) if columns else ()
    options = IntoOptions(file, terminal.root, deck, Properties("", "", note_type, wanted))
    with usage_errors(), terminal.progress() as progress:
        result = import_into(options, progress)
    if again := answered(terminal, result.diagnostics, options.properties):
        with usage_errors(), terminal.progress() as progress:
            result = import_into(options._replace(properties=again), progress)
    found = with_paths(  # places in FILE are as it was named
        result.diagnostics, lambda path: path if path == str(file) else terminal.show_path(path)
    )
    terminal.at(Path()).diagnostics(found)
    command = ("kartu", "import", str(file), "--into", deck)
    advise(result.diagnostics, command, options.properties)
    if result.files:
        notes = counted(result.notes, "note")
        terminal.result(f"{terminal.show_path(result.files[0])}: {notes}\n")
        terminal.result("".join(f"{terminal.show_path(one)}\n" for one in result.files[1:]))
    terminal.exit(result.diagnostics)


def _update(terminal: Terminal, file: Path, deck: str, *, diff: bool) -> NoReturn:
    from kartu.importing.contents import CannotImportError
    from kartu.importing.from_sheet import update_deck
    from kartu.report.fix import as_diff, as_text, update_summary

    try:
        with usage_errors():
            found = update_deck(terminal.root, deck, file, write=not diff)
    except CannotImportError as error:
        echo(f"kartu: {file}: {error}", err=True)
        raise SystemExit(1) from error
    if diff:
        terminal.print(as_diff(found.files, terminal.show_path, style), exact=True)
    else:
        terminal.result(as_text(found.files, terminal.show_path, style))
    label = _("not taken over:")
    terminal.result("".join(f"{label} {one}\n" for one in found.skipped))
    echo(f"kartu: {update_summary(found.files, written=not diff)}", err=True)
    raise SystemExit(1 if diff and found.files else 0)
