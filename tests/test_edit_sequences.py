"""The editor's session, in any order of its calls: against a model, with changes from elsewhere.

KARTU_EDITS is the number of steps: 20,000 take seven minutes.
"""

from __future__ import annotations

import copy
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from support.edit_model import FOLDER, TAGS, Model, Step, raw
from support.edit_project import files_of, template
from support.sampling import examples
from test_edits import TEXTS

from kartu.load import load_project
from kartu.load.card_sets import written_notes
from kartu.rewrite.notes.values import cell_of_value, is_blank, plain, value_of
from kartu.show.editor.outcomes import Outcome
from kartu.show.editor.session import Session

STEPS = int(os.environ.get("KARTU_EDITS", "0")) or examples(600, 7)
STEPS_OF_A_RUN = 30

VALUES = {
    "depan": TEXTS,
    "belakang": TEXTS,
    "butir": st.lists(TEXTS.filter(lambda one: bool(one.strip())), max_size=3),
}
CHANGES = st.sampled_from([*VALUES]).flatmap(lambda key: st.tuples(st.just(key), VALUES[key]))
# A value can be missing or wrong; the file can always be read.
FINE = {"missing-field", "bad-value", "missing-key", "no-card", "not-translated"}


class Edits(RuleBasedStateMachine):
    """One project, its session and the model."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.root = self.folder / "p"
        shutil.copytree(template(), self.root)
        self.original = self.files()
        self.model = Model()
        self.clashed = False
        self.session = Session(self.root, self.folder / "history")

    def teardown(self) -> None:
        """All undone, each byte is the original's, where nobody else changed anything."""
        try:
            if not self.model.outside and not self.clashed:
                while self.model.done:
                    assert self.session.undo().saved
                    self.model.again(undo=True)
                assert self.session.undo().refusal is not None
                assert self.files() == self.original
        finally:
            shutil.rmtree(self.folder)

    # --- what is done -----------------------------------------------------------------------------

    @rule(data=st.data(), change=CHANGES)
    def write(self, data: st.DataObject, change: tuple[str, Any]) -> None:
        """A value is set, or taken away."""
        id, (key, value) = self.any(data), change
        if key != "depan" and self.model.of(id)[0].startswith("4-"):
            return
        seen = {key: self.model.note(id).get(key, "")}
        self.do(
            lambda: self.session.write("contoh", id, {key: value}, seen), id, {id}, {key: value}
        )

    @rule(data=st.data(), text=TEXTS)
    def write_what_was_changed_elsewhere(self, data: st.DataObject, text: str) -> None:
        """The text of the file stays, and the other one is in the history."""
        id = self.any(data)
        now = self.model.note(id).get("depan", "")
        if plain(text) == now or not text.strip():
            return
        before = self.files()
        done = self.session.write("contoh", id, {"depan": text}, {"depan": f"{now} lama"})
        assert [one.theirs for one in done.clashes] == [now]
        assert self.session.history()[-1].about["value"] == plain(text)
        assert self.files() == before

    @rule(data=st.data(), text=TEXTS.filter(lambda one: bool(one.strip())))
    def add(self, data: st.DataObject, text: str) -> None:
        """A note is added behind another one."""
        after = self.any(data)
        name, place = self.model.of(after)
        kind = "lain" if name.startswith("4-") else "dasar"
        before = copy.deepcopy(self.model.notes)
        raws = self.raws()
        done = self.session.add("contoh", kind, {"depan": text}, after=after)
        if name.endswith(".csv") and not done.saved:
            return
        assert done.saved
        self.model.notes[name].insert(place + 1, {"id": done.note, "depan": plain(text)})
        self.model.record(before, done.note)
        self.check_bytes(raws, {done.note})

    @rule(data=st.data())
    def duplicate(self, data: st.DataObject) -> None:
        id = self.any(data)
        name, place = self.model.of(id)
        before, raws = copy.deepcopy(self.model.notes), self.raws()
        done = self.session.duplicate("contoh", id)
        assert done.saved, done
        note = {**self.model.note(id), "id": done.note}
        note.pop("retired", None)
        self.model.notes[name].insert(place + 1, note)
        self.model.record(before, done.note)
        self.check_bytes(raws, {done.note})

    @rule(data=st.data(), by=st.sampled_from([-1, 1]))
    def move(self, data: st.DataObject, by: int) -> None:
        """Within a set, and between the two that have the same tags."""
        id = self.any(data)
        name, place = self.model.of(id)
        notes = self.model.notes[name]
        before, raws = copy.deepcopy(self.model.notes), self.raws()
        done = self.session.move("contoh", id, by)
        if 0 <= place + by < len(notes):
            assert done.saved, done
            notes.insert(place + by, notes.pop(place))
        elif done.saved:
            other = "2-kartu.yaml" if by > 0 else "1-kartu.yaml"
            assert name in TAGS
            assert name != other
            note = notes.pop(place)
            self.model.notes[other].insert(0 if by > 0 else len(self.model.notes[other]), note)
            if not notes:
                del self.model.notes[name]
        self.model.record(before, id)
        self.check_bytes(raws, {id} if len(notes) <= place + by or place + by < 0 else set())

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        """A published note stays."""
        id = self.any(data)
        name, place = self.model.of(id)
        before, raws = copy.deepcopy(self.model.notes), self.raws()
        done = self.session.delete("contoh", id)
        if id == "terbit":
            assert done.refusal is not None
            return
        assert done.saved, done
        del self.model.notes[name][place]
        if not self.model.notes[name]:
            del self.model.notes[name]
        self.model.record(before, id)
        self.check_bytes(raws, {id})

    @rule(data=st.data(), reason=st.sampled_from(["diganti: lihat #2", "usang"]))
    def retire(self, data: st.DataObject, reason: str) -> None:
        id = self.any(data)
        now = self.model.note(id).get("retired")
        reason = "" if now else reason
        call = (
            (lambda: self.session.retire("contoh", id, reason))
            if reason
            else (lambda: self.session.unretire("contoh", id))
        )
        self.do(call, id, {id}, {"retired": reason})

    @rule(undo=st.booleans())
    def again(self, undo: bool) -> None:
        """Undo and redo; only after a change from elsewhere can either be stuck."""
        waiting = self.model.done if undo else self.model.undone
        done = self.session.undo() if undo else self.session.redo()
        if not waiting:
            assert done.refusal is not None
        elif done.saved:
            self.model.again(undo=undo)
        else:
            assert done.clashes
            assert self.model.stuck(undo=undo).outside < self.model.outside
            self.clashed = True

    @rule(data=st.data())
    def change_elsewhere(self, data: st.DataObject) -> None:
        """Someone changes a value of a note, or a comment, in a text editor."""
        name = data.draw(st.sampled_from(sorted(self.model.notes)))
        path = self.root / FOLDER / name
        content = path.read_bytes()
        holding = [note for note in self.model.notes[name] if "x-luar" in note]
        if not holding:
            return
        value = data.draw(st.sampled_from(sorted({note["x-luar"] for note in holding})))
        self.model.outside += 1
        new = f"{value}{self.model.outside % 10}"
        path.write_bytes(content.replace(value.encode() + b"\n", new.encode() + b"\n"))
        if path.read_bytes() == content:
            path.write_bytes(content.replace(value.encode(), new.encode(), 1))
        self.read_outside(name)

    def read_outside(self, name: str) -> None:
        """What was changed elsewhere, by searching the lines."""
        found = raw(self.root / FOLDER / name)
        for note in self.model.notes[name]:
            mark = found.notes[note["id"]].rpartition(b"luar-")[2]
            if "x-luar" in note:
                digits = re.match(rb"[0-9]*", mark)
                assert digits is not None
                note["x-luar"] = f"luar-{digits[0].decode()}"

    @rule()
    def open_again(self) -> None:
        self.session = Session(self.root, self.folder / "history")

    @rule()
    def cut_the_history(self) -> None:
        """A line that a killed run did not write whole counts for nothing."""
        (path,) = (self.folder / "history").glob("*") if self.session.history() else (None,)
        if path is not None:
            with path.open("ab") as file:
                file.write(b'0123456789abcdef {"kind":"edit","tim')
        self.session = Session(self.root, self.folder / "history")

    @precondition(lambda self: hasattr(os, "fork"))
    @rule(
        data=st.data(), step=st.integers(1, 30), what=st.sampled_from(["write", "delete", "undo"])
    )
    def killed(self, data: st.DataObject, step: int, what: str) -> None:
        """A session that is killed at any of its steps has done the edit, or nothing."""
        id = self.any(data)
        before = copy.deepcopy(self.model.notes)
        calls: dict[str, Callable[[Session], Outcome]] = {
            "write": lambda session: session.write("contoh", id, {"depan": "mati"}),
            "delete": lambda session: session.delete("contoh", id),
            "undo": lambda session: session.undo(),
        }
        files = self.files()
        entries = len(self.session.history())
        in_killed_child(lambda: calls[what](Session(self.root, self.folder / "history")), step)
        self.session = Session(self.root, self.folder / "history")
        later = self.session.history()[entries:]
        stuck = any(one.kind == "stuck" for one in later)
        if stuck:
            self.model.stuck(undo=True)
            self.clashed = True
        if self.files() == files:
            return
        if what == "undo":
            self.model.again(undo=True)
            return
        name, place = self.model.of(id)
        if what == "write":
            self.model.note(id)["depan"] = "mati"
        else:
            del self.model.notes[name][place]
            if not self.model.notes[name]:
                del self.model.notes[name]
        self.model.record(before, id)

    # --- what holds -------------------------------------------------------------------------------

    @invariant()
    def holds(self) -> None:
        """The project can be read, and holds what the model says, in its order."""
        project, found = load_project(self.root)
        faults = [one for one in found if one.severity == "error" and one.code not in FINE]
        assert not faults, faults
        deck = next(one for one in project.decks if not one.variant)
        notes = written_notes(deck)
        assert [str(note.id) for note in notes] == self.model.ids()
        for note in notes:
            wanted = self.model.note(str(note.id))
            blank = is_blank(wanted.get("depan", "")) and note.id != "terbit"
            assert (note.unfinished is not None) == blank
            name = self.model.of(str(note.id))[0]
            for key in VALUES:
                value = value_of(note.values.get(key))
                want = wanted.get(key, "")
                if name.endswith(".csv"):  # lines in Markdown are read with two spaces
                    value = cell_of_value(value).replace("  \n", "\n")
                    assert value.split() == cell_of_value(want).split()
                else:
                    assert value == ("" if is_blank(want) else want)
            assert str(note.retired or "") == wanted.get("retired", "")
        shown = [line.id for line in self.session.notes("contoh")]
        assert shown == self.model.ids() or self.session.refresh()

    def do(
        self, call: Callable[[], Outcome], id: str, touched: set[str], values: dict[str, Any]
    ) -> None:
        """Calls the session; a spreadsheet can refuse what it cannot hold."""
        before, raws = copy.deepcopy(self.model.notes), self.raws()
        done = call()
        if not done.saved:
            assert self.model.of(id)[0].endswith(".csv"), done
            return
        note = self.model.note(id)
        for key, value in values.items():
            note.pop(key, None)
            if not is_blank(value):
                note[key] = plain(value)
        if self.model.of(id)[0].endswith(".csv") and "butir" in values:
            found = self.session.open("contoh", id).form.values.get("butir", "")
            note["butir"] = found
        if done.number:
            self.model.done.append(
                Step(before, copy.deepcopy(self.model.notes), id, self.model.outside)
            )
            self.model.undone.clear()
        self.check_bytes(raws, touched)

    def check_bytes(self, before: dict[str, Any], touched: set[str]) -> None:
        """Each other note, each comment and each head is as it was, to the byte."""
        now = self.raws()
        old = {id: text for one in before.values() for id, text in one.notes.items()}
        new = {id: text for one in now.values() for id, text in one.notes.items()}
        for id in (old.keys() & new.keys()) - touched:
            assert new[id] == old[id], id
        for name in before.keys() & now.keys():
            if not name.endswith(".csv"):
                assert now[name].others == before[name].others, name
            else:
                assert now[name].others[0].startswith(before[name].others[0])

    def any(self, data: st.DataObject) -> str:
        return str(data.draw(st.sampled_from(self.model.ids())))

    def raws(self) -> dict[str, Any]:
        return {
            name: raw(self.root / FOLDER / name)
            for name in self.model.notes
            if (self.root / FOLDER / name).exists()
        }

    def files(self) -> dict[str, bytes]:
        return files_of(self.root)


def in_killed_child(call: Callable[[], object], step: int) -> None:
    """Calls in a child that ends itself before the step on files with that number, if it comes."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    try:
        left = [step]
        for name in ("fsync", "rename", "replace", "link", "mkdir", "rmdir", "unlink", "write"):
            setattr(os, name, _counting(getattr(os, name), left))
        call()
    finally:
        os._exit(0)


def _counting(call: Callable[..., Any], left: list[int]) -> Callable[..., Any]:
    def counted(*arguments: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            os._exit(137)
        return call(*arguments, **named)

    return counted


@pytest.mark.skipif(sys.platform == "win32", reason="it takes files away that are open")
def test_any_order_of_calls() -> None:
    """The files can be read, and hold what the model says; all other bytes are the original's."""
    run_state_machine_as_test(
        Edits,
        settings=settings(
            max_examples=max(STEPS // STEPS_OF_A_RUN, 1),
            stateful_step_count=STEPS_OF_A_RUN,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],  # each try copies a project
        ),
    )
