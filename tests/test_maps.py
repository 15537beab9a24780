"""Maps and texts in drawn pictures: whose land is whose, what fits, and what no data can do."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.axe import reviewer
from support.browser import needs_browser
from support.displayed_cards import decks
from support.drawn import Line, drawn, lines_of
from support.program import ROOT
from support.projects import write_project

from kartu.compile.render.lettering import LONGEST, fitted, width_of
from kartu.compile.render.maps import FINE, Box, Map, View
from kartu.compile.render.topology import (
    MOST_POINTS,
    Topology,
    TopologyError,
    joined,
    points_of,
    read_topology,
)

WORLD = ROOT / "templates/_shared/maps/dunia.json"
MEDIA = ROOT / "cards/kerja-sama-internasional/media"
PICTURES = sorted(path.name for path in MEDIA.glob("*.svg.yaml"))

MASK = re.compile(r"{{c([0-9]+)::image-occlusion:rect:([^}]*)}}")

# Places, and the country whose land they are: those about which sources differ or small scales err.
PLACES = {
    "Singapore": (103.82, 1.36, "SGP"),
    "Oecusse": (124.4, -9.3, "TLS"),
    "Dili": (125.6, -8.7, "TLS"),
    "Kupang": (123.9, -10.0, "IDN"),
    "Bandar Seri Begawan": (114.93, 4.87, "BRN"),
    "Kuching": (110.6, 1.4, "MYS"),
    "Sandakan": (117.5, 5.6, "MYS"),
    "Ranai, Natuna": (108.2, 3.9, "IDN"),
    "Simferopol, Crimea": (34.3, 45.2, "UKR"),
    "Smara, Western Sahara": (-11.9, 26.6, "ESH"),
    "Gaza": (34.38, 31.42, "PSE"),
    "Pristina, Kosovo": (21.0, 42.6, "SRB"),
    "Hargeisa, Somaliland": (44.1, 9.5, "SOM"),
    "Northern Cyprus": (33.4, 35.3, "CYP"),
    "Taichung": (120.9, 24.2, "TWN"),
    "Chukotka, beyond 180 degrees": (-175.5, 66.8, "RUS"),
    "Suva": (178.2, -17.9, "FJI"),
}


@cache
def world() -> Topology:
    return read_topology(WORLD.read_text("utf-8"))


def _has(code: str, longitude: float, latitude: float) -> bool:
    """Whether a point is on a country's land."""
    arcs = dict(enumerate(world().arcs))
    crossings = 0
    for ring in world().shapes[code]:
        points = points_of(arcs, ring)
        for turn in (-360, 0, 360):
            for (x, y), (across, down) in pairwise([*points, points[0]]):
                if (y > latitude) != (down > latitude):
                    part = (latitude - y) / (down - y)
                    crossings += x + part * (across - x) + turn > longitude
    return crossings % 2 == 1


@pytest.mark.parametrize("place", PLACES)
def test_land_belongs_to_one_country(place: str) -> None:
    """As Indonesia and the United Nations see it, and to no other country at the same time."""
    longitude, latitude, code = PLACES[place]
    owners = [one for one in world().shapes if _has(one, longitude, latitude)]
    assert owners == [code]


def test_the_world_is_complete_and_light() -> None:
    """Every member in a list of the decks has a shape, and the file is small."""
    members = "".join(path.read_text("utf-8") for path in ROOT.glob("cards/*/lists/*.yaml"))
    assert set(re.findall(r"code: ([A-Z]+)", members)) <= world().shapes.keys()
    assert not {"XKX", "SOL", "CYN", "ATA"} & world().shapes.keys()
    assert WORLD.stat().st_size < 200_000


