"""Makes the pictures of READMEs and docs: every note type in every theme and mode, and on paper.

    python tests/pictures.py [FOLDER]

Without a folder they go into docs/pictures/. Each theme and mode has a sheet: a row a note type, in
it a front and a back on a phone, the back on a small phone, and on a wide screen. Of what
`kartu print` makes there is a page of each kind.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from support.axe import reviewer  # noqa: E402
from support.browser import Browser  # noqa: E402
from support.displayed_cards import MODES, THEMES, DisplayedCard, all_cards  # noqa: E402
from support.paper import printed  # noqa: E402
from support.program import ROOT  # noqa: E402

from kartu.show.paper.options import PrintOptions  # noqa: E402
from kartu.show.paper.run import print_deck  # noqa: E402

FOLDER = ROOT / "docs/pictures"

# Of a row: the side, and the window's width and height.
ROW = (("question", 390, 700), ("answer", 390, 700), ("answer", 320, 700), ("answer", 1200, 700))

# What the READMEs show: cards that say what the deck is about.
SHOWN = (
    "asean",
    "gambar-keanggotaan-asean",
    "ujian-jenis-perjanjian-dagang",
    "kamboja-masuk-asean",
)

# Of paper: what is chosen, and under which names which of its pages is shown.
PAPER: tuple[tuple[dict[str, Any], dict[str, int]], ...] = (
    ({"subdecks": ("05 Latihan Ujian",)}, {"print-front": 0, "print-back": 1}),
    ({"subdecks": ("04 Perdagangan dan Pembangunan",), "kind": "handout"}, {"print-handout": 0}),
    ({"kind": "test", "language": "en", "seed": 7}, {"print-test": 0, "print-key": -1}),
)


def main(folder: Path) -> None:
    """Writes all sheets, and prints what they weigh."""
    folder.mkdir(parents=True, exist_ok=True)
    on_paper(folder)
    with reviewer() as page:
        for theme in THEMES:
            cards = all_cards(theme)
            for mode in MODES:
                rows = [
                    [_shot(page, card, mode, *cell) for cell in ROW] for card in _one_a_type(cards)
                ]
                _write(page, folder / f"{theme}-{mode}.webp", rows, scale=0.27, quality=16)
        for theme in THEMES:
            chosen = [_named(all_cards(theme), name) for name in SHOWN]
            rows = [[_shot(page, card, mode, *ROW[1]) for card in chosen] for mode in MODES]
            _write(page, folder / f"{theme}.webp", rows, scale=0.5, quality=30)
    for path in sorted(folder.glob("*.*")):
        print(f"{path.stat().st_size:7} {path.name}")


def on_paper(folder: Path) -> None:
    """Writes the pages of PAPER, in sixteen greys."""
    for chosen, shown in PAPER:
        with tempfile.TemporaryDirectory() as place:
            out = Path(place) / "kartu.pdf"
            url = "https://contoh.sch.id/kartu/"
            print_deck(PrintOptions(ROOT, "kerja-sama-internasional", url=url, out=out, **chosen))
            pages = printed(out)
        for name, number in shown.items():
            page = pages[number].ink(100).quantize(16)
            page.save(folder / f"{name}.png", optimize=True)


def _one_a_type(cards: Iterable[DisplayedCard]) -> list[DisplayedCard]:
    """Of each note type the card with the longest back."""
    longest = sorted(cards, key=lambda one: len(one.side.answer))
    return sorted({one.note_type: one for one in longest}.values(), key=lambda one: one.note_type)


def _named(cards: Iterable[DisplayedCard], note: str) -> DisplayedCard:
    return next(card for card in cards if card.note == note)


def _shot(page: Browser, card: DisplayedCard, mode: str, side: str, width: int, height: int) -> str:
    """One side as an <img> element."""
    page.resize(width, height)
    page.open_reviewer(card.css, MODES[mode])
    page.show(card.side.question)
    page.press("1")  # a choice, where there is one to make
    page.show(getattr(card.side, side))
    page.run("Promise.all(Array.from(document.images, (one) => one.decode()))")
    image = page.call("Page.captureScreenshot", format="png")["data"]
    return f'<img src="data:image/png;base64,{image}" width="{width}" height="{height}">'


def _write(page: Browser, path: Path, rows: list[list[str]], *, scale: float, quality: int) -> None:
    """The rows as one picture."""
    style = "body { margin: 0; display: inline-block; background: #8a8a8a } img { margin: 12px }"
    body = "".join(f'<div style="white-space: nowrap">{"".join(row)}</div>' for row in rows)
    page.resize(2600, 900)
    page.open_page(f"<!doctype html><style>{style}</style><body>{body}")
    page.run("Promise.all(Array.from(document.images, (one) => one.decode()))")
    box = page.run("document.body.getBoundingClientRect().toJSON()")
    clip = {"x": 0, "y": 0, "width": box["width"], "height": box["height"], "scale": scale}
    page.save_picture(path, clip, quality)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
