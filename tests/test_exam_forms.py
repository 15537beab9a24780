"""The forms of the national exam: several right options, statements, and comparisons to tap.

As Anki's engine renders them, in a real browser. Without Chromium these tests are left out.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest
from support.axe import styled
from support.browser import Browser, browser, needs_browser
from support.displayed_cards import all_cards
from support.engine import cards, collection, import_package
from support.program import Run
from support.projects import write_project

from kartu.anki.show import Side

pytestmark = needs_browser

SEVERAL, EACH, COMPARED = "pilihan-ganda-kompleks", "kategori", "perbandingan"

PROJECT = """--- cards/ujian/deck.yaml
id: ujian
uid: a1b2c3d4e5f60718
name: Ujian
language: id
version: VERSION
--- cards/ujian/1.yaml
note_type: pilihan-ganda-kompleks
notes:
  - id: a
    stimulus: Sebuah bacaan.
    soal: Mana yang bilangan prima?
    jawaban: [A, C]
    pilihan_1: dua
    ulasan_1: Hanya terbagi satu dan dirinya.
    pilihan_2: empat
    ulasan_2: Terbagi dua.
    pilihan_3: tujuh
    pilihan_4: sembilan
--- cards/ujian/2.yaml
note_type: kategori
notes:
  - id: b
    stimulus: Sebuah bacaan.
    soal: Benar atau salah?
    kategori: [Benar, Salah]
    pernyataan_1: Tujuh itu prima.
    jawaban_1: B
    ulasan_1: Hanya terbagi satu dan dirinya.
    pernyataan_2: Empat itu prima.
    jawaban_2: S
    pernyataan_3: Dua itu prima.
    jawaban_3: B
--- cards/ujian/3.yaml
note_type: perbandingan
notes:
  - {id: c, soal: Mana yang genap?, pilihan: [Tiga, Empat], jawaban: B, alasan: Terbagi dua.}
