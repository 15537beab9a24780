"""Faults of an update: which check catches each, and which the gate alone.

`pytest -s tests/test_faults.py` prints the table: with the checks overridden (`--major`), the
package is built and the real Anki is asked.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.gates import gate
from support.gates import rules as rules_of
from support.program import Run, hours_ago
from support.projects import MUNDUR, TWO_NOTE_TYPES, write_project
from support.verify_faults import FAULTS as PACKAGES
from support.verify_faults import STEPS

SET = "cards/contoh/kartu.yaml"
DECK = "cards/contoh/deck.yaml"
TYPE = "templates/dasar/note_type.yaml"
CLOZE = "cards/contoh/isian.yaml"

CONTOH = "  - {key: contoh, name: Contoh, id: 3}\n"
UNUSED = "  - {key: lagi, name: Lagi, id: 4}\n"

ISIAN = """note_type: isian
notes:
  - {id: c1, teks: "{{c1::satu}} dan {{c2::dua}}"}
"""

PROJECT = (
    TWO_NOTE_TYPES.replace(CONTOH, CONTOH + UNUSED)
    + f"--- {CLOZE}\n{ISIAN}"
    + """--- cards/contoh/kartu.yaml
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
DASAR = "note_type: dasar\nnotes:\n  - {id: c1, depan: a, belakang: b}\n"
FOREIGN = """name: Dasar
anki: {id: 1700000000000, name: Dasar, fields: {1: 1, 2: 2, 3: 3, 4: 4}, cards: {1: 1, 2: 2}}
"""

# What was done against which of the rules that keep progress (docs/updates.md), where, and
# the check and the findings of the gate that must tell it. Without a finding Anki shows no harm:
# the check alone keeps it (cloze history simply stands at another text).
FAULTS: dict[str, tuple[int, str, str, str, str, set[str]]] = {
    "a note dropped": (9, SET, NOTE, "", "note-gone", {"note-dropped"}),
    "a note's id changed": (1, SET, "id: n5,", "id: n55,", "note-gone", {"guid-changed"}),
    "a GUID changed": (1, SET, "id: n5,", "id: n5, guid: x,", "identity-changed", {"guid-changed"}),
    "a subdeck renamed": (8, SET, "Bab 1", "Bab Satu", "note-moved", {"deck-renamed"}),
    "the deck renamed": (
        8, DECK, "name: Contoh", "name: Lain", "identity-changed", {"deck-renamed"},
    ),
    "the prefix changed": (5, DECK, "language", "prefix: P\nlanguage", "identity-changed", set()),
    "the uid changed": (
        1,
        DECK, "a1b2c3d4e5f60718", "b1b2c3d4e5f60718", "identity-changed", {"not-the-same-deck"},
    ),
    "a card emptied": (3, SET, ", belakang: Jawab 5", "", "card-lost", {"card-emptied"}),
    "a gap taken away": (7, CLOZE, "{{c2::dua}}", "dua", "card-lost", {"card-emptied"}),
    "clozes renumbered": (
        7,
        CLOZE, "{{c1::satu}} dan {{c2::dua}}", "{{c2::satu}} dan {{c1::dua}}",
        "cloze-renumbered", set(),
    ),
    "a field removed": (
        3,
        TYPE, UNUSED, "", "position-removed", set(),
    ),
    "a card removed": (3, TYPE, MUNDUR, "", "position-removed", {"card-emptied"}),
    "fields reordered": (
        3,
        TYPE, BOTH, SWAPPED, "position-moved", {"note-type-not-updated"},
    ),
    "more slots": (
        12,
        TYPE, "name: Dasar\n", "name: Dasar\nslots: {fields: 9}\n", "note-type-broken",
        {"schema-changed"},
    ),
    "a note moved to another note type": (
        7, CLOZE, ISIAN, DASAR,
        "note-type-changed", {"note-conflict"},
    ),
    "the ids of a note type changed": (
        2, TYPE, "name: Dasar\n",
        FOREIGN,
        "note-type-broken", {"schema-changed"},
    ),
    "a name given up and taken again": (
        3, TYPE, "name: Contoh, id: 3}\n  - {key: lagi, name: Lagi",
        "name: Lagi, id: 3}\n  - {key: lagi, name: Contoh", "position-moved", set(),
    ),
}  # fmt: skip

