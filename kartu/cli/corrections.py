"""`kartu import --update` of packages: what was changed in Anki goes into the card sets."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

import click

from kartu.cli.echo import echo, style
from kartu.cli.terminal import Terminal, usage_errors
from kartu.core.language import _

if TYPE_CHECKING:
    from kartu.importing.corrections.proposals import Proposal
    from kartu.importing.corrections.run import CorrectionOptions, Corrections, Decide


def take(
    terminal: Terminal, options: CorrectionOptions, *, interactive: bool, json: bool
) -> NoReturn:
    """Takes corrections, or displays them where `options.write` is false, and ends."""
    from kartu.report.corrections import as_json, as_text, summary
    from kartu.report.fix import as_diff

    if interactive and not sys.stdin.isatty():
        raise click.UsageError(_("--interactive asks on a terminal"))
    found = _taken(terminal, options, _asking(terminal, options) if interactive else None)
    if json:
        terminal.print(as_json(found), exact=True)
    elif options.write:
        terminal.result(as_text(found, terminal.show_path, style))
    else:
        terminal.print(as_diff(found.files, terminal.show_path, style), exact=True)
        terminal.result(as_text(found, terminal.show_path, style))
    echo(f"kartu: {summary(found, written=options.write)}", err=True)
    raise SystemExit(1 if found.files and not options.write else 0)


def _taken(terminal: Terminal, options: CorrectionOptions, decide: Decide | None) -> Corrections:
    from kartu.importing.contents import CannotImportError
    from kartu.importing.corrections.run import take_corrections

    try:
        with usage_errors(), terminal.progress() as progress:
            found, diagnostics = take_corrections(options, decide, progress)
    except CannotImportError as error:
        echo(f"kartu: {error}", err=True)
        raise SystemExit(1) from error
    if found is None:
        terminal.diagnostics(diagnostics)
        terminal.exit(diagnostics)
    return found


def _asking(terminal: Terminal, options: CorrectionOptions) -> Decide:
    """Asks about every correction, before anything is changed."""
    from kartu.report.corrections import question

    seen = _taken(terminal, options._replace(write=False), None)
    answers: dict[tuple[str, str], int | None] = {}
    for one in seen.proposals:
        usable = [at for at, choice in enumerate(one.choices) if choice.value is not None]
        if one.kind not in ("taken", "conflict") or not usable:
            continue
        echo(question(one, seen.packages), err=True)
        answers[one.note, one.key] = _answer(one, usable)

    def decide(proposal: Proposal) -> int | None:
        return answers.get((proposal.note, proposal.key))

    return decide


def _answer(one: Proposal, usable: list[int]) -> int | None:
    if len(one.choices) == 1:
        default = one.kind == "taken"
        return usable[0] if click.confirm(_("Take it?"), default=default, err=True) else None
    known = ["0", *(str(at + 1) for at in usable)]
    answer = click.prompt(
        _("Which one, 0 for none?"), type=click.Choice(known), default="0", err=True
    )
    return int(answer) - 1 if answer != "0" else None
