"""The program to download: a double click opens the editor, and all else is as ever.

.ci/bundle/tryout.py tries the program itself, which is not made here.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from support.program import ROOT

from kartu.cli.bundled import module_asked, own_project
from kartu.core.folders import documents_folder
from kartu.publish.verify import CannotVerifyError, VerifyOptions, verify
from kartu.show.editor.feed import Feed

_BUNDLED = "from kartu.cli.bundled import run; run()"


def bundled(
    *arguments: str, cwd: Path, code: str = _BUNDLED, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Runs the entry point of the bundle under this Python, with `cwd` as home directory."""
    own = {**os.environ, "HOME": str(cwd), "PYTHONPATH": str(ROOT), **environment}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=cwd, env=own, capture_output=True, text=True, check=False)


def test_with_arguments_it_is_kartu(tmp_path: Path) -> None:
    """A command runs as ever, and no folder is made."""
    done = bundled("--version", cwd=tmp_path)
    assert (done.returncode, done.stdout[:6]) == (0, "kartu ")
    assert not (tmp_path / "kartu").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="its folders are in the registry")
def test_a_double_click_opens_the_editor(tmp_path: Path) -> None:
    """In the user's own folder; some time after the page was closed the program ends by itself."""
    (tmp_path / "Dokumen").mkdir()
    (tmp_path / ".config").mkdir()
    (tmp_path / ".config/user-dirs.dirs").write_text('XDG_DOCUMENTS_DIR="$HOME/Dokumen"\n')
    soon = "from kartu.cli import edit; edit._ALONE, edit._LOOK = 0.1, 0.05; "
    browser = tmp_path / "browser"
    browser.write_text('#!/bin/sh\necho "$LD_LIBRARY_PATH $1" > "$HOME/opened"\n')
    browser.chmod(0o755)
    done = bundled(
        cwd=tmp_path,
        code=soon + _BUNDLED,
        BROWSER=str(browser),
        XDG_CONFIG_HOME="",
        LD_LIBRARY_PATH="/of/the/bundle",
        LD_LIBRARY_PATH_ORIG="/own",
    )
    assert done.returncode == 0, done.stderr
    assert "its page was closed" in done.stderr
    assert (tmp_path / "Dokumen/kartu").is_dir()
    assert (tmp_path / "opened").read_text().startswith("/own http://127.0.0.1:")


def test_in_a_project_it_builds(tmp_path: Path) -> None:
    """Without arguments, where there are decks, as everywhere; here there is none in cards/."""
    (tmp_path / "cards").mkdir()
    done = bundled(cwd=tmp_path)
    assert done.returncode == 1, done.stdout
    assert "error[no-deck]" in done.stderr


def test_its_processes_are_parts_of_kartu(tmp_path: Path) -> None:
    """`-m` runs a module of kartu with Python's options before it, and no other module."""
    done = bundled("-E", "-X", "utf8", "-m", "kartu.__main__", "--version", cwd=tmp_path)
    assert (done.returncode, done.stdout[:6]) == (0, "kartu ")
    assert module_asked(["-m", "kartu.a", "-m", "b"]) == ["kartu.a", "-m", "b"]
    for arguments in ([], ["build"], ["-m"], ["-m", "antigravity"], ["-q", "-m", "kartu.a"]):
        assert module_asked(arguments) == []


@pytest.mark.skipif(sys.platform == "win32", reason="its folders are in the registry")
def test_the_folder_for_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the desktop names it, else Documents, else the home directory; where it can be written."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    assert documents_folder() == tmp_path
    (tmp_path / "Documents").mkdir()
    assert documents_folder() == tmp_path / "Documents"
    assert own_project() == tmp_path / "Documents/kartu"
    (tmp_path / "Documents/kartu").rmdir()
    (tmp_path / "Documents/kartu").write_text("")
    assert own_project() == tmp_path / "kartu"
    (tmp_path / ".config").mkdir()
    (tmp_path / ".config/user-dirs.dirs").write_text(f'XDG_DOCUMENTS_DIR="{tmp_path / "D"}"\n')
    assert documents_folder() == tmp_path / "Documents"
    (tmp_path / "D").mkdir()
    assert documents_folder() == tmp_path / "D"
    monkeypatch.setattr(sys, "executable", str(tmp_path / "D/kartu/kartu"))  # unpacked there
    assert own_project() == tmp_path / "D/kartu-dek"


def test_its_engine_is_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`verify` does not run the program itself as a Python."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(CannotVerifyError, match="--anki PYTHON"):
        verify(VerifyOptions(tmp_path / "a.apkg"))


def test_the_feed_knows_whether_a_page_is_open() -> None:
    """No time passes while a stream is open; it begins with the start and with the last end."""

    async def look() -> None:
        feed = Feed()
        assert feed.seconds_alone() >= 0
        streams = [feed.stream(), feed.stream()]
        for stream in streams:
            await anext(stream)
        for stream in streams:
            assert feed.seconds_alone() == 0
            assert isinstance(stream, AsyncGenerator)
            await stream.aclose()
        await asyncio.sleep(0.01)
        assert 0 < feed.seconds_alone() < 60

    asyncio.run(look())
