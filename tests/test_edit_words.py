"""Edits where authors use their own words: aliases, headings of sheets, notes without an id."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.edit_project import files_of
from support.projects import write_project

import kartu
from kartu.core.diagnostics import Diagnostics
from kartu.load import load_project
from kartu.load.ids.lines import read_lines
from kartu.show.editor.session import Session

DECK = """--- cards/words/deck.yaml
id: words
uid: c71e94d2a05b4f38
name: Words
language: en
version: 1.0.0
prefix: Words
"""
YAML = """--- cards/words/1.yaml
note_type: term
notes:
  - term: Food web   # first
    meaning: Who eats whom
  - {word: Habitat, meaning: Where it lives}
"""
SHEET = """--- cards/words/2.csv
Biology,,,
No,Term,Meaning,Teacher
1,Cell,The smallest part,Ann
2,"Root, stem",Parts of a plant,
,,,only a remark
Total,2,,
"""


def session_of(root: Path, tmp_path: Path) -> Session:
    return Session(root, tmp_path / "history")


def texts_of(root: Path) -> dict[str, tuple[str, str]]:
    """The texts of each note by its id, as the next build has them, in study order."""
    project, faults = load_project(root)
    assert not [one for one in faults if one.severity == "error"], faults
    (deck,) = project.decks
    return {str(n.id): (str(n.values["istilah"]), str(n.values["arti"])) for n in deck.notes}


def ids_of(root: Path) -> dict[str, str]:
    """The ids by first text."""
    return {first: id for id, (first, _second) in texts_of(root).items()}


def test_the_words_of_the_file_stay(tmp_path: Path) -> None:
    """A form has keys; each note keeps its words, and a new value takes that of its neighbours."""
    root = write_project(tmp_path / "p", DECK + YAML, base=False)
    session = session_of(root, tmp_path)
    first, second = (line.id for line in session.notes("words"))
    form = session.open("words", second).form
    assert (form.note_type, form.values["istilah"]) == ("istilah", "Habitat")
    assert session.write("words", second, {"istilah": "Biotope", "contoh": "A pond"}).saved
    assert session.write("words", first, {"contoh": "A hawk", "arti": "Who eats what"}).saved
    added = session.add("words", "istilah", {"istilah": "Cell", "arti": "A part"}, after=second)
    assert added.saved, added
    content = (root / "cards/words/1.yaml").read_text("utf-8")
    assert (
        content
        == YAML.partition("\n")[2]
        .replace("whom\n", "what\n    example: A hawk\n")
        .replace(
            "{word: Habitat, meaning: Where it lives}",
            "{word: Biotope, meaning: Where it lives, example: A pond}",
        )
        + "  - term: Cell\n    meaning: A part\n"
    )
    assert [line.id for line in session.notes("words")] == [first, second, added.note]


def test_a_corrected_question_is_the_same_card(tmp_path: Path) -> None:
    """Also where nothing was built yet: the edit saves the id, and undo takes all of it back."""
    root = write_project(tmp_path / "p", DECK + YAML + SHEET, base=False)
    before = ids_of(root)
    session = session_of(root, tmp_path)
    files = files_of(root)
    for old, new in {"Habitat": "Biotope", "Cell": "The cell", "Root, stem": "Roots"}.items():
        done = session.write("words", before[old], {"istilah": new})
        assert done.saved, done
        assert ids_of(root)[new] == before[old]
        assert session.open("words", before[old]).form.values["istilah"] == new
    built = kartu.build(root, out=tmp_path / "out")
    assert built.ok, built.diagnostics
    assert ids_of(root)["Roots"] == before["Root, stem"]
    changed = (root / "cards/words/2.csv").read_text("utf-8")
    assert changed == SHEET.partition("\n")[2].replace("1,Cell", "1,The cell").replace(
        '"Root, stem"', "Roots"
    )
    for _step in range(3):
        assert session.undo().saved
    assert ids_of(root) == before
    session = session_of(root, tmp_path)
    assert session.redo().saved
    assert ids_of(root)["Biotope"] == before["Habitat"]
    assert session.undo().saved
    left = {path: data for path, data in files_of(root).items() if not path.endswith(".jsonl")}
    assert left == files


def test_notes_without_an_id_come_go_and_move(tmp_path: Path) -> None:
    """A new note writes no id where its set has none; a note that moves stays the one it was."""
    other = "--- cards/words/3.yaml\nnote_type: term\nnotes:\n  - term: Leaf\n    meaning: g\n"
    root = write_project(tmp_path / "p", DECK + YAML + other, base=False)
    session = session_of(root, tmp_path)
    before = ids_of(root)
    assert session.move("words", before["Food web"], 1).saved
    assert list(ids_of(root).items()) == [(k, before[k]) for k in ("Habitat", "Food web", "Leaf")]
    assert session.move("words", before["Food web"], 1).saved  # into the next set
    assert ids_of(root) == before
    found = session.open("words", before["Food web"])
    assert found.form.path == "cards/words/3.yaml"
    copy = session.duplicate("words", before["Food web"])
    assert copy.saved
    assert copy.note not in {"", *before.values()}
    assert session.write("words", copy.note, {"istilah": "Food chain"}).saved
    assert ids_of(root) == {**before, "Food chain": copy.note}
    assert b"id:" not in (root / "cards/words/3.yaml").read_bytes()
    assert session.delete("words", copy.note).saved
    assert ids_of(root) == before
    path = root / "cards/words/3.yaml.ids.jsonl"
    lines = read_lines(path.read_text("utf-8"), "", Diagnostics())
    assert [one.id for one in lines if one.gone] == [copy.note]
    assert kartu.release(root, out=tmp_path / "out").ok
    assert session.delete("words", before["Leaf"]).refusal is not None
    assert session.write("words", before["Leaf"], {"istilah": "A leaf"}).saved
    assert kartu.check(root).ok


def test_a_row_that_waits_for_a_person_is_not_edited(tmp_path: Path) -> None:
    """Nor is one where the file with the ids of published notes is gone."""
    root = write_project(tmp_path / "p", DECK + YAML, base=False)
    assert kartu.release(root, out=tmp_path / "out").ok
    path = root / "cards/words/1.yaml"
    path.write_text(path.read_text("utf-8").replace("Food web", "Food webs in the sea"), "utf-8")
    session = session_of(root, tmp_path)
    first, second = (line.id for line in session.notes("words"))
    refused = session.write("words", first, {"istilah": "X"}).refusal
    assert refused is not None
    assert "kartu ids" in refused.help
    assert session.write("words", second, {"istilah": "Biotope"}).saved
    (root / "cards/words/1.yaml.ids.jsonl").unlink()
    session = session_of(root, tmp_path)
    refused = session.write("words", session.notes("words")[0].id, {"istilah": "X"}).refusal
    assert refused is not None
    assert "published note" in refused.message


SETS = {
    "columns": ("country,capital\nPeru,Lima\n", "columns: {country: istilah, capital: arti}\n"),
    "no heading": ('Peru,Lima\nChad,"N\'Djamena"\n', "heading: none\ncolumns: [term, arti]\n"),
    "both languages": ("Term / Istilah;Meaning;tags\nPeru;Lima;a | b\n", ""),
    "other case": ("TERM\tMEANING\nPeru\tLima\n", "note_type: term\n"),
}


@pytest.mark.parametrize("name", SETS)
def test_columns_mean_what_check_reads(tmp_path: Path, name: str) -> None:
    """However a sheet names its columns: a cell is changed, a row is added, a column comes."""
    content, shared = SETS[name]
    root = write_project(tmp_path / "p", DECK, base=False)
    path = root / "cards/words/1.csv"
    path.write_text(content, "utf-8")
    if shared:
        path.with_name("1.set.yaml").write_text(f"{shared}tags: [all]\n", "utf-8")
    session = session_of(root, tmp_path)
    before = ids_of(root)
    form = session.open("words", before["Peru"]).form
    assert {key: form.values[key] for key in ("istilah", "arti")} == {
        "istilah": "Peru",
        "arti": "Lima",
    }
    assert session.write("words", before["Peru"], {"istilah": "Cuba", "arti": "Havana"}).saved
    assert path.read_text("utf-8") == content.replace("Peru", "Cuba").replace("Lima", "Havana")
    added = session.add("words", "istilah", {"istilah": "Mali", "arti": "Bamako"}, after=form.id)
    assert added.saved, added
    assert ids_of(root) == {
        **{text: id for text, id in before.items() if text != "Peru"},
        "Cuba": before["Peru"],
        "Mali": added.note,
    }
    wide = session.write("words", added.note, {"contoh": "A river"})
    assert wide.saved == (name != "no heading"), wide
    assert session.undo().saved
    if wide.saved:
        assert session.undo().saved
    assert session.undo().saved
    assert path.read_text("utf-8") == content


def test_a_file_that_is_a_deck(tmp_path: Path) -> None:
    """What must last lies beside it; the file itself is never deleted, and others are not seen."""
    path = tmp_path / "p" / "words.csv"
    path.parent.mkdir()
    path.write_text("term,meaning\nPeru,Lima\nChad,N'Djamena\n", "utf-8")
    (path.parent / "other.csv").write_text("term,meaning\nMali,Bamako\n", "utf-8")
    session = session_of(path, tmp_path)
    before = ids_of(path)
    assert session.write("words", before["Peru"], {"istilah": "Cuba", "arti": "Havana"}).saved
    assert path.read_text("utf-8") == "term,meaning\nCuba,Havana\nChad,N'Djamena\n"
    assert sorted(one.name for one in path.parent.iterdir() if not one.name.startswith(".")) == [
        "other.csv",
        "words.csv",
        "words.csv.ids.jsonl",
    ]
    assert ids_of(path)["Cuba"] == before["Peru"]
    assert "Havana" in session.open("words", before["Peru"]).shown.cards[0].back
    assert not session.add("words", "tanya", {"pertanyaan": "?"}).saved
    assert session.delete("words", before["Chad"]).saved
    assert not session.delete("words", before["Peru"]).saved
    assert session.undo().saved
    assert session.undo().saved
    assert ids_of(path) == before
    assert path.read_text("utf-8") == "term,meaning\nPeru,Lima\nChad,N'Djamena\n"
