"""The note type pilihan-ganda, as Anki's engine renders it, in a real browser.

Without Chromium these tests are left out, and pytest says so.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone

import pytest
from support.browser import Browser, browser, needs_browser
from support.engine import cards, collection, import_package
from support.program import ROOT
from support.projects import write_project
from support.sampling import sampled

from kartu.anki.show import Side

pytestmark = needs_browser

COUNT = 20
ANSWERS = 5

DECK = """--- cards/pilihan/deck.yaml
id: pilihan
uid: a1b2c3d4e5f60718
name: Pilihan
language: id
version: 1.0.0
--- cards/pilihan/soal.yaml
note_type: pilihan-ganda
notes:
"""

JAKARTA = timezone(timedelta(hours=7))
NOON = datetime(2026, 11, 24, 12, tzinfo=JAKARTA).timestamp()
MIDNIGHT = datetime(2026, 11, 25, tzinfo=JAKARTA).timestamp()
NIGHT_END = datetime(2026, 11, 25, 4, tzinfo=JAKARTA).timestamp()  # when Anki's day begins
DAY = 86_400

ORDER = 'Array.from(document.querySelectorAll(".options input + span"), one => one.innerText)'
WHY = 'Array.from(document.querySelectorAll(".options .why"), one => one.innerText)'
CHECKED = 'document.querySelectorAll(".options :checked").length'
CHOSEN = 'document.querySelector(".options li:has(:checked)").innerText'
VERDICT = 'document.querySelector(".verdict:not([hidden])")?.innerText'


def _note(number: int) -> str:
    """Two to five options; the second is right."""
    options = "".join(
        f"    pilihan_{place}: Butir {number}{letter}\n    ulasan_{place}: Ulasan {letter}.\n"
        for place, letter in enumerate("ABCDE"[: 2 + number % 4], 1)
    )
    return (
        f"  - id: soal-{number}\n    soal: Soal {number}?\n    jawaban: Butir {number}B\n{options}"
    )


@pytest.fixture(scope="module")
def shown(
    kartu: Callable[..., subprocess.CompletedProcess[str]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, list[Side]]:
    """The style and the 20 cards as the real engine renders them."""
    folder = tmp_path_factory.mktemp("pilihan")
    write_project(folder, DECK + "".join(map(_note, range(COUNT))), base=False)
    for name in ("pilihan-ganda", "_shared"):
        shutil.copytree(ROOT / "templates" / name, folder / "templates" / name)
    done = kartu("build", cwd=folder)
    assert done.returncode == 0, done.stderr
    with collection(folder / "anki") as col:
        import_package(col, folder / "build/pilihan.apkg")
        outputs = [card.render_output() for card in cards(col)]
        sides = [Side(one.question_text, one.answer_text) for one in outputs]
        style = outputs[0].css
    assert len(sides) == COUNT
    return style, sides


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture
def page(chromium: Browser, shown: tuple[str, list[Side]]) -> Browser:
    """The reviewer's page at noon."""
    chromium.set_clock(NOON)
    chromium.open_reviewer(shown[0])
    return chromium


@pytest.fixture
def sides(shown: tuple[str, list[Side]]) -> list[Side]:
    return shown[1]


def _orders(page: Browser, sides: list[Side]) -> list[list[str]]:
    return page.show_each([side.question for side in sides], ORDER)


def test_both_sides_have_one_order(page: Browser, sides: list[Side]) -> None:
    """20 cards in a row on one page: options and reviews of the back stand as on the front."""
    told = page.show_each([one for side in sides for one in side], f"[{ORDER}, {WHY}]")
    for (order, _), (of_back, reviews) in zip(told[::2], told[1::2], strict=True):
        assert of_back == order
        assert reviews == [f"Ulasan {one[-1]}." for one in order]


def test_a_page_for_each_side_has_that_order_too(page: Browser, sides: list[Side]) -> None:
    """Nothing is stored: where the reviewer loads a new page, the order is the same."""
    some = sampled(sides, 4)
    for side, order in zip(some, _orders(page, list(some)), strict=True):
        for one in side:
            page.open_alone(one)
            assert page.run(ORDER) == order


def test_the_order_is_another_one_every_day(page: Browser, sides: list[Side]) -> None:
    """On each of ten days in a row the first option is another one than the day before."""
    before = _orders(page, sides)
    seen = {str(order) for order in before}
    for day in range(1, 11):
        page.set_clock(NOON + day * DAY)
        today = _orders(page, sides)
        assert all(new[0] != old[0] for new, old in zip(today, before, strict=True))
        assert [sorted(order) for order in today] == [sorted(order) for order in before]
        seen |= {str(order) for order in today}
        before = today
    assert len(seen) > COUNT * 4


