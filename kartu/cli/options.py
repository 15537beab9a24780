"""Options and completions that several commands share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kartu.core.codes import ERRORS, WARNINGS
from kartu.core.language import N_

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

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
    help=N_("The folder for packages and manifest.json (else build/ in the project)."),
)

accept_same = click.option(
    "--same",
    is_flag=True,
    help=N_("Rows that look like missing notes, corrected, are these notes (see kartu ids)."),
)


def complete_decks(ctx: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """Shell completion: the project's decks whose names begin with `begun`."""
    from click.shell_completion import CompletionItem

    folder = os.path.join(str(ctx.find_root().params.get("root") or "."), "cards")
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return [
        CompletionItem(name)
        for name in names
        if name.startswith(begun) and os.path.isfile(os.path.join(folder, name, "deck.yaml"))
    ]


def complete_codes(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """Shell completion: the codes that continue the list `begun` (`a,b`)."""
    from click.shell_completion import CompletionItem

    done, comma, last = begun.rpartition(",")
    return [
        CompletionItem(f"{done}{comma}{code}", help=title)
        for code, title in {**ERRORS, **WARNINGS}.items()
        if code.startswith(last)
    ]
