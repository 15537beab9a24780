"""Whole small projects: what is rejected, with the exact words, and what is accepted."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from support.engine import cards, collection, import_package
from support.program import Run
from support.projects import EXAMPLES, sections, write_project
from support.sampling import sampled

from kartu.core.codes import ALL, UPGRADE_FAULTS

REJECTED = sorted((EXAMPLES / "reject").glob("*.txt"), key=lambda path: path.name)
INDONESIAN = sorted((EXAMPLES / "reject.id").glob("*.txt"), key=lambda path: path.name)
ACCEPTED = sorted((EXAMPLES / "accept").glob("*.txt"), key=lambda path: path.name)

# No text of an example could hold their files; test_load.py and test_workbooks.py show them.
WITHOUT_EXAMPLE = {
    *(
        "file-too-large",
        "media-too-large",
        "value-too-long",
        "not-text",
        "outside-cells",
        "sheets-not-installed",
        "ids-not-saved",  # told by --strict: test_ids.py
        "ids-missing",  # needs a release: test_ids.py
        "unfinished-note",  # no fault, only counted: test_unfinished.py
    ),
}

# These need a release before; test_release.py shows them.
OF_LEDGERS = UPGRADE_FAULTS | {
    *(
        "ledger-conflict",
        "ledger-missing",
        "version-released-twice",
        "version-lowered",
        "note-rewritten",
        "write-interrupted",  # test_journal.py
        "row-gone",  # test_one_file.py
        "published-unfinished",  # test_unfinished.py
    ),
}


# `kartu print` tells these; test_explain.py shows them.
OF_PAPER = {"too-long-for-paper", "picture-not-printed"}


# A build says what check says, whatever the fault.
ALSO_BUILT = sampled(REJECTED, 4)


@pytest.mark.parametrize("path", REJECTED, ids=lambda path: path.stem)
def test_each_fault_is_told_in_these_words(path: Path, kartu: Run, tmp_path: Path) -> None:
    """`check` prints exactly what the example expects, `build` ends alike; nothing is written."""
    if path.stem == "unportable-name" and sys.platform != "linux":
        pytest.skip("such files cannot be here")
    text = path.read_text("utf-8")
    write_project(tmp_path, text)
    (tmp_path / "expected").unlink()
    before = sorted(tmp_path.rglob("*"))
    done = kartu("--no-cache", "check", cwd=tmp_path)
    assert done.stdout == sections(text)["expected"]
    assert done.returncode == (1 if "error[" in done.stdout else 0)
    if path in ALSO_BUILT:
        assert kartu("--no-cache", "build", cwd=tmp_path).returncode == done.returncode
    if done.returncode:
        assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("path", INDONESIAN, ids=lambda path: path.stem)
def test_it_is_told_in_indonesian_too(path: Path, kartu: Run, tmp_path: Path) -> None:
    """The same example in Indonesian, word for word."""
    write_project(tmp_path, (EXAMPLES / "reject" / path.name).read_text("utf-8"))
    (tmp_path / "expected").unlink()
    done = kartu("--no-cache", "check", cwd=tmp_path, env={"KARTU_LANG": "id"})
    assert done.stdout == path.read_text("utf-8")


def test_each_code_has_an_example_in_indonesian() -> None:
    """Of every code that has examples one is there in Indonesian."""
    codes = {path.stem: shown_codes(path) for path in REJECTED}
    shown = {code for path in INDONESIAN for code in codes[path.stem]}
    assert shown == {code for found in codes.values() for code in found}


def shown_codes(path: Path) -> set[str]:
    """The codes that an example shows."""
    expected = sections(path.read_text("utf-8"))["expected"]
    return set(re.findall(r"(?:error|warning)\[([a-z0-9-]+)\]: ", expected))


def test_each_code_has_an_example() -> None:
    """The examples show every code of the catalogue, and are named after it."""
    texts = {path.stem: path.read_text("utf-8") for path in REJECTED}
    shown = {
        code
        for stem, text in texts.items()
        for code in ALL
        if f"[{code}]" in text and stem.startswith(code)
    }
    assert shown == {*ALL} - WITHOUT_EXAMPLE - OF_LEDGERS - OF_PAPER


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: path.stem)
def test_accepted_examples_arrive_in_anki(path: Path, kartu: Run, tmp_path: Path) -> None:
    """The note fields and cards in Anki are those that the example expects."""
    text = path.read_text("utf-8")
    write_project(tmp_path, text)
    (tmp_path / "expected").unlink()
    assert kartu("--no-cache", "check", cwd=tmp_path).stdout == "kartu: no faults\n"
    done = kartu("--no-cache", "build", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with collection(tmp_path / "anki") as col:
        import_package(col, tmp_path / "build" / "contoh.apkg")
        lines = []
        for card in cards(col):
            note = card.note()
            fields = [value for name, value in note.items() if value]
            where = col.decks.name(card.did)
            parts = [where, card.template()["name"], *fields, *note.tags]
            lines.append(" | ".join(parts).replace("\n", "⏎"))
    assert lines == sections(text)["expected"].splitlines()