def test_the_right_option_stands_everywhere(page: Browser, sides: list[Side]) -> None:
    """Over many days each place of a card with five options holds the right one about as often."""
    side = sides[3]
    places = [0] * ANSWERS
    for day in range(60):
        page.set_clock(NOON + day * DAY)
        (order,) = _orders(page, [side])
        places[order.index("Butir 3B")] += 1
    assert all(6 <= count <= 20 for count in places), places


@pytest.mark.parametrize("moment", [MIDNIGHT, NIGHT_END])
def test_a_night_between_the_sides(page: Browser, sides: list[Side], moment: float) -> None:
    """A page that stays keeps order and choice, though a day begins between front and back."""
    for side in sides:
        page.set_clock(moment - 1)
        page.show(side.question)
        order = page.run(ORDER)
        page.press("2")
        page.set_clock(moment + 1)
        page.show(side.answer)
        assert page.run(ORDER) == order
        assert page.run(CHOSEN).startswith(order[1])


def test_midnight_is_no_new_day(page: Browser, sides: list[Side]) -> None:
    """Anki's day ends at four in the morning, and so does the order, on new pages too."""
    for side in sampled(sides[:5], 3):
        orders = []
        for moment in (MIDNIGHT - 1, MIDNIGHT + 1, NIGHT_END - 1, NIGHT_END + 1):
            page.set_clock(moment)
            page.open_alone(side.question)
            orders.append(page.run(ORDER))
        assert orders[0] == orders[1] == orders[2] != orders[3]


@pytest.mark.parametrize("held", ["", "Alt"])
@pytest.mark.parametrize("number", range(1, ANSWERS + 1))
def test_a_digit_chooses(page: Browser, sides: list[Side], number: int, held: str) -> None:
    """1 to 5 choose the option at that place, on the front; the back tells whether it is right.

    With Alt too: Anki's desktop takes the bare digits for itself before the page gets them.
    """
    side = sides[3]
    page.show(side.question)
    page.press("1")
    page.press(str(number), held=held)
    order = page.run(ORDER)
    assert page.run(CHOSEN) == order[number - 1]
    page.show(side.answer)
    right = order[number - 1] == "Butir 3B"
    assert page.run(VERDICT).startswith("✓ Pilihanmu tepat" if right else "✗ Pilihanmu belum")
    assert ("✓ tepat" if right else "✗ pilihanmu") in page.run(CHOSEN)
    assert page.run('document.querySelectorAll(".options .wrong").length') == (not right)
    assert page.run('document.querySelector(".options .right").innerText').split() == [
        *("Butir", "3B", "✓", "tepat", "Ulasan", "B.")
    ]


def test_the_key_is_shown_once(page: Browser, sides: list[Side]) -> None:
    """Each option is on the back once, below the line, with its letter and its review."""
    page.show(sides[3].question)
    page.show(sides[3].answer)
    shown = page.run("document.body.innerText")
    assert all(shown.count(f"Butir 3{letter}") == 1 for letter in "ABCDE")
    assert shown.index("Soal 3?") < shown.index("Butir 3B")
    options = 'document.querySelector(".options")'
    assert page.run(f'document.getElementById("answer").compareDocumentPosition({options})') == 4
    marker = 'getComputedStyle(document.querySelector(".options")).listStyleType'
    assert page.run(marker) == "upper-alpha"


def test_other_keys_choose_nothing(page: Browser, sides: list[Side]) -> None:
    """0, a digit beyond the options, letters and keys with Ctrl stay what they are."""
    page.show(sides[0].question)
    for key in ("0", "3", "9", "a", "Enter"):
        page.press(key)
    page.press("1", held="Ctrl")
    assert page.run(CHECKED) == 0


def test_digits_on_the_back_are_ankis_own(page: Browser, sides: list[Side]) -> None:
    """They change nothing there, on one page or on a page of its own, and nobody listens."""
    for show in (page.show, page.open_alone):
        show(sides[3].question)
        show(sides[3].answer)
        checked = page.run(CHECKED)
        for key in "12345":
            page.press(key)
        assert page.run(CHECKED) == checked == 0
        assert page.listeners("keydown") == 0


def test_a_finger_chooses(page: Browser, sides: list[Side]) -> None:
    """A tap anywhere on an option chooses it, another one changes the choice."""
    page.show(sides[3].question)
    for place in (3, 1):
        page.tap(f'document.querySelectorAll(".options li")[{place}]')
        assert page.run(CHOSEN) == page.run(ORDER)[place]
        assert page.run(CHECKED) == 1


def test_a_tap_on_an_option_is_no_gesture(page: Browser, sides: list[Side]) -> None:
    """All of an option is marked as phones ask for it: elsewhere a tap may show the answer."""
    page.show(sides[3].question)
    assert page.run('document.querySelectorAll(".options li > .tappable").length') == ANSWERS
    free = """Array.from(document.querySelectorAll(".options li"), item =>
        item.clientHeight - item.firstChild.offsetHeight + item.clientWidth
        - item.firstChild.offsetWidth)"""
    assert max(page.run(free)) == 0


