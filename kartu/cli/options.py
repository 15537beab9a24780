"""Options and completions that several commands share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kartu.core.codes import ALL
from kartu.core.language import N_, _

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from kartu.rewrite.description import Properties

text_or_json = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help=N_("text for people (the default), json for programs."),
)

output_folder = click.option(
    "-o",
    "--out",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help=N_(
        "The folder for packages and manifest.json (else build/ in the project; for a FILE, beside "
        "it, and without a manifest)."
    ),
)

_Command = Callable[..., Any]

_name = click.option("--name", metavar="TEXT", default="", help=N_("Of a FILE: the deck's name."))
_language = click.option(
    "--language", metavar="CODE", default="", help=N_("Of a FILE: the language of its cards.")
)
_note_type = click.option(
    "--note-type", metavar="ID", default="", help=N_("Of a FILE: the note type of its rows.")
)
_columns = click.option(
    "--columns",
    metavar="KEY,...",
    default="",
    help=N_(
        "Of a FILE: what its columns are, in order, where no row names them (term,meaning,-); or "
        "what headings mean (Country=term,Capital=meaning)."
    ),
)

accept_same = click.option(
    "--same",
    is_flag=True,
    help=N_("Rows that look like missing notes, corrected, are these notes (see kartu ids)."),
)


def of_a_file(command: _Command) -> _Command:
    """The options that say of a FILE what it is, and what its columns are."""
    return _name(_language(_note_type(_columns(command))))


def of_a_file_in_no_language(command: _Command) -> _Command:
    """As `of_a_file`, for commands whose own --language says it."""
    return _name(_note_type(_columns(command)))


def properties_of(given: dict[str, str], *, is_file: bool) -> Properties:
    """What the options of `of_a_file` say. Raises click.UsageError where there is no FILE."""
    from kartu.rewrite.description import Properties

    if any(given.values()) and not is_file:
        options = ", ".join(f"--{name.replace('_', '-')}" for name, one in given.items() if one)
        raise click.UsageError(_("{options}: only for a FILE that is a deck", options=options))
    columns = tuple(given["columns"].split(",")) if given["columns"] else ()
    return Properties(given["name"], given.get("language", ""), given["note_type"], columns)


def complete_decks(ctx: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """Shell completion: the project's decks whose names begin with `begun`."""
    from click.shell_completion import CompletionItem

    folder = os.path.join(str(ctx.find_root().params.get("root") or "."), "cards")
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return [
        CompletionItem(name)
        for name in names
        if name.startswith(begun) and os.path.isfile(os.path.join(folder, name, "deck.yaml"))
    ]


def complete_codes(__: click.Context, ___: click.Parameter, begun: str) -> list[CompletionItem]:
    """Shell completion: the codes that continue the list `begun` (`a,b`)."""
    from click.shell_completion import CompletionItem

    done, comma, last = begun.rpartition(",")
    return [
        CompletionItem(f"{done}{comma}{code}", help=title)
        for code, title in ALL.items()
        if code.startswith(last)
    ]
