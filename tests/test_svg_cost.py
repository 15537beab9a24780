"""SVGs of strangers whose parts refer to each other: what is drawn is counted first."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from kartu.load.svg_cost import MOST, draws_too_much

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90" viewBox="0 0 9 9">'
RECT = '<rect width="1" height="1"/>'


def _chain(make: Callable[[int], str]) -> str:
    """An element that refers ten times to another one, that ten times to the next, nine times."""
    return f'{HEAD}<g id="a0">{RECT}</g>{"".join(map(make, range(1, 10)))}</svg>'


def _filled(tag: str, attribute: str) -> str:
    def make(number: int) -> str:
        part = f'<rect width="1" height="1" {attribute}="url(#b{number - 1})"/>'
        return f'<{tag} id="b{number}">{part * 10}</{tag}>' + part * (number == 9)

    return _chain(make)


RULES = "".join(f".c{n} {{ fill: url(#b{n - 1}) }}" for n in range(1, 11))
HOSTILE = {
    "uses": _chain(lambda n: f'<g id="a{n}">' + f'<use href="#a{n - 1}"/>' * 10 + "</g>"),
    "uses as they were": _chain(
        lambda n: (
            f'<g id="a{n}">'
            + f'<use xmlns:x="http://www.w3.org/1999/xlink" x:href="#a{n - 1}"/>' * 10
            + "</g>"
        )
    ),
    "symbols": _chain(
        lambda n: (
            f'<symbol id="a{n}">'
            + f'<use href="#a{n - 1}"/>' * 10
            + "</symbol>"
            + '<use href="#a9"/>' * (n == 9)
        )
    ),
    "patterns": _filled("pattern", "fill"),
    "masks": _filled("mask", "mask"),
    "clip paths": _filled("clipPath", "clip-path"),
    "filters": _filled("filter", "filter"),
    "styles": _chain(
        lambda n: (
            f'<pattern id="b{n}">' + f'<rect style="fill: url(#b{n - 1})"/>' * 10 + "</pattern>"
        )
    ),
    "rules": f"{HEAD}<style>{RULES}</style>"
    + "".join(
        f'<pattern id="b{n}">' + f'<rect class="x c{n}"/>' * 10 + "</pattern>" for n in range(1, 10)
    )
    + "</svg>",
    "markers": f'{HEAD}<marker id="m">{RECT * 500}</marker>'
    f'<path marker-mid="url(#m)" d="M0 0{"l1 1" * 500}"/></svg>',
    "itself": f'{HEAD}<g id="a"><use href="#a"/></g></svg>',
    "its own pattern": f'{HEAD}<pattern id="a"><rect fill="url(#a)"/></pattern></svg>',
    "depth": HEAD + "<g>" * 5_000 + "</g>" * 5_000 + "</svg>",
    "number": HEAD + RECT * (MOST + 1) + "</svg>",
    "entities": f'<!DOCTYPE svg [<!ENTITY a "xxx"><!ENTITY b "&a;&a;">]>{HEAD}&b;</svg>',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_grows_is_refused(name: str) -> None:
    """In whatever way parts refer to each other, and in each encoding of XML."""
    assert draws_too_much(HOSTILE[name])
    assert draws_too_much(HOSTILE[name].encode())
    assert draws_too_much(
        ('<?xml version="1.0" encoding="utf-16"?>' + HOSTILE[name]).encode("utf-16")
    )


ORDINARY = {
    "rules of gradients": f"{HEAD}<style>.a,.b {{fill: url(#g)}}</style>"
    '<linearGradient id="g"><stop/><stop/></linearGradient>'
    + '<path class="a" d="M0 0h9"/>' * 9
    + "</svg>",
    "clip paths of a program": f"{HEAD}<style>"
    + "".join(f".c{n}{{clip-path:url(#p{n})}}" for n in range(60))
    + "</style>"
    + "".join(f'<clipPath id="p{n}">{RECT}</clipPath><g class="c{n}">{RECT}</g>' for n in range(60))
    + "</svg>",
    "many uses": f'{HEAD}<g id="a">{RECT * 20}</g>{"<use href=~#a~/>" * 500}</svg>'.replace(
        "~", "'"
    ),
    "links": f'{HEAD}<a id="a" href="#a">{RECT}</a></svg>',
    "nothing there": f'{HEAD}<use href="#b"/><use href="b.svg#a"/></svg>',
    "no SVG": "\x89PNG",
}


@pytest.mark.parametrize("name", ORDINARY)
def test_what_people_draw_is_drawn(name: str) -> None:
    """Also with many references, and what is no SVG at all is left to others."""
    assert not draws_too_much(ORDINARY[name])


@pytest.mark.parametrize("way", ["file", "data"])
def test_printing_ends(way: str) -> None:
    """The picture is left out; that of the deck is named."""
    from kartu.show.paper.engine import Engine
    from kartu.show.paper.markup import MEDIA

    picture = HOSTILE["uses"].encode()
    address = "data:image/svg+xml;base64," + base64.b64encode(picture).decode()
    engine = Engine({"a.svg": lambda: picture}, "id")
    shown = MEDIA + "a.svg" if way == "file" else address
    document = engine.render(f'<p>SATU</p><img src="{shown}">')
    content, pages = engine.pdf([document], "x")
    assert content.startswith(b"%PDF")
    assert pages == 1
    assert engine.unreadable == ({"a.svg"} if way == "file" else set())
