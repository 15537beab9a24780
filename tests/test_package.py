"""Packages: what is in them, and that they are the same everywhere."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from support.engine import cards, collection, import_package, note_by_guid
from support.program import Run
from support.projects import write_project

from kartu.package.description import PRESET_LINES

UID = "a1b2c3d4e5f60718"

PICTURE = """--- templates/dasar/note_type.yaml
id: dasar
name: Dasar
fields:
  - {key: depan, name: Depan, id: 1, required: true}
  - {key: belakang, name: Belakang, id: 2, format: markdown}
  - {key: gambar, name: Gambar, id: 3, format: image}
  - {key: suara, name: Suara, id: 4, format: sound}
cards:
  - {id: 1, name: Maju, front: maju.front.html, back: maju.back.html}
--- templates/dasar/maju.back.html
{{FrontSide}}<hr id="answer">{{Belakang}}{{Gambar}}{{Suara}}
--- cards/contoh/media/Peta Dunia.GIF
GIF89a not really a picture
--- cards/contoh/media/salam.mp3
ID3 not really a sound
--- cards/contoh/media/unused.png
not used
--- cards/contoh/kartu.yaml
note_type: dasar
notes:
  - id: a
    depan: Satu
    belakang: "![Peta](<Peta Dunia.GIF>) dan [sound:salam.mp3]"
    gambar: {file: Peta Dunia.GIF, alt: "Peta \\"dunia\\""}
    suara: salam.mp3
  - {id: b, depan: Dua}
"""

ONE_NOTE = """--- cards/contoh/kartu.yaml
note_type: dasar
notes:
  - {id: a, depan: Satu}
