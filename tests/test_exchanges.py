"""Progress goes with a note's id: texts that change places among published notes are stopped."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.projects import TWO_NOTE_TYPES, write_project

from kartu.ledger.exchanges import Texts, taken_texts
from kartu.ledger.similarity import SketchComparer, sketch_of
from kartu.pipeline import Options, check
from kartu.publish.release import ReleaseOptions, release
from kartu.report.diff import markdown

Rows = dict[str, dict[str, str]]

COUNTRIES = (
    ("jepang", "Jepang", "Tokyo", "Asia"),
    ("prancis", "Prancis", "Paris", "Eropa"),
    ("mesir", "Mesir", "Kairo", "Afrika"),
    ("peru", "Peru", "Lima", "Amerika"),
    ("kenya", "Kenya", "Nairobi", "Afrika"),
    ("norwegia", "Norwegia", "Oslo", "Eropa"),
    ("vietnam", "Vietnam", "Hanoi", "Asia"),
    ("kanada", "Kanada", "Ottawa", "Amerika"),
)
ROWS: Rows = {
    id: {"depan": f"Apa ibu kota {name}?", "belakang": capital, "contoh": part}
    for id, name, capital, part in COUNTRIES
}
CLOZE = "{{c1::ASEAN}} berdiri di {{c2::Bangkok}} pada tahun {{c3::1967}}."


def sheet(rows: Mapping[str, Mapping[str, str]]) -> str:
    keys = ("depan", "belakang", "contoh", "tags")
    lines = [",".join(["id", "note_type", *keys])]
    lines += [
        ",".join([id, "dasar", *(row.get(key, "") for key in keys)]) for id, row in rows.items()
    ]
    return "".join(f"{line}\n" for line in lines)


def cloze(text: str) -> str:
    return f"note_type: isian\nnotes:\n  - {{id: asean, teks: '{text}'}}\n"


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A deck with a first release."""
    root = write_project(
        tmp_path / "p",
        TWO_NOTE_TYPES,
        f"--- cards/contoh/negara.csv\n{sheet(ROWS)}",
        f"--- cards/contoh/isian.yaml\n{cloze(CLOZE)}",
    )
    assert release(ReleaseOptions(root), markdown).packages
    return root


def column(key: str, texts: list[str]) -> Rows:
    return {id: {**row, key: text} for (id, row), text in zip(ROWS.items(), texts, strict=True)}


def moved(rows: list[dict[str, str]]) -> Rows:
    return dict(zip(ROWS, rows, strict=True))


ALL = list(ROWS.values())
ONE, TWO, *REST = ALL
TAGGED = [{**row, "tags": f"nomor-{number}"} for number, row in enumerate(ALL)]

# Ways to mix contents up in a sheet, each with how many notes it gives another question or answer.
MIXED: dict[str, tuple[Rows, int]] = {
    "sorted without the ids": (moved(sorted(ALL, key=lambda row: row["depan"])), 7),
    "turned round": (moved(ALL[::-1]), 8),
    "two rows": (moved([TWO, ONE, *REST]), 2),
    "one column sorted": (column("belakang", sorted(row["belakang"] for row in ALL)), 7),
    "two cells of a column": (
        column("belakang", [TWO["belakang"], ONE["belakang"], *(row["belakang"] for row in REST)]),
        2,
    ),
    "a column whose texts come often": (
        column("contoh", sorted(row["contoh"] for row in ALL)),
        4,
    ),
    "a cell too many": (column("belakang", ["?", *(row["belakang"] for row in ALL[:-1])]), 7),
    "a row moved down": (moved([*REST[:3], ONE, TWO, *REST[3:]]), 5),
    "a row over another": (moved([TWO, TWO, *REST]), 1),
    "question and answer": (
        moved([{**ONE, "depan": ONE["belakang"], "belakang": ONE["depan"]}, TWO, *REST]),
        1,
    ),
    "an id to a new row": (
        {
            **moved([{**ONE, "depan": "Apa ibu kota Chili?", "belakang": "Santiago"}, TWO, *REST]),
            "baru": ONE,
        },
        1,
    ),
}


