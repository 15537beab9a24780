"""What a teacher sees in an editor, by a real language server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.language_server import Editor, editor, needs_server
from support.schemas import files

from kartu.rewrite.schema_comment import schema_line
from kartu.schema.files import schema

pytestmark = needs_server

DECK = "cards/kerja-sama-internasional"

WRONG = """
note_type: istilah
subdek: 01 Pengertian
tags: inti
notes:
  - id: Kerja Sama
    istilah: Kerja sama
    arti:
    contho: Misalnya ASEAN
    sumber: Bola.com
    gambar: {fil: peta.png}
  - istilah: [Satu, Dua]
    as_of: kemarin
    tags: [SMP, bab 1, 12]
"""

ALREADY = """
note_type: perbandingan
notes:
  - id: satu
    soal: Mana?
"""


@pytest.fixture(scope="module")
def project(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The decks here with their schemas."""
    copy = tmp_path_factory.mktemp("project").resolve()
    for name in ("cards", "templates"):
        shutil.copytree(root / name, copy / name)
    schema(copy, None)
    return copy


@pytest.fixture(scope="module")
def opened(project: Path) -> Iterator[Editor]:
    """The project in an editor."""
    with editor(project) as found:
        yield found


def write(project: Path, path: str, note_type: str | None, content: str) -> str:
    line = schema_line(path, note_type)
    (project / path).write_text(f"{line}{content}", "utf-8")
    return path


def test_faults_are_told_in_plain_words(project: Path, opened: Editor) -> None:
    """Every fault of a wrong card set is underlined, with what to write (-s shows it)."""
    path = write(project, f"{DECK}/baru.yaml", "istilah", WRONG)
    found = opened.problems(path)
    print(f"\n{(project / path).read_text('utf-8')}")
    for one in found:
        print(f"{one.line}: {one.words.strip() or '(nothing)'}: {one.message}")
    assert [(one.line, one.message) for one in found] == [
        (3, "Property subdek is not allowed."),
        (4, 'write it as a list: [one, two] or lines that begin with "- "'),
        (6, "use a-z, 0-9 and -, for example kerja-sama-bilateral"),
        (8, "write a text here (the words null and ~ stand in quotes)"),
        (9, "Property contho is not allowed."),
        (10, 'the engine fills this field from "sources"'),
        (11, "a file name, or {file: peta.png, alt: what is to be seen}"),
        (12, "write a text here (the words null and ~ stand in quotes)"),
        (12, 'Missing property "arti".'),
        (13, "write it as 2026-11-24"),
        (14, 'a tag has no spaces, no " or *, and no name that Anki or kartu gives itself'),
    ]


def test_keys_and_whole_notes_are_offered(project: Path, opened: Editor) -> None:
    """At the place of a key the fields of the note type stand, at the place of a note a new one."""
    path = write(project, f"{DECK}/baru.yaml", "perbandingan", ALREADY + "    \n")
    fields = opened.completions(path, 6, 5)
    print(f"\nkeys: {', '.join(fields)}")
    assert {"pilihan", "jawaban", "alasan", "tabel", "catatan", "sources", "as_of"} <= set(fields)
    assert not {"id", "soal", "sumber"} & set(fields)
    path = write(project, f"{DECK}/baru.yaml", "perbandingan", ALREADY + "  \n")
    note = opened.completions(path, 6, 3)["new note (perbandingan)"]
    print(note)
    assert note == (
        "- id: ${1:satu-nama}\n  soal: $2\n  pilihan:\n    - $3\n    - $4\n"
        "  jawaban: $5\n  alasan: $6"
    )


def test_note_types_and_formats_are_offered(project: Path, opened: Editor) -> None:
    """The words that a key can have are offered, in card sets and note types."""
    path = write(project, f"{DECK}/baru.yaml", None, "\nnote_type: \n")
    note_types = {file.name for file in (project / "templates").iterdir()} - {"_shared"}
    assert set(opened.completions(path, 2, 12)) == note_types
    path = write(
        project, f"{DECK}/baru.yaml", None, "\nnote_type: manfaat\nnotes:\n  - id: a\n    \n"
    )
    assert {"bidang", "pedoman", "tags"} <= set(opened.completions(path, 5, 5))
    folder = project / "templates/baru"
    folder.mkdir()
    content = "\nid: baru\nname: Baru\nfields:\n  - key: a\n    format: \n"
    path = write(project, "templates/baru/note_type.yaml", None, content)
    assert {"text", "markdown", "table"} <= set(opened.completions(path, 6, 13))
    shutil.rmtree(folder)


def test_keys_are_explained(project: Path, opened: Editor) -> None:
    """Over a key stands what belongs there."""
    path = write(project, f"{DECK}/baru.yaml", "istilah", WRONG)
    assert "Plain text; line breaks stay. Required." in opened.hover(path, 7, 6)
    assert "known to be right" in opened.hover(path, 13, 6)


def test_right_files_are_right_in_the_editor(project: Path, opened: Editor) -> None:
    """No file of the decks here is underlined anywhere."""
    (project / DECK / "baru.yaml").unlink(missing_ok=True)
    for file in files(project):
        named = file.schema["title"].removeprefix("card set of ")
        path = write(project, file.path, named, f"\n{file.content}")
        assert opened.problems(path) == [], path


def test_texts_that_yaml_takes_for_others_are_texts(project: Path, opened: Editor) -> None:
    """`no`, numbers and dates are texts, and names in any script are names."""
    values = ("no", "012", "2021-05-14", "1:30", "true", "1.50", "0x1f", "1e3", "ياسمين 中文")
    notes = "".join(
        f"  - {{id: {i}, istilah: {one}, arti: {one}}}\n" for i, one in enumerate(values)
    )
    content = (
        f"\nnote_type: istilah\nsubdeck: Bab ١::中文\ntags: [012, no, bab::é]\nnotes:\n{notes}"
    )
    path = write(project, f"{DECK}/teks.yaml", "istilah", content)
    assert opened.problems(path) == []
