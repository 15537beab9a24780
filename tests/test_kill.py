"""Killed before any of their steps on files, commands leave all files old or all files new.

KARTU_KILLS=200 pytest -s tests/test_kill.py tries 200 steps of each command, and as many pairs of
runs at once, and prints what it found.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pytest
from support.killed import in_fork
from support.projects import write_project
from support.sampling import WHOLE, sampled

KILLS = int(os.environ.get("KARTU_KILLS", "3" if WHOLE else "2"))

DECK = """--- cards/contoh/deck.yaml
id: contoh
uid: a1b2c3d4e5f60718
name: Contoh
language: id
version: 1.0.0
editions:
  satu: {include: 'not id:n1'}
  dua: {include: 'not id:n2'}
--- cards/contoh/kartu.yaml
note_type: dasar
notes:
""" + "".join(f"  - {{id: n{n}, depan: Soal {n}, belakang: Jawab {n}}}\n" for n in range(12))
OTHER = DECK.replace("contoh", "lain").replace("Contoh", "Lain").replace("a1b2c3", "b1b2c3")

SHEET = "id,note_type,belakang\n" + "".join(f"n{n},dasar,Balasan {n}\n" for n in range(12))
LIST = "#separator:Comma\n#columns:Front,Back\n" + "".join(f"q{n},a{n}\n" for n in range(5))

# A process of its own that counts processes from one again, as a container does.
UNSHARE = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
NAMESPACES = (
    shutil.which("unshare") is not None
    and subprocess.run([*UNSHARE, "true"], capture_output=True, check=False).returncode == 0
)

_UID = re.compile(rb"\b[a-f][0-9a-f]{15}\b")

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals")


class Command(NamedTuple):
    """`changed` are the files by which it shows whether it has happened: all of them, or none."""

    arguments: list[str]
    changed: tuple[str, ...]
    again: int = 0  # the exit status of the next run, where what was killed is finished first


COMMANDS = {
    "release": Command(["release"], ("cards/contoh/*", "cards/lain/*")),
    "build": Command(["build"], ("build/*",)),
    "fix": Command(["check", "--fix"], ("cards/contoh/*", "cards/lain/*")),
    "import": Command(["import", "baru.csv", "--deck", "baru", "--note-type", "dasar"],
                      ("cards/baru/**/*",), 2),
    "update": Command(["import", "contoh.csv", "--update"], ("cards/contoh/*",)),
    "site": Command(["site"], ("build/site/*",)),
    "csv": Command(["export", "contoh", "-o", "keluar.csv"], ("keluar.csv",), 2),
    "crowdanki": Command(["export", "contoh", "--format", "crowdanki"],
                         ("contoh-crowdanki/**/*",), 2),
    "new": Command(["new", "mulai", "--name", "Mulai"], ("mulai/**/*",), 2),
}  # fmt: skip


def environment(project: Path) -> dict[str, str]:
    fixed = {"SOURCE_DATE_EPOCH": "1790000000", "XDG_CACHE_HOME": f"{project}-cache"}
    return {**os.environ, **fixed, "KARTU_STEPS": str(project.parent / "steps")}


def run(
    project: Path, checkout: Path, command: list[str], step: int = 0, action: str = "kill"
) -> tuple[int, str]:
    """The exit status and the output of a run here."""
    arguments = [str(step), action, str(checkout), "-q", *command]
    return in_fork(arguments, project, environment(project))


def start_apart(
    project: Path, checkout: Path, command: list[str], step: int = 0
) -> subprocess.Popen[str]:
    """A run in a namespace of its own."""
    script = Path(__file__).parent / "support/killed.py"
    return subprocess.Popen(
        [*UNSHARE, sys.executable, str(script), str(step), "kill", str(checkout), "-q", *command],
        cwd=project,
        env=environment(project),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    output, _ = process.communicate(timeout=300)
    return process.returncode, output


def seen(project: Path, patterns: tuple[str, ...]) -> dict[str, str]:
    """The files of the patterns by name, ledgers and packages without their times."""
    found = {}
    for path in sorted(itertools.chain.from_iterable(map(project.glob, patterns))):
        if path.is_file() and not any(part.startswith(".kartu-") for part in path.parts):
            found[str(path.relative_to(project))] = sha256(timeless(path)).hexdigest()
    return found


def timeless(path: Path) -> bytes:
    content = path.read_bytes()
    if path.name == "ledger.jsonl":
        lines = [json.loads(line) for line in content.splitlines()]
        return json.dumps([{**line, "time": 0} for line in lines]).encode()
    if path.suffix in (".apkg", ".js", ".html") or path.name == "manifest.json":
        if path.suffix == ".apkg":
            with zipfile.ZipFile(path) as archive:
                assert archive.testzip() is None
        return b"whole"
    return _UID.sub(b"uid", content)


def clear(project: Path) -> None:
    shutil.rmtree(project)
    shutil.rmtree(f"{project}-cache", ignore_errors=True)


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """A project of two decks that was released once, with something to release and to fix."""
    project = write_project(tmp_path_factory.mktemp("start") / "p", DECK, OTHER)
    assert run(project, root, ["release"])[0] == 0
    for deck in ("contoh", "lain"):
        path = project / f"cards/{deck}/kartu.yaml"
        path.write_text(path.read_text("utf-8").replace("Jawab 3", "Jawaban 3"), "utf-8")
        with (project / f"cards/{deck}/deck.yaml").open("a") as file:
            file.write("authors: [Ani] \n")
    (project / "contoh.csv").write_text(SHEET, "utf-8")
    (project / "baru.csv").write_text(LIST, "utf-8")
    return project


# Each command here or in a namespace of its own; where tests run whole, both.
PLACES = sampled(list(itertools.product(COMMANDS, (False, True))), 3)


@pytest.mark.parametrize(
    ("name", "own"), PLACES, ids=[f"{name}{'-namespace' * own}" for name, own in PLACES]
)
def test_a_kill_tears_nothing(
    tmp_path: Path, root: Path, start: Path, name: str, own: bool
) -> None:
    """Whichever step it was killed before, the next run finishes or repeats it, and cleans up."""
    if own and not NAMESPACES:
        pytest.skip("no namespaces can be made here")
    command = COMMANDS[name]
    before = seen(start, command.changed)
    whole = shutil.copytree(start, tmp_path / "whole")
    assert run(whole, root, command.arguments)[0] == 0
    steps = int((tmp_path / "steps").read_text())
    after = seen(whole, command.changed)
    assert steps > 5
    assert after != before or name == "build"
    finished = 0
    for step in sorted({1 + one * steps // KILLS for one in range(KILLS)}):
        project = shutil.copytree(start, tmp_path / "p")
        if own:
            status, output = ended(start_apart(project, root, command.arguments, step))
        else:
            status, output = run(project, root, command.arguments, step)
        assert status in (-9, 137), output
        assert run(project, root, ["-C", ".", "check"])[0] == 0
        between = seen(project, command.changed)
        if name not in ("build", "site"):
            per_folder(between, before, after)
        status, output = run(project, root, command.arguments)
        assert status in (0, command.again if between == after else 0), output
        finished += between == after
        assert seen(project, command.changed) == after, step
        released_is_built(project, root, name)
        assert list(project.rglob(".kartu-*.tmp")) == []
        clear(project)
    print(f"\n{name}{' in a namespace' if own else ''}: {steps} steps, {finished} finished after")


def per_folder(now: dict[str, str], before: dict[str, str], after: dict[str, str]) -> None:
    """The files of each folder are all old, or all new."""
    for _, group in itertools.groupby(sorted({*before, *after, *now}), key=os.path.dirname):
        names = list(group)
        found = [now.get(one) for one in names]
        assert found in ([before.get(n) for n in names], [after.get(n) for n in names]), names


def released_is_built(project: Path, root: Path, name: str) -> None:
    """After a release the packages are what the ledger says, and no drafts."""
    if name == "release":
        assert run(project, root, ["build", "--released", "--check"])[0] == 0


@pytest.mark.parametrize("name", sampled(list(COMMANDS), 2))
def test_a_full_disk_changes_nothing(tmp_path: Path, root: Path, start: Path, name: str) -> None:
    """Whenever it is full, the files are as they were, and one line says why."""
    command = COMMANDS[name]
    whole = shutil.copytree(start, tmp_path / "whole")
    assert run(whole, root, command.arguments)[0] == 0
    steps = int((tmp_path / "steps").read_text())
    after = seen(whole, command.changed)
    before = seen(start, command.changed)
    for step in sorted({1 + one * steps // KILLS for one in range(KILLS)}):
        project = shutil.copytree(start, tmp_path / "p")
        status, output = run(project, root, command.arguments, step, "full")
        now = seen(project, command.changed)
        if status == 0:  # it was full only after all was written
            assert now == after
        else:
            assert (status, "No space left" in output) == (2, True), output
            assert len(output) < 300
            assert now == before or name == "site"
        assert list(project.rglob(".kartu-*.tmp")) == []
        clear(project)


@pytest.mark.skipif(not NAMESPACES, reason="no namespaces can be made here")
def test_two_at_once_lose_nothing(tmp_path: Path, root: Path, start: Path) -> None:
    """Of two in different containers each either does all of its work or says that it did not."""
    pairs: Iterator[tuple[str, str]] = itertools.cycle(
        [("release", "release"), ("release", "build"), ("update", "fix"), ("import", "release"),
         ("build", "build"), ("csv", "csv")]
    )  # fmt: skip
    results: dict[tuple[str, ...], int] = {}
    for pair, _ in zip(pairs, range(KILLS), strict=False):
        project = shutil.copytree(start, tmp_path / "p")
        runs = [start_apart(project, root, COMMANDS[one].arguments) for one in pair]
        endings = [ended(one) for one in runs]
        for name, (status, output) in zip(pair, endings, strict=True):
            assert status in (0, COMMANDS[name].again), output
            _has_happened(project, root, name)
        assert 0 in [status for status, _ in endings]
        assert list(project.rglob(".kartu-*.tmp")) == []
        clear(project)
        key = (*pair, *(str(status) for status, _ in endings))
        results[key] = results.get(key, 0) + 1
    print("\n", results)


def _has_happened(project: Path, root: Path, name: str) -> None:
    deck = (project / "cards/contoh/deck.yaml").read_text("utf-8")
    found: dict[str, Callable[[], bool]] = {
        "release": lambda: "version: 1.0.1" in deck and _is_released(project, root),
        "build": lambda: (project / "build/manifest.json").exists(),
        "update": lambda: "Balasan 3" in (project / "cards/contoh/kartu.yaml").read_text("utf-8"),
        "fix": lambda: "authors: [Ani]\n" in deck,
        "import": lambda: (project / "cards/baru/deck.yaml").exists(),
        "csv": lambda: "n11" in (project / "keluar.csv").read_text("utf-8"),
    }
    assert found[name](), name
    for package in project.glob("build/*.apkg"):
        timeless(package)


def _is_released(project: Path, root: Path) -> bool:
    lines = (project / "cards/contoh/ledger.jsonl").read_text("utf-8")
    assert run(project, root, ["build", "contoh", "--released", "--check"])[0] == 0
    return '"release":"1.0.1"' in lines
