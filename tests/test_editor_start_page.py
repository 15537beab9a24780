"""The start page, brought files, paper and settings in a real browser, by keyboard."""

from __future__ import annotations

from pathlib import Path

from support.axe import needs_axe
from support.browser import needs_browser
from support.edit_page import EditPage, edited, looks
from support.gallery import Gallery

pytestmark = [needs_browser, needs_axe]


def import_pasted(page: EditPage, faults: dict[str, list[str]]) -> None:
    """A list is pasted; what its first row is, is asked for and answered."""
    page.wait("document.activeElement.id === 'way-deck'")
    faults["start"] = looks(page)
    page.tab_to("#way-paste")
    page.press("Enter")
    page.wait("document.activeElement.matches('.paste')")
    page.type("ekspor\nimpor\n")
    page.tab_to("#see-table")
    page.press("Enter")
    page.wait("document.querySelector('#notices .bad')")
    assert page.run("document.querySelector('.paste').value") == "ekspor\nimpor\n"
    page.run("document.querySelector('.paste').select()")
    page.run("document.querySelector('.paste').focus()")
    page.type("ekspor\tjual ke luar\nimpor\tbeli dari luar\n")
    page.tab_to("#see-table")
    page.press("Enter")
    page.wait("document.querySelector('#is-card')")
    faults["table"] = looks(page)
    page.tab_to("#is-card")
    page.press("Enter")
    page.wait("document.querySelector('#take.main')")
    page.tab_to("section:last-of-type input[type=text]")
    page.type("Dagang")
    page.tab_to("#take")
    page.press("Enter")
    page.wait(f"{page.field('istilah')}?.value === 'ekspor'")


def add_edition(page: EditPage, saved: Path) -> None:
    """The first edition comes with one of all cards; its name stays whatever is chosen next."""
    page.tab_to("#add-edition")
    page.press("Enter")
    page.wait("document.activeElement.id === 'edition-1'")
    page.type("Inti")
    page.press("Tab")
    page.wait("document.querySelector('#editions .callout')")
    page.press("ArrowUp")
    page.wait("document.querySelector('#edition-1').value === 'Inti'")
    page.wait("document.querySelector('#announcer').textContent === 'Tersimpan'")
    content = saved.read_text("utf-8")
    assert "title: Lengkap" in content
    assert "title: Inti" in content


def choose(page: EditPage, entry: str) -> None:
    """An entry of the menu."""
    page.run("document.querySelector('#menu').focus()")
    page.press("Enter")
    page.wait("document.querySelector('.menu')")
    for _entry in range(12):
        if page.run(f"document.activeElement.innerText.startsWith({entry!r})"):
            break
        page.press("ArrowDown")
    page.press("Enter")


def test_from_a_pasted_list_to_paper_by_keyboard(browser: Gallery, tmp_path: Path) -> None:
    """A list is pasted, answered for, imported, undone and made again, printed and set up.

    No view has a fault for axe, by day and at night, wide and narrow.
    """
    faults: dict[str, list[str]] = {}
    with edited(browser, tmp_path, empty=True) as page:
        import_pasted(page, faults)
        deck = tmp_path / "p/cards/dagang"
        assert len(list(deck.glob("1-*.yaml"))) == 1
        page.press("z", "Ctrl")
        page.wait("!document.querySelector('#rows .note')")
        page.press("y", "Ctrl")
        page.wait("document.querySelectorAll('#rows .note').length === 2")
        choose(page, "Bagikan")
        page.wait("document.querySelector('#make-pdf')")
        faults["share"] = looks(page)
        page.tab_to("#make-pdf")
        page.press("Enter")
        page.wait("document.querySelector('.downloads a')?.href.includes('/download/')")
        choose(page, "Pengaturan")
        page.wait("document.querySelector('#set-description')")
        faults["settings"] = looks(page)
        page.tab_to("#set-description")
        page.type("Kata dagang.")
        page.press("Tab")
        page.wait("document.querySelector('#announcer').textContent === 'Tersimpan'")
        assert "Kata dagang." in (deck / "deck.yaml").read_text("utf-8")
        add_edition(page, deck / "deck.yaml")
        faults["editions"] = looks(page)
        assert browser.errors() == []
    assert faults == {name: [] for name in faults}