@given(
    st.text(max_size=60),
    st.floats(10, 400),
    st.floats(8, 30),
    st.floats(0.3, 1),
    st.integers(1, 4),
    st.booleans(),
)
def test_what_fits_is_whole_and_not_too_wide(
    text: str, width: float, size: float, part: float, lines: int, bold: bool
) -> None:
    """All words are there, in no more lines than there may be, none of them wider than allowed."""
    found = fitted(text, width, size, least=size * part, lines=lines, bold=bold)
    assert " ".join(found.lines) == " ".join(text.split())
    assert size * part <= found.size <= size or found.size == pytest.approx(size * part)
    widest = max((width_of(one, found.size, bold=bold) for one in found.lines), default=0)
    assert found.fits == (len(found.lines) <= lines and widest <= width + 1e-6)
    if not found.fits:
        assert found.size == pytest.approx(size * part)


def test_a_text_is_never_cut_unseen() -> None:
    """One that is longer than a picture's can be does not fit, however much room there is."""
    assert not fitted("a " * LONGEST, 1e6, 10, lines=8).fits
    assert not fitted(["a" * (LONGEST + 1)], 1e6, 10).fits


@settings(max_examples=30)
@given(
    st.tuples(st.integers(-180, 170), st.integers(-80, 60)),
    st.tuples(st.integers(4, 360), st.integers(4, 80)),
    st.sampled_from(("IDN", "RUS", "FJI", "USA", "SGP")),
)
def test_a_map_stays_in_its_box(corner: tuple[int, int], size: tuple[int, int], code: str) -> None:
    """Whatever part of the earth it shows, paths and places are inside; land is drawn once."""
    west, south = corner
    view = View(west, south, west + size[0], min(90, south + size[1]))
    box = Box(5, 10, 300, 200)
    shown = Map(world(), view, box, _refuse)
    for path in (shown.path([code]), shown.rest([code])):
        x = y = 0
        for kind, numbers in re.findall(r"([Mlhv])([-0-9 ]+)", path.replace("z", " ")):
            steps = list(map(int, re.findall(r"-?[0-9]+", numbers)))
            if kind == "M":
                x, y = steps
            elif kind == "l":
                for across, down in zip(steps[::2], steps[1::2], strict=True):
                    x, y = x + across, y + down
                    assert 5 * FINE - 2 <= x <= 305 * FINE + 2
                    assert 10 * FINE - 2 <= y <= 210 * FINE + 2
    if (place := shown.place(code)) is not None:
        assert 0 <= place[0] <= 310
        assert 0 <= place[1] <= 215


def _refuse(code: str) -> None:
    raise AssertionError(code)


@given(st.sets(st.sampled_from(sorted(world().shapes)), min_size=1, max_size=8))
def test_joined_countries_have_no_border_between_them(codes: set[str]) -> None:
    """No border has both sides in what is around them, and what is around it has one."""
    used = [one for code in codes for ring in world().shapes[code] for one in ring]
    around = [one for ring in joined(world(), codes) for one in ring]
    assert sorted(around) == sorted(one for one in used if ~one not in used)


# Two squares with a border between them, and an islet.
CLASS = {
    "type": "Topology",
    "arcs": [
        [[0, 0], [0, 10], [10, 10]],
        [[10, 10], [10, 0], [0, 0]],
        [[10, 10], [20, 10], [20, 0], [10, 0]],
        [[10, 0], [10, 10]],
        [[30, 5], [30.1, 5.1], [30.1, 5], [30, 5]],
    ],
    "objects": {
        "kelas": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "id": "A", "arcs": [[0, 1]]},
                {"type": "Polygon", "id": "B", "arcs": [[2, 3]]},
                {"type": "MultiPolygon", "id": "C", "arcs": [[[4]]]},
            ],
        }
    },
}
PROJECT = """--- cards/contoh/media/peta.svg.yaml
picture: peta
size: [200, 150]
map: kelas
view: [-1, -1, 32, 11]
lists: [anggota]
groups:
  - {name: Satu, countries: [A]}
  - {name: Semua, list: anggota, en: {name: All}}
labels:
  - {name: Pulau, of: C, at: [26, 8], en: {name: Island}}
--- cards/contoh/lists/anggota.yaml
source: {title: Daftar, publisher: Sekolah}
members: [{code: A, name: Satu}, {code: C, name: Tiga}]
"""


