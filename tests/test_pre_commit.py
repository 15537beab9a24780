"""`.pre-commit-hooks.yaml`: the hooks that other repositories can use."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.program import Run
from support.projects import EXAMPLES, write_project

HOOKS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent.parent / ".pre-commit-hooks.yaml").read_text("utf-8")
)


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_each_hook_is_a_command(
    hook: dict[str, Any], root: Path, kartu: Run, tmp_path: Path
) -> None:
    """A hook runs in a sound project, and fails where a note type has a fault."""
    program, *arguments = shlex.split(hook["entry"])
    scripts = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert program in scripts
    assert hook["language"] == "python"
    assert hook["pass_filenames"] is False
    write_project(tmp_path)
    done = kartu(*arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    write_project(tmp_path, (EXAMPLES / "reject/bad-slots.txt").read_text("utf-8"))
    assert kartu(*arguments, cwd=tmp_path).returncode == 1


def test_hooks_read_workbooks(root: Path) -> None:
    """Those that read card sets have what kartu[sheets] asks for."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    sheets = project["optional-dependencies"]["sheets"]
    found = {hook["id"]: hook.get("additional_dependencies", []) for hook in HOOKS}
    assert found == {"kartu-check": sheets, "kartu-fix": sheets, "kartu-schema": []}


def test_hooks_run_for_the_files_they_are_about() -> None:
    """A change of cards or templates is checked, one of a note type renews its schema."""
    wanted = {hook["id"]: re.compile(hook["files"]) for hook in HOOKS}
    for path in ("cards/ips/01.yaml", "cards/ips/deck.yaml", "templates/a/front.html"):
        assert wanted["kartu-check"].search(path)
        assert wanted["kartu-fix"].search(path)
        assert not wanted["kartu-schema"].search(path)
    assert all(one.search("templates/istilah/note_type.yaml") for one in wanted.values())
    assert wanted["kartu-schema"].search(".kartu/schema/cards.json")
    assert not any(one.search("docs/cards/a.yaml") for one in wanted.values())
