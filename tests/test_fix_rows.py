"""`check --fix` in spreadsheets: rows get ids, and nothing else in the file changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.program import Run
from support.projects import write_project

from kartu.core.diagnostics import Diagnostics
from kartu.load.sheets.encoding import as_written, decode

CSV = "cards/contoh/soal.csv"
BEFORE = (
    'id;note_type;depan;x-saya\r\n;dasar;"Apa ""itu""?";é\r\nada;dasar;Ada;\r\n"";dasar;Ada;\r\n'
)
AFTER = (
    'id;note_type;depan;x-saya\r\napa-itu;dasar;"Apa ""itu""?";é\r\nada;dasar;Ada;\r\n'
    '"ada-2";dasar;Ada;\r\n'
)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_row_without_an_id_gets_one(codec: str, kartu: Run, tmp_path: Path) -> None:
    """In the file's own encoding, line ends and quotes; a second time nothing changes."""
    root = write_project(tmp_path)
    (root / CSV).write_bytes(BEFORE.encode(codec))
    shown = kartu("check", "--diff", cwd=root)
    assert shown.returncode == 1
    assert "+apa-itu;dasar" in shown.stdout
    assert (root / CSV).read_bytes() == BEFORE.encode(codec)
    done = kartu("check", "--fix", cwd=root)
    assert (root / CSV).read_bytes() == AFTER.encode(codec)
    assert f'{CSV}:2:1: fixed: the note now has the id "apa-itu"' in done.stderr
    assert f'{CSV}:4:2: fixed: the note now has the id "ada-2"' in done.stderr
    assert done.returncode == 0
    assert kartu("check", "--diff", cwd=root).returncode == 0


@pytest.mark.parametrize(
    "content",
    [
        "id;note_type;depan\n;dasar;\n",
        "id;note_type;depan\n;lain;Apa\n",
        'id;note_type;depan\n;dasar;"Apa\n',
        "note_type;depan\ndasar;Apa\n",
        "id;id;note_type;depan\n;;dasar;#NAME?\n",
    ],
)
def test_what_leaves_a_doubt_stays(content: str, kartu: Run, tmp_path: Path) -> None:
    """A row that asks nothing, of an unknown note type, or a file with faults of its own."""
    root = write_project(tmp_path)
    (root / CSV).write_bytes(content.encode())
    kartu("check", "--fix", cwd=root)
    assert (root / CSV).read_bytes() == content.encode()


def test_the_set_file_gives_the_note_type(kartu: Run, tmp_path: Path) -> None:
    """As it does when the notes are read."""
    root = write_project(tmp_path, "--- cards/contoh/soal.set.yaml\nnote_type: dasar\n")
    (root / CSV).write_text("depan,id\nApa,\n", "utf-8")
    assert kartu("check", "--fix", cwd=root).returncode == 0
    assert (root / CSV).read_text("utf-8") == "depan,id\nApa,apa\n"


@given(st.binary(max_size=60) | st.text(max_size=40).map(lambda one: one.encode("utf-16")))
def test_what_can_be_read_is_written_back_as_it_was(data: bytes) -> None:
    """Mark, encoding and text give the bytes of every file that can be decoded."""
    written = as_written(data)
    if decode(data, "a.csv", Diagnostics()) is not None:
        assert written.mark + written.content.encode(written.codec) == data
