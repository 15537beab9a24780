"""What templates gave before is used again, and never anything else."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from support.projects import write_project

from kartu.load.files import Files
from kartu.project import BuildOptions, build
from kartu.render.memory import Memory

Run = Callable[..., "subprocess.CompletedProcess[str]"]

WITH_LIST = """--- templates/dasar/note_type.yaml
id: dasar
name: Dasar
fields:
  - {key: depan, name: Depan, id: 1, required: true}
  - {key: belakang, name: Belakang, id: 2, format: list}
cards:
  - {id: 1, name: Maju, front: maju.front.html, back: maju.back.html}
--- cards/contoh/kartu.yaml
note_type: dasar
notes:
  - {id: a, depan: Satu, belakang: [b, c]}
"""

EDITS = [
    ("templates/dasar/maju.back.html", "{{FrontSide}} %d {{Belakang}}\n"),
    ("templates/_shared/fields/list.html", "<p>%d[[= items | length ]]</p>\n"),
    ("templates/_shared/texts/id.yaml", "jawaban: Jawaban %d\n"),
    (
        "cards/contoh/kartu.yaml",
        "note_type: dasar\nnotes:\n  - {id: a, depan: A%d, belakang: [b]}\n",
    ),
    ("templates/dasar/style.css", ".card { margin: %dpx }\n"),
]


def package(root: Path, out: Path, cache: Path | None) -> bytes:
    result = build(BuildOptions(root, cache=cache, out=out))
    assert result.packages, result.diagnostics
    return (out / "contoh.apkg").read_bytes()


def test_a_cached_build_equals_a_clean_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After any sequence of edits both give the same bytes."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    root = write_project(tmp_path / "p", WITH_LIST)
    chance = random.Random(1)
    for _ in range(60):
        name, content = chance.choice(EDITS)
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content % chance.randrange(3), "utf-8")
        cached = package(root, tmp_path / "one", tmp_path / "cache")
        assert cached == package(root, tmp_path / "two", None)


def test_a_damaged_cache_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Truncated, changed or foreign files in the cache change no package."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    root = write_project(tmp_path / "p", WITH_LIST)
    cache = tmp_path / "cache"
    clean = package(root, tmp_path / "out", cache)
    (file,) = cache.iterdir()
    whole = file.read_bytes()
    chance = random.Random(2)
    for _ in range(60):
        at = chance.randrange(len(whole))
        damaged = whole[:at] + chance.choice([b"", b"x", whole[at + 1 :], b"\xff" + whole[at:]])
        file.write_bytes(damaged)
        assert package(root, tmp_path / "out", cache) == clean


def test_a_cache_of_another_version_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole file that holds something else than this version keeps is no fault."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    root = write_project(tmp_path / "p", WITH_LIST)
    cache = tmp_path / "cache"
    clean = package(root, tmp_path / "out", cache)
    (file,) = cache.iterdir()
    for body in (b"{}", b'{"a": "b"}', b"[]", b"[1, 2, 3]", b'["x", {}]', b"null"):
        file.write_bytes(sha256(body).hexdigest().encode() + b"\n" + body)
        assert package(root, tmp_path / "out", cache) == clean


def test_a_fault_is_told_again(kartu: Run, tmp_path: Path) -> None:
    """What was wrong is not remembered: the second run says the same as the first."""
    root = write_project(tmp_path, "--- templates/dasar/maju.back.html\n{{Lain}}\n")
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    first, second = kartu("check", cwd=root, env=env), kartu("check", cwd=root, env=env)
    assert "unknown-field" in first.stdout
    assert first.stdout == second.stdout


def test_results_are_made_once(tmp_path: Path) -> None:
    """The same input is asked for once, in this run and, where there is a folder, in the next."""
    files = Files(write_project(tmp_path / "p"))
    calls: list[int] = []

    def make() -> str:
        calls.append(1)
        return "made"

    for _ in range(2):
        memory = Memory(files, tmp_path / "cache")
        assert [memory.recall("x", make) for _ in range(3)] == ["made"] * 3
        memory.save()
    assert len(calls) == 1


def test_a_cache_that_cannot_be_written_is_no_fault(kartu: Run, tmp_path: Path) -> None:
    """A file where the folder should be changes nothing but the time."""
    root = write_project(tmp_path)
    (tmp_path / "cache").write_text("a file")
    done = kartu("build", cwd=root, env={"XDG_CACHE_HOME": str(tmp_path / "cache")})
    assert (done.returncode, done.stderr) == (0, "")
