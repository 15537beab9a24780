"""Half a year of releases of the real deck: every update from every earlier one is harmless.

`pytest -s tests/test_history.py` prints the table. With KARTU_ANKI=/path/to/python, an
interpreter that has another version of anki, that version is asked too.
"""

from __future__ import annotations

import itertools
import os
import sys
from pathlib import Path

import pytest
from support.history import make_history

from kartu.publish.verify import VerifyOptions, verify
from kartu.publish.verify.findings import Gate

RELEASES = range(1, 7)
PAIRS = list(itertools.combinations(RELEASES, 2))


@pytest.fixture(scope="module")
def gates(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Gate]:
    """The upgrade gates of all pairs, by `R1 → R2 26.9.3`."""
    pythons = (sys.executable, *filter(None, [os.environ.get("KARTU_ANKI")]))
    found: dict[str, Gate] = {}
    with pytest.MonkeyPatch.context() as monkeypatch:
        packages = make_history(root, tmp_path_factory.mktemp("history"), monkeypatch)
    for number in RELEASES:
        new, olds = packages[number - 1], packages[: number - 1]
        for gate in verify(VerifyOptions(new, tuple(olds), pythons)).gates:
            old = Path(gate.old).stem if gate.old else "fresh"
            found[f"{old} → R{number} {gate.anki}"] = gate
    return found


def test_no_update_hurts_a_student(gates: dict[str, Gate]) -> None:
    """15 pairs and 6 first imports under each engine: no finding in any."""
    print()
    for name, gate in sorted(gates.items()):
        counts = ", ".join(f"{count} {what}" for what, count in gate.counts.items() if count)
        print(f"{name}: {len(gate.findings)} findings; {counts}")
    engines = {gate.anki for gate in gates.values()}
    assert len(gates) == len(engines) * (len(PAIRS) + len(RELEASES))
    assert [gate.findings for gate in gates.values() if gate.findings] == []


def test_the_updates_had_something_to_lose(gates: dict[str, Gate]) -> None:
    """Each changes five notes or more, and five edited ones or more stay as students left them."""
    for name, gate in gates.items():
        if gate.old is not None:
            changed = gate.counts["updated"] + gate.counts["new"]
            assert changed >= 5, name
            assert gate.counts["edits_kept"] >= 5, name
