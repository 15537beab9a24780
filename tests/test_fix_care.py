"""`kartu check --fix` does no harm: to names of files, to what is published, to what is locked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support.program import Run
from support.projects import write_project

from kartu.core.usage import UsageError
from kartu.pipeline import Options, check
from kartu.rewrite.fix.run import fix

SET = "cards/contoh/kartu.yaml"
DECK = "cards/contoh/deck.yaml"
NOTE_TYPE = "templates/dasar/note_type.yaml"
HEAD = "note_type: dasar\nnotes:\n"
NAME = "pe\u0301ta"  # not NFC, as files from a Mac are named


def codes(root: Path) -> list[str]:
    return [one.code for one in check(Options(root))]


def with_media(root: Path) -> None:
    (root / "cards/contoh/media").mkdir()
    (root / f"cards/contoh/media/{NAME}.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="3"/></svg>\n'
    )
    note = f"  - {{id: a, depan: Apa?, belakang: 'Ini ![peta]({NAME}.svg)'}}\n"
    (root / SET).write_text(HEAD + note, "utf-8")


def with_template(root: Path) -> None:
    folder = root / "templates/dasar"
    (folder / "maju.front.html").rename(folder / f"{NAME}.front.html")
    text = (root / NOTE_TYPE).read_text().replace("maju.front", f"{NAME}.front")
    (root / NOTE_TYPE).write_text(text, "utf-8")


def with_facts(root: Path) -> None:
    (root / f"cards/contoh/_{NAME}.yaml").write_text("F1: satu\n")
    with (root / DECK).open("a", encoding="utf-8") as deck:
        deck.write(f"facts: _{NAME}.yaml\n")


@pytest.mark.parametrize("prepare", [with_media, with_template, with_facts])
def test_what_names_a_file_stays_as_the_file_is_named(
    prepare: Callable[[Path], None], tmp_path: Path
) -> None:
    """Joined accents would name a file that is not there."""
    root = write_project(tmp_path)
    prepare(root)
    before = codes(root)
    assert fix(root) == []
    assert codes(root) == before


@pytest.mark.parametrize(
    "value",
    [
        "kode \u1fefa\u1fef",  # GREEK VARIA becomes a backtick: code in Markdown
        "a &lt\u037e b",  # GREEK QUESTION MARK becomes a semicolon: an entity
        "a =\u0338 b",  # becomes one sign with the stroke
    ],
)
def test_no_sign_gets_another_meaning(value: str, tmp_path: Path) -> None:
    """NFC is left undone where a sign of ASCII would come or go."""
    root = write_project(tmp_path)
    (root / SET).write_text(f"{HEAD}  - {{id: a, depan: '{value}', belakang: B}}\n", "utf-8")
    assert fix(root) == []


def test_reasons_of_retired_notes_are_no_news(kartu: Run, tmp_path: Path) -> None:
    """They reach Anki as written, so that joined accents would be a change for students."""
    root = write_project(tmp_path)
    note = "  - {id: a, depan: e\u0301, belakang: B, retired: Tak se\u0301suai}\n"
    (root / SET).write_text(HEAD + note, "utf-8")
    assert kartu("release", cwd=root).returncode == 0
    ledger = (root / "cards/contoh/ledger.jsonl").read_bytes()
    assert len(fix(root)) == 1
    assert (root / SET).read_text("utf-8") == HEAD + note.replace("depan: e\u0301", "depan: \u00e9")
    assert "nothing" in kartu("release", cwd=root).stdout
    assert (root / "cards/contoh/ledger.jsonl").read_bytes() == ledger


def test_a_published_deck_gets_its_own_uid_back(kartu: Run, tmp_path: Path) -> None:
    """It is told which, and none is made, not even where only the changelog tells of a release."""
    root = write_project(tmp_path)
    assert kartu("release", cwd=root).returncode == 0
    text = (root / DECK).read_text()
    (root / DECK).write_text(text.replace("uid: a1b2c3d4e5f60718\n", ""))
    done = kartu("check", "--fix", cwd=root)
    assert "help: write uid: a1b2c3d4e5f60718; " in done.stdout
    assert done.returncode == 1
    (root / "cards/contoh/ledger.jsonl").unlink()
    assert fix(root) == []


def test_a_file_that_is_read_only_stops_all(tmp_path: Path) -> None:
    """It is named, and no other file is written either."""
    root = write_project(tmp_path)
    (root / SET).write_text(f"{HEAD}  - depan: A\n")
    (root / "cards/contoh/z.yaml").write_text(f"{HEAD}  - depan: B\n")
    (root / "cards/contoh/z.yaml").chmod(0o444)
    with pytest.raises(UsageError, match=r"cards/contoh/z\.yaml is read-only"):
        fix(root)
    assert (root / SET).read_text() == f"{HEAD}  - depan: A\n"
