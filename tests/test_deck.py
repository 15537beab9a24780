"""The first deck, as a student gets it: imported into the real Anki."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from anki.collection import Collection
from support.engine import Imported, cards, collection, import_package
from support.program import ROOT, Run

from kartu.anki.cloze import cloze_numbers
from kartu.core.source import texts_in
from kartu.load import load_project

DECK = ROOT / "cards/kerja-sama-internasional"
LOOKED_AT = "1795500000"  # 2026-11-24: its dates were right then


@pytest.fixture(scope="module")
def imported(
    real_package: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Collection, Imported]]:
    with collection(tmp_path_factory.mktemp("anki")) as col:
        yield col, import_package(col, real_package)


def test_every_note_is_new(imported: tuple[Collection, Imported], told: dict[str, Any]) -> None:
    """All notes arrive, each once, with as many cards as the manifest says."""
    col, log = imported
    assert log == Imported(new=told["notes"], updated=0, duplicate=0, conflicting=0)
    assert (col.note_count(), col.card_count()) == (told["notes"], told["cards"])
    assert 250 <= told["notes"] <= 400
    assert told["cards"] > told["notes"]


def test_every_card_shows_question_and_answer(imported: tuple[Collection, Imported]) -> None:
    """Front and back render without an error, are not empty, and the back says more."""
    col, _ = imported
    for card in cards(col):
        output = card.render_output()
        front, back = (
            re.sub(r"<style>.*?</style>|<[^>]+>", "", text, flags=re.DOTALL).split()
            for text in (output.question_text, output.answer_text)
        )
        assert len(front) > 3
        assert len(back) > len(front) or "[" in "".join(front)
        for text in (output.question_text, output.answer_text):
            assert "{{" not in text
            assert "unknown field" not in text.lower()
            assert 'lang="id"' in text


def test_anki_finds_nothing_to_mend(imported: tuple[Collection, Imported]) -> None:
    """Check Database, Empty Cards and the media check are clean; no card comes or goes."""
    col, _ = imported
    before = col.card_count()
    _, clean = col.fix_integrity()
    assert clean
    assert col.card_count() == before
    assert not col.get_empty_cards().notes
    media = col.media.check()
    assert not list(media.missing)
    assert not list(media.unused)


def test_anki_accepts_each_note_type(imported: tuple[Collection, Imported]) -> None:
    """Anki's template editor takes every note type as it is."""
    col, _ = imported
    own = [model for model in col.models.all() if model["name"].startswith("KSI ")]
    assert len(own) == 14
    for model in own:
        col.models.update_dict(model)


def test_new_cards_come_in_source_order(imported: tuple[Collection, Imported]) -> None:
    """A note's place in the study order is its place in the card sets."""
    col, _ = imported
    assert col.db is not None
    guids = col.db.list(
        "select distinct guid from notes n, cards c where c.nid = n.id order by due"
    )
    places = [guid.split(":")[1] for guid in guids]
    sets = sorted(DECK.glob("01-0*.yaml"))
    first = [note for one in sets for note in re.findall(r"- id: (\S+)", one.read_text("utf-8"))]
    assert places[:15] == first[:15]


def test_no_fact_of_the_article_is_missing(kartu: Run) -> None:
    """Each of F01 to F56 is asked by a note, as `kartu facts` tells."""
    done = kartu("facts", "kerja-sama-internasional", "--format", "json")
    asked = json.loads(done.stdout)["kerja-sama-internasional"]
    article = [f"F{number:02}" for number in range(1, 57)]
    assert [key for key in article if not asked.get(key)] == []


def test_the_deck_has_no_fault_and_no_warning(kartu: Run) -> None:
    """`kartu check --strict` finds nothing."""
    done = kartu("check", "--strict", env={"SOURCE_DATE_EPOCH": LOOKED_AT})
    assert (done.returncode, done.stdout) == (0, "kartu: no faults\n")


def test_every_note_names_its_source() -> None:
    """No note is without a source, and no card without its line."""
    for path in sorted(DECK.glob("[0-9]*.yaml")):
        for note in path.read_text("utf-8").split("  - id: ")[1:]:
            assert "    sources: [" in note, f"{path}: {note.split()[0]}"
            assert "    facts: [" in note, f"{path}: {note.split()[0]}"


def test_the_answer_is_one_of_the_options() -> None:
    """Where options are given, the right one is literally among them, in every language."""
    project, _ = load_project(ROOT)
    for deck in project.decks:
        for note in deck.notes:
            options = [key for key in note.values if key.startswith("pilihan")]
            given = [str(text) for key in options for text in texts_in(note.values[key])]
            if options:
                right = {str(text) for text in texts_in(note.values["jawaban"])}
                assert right <= {*given}, (deck.language, note.id, given)
                assert right, (deck.language, note.id)
                assert len(given) == len(set(given)), (deck.language, note.id)


def test_a_translation_has_the_gaps_of_its_note() -> None:
    """A sentence with gaps makes the same cards in every language."""
    project, _ = load_project(ROOT)
    whole = [deck for deck in project.decks if not deck.variant]
    originals = {(deck.id, note.id): note for deck in whole for note in deck.notes}
    for deck in project.decks:
        for note in deck.notes:
            if "teks" in note.values:
                text, original = note.values["teks"], originals[deck.id, note.id].values["teks"]
                assert cloze_numbers(str(text)) == cloze_numbers(str(original)), note.id


KINDS = {"pilihan-ganda": "soal::pilihan-ganda", "ketik": "soal::isian-singkat"}


def test_every_note_can_be_found_by_its_tags() -> None:
    """A note is of one level and stage, or of the article, and has a theme.

    Exam questions name their kind.
    """
    for path in sorted(DECK.glob("[0-9]*.yaml")):
        head, *notes = path.read_text("utf-8").split("  - id: ")
        for note in notes:
            lists = [*re.findall(r"^tags: \[(.*)\]", head, re.MULTILINE)]
            lists += re.findall(r"^    tags: \[(.*)\]", note, re.MULTILINE)
            tags = ", ".join(lists).replace('"', "").split(", ")
            where = f"{path.name}: {note.split()[0]}"
            assert sum(tag in ("SMP", "SMA", "artikel") for tag in tags) == 1, where
            assert sum(tag in ("inti", "lanjutan") for tag in tags) == 1, where
            assert any(tag.startswith("tema::") for tag in tags), where
            kind = KINDS.get(head.split("note_type: ")[1].split()[0])
            assert kind is None or kind in tags, where


def test_the_editions_are_for_their_students(kartu: Run, tmp_path: Path) -> None:
    """From the smallest to the whole; seniors get all but the practice for SMP exams and the
    article's own divisions, which are in no edition for a school."""
    assert kartu("build", "-o", tmp_path).returncode == 0
    packages = json.loads((tmp_path / "manifest.json").read_text("utf-8"))["packages"]
    notes = {one["edition"]: one["notes"] for one in packages}
    assert list(notes) == ["inti", "smp", "sma", "artikel", "lengkap"]
    assert notes["inti"] < notes["smp"] < notes["lengkap"]
    sets = [path.read_text("utf-8") for path in DECK.glob("[0-9]*.yaml")]
    practice, article = (
        sum(text.count("  - id: ") for text in sets if re.search(tags, text, re.MULTILINE))
        for tags in (r"^tags: .*SMP.*tema::ujian", r"^tags: .*artikel")
    )
    assert practice > 0
    assert notes["artikel"] - notes["inti"] == article > 0
    assert notes["lengkap"] - notes["sma"] == practice + article
