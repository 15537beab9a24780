"""Files are written whole or not at all, and what killed runs left is finished or undone."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from contextvars import copy_context
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kartu.core.atomic import Content, Hashed, copy_tree, recover, staged, write_all, write_files
from kartu.core.locks import LockedError, is_alive, locked, marked_alive

OLD = {"a.txt": b"old a", "b.txt": b"old b"}
NEW = {"a.txt": b"new a", "b.txt": b"new b", "c.txt": b"new c"}

posix = pytest.mark.skipif(os.name != "posix", reason="such files cannot be here")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def written(folder: Path, files: Mapping[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def interrupted(folder: Path, done: int, files: Mapping[str, bytes] = NEW) -> Path:
    """A folder as a kill leaves it after so many of the files have become new."""
    written(folder, OLD)
    stage = folder / ".kartu-5f0c.tmp"
    written(stage / "old", OLD)
    written(stage / "new", files)
    hashes = {
        name: [sha256(OLD[name]).hexdigest() if name in OLD else "", sha256(content).hexdigest()]
        for name, content in files.items()
    }
    (stage / "journal.json").write_text(json.dumps({"files": hashes, "folders": []}))
    for name in list(files)[:done]:
        os.replace(stage / "new" / name, folder / name)
    return stage


@pytest.mark.parametrize("done", range(4))
def test_what_was_interrupted_is_finished(tmp_path: Path, done: int) -> None:
    """However far it was, all files become new, and nothing temporary is left."""
    interrupted(tmp_path, done)
    assert recover(tmp_path) == []
    assert contents(tmp_path) == NEW


@pytest.mark.parametrize("done", range(3))
def test_what_was_edited_meanwhile_stays(tmp_path: Path, done: int) -> None:
    """What was edited before its turn came stays so, and the others become what they were."""
    interrupted(tmp_path, done)
    last = "b.txt" if done < 2 else "c.txt"
    (tmp_path / last).write_bytes(b"mine")
    assert recover(tmp_path) == []
    assert contents(tmp_path) == {**OLD, last: b"mine"}


def test_an_edit_of_what_had_become_new_stays(tmp_path: Path) -> None:
    """It was made on the new content: the others become new too."""
    interrupted(tmp_path, 1)
    (tmp_path / "a.txt").write_bytes(b"mine")
    assert recover(tmp_path) == []
    assert contents(tmp_path) == {**NEW, "a.txt": b"mine"}


def test_edits_on_both_sides_are_for_a_person(tmp_path: Path) -> None:
    """Nothing is changed or written before it is decided, and either decision works."""
    stage = interrupted(tmp_path / "f", 1)
    folder = stage.parent
    (folder / "a.txt").write_bytes(b"mine")
    (folder / "b.txt").write_bytes(b"mine too")
    (one,) = recover(folder)
    assert (one.name, stage.name in one.help) == ("b.txt", True)
    with pytest.raises(OSError, match=r"b\.txt"):
        write_all(folder, {"d.txt": b""})
    shutil.copytree(folder, tmp_path / "other")
    (folder / "b.txt").write_bytes(OLD["b.txt"])
    assert recover(folder) == []
    assert contents(folder) == {**NEW, "a.txt": b"mine"}
    shutil.rmtree(tmp_path / "other" / stage.name)
    assert recover(tmp_path / "other") == []
    assert contents(tmp_path / "other") == {"a.txt": b"mine", "b.txt": b"mine too"}


def test_a_temporary_file_that_is_gone_undoes_the_change(tmp_path: Path) -> None:
    """Where a file cannot become new any more, none does."""
    stage = interrupted(tmp_path, 1)
    (stage / "new/b.txt").unlink()
    assert recover(tmp_path) == []
    assert contents(tmp_path) == OLD


def test_without_a_journal_nothing_has_happened(tmp_path: Path) -> None:
    """What was only laid out is cleared away."""
    stage = interrupted(tmp_path, 0)
    (stage / "journal.json").unlink()
    assert recover(tmp_path) == []
    assert contents(tmp_path) == OLD


@pytest.mark.parametrize(
    "journal",
    ["5", "null", "[" * 99_999, '["deck.yaml"]', '{"files": {"../x": ["", ""]}, "folders": []}',
     '{"files": {"a.txt": 1}, "folders": []}', '{"files": {}, "folders": ["../f/new"]}',
     '{"files": {}, "folders": ["/tmp/x"]}', '{"files": {"..": ["", ""]}, "folders": [""]}', ""],
)  # fmt: skip
def test_a_journal_that_does_not_fit_does_nothing(tmp_path: Path, journal: str) -> None:
    """Damaged or made by somebody else: it is cleared away and changes no file."""
    stage = interrupted(tmp_path / "f", 0)
    written(stage / "new/f", {"x": b""})
    (stage / "journal.json").write_text(journal)
    (stage.parent / ".kartu-4194304-aa-deck.yaml.tmp").write_text("old: deck\n")
    assert recover(stage.parent) == []
    assert contents(stage.parent) == OLD
    assert os.listdir(tmp_path) == ["f"]


@posix
@pytest.mark.parametrize("inside", ["", "new", "old"])
def test_links_in_a_strangers_journal_lead_nowhere(tmp_path: Path, inside: str) -> None:
    """What lies outside the folder is neither fetched nor deleted."""
    stage = interrupted(tmp_path / "f", 0)
    outside = tmp_path / "outside"
    os.rename(stage / inside, outside)
    (stage / inside).symlink_to(outside)
    before = sorted(outside.rglob("*"))
    assert recover(stage.parent) == []
    assert contents(stage.parent) == OLD
    assert sorted(outside.rglob("*")) == before


@posix
def test_a_live_run_is_left_alone(tmp_path: Path) -> None:
    """What another run is working in is not cleared away; when it has gone, it is."""
    stage = tmp_path / ".kartu-1.tmp"
    stage.mkdir()
    with marked_alive(stage):
        assert is_alive(stage)
        recover(tmp_path)
        assert stage.exists()
    recover(tmp_path)
    assert not stage.exists()


@posix
def test_one_run_may_ask_twice(tmp_path: Path) -> None:
    """Who holds a folder may hold it again, and go from reading to writing."""
    with locked(tmp_path, shared=True), locked(tmp_path), locked(tmp_path, shared=True):
        assert is_alive(tmp_path)
    assert not is_alive(tmp_path)


@posix
def test_readers_share_and_writers_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two read at once; who wants to write waits, and says after a time who is in the way."""
    monkeypatch.setattr("kartu.core.locks._PATIENCE", 0.1)

    def other(shared: bool) -> None:
        with locked(tmp_path, shared=shared):
            pass

    empty = copy_context()
    with locked(tmp_path, shared=True):
        empty.run(other, True)
        with pytest.raises(LockedError, match="another run"):
            empty.run(other, False)


names = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=60)


@posix
@settings(max_examples=8)
@given(st.dictionaries(names, st.binary(max_size=20), max_size=5))
def test_any_names_and_contents_survive(files: dict[str, bytes]) -> None:
    """What was written is there, and nothing else, whatever the names."""
    files = {name: one for name, one in files.items() if name not in (".", "..")}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write_all(folder, files)
        write_all(folder, files)
        assert contents(folder) == files


def test_files_of_several_folders_are_written_together(tmp_path: Path) -> None:
    """Where one folder cannot be written, none is."""
    (tmp_path / "two/in-the-way").mkdir(parents=True)
    with pytest.raises(IsADirectoryError, match="in-the-way"):
        write_files({tmp_path / "one/a": b"", tmp_path / "two/in-the-way": b""})
    assert os.listdir(tmp_path / "one") == []


def test_contents_may_be_made_or_in_parts(tmp_path: Path) -> None:
    """Large ones are not held at once, nor joined; what is there already is left as it is."""
    parts: list[bytes | bytearray] = [b"large", bytearray(b" and small"), b""]
    files: dict[str, Content] = {
        "made": lambda: b"made",
        "parts": Hashed(parts, 15, sha256(b"large and small").hexdigest()),
        "bytes": b"bytes",
    }
    write_all(tmp_path, files)
    before = {path: path.stat().st_ino for path in tmp_path.iterdir()}
    write_all(tmp_path, files)
    assert {path: path.stat().st_ino for path in tmp_path.iterdir()} == before
    (tmp_path / "parts").write_bytes(b"small and large")
    write_all(tmp_path, files)
    now = {"made": b"made", "parts": b"large and small", "bytes": b"bytes"}
    assert contents(tmp_path) == now


@posix
def test_modes_stay(tmp_path: Path) -> None:
    """A new content has the mode of the old one."""
    written(tmp_path, OLD)
    (tmp_path / "a.txt").chmod(0o640)
    write_all(tmp_path, NEW)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o640


def test_folders_are_placed_together(tmp_path: Path) -> None:
    """All that was laid out appears, or nothing where one of them is there already."""
    for taken in (False, True):
        with staged(tmp_path) as stage:
            written(stage.folder / "cards/x", {"deck.yaml": b"x"})
            written(stage.folder / "templates/y", {"style.css": b"y"})
            if taken:
                with pytest.raises(FileExistsError, match="cards/x already exists"):
                    stage.place(["templates/z", "cards/x"])
            else:
                stage.place(["templates/y", "cards/x"])
    assert sorted(os.listdir(tmp_path)) == ["cards", "templates"]
    assert os.listdir(tmp_path / "templates") == ["y"]


def test_placing_that_was_interrupted_is_finished(tmp_path: Path) -> None:
    """The rest follows, but for what somebody else has made there since."""
    stage = tmp_path / ".kartu-1.tmp"
    written(stage / "new/cards/x", {"deck.yaml": b"theirs"})
    written(stage / "new/cards/y", {"deck.yaml": b"y"})
    journal = {"files": {}, "folders": ["templates/z", "cards/x", "cards/y"]}
    (stage / "journal.json").write_text(json.dumps(journal))
    written(tmp_path / "cards/x", {"deck.yaml": b"mine"})
    assert recover(tmp_path) == []
    assert contents(tmp_path / "cards/x") == {"deck.yaml": b"mine"}
    assert contents(tmp_path / "cards/y") == {"deck.yaml": b"y"}
    assert os.listdir(tmp_path) == ["cards"]


def test_copying_tells_the_first_fault(tmp_path: Path) -> None:
    """One error with one reason, and not a list of all files."""
    written(tmp_path / "a/b", {"x": b"1", "y": b"2"})
    copy_tree(tmp_path / "a", tmp_path / "c", lambda folder, names: {"y"} & set(names))
    assert contents(tmp_path / "c/b") == {"x": b"1"}
    with pytest.raises(FileExistsError) as told:
        copy_tree(tmp_path / "a", tmp_path / "c")
    assert told.value.strerror
