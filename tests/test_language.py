"""What people read is in their language: every text has a translation, and the choice is theirs."""

from __future__ import annotations

import ast
import re
import string
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from support.program import Run
from support.projects import TWO_NOTE_TYPES, write_project

from kartu.core import language

CATALOGUES = sorted(Path(language.__file__).parents[1].glob("locale/*/LC_MESSAGES/*.po"))


@pytest.mark.skipif(not (Path(__file__).parents[1] / ".ci").exists(), reason="not a checkout")
def test_every_text_is_translated(root: Path) -> None:
    """The catalogues hold exactly the texts of the code, each with a translation."""
    command = [sys.executable, str(root / ".ci/messages.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_translations_have_the_same_places(path: Path) -> None:
    """Each form names the values that the text names, and code and keys stay as they are."""
    with path.open("rb") as file:
        catalogue = read_po(file)
    for one in catalogue:
        forms = one.id if isinstance(one.id, (tuple, list)) else (str(one.id),)
        strings = one.string if isinstance(one.string, (tuple, list)) else (str(one.string),)
        for text in strings if one.id else ():
            assert places(text) == places(forms[-1]), one.id


def test_no_text_is_looked_up_within_another(root: Path) -> None:
    """gettext's tools see no text that stands in an f-string."""
    for path in sorted((root / "kartu").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.FormattedValue):
                found = [one for one in ast.walk(node) if _looks_up(one)]
                assert not found, f"{path}:{node.lineno}"


def _looks_up(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"_", "N_", "ngettext"}
        and isinstance(node.args[0], ast.Constant)
    )


def places(text: str) -> set[str]:
    if not re.search(r"{[a-z_0-9]+[!:}]", text):
        return set()
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "en"),
        ({"LANG": "id_ID.UTF-8"}, "id"),
        ({"LANG": "id_ID.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "in", "LC_MESSAGES": "id"}, "id"),
        ({"LANG": "id_ID.UTF-8", "KARTU_LANG": "en"}, "en"),
        ({"LC_ALL": "POSIX", "KARTU_LANG": "id"}, "id"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
    ],
)
def test_the_language_is_chosen(environment: dict[str, str], expected: str) -> None:
    """KARTU_LANG, else what the system says of messages, else English; C and POSIX are English."""
    assert language.preferred(environment) == expected


def test_an_option_wins(kartu: Run) -> None:
    """--lang before the command is taken whatever the environment says."""
    for code in language.LANGUAGES:
        done = kartu("--lang", code, "--help", env={"KARTU_LANG": "id"})
        assert done.returncode == 0, done.stderr
        assert language.current() == code
    language.use("en")


def test_what_students_get_is_the_same_in_every_language(kartu: Run, tmp_path: Path) -> None:
    """Changelog, packages and site follow the deck's language, byte for byte."""
    changelogs, written = [], []
    for code in language.LANGUAGES:
        surroundings = {"KARTU_LANG": code, "SOURCE_DATE_EPOCH": "1790000000"}
        root = write_project(tmp_path / code, TWO_NOTE_TYPES)
        assert kartu("release", cwd=root, env=surroundings).returncode == 0
        changelogs.append((root / "cards/contoh/changelog.md").read_text("utf-8"))
        root = tmp_path / "en"  # times of releases differ
        for command in ("build", "site"):
            out = tmp_path / f"{command}-{code}"
            done = kartu("--no-cache", command, "-o", out, cwd=root, env=surroundings)
            assert done.returncode == 0, done.stderr
        folders = [tmp_path / f"{command}-{code}" for command in ("build", "site")]
        written.append(
            {
                path.relative_to(folder): path.read_bytes()
                for folder in folders
                for path in folder.rglob("*")
                if path.is_file()
            }
        )
    language.use("en")
    assert changelogs[0] == changelogs[1]
    assert written[0] == written[1]