"""

RIGHT = {"dua", "tujuh"}
CATEGORY = {"Tujuh itu prima.": "Benar", "Empat itu prima.": "Salah", "Dua itu prima.": "Benar"}

TEXTS = 'Array.from(document.querySelectorAll(".options input + span"), one => one.innerText)'
STATEMENTS = 'Array.from(document.querySelectorAll(".statements li > span"), one => one.innerText)'
ITEMS = 'Array.from(document.querySelectorAll(".options li"), one => one.innerText)'
VERDICT = 'document.querySelector(".verdict:not([hidden])")?.innerText'

# The words of tables and categories that are on two lines.
BROKEN = """(() => {
  const broken = [];
  for (const place of document.querySelectorAll("th, td, .choices label")) {
    const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    while (texts.nextNode())
      for (const word of texts.currentNode.data.matchAll(/[^\\s-]+/g)) {
        const range = document.createRange();
        range.setStart(texts.currentNode, word.index);
        range.setEnd(texts.currentNode, word.index + word[0].length);
        if (new Set(Array.from(range.getClientRects(), (one) => one.top)).size > 1)
          broken.push(word[0]);
      }
  }
  return broken;
})()"""


@pytest.fixture(scope="module")
def shown(kartu: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, Side]]:
    """Of each note type the style and the sides that the real engine renders, after an update."""
    folder = tmp_path_factory.mktemp("ujian")
    found = {}
    with collection(folder / "anki") as col:
        for version, changed in (("1.0.0", "Benar atau salah?"), ("1.0.1", "Benar atau salahkah?")):
            text = PROJECT.replace("VERSION", version).replace("Benar atau salah?", changed)
            write_project(folder, text, base=False)
            done = kartu("release" if version == "1.0.1" else "build", cwd=folder)
            assert done.returncode == 0, done.stderr
            import_package(col, next((folder / "build").glob("*.apkg")))
        assert len(col.find_notes("")) == 3
        assert not col.get_empty_cards().notes
        for card in cards(col):
            name = card.note_type()["name"].removeprefix("Ujian ").lower().replace(" ", "-")
            output = card.render_output()
            found[name] = (output.css, Side(output.question_text, output.answer_text))
    assert "salahkah" in found[EACH][1].question
    shutil.rmtree(folder / "build")
    return found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


def _front(page: Browser, shown: dict[str, tuple[str, Side]], name: str) -> Side:
    css, side = shown[name]
    page.open_reviewer(css)
    page.show(side.question)
    return side


@pytest.mark.parametrize("held", ["", "Alt"])
def test_all_right_ones_and_no_other(
    chromium: Browser, shown: dict[str, tuple[str, Side]], held: str
) -> None:
    """Keys choose and take back; only all right options together are right."""
    side = _front(chromium, shown, SEVERAL)
    order = chromium.run(TEXTS)
    for at, text in enumerate(order, 1):
        chromium.press(str(at), held=held)
        if text not in RIGHT:
            chromium.press(str(at), held=held)
    chromium.show(side.answer)
    assert chromium.run(TEXTS) == order
    assert chromium.run(VERDICT) == "✓ Semua tepat."
    for text, item in zip(order, chromium.run(ITEMS), strict=True):
        assert ("✓ tepat" if text in RIGHT else "✗ tidak tepat") in item


def test_each_option_is_judged(chromium: Browser, shown: dict[str, tuple[str, Side]]) -> None:
    """One right option and a wrong one, tapped: what is missed and what is wrong has its word."""
    side = _front(chromium, shown, SEVERAL)
    order = chromium.run(TEXTS)
    for text in ("dua", "empat"):
        chromium.tap(f'document.querySelectorAll(".options li")[{order.index(text)}]')
    chromium.show(side.answer)
    assert chromium.run(VERDICT) == "✗ Belum semua tepat: 2 dari 4."
    told = dict(zip(order, chromium.run(ITEMS), strict=True))
    marks = {"dua": "✓ tepat", "empat": "✗ pilihanmu", "tujuh": "✓ tepat, tidak kaupilih"}
    for text, mark in (marks | {"sembilan": "✗ tidak tepat"}).items():
        assert mark in told[text]
    assert "Terbagi dua." in told["empat"]
    assert chromium.run("document.body.innerText").count("tujuh") == 1


def _choose(page: Browser, wanted: dict[str, str]) -> None:
    """Presses the number of each statement until its category is chosen."""
    for at, statement in enumerate(page.run(STATEMENTS), 1):
        for _ in range(1 + (wanted[statement] == "Salah")):
            page.press(str(at))


def test_statements_are_decided_by_keys(
    chromium: Browser, shown: dict[str, tuple[str, Side]]
) -> None:
    """The number of a statement goes through its categories; all right is solved."""
    side = _front(chromium, shown, EACH)
    assert chromium.run('document.querySelector(".categories").hidden') is True
    _choose(chromium, CATEGORY)
    chromium.show(side.answer)
    assert chromium.run(VERDICT) == "✓ Semua tepat."
    assert chromium.run('document.querySelectorAll(".options .wrong").length') == 0


def test_each_statement_is_judged(chromium: Browser, shown: dict[str, tuple[str, Side]]) -> None:
    """By finger: a wrong category has its mark beside the right one, and the review below."""
    side = _front(chromium, shown, EACH)
    order = chromium.run(STATEMENTS)
    for statement, category in (("Tujuh itu prima.", 1), ("Empat itu prima.", 1)):
        item = f'document.querySelectorAll(".options li")[{order.index(statement)}]'
        chromium.tap(f'{item}.querySelectorAll("label")[{category}]')
    chromium.show(side.answer)
    assert chromium.run(VERDICT) == "✗ Belum semua tepat: 1 dari 3."
    told = dict(zip(order, chromium.run(ITEMS), strict=True))
    assert re.search(r"Benar\s+✓ tepat\s+Salah\s+✗ pilihanmu", told["Tujuh itu prima."])
    assert "Hanya terbagi" in told["Tujuh itu prima."]
    assert "✗" not in told["Dua itu prima."]


def test_no_word_is_broken_on_a_small_phone(chromium: Browser) -> None:
    """At 320 pixels each word of a table and of a category in the decks is on one line."""
    chromium.resize(320)
    shown = [one for one in all_cards("tenang") if re.search("<table|statements", one.side.answer)]
    broken = {}
    chromium.open_reviewer()
    for card in styled(chromium, shown):
        chromium.show(card.side.question)
        chromium.show(card.side.answer)
        if words := chromium.run(BROKEN):
            broken[card.note] = words
    chromium.resize(800)
    assert len(shown) > 30
    assert not broken


def test_a_comparison_is_tapped(chromium: Browser, shown: dict[str, tuple[str, Side]]) -> None:
    """Its options are chosen and judged like those of multiple choice; the reason follows."""
    side = _front(chromium, shown, COMPARED)
    at = chromium.run(TEXTS).index("Empat")
    chromium.tap(f'document.querySelectorAll(".options li")[{at}]')
    chromium.show(side.answer)
    assert chromium.run(VERDICT) == "✓ Pilihanmu tepat."
    text = chromium.run("document.body.innerText")
    assert text.count("Empat") == 1
    assert text.index("✓ tepat") < text.index("Terbagi dua.")


@pytest.mark.parametrize("name", [SEVERAL, EACH, COMPARED])
def test_a_choice_is_forgotten(
    chromium: Browser, shown: dict[str, tuple[str, Side]], name: str
) -> None:
    """Without a choice, and on a page of its own, the back judges nobody; no key is heard there."""
    side = _front(chromium, shown, name)
    chromium.press("1")
    chromium.open_alone(side.answer)
    assert chromium.run(VERDICT) is None
    assert chromium.run('document.querySelectorAll(".options .right").length') > 0
    assert chromium.listeners("keydown") == 0


@pytest.mark.parametrize(
    ("name", "front", "back"),
    [
        (SEVERAL, "tepat. dua empat tujuh sembilan", "sembilan dua tujuh dua Hanya terbagi"),
        (EACH, "Benar Salah Tujuh itu prima. Empat", "prima. Benar Salah Benar Tujuh itu prima."),
        (COMPARED, "jawaban. Tiga Empat", "Tiga Empat Empat Alasannya"),
    ],
)
def test_without_scripts_all_is_there_to_read(
    chromium: Browser, shown: dict[str, tuple[str, Side]], name: str, front: str, back: str
) -> None:
    """The front lists what there is to choose, the back the answers and the reviews."""
    chromium.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        for side, wanted in zip(shown[name][1], (front, back), strict=True):
            chromium.open_alone(side)
            document = chromium.call("DOM.getDocument", depth=-1)["root"]["nodeId"]
            html = chromium.call("DOM.getOuterHTML", nodeId=document)["outerHTML"]
            text = re.sub(r"<script>.*?</script>|<[^>]+>", " ", html, flags=re.DOTALL)
            assert wanted in " ".join(text.split())
    finally:
        chromium.call("Emulation.setScriptExecutionDisabled", value=False)


def test_a_front_does_not_tell(shown: dict[str, tuple[str, Side]]) -> None:
    """All options look alike in what a front holds, and no category stands beside a statement."""
    for name in (SEVERAL, EACH, COMPARED):
        front = shown[name][1].question
        items = re.findall(r"<li[^>]*>(?:(?!</li>).)*</li>", front)
        shapes = {re.sub(r'data-number="\d"|>[^<]*<', "", one) for one in items}
        assert len(shapes) <= 1 + (name == EACH)
        assert front.count(">Salah<") == front.count(">Benar<") == (name == EACH)
