"""Image occlusion: what kartu lets pass covers a place of the picture, as Anki draws it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.engine import collection, import_package, note_by_guid
from support.program import Run
from support.projects import write_project

from kartu.anki.occlusion import shape_faults, uncovered
from kartu.core.progress import no_progress
from kartu.pipeline import compile_decks
from kartu.show.paper.exam import draw_questions
from kartu.show.paper.markup import text_of
from kartu.show.paper.sides import answer_of, paper_cards

_RECT = "rect:left=.1:top=.1:width=.2:height=.2"

# The part of a picture that the reviewer of Anki 26.9.3 covers for a shape, measured in Chromium;
# the second number is the faults that kartu reports.
_DRAWN = {
    _RECT: (0.04, 0),
    f"{_RECT}:oi=1": (0.04, 0),
    f"{_RECT}:fill=#ff0000:unknown=1": (0.04, 0),
    f"{_RECT}:angle=45": (0.042, 0),
    f"{_RECT}::a hint": (0.04, 0),
    f"{_RECT}\n": (0.04, 0),
    "rect:left= .1:top= .1:width= .2:height= .2": (0.04, 0),
    "rect:left=1e-1:top=+.1:width=.2:height=2e-1": (0.04, 0),
    "rect:width=.2:height=.2": (0.04, 0),  # at the upper left corner
    "ellipse:left=.1:top=.1:rx=.1:ry=.1": (0.0327, 0),
    "ellipse:left=.1:top=.1:width=.2:height=.2:rx=.1:ry=.1": (0.0327, 0),
    "polygon:left=.1:top=.1:points=.1,.1 .3,.1 .3,.3": (0.021, 0),
    "polygon:left=.5:top=.5:points=.1,.1  .3,.1  .3,.3 ": (0.021, 0),
    "text:left=.1:top=.1:text=Halo:scale=1:fs=.1": (0.0301, 0),
    "text:left=.1:top=.1:text=Halo:scale=1": (0.1601, 0),
    # elsewhere or otherwise than it looks
    "rect:left=10%:top=10%:width=20%:height=20%": (1, 1),
    "rect:left=10px:top=10px:width=20px:height=20px": (1, 1),
    "rect:left=-.1:top=.1:width=.2:height=.2": (0.02, 1),
    "rect:left=.9:top=.1:width=.2:height=.2": (0.02, 1),
    "rect:left=.1:\ntop=.1:width=.2:height=.2": (0.04, 1),  # at the upper edge
    "rect:left=.1::top=.1:width=.2:height=.2": (0.04, 1),
    "rect:left=٠.٤:top=.1:width=.2:height=.2": (0.04, 1),
    "polygon:points=.4,.4 .6,.4 .6,.6": (0.021, 1),  # moved to the corner
    "polygon:left=.9:top=.9:points=.4,.4 .6,.4 .6,.6": (0.0055, 1),
    # nowhere
    "rect": (0, 1),
    "rect:": (0, 1),
    "RECT:left=.1:top=.1:width=.2:height=.2": (0, 1),
    " rect:left=.1:top=.1:width=.2:height=.2": (0, 1),
    "circle:left=.1:top=.1:r=.2": (0, 1),
    "left=.1:top=.1:width=.2:height=.2": (0, 1),
    "rect:left=.1:top=.1": (0, 1),
    "rect:left=.1:top=.1:width=.2": (0, 1),
    "rect:left=.1:top=.1:width=0:height=.2": (0, 1),
    "rect:left=.1:top=.1:width=.001:height=.001": (0, 1),
    "rect:left=.1:top=.1:width=0,2:height=0,2": (0, 1),
    "rect:left=.1:top=.1:width=Infinity:height=.2": (0, 1),
    "rect:left=10:top=10:width=20:height=20": (0, 1),
    "rect:left=1.2:top=.1:width=.2:height=.2": (0, 1),
    "rect:left=-.5:top=.1:width=.2:height=.2": (0, 1),
    "rect:left=:top=.1:width=.2:height=.2": (0, 1),
    "rect:left:.1:top:.1:width:.2:height:.2": (0, 1),
    "rect: left=.1: top=.1: width=.2: height=.2": (0, 1),
    "rect:left = .1:top = .1:width = .2:height = .2": (0, 1),
    "rect:Left=.1:Top=.1:Width=.2:Height=.2": (0, 1),
    "rect:x=.1:y=.1:w=.2:h=.2": (0, 1),
    "ellipse:left=.1:top=.1:width=.2:height=.2": (0, 1),
    "ellipse:left=.1:top=.1:rx=-.1:ry=.1": (0, 1),
    "polygon:left=.1:top=.1": (0, 1),
    "polygon:left=.1:top=.1:points=.1,.1 .3,.3": (0, 1),
    "polygon:left=.1:top=.1:points=.1,.1 .2,.2 .3,.3": (0, 1),
    "polygon:left=.1:top=.1:points=.1, .1 .3, .1 .3, .3": (0, 1),
    "polygon:left=1.1:top=1.1:points=1.1,1.1 1.3,1.1 1.3,1.3": (0, 1),
    "text:left=.1:top=.1:text=Halo": (0, 1),
    "text:left=1.4:top=.4:text=Halo:scale=1:fs=.1": (0, 1),
}


@pytest.mark.parametrize("shape", _DRAWN)
def test_a_fault_is_what_anki_does_not_cover(shape: str) -> None:
    """A card on which nothing is covered is known as such, and only right shapes have no fault."""
    covered, faults = _DRAWN[shape]
    field = f"{{{{c1::image-occlusion:{shape}}}}}"
    assert len(shape_faults(field)) == faults
    assert bool(uncovered(field)) == (covered == 0)


@pytest.mark.parametrize(
    "field",
    [
        "{{c1::word}}",
        f"{{{{c1:: image-occlusion:{_RECT}}}}}",
        f"{{{{c1::<b>image-occlusion:{_RECT}</b>}}}}",
        f"{{{{c1::Image-Occlusion:{_RECT}}}}}",
        f"{{{{c1::image-occlusion:{_RECT}{{{{c2::x}}}}}}}}",
        f"{{{{c1::{{{{c2::image-occlusion:{_RECT}}}}}}}}}",
    ],
)
def test_what_is_no_shape_covers_nothing(field: str) -> None:
    """A word, markup before the shape, a cloze in or around a shape."""
    assert len(shape_faults(field)) == 1
    assert uncovered(field)


def test_a_number_needs_one_good_shape_in_a_deck_from_elsewhere() -> None:
    """Its other shapes may be as Anki's editor left them; number 0 is on every card."""
    good, bad = (f"image-occlusion:{one}}}}}" for one in (_RECT, "rect"))
    assert not uncovered(f"{{{{c1::{good}{{{{c1::{bad}")
    assert uncovered(f"{{{{c1::{good}{{{{c2::{bad}")
    assert uncovered(f"{{{{c1::{good}{{{{c1,2::{bad}")
    text = "{{c0::image-occlusion:text:left=.5:top=.5:text=Halo:scale=1:fs=.1}}"
    assert not shape_faults(f"{text}{{{{c1::{good}")