@pytest.mark.parametrize(("language", "words"), [("id", "Semua"), ("en", "All")])
def test_a_map_of_ones_own(tmp_path: Path, language: str, words: str) -> None:
    """A project's TopoJSON and list: the first group wins, an islet is a ring, words translated."""
    write_project(tmp_path, PROJECT, base=False)
    maps = tmp_path / "templates/_shared/maps"
    maps.mkdir(parents=True)
    (maps / "kelas.json").write_text(json.dumps(CLASS), "utf-8")
    (light, dark), diagnostics = drawn(tmp_path, "cards/contoh/media/peta.svg.yaml", language)
    assert not diagnostics
    assert light != dark
    paths = dict(re.findall(r'<path class="(\w+)[^>]* d="([^"]*)"', light.decode()))
    assert paths["g1"].count("M") == 1
    assert paths["land"].count("M") == 1
    assert light.count(b'class="g2 ring"') == 1
    assert light.count(b"ring") == dark.count(b"ring")
    assert words in [one.text for one in lines_of(light)[1]]


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)


@given(
    JSON
    | st.fixed_dictionaries(
        {
            "type": st.just("Topology"),
            "arcs": JSON | st.lists(st.lists(st.lists(st.floats() | st.integers(), max_size=3))),
            "objects": JSON
            | st.fixed_dictionaries(
                {
                    "a": st.fixed_dictionaries(
                        {
                            "type": st.sampled_from(("Polygon", "MultiPolygon", "Point")),
                            "id": JSON,
                            "arcs": JSON | st.lists(st.lists(st.lists(st.integers(-3, 3)))),
                        }
                    )
                }
            ),
        },
        optional={"transform": JSON},
    )
)
def test_any_file_is_a_map_or_none(content: Any) -> None:
    """Every JSON is read or refused with a reason; no other error leaves the reader."""
    with suppress(TopologyError):
        assert all(len(line) > 1 for line in read_topology(json.dumps(content)).arcs)


