"""Edits of Markdown card sets: what is written is read back or refused, and all else stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.projects import write_project
from support.sampling import examples
from test_edit_words import DECK, texts_of
from test_edits import TEXTS

from kartu.core.model import NoteType
from kartu.load import load_note_types
from kartu.load.files import Files
from kartu.rewrite.notes.markdown_set import MarkdownSet, read_markdown_set
from kartu.rewrite.notes.values import EditRefusedError, Value, plain
from kartu.show.editor.session import Session

QUESTIONS = """---
note_type: term
tags: [all]   # of all
---
# Biology

Q: Food web
A: Who eats
whom
example: a hawk

<!-- of the second -->
**Soal**: Habitat
**Jawab**: Where it *lives* <!-- a note -->
<!-- sources: book -->

## Cells

- Q: Cell
  A: The smallest part

  - one
  - two
- Q: Wall
  A:
    around it ^wall1
"""
HEADINGS = """---
note_type: tanya
---
# Biology

## What is a *cell*?

The smallest part.

Of all.

## Where is it?

%

Everywhere
"""
LINES = """---
note_type: term
shape: lines
---
Cell :: the smallest part
- Wall ::: around it
"""
SETS = {"questions": QUESTIONS, "headings": HEADINGS, "lines": LINES}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> tuple[Files, dict[str, NoteType]]:
    root = write_project(tmp_path_factory.mktemp("a"), DECK, base=False)
    return Files(root), load_note_types(root)[0]


def set_of(project: tuple[Files, dict[str, NoteType]], data: bytes) -> MarkdownSet:
    found = read_markdown_set(project[0], "cards/words/a.md", data, project[1])
    assert found is not None
    return found


@settings(max_examples=examples(700, 7), deadline=None)
@given(st.sampled_from([*SETS]), st.integers(0, 3), st.integers(0, 4), TEXTS, st.booleans())
@example("questions", 0, 1, "x\nA: y", True)
@example("questions", 2, 1, "x\n\n- y\n- z", False)
@example("questions", 1, 2, "new", True)
@example("headings", 0, 1, "a\n## b", False)
@example("lines", 0, 1, "a\nb", False)
def test_a_text_is_read_back_exactly_or_refused(
    project: tuple[Files, dict[str, NoteType]],
    name: str,
    place: int,
    at: int,
    text: str,
    crlf: bool,
) -> None:
    """Whatever the text and the shape; the other notes and what is around them are the same, and
    the old text put back gives the old bytes."""
    content = SETS[name].replace("\n", "\r\n") if crlf else SETS[name]
    card_set = set_of(project, content.encode())
    place %= len(card_set)
    form = card_set.form(place)
    keys = [*form.values, "contoh", "retired"]
    key = keys[at % len(keys)]
    if key in ("id", "sources"):
        return
    try:
        after = card_set.with_values({place: {key: text}})
    except EditRefusedError:
        return
    again = set_of(project, after)
    assert again.form(place).values.get(key, "") == str(plain(text)).strip()
    others = [n for n in range(len(card_set)) if n != place]
    assert [again.contents[n] for n in others] == [card_set.contents[n] for n in others]
    if key in form.values and text.strip():
        assert again.with_values({place: {key: form.values[key]}}) == card_set.data


def test_the_usual_edits_are_not_refused(project: tuple[Files, dict[str, NoteType]]) -> None:
    """One line each, in place; a list below its mark; a comment for the engine's own keys."""
    card_set = set_of(project, QUESTIONS.encode())
    changes: dict[int, dict[str, Value]] = {
        0: {"istilah": "Web", "arti": "All of it", "contoh": "", "catatan": "see *below*"},
        1: {"istilah": "Biotope", "sources": ["book", "page"]},
        2: {"arti": "Smallest\n\n- a\n- b", "retired": "replaced"},
        3: {"arti": "outside"},
    }
    after = card_set.read_again(card_set.with_values(changes))
    assert after is not None
    for place, values in changes.items():
        for key, value in values.items():
            assert after.form(place).values.get(key, "") == value
    text = after.data.decode()
    assert "Q: Web\nA: All of it\nnote: see *below*\n" in text, text
    assert "**Soal**: Biotope\n" in text
    assert "<!-- sources: book | page -->" in text
    assert "  A: Smallest\n\n  - a\n  - b\n<!-- retired: replaced -->\n- Q: Wall" in text
    assert "    outside ^wall1\n" in text
    for old, new in (("headings", "What is it?"), ("lines", "Cells")):
        other = set_of(project, SETS[old].encode())
        key = next(iter(other.form(0).values))
        assert new in other.with_values({0: {key: new}}).decode()


def test_questions_come_go_and_move(project: tuple[Files, dict[str, NoteType]]) -> None:
    """Each byte is as it was when an edit is taken back; none goes to another chapter unseen."""
    card_set = set_of(project, QUESTIONS.encode())
    for place in range(1, len(card_set) + 1):
        again = card_set.read_again(
            card_set.with_note(place, {"istilah": "New", "arti": "x\ny", "retired": "old"})
        )
        assert again is not None
        form = again.form(place)
        assert form.values == {"istilah": "New", "arti": "x\ny", "retired": "old"}
        assert form.subdeck == card_set.form(place - 1).subdeck
        assert again.without_note(place) == card_set.data
    moved = card_set.read_again(card_set.with_note_at(2, 3))
    assert moved is not None
    assert moved.with_note_at(3, 2) == card_set.data
    with pytest.raises(EditRefusedError):
        card_set.with_note_at(1, 2)
    with pytest.raises(EditRefusedError, match="Q:"):
        set_of(project, HEADINGS.encode()).without_note(0)


def test_a_corrected_question_in_markdown_is_the_same_card(tmp_path: Path) -> None:
    """Also there, where no card has an id of kartu; undo gives every byte back."""
    root = write_project(tmp_path / "p", DECK, base=False)
    path = root / "cards/words/1.md"
    path.write_text(QUESTIONS.replace("<!-- sources: book -->\n", ""), "utf-8")
    session = Session(root, tmp_path / "history")
    before = texts_of(root)
    first = next(iter(before))
    assert session.open("words", first).form.values["istilah"] == "Food web"
    shown = session.preview("words", first, {"istilah": "A *web*"})
    assert shown.faults == ()
    assert session.write("words", first, {"istilah": "Webs", "arti": "x"}).saved
    assert texts_of(root)[first] == ("Webs", "x")
    added = session.add("words", "istilah", {"istilah": "Root", "arti": "r"}, after=first)
    assert added.saved, added
    assert list(texts_of(root)) == [first, added.note, *[*before][1:]]
    assert session.undo().saved
    assert session.undo().saved
    assert texts_of(root) == before