def test_shapes_reach_anki_and_words_do_not(kartu: Run, tmp_path: Path) -> None:
    """Anki's own reader has every shape of the note; with a word nothing is built or released."""
    shapes = [one for one, (_, faults) in _DRAWN.items() if not faults and "\n" not in one]
    field = " ".join(f"{{{{c{n}::image-occlusion:{one}}}}}" for n, one in enumerate(shapes, 1))
    root = write_project(tmp_path, _PROJECT.format(field=field))
    done = kartu("build", cwd=root)
    assert done.returncode == 0, done.stdout + done.stderr
    with collection(tmp_path / "anki") as col:
        import_package(col, root / "build/contoh.apkg")
        note = note_by_guid(col, "a1b2c3d4e5f60718:sel")
        read = col.get_image_occlusion_note(note_id=note.id).note.occlusions
        assert sorted(one.ordinal for one in read) == list(range(1, len(shapes) + 1))
        assert len(note.cards()) == len(shapes)
    write_project(tmp_path, _PROJECT.format(field="{{c1::inti sel}}"))
    for command in ("check", "build", "release"):
        done = kartu(command, cwd=root)
        assert done.returncode == 1
        assert "error[bad-occlusion]: {{c1::inti sel}} covers no place" in done.stdout + done.stderr


