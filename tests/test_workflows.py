"""What holds for every workflow and action here: few rights, fixed versions, values by env."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.github_host import ROOT, Host, needs_posix
from support.program import Run
from support.projects import needs_git, write_project
from support.served import served
from support.workflow import evaluate

from kartu.importing.scaffold import on_request

FILES = sorted([*ROOT.glob(".github/workflows/*.yml"), *ROOT.glob(".github/actions/*/action.yml")])
WORKFLOWS = [path for path in FILES if path.parent.name == "workflows"]

# The only rights to write, and what for.
WRITING = {
    ("decks-release", "publish"): {"contents", "id-token", "attestations"},
    ("decks-release", "site"): {"actions"},
    ("decks-site", "site"): {"pages", "id-token"},
    ("program-release", "publish"): {"id-token"},
    ("program-release", "download"): {"contents", "id-token", "attestations"},
}


def read(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text("utf-8")))


def steps(path: Path) -> Iterator[dict[str, Any]]:
    content = read(path)
    for job in content.get("jobs", {}).values():
        yield from job["steps"]
    yield from content.get("runs", {}).get("steps", [])


def test_actions_are_pinned_by_their_hash() -> None:
    """Each names a commit and beside it the version; one action is the same everywhere."""
    seen: dict[str, set[str]] = {}
    for path in FILES:
        for used in re.findall(r"uses: (.*)$", path.read_text("utf-8"), re.MULTILINE):
            if not used.startswith("$/"):
                assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used), used
                seen.setdefault(used.partition("@")[0], set()).add(used)
    assert seen
    assert all(len(versions) == 1 for versions in seen.values()), seen


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_values_reach_scripts_by_env(path: Path) -> None:
    """No script has a value in its text, where a title could become a command."""
    assert not [step["run"] for step in steps(path) if "${{" in step.get("run", "")]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_rights_are_few(path: Path) -> None:
    """A workflow has none, a job names its own; what a pull request runs only reads."""
    content = read(path)
    assert content["permissions"] == {}
    assert "secrets." not in path.read_text("utf-8")
    assert "pull_request_target" not in path.read_text("utf-8")
    for name, job in content["jobs"].items():
        rights = job["permissions"]
        writing = {right for right, what in rights.items() if what == "write"}
        assert writing == WRITING.get((path.stem, name), set()), name
        assert "timeout-minutes" in job


SHELLCHECK = shutil.which(
    "shellcheck", path=f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}"
)


@pytest.mark.skipif(not SHELLCHECK, reason="shellcheck is not installed")
def test_scripts_of_the_action_are_sound(tmp_path: Path) -> None:
    """shellcheck finds nothing in them; actionlint has it look at those of workflows only."""
    assert SHELLCHECK
    for number, step in enumerate(steps(ROOT / ".github/actions/kartu/action.yml")):
        if "run" in step:
            script = tmp_path / f"{number}.sh"
            script.write_text(f"#!/usr/bin/env bash\nset -eo pipefail\n{step['run']}", "utf-8")
            found = subprocess.run(
                [SHELLCHECK, "--severity=warning", str(script)],
                capture_output=True,
                text=True,
                check=False,
            )
            assert found.returncode == 0, found.stdout


def test_every_system_and_python_is_tried() -> None:
    """The matrix has what pyproject.toml and docs/ci.md promise."""
    matrix = read(ROOT / ".github/workflows/program.yml")["jobs"]["installed"]["strategy"]["matrix"]
    assert matrix["os"] == ["ubuntu-latest", "macos-latest", "windows-latest"]
    assert matrix["python"] == ["3.11", "3.12", "3.13", "3.14"]
    assert {"wheel", "sdist"} == {*matrix["from"], *(one["from"] for one in matrix["include"])}
    page = " ".join((ROOT / "docs/ci.md").read_text("utf-8").split())
    assert "Linux, macOS and Windows with Python 3.11 to 3.14" in page


def test_the_page_tells_every_input_and_workflow() -> None:
    """docs/ci.md names them, and no other."""
    page = (ROOT / "docs/ci.md").read_text("utf-8")
    action = read(ROOT / ".github/actions/kartu/action.yml")
    table = page[page.index("| input |") : page.index("Outputs are")]
    told = {name for row in re.findall(r"^\| (`.*?) \|", table, re.M) for name in row.split(", ")}
    assert told == {f"`{name}`" for name in action["inputs"]}
    assert all(f"`{name}`" in page for name in action["outputs"])
    assert all(f"`{path.name}`" in page for path in WORKFLOWS)


def test_every_variable_is_told(root: Path) -> None:
    """What kartu reads of the environment stands in docs/ci.md."""
    page = (root / "docs/ci.md").read_text("utf-8")
    for path in (root / "kartu").rglob("*.py"):
        for name in re.findall(r'environ(?:\.get\(|\[)"(\w+)"', path.read_text("utf-8")):
            assert re.search(rf"`%?{name}\b", page), name


@needs_posix
def test_next_major_versions_are_tried(root: Path) -> None:
    """The weekly try of the newest libraries takes the upper bound from each range."""
    (step,) = [
        one
        for one in steps(root / ".github/workflows/program.yml")
        if str(one.get("name")).startswith("Install the newest")
    ]
    script = step["run"].splitlines()[0].replace("sed -i", "sed")
    done = subprocess.run(
        ["bash", "-c", script], cwd=root, capture_output=True, text=True, check=True
    )
    before, after = (
        tomllib.loads(text) for text in ((root / "pyproject.toml").read_text("utf-8"), done.stdout)
    )
    asked = [*after["build-system"]["requires"], *after["project"]["dependencies"]]
    for texts in after["project"]["optional-dependencies"].values():
        asked += texts
    assert any(">=" in text for text in asked)
    assert not [text for text in asked if ",<" in text]
    assert before["project"]["description"] == after["project"]["description"]
    assert "backports.zstd>=1.0; python_version < '3.14'" in asked


@needs_git
@needs_posix
def test_the_example_for_gitlab_runs(root: Path, kartu: Run, tmp_path: Path) -> None:
    """Its script, line by line, on a project with a release: packages and site are there."""
    page = (root / "docs/ci.md").read_text("utf-8")
    found = re.search(r"<!-- gitlab -->\n```yaml\n(.*?)```", page, re.DOTALL)
    assert found
    job = yaml.safe_load(found[1])["decks"]
    host = Host(tmp_path / "host")
    project = write_project(tmp_path / "p")
    (project / "requirements.txt").write_text("kartu[sheets,verify]==1.0.0\n")
    shutil.copy(root / "constraints.txt", project)
    assert kartu("release", cwd=project).returncode == 0
    command = ["bash", "-eo", "pipefail", "-c", "\n".join(job["script"])]
    with served() as execute:
        done = execute(command, project, host.environment(real=False))
    assert done.returncode == 0, done.stdout
    for place in job["artifacts"]["paths"]:
        assert any((project / place).iterdir()), place


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("inputs.a == 'x' && 'yes' || 'no'", "yes"),
        ("!(inputs.a != 'x')", True),
        ("${{ steps.gone.outputs.b }}", ""),
        ("success() || always()", True),
        ("'it''s'", "it's"),
    ],
)
def test_expressions_mean_what_they_do_at_github(text: str, value: object) -> None:
    """The part of the language that the workflows here use; a wrong name is an error."""
    context = {"inputs": {"a": "x"}, "steps": {}, "succeeded": False}
    assert evaluate(text, context) == value
    with pytest.raises(AssertionError):
        evaluate("inputs.b", context)


@pytest.mark.parametrize(
    ("tag", "program", "project"),
    [
        ("v1.0.0", True, True),
        ("ips-v1.0.0", True, True),
        ("kartu-v1.0.0", False, True),
        ("kartu-ips-v1.0.0", True, True),
        ("x1.0.0", False, False),
    ],
)
def test_tags_of_decks_start_a_release(tag: str, program: bool, project: bool) -> None:
    """Here kartu-v1.0.0 is the program's; in a project its deck may have that name."""
    content = yaml.load(
        (ROOT / ".github/workflows/decks-release.yml").read_text("utf-8"), yaml.BaseLoader
    )
    here = content["on"]["push"]["tags"]
    files = on_request("en", templates=False, ci="github")
    made = yaml.load(files[".github/workflows/decks-release.yml"], yaml.BaseLoader)
    assert starts(tag, here) == program
    assert starts(tag, made["on"]["push"]["tags"]) == project


def starts(tag: str, patterns: list[str]) -> bool:
    """The last pattern that matches decides, `!` against it, as GitHub does."""
    found = False
    for pattern in patterns:
        if fnmatchcase(tag, pattern.removeprefix("!")):
            found = not pattern.startswith("!")
    return found