"""

WITH_OPTIONS = """--- cards/contoh/deck.yaml
id: contoh
uid: a1b2c3d4e5f60718
name: Contoh
language: id
version: 1.0.0
options: {new_per_day: 7, desired_retention: 0.85}
"""


def build(kartu: Run, root: Path, **environment: str) -> Path:
    done = kartu("build", cwd=root, env=environment)
    assert done.returncode == 0, done.stderr
    return root / "build" / "contoh.apkg"


def database(package: Path, folder: Path) -> sqlite3.Connection:
    with zipfile.ZipFile(package) as archive:
        archive.extract("collection.anki2", folder)
    return sqlite3.connect(folder / "collection.anki2")


def test_media_travel_under_hashed_names(kartu: Run, tmp_path: Path) -> None:
    """Each used file arrives once under a name of its content; references and checks agree."""
    package = build(kartu, write_project(tmp_path, PICTURE))
    digests = [
        hashlib.sha256(f"{start} not really a {what}\n".encode()).hexdigest()[:16]
        for start, what in (("GIF89a", "picture"), ("ID3", "sound"))
    ]
    picture, sound = f"peta-dunia-{digests[0]}.gif", f"salam-{digests[1]}.mp3"
    with collection(tmp_path / "anki") as col:
        import_package(col, package)
        note = note_by_guid(col, f"{UID}:a")
        assert note["Gambar"] == f'<img src="{picture}" alt="Peta &quot;dunia&quot;">'
        assert note["Suara"] == f"[sound:{sound}]"
        assert note["Belakang"] == f'<img src="{picture}" alt="Peta"> dan [sound:{sound}]'
        assert sorted(os.listdir(col.media.dir())) == [picture, sound]
        check = col.media.check()
        assert not list(check.missing)
        assert not list(check.unused)


def test_a_package_says_what_it_is(kartu: Run, tmp_path: Path) -> None:
    """kartu.json and manifest.json tell deck, version, edition and state; digests are right."""
    package = build(kartu, write_project(tmp_path))
    told = json.loads((package.parent / "manifest.json").read_text("utf-8"))["packages"][0]
    with zipfile.ZipFile(package) as archive:
        identity = json.loads(archive.read("kartu.json"))
        assert archive.namelist() == ["collection.anki2", "media", "kartu.json"]
    assert identity == {key: told[key] for key in identity}
    assert identity["uid"] == UID
    assert identity["draft"] is True
    assert told["sha256"] == hashlib.sha256(package.read_bytes()).hexdigest()
    assert told["size"] == package.stat().st_size


def test_the_same_input_gives_the_same_bytes(kartu_process: Run, tmp_path: Path) -> None:
    """Folder, file order, locale, time zone, hash seed and umask do not show in a package."""
    one, two = tmp_path / "satu", tmp_path / "dua dua"
    write_project(one, PICTURE)
    for path in sorted(one.rglob("*"), reverse=True):
        if path.is_file():
            target = two / path.relative_to(one)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    first = build(kartu_process, one, PYTHONHASHSEED="1", TZ="Asia/Jakarta", LANG="C")
    before = os.umask(0o077)
    try:
        second = build(
            kartu_process, two, PYTHONHASHSEED="2", TZ="America/Lima", LANG="id_ID.UTF-8"
        )
    finally:
        os.umask(before)
    assert first.read_bytes() == second.read_bytes()
    assert (
        first.with_name("manifest.json").read_bytes()
        == second.with_name("manifest.json").read_bytes()
    )


def test_the_content_digest_knows_no_time(kartu: Run, tmp_path: Path) -> None:
    """Another build time makes other bytes and the same content digest; another text does not."""
    root = write_project(tmp_path)
    digests = []
    for time, front in (("1790000000", "Satu"), ("1790009999", "Satu"), ("1790000000", "Sattu")):
        write_project(root, ONE_NOTE.replace("Satu", front))
        package = build(kartu, root, SOURCE_DATE_EPOCH=time)
        told = json.loads(package.with_name("manifest.json").read_text("utf-8"))["packages"][0]
        digests.append((told["sha256"], told["content_sha256"]))
    assert digests[0][0] != digests[1][0]
    assert digests[0][1] == digests[1][1]
    assert digests[0][1] != digests[2][1]


def test_spares_and_the_engines_field_are_there_from_the_start(kartu: Run, tmp_path: Path) -> None:
    """Positions without a declaration are spares with ids; one field is the engine's own."""
    package = build(kartu, write_project(tmp_path))
    with collection(tmp_path / "anki") as col:
        import_package(col, package)
        model = col.models.by_name("Contoh Dasar")
        assert model is not None
        names = [field["name"] for field in model["flds"]]
        assert names == ["Depan", "Belakang", *(f"_{n}" for n in range(3, 9)), "_kartu"]
        assert [field["excludeFromSearch"] for field in model["flds"]] == [False] * 2 + [True] * 7
        assert len({field["id"] for field in model["flds"]}) == 9
        assert [card["name"] for card in model["tmpls"]] == ["Maju", "_2", "_3"]
        assert [card["bqfmt"] for card in model["tmpls"]] == [
            card["qfmt"] for card in model["tmpls"]
        ]
        assert "{{_kartu}}" in model["tmpls"][0]["afmt"]
        assert "{{_kartu}}" not in model["tmpls"][0]["qfmt"]
        col.models.update_dict(model)


def test_claiming_a_spare_updates_in_place(kartu: Run, tmp_path: Path) -> None:
    """A later field and card take spares: notes update without conflict, and a card appears."""
    root = write_project(tmp_path)
    with collection(tmp_path / "anki") as col:
        import_package(col, build(kartu, root, SOURCE_DATE_EPOCH="1790000000"))
        schema = col.db.scalar("select scm from col") if col.db else None
        write_project(
            root,
            """--- templates/dasar/note_type.yaml
id: dasar
name: Dasar
fields:
  - {key: depan, name: Depan, id: 1, required: true}
  - {key: belakang, name: Belakang, id: 2, format: markdown}
  - {key: contoh, name: Contoh, id: 3}
cards:
  - {id: 1, name: Maju, front: maju.front.html, back: maju.back.html}
  - {id: 2, name: Mundur, front: mundur.front.html, back: maju.back.html}
--- templates/dasar/mundur.front.html
{{Contoh}}
--- cards/contoh/kartu.yaml
note_type: dasar
notes:
  - {id: satu, depan: Satu, belakang: One, contoh: Misalnya}
""",
        )
        log = import_package(col, build(kartu, root, SOURCE_DATE_EPOCH="1790000100"))
        assert (log.new, log.updated, log.conflicting) == (0, 1, 0)
        assert note_by_guid(col, f"{UID}:satu")["Contoh"] == "Misalnya"
        assert [card.template()["name"] for card in cards(col)] == ["Maju", "Mundur"]
        assert len([model for model in col.models.all() if "Contoh" in model["name"]]) == 1
        assert col.db is not None
        assert col.db.scalar("select scm from col") == schema


