"""What axe-core and a few measurements of our own say of a card in Chromium."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest

from kartu.anki.show import Side
from support.browser import CHROMIUM, Browser, browser
from support.displayed_cards import (
    MODES,
    THEMES,
    WIDTHS,
    DisplayedCard,
    all_cards,
    one_of_each,
    write_media,
)
from support.sampling import WHOLE, sampled

# A wheel that brings axe.min.js; its Playwright is not needed.
_AXE = find_spec("axe_playwright_python")
needs_axe = pytest.mark.skipif(
    not CHROMIUM or _AXE is None,
    reason="pip install --no-deps axe-playwright-python==0.1.8, and Chromium",
)

# The rule for 7:1 tells only of what has 4.5:1, the usual rule of what has less: both are needed.
# All rules for what stands in the card; the page around it is Anki's, and so is the play button.
# Nothing is loaded from elsewhere, so that nothing has to be waited for.
_RUN = """axe.run(
  {include: ["#qa"], exclude: [".replay-button"]},
  {preload: false, resultTypes: ["violations"], rules: {
    "color-contrast-enhanced": {enabled: true}, "target-size": {enabled: true}}}
).then(({violations}) => violations.flatMap((rule) => rule.nodes.map(
  (node) => `${rule.id}: ${node.html.slice(0, 100)} ${node.any.map((one) => one.message)}`)))"""

# What a finger must hit is 44 px high; nothing goes out at the side; nothing moves.
_MEASURE = """(() => {
  const faults = [];
  const all = Array.from(document.querySelectorAll("#qa *"));
  for (const one of all.filter((one) => one.matches("a, button, input, label, summary, select"))) {
    const box = (one.closest("label") || one).getBoundingClientRect();
    const height = one.matches("a") ? Array.from(one.getClientRects())
      .reduce((most, box) => Math.max(most, box.height), 0) : box.height;
    const shown = one.outerHTML.slice(0, 80);
    if (box.width && height < 44) faults.push(`target of ${height} px: ${shown}`);
  }
  const {scrollWidth, clientWidth} = document.documentElement;
  if (scrollWidth > clientWidth) faults.push(`${scrollWidth} px wide, not ${clientWidth}`);
  for (const one of all) {
    const style = getComputedStyle(one);
    if (style.animationName !== "none" || parseFloat(style.transitionDuration) > 0)
      faults.push(`moves: ${one.outerHTML.slice(0, 80)}`);
  }
  if (!document.querySelector("#qa section[lang][aria-label]")) faults.push("no labelled section");
  return faults;
})()"""


# What is folded is looked at as well.
_UNFOLD = 'document.querySelectorAll("details").forEach((one) => { one.open = true; })'


@cache
def axe_script() -> str:
    """axe-core, for the console of a page."""
    assert _AXE is not None
    return Path(str(_AXE.origin)).with_name("axe.min.js").read_text("utf-8")


class Look(NamedTuple):
    """One way to see a card."""

    theme: str
    mode: str
    width: int


LOOKS = [Look(theme, mode, width) for theme in THEMES for mode in MODES for width in WIDTHS]


@contextmanager
def reviewer() -> Iterator[Browser]:
    """A browser whose pages find the pictures of the cards."""
    with browser() as opened:
        write_media(opened.folder)
        yield opened


def sample() -> Iterator[tuple[Look, DisplayedCard]]:
    """The longest card of each template in every look; a sample has all of each kind."""
    for number, look in enumerate(sampled(LOOKS, 7)):
        cards = one_of_each(all_cards(look.theme))
        for card in cards if WHOLE else cards[number % 3 :: 3]:
            yield look, card


def every_card() -> Iterator[tuple[Look, DisplayedCard]]:
    """Every card on a phone at night, without a choice of theme; a sample where tests are quick."""
    for card in sampled(all_cards(""), 100):
        yield Look("", "night", 320), card


def everything() -> Iterator[tuple[Look, DisplayedCard]]:
    """Every card in every look."""
    for look in LOOKS:
        for card in all_cards(look.theme):
            yield look, card


def findings(
    page: Browser,
    wanted: Iterable[tuple[Look, DisplayedCard]],
    *,
    audited: tuple[str, ...] = Side._fields,
    measured: tuple[str, ...] = Side._fields,
    ankidroid: str = "",
) -> Iterator[str]:
    """What axe-core finds on the `audited` sides of the cards, and the measurements on `measured`.

    Each card is in its look; `ankidroid` takes the page of AnkiDroid with these classes in place
    of the desktop's.
    """
    for look, cards in by_look(wanted).items():
        page.resize(look.width)
        if ankidroid:
            page.open_ankidroid(mode=f"{MODES[look.mode]} {ankidroid}")
        else:
            page.open_reviewer(mode=MODES[look.mode])
        if audited:
            page.run(axe_script() + "\n0")
        for card in styled(page, cards):
            for side in Side._fields:
                scripts = [*[_RUN] * (side in audited), *[_MEASURE] * (side in measured)]
                if scripts:
                    page.show(getattr(card.side, side))
                    page.run(_UNFOLD)
                for finding in itertools.chain.from_iterable(map(page.run, scripts)):
                    yield f"{card.note_type} {card.note} ({card.card}), {side}, {look}: {finding}"


def by_look(wanted: Iterable[tuple[Look, DisplayedCard]]) -> dict[Look, list[DisplayedCard]]:
    """The cards that the page of one look shows."""
    pages: dict[Look, list[DisplayedCard]] = {}
    for look, card in wanted:
        pages.setdefault(look, []).append(card)
    return pages


def styled(page: Browser, cards: Iterable[DisplayedCard]) -> Iterator[DisplayedCard]:
    """The cards, each when the open page has its style."""
    style = ""
    for card in sorted(cards, key=lambda card: card.css):
        if card.css != style:
            page.restyle(style := card.css)
        yield card
