"""`kartu check`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from kartu.cli.echo import echo, style
from kartu.cli.options import complete_codes, of_a_file, properties_of
from kartu.cli.targets import targets_of_paths
from kartu.cli.terminal import Terminal, usage_errors
from kartu.core.diagnostics import Diagnostic
from kartu.core.language import N_, _

EPILOG = N_("""\b
Examples:
  kartu check
  kartu check words.csv                 a FILE that is a deck of its own
  kartu check --strict                  warnings count too
  kartu check cards/biology --limit 0   every fault of one deck
  kartu check --fix --diff              what --fix would change
  kartu check --fix                     fix ids, order, white space …
  kartu check --select no-card,bad-cloze
  kartu check --ignore unused-source
  kartu check --format json > faults.json
  kartu check --format sarif > faults.sarif
\b
A comment in the note, or in the line above it, hides a warning that you accept:
  # kartu: ignore[html-removed] the tag is meant
""")


@click.command("check", epilog=EPILOG)
@click.argument("paths", metavar="[PATH|FILE]...", nargs=-1)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif"]),
    help=N_(
        "text for people (the default); json and sarif for programs; github "
        "for annotations (the default in GitHub Actions)."
    ),
)
@click.option("--strict", is_flag=True, help=N_("Exit with 1 for warnings too."))
@click.option(
    "--select",
    metavar="CODE",
    multiple=True,
    shell_complete=complete_codes,
    help=N_("Only these codes (a,b, or several times)."),
)
@click.option(
    "--ignore",
    metavar="CODE",
    multiple=True,
    shell_complete=complete_codes,
    help=N_("Without these warnings."),
)
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(min=0),
    help=N_("Show at most N faults of each code (default 20; 0 for all)."),
)
@click.option("--fix", is_flag=True, help=N_("First fix what needs no judgement."))
@click.option(
    "--accept-upstream",
    "accept",
    is_flag=True,
    help=N_("With --fix: your changes stay; what upstream has changed was looked at."),
)
@click.option(
    "--diff",
    is_flag=True,
    help=N_("Show what --fix would change without changing it; exit with 1 if there is anything."),
)
@of_a_file
@click.pass_obj
def command(
    terminal: Terminal,
    /,
    paths: tuple[str, ...],
    form: str | None,
    strict: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    limit: int | None,
    fix: bool,
    accept: bool,
    diff: bool,
    **of_file: str,
) -> None:
    """Report everything that is wrong with the card definitions, each fault at its place.

    With PATHs (files or folders of the project) only what is in them is reported. A FILE elsewhere
    is a deck of its own.
    """
    from kartu.report.filter import filtered, known_codes

    if accept and not fix:
        raise click.UsageError(_("--accept-upstream goes with --fix"))
    with usage_errors():
        chosen, left_out = known_codes(select), known_codes(ignore, warnings=True)
        found = targets_of_paths(terminal.root, paths)
    if diff:
        changed = [_diff(terminal.at(target.root), inside, accept) for target, inside in found]
        sys.exit(1 if any(changed) else 0)
    if form is None:
        form = "github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text"
    together: list[Diagnostic] = []
    for target, inside in found:
        at = terminal.at(target.root)
        if fix:
            _fix(at, inside, accept)
        with _described(at, of_file):
            of_target = _checked(at, inside, strict=strict)
            of_target = filtered(of_target, lambda path: True, chosen, left_out)
            if form in ("text", "github"):
                _report(at, of_target, form, limit, chosen)
        together += at.as_shown(of_target, repository=form == "sarif")
    if form in ("json", "sarif"):
        _report_all(terminal, together, form)
    terminal.exit(together, strict=strict)


@contextmanager
def _described(terminal: Terminal, given: dict[str, str]) -> Iterator[None]:
    """Lets a FILE be what the options say of it, also where its faults are shown."""
    from kartu.load.files import described
    from kartu.rewrite.description import description_of

    properties = properties_of(given, is_file=terminal.root.is_file())
    with usage_errors(terminal):
        description = description_of(terminal.root, properties)
    with described(terminal.root, description):
        yield


def _checked(terminal: Terminal, paths: tuple[str, ...], *, strict: bool) -> list[Diagnostic]:
    """What is wrong in these paths of the project."""
    from kartu.pipeline import Options, check
    from kartu.report.filter import covers

    with usage_errors(terminal), terminal.progress() as progress:
        covered = covers(terminal.root, paths)
        found = check(Options(terminal.root, (), terminal.cache, strict), progress)
    return [one for one in found if covered(one.span.path)]


def _fix(terminal: Terminal, paths: tuple[str, ...], accept: bool) -> None:
    from kartu.report.filter import covers
    from kartu.report.fix import as_text, summary
    from kartu.rewrite.fix.run import fix

    with usage_errors():
        files = fix(terminal.root, covers(terminal.root, paths), accept=accept)
    if files:
        text = as_text(files, terminal.show_path, style)
        echo(text, nl=False, err=True, color=terminal.color)
        echo(f"kartu: {summary(files, written=True)}", err=True)


def _diff(terminal: Terminal, paths: tuple[str, ...], accept: bool) -> bool:
    """Shows what --fix would change; returns whether it would change anything."""
    from kartu.report.filter import covers
    from kartu.report.fix import as_diff, summary
    from kartu.rewrite.fix.run import fix

    with usage_errors():
        files = fix(terminal.root, covers(terminal.root, paths), write=False, accept=accept)
    terminal.print(as_diff(files, terminal.show_path, style), exact=True)
    if not terminal.quiet:
        echo(f"kartu: {summary(files, written=False)}", err=True)
    return bool(files)


def _report(
    terminal: Terminal,
    diagnostics: list[Diagnostic],
    form: str,
    limit: int | None,
    chosen: list[str],
) -> None:
    from kartu.report.diagnostics import summary
    from kartu.report.github import as_github

    listed = [one for one in diagnostics if one.severity != "info" or one.code in chosen]
    listed = terminal.in_words(listed)
    if form == "github" and diagnostics:
        text = terminal.as_text(listed, limit)
        whole = terminal.in_words(diagnostics)
        terminal.print(as_github(whole, terminal.repository_path, text))
        terminal.count(diagnostics)
    elif listed:
        terminal.print(terminal.as_text(listed, limit))
        terminal.count(diagnostics)
    else:
        terminal.result(f"kartu: {summary(diagnostics)}\n")


def _report_all(terminal: Terminal, diagnostics: list[Diagnostic], form: str) -> None:
    from kartu.report.diagnostics import as_json
    from kartu.report.sarif import as_sarif

    terminal.print((as_json if form == "json" else as_sarif)(diagnostics, str))
