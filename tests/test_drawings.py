"""Pictures drawn by templates from data: whole, the same again, and right by day and night."""

from __future__ import annotations

from collections.abc import Iterator
from gzip import compress
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.axe import reviewer, styled
from support.browser import Browser, needs_browser
from support.displayed_cards import MODES, all_cards, decks
from support.engine import cards, collection, import_package
from support.program import Run
from support.projects import write_project
from support.sampling import sampled

from kartu.compile.built import BuiltNote
from kartu.compile.render.strangers import Strangers
from kartu.core.diagnostics import Diagnostics
from kartu.core.progress import no_progress
from kartu.pipeline import Compiled, compile_decks

PROJECT = """--- cards/contoh/kartu.yaml
note_type: dasar
notes:
  - {id: satu, depan: Satu, belakang: "![garis](garis.svg)"}
  - {id: dua, depan: Dua, gambar: {file: garis.svg, alt: Garis}}
--- cards/contoh/media/garis.svg.yaml
picture: garis
judul: Satu
--- templates/_shared/pictures/garis.svg
[[% set ink = "white" if night else "black" %]]
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" fill="[[= ink ]]">
<text>[[= data.judul ]]</text></svg>
--- templates/_shared/fields/image.html
<img src="[[= src ]]" alt="[[= alt ]]">
[[% if night %]]<img src="[[= night ]]" alt="[[= alt ]]">[[% endif %]]
--- templates/dasar/note_type.yaml
id: dasar
name: Dasar
fields:
  - {key: depan, name: Depan, id: 1, required: true}
  - {key: belakang, name: Belakang, id: 2, format: markdown}
  - {key: gambar, name: Gambar, id: 3, format: image}
cards:
  - {id: 1, name: Maju, front: maju.front.html, back: maju.back.html}
"""

# What no XML can hold is refused in every source of a project.
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Zl", "Zp")), min_size=1)


def _pictures(kartu: Run, root: Path, folder: str) -> dict[str, bytes]:
    """The pictures that arrive in Anki, by name."""
    done = kartu("build", cwd=root)
    assert done.returncode == 0, done.stderr
    with collection(root / folder) as col:
        import_package(col, root / "build/contoh.apkg")
        found = {path.name: path.read_bytes() for path in Path(col.media.dir()).iterdir()}
        shown = " ".join(field for card in cards(col) for field in card.note().fields)
    assert all(name in shown for name in found)
    return found


def test_a_drawn_picture_arrives(kartu: Run, tmp_path: Path) -> None:
    """By day and by night, under names that tell the content; new data make new names."""
    write_project(tmp_path, PROJECT)
    before = _pictures(kartu, tmp_path, "a")
    assert sorted(ET.fromstring(one).get("fill") or "" for one in before.values()) == [
        *("black", "white")
    ]
    assert _pictures(kartu, tmp_path, "b") == before
    data = tmp_path / "cards/contoh/media/garis.svg.yaml"
    data.write_text("picture: garis\njudul: Dua\n", "utf-8")
    after = _pictures(kartu, tmp_path, "c")
    assert before.keys().isdisjoint(after)


def test_markdown_shows_the_picture_of_the_night_too(tmp_path: Path) -> None:
    """As a field of a picture shows it, and with that alone where there is but one."""
    root = write_project(tmp_path, PROJECT)
    compiled, said = compile_decks(root, (), None, no_progress)
    assert said == []
    pairs = zip(_notes(compiled), (1, 2), strict=True)
    markdown, image = (note.fields[place] for note, place in pairs)
    assert markdown.replace('alt="garis"', 'alt="Garis"') == image
    assert image.count("<img") == 2
    template = root / "templates/_shared/pictures/garis.svg"
    template.write_text(template.read_text("utf-8").replace("night", "false"), "utf-8")
    compiled, said = compile_decks(root, (), None, no_progress)
    assert [note.fields[1].count("<img") for note in _notes(compiled)] == [1, 0]


