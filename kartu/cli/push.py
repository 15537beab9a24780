"""`kartu push`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kartu.cli.echo import echo, style
from kartu.cli.options import (
    complete_decks,
    of_a_file_in_no_language,
    output_folder,
    properties_of,
)
from kartu.cli.targets import only
from kartu.cli.terminal import Terminal, usage_errors
from kartu.core.language import N_, _
from kartu.core.model import PackageInfo

if TYPE_CHECKING:
    from kartu.export.push import Builder, PushResult
    from kartu.rewrite.description import Properties

EPILOG = N_("""\b
Examples:
  kartu push                              the only deck, into the Anki that is open
  kartu push biology --edition core
  kartu push biology --window             only open Anki's import window for it
  KARTU_ANKI_KEY=… kartu push             where AnkiConnect asks for a key

Anki must be open, with the add-on AnkiConnect (2055492159); neither is part of kartu.
""")


@click.command("push", epilog=EPILOG)
@click.argument("deck", metavar="[DECK|FILE]", default="", shell_complete=complete_decks)
@click.option("--edition", metavar="KEY", default="", help=N_("Which edition of the deck."))
@click.option(
    "--language",
    metavar="CODE",
    default="",
    help=N_("A translation of the deck; of a FILE, the language of its cards."),
)
@click.option("--window", is_flag=True, help=N_("Leave the import to Anki's own window."))
@click.option("--port", default=8765, type=click.IntRange(1, 65535), help=N_("AnkiConnect's port."))
@click.option(
    "--key",
    envvar="KARTU_ANKI_KEY",
    default="",
    help=N_("AnkiConnect's key, if it asks for one (better in KARTU_ANKI_KEY)."),
)
@click.option(
    "--wait",
    metavar="SECONDS",
    type=click.FloatRange(1, 86_400),
    default=600,
    help=N_("How long the import may take (else 600)."),
)
@output_folder
@of_a_file_in_no_language
@click.pass_obj
def command(
    terminal: Terminal,
    /,
    deck: str,
    edition: str,
    language: str,
    window: bool,
    port: int,
    key: str,
    wait: float,
    out: Path | None,
    **of_file: str,
) -> None:
    """Build DECK and import it into the Anki that is open on this computer.

    As with kartu build, nothing is done while there is an error. Progress stays. A release touches
    only the notes that it changes; a draft replaces the text and tags of all its unreleased notes
    in Anki, even where you have changed them there.

    Where AnkiConnect would lose something that Anki's own import keeps (a field or a preset that
    you added in Anki), Anki's import window opens, and you press Import there.
    """
    from kartu.export.push import PushOptions, push
    from kartu.export.push.connect import PushError
    from kartu.load.chosen import chosen_deck
    from kartu.pipeline import build

    terminal, target = only(terminal, deck)
    if target.is_file:
        of_file["language"], language = language, ""
    properties = properties_of(of_file, is_file=target.is_file)
    try:
        with usage_errors(terminal), terminal.progress() as progress:
            name = chosen_deck(terminal.root, target.deck)
            choice = (name, edition, language, terminal.cache, out)
            options = PushOptions(terminal.root, *choice, port, key, wait, window)
            result = push(options, progress, _builder(properties) if target.is_file else build)
    except PushError as error:
        label = style(_("help:"), "help")
        echo(f"kartu: {error}\n    {label} {error.help}", err=True)
        raise SystemExit(2) from error
    terminal.diagnostics(result.diagnostics)
    if result.package:
        terminal.result(_as_text(result, result.package))
    terminal.exit(result.diagnostics)


def _builder(properties: Properties) -> Builder:
    from kartu.publish.one_file import build_file
    from kartu.report.diff import markdown

    return lambda options, progress: build_file(options, markdown, progress, properties)


def _as_text(result: PushResult, package: PackageInfo) -> str:
    file = package.file
    if result.counts is None:
        text = _("{file} is waiting in Anki's import window: press Import there", file=file)
        reasons = ["  " + _("because {reason}", reason=one) for one in result.reasons]
        return "".join(f"{line}\n" for line in (text, *reasons))
    new, updated, unchanged = result.counts
    lines = [
        _(
            "{file} is in Anki: {new} new, {updated} updated, {unchanged} unchanged",
            file=file,
            new=new,
            updated=updated,
            unchanged=unchanged,
        )
    ]
    if package.draft:
        lines.append(
            "  " + _("a draft: your own changes to its unreleased notes in Anki were replaced")
        )
    return "".join(f"{line}\n" for line in lines)
