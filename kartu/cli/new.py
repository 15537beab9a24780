"""`kartu new`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from kartu.cli.targets import check_can_be_deck
from kartu.cli.terminal import Terminal, usage_errors
from kartu.core.language import N_, _, current

if TYPE_CHECKING:
    from kartu.pipeline import BuildResult

EPILOG = N_("""\b
Examples:
  kartu new biology-8                      asks for the rest
  kartu new biology --name "Biology 8" --subject Biology --language en
  kartu new mine --from ../friends-deck    another project as a new deck
  kartu new german --adopt words.csv       a FILE that is a deck, with its identity
  kartu new . --update --ci github         a project that is there: CI at GitHub
  kartu new . --update --diff              what a newer kartu would write in another way
  kartu new . --update --replace .github   take that over
\b
Then:
  cd biology-8 && kartu build
""")


@click.command("new", epilog=EPILOG)
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
@click.option("--name", metavar="TEXT", help=N_("The deck's name in Anki."))
@click.option(
    "--subject", metavar="TEXT", help=N_("The subject that the deck is for, such as Biology.")
)
@click.option(
    "--language",
    metavar="CODE",
    help=N_("The language of the cards: id, en … (else kartu's own)."),
)
@click.option(
    "--from",
    "origin",
    metavar="PROJECT",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=N_("Begin with the decks of another project instead of the examples."),
)
@click.option(
    "--adopt",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=N_("Begin with a FILE that is a deck: students who have it get its updates from here."),
)
@click.option(
    "--templates", is_flag=True, help=N_("Copy kartu's note types and themes, to change them.")
)
@click.option(
    "--ci",
    type=click.Choice(("github",)),
    help=N_("Add what checks and publishes the decks at this host."),
)
@click.option(
    "--update", is_flag=True, help=N_("Add the files that the project in FOLDER does not have yet.")
)
@click.option(
    "--replace",
    metavar="PATH",
    multiple=True,
    help=N_("With --update: make these files of kartu's as this version makes them."),
)
@click.option(
    "--diff", is_flag=True, help=N_("With --update: show what would change; write nothing.")
)
@click.pass_obj
def command(
    terminal: Terminal,
    /,
    folder: Path,
    name: str | None,
    subject: str | None,
    language: str | None,
    origin: Path | None,
    **more: Any,
) -> None:
    """Make a project in FOLDER: a small deck with examples to change, and a README.

    On a terminal it asks for what is not given. FOLDER must not exist yet, or be empty. The deck
    is built right away.

    Note types and themes come with kartu; only who wants to change them needs a copy in the
    project. With --update FOLDER is a project: files that it does not have are added, and none that
    it has is changed, but those of kartu's that --replace names.
    """
    asked = {"templates": more["templates"], "ci": more["ci"] or ""}
    if more["update"]:
        if name or subject or language or origin:
            raise click.UsageError(
                _("--update takes no options but --templates, --ci, --replace and --diff")
            )
        _update(terminal, folder, diff=more["diff"], replace=more["replace"], **asked)
        return
    if more["replace"] or more["diff"]:
        raise click.UsageError(_("--replace and --diff are for --update"))
    from kartu.importing.new import NewOptions, new

    adopt = more["adopt"]
    if adopt is not None:
        if name or subject or language or origin:
            raise click.UsageError(_("--adopt takes name and language from the FILE"))
        with usage_errors():
            check_can_be_deck(adopt)
        terminal = terminal.at(adopt)
    elif origin is None and sys.stdin.isatty() and not terminal.quiet:
        name = name or click.prompt(_("Name of the deck in Anki"), folder.name, err=True)
        subject = subject or click.prompt(_("Subject"), name, err=True)
        language = language or click.prompt(_("Language of the cards"), current(), err=True)
    with usage_errors():
        chosen = (name or "", subject or "", language or "", origin)
        result, lines = new(NewOptions(folder, *chosen, **asked, adopt=adopt))
    if result.packages:  # the other messages are about the project
        terminal = terminal.at(folder)
    _report(terminal, folder, result, lines)


def _report(terminal: Terminal, folder: Path, result: BuildResult, lines: list[str]) -> NoReturn:
    from kartu.report.tables import packages_table

    terminal.diagnostics(result.diagnostics)
    if result.packages:
        terminal.result(packages_table(result.packages))
        todo = _(
            "in {folder}: edit what is in its folder cards/, then run kartu build", folder=folder
        )
        terminal.result(f"{todo}\n")
        terminal.result("".join(f"{line}\n" for line in lines))
    terminal.exit(result.diagnostics)


def _update(terminal: Terminal, folder: Path, *, diff: bool, **asked: Any) -> None:
    from kartu.importing.missing import UpdateOptions, update
    from kartu.importing.scaffold import to_fill_in
    from kartu.report.fix import as_diff

    with usage_errors():
        found = update(UpdateOptions(folder, **asked, write=not diff))
    if diff:
        terminal.print(as_diff(found.replaced or found.different, str), exact=True)
    lines = [_("added: {path}", path=path) for path in found.added]
    lines += [_("replaced: {path}", path=one.path) for one in found.replaced]
    lines += to_fill_in() if asked.get("ci") and "requirements.txt" in found.added else []
    lines += [
        _("unchanged, but not as kartu makes it today: {path}", path=one.path)
        for one in found.different
    ]
    if any(one.path.startswith("templates/") for one in found.replaced):
        lines.append(_("what students will notice: kartu release --dry-run"))
    if diff:
        lines = [_("nothing was written")] if lines else []
    terminal.result("".join(f"{line}\n" for line in lines or [_("nothing is missing")]))
