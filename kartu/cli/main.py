"""`kartu COMMAND`: dispatches to the command, and reports crashes.

A command's module is imported only when that command runs, so that `--help` is instant.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from kartu.cli.echo import echo
from kartu.cli.translated import click_in, translated
from kartu.core import language
from kartu.core.language import N_, _
from kartu.core.version import __version__

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# Each command is a module of that name in this folder, with a function named `command`.
COMMANDS = {
    "build": N_("Build the .apkg packages (what kartu does without a command)."),
    "check": N_("Report what is wrong with the card definitions, and build nothing."),
    "ids": N_("Say which row is which note, where notes have no id of their own."),
    "explain": N_("Explain a diagnostic: what it means, why it matters, an example."),
    "release": N_("Publish: find the version, write the changelog, build the packages."),
    "verify": N_("Prove with the real Anki that a package, or an update, is safe."),
    "diff": N_("Show what students will notice when they update."),
    "edit": N_("Write, check and publish cards in a browser."),
    "preview": N_("Look at the cards in a browser while you write them."),
    "site": N_("Write a website with all cards and the packages to download."),
    "new": N_("Make a new project with a small deck."),
    "import": N_("Import a deck: from Anki, another tool, or a list."),
    "export": N_("Export the notes of a deck for a spreadsheet or another program."),
    "print": N_("Write a PDF: cards to cut out, a handout, or a test with its key."),
    "push": N_("Import a deck into the Anki that is open on this computer."),
    "schema": N_("Write JSON Schemas, so that a text editor can help with card sets."),
    "facts": N_("List the facts that a deck should ask, and the notes that ask them."),
    "stats": N_("Count notes and cards by edition, subdeck, note type, tag and source."),
}

EPILOG = N_("""\b
Examples:
  kartu                          build every deck into build/
  kartu words.csv                a deck of one file, without a project
  kartu check                    only look for faults
  kartu -C ~/school build art    the deck cards/art of another folder
\b
Exit status: 0 no faults, 1 faults in the sources, 2 wrong use,
3 a fault of kartu itself.
""")


class _Commands(click.Group):
    """Has the names and one-line helps built in, so that `--help` loads no command."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **options: Any) -> Any:
        """Sets the language first: `--help` and errors of use are in it too."""
        given = list(sys.argv[1:] if args is None else args)
        language.use(_language_of(given))
        with click_in(language.current()):
            return click.Group.main(translated(self), given, *rest, **options)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"kartu.cli.{name}").command
        return translated(command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and _is_deck_file(name):
            return super().resolve_command(ctx, ["build", *args])
        if name not in COMMANDS and not name.startswith("-"):
            from kartu.core.diagnostics import nearest

            near = nearest(name, COMMANDS)
            hint = _('did you mean "{near}"?', near=near) if near else _("kartu --help lists them")
            ctx.fail(_('there is no command "{name}"; {hint}', name=name, hint=hint))
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        known = COMMANDS.items()
        found = [
            CompletionItem(one, help=_(text)) for one, text in known if one.startswith(incomplete)
        ]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(text)) for name, text in COMMANDS.items()])


def _is_deck_file(name: str) -> bool:
    """Whether what is in place of a command is a file of which a deck can be built."""
    from kartu.load.one_file import ENDINGS

    return name.lower().endswith(ENDINGS) and os.path.isfile(name)


def _language_of(args: list[str]) -> str:
    """The language that the options before the command name, else what the user prefers."""
    for one, following in zip(args, [*args, ""][1:], strict=True):
        name, _rest, value = one.partition("=")
        code = value or following
        if name == "--lang" and code in language.LANGUAGES:
            return code
    return language.preferred(os.environ)


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(
    __version__,
    prog_name="kartu",
    message="%(prog)s %(version)s",
    help=N_("Show the version and exit."),
)
@click.option(
    "-C",
    "--project",
    "root",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help=N_("The folder with cards/ and templates/ (else the current one)."),
)
@click.option(
    "--lang",
    "_lang",
    type=click.Choice(language.LANGUAGES),
    expose_value=False,
    help=N_("The language of messages (else KARTU_LANG, else the system's)."),
)
@click.option("-q", "--quiet", is_flag=True, help=N_("Print only faults."))
@click.option("-v", "--verbose", is_flag=True, help=N_("Print each step."))
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help=N_("Colours: on a terminal (auto, the default), always or never."),
)
@click.option(
    "--no-cache",
    is_flag=True,
    help=N_("Neither read nor write the cache."),
)
@click.pass_context
def group(
    ctx: click.Context, root: Path, quiet: bool, verbose: bool, color: str, no_cache: bool
) -> None:
    """Compile readable card definitions into Anki decks."""
    from kartu.cli.terminal import Terminal

    ctx.obj = Terminal(root, quiet=quiet, verbose=verbose, color=color, cache=not no_cache)
    if ctx.invoked_subcommand is None:
        ctx.invoke(importlib.import_module("kartu.cli.build").command)


def main() -> NoReturn:
    """Runs the command line; raises SystemExit with the exit status."""
    try:
        sys.exit(group(prog_name="kartu"))
    except OSError as error:  # a full disk or a closed output, not a bug
        echo(f"kartu: {error}", err=True)
        sys.exit(2)
    except Exception as error:  # a bug in kartu, whatever it is
        _report_crash(error)
        sys.exit(3)


def _report_crash(error: Exception) -> None:
    import platform
    import traceback

    version = f"kartu {__version__}, Python {platform.python_version()}, {platform.system()}"
    echo("".join(traceback.format_exception(error)), err=True, nl=False)
    echo(
        _(
            "kartu: this is a fault of kartu itself, not of your cards.\n"
            "    Please report it as an issue of the project, with what you did and the\n"
            '    lines above (README.md, "Reporting a fault"): {version}',
            version=version,
        ),
        err=True,
    )