def test_arrows_choose(page: Browser, sides: list[Side]) -> None:
    """Tab and arrow keys work as on any group of choices, and what has the focus is framed."""
    page.show(sides[3].question)
    page.run('document.querySelector(".options input").focus()')
    page.call("Input.dispatchKeyEvent", type="keyDown", key="ArrowDown", windowsVirtualKeyCode=40)
    assert page.run(CHOSEN) == page.run(ORDER)[1]
    framed = 'getComputedStyle(document.querySelector("li:focus-within")).outlineStyle'
    assert page.run(framed) == "solid"


def test_options_are_large_and_fit(page: Browser, sides: list[Side]) -> None:
    """On a screen of 320 pixels a target is 44 high or more, and nothing is wider than it."""
    for side in sides[3]:
        page.show(side)
        heights = (
            'Array.from(document.querySelectorAll("label"), e => e.getBoundingClientRect().height)'
        )
        assert min(page.run(heights)) >= 44
        assert page.run("document.documentElement.scrollWidth") <= 320


def test_without_a_choice_the_back_explains_all(page: Browser, sides: list[Side]) -> None:
    """No verdict and nothing checked; so it is too where the page of the front is gone."""
    page.show(sides[3].question)
    page.show(sides[3].answer)
    assert (page.run(VERDICT), page.run(CHECKED)) == (None, 0)
    page.show(sides[3].question)
    page.press("1")
    page.open_alone(sides[3].answer)
    assert (page.run(VERDICT), page.run(CHECKED)) == (None, 0)
    assert len(page.run(WHY)) == ANSWERS


@pytest.mark.parametrize("reviewed", [(), (4,), (1, 3)])
def test_reviews_are_optional(page: Browser, sides: list[Side], reviewed: tuple[int, ...]) -> None:
    """The back lists the reviews that there are, in the day's order, and marks all options."""
    back = sides[3].answer
    for number in {*range(1, ANSWERS + 1)} - {*reviewed}:
        back = re.sub(rf'<li data-number="{number}"><b>.*?</li>', "", back)
    page.show(sides[3].question)
    page.press("1")
    shown = page.run(ORDER)
    page.show(back)
    letters = ["ABCDE"[number - 1] for number in reviewed]
    assert page.run(WHY) == [f"Ulasan {one[-1]}." for one in shown if one[-1] in letters]
    assert page.run('document.querySelector(".options .right").innerText').startswith("Butir 3B")
    assert page.run(VERDICT) is not None


def test_an_answer_that_is_no_option_judges_nothing(page: Browser, sides: list[Side]) -> None:
    """After a slip in the answer the back explains all options, and calls no choice wrong."""
    page.show(sides[3].question)
    page.press("1")
    page.show(sides[3].answer.replace('<h1 class="term">Butir', '<h1 class="term">Botir'))
    assert page.run(CHECKED) == 1
    assert page.run(VERDICT) is None
    assert page.run('document.querySelectorAll(".mark").length') == 0


def test_a_choice_is_forgotten(page: Browser, sides: list[Side]) -> None:
    """It belongs to one showing of one card: not to the next card, nor to the same one again."""
    page.show(sides[3].question)
    page.press("1")
    page.show(sides[7].answer)
    assert page.run(CHECKED) == 0
    page.show(sides[3].question)
    page.show(sides[3].answer)
    assert page.run(CHECKED) == 0


def test_cards_leave_nothing_behind(page: Browser, sides: list[Side]) -> None:
    """After 20 cards there is no new global name and one listener; after another card none acts."""
    names = "Object.getOwnPropertyNames(window).sort().join()"
    before = page.run(names)
    for side in sides:
        page.show(side.question)
        assert page.listeners("keydown") == 1
        page.show(side.answer)
        page.show(side.question)
    assert page.run(names) == before
    page.show("<p>Another note type</p>")
    memory = page.run("document.documentElement.dataset.kartu")
    page.press("1")
    assert page.listeners("keydown") == 0
    assert page.run("document.documentElement.dataset.kartu") == memory


def test_without_scripts_it_is_a_list_to_read(page: Browser, sides: list[Side]) -> None:
    """All options in the author's order, on the back with answer and reviews; nothing is hidden."""
    page.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        read = []
        for side in sides[3]:
            page.open_alone(side)
            document = page.call("DOM.getDocument", depth=-1)["root"]["nodeId"]
            html = page.call("DOM.getOuterHTML", nodeId=document)["outerHTML"]
            text = re.sub(r"<script>.*?</script>|<[^>]+>", " ", html, flags=re.DOTALL)
            read.append(" ".join(text.split()))
    finally:
        page.call("Emulation.setScriptExecutionDisabled", value=False)
    assert read[0].endswith("Butir 3A Butir 3B Butir 3C Butir 3D Butir 3E")
    assert "Butir 3E Butir 3B Butir 3A Ulasan A. Butir 3B Ulasan B." in read[1]
