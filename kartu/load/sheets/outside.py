"""What students would miss of a workbook: pictures and text boxes, and the rows of merged cells."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _, ngettext
from kartu.core.source import Span
from kartu.core.text import shown

_MOST_LETTERS = 60

# Of Excel's files.
_DRAWING = re.compile(r"xl/drawings/[^/]+\.xml")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_PICTURE = re.compile(r"<(?:\w+:)?pic[ >]")
_BOX = re.compile(r"<(?:\w+:)?txBody[ >].*?</(?:\w+:)?txBody>", re.DOTALL)
_WRITTEN = re.compile(r"<(?:\w+:)?t(?: [^>]*)?>([^<]*)<")
_MERGED = re.compile(r'<(?:\w+:)?mergeCell [^>]*ref="(([A-Z]+(\d+)):[A-Z]+(\d+))"')
_FILLED = re.compile(r'<(?:\w+:)?c r="([A-Z]+(\d+))"[^>]*[^/]><(?:\w+:)?(?:v|is|f)>')

# Of content.xml of OpenDocument.
_ODS_COMMENT = re.compile(r"<office:annotation[ >].*?</office:annotation>", re.DOTALL)
_ODS_PICTURE = re.compile(r"<draw:image[ >]")
_ODS_BOX = re.compile(r"<draw:(text-box|custom-shape)[ >].*?</draw:\1>", re.DOTALL)
_ODS_WRITTEN = re.compile(r"<text:p(?: [^>]*)?>(.*?)</text:p>", re.DOTALL)
_ODS_MERGED = re.compile(
    r'<table:table-cell [^>]*number-rows-spanned="(?!1")\d+"[^>]*[^/]>\s*<text:p'
)
_TAG = re.compile(r"<[^>]*>")


class _Outside(NamedTuple):
    """`merged` names the ranges where the file does, else it is empty beside their number."""

    pictures: int = 0
    boxes: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    merges: int = 0


def check_outside_cells(archive: zipfile.ZipFile, path: str, diagnostics: Diagnostics) -> None:
    """Warns of pictures and text boxes, which are in no cell, and of cells merged over rows."""
    found = _of_ods(archive) if path.endswith(".ods") else _of_xlsx(archive)
    if found.pictures:
        message = ngettext(
            "the workbook has {number} picture that is in no cell: students do not see it",
            "the workbook has {number} pictures that are in no cell: students do not see them",
            found.pictures,
        )
        help = _("save each picture in the folder media/ and write its file name into a cell")
        diagnostics.add("outside-cells", Span(path), message, help)
    if found.boxes:
        message = ngettext(
            "the workbook has {number} text box that is in no cell, which students do not see:"
            " {texts}",
            "the workbook has {number} text boxes that are in no cell, which students do not see:"
            " {texts}",
            len(found.boxes),
            texts=shown([f'"{one}"' for one in found.boxes], 3),
        )
        help = _("write into cells what students are to see")
        diagnostics.add("outside-cells", Span(path), message, help)
    if found.merges:
        message = ngettext(
            "{number} cell is merged over several rows: only the first of them has its text",
            "{number} cells are merged over several rows: only the first of each has its text",
            found.merges,
        )
        if found.merged:
            message += f" ({shown(found.merged)})"
        help = _("divide merged cells, and write the text into each row that it is for")
        diagnostics.add("outside-cells", Span(path), message, help)


def _of_xlsx(archive: zipfile.ZipFile) -> _Outside:
    pictures, boxes, merged = 0, [], []
    for name in archive.namelist():
        if _DRAWING.fullmatch(name):
            content = archive.read(name).decode("utf-8", "replace")
            pictures += len(_PICTURE.findall(content))
            boxes += list(_texts(_WRITTEN, _BOX, content))
        elif _SHEET.fullmatch(name) and b"mergeCell" in (data := archive.read(name)):
            content = data.decode("utf-8", "replace")
            merged += list(_merged_over_rows(content))
    return _Outside(pictures, tuple(boxes), tuple(merged), len(merged))


def _merged_over_rows(sheet: str) -> Iterator[str]:
    """The ranges whose lower rows hold something, but not the text of the merged cell."""
    filled = {one[0]: int(one[1]) for one in _FILLED.findall(sheet)}
    rows = set(filled.values())
    for whole, first, top, bottom in _MERGED.findall(sheet):
        below = range(int(top) + 1, min(int(bottom), max(rows, default=0)) + 1)
        if first in filled and not rows.isdisjoint(below):
            yield whole


def _of_ods(archive: zipfile.ZipFile) -> _Outside:
    content = archive.read("content.xml").decode("utf-8", "replace")
    if "<draw:" not in content and "-spanned" not in content:
        return _Outside()
    content = _ODS_COMMENT.sub("", content)
    boxes = tuple(_texts(_ODS_WRITTEN, _ODS_BOX, content))
    pictures, merges = len(_ODS_PICTURE.findall(content)), len(_ODS_MERGED.findall(content))
    return _Outside(pictures, boxes, (), merges)


def _texts(written: re.Pattern[str], box: re.Pattern[str], content: str) -> Iterator[str]:
    """The texts of boxes, shortened; empty boxes are shapes."""
    for one in box.finditer(content):
        parts = (unescape(_TAG.sub("", part)) for part in written.findall(one[0]))
        line = " ".join(" ".join(parts).split())
        if line:
            yield line if len(line) <= _MOST_LETTERS else f"{line[: _MOST_LETTERS - 1]}…"
