"""Faults of an update: which check catches each, and which the gate alone.

`pytest -s tests/test_faults.py` prints the table: with the checks overridden (`--major`), the
package is built and the real Anki is asked.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.projects import MUNDUR, TWO_NOTE_TYPES, write_project

from kartu.verify import VerifyOptions, verify

Run = Callable[..., "subprocess.CompletedProcess[str]"]

SET = "cards/contoh/kartu.yaml"
DECK = "cards/contoh/deck.yaml"
TYPE = "templates/dasar/note_type.yaml"
CLOZE = "cards/contoh/isian.yaml"

CONTOH = "  - {key: contoh, name: Contoh, id: 3}\n"
UNUSED = "  - {key: lagi, name: Lagi, id: 4}\n"

PROJECT = (
    TWO_NOTE_TYPES.replace(CONTOH, CONTOH + UNUSED)
    + """--- cards/contoh/isian.yaml
note_type: isian
notes:
  - {id: c1, teks: "{{c1::satu}} dan {{c2::dua}}"}
--- cards/contoh/kartu.yaml
note_type: dasar
subdeck: Bab 1
tags: [a]
notes:
"""
    + "".join(
        f"  - {{id: n{n}, depan: Soal {n}, belakang: Jawab {n}, contoh: Misal {n}}}\n"
        for n in range(9)
    )
)

NOTE = "  - {id: n5, depan: Soal 5, belakang: Jawab 5, contoh: Misal 5}\n"
BOTH = "name: Belakang, id: 2, format: markdown}\n  - {key: contoh, name: Contoh, id: 3}"
SWAPPED = "name: Contoh, id: 2, format: markdown}\n  - {key: contoh, name: Belakang, id: 3}"

# What was done, where, and the check and the rules of the gate that must tell it. Without a rule
# Anki shows no harm: the check alone keeps it (cloze history simply stands at another text).
FAULTS: dict[str, tuple[str, str, str, str, set[str]]] = {
    "a note dropped": (SET, NOTE, "", "note-gone", {"note-dropped"}),
    "a note's id changed": (SET, "id: n5,", "id: n55,", "note-gone", {"guid-changed"}),
    "a GUID changed": (SET, "id: n5,", "id: n5, guid: x,", "identity-changed", {"guid-changed"}),
    "a subdeck renamed": (SET, "Bab 1", "Bab Satu", "note-moved", {"deck-renamed"}),
    "the deck renamed": (DECK, "name: Contoh", "name: Lain", "identity-changed", {"deck-renamed"}),
    "the prefix changed": (DECK, "language", "prefix: P\nlanguage", "identity-changed", set()),
    "the uid changed": (
        DECK, "a1b2c3d4e5f60718", "b1b2c3d4e5f60718", "identity-changed", {"not-the-same-deck"},
    ),
    "a card emptied": (SET, ", belakang: Jawab 5", "", "card-lost", {"card-emptied"}),
    "a gap taken away": (CLOZE, "{{c2::dua}}", "dua", "card-lost", {"card-emptied"}),
    "clozes renumbered": (
        CLOZE, "{{c1::satu}} dan {{c2::dua}}", "{{c2::satu}} dan {{c1::dua}}",
        "cloze-renumbered", set(),
    ),
    "a field removed": (
        TYPE, UNUSED, "", "position-removed", set(),
    ),
    "a card removed": (TYPE, MUNDUR, "", "position-removed", {"card-emptied"}),
    "fields reordered": (
        TYPE, BOTH, SWAPPED, "position-moved", {"note-type-not-updated"},
    ),
    "more slots": (
        TYPE, "name: Dasar\n", "name: Dasar\nslots: {fields: 9}\n", "note-type-broken",
        {"schema-changed"},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def published(kartu: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a first release, in its build/."""
    root = write_project(tmp_path_factory.mktemp("published") / "p", PROJECT)
    assert kartu("release", cwd=root).returncode == 0
    time.sleep(2.1)  # students have some seconds to study before the next release
    return root


@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_passes(kartu: Run, published: Path, tmp_path: Path, fault: str) -> None:
    """The check names it; overridden, the gate finds it too where Anki shows the harm."""
    name, old, new, code, rules = FAULTS[fault]
    root = shutil.copytree(published, tmp_path / "p")
    path = root / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    assert f"error[{code}]" in kartu("check", cwd=root).stdout
    done = kartu("release", "--touch-all", "--major", "tetap saja", cwd=root)
    assert done.returncode == 0, done.stderr
    package = root / "build/contoh.apkg"
    (_, upgrade) = verify(VerifyOptions(package, (published / "build/contoh.apkg",))).gates
    found = {finding.rule for finding in upgrade.findings}
    print(f"\n{fault}: check {code}; gate {', '.join(sorted(found)) or 'nothing'}")
    assert rules <= found
