"""Every card for everyone: axe-core in Chromium, and what it does not measure.

Without Chromium or axe-core these tests are left out, and pytest says so. All cards in all looks
are tried by `python tests/all_looks.py`, which takes some minutes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from support.axe import Look, every_card, findings, needs_axe, reviewer, sample, styled
from support.browser import Browser
from support.displayed_cards import MODES, DisplayedCard, all_cards, one_of_each
from support.sampling import WHOLE, sampled

from kartu.anki.show import Side

pytestmark = needs_axe


LONG = "Donaudampfschifffahrtsgesellschaft" * 6
PHONE = Look("", "light", 320)

WRONG = """<section class="kartu" lang="id" aria-label="Soal">
<p style="color: #767676">pale</p><p style="color: #666666">quiet</p>
<p><a href="#">small</a></p><img src="x.png">
<p style="width: 500px">wide</p></section>"""

MOVING = '<p style="transition: all 1s">moving</p>'


@pytest.fixture(scope="module")
def page() -> Iterator[Browser]:
    with reviewer() as opened:
        yield opened


def test_every_template_in_every_look(page: Browser) -> None:
    """The longest card of each, light and night, at three widths, in all themes.

    Both sides are measured; axe-core sees the answer, which holds the question as well.
    """
    assert list(findings(page, sample(), audited=("answer",))) == []


def test_what_only_questions_have(page: Browser) -> None:
    """Boxes to type into and options to choose, on a phone by day and by night; in .ci/run all
    questions."""
    cards = [
        card
        for card in one_of_each(all_cards())
        if WHOLE or re.search('<input|class="options"', card.side.question)
    ]
    looks = sampled([PHONE, Look("", "night", 320)], 2)
    wanted = [(look, card) for look in looks for card in cards]
    assert len(wanted) > 1
    assert list(findings(page, wanted, audited=("question",), measured=())) == []


def test_every_card(page: Browser) -> None:
    """At night on a small phone; the answer side, which holds the question as well."""
    assert list(findings(page, every_card(), audited=("answer",), measured=("answer",))) == []


@pytest.mark.parametrize(
    ("mode", "classes"),
    sampled(
        [
            ("night", "ankidroid_dark_mode"),
            ("light", "ankidroid_plain_mode vertically_centered"),
            ("night", "vertically_centered"),
        ],
        3,
    ),
)
def test_the_page_of_ankidroid(page: Browser, mode: str, classes: str) -> None:
    """Its frame, classes and own style leave the colours and the width of the cards alone."""
    cards = sampled(one_of_each(all_cards()), 5)
    look = Look("", mode, 320)
    wanted = [(look, card) for card in cards]
    assert list(findings(page, wanted, audited=("answer",), ankidroid=classes)) == []
    colours = []
    for opened in (page.open_ankidroid, page.open_reviewer):
        opened(mode=MODES[mode])
        for card in styled(page, cards):
            page.show(card.side.answer)
            colours.append((card, page.run(COLOURS)))
    assert colours[: len(cards)] == colours[len(cards) :]


COLOURS = """Array.from(document.querySelectorAll("body, #typeans, [class^=type]"), (one) => {
  const style = getComputedStyle(one);
  return `${one.className && one.tagName} ${style.color} ${style.backgroundColor}`;
})"""


def test_the_measure_finds_what_is_wrong(page: Browser) -> None:
    """Pale text, a picture without a text, small targets, width, motion, no landmark: all told."""
    card = all_cards()[0]._replace(side=Side(WRONG, MOVING))
    told = " ".join(findings(page, [(PHONE, card)]))
    for word in (
        "color-contrast:",
        "color-contrast-enhanced:",
        "image-alt",
        "target of",
        "px wide",
        "moves",
    ):
        assert told.count(word) == 1, word
    assert told.count("no labelled section") == 1


@pytest.mark.parametrize("direction", sampled(["rtl", "ltr"], 2))
def test_long_words_stay_in_the_window(page: Browser, direction: str) -> None:
    """With words of 200 letters everywhere, from left to right or right to left."""
    cards = [(PHONE, _stretched(one, direction)) for one in one_of_each(all_cards())]
    assert [told for told in findings(page, cards, audited=()) if "px wide" in told] == []


def _stretched(card: DisplayedCard, direction: str) -> DisplayedCard:
    """Each word between two elements grown long; scripts stay."""
    grown = [re.sub(r"(?<=>)([^<>]*\w[^<>]*)(?=</(?!s)|<img)", LONG, side) for side in card.side]
    assert all(LONG in side for side in grown)
    turned = [re.sub(r'lang="\w+"', f'lang="ar" dir="{direction}"', side) for side in grown]
    return card._replace(side=Side(*turned))


def test_nothing_jumps(page: Browser) -> None:
    """On the answer side the question begins where it began."""
    for card in displayed(page):
        places = []
        for side in card.side:
            page.show(side)
            page.run("Promise.all(Array.from(document.images, (one) => one.decode()))")
            places.append(page.run(f"JSON.stringify({FIRST}.getBoundingClientRect())"))
        assert places[0] == places[1], card


def displayed(page: Browser) -> Iterator[DisplayedCard]:
    """The longest card of each template, when a page with its style is open."""
    page.open_reviewer()
    return styled(page, one_of_each(all_cards()))


FIRST = 'document.querySelector(".question > *")'


def test_the_focus_is_seen(page: Browser) -> None:
    """Whoever goes through a card by keyboard sees where they are."""
    stops = 0
    for card in sampled(one_of_each(all_cards()), 4):
        page.open_reviewer(card.css)  # anew: where one was on the last card counts for the keyboard
        for side in card.side:
            page.show(side)
            count = page.run('document.querySelectorAll("a[href], button, input:enabled").length')
            for _ in range(min(count, 3)):
                page.press("Tab")
                shown = page.run(FOCUS)
                assert shown in ("solid 3px", None), (card, shown)
                stops += shown is not None
    assert stops > 10


FOCUS = """(() => {
  const focused = document.activeElement;
  if (focused === document.body) return null; // options are one stop together
  const outlined = focused.closest(".choices label, .options:not(.statements) li") || focused;
  const style = getComputedStyle(outlined);
  return `${style.outlineStyle} ${style.outlineWidth}`;
})()"""


def test_nothing_is_told_by_colour_alone(page: Browser) -> None:
    """Gaps are bold and in brackets, links underlined, right and wrong have words and lines."""
    for card in displayed(page):
        page.show(card.side.answer)
        assert page.run(PLAIN) == [], card


PLAIN = """(() => {
  const look = (selector, ...names) => Array.from(document.querySelectorAll(selector), (one) => {
    const style = getComputedStyle(one);
    return names.map((name) => style[name]).join(" ");
  });
  const weights = look(".cloze, .gap", "fontWeight").filter((weight) => weight < 700);
  const links = look("#qa a:not(.replay-button)", "textDecorationLine")
    .filter((line) => line !== "underline");
  const typed = [".typeGood", ".typeBad", ".typeMissed"].flatMap((one) =>
    look(one, "borderBottomStyle", "textDecorationLine").slice(0, 1));
  return [...weights, ...links, ...(new Set(typed).size < typed.length ? typed : [])];
})()"""
