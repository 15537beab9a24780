"""`kartu release`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kartu.cli.echo import echo
from kartu.cli.options import (
    accept_same,
    complete_decks,
    of_a_file,
    output_folder,
    properties_of,
    text_or_json,
)
from kartu.cli.same import accept
from kartu.cli.targets import Target, each
from kartu.cli.terminal import Terminal, usage_errors, where
from kartu.core.language import N_, _

if TYPE_CHECKING:
    from kartu.publish.release import Plan, ReleaseOptions, ReleaseResult

EPILOG = N_("""\b
Examples:
  kartu release --dry-run                what would be released, and why
  kartu release                          ledger, version, changelog, packages
  kartu release --major "the map was wrong, its card is replaced"

Commit what it wrote: cards/<deck>/ledger.jsonl, changelog.md and deck.yaml.
""")


@click.command("release", epilog=EPILOG)
@click.argument("decks", metavar="[DECK|FILE]...", nargs=-1, shell_complete=complete_decks)
@click.option("--dry-run", is_flag=True, help=N_("Show everything, write nothing."))
@click.option(
    "--major",
    metavar="REASON",
    default="",
    help=N_("Release although students lose progress; the reason goes to the changelog."),
)
@click.option(
    "--touch-all",
    is_flag=True,
    help=N_("Release a change of tags or rendering even if it touches many published notes."),
)
@click.option(
    "--restamp",
    is_flag=True,
    help=N_("Only set the time of the newest release to now, if it is published only now."),
)
@click.option(
    "--translations-seen",
    is_flag=True,
    help=N_("Record that the translations of corrected texts were checked and are right."),
)
@click.option(
    "--message",
    metavar="TEXT",
    default="",
    help=N_("What students read first in the changelog of this release."),
)
@accept_same
@output_folder
@text_or_json
@of_a_file
@click.pass_obj
def command(
    terminal: Terminal,
    /,
    decks: tuple[str, ...],
    dry_run: bool,
    major: str,
    touch_all: bool,
    restamp: bool,
    translations_seen: bool,
    message: str,
    same: bool,
    out: Path | None,
    form: str,
    **of_file: str,
) -> None:
    """Publish the decks: decide the version, note what changed, and build.

    Compares each DECK with what was published, explains the new version (patch: texts; minor: new
    notes; major: progress may be lost) and which published notes it touches, and writes ledger,
    version and changelog. It never asks a question and never calls git.

    Of a FILE that is a deck, builds have recorded all that; from its first release on a changelog
    lists what they change, and a card of it may go only with --major.
    """
    from kartu.publish.release import ReleaseOptions

    def run(at: Terminal, target: Target) -> None:
        options = ReleaseOptions(
            at.root,
            target.decks,
            at.cache,
            out,
            dry_run,
            major.strip(),
            touch_all,
            restamp,
            translations_seen,
            message.strip(),
        )
        accept(at, target.decks, same=same)
        _report(at, options, _released(at, options, of_file), form)

    each(terminal, decks, run)


def _released(terminal: Terminal, options: ReleaseOptions, given: dict[str, str]) -> ReleaseResult:
    from kartu.publish.one_file import release_file
    from kartu.publish.release import release
    from kartu.report.diff import markdown

    is_file = terminal.root.is_file()
    properties = properties_of(given, is_file=is_file)
    with usage_errors(terminal), terminal.progress() as progress:
        if is_file:
            return release_file(options, markdown, progress, properties)
        return release(options, markdown, progress)


def _report(terminal: Terminal, options: ReleaseOptions, result: ReleaseResult, form: str) -> None:
    from kartu.report.release import plans_text, release_json

    dry_run = options.dry_run
    terminal.diagnostics(result.diagnostics)
    refused = any(plan.refused for plan in result.plans)
    if form == "json":
        shown = result._replace(diagnostics=terminal.in_words(result.diagnostics))
        terminal.print(release_json(shown, terminal.show_path, dry_run=dry_run))
    else:
        plans = plans_text(result.plans, dry_run=dry_run or refused)
        terminal.result(terminal.words(plans))
    if result.packages and form == "text":
        from kartu.report.tables import packages_table

        place = _("in {folder}, with manifest.json", folder=result.out)
        if terminal.root.is_file():
            place = _travelling(terminal.root, result)
        terminal.result(f"{packages_table(result.packages)}{place}\n")
    if refused:
        _report_refusals(result.plans)
        raise SystemExit(1)
    terminal.exit(result.diagnostics)


def _travelling(file: Path, result: ReleaseResult) -> str:
    """Where the package is, and which files must stay together for the next release."""
    from kartu.publish.one_file import companions

    names = [file.name, *companions(file)]
    return "\n".join(
        (
            where(result.out),
            _(
                "these files belong together wherever you move them: {names}",
                names=", ".join(names),
            ),
        )
    )


def _report_refusals(plans: list[Plan]) -> None:
    for plan in plans:
        if plan.refused:
            refusal = _("{deck} is not released: {reason}", deck=plan.deck, reason=plan.refused)
            echo(f"kartu: {refusal}", err=True)
