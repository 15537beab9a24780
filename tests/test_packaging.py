"""What is published: ranges of versions, exact ones with hashes, and what wheel and sdist hold."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import requires
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from support.program import Run
from support.projects import needs_git
from trove_classifiers import classifiers

ROOT = Path(__file__).parent.parent
PINNED = re.compile(r"([a-z0-9-]+)==([^ ]+)(?: ; (.+))? \\\n((?:    --hash=sha256:[0-9a-f]{64} \\\n)*    --hash=sha256:[0-9a-f]{64}\n)")  # fmt: skip # noqa: E501


BUNDLE = ".ci/bundle/constraints.txt"


def project() -> dict[str, Any]:
    return dict(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"])


def asked() -> Iterator[Requirement]:
    """What pyproject.toml asks for, extras and all, but for kartu itself."""
    content = project()
    for texts in (content["dependencies"], *content["optional-dependencies"].values()):
        for text in texts:
            if not text.startswith("kartu["):
                yield Requirement(text)


def pinned(path: str) -> dict[str, Version]:
    text = (ROOT / path).read_text("utf-8")
    return {found[1]: Version(found[2]) for found in PINNED.finditer(text)}


def lowest(requirement: Requirement) -> Version:
    (bound,) = (one for one in requirement.specifier if one.operator == ">=")
    return Version(bound.version)


def test_each_requirement_is_a_range() -> None:
    """From a lowest version on, with the next major one (or minor one, of 0.x) left out."""
    for one in asked():
        assert sorted(part.operator for part in one.specifier) == ["<", ">="], one


@pytest.mark.parametrize("path", ["constraints.txt", ".ci/lowest.txt", BUNDLE])
def test_each_line_is_exact_and_hashed(path: str) -> None:
    """Nothing but comments and packages with hashes is in it: no address, no option of pip."""
    text = (ROOT / path).read_text("utf-8")
    rest = PINNED.sub("", text)
    assert all(line.startswith("# ") or not line for line in rest.splitlines()), rest
    assert len(pinned(path)) == len(re.findall("^[^ #\n]", text, re.MULTILINE))


def test_the_exact_versions_are_in_the_ranges() -> None:
    """constraints.txt has each at a version that is asked for, lowest.txt at the lowest one."""
    exact, low = pinned("constraints.txt"), pinned(".ci/lowest.txt")
    for one in asked():
        name = canonicalize_name(one.name)
        assert exact[name] in one.specifier, one
        bound = lowest(one).release
        assert low[name] in one.specifier, one
        assert low[name].release[: len(bound)] == bound, one


def test_the_program_to_download_has_the_same_versions() -> None:
    """All that is in it is in constraints.txt too, but for what makes it; the engine is not."""
    exact, bundle = pinned("constraints.txt"), pinned(BUNDLE)
    makers = {name for name in bundle if name not in exact}
    assert makers <= {
        *("altgraph", "macholib", "pefile", "pyinstaller", "pyinstaller-hooks-contrib"),
        *("pywin32-ctypes", "setuptools"),
    }
    assert {name: exact[name] for name in bundle.keys() - makers}.items() <= bundle.items()
    assert {"kartu", "anki"}.isdisjoint(bundle)


def test_the_first_part_is_what_a_project_needs() -> None:
    """What a project's CI installs: all that kartu[sheets,verify] and its build ask for."""
    text = (ROOT / "constraints.txt").read_text("utf-8")
    first = text[text.index("# What kartu[sheets,verify] needs") : text.index("# What the tests")]
    there = {
        found[1]
        for found in PINNED.finditer(first)
        if not found[3] or Marker(found[3]).evaluate({"extra": ""})
    }
    builders = ("babel", "hatchling")
    wanted = [Requirement("kartu[sheets,verify]"), *map(Requirement, builders)]
    needed = set(builders)
    while wanted:
        one = wanted.pop()
        for text in requires(one.name) or []:
            inner = Requirement(text)
            extras = one.extras or {""}
            if inner.marker and not any(inner.marker.evaluate({"extra": e}) for e in extras):
                continue
            if canonicalize_name(inner.name) not in needed:
                needed.add(canonicalize_name(inner.name))
                wanted.append(inner)
    assert there == needed


def test_the_metadata_is_true() -> None:
    """Licences of program and cards, known classifiers, and no link that leads nowhere."""
    command = [sys.executable, "-m", "hatchling", "metadata"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found = json.loads(shown.stdout)
    assert found["license"] == "MIT AND CC-BY-4.0"
    assert project()["license-files"] == ["LICENSE"]
    assert set(found["classifiers"]) <= classifiers
    links = re.findall(r"\]\((.*?)\)", found["readme"]["text"])
    assert all(link.startswith("https://") for link in links)


@needs_git
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is not a checkout")
def test_the_sdist_holds_what_is_committed(tmp_path: Path) -> None:
    """Every file of the repository, so that the tests pass there as well."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    there = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    command = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path)]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
    (path,) = tmp_path.glob("kartu-*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert names - {"PKG-INFO"} == {name for name in there.splitlines() if (ROOT / name).exists()}


@pytest.mark.skipif("KARTU_LOWEST" not in os.environ, reason="no lowest versions are named")
def test_lowest_and_newest_versions_give_the_same_bytes(kartu: Run, tmp_path: Path) -> None:
    """The interpreter in KARTU_LOWEST, which has .ci/lowest.txt, builds the decks here alike."""
    done = kartu("--no-cache", "build", "-o", tmp_path / "newest", cwd=ROOT)
    assert done.returncode == 0, done.stderr
    env = {**os.environ, "SOURCE_DATE_EPOCH": "1790000000", "KARTU_LANG": ""}
    command = [os.environ["KARTU_LOWEST"], "build_deck.py", "--no-cache", "build", "-o"]
    subprocess.run([*command, tmp_path / "lowest"], env=env, cwd=ROOT, check=True)
    newest, low = (
        {path.name: sha256(path.read_bytes()).hexdigest() for path in (tmp_path / one).iterdir()}
        for one in ("newest", "lowest")
    )
    assert newest == low
    assert sum(name.endswith(".apkg") for name in newest) == 10
