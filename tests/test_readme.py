"""README.md tells the truth: every command, code and number in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from support.program import Run

from kartu.cli.main import COMMANDS
from kartu.core.codes import ERRORS, WARNINGS
from kartu.load.note_type import FORMATS, NOTE_KEYS


@pytest.fixture(scope="module")
def readme(root: Path) -> str:
    return (root / "README.md").read_text("utf-8")


def test_every_command_is_told(readme: str) -> None:
    """The table of commands names each one, and no other."""
    assert set(re.findall(r"^\| `kartu (\w+)", readme, re.MULTILINE)) == set(COMMANDS)


def test_codes_are_those_of_the_catalogue(readme: str) -> None:
    """README leads to the page of all codes (test_explain.py), and its examples name real ones."""
    assert "(docs/diagnostics.md)" in readme
    named = re.findall(r"(?:error|warning|ignore)\[([a-z-]+)\]", readme)
    assert set(named) - {"code"} <= {*ERRORS, *WARNINGS}


def test_every_format_and_key_is_told(readme: str) -> None:
    """The formats of fields and the engine's own keys of a note are named."""
    for word in (*FORMATS[:-1], *NOTE_KEYS):
        assert f"`{word}`" in readme, word


def test_every_note_type_is_told(readme: str, root: Path) -> None:
    """The table of note types is the folders of templates/."""
    folders = {path.parent.name for path in (root / "templates").glob("*/note_type.yaml")}
    table = readme[readme.index("| note type |") : readme.index("## Diagnostics")]
    assert set(re.findall(r"^\| `([a-z-]+)`", table, re.MULTILINE)) == folders


def test_numbers_are_what_the_command_prints(readme: str, kartu: Run) -> None:
    """A table below a comment with a command is the output of that command."""
    blocks = re.findall(r"<!-- kartu (.+) -->\n(.*?)<!-- end -->", readme, re.DOTALL)
    assert blocks
    for command, shown in blocks:
        printed = kartu(*command.split()).stdout
        assert shown == f"\n{printed}\n", f"paste what kartu {command} prints:\n{printed}"


def test_the_numbers_of_the_deck_are_right(readme: str, told: dict[str, Any]) -> None:
    """Notes and cards are as many as README says."""
    assert f"{told['notes']} catatan, {told['cards']} kartu" in readme
