"""`kartu ids`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kartu.cli.echo import echo, readable
from kartu.cli.options import complete_decks
from kartu.cli.targets import targets
from kartu.cli.terminal import Terminal, usage_errors
from kartu.core.language import N_, _, ngettext
from kartu.core.usage import UsageError

if TYPE_CHECKING:
    from kartu.core.given import Proposal
    from kartu.publish.ids import Asked

EPILOG = N_("""\b
Examples:
  kartu ids                                    asks which corrected row is which note
  kartu ids words.csv --same 7=cat-821521
  kartu ids words.csv --new 7                  a new note, not a corrected one
  kartu ids biology --retire cat-821521 "the question was wrong"
  kartu ids biology --from old/biology.apkg    the file of ids was lost
""")


# Yes, no, each; ya, tidak, satu-satu.
_LETTERS = {"y": "y", "n": "n", "t": "n", "e": "e", "s": "e"}


@click.command("ids", epilog=EPILOG)
@click.argument("what", metavar="[DECK|FILE]", default="", shell_complete=complete_decks)
@click.option(
    "--same",
    metavar="ROW=ID",
    multiple=True,
    help=N_("The row (its line in the file, or SHEET:7) is this note, corrected."),
)
@click.option("--new", metavar="ROW", multiple=True, help=N_("The row is a new note."))
@click.option(
    "--retire",
    nargs=2,
    metavar="ID REASON",
    help=N_("Put the row of a published note back, as one that is no longer used."),
)
@click.option(
    "--from",
    "package",
    metavar="OLD.apkg",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=N_("Make lost files of ids from a released package."),
)
@click.pass_obj
def command(
    terminal: Terminal,
    what: str,
    same: tuple[str, ...],
    new: tuple[str, ...],
    retire: tuple[str, str] | None,
    package: Path | None,
) -> None:
    """Say which row is which note, where notes have no id of their own.

    Without an option it asks about each row that looks like a missing note, corrected.
    """
    from kartu.publish.ids import Answers, answer

    if sum(map(bool, (same or new, retire, package))) > 1:
        raise click.UsageError(_("--same and --new, --retire and --from do not go together"))
    with usage_errors():
        asked = asked_of(terminal.root, what)
        terminal = terminal.at(asked.root)
        if package is not None:
            _from(terminal, asked, package)
        elif retire:
            _retire(terminal, asked, *retire)
        elif same or new:
            number = answer(asked, Answers(same, new))
            terminal.result(_saved(number))
        else:
            ask_about(terminal, asked)


def asked_of(root: Path, what: str) -> Asked:
    """The deck that is named, by a card set of it or as the only one."""
    from kartu.load.chosen import chosen_deck
    from kartu.load.one_file import OneFile
    from kartu.publish.ids import Asked

    path = Path(what)
    if what and not path.is_file():
        path = root / what
    if not what or not path.is_file():
        return Asked(root, chosen_deck(root, what))
    (found,) = targets(root, [str(path)])
    if found.is_file:
        one = OneFile(found.root)
        return Asked(found.root, one.id, f"{one.folder}/{one.card_set}")
    inside = os.path.relpath(path.resolve(), found.root.resolve()).replace(os.sep, "/")
    if inside.count("/") != 2:
        raise UsageError(_("{path} is not a card set of this project", path=what))
    return Asked(found.root, found.deck, inside)


def _from(terminal: Terminal, asked: Asked, package: Path) -> None:
    from kartu.publish.ids_from import from_package

    with terminal.progress() as progress:
        found, left = from_package(asked, package, progress)
    terminal.result(_saved(found))
    if left:
        text = ngettext(
            "{number} note of the package is not found: run kartu ids",
            "{number} notes of the package are not found: run kartu ids",
            left,
        )
        terminal.result(f"{text}\n")


def _retire(terminal: Terminal, asked: Asked, id: str, reason: str) -> None:
    from kartu.publish.ids import retire

    path, cut = retire(asked, id, reason)
    where = terminal.show_path(path)
    terminal.result(_("{path} has the note now, as no longer used", path=where) + "\n")
    if cut:
        keys = ", ".join(cut)
        terminal.result(_("its texts were longer; complete them: {keys}", keys=keys) + "\n")


def ask_about(terminal: Terminal, asked: Asked) -> None:
    """Asks about each row that looks like a missing note, and saves the answers."""
    from kartu.publish.ids import Answers, answer, proposals

    found = proposals(asked)
    if not found:
        terminal.result(_("no row looks like a missing note") + "\n")
        return
    echo(_listed(terminal, found), nl=False)
    if not sys.stdin.isatty():
        terminal.result(_("answer with --same ROW=ID or --new ROW") + "\n")
        sys.exit(1)
    same, new = ask(found)
    terminal.result(_saved(answer(asked, Answers(same, new))))


def ask(found: list[Proposal]) -> tuple[list[str], list[str]]:
    """The answers of a person on a terminal: to all at once, or to each."""
    question = ngettext(
        "{number} row looks corrected: the same card? [Y/n]",
        "{number} rows look corrected: the same cards? [Y/n/each]",
        len(found),
    )
    whole = _answer(question)
    same, new = [], []
    for one in found:
        row = f"{one.place.sheet or one.place.path}:{one.place.line}"
        texts = {"row": row, "before": one.before, "now": one.now}
        is_same = whole == "y"
        if whole == "e":
            is_same = (
                _answer(_('{row}: "{before}" → "{now}": the same card? [Y/n]', **texts)) == "y"
            )
        if is_same:
            same.append(f"{row}={one.id}")
        else:
            new.append(row)
    return same, new


def _answer(question: str) -> str:
    """`y`, `n` or `e` (each), from the first letter of a word in either language."""
    while True:
        typed = (
            click.prompt(readable(question), default="y", show_default=False).strip().lower()[:1]
        )
        if typed in _LETTERS:
            return _LETTERS[typed]


def _listed(terminal: Terminal, found: list[Proposal]) -> str:
    lines = []
    for one in found:
        place = f"{terminal.show_path(one.place.path)}:{one.place.line}"
        lines.append(f"{place}: {one.id}\n    - {one.before}\n    + {one.now}\n")
    return "".join(lines)


def _saved(number: int) -> str:
    text = ngettext("{number} row is saved", "{number} rows are saved", number)
    return f"{text}\n"
