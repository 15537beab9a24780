"""The drawn pictures of a project, and where their texts are."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from kartu.compile.render.drawings import Drawings
from kartu.compile.render.lettering import width_of
from kartu.compile.render.results import Results
from kartu.compile.render.templates import Templates
from kartu.core.diagnostics import Diagnostic, Diagnostics
from kartu.core.source import Mapping
from kartu.load.files import Files
from kartu.load.library import project_library
from kartu.load.shape import read_shape

SVG = "{http://www.w3.org/2000/svg}"
_SIZE = re.compile(r"font-size: ([0-9.]+)px")


class Line(NamedTuple):
    """A line of text in a picture, by its estimated edges."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def drawn(root: Path, path: str, language: str = "id") -> tuple[list[bytes], list[Diagnostic]]:
    """The pictures that the data at `path` make, and what is wrong with them."""
    diagnostics = Diagnostics()
    files = Files(root)
    shape = read_shape(
        files, f"kartu:templates/_shared/texts/{language}.yaml", "texts", diagnostics
    )
    folders = ("templates", "kartu:templates")
    templates = Templates(files, Results(), diagnostics, folders=folders)
    texts = shape.mapping if shape else Mapping()
    names = project_library(files, diagnostics).names
    pictures = Drawings(files, templates, texts, language, names, diagnostics).draw(path)
    return pictures or [], list(diagnostics)


@cache
def lines_of(picture: bytes) -> tuple[tuple[float, float], tuple[Line, ...]]:
    """The size of a picture in its own units, and its lines of text."""
    root = ET.fromstring(picture)
    width, height = map(float, (root.get("viewBox") or "").split()[2:])
    found = []
    for one in root.iter(f"{SVG}text"):
        size = float(_SIZE.findall(one.get("style") or "")[0])
        kinds = (one.get("class") or "").split()
        wide = width_of(one.text or "", size, bold="bold" in kinds)
        left = float(one.get("x") or 0)
        left -= wide / 2 if "middle" in kinds else wide if "end" in kinds else 0
        base = float(one.get("y") or 0)
        edges = (left, base - size * 0.75, left + wide, base + size * 0.22)
        found.append(Line(one.text or "", *edges))
    return (width, height), tuple(found)
