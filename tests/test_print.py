"""`kartu print`, cards: the PDF is read and drawn again, and measured as paper would be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.paper import (
    Box,
    PrintedPage,
    printed,
    require_pango,
    squeezed,
    turned,
)
from support.program import ROOT
from support.projects import write_project
from support.real_decks import DECK, real_cache, real_deck
from support.sampling import WHOLE

from kartu.show.paper.choice import chosen_notes, edition_of
from kartu.show.paper.markup import text_of
from kartu.show.paper.options import PrintOptions, PrintResult
from kartu.show.paper.run import print_deck
from kartu.show.paper.sides import PaperCard, paper_cards

# How far a printer's two sides may be apart: nothing is nearer to the knife.
SAFE = 3.5

# Six note types and a covered picture; where tests run whole, two subdecks with all.
CHOSEN: dict[str, tuple[str, ...]] = (
    {"subdecks": ("01 Pengertian, Bentuk, dan Manfaat", "05 Latihan Ujian")}
    if WHOLE
    else {"tags": ("tema::politik-luar-negeri",)}
)

# With the card that tells of the deck, one more than fills sheets of 2x4 and 2x2.
NOTES = "note_type: dasar\nnotes:\n" + "".join(
    f"  - {{id: n{n}, depan: Depan {n}, belakang: Belakang {n}}}\n" for n in range(1, 17)
)

DUPLEX = [
    ("A4", "2x4", "long-edge"),
    ("A4", "3x3", "short-edge"),
    ("Letter", "3x3", "long-edge"),
    ("A4", "2x2", "long-edge"),
    ("Letter", "2x4", "short-edge"),
]


@pytest.fixture(autouse=True)
def _pango() -> None:
    require_pango()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the PDFs lie."""
    return tmp_path_factory.mktemp("paper")


@pytest.fixture(scope="module")
def small(folder: Path) -> Path:
    """A project of sixteen cards."""
    return write_project(folder / "small", f"--- cards/contoh/kartu.yaml\n{NOTES}")


def print_cards(
    folder: Path, root: Path, deck: str, **chosen: object
) -> tuple[PrintResult, list[PrintedPage]]:
    """A deck on paper."""
    out = folder / "kartu.pdf"
    options = PrintOptions(root, deck, out=out, cache=real_cache(), **chosen)  # type: ignore[arg-type]
    result = print_deck(options)
    assert [one for one in result.diagnostics if one.code in ("too-long-for-paper",)] == []
    return result, printed(out)


@pytest.fixture(scope="module")
def real_cards() -> list[PaperCard]:
    """The chosen cards of the real deck, as they are numbered there."""
    built = real_deck()
    edition = edition_of(built, "")
    subdecks, tags = CHOSEN.get("subdecks", ()), CHOSEN.get("tags", ())
    return list(paper_cards(built, chosen_notes(built, edition, subdecks, tags)))


@pytest.fixture(scope="module")
def on_paper(folder: Path) -> tuple[PrintResult, list[PrintedPage]]:
    """These cards as they are printed without any other choice."""
    return print_cards(folder, ROOT, DECK, **CHOSEN)


def number_in(page: PrintedPage, cell: Box) -> int | None:
    """The number below a card; None for an empty cell and for the card that tells of the deck."""
    found = re.search(r"(\d+)$", page.text(cell).strip().rpartition("\n")[2])
    return int(found[1]) if found and "Versi" not in page.text(cell) else None


def numbers(page: PrintedPage) -> dict[Box, int]:
    """What number is in which cell."""
    found = {cell: number_in(page, cell) for cell in page.cells}
    return {cell: number for cell, number in found.items() if number is not None}


def has_all(text: str, wanted: str) -> bool:
    """Whether all letters are there in their order, perhaps with list marks between."""
    left = iter(squeezed(text))
    return all(letter in left for letter in squeezed(wanted))