@pytest.mark.parametrize("ticked", [False, True])
def test_study_options_arrive_only_when_ticked(kartu: Run, tmp_path: Path, ticked: bool) -> None:
    """The preset comes with "deck presets" ticked, and the import works either way; the description
    says so in Anki's words, and is imported into a project without that."""
    package = build(kartu, write_project(tmp_path, WITH_OPTIONS))
    with collection(tmp_path / "anki") as col:
        import_package(col, package, presets=ticked)
        number = col.decks.id_for_name("Contoh")
        assert number is not None
        preset = col.decks.config_dict_for_deck_id(number)
        told = col.decks.get(number)["desc"]  # type: ignore[index]
        assert told.startswith('*Nyalakan "Impor juga preset-preset dek yang ada" hanya pada impor')
        assert f'"{col.tr.importing_with_deck_configs()}"' in PRESET_LINES["en"]
        assert preset["name"] == ("Contoh" if ticked else "Default")
        assert preset["new"]["perDay"] == (7 if ticked else 20)
        assert not ticked or preset["desiredRetention"] == pytest.approx(0.85)
    assert kartu("import", package, "-o", tmp_path / "lagi").returncode == 0
    assert "Nyalakan" not in (tmp_path / "lagi/cards/contoh/deck.yaml").read_text("utf-8")


def test_decks_are_nested_and_described(kartu: Run, tmp_path: Path) -> None:
    """Every deck above a subdeck exists; the top one has the description, read as Markdown."""
    package = build(
        kartu,
        write_project(
            tmp_path,
            """--- cards/contoh/deck.yaml
id: contoh
uid: a1b2c3d4e5f60718
name: Contoh
language: id
version: 1.2.3
licence: CC-BY-4.0
description: "**Belajar** sedikit."
--- cards/contoh/kartu.yaml
note_type: dasar
subdeck: A::B
notes:
  - {id: satu, depan: Satu}
""",
        ),
    )
    with collection(tmp_path / "anki") as col:
        import_package(col, package)
        names = [deck.name for deck in col.decks.all_names_and_ids(skip_empty_default=True)]
        assert names == ["Contoh", "Contoh::A", "Contoh::A::B"]
        number = col.decks.id_for_name("Contoh")
        assert number is not None
        top = col.decks.get(number)
        assert top is not None
        assert top["md"] is True
        assert top["desc"] == "**Belajar** sedikit.\n\n*1.2.3 (draft) · 2026-09-21 · CC-BY-4.0*"


def test_editions_share_all_but_the_choice(kartu: Run, tmp_path: Path) -> None:
    """Editions hold the same GUIDs, and media of their notes only; each imports over the other."""
    root = write_project(
        tmp_path,
        PICTURE.replace("  - {id: b, depan: Dua}", "  - {id: b, depan: Dua, tags: [inti]}"),
        """--- cards/contoh/deck.yaml
id: contoh
uid: a1b2c3d4e5f60718
name: Contoh
language: id
version: 1.0.0
editions:
  inti: {title: Inti, include: "tag:inti or (type:dasar and not id:a)"}
  lengkap: {}
""",
    )
    done = kartu("build", cwd=root)
    assert done.returncode == 0, done.stderr
    with collection(tmp_path / "anki") as col:
        assert import_package(col, root / "build" / "contoh-inti.apkg").new == 1
        assert not os.listdir(col.media.dir())
        log = import_package(col, root / "build" / "contoh-lengkap.apkg")
        assert (log.new, log.duplicate, log.conflicting) == (1, 1, 0)


TWO_SIDES = """--- templates/dasar/note_type.yaml
id: dasar
name: Dasar
fields:
  - {key: depan, name: Depan, id: 1, required: true}
  - {key: belakang, name: Belakang, id: 2}
cards:
  - {id: 1, name: Maju, front: maju.front.html, back: maju.back.html}
  - {id: 2, name: Mundur, front: mundur.front.html, back: maju.back.html}
--- templates/dasar/mundur.front.html
{{Belakang}}
"""


