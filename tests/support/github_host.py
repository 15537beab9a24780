"""GitHub's side of a workflow, as local folders: repository, releases, artefacts, pages."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from support import limits
from support.actions import Actions
from support.served import in_processes, served
from support.workflow import Runner, clean_environment

# The stand-ins are scripts with a first line that only POSIX systems follow.
needs_posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX")

ROOT = Path(__file__).parent.parent.parent
NAME = "contoh/dek"

# What the workflows ask of `gh`, answered from the folder of releases.
_GH = r"""
import json, shutil

hosted, arguments = Path(os.environ["HOSTED"]), sys.argv[1:]
state = json.loads((hosted / "state.json").read_text())


def need(name, right):
    if json.loads(os.environ["HOSTED_RIGHTS"]).get(name) not in (right, "write"):
        sys.exit(f"gh: Resource not accessible by integration (HTTP 403: {name}: {right})")
    assert os.environ["GH_TOKEN"], "gh wants GH_TOKEN"


def releases(repository):
    if repository == state["repository"]:
        need("contents", "read")
        return hosted / "releases"
    assert repository == state["parent"], repository
    return hosted / "releases-of-parent"


def answer(value, query, known):
    if shutil.which("jq"):
        import subprocess

        done = subprocess.run(["jq", "-r", query], input=json.dumps(value).encode())
        sys.exit(done.returncode)
    print(known, end="\n" if known else "")
    sys.exit()


if arguments[0] == "api" and arguments[1] == f"repos/{os.environ['GH_REPO']}":
    assert arguments[2] == "--jq", arguments
    value = {"has_pages": state["pages"]}
    if state["parent"]:
        value["parent"] = {"full_name": state["parent"]}
    of_pages = arguments[3] == ".has_pages"
    answer(value, arguments[3], str(state["pages"]).lower() if of_pages else state["parent"])
elif arguments[0] == "api":
    assert arguments[1] == "--paginate" and arguments[3] == "--jq", arguments
    repository = arguments[2].removeprefix("repos/").removesuffix("/releases")
    there = sorted(releases(repository).iterdir())
    found = [
        {"tag_name": one.name, "draft": False, "assets": [{"name": a.name} for a in one.iterdir()]}
        for one in there
    ]
    known = (f"{one.parent.name}\t{one.name}" for part in there for one in part.glob("*.apkg"))
    answer(found, arguments[4], "\n".join(known))
elif arguments[:2] == ["release", "download"]:
    assert [*arguments[3:8:2], arguments[8]] == ["--repo", "--pattern", "--dir", arguments[8]]
    os.makedirs(arguments[8], exist_ok=True)
    shutil.copy(releases(arguments[4]) / arguments[2] / arguments[6], arguments[8])
elif arguments[:2] == ["release", "create"]:
    need("contents", "write")
    assert arguments[3] == "--verify-tag" and arguments[4] == "--title", arguments
    assert arguments[6] == "--notes-file", arguments
    folder = hosted / "releases" / arguments[2]
    folder.mkdir()
    for file in arguments[8:]:
        shutil.copy(file, folder)
    text = hosted / "texts"
    text.mkdir(exist_ok=True)
    shutil.copy(arguments[7], text / f"{arguments[2]}.md")
elif arguments[:2] == ["workflow", "run"]:
    need("actions", "write")
    assert arguments[3] == "--ref" and arguments[5] == "--field", arguments
    name, _, value = arguments[6].partition("=")
    with open(hosted / "started.jsonl", "a") as file:
        print(json.dumps([arguments[2], arguments[4], {name: value}]), file=file)
else:
    sys.exit(f"gh: {arguments}?")
"""

# pip finds all that the workflows install already here.
_PIP = r"""
print("pip", *sys.argv[1:])
hashed = "--require-hashes" in sys.argv
for option, file in zip(sys.argv, sys.argv[1:]):
    if option == "-r":
        text = Path(file).read_text()
        lines = [one for one in text.splitlines() if one and not one.startswith("#")]
        print("".join(f"    {one}\n" for one in lines[:2]))
        assert lines, f"{file} asks for nothing"
        assert ("--hash=sha256:" in text) == hashed, file
if "-r" not in sys.argv:
    assert sys.argv[-1].endswith("[sheets,verify]"), sys.argv
    assert os.path.exists(sys.argv[-1].removesuffix("[sheets,verify]") + "/pyproject.toml")
