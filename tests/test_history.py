"""Half a year of releases of the real deck: what its updates do to a student, kartu's and others'.

`pytest -s tests/test_history.py` prints the table of docs/updates.md. With KARTU_ANKI naming an
interpreter that has another version of anki, that version is asked too.
"""

from __future__ import annotations

import itertools
import os
from collections import Counter
from pathlib import Path

import pytest
from support.gates import gate
from support.history import DAY, FIRST, make_history
from support.plain_genanki import guid_from_fields, guid_from_id, rebuild
from support.sampling import WHOLE, sampled

from kartu.publish.verify import VerifyOptions, verify
from kartu.publish.verify.findings import Gate, Report

NUMBERS = range(6)
# The update from the first to the last has all changes in it.
STEPS = sampled(list(itertools.pairwise(NUMBERS)), 3)
PAIRS = list(itertools.combinations(NUMBERS, 2)) if WHOLE else [*STEPS, (0, 5)]

WAYS = {"guid from fields": guid_from_fields, "guid from an id": guid_from_id}

LOSSES = {
    "own edits overwritten on unchanged notes": {"edit-lost"},
    "own tags removed from unchanged notes": {"tag-lost"},
    "corrections that do not arrive": {"note-conflict", "text-not-updated"},
    "notes doubled, the new one without progress": {"guid-changed"},
    "note types doubled": {"note-type-doubled"},
}


@pytest.fixture(scope="module")
def packages(root: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The six releases."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        return make_history(root, tmp_path_factory.mktemp("history"), monkeypatch)


@pytest.fixture(scope="module")
def updates(packages: list[Path]) -> dict[tuple[int, int], Report]:
    """The report on each update, by the places of the two releases."""
    return {(old, new): gate(packages[new], packages[old]) for old, new in PAIRS}


def test_no_update_hurts_a_student(
    packages: list[Path], updates: dict[tuple[int, int], Report]
) -> None:
    """Updates and first imports: no finding in any.

    Two releases over the one before it and the last over the first; in .ci/run all 15 pairs.
    """
    print()
    for (old, new), report in updates.items():
        counts = ", ".join(f"{count} {what}" for what, count in report.counts.items() if count)
        print(f"R{old + 1} → R{new + 1}: {len(report.findings)} findings; {counts}")
    assert [report.findings for report in updates.values() if report.findings] == []
    assert [found for one in sampled(packages[::-1], 6) if (found := gate(one).findings)] == []


@pytest.mark.skipif("KARTU_ANKI" not in os.environ, reason="no real Anki is named")
def test_no_update_hurts_a_student_of_another_anki(packages: list[Path]) -> None:
    """Under the engine of KARTU_ANKI likewise."""
    found: list[Gate] = []
    for number in NUMBERS:
        olds = tuple(packages[old] for old, new in PAIRS if new == number)
        found += verify(VerifyOptions(packages[number], olds, (os.environ["KARTU_ANKI"],))).gates
    assert len(found) == len(PAIRS) + len(NUMBERS)
    assert [one.findings for one in found if one.findings] == []
    assert all(one.counts["edits_kept"] >= 5 for one in found if one.old is not None)


def test_the_updates_had_something_to_lose(updates: dict[tuple[int, int], Report]) -> None:
    """Each changes five notes or more, and five edited ones or more stay as students left them."""
    for pair, report in updates.items():
        assert report.counts["updated"] + report.counts["new"] >= 5, pair
        assert report.counts["edits_kept"] >= 5, pair


def test_plain_genanki_loses_what_kartu_keeps(
    packages: list[Path], updates: dict[tuple[int, int], Report], tmp_path: Path
) -> None:
    """Over the updates kartu has no finding; both usual ways have some of every kind they can."""
    found = {"kartu": Counter(one.rule for step in STEPS for one in updates[step].findings)}
    for way, guid in WAYS.items():
        rebuilt = {
            number: rebuild(
                packages[number], tmp_path / f"{way}-{number}.apkg", guid, FIRST + number * 30 * DAY
            )
            for number in sorted({*itertools.chain.from_iterable(STEPS)})
        }
        steps = [gate(rebuilt[new], rebuilt[old]) for old, new in STEPS]
        found[f"genanki, {way}"] = Counter(one.rule for step in steps for one in step.findings)
    print(f"\n| over {len(STEPS)} updates | {' | '.join(found)} |")
    print("| --- |" + " --- |" * len(found))
    for loss, rules in LOSSES.items():
        counts = [str(sum(rule[name] for name in rules)) for rule in found.values()]
        print(f"| {loss} | {' | '.join(counts)} |")
    ours, fields, ids = found.values()
    assert not ours
    assert fields["guid-changed"]
    assert ids["edit-lost"]
    assert ids["tag-lost"]
    assert ids["note-conflict"]
