"""Notes without an id in any order of edits, undo, redo and builds: each stays the note it is."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from support.projects import write_project
from support.sampling import examples
from test_edit_words import DECK, SHEET, YAML, texts_of

import kartu
from kartu.show.editor.outcomes import Outcome
from kartu.show.editor.session import Session

STEPS = int(os.environ.get("KARTU_EDITS", "0")) or examples(160, 3)
STEPS_OF_A_RUN = 20

OTHER = """--- cards/words/3.yaml
note_type: term
notes:
  - term: Leaf
    meaning: green
  - term: Bark
    meaning: brown
"""
# Words that make notes alike, so that texts alone would mislead.
TEXTS = st.sampled_from(["Leaf", "Leaves", "A leaf", "Bark", "Cell", "Cells", "Food web", "Web"])


Notes = list[tuple[tuple[str, str], str]]


class Known(NamedTuple):
    """The texts and the id of each note, in study order, before and after an edit."""

    before: Notes
    after: Notes


def by_texts(notes: Notes) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for texts, id in notes:
        found.setdefault(texts, set()).add(id)
    return found


class Ids(RuleBasedStateMachine):
    """A deck in which no note writes an id."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.root = write_project(self.folder / "p", DECK + YAML + SHEET + OTHER, base=False)
        self.notes = self.now()
        self.done: list[Known] = []
        self.undone: list[Known] = []
        self.session = Session(self.root, self.folder / "history")

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def now(self) -> Notes:
        return [(texts, id) for id, texts in texts_of(self.root).items()]

    @rule(data=st.data(), text=TEXTS, answer=st.sampled_from(["", "something"]))
    def correct(self, data: st.DataObject, text: str, answer: str) -> None:
        """A text becomes another one, which may be that of another note."""
        place = data.draw(st.integers(0, len(self.notes) - 1))
        (_text, before), id = self.notes[place]
        values = {"istilah": text, "arti": answer or before}
        done = self.session.write("words", id, values)
        after = [*self.notes]
        after[place] = ((text, answer or before), id)
        self.record(done, after)

    @rule(data=st.data(), text=TEXTS)
    def add(self, data: st.DataObject, text: str) -> None:
        place = data.draw(st.integers(0, len(self.notes) - 1))
        near = self.notes[place][1]
        done = self.session.add("words", "istilah", {"istilah": text, "arti": "new"}, after=near)
        assert done.note not in {id for _texts, id in self.notes}
        self.record(
            done, [*self.notes[: place + 1], ((text, "new"), done.note), *self.notes[place + 1 :]]
        )

    @rule(data=st.data())
    def duplicate(self, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(self.notes) - 1))
        texts, id = self.notes[place]
        done = self.session.duplicate("words", id)
        self.record(done, [*self.notes[: place + 1], (texts, done.note), *self.notes[place + 1 :]])

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        if len(self.notes) > 2:
            place = data.draw(st.integers(0, len(self.notes) - 1))
            done = self.session.delete("words", self.notes[place][1])
            self.record(done, [*self.notes[:place], *self.notes[place + 1 :]])

    @rule(data=st.data(), by=st.sampled_from([-1, 1]))
    def move(self, data: st.DataObject, by: int) -> None:
        """Within a set; what goes into another one is refused, or is first or last there."""
        place = data.draw(st.integers(0, len(self.notes) - 1))
        id = self.notes[place][1]
        path = self.session.open("words", id).form.path
        done = self.session.move("words", id, by)
        if done.saved:
            after = [*self.notes]
            if self.session.open("words", id).form.path == path:
                after.insert(place + by, after.pop(place))
            self.record(done, after)

    @rule(undo=st.booleans())
    def again(self, undo: bool) -> None:
        waiting, other = (self.done, self.undone) if undo else (self.undone, self.done)
        done = self.session.undo() if undo else self.session.redo()
        assert done.saved == bool(waiting), done
        if waiting:
            known = waiting.pop()
            other.append(known)
            self.notes = known.before if undo else known.after

    @rule()
    def build(self) -> None:
        """A build changes no id: it finds each note by what was saved."""
        done = kartu.build(self.root, out=self.folder / "out")
        assert done.ok, done.diagnostics
        self.session.refresh()

    @rule()
    def open_again(self) -> None:
        self.session = Session(self.root, self.folder / "history")

    def record(self, done: Outcome, after: Notes) -> None:
        assert done.saved, done
        if done.number:
            self.done.append(Known(self.notes, after))
            self.undone.clear()
        self.notes = after

    @invariant()
    def holds(self) -> None:
        """Each note has the id that it had, for the next build and for the session.

        Of notes that are the same in all texts, either may be either.
        """
        now = self.now()
        assert [texts for texts, _id in now] == [texts for texts, _id in self.notes]
        assert by_texts(now) == by_texts(self.notes)
        assert [line.id for line in self.session.notes("words")] == [id for _texts, id in now]
        self.notes = now


def test_each_note_stays_the_one_it_is() -> None:
    """Whatever is edited, undone and built."""
    run_state_machine_as_test(
        Ids,
        settings=settings(
            max_examples=max(STEPS // STEPS_OF_A_RUN, 1),
            stateful_step_count=STEPS_OF_A_RUN,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
        ),
    )