# What kartu's sources cannot even say: there is no way to write it, so packages made otherwise
# show that the gate sees it (tests/support/verify_faults.py).
BY_CONSTRUCTION: dict[int, set[str]] = {
    2: {"note type id", "note type id, said"},
    4: {"a spare without an id"},
    5: {"all times new", "same time", "older time", "time 0", "time in the future",
        "note type's time", "note type's time new without a change"},
    6: {"media changed"},
    10: {"scheduling shipped"},
    13: {"card missing", "no card", "empty card"},
}  # fmt: skip


@pytest.fixture(scope="module")
def published(kartu: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a first release, in its build/."""
    root = write_project(tmp_path_factory.mktemp("published") / "p", PROJECT)
    with hours_ago(1):
        assert kartu("release", cwd=root).returncode == 0
    return root


@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_passes(kartu: Run, published: Path, tmp_path: Path, fault: str) -> None:
    """The check names it; overridden, the gate finds it too where Anki shows the harm."""
    rule, name, old, new, code, rules = FAULTS[fault]
    root = shutil.copytree(published, tmp_path / "p")
    path = root / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    assert f"error[{code}]" in kartu("check", cwd=root).stdout
    done = kartu("release", "--touch-all", "--major", "tetap saja", cwd=root)
    assert done.returncode == 0, done.stderr
    package = root / "build/contoh.apkg"
    found = rules_of(gate(package, published / "build/contoh.apkg"))
    print(f"\n{rule:2} {fault}: check {code}; gate {', '.join(sorted(found)) or 'nothing'}")
    assert rules <= found


def test_two_decks_with_one_identity_do_not_pass(
    kartu: Run, published: Path, tmp_path: Path
) -> None:
    """Rule 11: a fork that keeps the uid is the old deck; the check refuses it in one project,
    the gate finds what students of the old deck would lose."""
    root = shutil.copytree(published, tmp_path / "p")
    shutil.copytree(root / "cards/contoh", root / "cards/lain")
    (root / "cards/lain/ledger.jsonl").unlink()
    (root / "cards/lain/changelog.md").unlink()
    deck = root / "cards/lain/deck.yaml"
    deck.write_text(deck.read_text("utf-8").replace("id: contoh", "id: lain"), "utf-8")
    notes = root / "cards/lain/kartu.yaml"
    notes.write_text(notes.read_text("utf-8").replace("id: n", "id: m"), "utf-8")
    assert "error[shared-identity]" in kartu("check", cwd=root).stdout
    shutil.rmtree(root / "cards/contoh")
    assert kartu("release", cwd=root).returncode == 0
    old = published / "build/contoh.apkg"
    found = rules_of(gate(root / "build/lain.apkg", old))
    print(f"\n11 a fork with the old uid: check shared-identity; gate {', '.join(sorted(found))}")
    assert {"guid-changed", "edit-lost"} & found


def test_every_rule_has_a_fault() -> None:
    """Each of the thirteen rules is broken by a fault of the sources or of a package."""
    of_packages = {fault.name: fault.rule for fault in PACKAGES}
    of_packages |= {step.name: step.rule for step in STEPS}
    for rule, names in sorted(BY_CONSTRUCTION.items()):
        for name in sorted(names):
            print(f"\n{rule:2} {name}: by construction; gate {of_packages[name]}")
    assert {rule for rule, *_ in FAULTS.values()} | BY_CONSTRUCTION.keys() | {11} == {*range(1, 14)}