def test_a_template_that_cannot_be_read_is_told_once(tmp_path: Path) -> None:
    """However many pictures it should have drawn."""
    root = write_project(tmp_path, PROJECT)
    data = (root / "cards/contoh/media/garis.svg.yaml").read_text("utf-8")
    (root / "cards/contoh/media/lagi.svg.yaml").write_text(data, "utf-8")
    cards = root / "cards/contoh/kartu.yaml"
    cards.write_text(cards.read_text("utf-8").replace("garis.svg, alt", "lagi.svg, alt"), "utf-8")
    template = root / "templates/_shared/pictures/garis.svg"
    template.write_bytes(b"\xff")
    said = compile_decks(root, (), None, no_progress)[1]
    assert [one.code for one in said] == ["file-encoding"]


def _notes(compiled: list[Compiled]) -> tuple[BuiltNote, ...]:
    return compiled[0].built.notes


def test_a_file_goes_before_data(kartu: Run, tmp_path: Path) -> None:
    """A picture that is there is taken as it is; its data are then told as unused."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg"/>'
    write_project(tmp_path, PROJECT, f"--- cards/contoh/media/garis.svg\n{svg}\n")
    assert list(_pictures(kartu, tmp_path, "a").values()) == [f"{svg}\n".encode()]
    assert "garis.svg.yaml:1:1: warning[media-unused]" in kartu("check", cwd=tmp_path).stdout


@pytest.fixture(scope="module")
def strangers() -> Iterator[Strangers]:
    with Strangers() as found:
        yield found


@settings(max_examples=25)
@given(WORDS)
def test_any_text_can_stand_in_a_picture(strangers: Strangers, tmp_path: Path, words: str) -> None:
    """Signs that mean something in SVG are escaped."""
    from kartu.compile.render.drawings import Drawings
    from kartu.compile.render.results import Results
    from kartu.compile.render.templates import Templates
    from kartu.core.source import Mapping
    from kartu.load.files import Files

    write_project(tmp_path, PROJECT)
    data = tmp_path / "cards/contoh/media/garis.svg.yaml"
    quoted = "''".join(words.split("'"))
    data.write_text(f"picture: garis\njudul: 'x{quoted}x'\n", "utf-8")
    said = Diagnostics()
    files = Files(tmp_path)
    templates = Templates(files, Results(), said, strangers=strangers)
    drawings = Drawings(files, templates, Mapping(), "id", {}, said)
    drawn = drawings.draw("cards/contoh/media/garis.svg.yaml")
    assert drawn is not None, list(said)
    assert f"x{words}x" == ET.fromstring(drawn[0])[0].text


def test_the_pictures_of_the_decks_are_light() -> None:
    """Each has fewer than 20,000 bytes, all of a deck together, compressed, fewer than 200,000."""
    for deck in decks():
        found = {one.name: one for note in deck.notes for one in note.media}
        assert all(one.size < 20_000 for one in found.values()), found
        assert sum(len(compress(one.content or b"")) for one in found.values()) < 200_000


@pytest.fixture(scope="module")
def page() -> Iterator[Browser]:
    with reviewer() as opened:
        yield opened


@needs_browser
@pytest.mark.parametrize("mode", sampled(list(MODES), 2))
def test_one_picture_is_seen(page: Browser, mode: str) -> None:
    """Of a picture for the day and one for the night, cards show one; every picture loads."""
    seen = 0
    page.open_reviewer(mode=MODES[mode])
    pictured = [card for card in all_cards() if "<img" in card.side.answer]
    for card in styled(page, sampled(pictured, 8)):
        page.show(card.side.answer)
        shown = page.run(PICTURES)
        assert [one["whole"] for one in shown] == [True], (card.note, shown)
        two = "night-only" in card.side.answer
        assert shown[0]["at_night"] == (two and mode == "night")
        assert shown[0]["alt"]
        seen += two
    assert seen


PICTURES = """Promise.all(Array.from(document.images, (one) => one.decode().catch(() => 0))).then(
  () => Array.from(document.images).filter((one) => one.getClientRects().length).map((one) => ({
    whole: one.naturalWidth > 0, alt: one.alt, at_night: one.className === "night-only"})))"""
