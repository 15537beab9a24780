"""What note types say to authors: a line of help for each field, and a small picture."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.program import ROOT
from support.projects import write_project
from support.shipped import TYPES

from kartu.core.diagnostics import Diagnostics
from kartu.core.model import FieldType, NoteType, help_in
from kartu.load import load_project
from kartu.load.files import Files
from kartu.load.note_type import load_note_type
from kartu.load.svg import picture_fault
from kartu.pipeline import BuildOptions, build

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'

WITH_HELP = """--- templates/dasar/picture.svg
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h7"/></svg>
--- templates/dasar/note_type.yaml
id: dasar
name: Dasar
help: {id: Dua sisi., en: Two sides.}
fields:
  - {key: depan, name: Depan, help: What is asked., id: 1, required: true}
  - {key: belakang, name: Belakang, id: 2, format: markdown}
cards:
  - {id: 1, name: Maju, front: maju.front.html, back: maju.back.html}
"""


@pytest.mark.parametrize("id", sorted(TYPES))
def test_shipped_note_types_say_what_to_write(id: str) -> None:
    """Each shipped note type and field has a line of help in both languages, all different."""
    note_type = TYPES[id]
    owners: list[NoteType | FieldType] = [note_type, *note_type.fields]
    lines = [str(line) for one in owners for line in one.help.values()]
    assert all(set(one.help) == {"id", "en"} for one in owners)
    assert len(set(lines)) == len(lines)
    assert all(line.endswith((".", "?")) for line in lines)


@pytest.mark.parametrize("id", sorted(TYPES))
def test_shipped_note_types_have_a_picture_for_day_and_night(id: str) -> None:
    """The picture is of shapes alone, at most 2 KB, in the page's ink and one accent."""
    picture = TYPES[id].picture
    assert picture is not None
    assert picture_fault(picture) == ""
    assert len(picture.encode()) <= 2048
    assert set(re.findall(r'(?:fill|stroke)="([^"]+)"', picture)) == {
        *("none", "currentColor", "var(--accent, currentColor)")
    }


@pytest.mark.parametrize(
    ("inside", "fault"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ('<path d="M0 0" onload="alert(1)"/>', "onload"),
        ('<image href="https://example.org/a.png"/>', "<image>"),
        ('<use href="#a"/>', "<use>"),
        ("<style>*{}</style>", "<style>"),
        ("<text>Kata</text>", "<text>"),
        ("<g>Kata</g>", "text"),
        ('<rect fill="url(https://example.org)"/>', "fill"),
        ('<rect style="fill: red"/>', "style"),
        ('<x:rect xmlns:x="http://www.w3.org/1999/xhtml"/>', "<rect>"),
        ('<rect xmlns:x="a" x:y="1"/>', "y"),
        ('<rect xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="#a"/>', "href"),
        ("<foreignObject/>", "<foreignObject>"),
        ("<path>", "broken"),
        ("<path/>" * 2000, "8192"),
    ],
)
def test_picture_has_shapes_alone(inside: str, fault: str) -> None:
    """A picture that pages show as a part of themselves can neither run, load nor say anything."""
    assert fault in picture_fault(SVG.format(inside))


def test_help_is_in_the_language_that_is_asked_for(tmp_path: Path) -> None:
    """Help is in the asked language, else in English, else in the one that there is, or empty."""
    write_project(tmp_path, WITH_HELP)
    project, diagnostics = load_project(tmp_path)
    note_type = project.note_types["dasar"]
    front, back = note_type.fields
    assert not diagnostics
    assert help_in(note_type, "id-ID") == "Dua sisi."
    assert help_in(note_type, "fr") == "Two sides."
    assert help_in(front, "id") == "What is asked."
    assert help_in(back, "id") == ""
    assert front.help[""].span.line == 5
    assert note_type.picture is not None
    assert note_type.picture.span.path == "templates/dasar/picture.svg"


def test_help_and_picture_are_in_no_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package has the same bytes with help and picture and without."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    write_project(tmp_path / "without", "")
    write_project(tmp_path / "with", WITH_HELP)
    hashes = [
        [one.sha256 for one in build(BuildOptions(tmp_path / name)).packages]
        for name in ("without", "with")
    ]
    assert hashes[0] == hashes[1] != []


def test_every_shipped_help_and_picture_is_read_without_a_fault() -> None:
    """A copy of the shipped note types, checked as one's own, has no fault."""
    files, diagnostics = Files(ROOT), Diagnostics()
    for id in TYPES:
        load_note_type(files, f"templates/{id}", diagnostics)
    assert list(diagnostics) == []
