"""Note types grow through three releases without a conflict, also for who skips one."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.gates import gate
from support.projects import write_project

from kartu.publish.release import ReleaseOptions, release
from kartu.publish.verify.package import read_package
from kartu.report.diff import markdown

HOUR = 3600
NOTES = range(6)

# The fields of note_type.yaml in each release: a spare claimed, another one, a field renamed.
STANDARD = [
    "  - {key: c, name: Contoh, id: 3}\n",
    "  - {key: c, name: Contoh, id: 3}\n  - {key: d, name: Daerah, id: 4}\n",
    "  - {key: c, name: Misal, id: 3}\n  - {key: d, name: Daerah, id: 4}\n",
]
HEAD = """--- templates/dasar/note_type.yaml
id: dasar
name: Dasar
kind: {kind}
fields:
  - {{key: a, name: Teks, id: 1, required: true}}
  - {{key: b, name: Gambar, id: 2{image}}}
{fields}cards:
  - {{id: 1, name: Maju, front: maju.front.html, back: maju.back.html}}
{card}--- templates/dasar/maju.front.html
{front}
--- templates/dasar/maju.back.html
{front}<hr id=answer>{{{{Gambar}}}} {shown}
--- templates/dasar/mundur.front.html
{{{{Daerah}}}}
--- cards/contoh/media/peta.gif
GIF89a not a picture
--- cards/contoh/kartu.yaml
note_type: dasar
notes:
{notes}"""

OCCLUSION = "  - {key: e, name: Judul, id: 3}\n  - {key: f, name: Belakang, id: 4}\n"
OCCLUSION += "  - {key: g, name: Komentar, id: 5}\n"


def version(kind: str, number: int) -> str:
    """The project as of release `number` (0, 1, 2)."""
    occlusion = kind == "image-occlusion"
    fields = STANDARD[number]
    if occlusion:
        fields = OCCLUSION + fields.replace("id: 3", "id: 6").replace("id: 4", "id: 7")
    dormant = "  - {id: 2, name: Mundur, front: mundur.front.html, back: maju.back.html}\n"
    text = "image-occlusion:rect:left=.1:top=.1:width=.2:height=.2" if occlusion else "tersembunyi"
    first = "Soal" if kind == "standard" else "{{c1::" + text + "}}"
    notes = "".join(
        f'  - {{id: n{n}, a: "{first} {n}", b: peta.gif, c: Misal {n}'
        + (f", d: Daerah {n} {number if n < 5 else 0}" if number else "")
        + "}\n"
        for n in NOTES
    )
    return HEAD.format(
        kind=kind,
        image=", format: image",
        fields=fields,
        card=dormant if kind == "standard" and number == 2 else "",
        front="{{Teks}}" if kind == "standard" else "{{cloze:Teks}}",
        shown="{{Misal}}" if number == 2 else "{{Contoh}}",
        notes=notes,
    )


def releases(
    kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch, times: list[int]
) -> list[Path]:
    packages = []
    for number, stamp in enumerate(times):
        root = write_project(folder / "p", version(kind, number), base=number == 0)
        monkeypatch.setattr("kartu.core.clock.time.time", lambda stamp=stamp: float(stamp))
        out = folder / f"R{number + 1}"
        result = release(ReleaseOptions(root, out=out), markdown)
        assert result.packages, (result.diagnostics, result.plans)
        packages.append(out / "contoh.apkg")
    return packages


@pytest.mark.parametrize("kind", ["standard", "cloze", "image-occlusion"])
def test_a_note_type_grows_without_a_conflict(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fields and a card claimed, a field renamed: each update, and one that skips, is harmless."""
    times = [1_780_000_000 + number * HOUR for number in range(3)]
    packages = releases(kind, tmp_path, monkeypatch, times)
    assert [found for one in packages if (found := gate(one).findings)] == []
    for old, new in itertools.combinations(packages, 2):
        upgrade = gate(new, old)
        assert upgrade.findings == []
        assert upgrade.counts["updated"] >= 5


CHAIN = """
import json, sys, tempfile
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
col = Collection(tempfile.mkdtemp() + "/collection.anki2")
for path in sys.argv[1:]:
    options = ImportAnkiPackageOptions()
    col.import_anki_package(ImportAnkiPackageRequest(package_path=path, options=options))
print(json.dumps(dict(col.db.execute("select guid, flds from notes"))))
"""


@pytest.mark.parametrize("python", [sys.executable, *filter(None, [os.environ.get("KARTU_ANKI")])])
def test_a_chain_of_releases_arrives(
    python: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who imports every release when it is out has the last one's texts, on old Anki too.

    Anki of 2024 stamps an updated note with the time of the import, so that the third release is
    made later here than the second is imported.
    """
    import time

    now = int(time.time())
    times = [now - 2 * HOUR, now - HOUR, now + HOUR]
    packages = releases("standard", tmp_path, monkeypatch, times)
    monkeypatch.undo()
    command = [python, "-c", CHAIN, *map(str, packages)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    texts = json.loads(done.stdout.splitlines()[-1])
    latest = read_package(str(packages[-1])).notes
    assert {guid: fields.split("\x1f") for guid, fields in texts.items()} == {
        guid: list(note.fields) for guid, note in latest.items()
    }
