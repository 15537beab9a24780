"""Single rules by which a row without an id is a note that was built before, each at its edge."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.program import ROOT
from support.projects import write_project

from kartu.core.diagnostics import Diagnostics
from kartu.core.source import Span
from kartu.load import load_project
from kartu.load.files import Files
from kartu.load.ids.lines import lines_of, read_lines
from kartu.load.ids.matching import matched
from kartu.load.ids.values import Row, Saved
from kartu.load.ids.words import Words

SET = "cards/contoh/a.csv"


def built(id: str, *versions: dict[str, str], gone: bool = False) -> Saved:
    return Saved(id, "dasar", "", versions, gone, SET)


def found(saved: list[Saved], *rows: dict[str, str]) -> dict[int, str]:
    """The id that each row, by its place, is given by the rules."""
    asked = [Row(Span(SET, at), "dasar", "", texts) for at, texts in enumerate(rows, 2)]
    return {row: saved[old].id for row, old in matched(saved, asked).items()}


WHOLE = {"q": "Air", "a": "Cair", "c": "Laut"}
SHORT = {"q": "Air", "a": "Cair"}


def test_a_field_less_is_the_same_note() -> None:
    """Where the other fields, two at least, are those of one note alone."""
    assert found([built("x", WHOLE)], SHORT) == {0: "x"}


@pytest.mark.parametrize(
    ("saved", "rows"),
    [
        ([built("x", WHOLE), built("y", WHOLE)], [SHORT]),
        ([built("x", WHOLE)], [SHORT, SHORT]),
        ([built("x", WHOLE, gone=True)], [{"q": "Air", "d": "Uap"}]),
    ],
    ids=["two notes", "two rows", "only the first field"],
)
def test_fields_that_are_not_unique_decide_nothing(
    saved: list[Saved], rows: list[dict[str, str]]
) -> None:
    """Two notes or two rows with the same fields left, or one field left, are no proof."""
    assert found(saved, *rows) == {}


def line(id: str, *, gone: bool = False, **texts: str) -> str:
    more = {"gone": True} if gone else {}
    return json.dumps({"id": id, "type": "dasar", "texts": texts, **more}) + "\n"


BRANCHES = line("x", q="Air", a="Cair") + line("x", q="Air tawar", a="Bening")


@pytest.mark.parametrize("texts", [{"q": "Air", "a": "Cair"}, {"q": "Air tawar", "a": "Bening"}])
def test_a_merged_note_is_found_by_the_texts_of_either_branch(texts: dict[str, str]) -> None:
    """Two lines for an id are all that the note has been, whichever the rows have."""
    diagnostics = Diagnostics()
    saved = read_lines(BRANCHES, f"{SET}.ids.jsonl", diagnostics)
    assert not diagnostics
    assert found(saved, texts) == {0: "x"}
    assert sorted(lines_of(saved, Words(Files(ROOT), {})).decode().splitlines()) == sorted(
        one.replace('": ', '":').replace(', "', ',"') for one in BRANCHES.splitlines()
    )


@pytest.mark.parametrize("row", ["Air;Cair", "Air tawar;Bening"])
@pytest.mark.parametrize("deleted", [False, True])
def test_branches_are_merged_across_files(tmp_path: Path, deleted: bool, row: str) -> None:
    """One moved the row to another card set, one corrected or deleted it: it is one note."""
    first = line("x", depan="Air", belakang="Cair", gone=deleted)
    second = line("x", depan="Air tawar", belakang="Bening")
    root = write_project(
        tmp_path,
        f"--- {SET}\nnote_type;depan;belakang\ndasar;{row}\n"
        f"--- {SET}.ids.jsonl\n{first}--- cards/contoh/b.csv.ids.jsonl\n{second}",
    )
    project, diagnostics = load_project(root)
    assert not diagnostics
    assert [note.id for note in project.decks[0].notes if note.id != "satu"] == ["x"]
