"""What cards cost: bytes of style and templates, and the time until an answer is painted.

    python tests/benchmarks/cards.py [ROUNDS]

Times are medians in Chromium, from handing the answer side of a note type's longest card to the
page to the frame after it was laid out and painted.
"""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent.parent)]

from support.axe import reviewer  # noqa: E402
from support.browser import Browser  # noqa: E402
from support.displayed_cards import THEMES, DisplayedCard, all_cards, note_types, one_of_each  # noqa: E402

# Two frames: the first is drawn after the change, the second tells that it was.
PAINTED = """new Promise((done) => {
  const begin = performance.now();
  show(%s);
  Promise.all(Array.from(document.images, (one) => one.decode().catch(() => 0))).then(() =>
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begin))));
})"""


def main(rounds: int) -> None:
    """Prints a line a note type."""
    heaviest = {one.note_type: one for one in _by_weight(one_of_each(all_cards()))}
    print(f"{'bytes of':16}{'style':>8}{'front':>8}{'back':>8}{'together':>10}{'painted':>12}")
    with reviewer() as page:
        for theme in THEMES:
            print(theme)
            for one in note_types(theme):
                sides = [(len(card.front.encode()), len(card.back.encode())) for card in one.cards]
                front, back = max(sides, key=sum)
                style = len(one.css.encode())
                time = _time(page, heaviest[one.source.id]._replace(css=one.css), rounds)
                print(
                    f"  {one.source.id:14}{style:8}{front:8}{back:8}{style + front + back:10}"
                    f"{time:9.1f} ms"
                )


def _by_weight(cards: list[DisplayedCard]) -> list[DisplayedCard]:
    return sorted(cards, key=lambda one: len(one.side.answer))


def _time(page: Browser, card: DisplayedCard, rounds: int) -> float:
    """The median in milliseconds."""
    page.resize(390, 844)
    page.open_reviewer(card.css)
    taken: list[float] = []
    for _ in range(rounds):
        page.show(card.side.question)
        taken.append(page.run(PAINTED % json.dumps(card.side.answer)))
    return statistics.median(taken)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
