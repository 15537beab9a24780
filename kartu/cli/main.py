"""`kartu COMMAND`: dispatches to the command, and reports crashes.

A command's module is imported only when that command runs, so that `--help` is instant.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from kartu.core import language
from kartu.core.language import _
from kartu.core.version import __version__

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# Each command is a module of that name in this folder, with a function named `command`.
COMMANDS = {
    "build": "Build the .apkg packages (what kartu does without a command).",
    "check": "Say what is wrong with the card definitions, and build nothing.",
    "explain": "Say what a diagnostic means, why it matters, and show an example.",
    "release": "Publish: decide the version, note what changed, build the packages.",
    "verify": "Prove with the real Anki that a package, and an update to it, is safe.",
    "diff": "Tell what a student will notice when updating.",
    "preview": "Look at the cards in a browser while you write them.",
    "site": "Write a page with all cards and downloads, for a school's server or GitHub Pages.",
    "new": "Make a project with a small deck to begin with.",
    "import": "Bring along a deck: from Anki, another tool, or a list.",
    "export": "Write the notes of a deck for a spreadsheet or another program.",
    "print": "Write a PDF: cards to cut out, a handout, or a test with its key.",
    "push": "Bring a deck into the Anki that is open on this computer.",
    "schema": "Write JSON Schemas, with which an editor helps while cards are written.",
    "facts": "List the facts that a deck is to ask, with the notes that ask them.",
    "stats": "Count notes and cards by edition, subdeck, note type, tag and source.",
}

EPILOG = """\b
Examples:
  kartu                          build every deck into build/
  kartu check                    only look for faults
  kartu -C ~/sekolah build ips   the deck cards/ips of another folder
\b
Exit status: 0 all is right, 1 the sources have faults, 2 wrong use,
3 a fault of kartu itself.
"""


class _Commands(click.Group):
    """Has the names and one-line helps built in, so that `--help` loads no command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Sets the language first: `--help` and errors of use are in it too."""
        language.use(_language_of(args))
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"kartu.cli.{name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from kartu.core.diagnostics import nearest

            near = nearest(name, COMMANDS)
            hint = _('did you mean "{near}"?', near=near) if near else _("kartu --help lists them")
            ctx.fail(f'there is no command "{name}"; {hint}')
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        known = COMMANDS.items()
        found = [
            CompletionItem(one, help=text) for one, text in known if one.startswith(incomplete)
        ]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


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
@click.version_option(__version__, prog_name="kartu", message=_("%(prog)s %(version)s"))
@click.option(
    "-C",
    "--project",
    "root",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help=_("The folder that holds cards/ and templates/ (else the current one)."),
)
@click.option(
    "--lang",
    "_lang",
    type=click.Choice(language.LANGUAGES),
    expose_value=False,
    help=_("The language of messages (else KARTU_LANG, else the system's)."),
)
@click.option("-q", "--quiet", is_flag=True, help=_("Print faults only."))
@click.option("-v", "--verbose", is_flag=True, help=_("Say what is being done."))
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help=_("Colours: on a terminal (auto, the default), always or never."),
)
@click.option(
    "--no-cache",
    is_flag=True,
    help=_("Make everything anew, and keep nothing for the next run."),
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
        click.echo(f"kartu: {error}", err=True)
        sys.exit(2)
    except Exception as error:  # a bug in kartu, whatever it is
        _report_crash(error)
        sys.exit(3)


def _report_crash(error: Exception) -> None:
    import platform
    import traceback

    version = f"kartu {__version__}, Python {platform.python_version()}, {platform.system()}"
    click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    click.echo(
        "kartu: this is a fault of kartu itself, not of your cards.\n"
        "    Please report it as an issue of the project, with what you did and the lines above\n"
        f'    (README.md, "Reporting a fault"): {version}',
        err=True,
    )
