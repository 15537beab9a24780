"""What the stand-ins of GitHub refuse: each limit has a fault that is found, at its step."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from support import limits
from support.github_host import ROOT, Host, git, needs_posix
from support.limits import RefusedError
from support.projects import needs_git
from support.workflow import Runner

pytestmark = [needs_git, needs_posix]

CHECKOUT = {"uses": "actions/checkout@x", "with": {"persist-credentials": "false"}}
FILES = {"run": "mkdir -p out && echo x > out/a.txt"}
ALL_RIGHTS = {
    "contents": "write",
    "id-token": "write",
    "attestations": "write",
    "pages": "write",
    "actions": "write",
}


def uses(action: str, **given: str) -> dict[str, Any]:
    return {
        "uses": f"{action}@x",
        "with": {key.replace("_", "-"): one for key, one in given.items()},
    }


UPLOAD = uses("actions/upload-artifact", name="a", path="out")
UPLOAD_PAGES = uses("actions/upload-pages-artifact", path="out")
DEPLOY = uses("actions/deploy-pages")
ATTEST = uses("actions/attest-build-provenance", subject_path="out/*.txt")


def run(
    folder: Path,
    *steps: dict[str, Any],
    rights: dict[str, str] | None = None,
    environment: str = "",
    ref: str = "main",
    public: bool = True,
    pages: bool = True,
) -> Runner:
    """One job with these steps, in a repository of its own."""
    job = {"permissions": ALL_RIGHTS if rights is None else rights, "steps": list(steps)}
    job |= {"environment": environment} if environment else {}
    work = folder / "work"
    (work / ".github/workflows").mkdir(parents=True)
    text = yaml.safe_dump({"on": {"push": {}}, "jobs": {"job": job}})
    (work / ".github/workflows/w.yml").write_text(text)
    host = Host(folder / "host", public=public, pages=pages)
    git(work, "init", "--quiet", "--initial-branch=main")
    git(work, "add", "--all")
    git(work, "commit", "--quiet", "--message", "w")
    git(work, "tag", "v1.0.0")
    git(work, "push", "--quiet", str(host.repository), "main", "--tags")
    return host.run("w.yml", ref)


def cache(**given: str) -> dict[str, Any]:
    return uses("actions/cache", **{"path": "~/.cache/pip", "key": "a", **given})


def without(right: str) -> dict[str, Any]:
    return {"rights": {name: one for name, one in ALL_RIGHTS.items() if name != right}}


PAGES = {"environment": "github-pages"}

FAULTS: dict[str, tuple[list[dict[str, Any]], dict[str, Any], str]] = {
    "a comma in a key": ([cache(key="kartu[a,b]")], {}, "cannot contain commas"),
    "a comma in a restore key": ([cache(restore_keys="a\nb,")], {}, "cannot contain commas"),
    "a long key": ([cache(key="k" * 513)], {}, "cannot be larger than 512 characters"),
    "many keys": (
        [cache(restore_keys="\n".join(f"k{number}" for number in range(10)))],
        {},
        "limited to a maximum of 10",
    ),
    "no path of a cache": ([cache(path=" ")], {}, "At least one directory or file path"),
    "no key": ([uses("actions/cache", path="x")], {}, "Input required and not supplied: key"),
    "an unknown input": ([cache(keys="a")], {}, "Unexpected input(s)"),
    "a slash in an artifact's name": (
        [FILES, uses("actions/upload-artifact", name="a/b", path="out")],
        {},
        "The artifact name is not valid",
    ),
    "an artifact twice": ([FILES, UPLOAD, UPLOAD], {}, "already exists on the workflow run"),
    "a colon in a file's name": (
        [{"run": "mkdir out && echo x > out/a:b.txt"}, UPLOAD],
        {},
        "The path for one of the files in artifact is not valid",
    ),
    "only hidden files": (
        [
            {"run": "mkdir out && echo x > out/.a"},
            uses("actions/upload-artifact", name="a", path="out", if_no_files_found="error"),
        ],
        {},
        "No files were found",
    ),
    "an artifact that is not there": (
        [uses("actions/download-artifact", name="b", path="x")],
        {},
        "Artifact not found",
    ),
    "another run's artifact": (
        [uses("actions/download-artifact", name="b", path="x", run_id="9", github_token="t")],
        without("actions"),
        "actions: read",
    ),
    "no right to read": ([CHECKOUT], {"rights": {}}, "contents: read"),
    "no right to deploy": ([FILES, UPLOAD_PAGES, DEPLOY], {**PAGES, **without("pages")}, "pages"),
    "no right to say who": (
        [FILES, UPLOAD_PAGES, DEPLOY],
        {**PAGES, **without("id-token")},
        "id-token: write",
    ),
    "no environment": ([FILES, UPLOAD_PAGES, DEPLOY], {}, "Missing environment"),
    "a site of a tag": (
        [FILES, UPLOAD_PAGES, DEPLOY],
        {**PAGES, "ref": "v1.0.0"},
        'Tag "v1.0.0" is not allowed to deploy to github-pages',
    ),
    "no site in the run": ([FILES, UPLOAD, DEPLOY], PAGES, 'No artifacts named "github-pages"'),
    "no Pages": (
        [FILES, UPLOAD_PAGES, DEPLOY],
        {**PAGES, "pages": False},
        "Ensure GitHub Pages has been enabled",
    ),
    "a private repository": ([FILES, ATTEST], {"public": False}, "not available for private"),
    "nothing to attest": ([ATTEST], {}, "Could not find subject"),
    "too much to attest": (
        [{"run": "mkdir out; for n in $(seq 1025); do : > out/$n.txt; done"}, ATTEST],
        {},
        "Too many subjects",
    ),
    "no right to attest": ([FILES, ATTEST], without("attestations"), "attestations: write"),
    "Python 3.1": ([uses("actions/setup-python", python_version="3.1")], {}, "was not found"),
    "an output of two lines": (
        [{"run": 'printf "a=1\\nb\\n" >> "$GITHUB_OUTPUT"'}],
        {},
        "Invalid format 'b'",
    ),
    "an output without its end": (
        [{"run": 'printf "a<<END\\nb\\n" >> "$GITHUB_OUTPUT"'}],
        {},
        "Matching delimiter not found",
    ),
    "a long summary": (
        [{"run": 'head -c 1048577 /dev/zero | tr "\\0" x >> "$GITHUB_STEP_SUMMARY"'}],
        {},
        "supports content up to a size of 1024k",
    ),
    "a release without the right": (
        [{"run": "gh release create v1 --verify-tag --title a --notes-file a b",
          "env": {"GH_TOKEN": "t", "GH_REPO": "contoh/dek"}}],
        {"rights": {"contents": "read"}},
        "contents: write",
    ),
    "a workflow started without the right": (
        [{"run": "gh workflow run w.yml --ref main --field a=b",
          "env": {"GH_TOKEN": "t", "GH_REPO": "contoh/dek"}}],
        without("actions"),
        "actions: write",
    ),
    "no package for PyPI": (
        [{"run": "mkdir dist && echo x > dist/a.txt"}, uses("pypa/gh-action-pypi-publish")],
        {},
        "InvalidDistribution",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_what_github_refuses_is_refused(fault: str, tmp_path: Path) -> None:
    """A step with the fault fails, with the words of the original."""
    steps, how, words = FAULTS[fault]
    found = run(tmp_path, *steps, **how)
    assert found.failed
    assert words in found.steps[-1].output, found.steps


def test_what_github_takes_is_taken(tmp_path: Path) -> None:
    """The same steps without a fault, in one job."""
    two_lines = {"run": 'printf "a<<E\\n1\\n2\\nE\\nb=3\\n" >> "$GITHUB_OUTPUT"'}
    python = uses("actions/setup-python", python_version="3.13")
    found = run(
        tmp_path,
        cache(key="k" * 512, restore_keys="\n".join("abcdefghi")),
        python,
        FILES,
        UPLOAD,
        UPLOAD_PAGES,
        DEPLOY,
        ATTEST,
        two_lines,
        environment="github-pages",
    )
    assert not found.failed, found.steps


def test_outputs_of_a_job_are_limited() -> None:
    """One megabyte for all of a job, two bytes a character."""
    limits.job_outputs({"a": "x" * 500_000})
    with pytest.raises(RefusedError, match="maximum of 1 MB"):
        limits.job_outputs({"a": "x" * 300_000, "b": "x" * 300_000})


# What actions/cache says of itself: its code in a clone of the action, which KARTU_ACTIONS has.
CLONE = Path(os.environ.get("KARTU_ACTIONS", "/nowhere"), "cache")


def pinned(action: str) -> str:
    text = (ROOT / ".github/actions/kartu/action.yml").read_text("utf-8")
    found = re.search(rf"uses: {action}@([0-9a-f]{{40}})", text)
    assert found
    return found[1]


@pytest.mark.skipif(
    not CLONE.exists() or not shutil.which("node"), reason="no code of the actions is named"
)
@pytest.mark.parametrize("key", ["real", "kartu[sheets,verify]==1.0.0", "k" * 513, "k" * 512])
def test_the_action_itself_judges_keys_alike(key: str, tmp_path: Path) -> None:
    """The pinned actions/cache takes the key of the action here, and refuses what limits refuse.

    KARTU_ACTIONS names a folder with a git clone of actions/cache in cache/. The service that the
    action asks next is not there, which it reports as a cache that is not found.
    """
    if key == "real":
        key = f"kartu-Linux-{'0' * 64}"
        text = (ROOT / ".github/actions/kartu/action.yml").read_text("utf-8")
        assert "key: kartu-${{ runner.os }}-${{ hashFiles(" in text
    blob = f"{pinned('actions/cache')}:dist/restore/index.js"
    script = tmp_path / "index.cjs"
    script.write_text(git(CLONE, "show", blob), "utf-8")
    given = {"INPUT_KEY": key, "INPUT_PATH": str(tmp_path), "INPUT_RESTORE-KEYS": "kartu-Linux-"}
    service = {
        "ACTIONS_CACHE_SERVICE_V2": "true",
        "ACTIONS_RESULTS_URL": "http://127.0.0.1:9/",
        "ACTIONS_RUNTIME_TOKEN": "none",
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_EVENT_NAME": "push",
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STATE": str(tmp_path / "state"),
    }
    for name in ("output", "state"):
        (tmp_path / name).touch()
    done = subprocess.run(
        ["node", str(script)],
        env={"PATH": os.environ["PATH"], **given, **service},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    try:
        limits.cache({"path": "x", "key": key, "restore-keys": "kartu-Linux-"})
        refused = ""
    except RefusedError as error:
        refused = str(error)
    assert ("Key Validation Error" in done.stdout) == bool(refused), done.stdout
    assert done.returncode == (1 if refused else 0), done.stdout + done.stderr
    assert refused in done.stdout
