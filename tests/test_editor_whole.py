"""A teacher's whole way in a real browser: from an empty folder to a deck that students correct."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.browser import needs_browser
from support.edit_page import EditPage, edited
from support.engine import cards, collection, import_package
from support.gallery import gallery
from support.sampling import WHOLE

from kartu.publish.verify import VerifyOptions, verify

pytestmark = needs_browser

NUMBER = 20 if WHOLE else 5  # of cards
_FILE_WORDS = re.compile(r"yaml|note_type|subdeck|\{\{|\bnotes:|\bid:", re.IGNORECASE)
_WORDS = ["Inti", "Ribosom", "Vakuola", "Kloroplas", "Sitoplasma"]


@pytest.fixture
def page(tmp_path: Path) -> Iterator[EditPage]:
    with gallery() as browser:
        browser.browser.resize(1280, 900)
        with edited(browser, tmp_path, empty=True) as opened:
            yield opened
            assert browser.errors() == []


class Work:
    """What a teacher does, counted: clicks, keys that are no text, and characters of text."""

    def __init__(self, page: EditPage) -> None:
        self.page = page
        self.clicks = self.keys = self.characters = 0

    def click(self, selector: str) -> None:
        self.clicks += 1
        self.page.wait(f"document.querySelector({selector!r})")
        self.page.click(selector)
        assert not _FILE_WORDS.findall(self.page.text("body"))

    def press(self, *keys: str) -> None:
        self.keys += 1
        self.page.press(*keys)

    def type(self, text: str) -> None:
        self.characters += len(text)
        self.page.type(text)

    def write(self, key: str, text: str) -> None:
        """In a field, which is where the focus is or one Tab further."""
        self.keys += 1
        self.page.wait(self.page.field(key))
        self.page.focus(key)
        self.type(text)


def term(work: Work, word: str) -> None:
    work.write("istilah", word)
    work.write("arti", f"Arti dari {word.lower()}.")


def gap(work: Work, word: str) -> None:
    work.write("teks", f"{word} ada di dalam sel.")
    work.page.run("""{
      const box = document.querySelector("[data-key=teks] .write, [data-key=teks] textarea");
      box.focus();
      const [text] = box.childNodes;
      if (box.matches("textarea")) box.setSelectionRange(0, box.value.indexOf(" "));
      else getSelection().setBaseAndExtent(text, 0, text, text.data.indexOf(" "));
    }""")
    work.press("c", "Ctrl", "Shift")
    work.page.wait("document.querySelector('.hint')")


def choice(work: Work, word: str) -> None:
    work.write("soal", f"Bagian mana yang bernama {word}?")
    work.page.wait("document.querySelectorAll('.option-text textarea').length > 1")
    for at, text in enumerate((f"Yang {word.lower()}", "Yang lain")):
        work.page.run(f"document.querySelectorAll('.option-text textarea')[{at}].focus()")
        work.type(text)
    work.clicks += 1
    work.page.run("document.querySelectorAll('.rows input[type=radio]')[0].click()")


def typed(work: Work, word: str) -> None:
    work.write("soal", f"Tulis nama bagian sel nomor {len(word)}.")
    work.write("jawaban", word)


def listed(work: Work, word: str) -> None:
    work.write("judul", f"Bagian {word.lower()}")
    work.page.run("document.querySelector('.rows :is(textarea, .write)').focus()")
    for text in ("selaput", "cairan", "isi"):
        work.type(f"{text} {word.lower()}")
        work.press("Enter")


KINDS: dict[str, Callable[[Work, str], None]] = {
    "istilah": term,
    "isian": gap,
    "pilihan-ganda": choice,
    "ketik": typed,
    "daftar": listed,
}


def test_from_an_empty_folder_to_a_corrected_deck(page: EditPage, tmp_path: Path) -> None:
    """A deck is made, written, checked, published, corrected and published again by page alone.

    Students import both: all cards are there, and the correction costs them nothing.
    """
    work = Work(page)
    work.click("#way-deck")
    work.type("Biologi Sel")
    work.press("Enter")
    page.wait("document.querySelector('#deck-name').textContent === 'Biologi Sel'")
    for number in range(NUMBER):
        kind = [*KINDS][number % len(KINDS)]
        word = f"{_WORDS[number % 5]} {chr(97 + number)}"
        work.click("#new-note")
        work.click(f"[data-type={kind}]")
        KINDS[kind](work, word)
        page.has_card(word.lower() if kind in ("daftar",) else word)
        page.saved()
    page.wait(f"document.querySelector('#rows [aria-setsize=\"{NUMBER}\"]')")
    work.click("#check")
    page.wait("document.querySelector('#check-count').hidden")
    first = publish(work, tmp_path / "1.apkg")

    work.clicks += 1
    page.run("document.querySelector('#rows [data-kind=istilah]').click()")
    page.wait(f"{page.field('arti')}?.value.startsWith('Arti')")
    work.write("arti", " Diperbaiki.")
    page.saved()
    second = publish(work, tmp_path / "2.apkg")

    with collection(tmp_path / "anki") as col:
        assert import_package(col, first).new == NUMBER
        number = len(cards(col))
        assert number >= NUMBER
        again = import_package(col, second)
        assert (again.new, again.updated, again.conflicting) == (0, 1, 0)
        assert len(cards(col)) == number
        assert len(col.find_notes("Diperbaiki")) == 1
    result = verify(VerifyOptions(second, olds=(first,)))
    assert [one for gate in result.gates for one in gate.findings] == []
    print(f"{work.clicks} clicks, {work.keys} other keys, {work.characters} characters")


def publish(work: Work, package: Path) -> Path:
    """Returns the package that the page gives to download."""
    page = work.page
    page.saved()
    work.click("#publish")
    page.click_when_there("#publish-now.main")
    work.clicks += 1
    page.wait("document.querySelector('.downloads a')?.href.includes('/download/')")
    assert not _FILE_WORDS.findall(page.text("body"))
    code = """fetch(document.querySelector('.downloads a').href).then((one) => one.arrayBuffer())
      .then((data) => Array.from(new Uint8Array(data)))"""
    package.write_bytes(bytes(page.run(code)))
    work.click("#page .back button")
    return package
