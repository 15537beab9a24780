"""Where somebody who had never seen the editor once stumbled."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from support.browser import needs_browser
from support.edit_page import edited
from support.gallery import ROOT, Gallery

from kartu.show.editor.desk import Desk

PAGE = ROOT / "kartu" / "show" / "editor" / "page"
_SENT = "Network.requestWillBeSent"
_KIND = re.compile(r"\[data-kind=([\w-]+)\] \{ --accent: (#\w{6})")
_ACCENT = re.compile(r'set accent, accent_night = "(#\w{6})", "(#\w{6})"')


def test_a_kind_has_the_colour_of_its_cards() -> None:
    """In the list and the form, by night exactly; by day it may be darker, of the same hue."""
    day, _media, night = (PAGE / "1-tokens.css").read_text("utf-8").partition("@media")
    by_day, by_night = dict(_KIND.findall(day)), dict(_KIND.findall(night))
    for path in sorted(ROOT.glob("templates/*/style.css")):
        kind, found = path.parent.name, _ACCENT.search(path.read_text("utf-8"))
        assert found is not None, path
        assert by_night[kind] == found[2], kind
        own, cards = (_strongest(one) for one in (by_day[kind], found[1]))
        assert own == cards, kind


def _strongest(colour: str) -> int:
    """Which of red, green and blue is the strongest."""
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return parts.index(max(parts))


@needs_browser
def test_an_empty_deck_is_no_fault(browser: Gallery, tmp_path: Path) -> None:
    """Nothing of it is red, and nothing can be published; in the history it is taken back."""
    with edited(browser, tmp_path, empty=True) as page:
        page.click_when_there("#way-deck")
        page.type("Sistem Tubuh")
        page.press("Enter")
        page.wait("document.querySelector('#title').innerText === 'Sistem Tubuh'")
        page.wait("kartuTexts && document.activeElement.closest('.empty')")
        assert page.run("document.querySelector('#publish').disabled")
        assert page.run("document.querySelector('#check-count').hidden")
        page.click("#history")
        page.click_when_there(".history > li button")
        page.wait("document.querySelector('#page h1')?.innerText === 'Selamat datang'")
        assert not [*(page.folder / "cards").iterdir()]
        assert browser.errors() == []


@needs_browser
def test_a_hidden_character_is_taken_out_of_a_card(browser: Gallery, tmp_path: Path) -> None:
    """Also one written as an escape: once at its card, with what changes, and back by undo."""
    with edited(browser, tmp_path) as page:
        (path,) = page.folder.glob("1*.yaml")
        right = path.read_text("utf-8") + '  - {id: sel, istilah: Sel, arti: "Ruang \\"x\\""}\n'
        wrong = right.replace("Ruang", "Ru\\x07ang")
        path.write_text(wrong, "utf-8")
        page.click_when_there("#check:not([disabled])")
        entry = """[...document.querySelectorAll("#check-side button.note")]
          .find((one) => one.innerText.includes("tidak tampak"))"""
        page.wait(entry)
        page.run(f"{entry}.click()")
        page.wait("document.querySelector('#form .callout-here .callout button')")
        assert page.run("document.querySelectorAll('#form .callout-here .callout').length") == 1
        page.click("#form .callout-here .callout button")
        page.wait("document.querySelector('dialog .fixes ins')?.innerText === 'Ruang'")
        page.click("dialog footer .main")
        page.wait(f"{page.field('arti')}?.value.startsWith('Ruang')")
        assert path.read_text("utf-8") == right
        page.click("#undo")
        page.wait("document.querySelector('#form .callout-here .callout button')")
        assert path.read_text("utf-8") == wrong
        assert browser.errors() == []


@needs_browser
def test_a_card_is_seen_in_all_looks(browser: Gallery, tmp_path: Path) -> None:
    """A link leads to the page of all cards, and one there back to the card's form.

    In the list every title has the lines that it needs; a card that nobody has is only deleted.
    """
    with edited(browser, tmp_path) as page:
        page.click("#new-note")
        page.click_when_there("[data-type=istilah]")
        page.wait(f"{page.field('istilah')} === document.activeElement")
        page.type("Ribosom membuat protein")
        page.saved()
        page.wait("document.querySelector('#rows [aria-selected=true]')")
        cut = "(one) => one.scrollHeight > one.clientHeight"
        lines = "[...document.querySelectorAll('#rows .note:not(.long) b')]"
        assert not page.run(f"{lines}.some({cut})")
        page.click("#note-menu")
        assert "Tidak dipakai lagi" not in page.text("[role=menu]")
        page.click("#note-menu")
        page.run("document.querySelector('#rows .note').click()")
        page.wait("document.querySelector('#looks:not([hidden])')?.href.includes('fotosintesis')")
        browser.open(str(page.run("document.querySelector('#looks').href")))
        page.wait("document.querySelector('.tile:not([hidden]) .edit')")
        assert page.text(".tile:not([hidden]) .edit") == "Ubah kartu ini"
        browser.click(".tile:not([hidden]) .edit")
        page.wait(f"{page.field('istilah')}?.value === 'Fotosintesis'")
        assert browser.errors() == []


@needs_browser
def test_an_edit_of_ones_own_is_no_news(
    browser: Gallery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the page hears of it before its answer: it asks for nothing again."""
    changed = Desk.list_change

    def later(desk: Desk, deck: str) -> Any:
        time.sleep(0.3)
        return changed(desk, deck)

    monkeypatch.setattr(Desk, "list_change", later)
    with edited(browser, tmp_path) as page:
        page.wait("document.querySelector('#check .icon-tick')")  # all is checked, and quiet
        browser.browser.events.clear()
        page.focus("arti")
        page.type(" Singkatnya.")
        page.saved()
        sent = [one for one in browser.browser.events if one["method"] == _SENT]
        assert {one["params"]["request"]["url"].rpartition("/")[2] for one in sent} <= {
            "preview",
            "write",
        }
        assert sent