def chapter(name: str, notes: int) -> str:
    rows = "".join(f"  - {{id: {name}{n}, depan: D{n}, belakang: B{n}}}\n" for n in range(notes))
    file = f"--- cards/contoh/{name}.yaml\n"
    return f"{file}note_type: dasar\nsubdeck: Bab {name}\nnotes:\n{rows}"


def places(package: Path, folder: Path) -> dict[str, list[int]]:
    """The positions of each note's new cards, in their order."""
    found: dict[str, list[int]] = {}
    query = "select guid, due from notes n, cards c where c.nid = n.id order by guid, ord"
    with closing(database(package, folder)) as connection:
        for guid, due in connection.execute(query):
            found.setdefault(guid.partition(":")[2], []).append(due)
    return found


def test_cards_of_a_note_are_apart_and_stay_where_they_are(kartu: Run, tmp_path: Path) -> None:
    """The second is 25 places on, a subdeck has a range of its own, and new notes move none."""
    empty = "--- cards/contoh/kartu.yaml\n"
    root = write_project(tmp_path, TWO_SIDES, empty, chapter("1", 30), chapter("2", 3))
    before = places(build(kartu, root), tmp_path / "before")
    assert before["10"] == [1, 26]
    assert before["129"] == [30, 55]
    assert before["20"] == [1001, 1026]
    write_project(tmp_path, TWO_SIDES, empty, chapter("1", 31), chapter("2", 4))
    after = places(build(kartu, root), tmp_path / "after")
    assert {note: after[note] for note in before} == before


def test_no_position_is_one_that_anki_reports(kartu: Run, tmp_path: Path) -> None:
    """From 1,000,000 on Check Database complains: the notes of so many subdecks are numbered."""
    chapters = [chapter(str(number), 1) for number in range(1001)]
    root = write_project(tmp_path, TWO_SIDES, "--- cards/contoh/kartu.yaml\n", *chapters)
    found = places(build(kartu, root), tmp_path / "found")
    assert [found[f"{number}0"] for number in (0, 1, 1000)] == [[1, 26], [2, 27], [1001, 1026]]


def test_image_occlusion_is_ankis_own(kartu: Run, tmp_path: Path) -> None:
    """Anki reads and edits an image occlusion note as if it were made there."""
    package = build(kartu, write_project(tmp_path, OCCLUSION))
    with collection(tmp_path / "anki") as col:
        import_package(col, package)
        note = note_by_guid(col, f"{UID}:a")
        read = col.get_image_occlusion_note(note_id=note.id).note
        assert sorted(occlusion.ordinal for occlusion in read.occlusions) == [1, 2]
        assert len(note.cards()) == 2
        col.update_image_occlusion_note(
            note_id=note.id, occlusions=note["Oklusi"], header="Judul", back_extra="", tags=[]
        )
        assert note_by_guid(col, f"{UID}:a")["Judul"] == "Judul"


OCCLUSION = """--- templates/dasar/note_type.yaml
id: dasar
name: Peta
kind: image-occlusion
fields:
  - {key: oklusi, name: Oklusi, id: 1, required: true}
  - {key: gambar, name: Gambar, id: 2, format: image, required: true}
  - {key: judul, name: Judul, id: 3}
  - {key: belakang, name: Belakang, id: 4}
  - {key: komentar, name: Komentar, id: 5}
cards:
  - {id: 1, name: Oklusi, front: maju.front.html, back: maju.back.html}
--- templates/dasar/maju.front.html
<div>{{cloze:Oklusi}}</div><div id="image-occlusion-container">{{Gambar}}</div>
--- templates/dasar/maju.back.html
<div>{{cloze:Oklusi}}</div><div id="image-occlusion-container">{{Gambar}}</div>{{Belakang}}
--- cards/contoh/media/peta.gif
GIF89a not really a picture
--- cards/contoh/kartu.yaml
note_type: dasar
notes:
  - id: a
    oklusi: >-
      {{c1::image-occlusion:rect:left=.1:top=.1:width=.2:height=.2}}<br>
      {{c2::image-occlusion:rect:left=.5:top=.5:width=.2:height=.2}}
    gambar: peta.gif
"""
