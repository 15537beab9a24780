"""README.md and the pages of the reference are true: each command, code and number in them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.program import Run

from kartu.cli.main import COMMANDS
from kartu.core.codes import ALL
from kartu.core.version import __version__
from kartu.load.note_type import FORMATS, NOTE_KEYS

PAGES = ("README.md", "README.id.md", "docs/commands.md", "docs/reference.md", "docs/updates.md")


@pytest.fixture(scope="module")
def pages(root: Path) -> dict[str, str]:
    return {page: (root / page).read_text("utf-8") for page in PAGES}


def test_every_command_is_listed(pages: dict[str, str]) -> None:
    """The table of commands names each one, and no other."""
    table = pages["docs/commands.md"]
    assert set(re.findall(r"^\| `kartu (\w+)", table, re.MULTILINE)) == set(COMMANDS)


def test_codes_are_those_of_the_catalogue(pages: dict[str, str]) -> None:
    """The reference leads to the page of all codes (test_explain.py); examples name real ones."""
    assert "(diagnostics.md)" in pages["docs/commands.md"]
    for page in pages.values():
        named = re.findall(r"(?:error|warning|ignore)\[([a-z-]+)\]", page)
        assert set(named) - {"code"} <= {*ALL}


def test_every_format_and_key_is_named(pages: dict[str, str]) -> None:
    """The formats of fields and the engine's own keys of a note are in the reference."""
    for word in (*FORMATS, *NOTE_KEYS):
        assert f"`{word}`" in pages["docs/reference.md"], word


def test_every_note_type_is_listed(root: Path) -> None:
    """The table of note types is the folders of templates/."""
    folders = {path.parent.name for path in (root / "templates").glob("*/note_type.yaml")}
    page = (root / "docs/note-types.md").read_text("utf-8")
    table = page[page.index("| note type |") : page.index("## ")]
    assert set(re.findall(r"^\| `[a-z-]+` \| `([a-z-]+)`", table, re.MULTILINE)) == folders


def test_english_words_of_note_types_are_theirs(root: Path) -> None:
    """Each English word in the table of note types is one that card sets may write."""
    page = (root / "docs/note-types.md").read_text("utf-8")
    table = page[page.index("| note type |") : page.index("## ")]
    rows = re.findall(r"^\| `([a-z-]+)` \| `([a-z-]+)` \| (.+?) \|", table, re.M)
    assert len(rows) > 10
    for name, id, rest in rows:
        read = yaml.safe_load((root / f"templates/{id}/note_type.yaml").read_text("utf-8"))
        assert name in read["aliases"]["en"]
        english = [field["aliases"]["en"] for field in read["fields"]]
        words = {word for one in english for word in ([one] if isinstance(one, str) else one)}
        assert set(re.findall(r"`(.+?)`", rest)) <= words, id


def test_numbers_are_what_the_command_prints(pages: dict[str, str], kartu: Run) -> None:
    """A table below a comment with a command is the output of that command."""
    text = pages["docs/commands.md"]
    blocks = re.findall(r"<!-- kartu (.+) -->\n(.*?)<!-- end -->", text, re.DOTALL)
    assert blocks
    for command, shown in blocks:
        printed = kartu(*command.split()).stdout
        assert shown == f"\n{printed}\n", f"paste what kartu {command} prints:\n{printed}"


def test_the_numbers_of_the_deck_are_right(pages: dict[str, str], told: dict[str, Any]) -> None:
    """Notes and cards are as many as both READMEs say."""
    words = {page: " ".join(text.split()) for page, text in pages.items()}
    assert f"{told['notes']} notes, {told['cards']} cards" in words["README.md"]
    assert f"{told['notes']} kartu (menjadi {told['cards']} di Anki)" in words["README.id.md"]


@pytest.mark.parametrize("page", ["README.md", "README.id.md"])
def test_a_readme_is_read_in_one_sitting(pages: dict[str, str], page: str) -> None:
    """At most 200 lines, and each README leads to the other at its top."""
    other = ({"README.md", "README.id.md"} - {page}).pop()
    assert pages[page].count("\n") <= 200
    assert f"]({other})" in pages[page][:200]


def test_both_readmes_have_the_same_two_commands(pages: dict[str, str]) -> None:
    """The commands that .ci/run reads in README.md are those of README.id.md too."""
    commands = re.findall(r"<!-- (?:build|test) -->\n(```sh\n.*?```\n)", pages["README.md"], re.S)
    assert len(commands) == 2
    for block in commands:
        assert block in pages["README.id.md"]


def test_the_changelog_begins_with_the_version(root: Path) -> None:
    """The newest section of docs/changelog.md is of the program's version, and has its day."""
    sections = re.findall(r"^## (.+)$", (root / "docs/changelog.md").read_text("utf-8"), re.M)
    assert re.fullmatch(rf"{re.escape(__version__)} \(\d{{4}}-\d\d-\d\d\)", sections[0])
