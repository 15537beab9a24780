"""Whoever runs the tests runs the same tests, until they ask for others."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import test_identity
from hypothesis import Verbosity, settings
from support.sampling import examples

NAME = "test_ids_are_exact_in_every_language"
LAW = f"tests/test_identity.py::{NAME}"
BEFORE = "tests/test_diff_words.py"  # loads more of kartu


def tried(root: Path, *arguments: str) -> list[str]:
    """The values that hypothesis gives to the law in a run of pytest."""
    command = [sys.executable, "-m", "pytest", "-s", "-p", "no:cacheprovider", *arguments, LAW]
    done = subprocess.run(
        [*command, "--hypothesis-verbosity=verbose"],
        cwd=root,
        env={**os.environ, "PYTHONHASHSEED": "1"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return values(done.stdout)


def values(shown: str) -> list[str]:
    return re.findall(rf"(?s)Test case: {NAME}\((.*?)\n\)", shown)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Those that it gives here, after whatever ran before and with another hash seed."""
    law = test_identity.test_ids_are_exact_in_every_language
    verbose = settings(settings.get_profile("reproducible"), verbosity=Verbosity.verbose)
    monkeypatch.setattr(law, "_hypothesis_internal_use_settings", verbose)
    law()
    return values(capsys.readouterr().out)


def test_every_run_tries_the_same_unless_told_to_explore(root: Path, here: list[str]) -> None:
    """Neither the hash seed nor what ran before changes what hypothesis tries; exploring does."""
    assert len(here) >= examples(100, 4)
    assert tried(root, BEFORE) == here
    explored = tried(root, "--hypothesis-profile=explore")
    assert len(set(explored) - set(here)) > len(here)
