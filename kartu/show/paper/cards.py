"""Cards to cut out: sheets of fronts and of their backs, with crop marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, NamedTuple

from kartu.core.language import _
from kartu.core.model import subdeck_of
from kartu.core.progress import Progress
from kartu.show.paper.about import About
from kartu.show.paper.engine import Engine, Size
from kartu.show.paper.fit import Fitted, fitted, sized
from kartu.show.paper.markup import as_html
from kartu.show.paper.sheet import Box, Layout, Line
from kartu.show.paper.sides import PaperCard, back_with_letter

# From the edge of a cell to its text: a printer may shift the two sides by two millimetres.
_PADDING = 5.0
# Below the text: the subdeck and the number, which match a front with its back.
_LABEL = 4.0
_BATCH = 8


class Face(NamedTuple):
    """What is printed on a card: its two sides, and a label below each."""

    front: str
    back: str
    label: tuple[str, str]


class Sheets(NamedTuple):
    """The rendered sheets; indexes of the faces on larger cells, and of those left out."""

    documents: list[Any]
    larger: list[int]
    left_out: list[int]


class _Located(NamedTuple):
    face: Face
    front: Fitted
    back: Fitted


def face_of(card: PaperCard, about: About) -> Face:
    """Returns what is printed on a card of the deck."""
    label = (str(subdeck_of(about.deck, card.note.source)), str(card.number))
    return Face(as_html(card.front), as_html(back_with_letter(card)), label)


def title_face(about: About) -> Face:
    """Returns the title card: what the deck is, and on its back its owners and its address."""
    lines = "".join(f"<p>{escape(line)}</p>" for line in about.lines())
    owners = "".join(f"<p>{escape(line)}</p>" for line in about.owners())
    front = f'<div class="front"><p class="term">{escape(about.name)}</p>{lines}</div>'
    return Face(front, f'<div class="back">{about.address()}{owners}</div>', ("", ""))


def sheets(
    engine: Engine,
    faces: Sequence[Face],
    layout: Layout,
    words: dict[str, str],
    progress: Progress,
) -> Sheets:
    """Renders all faces, in their order; those that do not fit `layout` on larger cells."""
    remaining = list(range(len(faces)))
    larger: list[int] = []
    pages: list[str] = []
    for one in (layout, *layout.larger()):
        placed = _placed(engine, [faces[n] for n in remaining], one, progress)
        fitting = [place for place in placed if place is not None]
        larger += [
            n for n, place in zip(remaining, placed, strict=True) if place and one is not layout
        ]
        remaining = [n for n, place in zip(remaining, placed, strict=True) if place is None]
        pages += _pages(fitting, one, words, len(pages))
        if not remaining:
            break
    documents = []
    paper = layout.paper
    style = f"@page {{ size: {paper.width}mm {paper.height}mm; margin: 0 }}"
    for start in range(0, len(pages), _BATCH):
        progress(_("sheets: page {number} of {pages}", number=start + 1, pages=len(pages)))
        documents.append(engine.render("".join(pages[start : start + _BATCH]), style))
    return Sheets(documents, sorted(larger), remaining)


def _placed(
    engine: Engine, faces: Sequence[Face], layout: Layout, progress: Progress
) -> list[_Located | None]:
    width, height = layout.cell
    room = Size(width - 2 * _PADDING, height - 2 * _PADDING - _LABEL)
    both = [side for face in faces for side in (face.front, face.back)]
    sides = iter(fitted(engine, both, room, progress))
    return [
        _Located(face, front, back) if front is not None and back is not None else None
        for face, front, back in zip(faces, sides, sides, strict=True)
    ]


def _pages(
    cards: Sequence[_Located], layout: Layout, words: dict[str, str], before: int
) -> Iterator[str]:
    """Yields the pages of the cards; `before` is the number of pages before them."""
    places = layout.places()
    sides = 1 if layout.folded else 2
    for start in range(0, len(cards), len(places)):
        sheet = list(zip(cards[start : start + len(places)], places, strict=False))
        number = (before + start // len(places) * sides) // sides + 1
        fronts = "".join(
            _cell(box, card.front, card.face.label, center=True) for card, (box, _) in sheet
        )
        backs = "".join(_cell(box, card.back, card.face.label) for card, (_, box) in sheet)
        text = words["sheet"].format(number=number)
        if layout.folded:
            yield _page(layout, fronts + backs, f"{text}: {words['fold']}", front=True)
        else:
            line = f"{text}, {words['front']}: {words[layout.backs]}"
            yield _page(layout, fronts, line, front=True)
            yield _page(layout, backs, f"{text}, {words['back']}", front=False)


def _cell(box: Box, side: Fitted, label: tuple[str, str], *, center: bool = False) -> str:
    room = box.height - 2 * _PADDING - _LABEL
    top = box.top + _PADDING + (max(0.0, (room - side.height) / 2) if center else 0)
    left, width = box.left + _PADDING, box.width - 2 * _PADDING
    label_top = box.top + box.height - _PADDING - _LABEL + 1
    where, number = map(escape, label)
    return (
        f'<div class="at" style="left: {left}mm; top: {top:.3f}mm; width: {width}mm">'
        f"{sized(side.html, side.points)}</div>"
        f'<div class="at label" style="left: {left}mm; top: {label_top:.3f}mm; width: {width}mm">'
        f'<span class="number">{number}</span><span class="where">{where}</span></div>'
    )


def _page(layout: Layout, cells: str, text: str, *, front: bool) -> str:
    paper = layout.paper
    lines = _path(layout.marks(), "mark")
    if front:
        lines += _path(layout.cuts(), "cut") + _path(layout.folds(), "fold")
    return (
        f'<div class="sheet" style="width: {paper.width}mm; height: {paper.height}mm">'
        f'<svg class="lines" viewBox="0 0 {paper.width} {paper.height}">{lines}</svg>'
        f'<div class="at sheet-label" style="left: 11mm; bottom: 4.5mm">{escape(text)}</div>'
        f"{cells}</div>"
    )


_STROKES = {
    "mark": 'stroke="#000" stroke-width=".2"',
    "cut": 'stroke="#999" stroke-width=".1"',
    "fold": 'stroke="#999" stroke-width=".15" stroke-dasharray="1.5 1.5"',
}


def _path(lines: Sequence[Line], stroke: str) -> str:
    path = "".join(f"M{x1:g} {y1:g}L{x2:g} {y2:g}" for x1, y1, x2, y2 in lines)
    return f'<path d="{path}" fill="none" {_STROKES[stroke]}/>' if path else ""
