"""Where `kartu new` says that kartu is installed from: never a bare name, never a path here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from support.github_host import git
from support.projects import needs_git

from kartu.core.version import __version__
from kartu.importing.requirement import https, of_checkout, of_noted

Run = Callable[..., "CompletedProcess[str]"]

COMMIT = "0123456789abcdef0123456789abcdef01234567"
DIGEST = "ab" * 32
WHEEL = "kartu-1.0.0-py3-none-any.whl"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://contoh.example/tim/kartu.git", "https://contoh.example/tim/kartu.git"),
        ("https://me:secret@contoh.example/tim/kartu", "https://contoh.example/tim/kartu"),
        ("https://contoh.example:8443/kartu", "https://contoh.example:8443/kartu"),
        ("ssh://git@contoh.example:22/tim/kartu.git", "https://contoh.example/tim/kartu.git"),
        ("git@contoh.example:tim/kartu.git", "https://contoh.example/tim/kartu.git"),
        ("git+https://contoh.example/kartu", "https://contoh.example/kartu"),
        ("http://contoh.example/kartu", ""),
        ("file:///home/me/kartu", ""),
        ("/home/me/kartu", ""),
        ("../kartu", ""),
        ("C:\\kartu", ""),
    ],
)
def test_addresses_are_of_the_web(url: str, address: str) -> None:
    """Without user and password; what only this computer knows is none."""
    assert https(url) == address


@pytest.mark.parametrize(
    ("noted", "line"),
    [
        (
            {"url": "https://contoh.example/kartu.git",
             "vcs_info": {"vcs": "git", "requested_revision": "main", "commit_id": COMMIT}},
            f"kartu[sheets,verify] @ git+https://contoh.example/kartu.git@{COMMIT}",
        ),
        (
            {"url": f"https://contoh.example/{WHEEL}",
             "archive_info": {"hash": f"sha256={DIGEST}", "hashes": {"sha256": DIGEST}}},
            f"kartu[sheets,verify] @ https://contoh.example/{WHEEL}#sha256={DIGEST}",
        ),
        (
            {"url": f"https://contoh.example/{WHEEL}",
             "archive_info": {"hash": f"sha256={DIGEST}"}},
            f"kartu[sheets,verify] @ https://contoh.example/{WHEEL}#sha256={DIGEST}",
        ),
    ],
)  # fmt: skip
def test_a_known_origin_is_a_line(noted: dict[str, Any], line: str) -> None:
    """A repository at a commit, a wheel with its hash: as PEP 610 notes them."""
    assert of_noted(noted).line == line


@pytest.mark.parametrize(
    "noted",
    [
        {"url": "file:///home/me/kartu", "vcs_info": {"vcs": "git", "commit_id": COMMIT}},
        {"url": f"file:///home/me/{WHEEL}", "archive_info": {"hash": f"sha256={DIGEST}"}},
        {"url": f"https://contoh.example/{WHEEL}", "archive_info": {}},
    ],
)
def test_an_unknown_origin_is_to_be_filled_in(noted: dict[str, Any]) -> None:
    """What only this computer has, or what has no hash; the example names no path of it."""
    found = of_noted(noted)
    assert found.line == ""
    assert found.reason
    assert "/home/me" not in found.example


@needs_git
def test_of_a_checkout_it_is_a_commit_that_a_remote_has(tmp_path: Path) -> None:
    """Not one that was never pushed, nor one with changes, nor a folder inside another checkout."""
    there, folder = tmp_path / "there.git", tmp_path / "kartu"
    git(tmp_path, "init", "--quiet", "--bare", str(there))
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(folder))
    (folder / "a").write_text("1")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "a")
    git(folder, "remote", "add", "asal", str(there))
    assert "no remote" in of_checkout(str(folder)).reason
    git(folder, "push", "--quiet", "asal", "main")
    git(folder, "remote", "set-url", "asal", "git@contoh.example:tim/kartu.git")
    commit = git(folder, "rev-parse", "HEAD").strip()
    line = f"kartu[sheets,verify] @ git+https://contoh.example/tim/kartu.git@{commit}"
    assert of_checkout(str(folder)).line == line
    (folder / "below").mkdir()
    assert of_checkout(str(folder / "below")).line == ""
    (folder / "a").write_text("2")
    assert "not committed" in of_checkout(str(folder)).reason
    git(folder, "commit", "--quiet", "--all", "--message", "b")
    assert "no remote" in of_checkout(str(folder)).reason


def test_what_is_to_be_filled_in_is_marked_and_reported(kartu: Run, tmp_path: Path) -> None:
    """With CI `kartu new` prints it, or the line is there; the file says what it is for."""
    done = kartu("new", tmp_path / "x", "--name", "IPS", "--language", "en", "--ci", "github")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "x/requirements.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert ("# FILL IN" in text) == ("requirements.txt: fill in" in done.stdout) == (not lines)
    assert all(line.startswith("kartu[sheets,verify]") for line in lines)
    assert "file:" not in text
    assert __version__ in text or "git+https" in text