"""

# The rest is Python's.
_PYTHON = """
if [ "$1 $2" = "-m pip" ]; then shift 2; exec pip "$@"; fi
exec {python} "$@"
"""

_KARTU = """
exec {python} {program} "$@"
"""

_HEAD = "import os, sys\nfrom pathlib import Path\n"


class Host:
    """A repository at GitHub: `repository` is a bare one, everything else is next to it.

    `public` and `pages` are what its settings say, `parent` is the repository it is a fork of,
    whose releases are in `releases-of-parent`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        public: bool = True,
        pages: bool = True,
        parent: str = "",
        branch: str = "main",
    ) -> None:
        self.folder = folder
        self.repository = folder / "repository.git"
        self.releases = folder / "releases"
        self.pages = folder / "pages"
        self.public = public
        self.branch = branch
        self.attested: list[str] = []
        self.first_on_path: Path | None = None
        self.on_upload: Callable[[Path], None] = lambda artefact: None
        self._runs = len(list(folder.glob("run-*")))
        self._last = 0
        if not self.repository.exists():
            self.releases.mkdir(parents=True)
            git(folder, "init", "--quiet", "--bare", f"--initial-branch={branch}", "repository.git")
        state = {"repository": NAME, "pages": pages, "parent": parent}
        (folder / "state.json").write_text(json.dumps(state))

    @property
    def artefacts(self) -> Path:
        """Those of the last run that was asked for."""
        return self._artefacts(str(self._last))

    def _artefacts(self, run: str) -> Path:
        return self.folder / "artefacts" / run

    def run(
        self,
        workflow: str,
        ref: str = "",
        *,
        real: bool = False,
        processes: bool = False,
        event: str = "push",
        only: str = "",
        inputs: Mapping[str, str] | None = None,
    ) -> Runner:
        """Runs a workflow of the repository as it is at a branch or tag, and those it starts.

        `real` leaves Python and pip as they are; else nothing is installed. With `processes`, each
        call of kartu is one; else it is this process.
        """
        ref = ref or self.branch
        self._runs += 1
        number = str(self._runs)
        self._artefacts(number).mkdir(parents=True)
        read = self.folder / f"read-{number}"
        self.clone(read, ref)
        with contextlib.nullcontext(in_processes) if real or processes else served() as execute:
            runner = Runner(
                self.folder / f"run-{number}",
                Actions(self, ref, number).table(),
                self._github(ref, number, event),
                self.environment(real=real),
                lambda one: limits.environment(one.environment, ref, self.branch, self._kind(ref)),
                execute,
            )
            runner.run(read / ".github/workflows" / workflow, only, inputs)
        for name, at, given in self._started():
            started = self.run(name, at, real=real, event="workflow_dispatch", inputs=given)
            runner.steps += started.steps
            runner.failed |= started.failed
        self._last = int(number)
        return runner

    def _kind(self, ref: str) -> str:
        return "tag" if ref in git(self.repository, "tag").split() else "branch"

    def _github(self, ref: str, run: str, event: str) -> dict[str, Any]:
        visibility = "public" if self.public else "private"
        return {
            "ref": ref,
            "ref_name": ref,
            "repository": NAME,
            "run_id": run,
            "event_name": event,
            "event": {"repository": {"visibility": visibility, "default_branch": self.branch}},
            "token": "none",
        }

    def _started(self) -> list[tuple[str, str, dict[str, str]]]:
        path = self.folder / "started.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return [tuple(json.loads(line)) for line in lines]

    def environment(self, *, real: bool) -> dict[str, str]:
        scripts = self.folder / "bin"
        scripts.mkdir(exist_ok=True)
        write_script(scripts / "gh", _GH)
        if not real:
            write_script(scripts / "pip", _PIP)
            write_shell_script(scripts / "python", _PYTHON)
            write_shell_script(scripts / "kartu", _KARTU)
        env = clean_environment()
        path = [str(scripts), env["PATH"]]
        path[1:1] = [str(self.first_on_path)] if self.first_on_path else []
        return {**env, "HOSTED": str(self.folder), "PATH": os.pathsep.join(path)}

    def clone(self, place: Path, ref: str) -> None:
        git(self.folder, "clone", "--quiet", "--branch", ref, str(self.repository), str(place))


def write_script(path: Path, content: str) -> None:
    path.write_text(f"#!{sys.executable} -IS\n{_HEAD}{content}", "utf-8")
    path.chmod(0o755)


def write_shell_script(path: Path, content: str) -> None:
    """The quicker one: no interpreter starts another."""
    own = {"python": sys.executable, "program": str(ROOT / "build_deck.py")}
    quoted = {name: shlex.quote(value) for name, value in own.items()}
    path.write_text(f"#!/bin/sh{content.format(**quoted)}", "utf-8")
    path.chmod(0o755)


def git(folder: Path, *arguments: str) -> str:
    """What git says; its own settings stay out of it."""
    env = clean_environment() | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    who = ["-c", "user.name=Tim", "-c", "user.email=tim@contoh.example"]
    done = subprocess.run(
        ["git", *who, *arguments],
        cwd=folder,
        env=env,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
