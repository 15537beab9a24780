"""What a workflow finds at GitHub, as folders here: repository, releases, artefacts, pages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.workflow import Context, Place, Runner, StandIn, StandInError, clean_environment

# The stand-ins are scripts with a first line that only POSIX systems follow.
needs_posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX")

ROOT = Path(__file__).parent.parent.parent

# What the workflows ask of `gh`, answered from the folder of releases.
_GH = r"""
releases, arguments = Path(os.environ["HOSTED"], "releases"), sys.argv[1:]
if arguments[0] == "api":
    assert arguments[1:3] == ["--paginate", f"repos/{os.environ['GH_REPO']}/releases"], arguments
    found = [
        {"tag_name": one.name, "draft": False, "assets": [{"name": a.name} for a in one.iterdir()]}
        for one in sorted(releases.iterdir())
    ]
    if shutil.which("jq"):
        told = json.dumps(found).encode()
        sys.exit(subprocess.run(["jq", "-r", arguments[4]], input=told).returncode)
    for one in found:
        for asset in one["assets"]:
            if asset["name"].endswith(".apkg"):
                print(one["tag_name"], asset["name"], sep="\t")
elif arguments[:2] == ["release", "download"]:
    assert arguments[3] == "--pattern" and arguments[5] == "--dir", arguments
    os.makedirs(arguments[6], exist_ok=True)
    shutil.copy(releases / arguments[2] / arguments[4], arguments[6])
elif arguments[:2] == ["release", "create"]:
    assert arguments[3] == "--verify-tag" and arguments[4] == "--title", arguments
    assert arguments[6] == "--notes-file", arguments
    folder = releases / arguments[2]
    folder.mkdir()
    for file in arguments[8:]:
        shutil.copy(file, folder)
    text = Path(os.environ["HOSTED"], "texts")
    text.mkdir(exist_ok=True)
    shutil.copy(arguments[7], text / f"{arguments[2]}.md")
else:
    sys.exit(f"gh: {arguments}?")
"""

# pip finds all that the workflows install already here; the rest is Python's.
_PYTHON = r"""
if sys.argv[1:3] == ["-m", "pip"]:
    print("pip", *sys.argv[3:])
    wanted = sys.argv[-1]
    assert wanted.startswith(("kartu[", "anki", ".[")), wanted
else:
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""

_KARTU = f"""
os.execv(sys.executable, [sys.executable, {str(ROOT / "build_deck.py")!r}, *sys.argv[1:]])
"""

_HEAD = "import json, os, shutil, subprocess, sys\nfrom pathlib import Path\n"


class Host:
    """A repository at GitHub: `repository` is a bare one, everything else lies beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.repository = folder / "repository.git"
        self.releases = folder / "releases"
        self.artefacts = folder / "artefacts"
        self.pages = folder / "pages"
        self.attested: list[str] = []
        self.first_on_path: Path | None = None
        self.on_upload: Callable[[Path], None] = lambda artefact: None
        self._runs = len(list(folder.glob("run-*")))
        if not self.repository.exists():
            self.releases.mkdir(parents=True)
            git(folder, "init", "--quiet", "--bare", "--initial-branch=main", "repository.git")

    def run(
        self,
        workflow: str,
        ref: str = "main",
        *,
        real: bool = False,
        event: str = "push",
        only: str = "",
    ) -> Runner:
        """Runs a workflow of the repository as it is at a branch or tag.

        `real` leaves Python and pip as they are; else nothing is installed.
        """
        self._runs += 1
        shutil.rmtree(self.artefacts, ignore_errors=True)
        self.artefacts.mkdir()
        runner = Runner(
            self.folder / f"run-{self._runs}",
            self._stand_ins(ref),
            {
                "ref": ref,
                "ref_name": ref,
                "repository": "contoh/dek",
                "event_name": event,
                "token": "none",
            },
            self.environment(real=real),
        )
        read = self.folder / f"read-{self._runs}"
        self._clone(read, ref)
        runner.run(read / ".github/workflows" / workflow, only)
        return runner

    def environment(self, *, real: bool) -> dict[str, str]:
        scripts = self.folder / "bin"
        scripts.mkdir(exist_ok=True)
        write_script(scripts / "gh", _GH)
        if not real:
            write_script(scripts / "python", _PYTHON)
            write_script(scripts / "kartu", _KARTU)
        env = clean_environment()
        path = [str(scripts), env["PATH"]]
        path[1:1] = [str(self.first_on_path)] if self.first_on_path else []
        return {**env, "HOSTED": str(self.folder), "PATH": os.pathsep.join(path)}

    def _clone(self, place: Path, ref: str) -> None:
        git(self.folder, "clone", "--quiet", "--branch", ref, str(self.repository), str(place))

    def _stand_ins(self, ref: str) -> dict[str, StandIn]:
        def checkout(place: Place, given: dict[str, str], context: Context) -> dict[str, str]:
            assert given["persist-credentials"] == "false"
            self._clone(place.workspace, ref)
            return {}

        def upload(place: Place, given: dict[str, str], context: Context) -> dict[str, str]:
            source = place.workspace / given["path"]
            if not source.is_dir() or not any(source.iterdir()):
                raise StandInError(f"No files were found with the provided path: {given['path']}")
            target = self.artefacts / given.get("name", "github-pages")
            shutil.copytree(source, target)
            self.on_upload(target)
            return {"artifact-url": f"https://contoh.example/{target.name}"}

        def download(place: Place, given: dict[str, str], context: Context) -> dict[str, str]:
            target = place.workspace / given["path"]
            shutil.copytree(self.artefacts / given["name"], target, dirs_exist_ok=True)
            return {}

        def attest(place: Place, given: dict[str, str], context: Context) -> dict[str, str]:
            found = sorted(path.name for path in place.workspace.glob(given["subject-path"]))
            if not found:
                raise StandInError(f"Could not find subject at path {given['subject-path']}")
            self.attested += found
            return {}

        def deploy(place: Place, given: dict[str, str], context: Context) -> dict[str, str]:
            shutil.rmtree(self.pages, ignore_errors=True)
            shutil.copytree(self.artefacts / "github-pages", self.pages)
            return {"page_url": "https://contoh.example/dek/"}

        def nothing(place: Place, given: dict[str, str], context: Context) -> dict[str, str]:
            return {}

        return {
            "actions/checkout": checkout,
            "actions/setup-python": nothing,
            "actions/cache": nothing,
            "actions/upload-artifact": upload,
            "actions/download-artifact": download,
            "actions/upload-pages-artifact": upload,
            "actions/deploy-pages": deploy,
            "actions/attest-build-provenance": attest,
        }


def write_script(path: Path, content: str) -> None:
    path.write_text(f"#!{sys.executable}\n{_HEAD}{content}", "utf-8")
    path.chmod(0o755)


def git(folder: Path, *arguments: str) -> str:
    """What git says; its own settings stay out of it."""
    env = clean_environment() | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    who = ["-c", "user.name=Tim", "-c", "user.email=tim@contoh.example"]
    done = subprocess.run(
        ["git", *who, *arguments], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
