"""Sentences with gaps in the editor's page, in a real browser."""

from __future__ import annotations

from support.browser import needs_browser
from support.edit_page import EditPage

pytestmark = needs_browser


def test_marked_words_become_a_gap(shared_page: EditPage) -> None:
    """Ctrl+Shift+C hides what is marked; the gap is displayed as one, with a place for its hint."""
    page = shared_page
    page.run("document.querySelector('#rows [data-kind=isian]').click()")
    page.wait("document.querySelector('.write mark')")
    page.run("""{
      const [text] = document.querySelector(".write").childNodes;
      document.querySelector(".write").focus();
      getSelection().setBaseAndExtent(text, 0, text, text.data.indexOf(" "));
    }""")
    page.press("c", "Ctrl", "Shift")
    page.wait("document.querySelectorAll('.hint').length === 2")
    page.run("document.querySelector('.hint input').focus()")
    page.type("makhluk apa?")
    page.saved()
    assert "{{c2::Tumbuhan::makhluk apa?}}" in page.source()
    assert "{{" not in page.text("body")
    page.has_card("Tumbuhan")


def begin(page: EditPage) -> None:
    """A new sentence, which has the focus."""
    page.click("#new-note")
    page.click_when_there("[data-type=isian]")
    page.wait("document.activeElement.matches('.write:empty')")


def mark(page: EditPage, code: str) -> None:
    """Marks what is between two places of the sentence, and hides it."""
    page.run(f"""{{
      const sentence = document.querySelector(".write");
      sentence.focus();
      const texts = [...sentence.childNodes].filter((one) => one.nodeType === Node.TEXT_NODE);
      getSelection().setBaseAndExtent({code});
    }}""")
    page.press("c", "Ctrl", "Shift")


def test_a_gap_takes_no_blank_along(shared_page: EditPage) -> None:
    """Blanks and line breaks that are marked as well stay outside; a part of a word is a gap."""
    page = shared_page
    begin(page)
    page.type("Ibu  kota baru")
    mark(page, "texts[0], 3, texts[0], 10")
    page.wait("document.querySelectorAll('.hint').length === 1")
    mark(page, "texts[1], 1, texts[1], 3")
    page.wait("document.querySelectorAll('.hint').length === 2")
    page.press("Enter")  # at the end of the second gap
    page.type("\u00a0akhir ")
    mark(page, "sentence, 4, sentence, 5")
    page.wait("document.querySelectorAll('.hint').length === 3")
    page.run("getSelection().selectAllChildren(document.activeElement)")
    page.run("getSelection().collapseToEnd()")
    page.type("s")
    page.saved()
    marked = page.run("[...document.querySelectorAll('.write mark')].map((one) => one.innerText)")
    assert marked == ["kota", "ba", "akhir ru"]
    sentence = page.run("document.querySelector('.write').innerText").replace("\u00a0", " ")
    assert sentence == "Ibu  kota ba\n akhir rus"


def test_a_sentence_that_is_begun_is_no_fault_yet(shared_page: EditPage) -> None:
    """While it is typed the preview says what comes next; once it is left, what is wrong."""
    page = shared_page
    begin(page)
    page.type("Sel hidup")
    page.wait("document.querySelector('#no-card').innerText.startsWith('Pilih satu kata')")
    page.saved(by_itself=True)
    assert not page.run("document.querySelector('#form .callout')")
    page.run("document.activeElement.blur()")
    page.wait("document.querySelector('[data-kind=gaps]').innerText.includes('Belum ada rumpang')")
