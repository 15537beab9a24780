"""The editor's page in a real browser: what a teacher does, and what is then in the files."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from support.axe import needs_axe
from support.browser import needs_browser
from support.edit_page import EditPage
from support.sampling import sampled

pytestmark = needs_browser

# What a teacher never meets: signs and words of the files.
_FILE_WORDS = re.compile(r"yaml|note_type|subdeck|\{\{|\bnotes:|\bid:", re.IGNORECASE)


def _begin(page: EditPage, kind: str) -> None:
    """A new card of this kind, whose first text has the focus."""
    page.click("#new-note")
    page.click_when_there(f"[data-type={kind}]")
    empty = "document.activeElement.value === ''"
    page.wait(f"document.activeElement.matches('#form textarea') && {empty}")


def _written(page: EditPage, question: str) -> str:
    """The lines of the card that asks it."""
    return page.source().partition(f": {question}")[2].partition("\n  -")[0]


def test_a_card_is_written_by_keyboard_alone(page: EditPage) -> None:
    """From the top of the page: a kind by its digit, texts, the card beside them, the file."""
    for _tab in range(20):
        page.press("Tab")
        if page.run("document.activeElement.id") == "new-note":
            break
    page.press("Enter")
    page.wait("document.activeElement.matches('dialog[open] .type')")
    page.press("1")
    page.wait("document.activeElement.matches('textarea')")
    page.type("Mitokondria")
    page.press("Tab")
    page.wait("document.activeElement.closest('[data-key=arti]')")
    page.run(f"{page.field('arti')}.focus()")
    page.type("Bagian sel yang menghasilkan energi.")
    page.has_card("menghasilkan energi")
    page.saved()
    assert "istilah: Mitokondria\n    arti: Bagian sel yang menghasilkan energi." in page.source()
    page.press("Enter", "Ctrl")
    page.wait(f"document.activeElement === {page.field('istilah')}")
    page.wait("document.activeElement.value === ''")
    page.type("Ribosom")
    page.press("ArrowUp", "Alt")
    page.wait(f"{page.field('istilah')}?.value === 'Mitokondria'")
    page.wait("document.querySelector('#rows').innerText.includes('Ribosom')")
    assert page.source().index("Mitokondria") < page.source().index("Ribosom")


def test_nothing_moves_when_a_field_gets_the_focus(shared_page: EditPage) -> None:
    """What is below a field is where it was, so that a click on it does what it was meant to do."""
    page = shared_page
    places = """JSON.stringify([...document.querySelectorAll(".field, .write, textarea, .after")]
      .map((one) => one.getBoundingClientRect().top))"""
    page.run("document.querySelector('#rows [data-kind=istilah]').click()")
    page.wait(page.field("arti"))
    page.run("document.activeElement.blur()")
    before = page.run(places)
    page.focus("arti")
    assert (
        page.run(
            "getComputedStyle(document.activeElement.closest('.field')"
            ".querySelector('.tools')).visibility"
        )
        == "visible"
    )
    assert page.run(places) == before


def test_the_right_answer_is_marked(shared_page: EditPage) -> None:
    """The radio of an option makes it the answer, which follows when the option is written anew."""
    page = shared_page
    _begin(page, "pilihan-ganda")
    page.type("Di mana fotosintesis terjadi?")
    for at, text in enumerate(("Ribosom", "Kloroplas")):
        page.run(f"document.querySelectorAll('.option-text textarea')[{at}].focus()")
        page.type(text)
    page.run("document.querySelectorAll('.rows input[type=radio]')[1].click()")
    page.run("document.querySelectorAll('.option-text textarea')[1].focus()")
    page.type(" daun")
    page.press("ArrowUp", "Alt", "Shift")
    page.saved()
    text = _written(page, "Di mana fotosintesis terjadi?")
    assert "jawaban: pilihan_1" in text
    assert text.index("pilihan_1: Kloroplas daun") < text.index("pilihan_2: Ribosom")


def test_several_right_answers_are_marked(shared_page: EditPage) -> None:
    """Boxes make options answers; what is taken back is none, and the others stay."""
    page = shared_page
    _begin(page, "pilihan-ganda-kompleks")
    page.type("Di mana ada kromosom?")
    for at, text in enumerate(("Inti sel", "Dinding sel", "Mitokondria")):
        page.run(f"document.querySelectorAll('.option-text textarea')[{at}].focus()")
        page.type(text)
    for at in (0, 1, 2, 1):
        page.run(f"document.querySelectorAll('.rows input[type=checkbox]')[{at}].click()")
    page.saved()
    written = _written(page, "Di mana ada kromosom?")
    answers = written[written.index("jawaban:") : written.index("pilihan_1:")]
    assert ("pilihan_1" in answers, "pilihan_2" in answers, "pilihan_3" in answers) == (
        True,
        False,
        True,
    )


def test_statements_have_fields_of_their_own(shared_page: EditPage) -> None:
    """Each statement, its category and its review is written by itself."""
    page = shared_page
    _begin(page, "kategori")
    page.type("Benar atau salah?")
    page.click("[data-add=ulasan_2]")
    for key, value in (("pernyataan_2", "Sel hidup."), ("jawaban_2", "B"), ("ulasan_2", "Ya.")):
        page.focus(key)
        page.type(value)
    page.saved()
    for line in ("pernyataan_2: Sel hidup.", "jawaban_2: B", "ulasan_2: Ya."):
        assert line in _written(page, "Benar atau salah?")


def test_edits_are_undone_and_made_again(page: EditPage) -> None:
    """Ctrl+Z takes the last saved edit back, byte for byte, and Ctrl+Y makes it again."""
    before = page.source()
    page.focus("arti")
    page.type(" Singkatnya.")
    page.saved(by_itself=True)
    after = page.source()
    assert after != before
    page.press("z", "Ctrl")
    page.wait(f"!{page.field('arti')}.value.includes('Singkatnya')")
    assert page.source() == before
    page.press("y", "Ctrl")
    page.wait(f"{page.field('arti')}.value.includes('Singkatnya')")
    assert page.source() == after


def test_what_is_wrong_is_led_to_and_mended(page: EditPage) -> None:
    """Each entry is headed by its card and leads to the field; the badge counts the entries.

    A source that was meant is used by a button, a hidden character taken away by another; what is
    mended is told no more.
    """
    deck, (path,) = page.folder / "deck.yaml", page.folder.glob("1*.yaml")
    listed = 'sources:\n  buku: {title: Buku siswa, publisher: P, date: "2024"}\n'
    deck.write_text(deck.read_text("utf-8") + listed, "utf-8")
    whole = path.read_text("utf-8")
    wrong = "  - {id: satu, istilah: Sel, arti: Ruang, sources: [bukuu]}\n  - {istilah: Akar}\n"
    path.write_text(whole + wrong, "utf-8")
    page.click_when_there("#check:not([disabled])")
    entries = "[...document.querySelectorAll('#check-side .group + .faults')][0]"
    page.wait(f"{entries}?.children.length === 2 && {entries}.innerText.includes('bukuu')")
    assert page.text("#check-count") == "2"
    assert not page.run("document.querySelector('#check .icon-tick')")
    assert "istilah" not in str(page.run(f"{entries}.innerText")).splitlines()
    assert "Kolom Arti masih kosong." in str(page.run(f"{entries}.innerText"))
    page.run(f"{entries}.children[1].firstChild.click()")
    page.wait(f"document.activeElement === {page.field('arti')}")
    assert "masih kosong" in page.text("[data-key=arti]")
    page.type("Bawah\x07")
    page.wait("document.querySelector('[data-key=arti]').innerText.includes('tidak tampak')")
    page.click("[data-key=arti] .callout button")
    page.wait(f"{page.field('arti')}.value === 'Bawah'")
    page.wait(f"{entries}?.children.length === 1")
    page.run(f"{entries}.children[0].firstChild.click()")
    page.click_when_there("[data-key=sources] .callout button")
    page.wait("!document.querySelector('[data-key=sources] .callout')")
    page.wait("document.querySelector('#check-count').hidden")
    assert "Buku siswa" in page.text("[data-key=sources] .chosen")
    text = path.read_text("utf-8")
    assert "sources: [buku]" in text
    assert "Bawah" in text
    path.write_text(text.replace("Ruang", "Ru\x07ang"), "utf-8")
    page.click_when_there("#check-side div.note button")
    assert page.text("#check-side div.note b") == "Sel"
    page.click_when_there("dialog footer .main")
    page.wait("document.querySelector('#check-count').hidden")
    assert "Ruang" in path.read_text("utf-8")


def test_a_deleted_card_is_put_back(page: EditPage) -> None:
    """From the history, also once other cards were changed; a button leads back to writing."""
    page.click("#note-menu")
    page.run("""[...document.querySelectorAll("[role=menu] button")]
      .find((one) => one.innerText === "Hapus").click()""")
    page.wait("document.querySelector('#rows [aria-setsize=\"2\"]')")
    page.wait(f"{page.field('istilah')}?.value === 'Klorofil'")
    page.focus("istilah")
    page.type(" hijau")
    page.saved()
    page.click("#history")
    page.click_when_there("#page .back button")
    page.wait("!document.querySelector('#desk').hidden")
    page.click("#history")
    page.wait("document.querySelector('.history')?.innerText.includes('dihapus')")
    page.run("""[...document.querySelectorAll(".history > li")]
      .find((one) => one.innerText.includes("dihapus")).querySelector("button").click()""")
    page.wait(f"{page.field('istilah')}?.value === 'Fotosintesis'")
    text = page.source()
    assert "- id: fotosintesis" in text
    assert text.index("Fotosintesis") < text.index("hijau")


def test_a_conflict_keeps_both_texts(page: EditPage) -> None:
    """What was changed elsewhere is not overwritten; both are displayed to choose from.

    What is typed meanwhile belongs to mine. The text that was not chosen is in the history.
    """
    (path,) = page.folder.glob("1*.yaml")
    page.focus("arti")
    page.type(" Menurut saya.")
    path.write_text(path.read_text("utf-8").replace("Cara tumbuhan", "Cara alga"), "utf-8")
    page.wait("document.querySelector('[data-clash]')")
    assert "Menurut saya" not in path.read_text("utf-8")
    clash = page.text("[data-clash]")
    assert "Menurut saya" in clash
    assert "alga" in clash
    page.run(f"{page.field('arti')}.setSelectionRange(1e6, 1e6)")
    page.type(" Kata terakhir.")
    page.wait("document.querySelector('[data-clash]').innerText.includes('Kata terakhir')")
    page.click("[data-clash] .version button")
    page.saved()
    assert "dan cahaya. Menurut saya. Kata terakhir." in path.read_text("utf-8")
    page.click("#history")
    page.wait("document.querySelector('.history')")
    unused = page.run("""[...document.querySelectorAll(".history > li")]
      .filter((one) => one.innerText.includes("tidak dipakai")).map((one) => one.innerText)""")
    assert len(unused) == 1
    assert "Cara alga" in unused[0]
    page.run("""[...document.querySelectorAll(".history button")]
      .find((one) => one.innerText.includes("Pakai lagi")).click()""")
    page.wait(f"{page.field('arti')}?.value.startsWith('Cara alga')")


def test_what_was_not_saved_is_restored(page: EditPage) -> None:
    """A crash loses no letter: the text is in its field again, and is saved once it is kept."""
    before = page.source()
    page.run("window.fetch = () => Promise.reject(new TypeError('no connection'))")
    page.focus("arti")
    page.type(" Belum tersimpan.")
    page.wait("document.querySelector('[data-strip=offline]')")
    page.open(page.address)
    page.wait("document.querySelector('.field.restored')")
    assert page.value("arti").endswith("dan cahaya. Belum tersimpan.")
    assert page.source() == before
    page.click("#form-strips button")
    page.saved()
    assert "dan cahaya. Belum tersimpan." in page.source()


def test_only_rows_in_sight_are_in_the_page(page: EditPage) -> None:
    """A long list has a few rows at a time; keys and a search find the others."""
    notes = "".join(f"  - {{istilah: Kata {n}, arti: Arti {n}}}\n" for n in range(2000))
    (page.folder / "3-banyak.yaml").write_text(
        f"note_type: istilah\nsubdeck: 03 Banyak\nnotes:\n{notes}", "utf-8"
    )
    page.wait("document.querySelector('#rows [aria-setsize=\"2003\"]')")
    assert page.run("document.querySelectorAll('#rows > *').length") < 40
    page.run("document.querySelector('#notes').focus()")
    page.press("End")
    page.wait(f"{page.field('istilah')}?.value === 'Kata 1999'")
    page.run("document.querySelector('#search').focus()")
    page.type("kata 123")
    page.wait("document.querySelector('#rows [aria-setsize=\"11\"]')")


def test_a_deck_is_published_and_a_lost_card_put_back(page: EditPage) -> None:
    """Publishing ends in a package to download; what students have is then not lost by accident.

    A published card has no "delete" in its menu. One that is gone must be decided about before the
    next release, and the safe way out is one button.
    """
    page.click("#publish")
    page.click_when_there("#publish-now.main")
    page.wait("document.querySelector('.downloads a')?.href.includes('/download/')")
    page.click("#page .back button")
    page.click("#note-menu")
    entries = page.text("[role=menu]")
    assert "Hapus" not in entries
    assert "Tidak dipakai lagi" in entries
    page.press("Escape")
    (path,) = page.folder.glob("1*.yaml")
    text = path.read_text("utf-8")
    path.write_text(text.partition("\n  - id: klorofil")[0], "utf-8")
    page.wait("document.querySelector('#rows [aria-setsize=\"2\"]')")
    page.click("#publish")
    page.wait("document.querySelector('.stop .button.main')")
    assert page.run("document.querySelector('#publish-now').ariaDisabled") == "true"
    page.click(".stop .button.main")
    page.wait("!document.querySelector('.stop')")
    assert "Klorofil" in path.read_text("utf-8")


def test_cards_in_no_edition_are_found_before_publishing(page: EditPage) -> None:
    """The plan counts what no package will have, and leads to these cards in the list."""
    deck = page.folder / "deck.yaml"
    editions = 'editions: {kalimat: {title: Kalimat, include: "type:isian"}}\n'
    deck.write_text(deck.read_text("utf-8") + editions, "utf-8")
    page.click("#publish")
    page.click_when_there("#see-outside")
    page.wait("document.querySelectorAll('#rows .note').length === 2")
    assert "Tumbuhan" not in page.text("#rows")
    page.wait("document.activeElement.id === 'notes'")


@needs_axe
@pytest.mark.parametrize(("width", "colours"), sampled([(320, "dark"), (1280, "light")], 2))
def test_every_view_is_accessible_and_in_plain_words(
    page: EditPage, width: int, colours: str
) -> None:
    """axe finds nothing, nothing scrolls sideways, and no word of the files is displayed.

    On a middle screen, scrolled to the end, likewise; nothing there covers what has the focus.
    """
    browser = page.gallery.browser
    browser.resize(width, 900)
    media = [{"name": "prefers-color-scheme", "value": colours}]
    browser.call("Emulation.setEmulatedMedia", features=media)
    try:
        for name in _views(page):
            assert page.violations() == [], name
            assert not _FILE_WORDS.findall(page.text("body")), name
            assert page.sideways() == 0, name
            browser.resize(768, 700)
            page.run(_TO_THE_END)
            assert page.violations() == [], name
            assert page.sideways() == 0, name
            assert page.covered() == [], name
            browser.resize(width, 900)
    finally:
        browser.resize(1280, 900)
        browser.call("Emulation.setEmulatedMedia", features=[])


_TO_THE_END = """document.querySelectorAll(".desk > section, .page > div")
  .forEach((one) => one.scrollTo(0, 1e6))"""


def _views(page: EditPage) -> Iterator[str]:
    """Goes from view to view."""
    page.focus("arti")
    yield "form"
    for pane in ("list", "see"):
        page.run(f"document.querySelector('#tabs [data-pane={pane}]').click()")
        yield pane
    page.click("#note-menu")
    yield "menu of a card"
    page.click("#new-note")
    yield "kinds of cards"
    page.click("[data-type=perbandingan]")
    page.wait("document.querySelector('[data-add=tabel]')")
    for key in ("tabel", "tags", "sources"):
        page.click(f"[data-add={key}]")
    yield "options and a table"
    page.click("#check")
    page.wait("!document.querySelector('#check-side').hidden")
    yield "check"
    page.click("#history")
    page.wait("document.querySelector('.history, #page .callout')")
    yield "history"
    page.press("?")
    page.wait("document.querySelector('dialog .keys')")
    yield "keys"
    page.click("dialog footer button")
    page.click("#publish")
    page.wait("document.querySelector('#publish-now')")
    yield "plan"