@pytest.mark.parametrize("way", MIXED)
def test_texts_that_changed_places_stop_check_and_release(published: Path, way: str) -> None:
    """Whatever way contents of published notes were mixed up, it is an error at each of them."""
    rows, least = MIXED[way]
    (published / "cards/contoh/negara.csv").write_text(sheet(rows), "utf-8")
    found = [one for one in check(Options(published)) if one.code == "texts-exchanged"]
    assert len(found) >= least, found
    result = release(ReleaseOptions(published), markdown)
    assert result.plans[0].refused
    assert not result.packages


def test_a_reason_overrides_it(published: Path) -> None:
    """What was meant so is released as a major version."""
    rows, _ = MIXED["two rows"]
    (published / "cards/contoh/negara.csv").write_text(sheet(rows), "utf-8")
    result = release(ReleaseOptions(published, major="were the wrong way round"), markdown)
    assert result.plans[0].after == "2.0.0"
    assert not [one for one in check(Options(published)) if one.code == "texts-exchanged"]


def test_tags_left_in_place_change_nothing(published: Path) -> None:
    """Rows that moved below their ids are found too where every note also got a tag."""
    (published / "cards/contoh/negara.csv").write_text(
        sheet(moved(TAGGED[1:] + TAGGED[:1])), "utf-8"
    )
    found = [one for one in check(Options(published)) if one.code == "texts-exchanged"]
    assert len(found) == len(ROWS)


@pytest.mark.parametrize(
    "text",
    [
        "{{c2::ASEAN}} berdiri di {{c3::Bangkok}} pada tahun {{c1::1967}}.",
        "{{c1::Bangkok}} berdiri di {{c2::ASEAN}} pada tahun {{c3::1967}}.",
    ],
    ids=["in a circle", "two"],
)
def test_gaps_that_changed_numbers_stop_it(published: Path, text: str) -> None:
    """A gap is what its number hides."""
    (published / "cards/contoh/isian.yaml").write_text(cloze(text), "utf-8")
    assert "cloze-renumbered" in {one.code for one in check(Options(published))}


@pytest.mark.parametrize(
    ("first", "second"),
    [("mundur.front.html", "maju.front.html"), ("maju.back.html", "maju.back.html")],
)
def test_cards_that_exchange_their_sides_stop_it(published: Path, first: str, second: str) -> None:
    """What a card asks belongs to its id, whether files or their names were exchanged."""
    path = published / "templates/dasar/note_type.yaml"
    content = path.read_text("utf-8")
    path.write_text(
        content.replace("maju.front.html", "?")
        .replace("mundur.front.html", second)
        .replace("?", first),
        "utf-8",
    )
    found = {one.code for one in check(Options(published))}
    assert ("sides-exchanged" in found) is (first == "mundur.front.html")


Edit = Callable[[dict[str, str]], dict[str, str]]

HARMLESS: dict[str, Edit] = {
    "a point": lambda row: {**row, "belakang": f"{row['belakang']}."},
    "a typo in every question": lambda row: {**row, "depan": row["depan"].replace("ibu", "ibuu")},
    "other words": lambda row: {**row, "depan": f"Sebutkan ibu kota {row['depan'][13:-1]}!"},
    "an example": lambda row: {**row, "contoh": f"{row['contoh']}, misalnya"},
    "no example": lambda row: {**row, "contoh": ""},
    "a tag": lambda row: {**row, "tags": "ibu-kota"},
    "capital letters": lambda row: {key: value.upper() for key, value in row.items()},
    "the same example": lambda row: {**row, "contoh": "Bumi"},
    "another sentence": lambda row: {**row, "depan": row["depan"].replace("Apa", "Manakah")},
    "more of an answer": lambda row: {**row, "belakang": f"{row['belakang']} (kota terbesar)"},
    "bold answers": lambda row: {**row, "belakang": f"**{row['belakang']}**"},
    "spaces": lambda row: {**row, "depan": f"  {row['depan']} "},
    "a typo in every answer": lambda row: {**row, "belakang": f"{row['belakang']}o"},
    "without a question mark": lambda row: {**row, "depan": row["depan"][:-1]},
    "examples that were answers": lambda row: {**row, "contoh": f"di {row['belakang']}"},
    "questions with the part of the world": lambda row: {
        **row,
        "depan": f"{row['depan']} ({row['contoh']})",
    },
    "answers in capitals": lambda row: {**row, "belakang": row["belakang"].upper()},
    "two tags": lambda row: {**row, "tags": "ibu-kota | dunia"},
}

