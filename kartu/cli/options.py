"""Options that several commands have in common."""

from __future__ import annotations

from pathlib import Path

import click

text_or_json = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="text for people (the default), json for programs.",
)

output_folder = click.option(
    "-o",
    "--out",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where packages and manifest.json go (else build/ in the project).",
)
