"""The same half year of releases built with plain genanki: what a student loses there.

`pytest -s tests/test_contrast.py` prints the table of README.md.
"""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path

import pytest
from support.history import DAY, FIRST, make_history
from support.plain_genanki import guid_from_fields, guid_from_id, rebuild

from kartu.publish.verify import VerifyOptions, verify

WAYS = {"guid from fields": guid_from_fields, "guid from an id": guid_from_id}

LOSSES = {
    "own edits overwritten on unchanged notes": {"edit-lost"},
    "own tags removed from unchanged notes": {"tag-lost"},
    "corrections that do not arrive": {"note-conflict", "text-not-updated"},
    "notes doubled, the new one without progress": {"guid-changed"},
    "note types doubled": {"note-type-doubled"},
}


@pytest.fixture(scope="module")
def losses(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Counter[str]]:
    """Findings by rule, summed over the five updates from one release to the next."""
    folder = tmp_path_factory.mktemp("contrast")
    with pytest.MonkeyPatch.context() as monkeypatch:
        ours = make_history(root, folder, monkeypatch)
    histories = {"kartu": ours}
    for way, guid in WAYS.items():
        histories[f"genanki, {way}"] = [
            rebuild(package, folder / f"{way}-{number}.apkg", guid, FIRST + number * 30 * DAY)
            for number, package in enumerate(ours)
        ]
    found = {}
    for name, packages in histories.items():
        found[name] = Counter[str]()
        for old, new in itertools.pairwise(packages):
            (_, upgrade) = verify(VerifyOptions(new, (old,))).gates
            found[name].update(finding.rule for finding in upgrade.findings)
    return found


def test_plain_genanki_loses_what_kartu_keeps(losses: dict[str, Counter[str]]) -> None:
    """Over five updates kartu has no finding; both usual ways have some of every kind they can."""
    print(f"\n| over five updates | {' | '.join(losses)} |")
    print("| --- |" + " --- |" * len(losses))
    for loss, rules in LOSSES.items():
        counts = [str(sum(rule[name] for name in rules)) for rule in losses.values()]
        print(f"| {loss} | {' | '.join(counts)} |")
    ours, fields, ids = losses.values()
    assert not ours
    assert fields["guid-changed"]
    assert ids["edit-lost"]
    assert ids["tag-lost"]
    assert ids["note-conflict"]
