"""`kartu build --tag`: what a tag names, and what it must agree with."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest
from support.program import Run
from support.projects import write_project

OTHER = """--- cards/lain/deck.yaml
id: lain
uid: b1b2c3d4e5f60718
name: Lain
language: en
version: 2.0.0
--- cards/lain/kartu.yaml
note_type: dasar
notes:
  - {id: satu, depan: Satu, belakang: One}
"""
NOW = {"SOURCE_DATE_EPOCH": ""}


@pytest.fixture
def project(kartu: Run, tmp_path: Path) -> Path:
    root = write_project(tmp_path / "p", OTHER)
    assert kartu("release", cwd=root).returncode == 0
    return root


def test_one_deck_of_several(kartu: Run, project: Path) -> None:
    """`<deck>-v1.0.0` or `<deck>/v1.0.0`, with and without v: that deck alone, as released."""
    for tag in ("contoh-v1.0.0", "contoh/v1.0.0", "contoh-1.0.0"):
        out = project / tag.replace("/", "-")
        done = kartu("build", "--tag", tag, "-o", out, cwd=project, env=NOW)
        assert done.returncode == 0, done.stderr
        content = (out / "contoh.apkg").read_bytes()
        assert content == (project / "build/contoh.apkg").read_bytes()
        digest = sha256(content).hexdigest()
        assert (out / "SHA256SUMS").read_text() == f"{digest}  contoh.apkg\n"
        (told,) = json.loads((out / "manifest.json").read_text())["packages"]
        assert (told["sha256"], told["draft"]) == (digest, False)
        assert sorted(path.name for path in out.iterdir()) == [
            "SHA256SUMS",
            "contoh.apkg",
            "manifest.json",
            "release.md",
        ]


def test_the_text_has_the_newest_section(kartu: Run, project: Path) -> None:
    """Of the changelog the part of this version alone, in the deck's language."""
    cards = project / "cards/lain/kartu.yaml"
    cards.write_text(cards.read_text("utf-8") + "  - {id: dua, depan: Dua}\n", "utf-8")
    assert kartu("release", "lain", cwd=project).returncode == 0
    done = kartu("build", "--tag", "lain-v2.1.0", "-o", "dist", cwd=project, env=NOW)
    assert done.returncode == 0, done.stderr
    text = (project / "dist/release.md").read_text("utf-8")
    assert text.startswith("## Lain 2.1.0\n\n### What you will notice\n")
    assert "First release" not in text
    assert "| Download | notes | cards | SHA-256 |\n| --- | ---: | ---: | --- |\n| `lain.a" in text


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("--tag", "v1.0.0"), 1, "kartu: .*lain 2.0.0: .*a tag of one deck is <deck>-v1.0.0"),
        (("--tag", "lain-v1.0.0"), 1, "kartu: the tag lain-v1.0.0 is not the version in deck.yaml"),
        (("--tag", "contoh-v1.0"), 2, 'the tag "contoh-v1.0" has no version'),
        (("--tag", "contho-v1.0.0"), 2, 'there is no deck "contho".*contoh'),
        (("--tag", "contoh-v1.0.0", "lain"), 2, 'the tag "contoh-v1.0.0" does not belong to lain'),
        (("--tag", "contoh-v1.0.0", "--check"), 2, "do not go together"),
    ],
)
def test_a_tag_that_does_not_agree(
    kartu: Run, project: Path, arguments: tuple[str, ...], status: int, words: str
) -> None:
    """It is refused with what to do, or is wrong use with its usage; nothing is written."""
    done = kartu("build", *arguments, "-o", "dist", cwd=project, env=NOW)
    assert done.returncode == status
    assert done.stderr.startswith("Usage: ") == (status == 2)
    assert re.search(words, done.stderr), done.stderr
    assert not (project / "dist").exists()


def test_a_fault_stops_it(kartu: Run, project: Path) -> None:
    """As any build: with its place, and exit status 1."""
    (project / "cards/contoh/kartu.yaml").write_text("note_type: dasar\nnotes: [{}]\n", "utf-8")
    done = kartu("build", "--tag", "contoh-v1.0.0", "-o", "dist", cwd=project, env=NOW)
    assert done.returncode == 1
    assert "cards/contoh/kartu.yaml:2:" in done.stderr
    assert not (project / "dist").exists()