def test_every_card_is_on_paper_once_and_whole(
    on_paper: tuple[PrintResult, list[PrintedPage]], real_cards: list[PaperCard]
) -> None:
    """Each card has one front and one back, with all its words on them."""
    result, pages = on_paper
    assert result.cards == len(real_cards)
    for side in (0, 1):
        seen = []
        for page in pages[side::2]:
            for cell, number in numbers(page).items():
                card = real_cards[number - 1]
                wanted = text_of(card.back if side else card.front)
                assert has_all(page.text(cell), wanted), (number, page.text(cell), wanted)
                seen.append(number)
            for letter in page.letters():
                assert letter.box.bottom > page.height - 10 or any(
                    cell.left + SAFE < letter.box.left
                    and letter.box.right < cell.right - SAFE
                    and cell.top + SAFE < letter.box.top
                    and letter.box.bottom < cell.bottom - SAFE
                    for cell in page.cells
                ), letter
        assert sorted(seen) == list(range(1, len(real_cards) + 1))


@pytest.mark.parametrize(("paper", "grid", "edge"), DUPLEX)
def test_backs_lie_behind_their_fronts(
    folder: Path, small: Path, paper: str, grid: str, edge: str
) -> None:
    """Turned over its edge, the back shows each number where the front has it, between the same
    marks to a tenth of a millimetre."""
    _, pages = print_cards(folder, small, "contoh", paper=paper, grid=grid, backs=edge)
    assert len(pages) % 2 == 0
    seen: list[int] = []
    for front, back in zip(pages[::2], pages[1::2], strict=True):
        assert (front.width, front.height) == (back.width, back.height)
        turned_cells = [turned(cell, back, edge) for cell in front.cells]
        there = back.cells
        for cell in turned_cells:
            nearest = min(
                there, key=lambda one: abs(one.left - cell.left) + abs(one.top - cell.top)
            )
            assert nearest == pytest.approx(cell, abs=0.1)
        expected = {number: turned(cell, back, edge) for cell, number in numbers(front).items()}
        found = {number: cell for cell, number in numbers(back).items()}
        assert found.keys() == expected.keys()
        seen += sorted(found)
        for number, cell in found.items():
            assert cell == pytest.approx(expected[number], abs=0.1), number
    assert seen == list(range(1, 17))
    columns, rows = map(int, grid.split("x"))
    assert len(pages[0].cells) == columns * rows


def test_the_knife_meets_no_ink(on_paper: tuple[PrintResult, list[PrintedPage]]) -> None:
    """Beside each cut it is white on both sides, pictures and covered places included."""
    _, pages = on_paper
    for page in pages:
        marks = page.marks
        for x in marks.across:
            for left, right in ((x - SAFE, x - 0.3), (x + 0.3, x + SAFE)):
                for top, bottom in zip(marks.down, marks.down[1:], strict=False):
                    assert page.is_white(Box(left, top + 0.3, right, bottom - 0.3))
        for y in marks.down:
            for top, bottom in ((y - SAFE, y - 0.3), (y + 0.3, y + SAFE)):
                for left, right in zip(marks.across, marks.across[1:], strict=False):
                    below = y == marks.down[-1] and top > y  # there stands which sheet this is
                    assert below or page.is_white(Box(left + 0.3, top, right - 0.3, bottom))


def test_folded_cards_have_their_back_beside_them(folder: Path, small: Path) -> None:
    """With `--backs fold` a cell is a whole card, and in its middle is where it is folded."""
    result, pages = print_cards(folder, small, "contoh", backs="fold")
    seen = []
    for page in pages:
        for cell in page.cells:
            middle = (cell.left + cell.right) / 2
            front = number_in(page, cell._replace(right=middle))
            assert front == number_in(page, cell._replace(left=middle))
            if front is not None:
                seen.append(front)
                assert page.is_white(
                    Box(middle - SAFE, cell.top + 0.3, middle - 0.3, cell.bottom - 0.3)
                )
                assert not page.is_white(Box(middle - 0.3, cell.top, middle + 0.3, cell.bottom))
    assert sorted(seen) == list(range(1, result.cards + 1))
    assert seen


def test_a_drawing_stays_a_drawing(on_paper: tuple[PrintResult, list[PrintedPage]]) -> None:
    """The deck's pictures are lines on paper, not dots, and what is covered is."""
    _, pages = on_paper
    assert [page.pictures() for page in pages] == [[]] * len(pages)
    covered = next(page for page in pages if "yang tertutup" in page.text())
    assert ("Multilateral" if WHOLE else "Konstitusional") in covered.text()
