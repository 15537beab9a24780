"""`kartu import` of what is broken or made to do harm: told, and nothing is written."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from backports import zstd
from support.engine import collection as engine_collection
from support.engine import import_package
from support.foreign_packages import PICTURE
from support.packages import (
    MODELS,
    collection,
    message,
    newer_collection,
    newer_package,
    zipped,
)
from support.program import Run
from support.projects import write_project
from support.round_trip import round_trip

CLOZE = {"1": {**MODELS["1"], "type": 1, "tmpls": MODELS["1"]["tmpls"] * 2}}
TWICE = "INSERT INTO notes VALUES (2, 'h', 9, 1, '', 'a');"
ENDLESS = "CREATE VIEW x AS SELECT 1"


def _media(name: str) -> bytes:
    names = json.dumps({"0": name}).encode()
    return zipped({"collection.anki2": collection(), "media": names, "0": b"x"})


def _unfolds(size: int) -> bytes:
    frame = zstd.compress(b"\0" * size)
    return zipped({"collection.anki21b": frame, "media": zstd.compress(b"")})


def _bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("collection.anki2", b"\0" * 40_000_000)
    return buffer.getvalue()


BROKEN = {
    "text": (b"this is no package", "not an Anki package"),
    "empty": (b"", "not an Anki package"),
    "other-zip": (zipped({"a.txt": b"x"}), "it holds no collection.anki2"),
    "no-database": (zipped({"collection.anki2": b"x"}), "its collection is not a database"),
    "cut-off": (newer_package(newer_collection())[:-60], "damaged, or not an Anki package"),
    "no-zstd": (zipped({"collection.anki21b": b"xxxxxxxx"}), "it is not zstd data"),
    "half-zstd": (
        zipped({"collection.anki21b": zstd.compress(newer_collection())[:-9]}),
        "it is cut off",
    ),
    "bomb": (_bomb(), "expands to more than 100 times"),
    "zstd-bomb": (_unfolds(100_000_000), "expands to more than 16 MiB"),
    "endless-table": (
        zipped({"collection.anki2": collection(statements=ENDLESS)}),
        "not a table of stored rows",
    ),
    "media-above": (_media("../../etc/passwd"), "is not the name of a file in it"),
    "media-below": (_media("a/b.png"), "is not the name of a file in it"),
    "media-dots": (_media(".."), "is not the name of a file in it"),
    "media-windows": (_media("c:\\x.png"), "is not the name of a file in it"),
    "media-above-windows": (_media("..\\x.png"), "is not the name of a file in it"),
    "media-empty": (_media(""), "is not the name of a file in it"),
    "media-newer": (
        newer_package(newer_collection(), message((1, message((1, b"../x"))))),
        "is not the name of a file in it",
    ),
    "fields-too-many": (
        zipped({"collection.anki2": collection(fields="a\x1fb\x1fc")}),
        "has 3 fields",
    ),
    "no-note-type": (
        zipped({"collection.anki2": collection(statements=TWICE)}),
        "has a note type that is not in the file",
    ),
    "two-cloze-cards": (
        zipped({"collection.anki2": collection(json.dumps(CLOZE))}),
        "more than one card template",
    ),
    "no-note": (
        zipped({"collection.anki2": collection(statements="DELETE FROM notes")}),
        "it holds no note",
    ),
    "message-cut-off": (newer_package(newer_collection(b"\x0a\x7f")), "a message in it is cut off"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_told_and_nothing_written(name: str, kartu: Run, tmp_path: Path) -> None:
    """One sentence says what is wrong; neither the project nor anything beside it comes to be."""
    content, told = BROKEN[name]
    (tmp_path / "rusak.apkg").write_bytes(content)
    done = kartu("import", "rusak.apkg", "-o", "a/project", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith("kartu: rusak.apkg: ")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["rusak.apkg"]
    assert not (tmp_path / "a/project").exists()


@pytest.mark.parametrize("make", ["old", "newer"])
def test_sound_ones_of_the_same_make_are_taken(make: str, kartu: Run, tmp_path: Path) -> None:
    """What is refused above is refused for its fault alone."""
    content = newer_package(newer_collection()) if make == "newer" else _media("a.png")
    (tmp_path / "baik.apkg").write_bytes(content)
    done = kartu("import", "baik.apkg", "-o", "project", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "1 note, 1 card" in done.stdout


def test_a_backslash_in_the_name_of_a_file_is_left_out(tmp_path: Path) -> None:
    """Anki drops it from the name and from the field; so does the import, and says so."""
    name = "hitam \\ putih.png"
    database = collection(fields=f'<img src="{name}">\x1fb')
    content = {
        "collection.anki2": database,
        "media": json.dumps({"0": name}).encode(),
        "0": PICTURE,
    }
    (tmp_path / "a.apkg").write_bytes(zipped(content))
    result, (package,) = round_trip(tmp_path / "a.apkg", tmp_path / "project")
    assert any("hitam \\ putih.png → hitam  putih.png" in one for one in result.dropped)
    with engine_collection(tmp_path / "student") as col:
        assert import_package(col, package).new == 1
        (note,) = [col.get_note(number) for number in col.find_notes("")]
        (file,) = col.media.files_in_str(note.mid, note.fields[0])
        assert (Path(col.media.dir()) / file).read_bytes() == PICTURE


def test_names_that_lead_elsewhere_are_only_names(kartu: Run, tmp_path: Path) -> None:
    """Names of decks, note types and cards become safe names of folders."""
    model = {**MODELS["1"], "name": "../../Dasar", "css": "x"}
    model["tmpls"] = [{**MODELS["1"]["tmpls"][0], "name": "../x"}]
    database = collection(json.dumps({"1": model}), json.dumps({"1": {"name": "../../../Dek"}}))
    (tmp_path / "nakal.apkg").write_bytes(zipped({"collection.anki2": database}))
    done = kartu("import", "nakal.apkg", "-o", "project", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*ml"))
    assert all(path.startswith("project/") for path in found)
    assert "project/templates/dasar/note_type.yaml" in found
    assert "project/cards/dek/deck.yaml" in found


def test_where_nothing_can_be_written(kartu: Run, tmp_path: Path) -> None:
    """A folder that is a file, or no project at all, is wrong use; nothing is half there."""
    (tmp_path / "baik.apkg").write_bytes(_media("a.png"))
    (tmp_path / "file").write_text("x")
    done = kartu("import", "baik.apkg", "-o", tmp_path / "file", cwd=tmp_path)
    assert done.returncode == 2
    done = kartu("import", "baik.apkg", cwd=tmp_path)
    assert done.returncode == 2
    assert "there is no project here" in done.stderr
    for wrong in ("Dek", "../x", "a b"):
        done = kartu("import", "baik.apkg", "-o", "project", "--deck", wrong, cwd=tmp_path)
        assert done.returncode == 2
        assert "is not a deck id" in done.stderr
    assert sorted(os.listdir(tmp_path)) == ["baik.apkg", "file"]


def test_folders_that_are_in_the_way_stay(kartu: Run, tmp_path: Path) -> None:
    """A folder without a deck in it is not written into either."""
    root = write_project(tmp_path / "project")
    (root / "cards/dek").mkdir()
    (root / "templates/dasar/note_type.yaml").write_text("id: [", "utf-8")
    (tmp_path / "dek.apkg").write_bytes(_media("a.png"))
    done = kartu("-C", root, "import", tmp_path / "dek.apkg")
    assert done.returncode == 2
    assert "cards/dek already exists" in done.stderr
    done = kartu("-C", root, "import", tmp_path / "dek.apkg", "--deck", "lain")
    assert done.returncode == 0, done.stderr
    assert (root / "templates/dasar-2/note_type.yaml").is_file()


def test_a_line_that_may_be_a_heading_is_asked_about(kartu: Run, tmp_path: Path) -> None:
    """One known word in the first line of a list makes it neither a heading nor a card."""
    (tmp_path / "a.tsv").write_text("Istilah\tKeterangan\nEkspor\tMenjual\n", "utf-8")
    done = kartu("import", tmp_path / "a.tsv", "-o", tmp_path / "none")
    assert (done.returncode, "a heading row or a card?" in done.stderr) == (1, True)
    done = kartu("import", tmp_path / "a.tsv", "--heading", "-o", tmp_path / "project")
    assert (done.returncode, ", 1 note" in done.stdout) == (0, True)


def test_what_means_nothing_is_left_with_a_heading_too(kartu: Run, tmp_path: Path) -> None:
    """`--heading` says that there are headings, not that pupils' marks are for cards; lines may be
    divided by semicolons."""
    text = "Negara;Ibu kota;Catatan guru;Contoh\nJepang;Tokyo;sulit;x\n"
    (tmp_path / "a.txt").write_text(text, "utf-8")
    done = kartu("import", tmp_path / "a.txt", "--heading", "-o", tmp_path / "project")
    assert done.returncode == 0, done.stderr
    assert "imported columns: Negara, Ibu kota, Contoh" in done.stdout
    assert "ignored columns: Catatan guru" in done.stdout
    assert "sulit" not in "".join(
        path.read_text("utf-8") for path in tmp_path.glob("project/cards/*/*.yaml")
    )