@pytest.mark.parametrize(
    "arcs",
    [
        [[[0, 0], [1, 1]]] * (MOST_POINTS // 2 + 1),
        [[[0, 0]] * 6000],
        [[[0, 0], [1e308, 1e308], [1e308, 1e308]]],
        [[[0, 0], [0, 91]]],
    ],
    ids=["points", "one arc", "overflow", "far away"],
)
def test_a_map_has_bounds(arcs: object) -> None:
    """What would take a build's time or memory, or is not on the earth, is refused."""
    with pytest.raises(TopologyError):
        read_topology(json.dumps({"type": "Topology", "arcs": arcs, "objects": {}}))


# Templates that ask for too much, and what stops them.
GREEDY = {
    "[[% for x in range(20) %]][[= map('dunia', [0, 0, 9 + x, 9], [0, 0, 9, 9]).rest([]) ]]"
    "[[% endfor %]]": "more than 8 maps",
    "[[% set one = map('dunia', [0, 0, 9, 9], [0, 0, 9, 9]) %]][[% for x in range(9999) %]]"
    "[[% set _ = one.rest([]) %]][[% endfor %]]": "points of a map",
    "[[% for x in range(9999) %]][[= claim(x, 0, 1, 1, x|string) ]][[% endfor %]]": "boxes",
    "[[% for x in range(9999) %]][[% set _ = fit('a', 9, 9) %]][[% endfor %]]": "texts",
    "[[= fit('a', 9, 1e9) ]]": "lines of",
    "[[= fit('a', 9, 9, lines=10**6) ]]": "lines of",
    "[[= map('dunia', [0, 0, 9, 9], [0, 0, 'nan', 9]) ]]": "not a number",
    "[[= map('../../../deck', [0, 0, 9, 9], [0, 0, 9, 9]) ]]": "there is no map",
}


@pytest.mark.parametrize("template", GREEDY, ids=GREEDY.values())
def test_a_template_has_bounds(tmp_path: Path, template: str) -> None:
    """A template that asks for too many maps, points, texts or boxes is a diagnostic."""
    pictures = tmp_path / "templates/_shared/pictures"
    pictures.mkdir(parents=True)
    (pictures / "rakus.svg").write_text(template, "utf-8")
    (tmp_path / "media").mkdir()
    (tmp_path / "media/a.svg.yaml").write_text("picture: rakus\n", "utf-8")
    found, diagnostics = drawn(tmp_path, "media/a.svg.yaml")
    assert not found
    assert GREEDY[template] in diagnostics[0].message


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_is_drawn_and_light(name: str, language: str) -> None:
    """Without a fault, with fewer than 20,000 bytes, its texts inside of it and apart."""
    found, diagnostics = drawn(ROOT, f"cards/kerja-sama-internasional/media/{name}", language)
    assert not diagnostics
    for picture in found:
        assert len(picture) < 20_000
        (width, height), lines = lines_of(picture)
        for one in lines:
            assert one.left >= 0, one
            assert one.right <= width, one
            assert one.bottom <= height, one
            assert not [other for other in lines if other is not one and _meet(one, other)], one


def _meet(one: Line, other: Line) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    return across > 1 and min(one.bottom, other.bottom) - max(one.top, other.top) > 1


def _covers(mask: dict[str, str], size: tuple[float, float], line: Line) -> float:
    """How much of a line, from 0 to 1, is under a mask that covers its width."""
    left, top = float(mask["left"]) * size[0], float(mask["top"]) * size[1]
    right = left + float(mask["width"]) * size[0]
    bottom = top + float(mask["height"]) * size[1]
    if right <= line.left or left >= line.right:
        return 0
    down = max(0, min(bottom, line.bottom) - max(top, line.top)) / (line.bottom - line.top)
    across = (min(right, line.right) - max(left, line.left)) / (line.right - line.left)
    return down * across


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_mask_covers_whole_names_and_nothing_else(language: str) -> None:
    """In every covered drawing, in each language: no letter of a name is seen, nor one cut off."""
    covered = 0
    for deck in decks():
        for note in deck.notes:
            if note.source.note_type != "gambar" or not str(note.guid).startswith("c71e94d2"):
                continue
            data = note.media[0].path
            size, lines = lines_of(drawn(ROOT, data, language)[0][0])
            for _number, words in MASK.findall(note.fields[0]):
                mask = dict(one.split("=") for one in words.split(":"))
                shares = [_covers(mask, size, line) for line in lines]
                assert max(shares) > 0.97, (note.source.id, words, shares)
                cut = [one for one in zip(shares, lines, strict=True) if 0.06 < one[0] < 0.97]
                assert not cut, (note.source.id, cut)
                covered += 1
    assert covered > 50


@needs_browser
def test_no_device_needs_more_room() -> None:
    """The browser's own letters are no wider than what is reckoned with, in every picture."""
    with reviewer() as page:
        page.open_page("<!doctype html><body>")
        for name in PICTURES:
            found, _diagnostics = drawn(ROOT, f"cards/kerja-sama-internasional/media/{name}")
            page.run(f"document.body.innerHTML = {json.dumps(found[0].decode())}; 0")
            wide = page.run(
                "Array.from(document.querySelectorAll('text'),"
                " (one) => [one.textContent, one.getComputedTextLength()])"
            )
            reckoned = {one.text: one.right - one.left for one in lines_of(found[0])[1]}
            assert wide
            assert not [one for one in wide if one[1] > reckoned[one[0]] + 1], name