_PROJECT = """--- templates/dasar/note_type.yaml
id: dasar
name: Dasar
kind: image-occlusion

fields:
  - {{key: oklusi, name: Oklusi, id: 1, required: true}}
  - {{key: gambar, name: Gambar, id: 2, format: image, required: true}}
  - {{key: soal, name: Soal, id: 3}}
  - {{key: catatan, name: Catatan, id: 4}}
  - {{key: komentar, name: Komentar, id: 5}}
cards:
  - {{id: 1, name: Gambar, front: maju.front.html, back: maju.back.html}}
--- templates/dasar/maju.front.html
{{{{cloze:Oklusi}}}}{{{{Gambar}}}}{{{{Soal}}}}
--- templates/dasar/maju.back.html
{{{{cloze:Oklusi}}}}{{{{Gambar}}}}{{{{Soal}}}}
--- cards/contoh/media/sel.svg
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><circle r="1"/></svg>
--- cards/contoh/kartu.yaml
note_type: dasar
notes:
  - id: sel
    oklusi: "{field}"
    gambar: {{file: sel.svg, alt: Sel}}
"""

_WORDS = """--- cards/contoh/deck.yaml
id: contoh
name: Contoh
version: 1.0.0
uid: a1b2c3d4e5f60718
prefix: C
language: id
--- cards/contoh/media/sel.svg
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><circle r="1"/></svg>
--- cards/contoh/kartu.yaml
note_type: gambar
notes:
  - id: sel
    oklusi: >-
      {{c1::image-occlusion:rect:left=.1:top=.1:width=.2:height=.2:oi=1}}
      {{c2::image-occlusion:rect:left=.5:top=.5:width=.2:height=.2:oi=1}}
    gambar: {file: sel.svg, alt: Sel}
    soal: Apa yang tertutup?
    tertutup: WORDS
"""


def test_each_back_has_the_word_of_its_cover(kartu: Run, tmp_path: Path) -> None:
    """On no front; a printed key has that word alone, and a cover without a word has none."""
    words = "{{c1::membran sel}} {{c2::inti sel}}"
    root = write_project(tmp_path, _WORDS.replace("WORDS", f'"{words}"'), base=False)
    assert kartu("check", "--strict", cwd=root).returncode == 0
    assert kartu("build", cwd=root).returncode == 0
    with collection(tmp_path / "anki") as col:
        import_package(col, root / "build/contoh.apkg")
        found = note_by_guid(col, "a1b2c3d4e5f60718:sel").cards()
        assert len(found) == 2
        for card, word, other in zip(found, ("membran", "inti"), ("inti", "membran"), strict=True):
            assert "sel</span>" not in card.question()
            back = card.answer().partition("under-cover")[2]
            assert re.search(rf'class="cloze"[^>]*>{word} sel<', back)
            assert re.search(rf'class="cloze-inactive"[^>]*>{other} sel<', back)
    (deck,), _diagnostics = compile_decks(root, (), None, no_progress)
    cards = list(paper_cards(deck.built, deck.built.notes))
    drawn = [draw_questions(cards, seed, 1)[0].answer for seed in range(20)]
    keys = {re.sub(r"<[^>]*>", "", one).strip() for one in drawn}
    assert keys == {"membran sel", "inti sel"}
    assert [text_of(answer_of(one)) for one in cards] == ["membran sel", "inti sel"]


@pytest.mark.parametrize("number", [3, 12])
def test_a_word_needs_its_cover(kartu: Run, tmp_path: Path, number: int) -> None:
    """Anki would make an empty card of it."""
    words = f"{{{{c1::membran}}}} {{{{c{number}::inti}}}}"
    root = write_project(tmp_path, _WORDS.replace("WORDS", f'"{words}"'), base=False)
    done = kartu("build", cwd=root)
    assert done.returncode == 1
    message = f'"Tertutup" has a word for number {number}, which covers no place'
    assert f"error[bad-cloze]: {message}" in done.stdout + done.stderr
    assert "kartu.yaml:9:" in done.stdout + done.stderr