# The same of the sheet as a whole.
REARRANGED: dict[str, Rows] = {
    "sorted with the ids": dict(sorted(ROWS.items())),
    "new rows first": {"baru": {"depan": "Apa ibu kota Chili?", "belakang": "Santiago"}, **ROWS},
    "one row corrected": {**ROWS, "peru": {**ROWS["peru"], "belakang": "Kota Lima"}},
    "a new row with a known answer": {
        **ROWS,
        "lagi": {"depan": "Kota terbesar Jepang?", "belakang": "Tokyo"},
    },
}


@pytest.mark.parametrize("edit", HARMLESS.values(), ids=HARMLESS)
def test_corrections_of_every_note_are_none(published: Path, edit: Edit) -> None:
    """Texts may be corrected, reworded, added, taken away and repeated, in every note at once."""
    rows = {id: edit(row) for id, row in ROWS.items()}
    (published / "cards/contoh/negara.csv").write_text(sheet(rows), "utf-8")
    assert not {one.code for one in check(Options(published))} & {
        "texts-exchanged",
        "note-rewritten",
    }


@pytest.mark.parametrize("rows", REARRANGED.values(), ids=REARRANGED)
def test_rows_may_move_and_come_with_their_ids(published: Path, rows: Rows) -> None:
    """A sheet that is sorted with its ids says the same, and new rows take nothing away."""
    (published / "cards/contoh/negara.csv").write_text(sheet(rows), "utf-8")
    assert "texts-exchanged" not in {one.code for one in check(Options(published))}


def test_an_id_for_another_question_is_named(published: Path) -> None:
    """A note whose first text and most words are new is named by check and by release."""
    other = {"depan": "Siapa presiden pertama Indonesia?", "belakang": "Ir. Soekarno", "contoh": ""}
    rows = {**ROWS, "peru": other}
    (published / "cards/contoh/negara.csv").write_text(sheet(rows), "utf-8")
    (found,) = [one for one in check(Options(published)) if one.code == "note-rewritten"]
    assert found.span.line == 5
    (plan,) = release(ReleaseOptions(published, dry_run=True), markdown).plans
    assert plan.changes[0][1].rewritten == ["peru"]


NOTES = st.dictionaries(
    st.integers(0, 30).map(str),
    st.fixed_dictionaries({"1": st.integers(0, 60).map(str), "2": st.integers(0, 4).map(str)}),
    min_size=2,
)


@given(NOTES, st.randoms(use_true_random=False))
def test_whoever_takes_a_text_is_found(notes: Rows, chance: random.Random) -> None:
    """First texts that notes gave each other, in any permutation, are found at each note that has
    one that was another's alone; and notes that kept their texts are never named."""
    old = {id: Texts("k", fields, "1") for id, fields in notes.items()}
    ids = list(old)
    chance.shuffle(ids)
    new = {id: old[other] for id, other in zip(old, ids, strict=True)}
    firsts = [one.fields["1"] for one in old.values()]
    found = {one.note for one in taken_texts(old, new)}
    for id, one in new.items():
        changed = one.fields["1"] != old[id].fields["1"]
        if changed and firsts.count(one.fields["1"]) == 1:
            assert id in found
        if one.fields == old[id].fields:
            assert id not in found


@given(NOTES)
def test_new_texts_are_never_taken(notes: Rows) -> None:
    """Texts that no published note had show no exchange."""
    old = {id: Texts("k", fields, "1") for id, fields in notes.items()}
    new = {
        id: Texts("k", {place: f"new {text}" for place, text in fields.items()}, "1")
        for id, fields in notes.items()
    }
    assert taken_texts(old, new) == []


@given(st.text(), st.text())
def test_wording_is_a_share(one: str, other: str) -> None:
    """All of a text is known from itself, and of no text more than all or less than nothing."""
    first, second = sketch_of(one), sketch_of(other)
    comparer = SketchComparer([first, second])
    assert comparer.containment(first, first) == 1
    assert 0 <= comparer.containment(first, second) <= 1
    assert len(first) <= 44
