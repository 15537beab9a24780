"""What the next run makes of a change of several files that was killed in between."""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.projects import write_project

from kartu.core.atomic import recover
from kartu.pipeline import Options, check

OLD = {"a.txt": b"a, old", "b.txt": b"b, old", "c.txt": b"c, old"}
NEW = {name: content.replace(b"old", b"new") for name, content in OLD.items()}
EDITED = b"edited"


def interrupt(folder: Path, become: set[str], edited: set[str]) -> Path:
    """Leaves `folder` as a run does that was killed when the files `become` were new already.

    Then somebody edited the files `edited`. Returns the run's temporary folder.
    """
    stage = folder / ".kartu-5f0c.tmp"
    for name, content in OLD.items():
        (stage / "new").mkdir(parents=True, exist_ok=True)
        (stage / "old").mkdir(exist_ok=True)
        (stage / "old" / name).write_bytes(content)
        if name in become:
            (folder / name).write_bytes(NEW[name])
        else:
            (folder / name).write_bytes(content)
            (stage / "new" / name).write_bytes(NEW[name])
        if name in edited:
            (folder / name).write_bytes(EDITED)
    hashes = {name: [sha256(OLD[name]).hexdigest(), sha256(NEW[name]).hexdigest()] for name in OLD}
    (stage / "journal.json").write_text(json.dumps({"files": hashes, "folders": []}), "utf-8")
    return stage


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in OLD}


FILES = st.sets(st.sampled_from(sorted(OLD)))


@given(FILES, FILES)
def test_files_are_all_old_or_all_new_and_no_edit_is_lost(
    tmp_path_factory: pytest.TempPathFactory, become: set[str], edited: set[str]
) -> None:
    """Wherever a run was killed and whatever was edited since.

    An edit of a file that was to become new undoes the change, one of a file that had become new
    lets it be finished, and both together leave everything to a person, with a reason.
    """
    folder = tmp_path_factory.mktemp("journal")
    stage = interrupt(folder, become, edited)
    left = contents(folder)
    reported = recover(folder)
    if edited & become and edited - become:
        assert len(reported) == 1
        assert reported[0].name in OLD
        assert contents(folder) == left
        assert stage.exists()
        return
    assert reported == []
    whole = OLD if edited - become else NEW
    assert contents(folder) == {name: EDITED if name in edited else whole[name] for name in OLD}
    assert not stage.exists()
    assert recover(folder) == []


def test_what_a_person_must_decide_is_an_error_at_its_file(tmp_path: Path) -> None:
    """`check` names the file and the way out, for as long as nobody has gone it."""
    root = write_project(tmp_path)
    stage = interrupt(root / "cards/contoh", {"a.txt"}, {"a.txt", "b.txt"})
    for _ in range(2):
        (found,) = [one for one in check(Options(root)) if one.code == "write-interrupted"]
        assert found.span.path == "cards/contoh/b.txt"
        assert stage.name in found.help
    shutil.rmtree(stage)
    assert "write-interrupted" not in {one.code for one in check(Options(root))}
