"""The editor's session: what it refuses, undoes and shows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.edit_model import FOLDER
from support.edit_project import files_of, template

import kartu
from kartu.show.editor.session import Session


@pytest.fixture
def session(tmp_path: Path) -> Session:
    shutil.copytree(template(), tmp_path / "p")
    return Session(tmp_path / "p", tmp_path / "history")


def test_what_was_changed_at_the_place_is_not_undone(session: Session, tmp_path: Path) -> None:
    """Both texts stay: the file's, and in the history the one that undoing would have brought."""
    path = tmp_path / "p" / FOLDER / "1-kartu.yaml"
    assert session.write("contoh", "dua", {"depan": "Kedua"}).saved
    path.write_text(path.read_text("utf-8").replace("Kedua", "Kedua kali"), "utf-8")
    done = session.undo()
    (clash,) = done.clashes
    assert clash.path == f"{FOLDER}/1-kartu.yaml"
    assert "depan: Dua," in str(clash.mine)
    assert "Kedua kali" in str(clash.theirs)
    assert session.open("contoh", "dua").form.values["depan"] == "Kedua kali"
    kept = Session(tmp_path / "p", tmp_path / "history").history()
    assert kept[0].about["before"] == {"depan": "Dua"}
    assert session.undo().refusal is not None  # it is stuck for good


def test_what_was_changed_elsewhere_in_the_file_stays_when_undoing(session: Session) -> None:
    """Undo takes back its own change alone."""
    path = session.root / FOLDER / "1-kartu.yaml"
    before = path.read_text("utf-8")
    assert session.write("contoh", "tiga", {"depan": "Ketiga"}).saved
    assert session.write("contoh", "dua", {"depan": "Kedua"}).saved
    path.write_text("# baru\n" + path.read_text("utf-8"), "utf-8")
    assert session.undo().saved
    assert session.undo().saved
    assert path.read_text("utf-8") == "# baru\n" + before
    assert session.redo().saved
    assert session.open("contoh", "tiga").form.values["depan"] == "Ketiga"


def test_a_deleted_note_is_put_back_whatever_came_later(session: Session) -> None:
    """With its id and its values: at its place, or behind the note before it."""
    before = session.notes("contoh")
    own = [one.id for one in before if one.path == before[0].path]
    values = {id: session.open("contoh", id).form.values for id in own}
    deleted = [session.delete("contoh", id).number for id in own[1:]]
    assert session.write("contoh", own[0], {"depan": "Lain"}).saved
    for number in reversed(deleted):
        assert session.put_back(number).saved
        assert session.put_back(number).refusal is not None
    assert [one.id for one in session.notes("contoh")] == [one.id for one in before]
    assert {id: session.open("contoh", id).form.values for id in own[1:]} == {
        id: values[id] for id in own[1:]
    }


def test_a_note_that_was_published_meanwhile_is_not_undone(session: Session) -> None:
    """Undoing its addition would delete it."""
    root = session.root
    added = session.add("contoh", "lain", {"depan": "Baru"})
    assert added.saved
    assert kartu.release(root, out=root / "out", touch_all=True).ok
    session.refresh()
    done = session.undo()
    assert done.refusal is not None
    assert "by now" in done.refusal.message
    assert session.open("contoh", added.note).published
    assert session.delete("contoh", added.note).refusal is not None
    assert session.retire("contoh", added.note, "diganti").saved
    assert not session.retire("contoh", added.note, "ya").saved
    assert session.unretire("contoh", added.note).saved


def test_the_last_note_of_a_set_takes_the_file_along(session: Session) -> None:
    """And undo brings it back, also where the file's folder was changed meanwhile."""
    root = session.root
    path = root / FOLDER / "4-lain.yaml"
    data = path.read_bytes()
    assert session.delete("contoh", "sepuluh").saved
    assert not path.exists()
    assert session.undo().saved
    assert path.read_bytes() == data
    assert session.redo().saved
    path.write_bytes(b"note_type: lain\nnotes:\n  - {id: sebelas, depan: S}\n")
    assert session.undo().clashes


def test_another_subdeck_only_before_publishing(session: Session) -> None:
    """A set of that subdeck and with no other tags is taken, else made; comments move along."""
    root = session.root
    refused = session.move_to_subdeck("contoh", "terbit", "Bab 9").refusal
    assert refused is not None
    assert session.move_to_subdeck("contoh", "dua", "Bab 9").saved
    form = session.open("contoh", "dua").form
    assert (form.subdeck, form.tags) == ("Bab 9", ["a", "b"])
    assert session.move_to_subdeck("contoh", "empat", "Bab 9").saved
    assert session.open("contoh", "empat").form.path == form.path
    assert session.move_to_subdeck("contoh", "dua", "Bab 1").saved
    found = session.open("contoh", "dua").form
    assert found.path == f"{FOLDER}/2-kartu.yaml"
    assert "tags" not in found.values
    assert session.move_to_subdeck("contoh", "tujuh", "Bab 3").saved  # its own cell
    for _step in range(4):
        assert session.undo().saved
    assert files_of(root) == files_of(template())


def test_a_note_shows_its_faults_at_its_fields(session: Session) -> None:
    """From the note's own set: what is missing, what is wrong, and the cards as they would be."""
    shown = session.preview("contoh", "tiga", {"belakang": "a *b* c", "depan": "D"})
    assert "<em>b</em>" in shown.cards[0].back
    assert shown.faults == ()
    assert session.preview("contoh", "tiga", {"depan": ""}).faults == ()  # it is unfinished
    shown = session.preview("contoh", "terbit", {"depan": ""})
    assert [(one.key, one.diagnostic.code) for one in shown.faults] == [("depan", "missing-field")]
    shown = session.preview("contoh", "tiga", {"belakang": "![](tidak-ada.png)"})
    assert {(one.key, one.diagnostic.code) for one in shown.faults} == {
        ("belakang", "media-missing")
    }
    assert session.preview("contoh", "tiga", {"tags": ["ada spasi"]}).faults[0].key == "tags"


def session_root(session: Session) -> Path:
    return session.root
