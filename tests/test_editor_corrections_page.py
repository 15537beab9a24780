"""Corrections from Anki in a real browser."""

from __future__ import annotations

import base64
from pathlib import Path

from support.axe import needs_axe
from support.browser import needs_browser
from support.corrections import World, changed, released, world
from support.edit_page import EditPage, edited, looks
from support.edit_project import files_of
from support.gallery import Gallery

__all__ = ["released", "world"]

pytestmark = [needs_browser, needs_axe]

DROP = """(() => {
  const files = new DataTransfer();
  for (const one of %s) files.items.add(
    new File([Uint8Array.from(atob(one), (character) => character.charCodeAt(0))], "murid.apkg"));
  document.querySelector("#page").dispatchEvent(
    new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
})()"""
EDITS = {
    ("mitokondria", "Arti"): "Bagian sel yang <b>menghasilkan</b> tenaga lewat respirasi.",
    ("membran", "Arti"): "Selaput yang memilih zat",
    ("jaringan", "Jawaban"): '<span style="color: red">Kumpulan sel.</span>',
}


def drop(page: EditPage, packages: list[Path]) -> None:
    """Packages onto the page, until their proposals are there."""
    page.run(DROP % [base64.b64encode(one.read_bytes()).decode() for one in packages])
    page.wait("document.querySelector('#take-corrections')")
    page.wait("document.querySelectorAll('.card-frame').length === 2")
    assert page.run("document.querySelector('.notice')?.innerText") is None


def press_on(page: EditPage, selector: str) -> None:
    """A button that has the focus, by the keyboard."""
    page.run(f"document.querySelector({selector!r}).focus()")
    page.press("Enter")


def test_proposals_are_seen_taken_and_undone(
    browser: Gallery, world: World, tmp_path: Path
) -> None:
    """By keyboard: what is safe is accepted at first, what both sides changed is for people.

    Undo gives back every byte.
    """
    path = world.root / "cards/sel/04-kata.csv"
    path.write_text(path.read_text("utf-8").replace("menyaring zat", "menyeleksi zat"), "utf-8")
    packages = [changed(world, tmp_path / "a", EDITS), changed(world, tmp_path / "b", EDITS)]
    before = files_of(world.root)
    with edited(browser, tmp_path, ready=True) as page:
        press_on(page, "#menu")
        page.wait("document.querySelector('.menu')")
        page.run("""[...document.querySelectorAll('.menu button')].find(
          (one) => one.innerText.startsWith('Koreksi')).focus()""")
        page.press("Enter")
        page.wait("document.querySelector('#choose-packages')")
        faults = {"begin": looks(page)}
        drop(page, packages)
        faults["list"] = looks(page)
        assert "2 dari 2" in page.text(".proposal .version + .version")
        assert page.text("#take-corrections") == "Ambil 1 koreksi"
        assert page.run("document.querySelectorAll('.proposal').length") == 3
        press_on(page, ".proposal:nth-child(2) .decide:not([data-take=''])")
        page.wait("document.querySelector('#take-corrections').innerText === 'Ambil 2 koreksi'")
        assert files_of(world.root) == before
        press_on(page, "#take-corrections")
        page.wait("document.body.dataset.view === 'desk'")
        page.wait("document.querySelector('.notice')")
        content = files_of(world.root)
        assert b"Selaput yang memilih zat" in content["cards/sel/04-kata.csv"]
        assert b"tenaga lewat respirasi" in content["cards/sel/01-istilah.yaml"]
        page.run("document.activeElement.blur()")
        page.press("z", "Ctrl")
        page.wait("document.querySelector('#announcer').textContent.startsWith('Diurungkan')")
        assert files_of(world.root) == before
        assert browser.errors() == []
    assert faults == {"begin": [], "list": []}
