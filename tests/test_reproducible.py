"""Whoever runs the tests runs the same tests, until they ask for others."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from support.sampling import examples

LAW = "tests/test_identity.py::test_ids_are_exact_in_every_language"
BEFORE = "tests/test_diff_words.py"  # loads more of kartu


def tried(root: Path, *arguments: str, seed: str) -> list[str]:
    """The values that hypothesis gives to the law in a run of pytest."""
    command = [sys.executable, "-m", "pytest", "-s", "-p", "no:cacheprovider", *arguments, LAW]
    done = subprocess.run(
        [*command, "--hypothesis-verbosity=verbose"],
        cwd=root,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    name = LAW.rpartition(":")[2]
    return re.findall(rf"(?s)Test case: {name}\((.*?)\n\)", done.stdout)


def test_every_run_tries_the_same_unless_told_to_explore(root: Path) -> None:
    """Neither the hash seed nor what ran before changes what hypothesis tries; exploring does."""
    first = tried(root, seed="1")
    assert len(first) >= examples(100, 4)
    assert tried(root, BEFORE, seed="2") == first
    explored = tried(root, "--hypothesis-profile=explore", seed="1")
    assert len(set(explored) - set(first)) > len(first)
