"""What a release holds as a whole: editions, order, several decks, and what was given up."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.program import Run
from support.projects import TWO_NOTE_TYPES, write_project

DECK = "cards/contoh/deck.yaml"
SET = "cards/contoh/kartu.yaml"
CLOZE = "cards/contoh/isian.yaml"
TYPE = "templates/dasar/note_type.yaml"
NOTES = "".join(f"  - {{id: n{n}, depan: Soal {n}, belakang: Jawab {n}}}\n" for n in range(12))
PROJECT = (
    TWO_NOTE_TYPES
    + f"""--- {SET}
note_type: dasar
tags: [inti]
notes:
{NOTES}--- {CLOZE}
note_type: isian
notes:
  - {{id: c1, teks: "{{{{c1::satu}}}} dan {{{{c2::dua}}}}"}}
"""
)
EDITIONS = "editions:\n  inti: {include: 'tag:inti'}\n  lengkap: {}\n"
OTHER = f"""--- cards/lain/deck.yaml
id: lain
uid: b1b2c3d4e5f60718
name: Lain
language: id
version: 1.0.0
--- cards/lain/kartu.yaml
note_type: dasar
notes:
{NOTES}"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = write_project(tmp_path / "p", PROJECT)
    (root / DECK).write_text((root / DECK).read_text("utf-8") + EDITIONS, "utf-8")
    return root


@pytest.fixture
def published(kartu: Run, project: Path) -> Path:
    """Two editions with a first release."""
    done = kartu("release", cwd=project)
    assert done.returncode == 0, done.stderr
    return project


def edit(root: Path, name: str, old: str, new: str) -> None:
    path = root / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def version(root: Path) -> str:
    return str(re.findall(r"^version: (.*)$", (root / DECK).read_text("utf-8"), re.M)[0])


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        (DECK, "tag:inti", "tag:inti and not id:n3", 'no longer in the edition "inti"'),
        (SET, "[inti]", "[lain]", 'no longer in the edition "inti"'),
        (DECK, "  inti:", "  pokok:", None),
        (DECK, "  lengkap: {}\n", "", 'the published edition "lengkap" is no longer there'),
    ],
)
def test_no_note_leaves_an_edition(
    kartu: Run, published: Path, name: str, old: str, new: str, words: str | None
) -> None:
    """Its students would get no correction any more; a renamed edition still holds every note."""
    edit(published, name, old, new)
    if name == SET:
        edit(published, SET, "id: n0,", "id: n0, tags: [inti],")
    said = kartu("check", cwd=published).stdout
    assert ("error[edition-reduced]" in said) == (words is not None)
    assert words is None or words in said


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (DECK, "tag:inti", "tag:inti or id:c1"),
        (SET, NOTES, "".join(reversed(NOTES.splitlines(keepends=True)))),
    ],
)
def test_editions_and_order_are_released(
    kartu: Run, published: Path, name: str, old: str, new: str
) -> None:
    """What makes another package is a draft until it is released; it touches no note."""
    edit(published, name, old, new)
    assert "editions or the order" in kartu("build", "--released", cwd=published).stderr
    done = kartu("release", cwd=published)
    assert "order of the notes or editions" in done.stdout
    assert "touches 0 of 13 published notes" in done.stdout
    assert version(published) == "1.0.1"
    assert kartu("build", "--released", cwd=published).returncode == 0


def test_a_lower_branch_that_was_merged_gets_a_version(
    kartu: Run, project: Path, tmp_path: Path
) -> None:
    """1.1.0 and a fix 1.0.1 made beside it are together another content than either."""
    assert kartu("release", cwd=project).returncode == 0
    fix = shutil.copytree(project, tmp_path / "fix")
    edit(project, SET, "notes:\n", "notes:\n  - {id: baru, depan: B, belakang: B}\n")
    assert "1.1.0 released" in kartu("release", cwd=project).stdout
    edit(fix, SET, "Jawab 3", "Jawaban 3")
    assert "1.0.1 released" in kartu("release", cwd=fix).stdout
    edit(project, SET, "Jawab 3", "Jawaban 3")
    ledger = "cards/contoh/ledger.jsonl"
    both = (project / ledger).read_text("utf-8") + (fix / ledger).read_text("utf-8")
    (project / ledger).write_text("".join(dict.fromkeys(both.splitlines(keepends=True))), "utf-8")
    assert kartu("build", "--released", cwd=project).returncode == 1
    assert "1.1.1 released" in kartu("release", cwd=project).stdout
    assert kartu("build", "--released", cwd=project).returncode == 0


def test_one_deck_keeps_the_others_in_the_manifest(kartu: Run, published: Path) -> None:
    """`build DECK` and `release DECK` tell what still lies there of other decks."""
    write_project(published, OTHER, base=False)
    assert kartu("build", cwd=published).returncode == 0
    manifest = published / "build/manifest.json"
    before = manifest.read_bytes()
    files = [one["file"] for one in json.loads(before)["packages"]]
    assert files == ["contoh-inti.apkg", "contoh-lengkap.apkg", "lain.apkg"]
    assert kartu("release", "lain", cwd=published).returncode == 0
    assert [one["file"] for one in json.loads(manifest.read_bytes())["packages"]] == files
    (published / "build/lain.apkg").unlink()
    assert kartu("build", "contoh", cwd=published).returncode == 0
    assert [one["file"] for one in json.loads(manifest.read_bytes())["packages"]] == files[:2]


def test_a_package_that_is_no_longer_built_is_told(kartu: Run, published: Path) -> None:
    """`build --check` compares both ways."""
    edit(published, DECK, "  inti:", "  pokok:")
    assert kartu("release", "-o", "lain", cwd=published).returncode == 0
    done = kartu("build", "--check", cwd=published)
    assert done.returncode == 1
    assert "contoh-inti.apkg: in the manifest, but no longer built" in done.stdout


def test_a_fault_of_another_deck_stops_none(kartu: Run, published: Path) -> None:
    """A deck that was named is built and released whatever stands in the others."""
    write_project(published, OTHER.replace("depan: Soal 3", "depn: Soal 3"), base=False)
    assert kartu("build", cwd=published).returncode == 1
    assert kartu("build", "contoh", cwd=published).returncode == 0
    edit(published, SET, "Jawab 3", "Jawaban 3")
    assert kartu("release", "contoh", cwd=published).returncode == 0
    assert kartu("build", "lain", cwd=published).returncode == 1


def test_a_gap_that_was_given_up_never_comes_back(kartu: Run, published: Path) -> None:
    """Students' progress on c2 is of the old text: another one gets the next number."""
    edit(published, CLOZE, "{{c2::dua}}", "dua")
    assert kartu("release", "--major", "terlalu sulit", cwd=published).returncode == 0
    assert kartu("check", cwd=published).returncode == 0
    edit(published, CLOZE, "dan dua", "dan {{c2::tiga}}")
    said = kartu("check", cwd=published).stdout
    assert "error[cloze-renumbered]: c2 was given up" in said
    assert "take c3" in said
    edit(published, CLOZE, "c2::", "c3::")
    assert kartu("release", cwd=published).returncode == 0
    assert version(published) == "2.1.0"


@pytest.mark.parametrize(
    ("old", "code"),
    [
        ("  - {key: contoh, name: Contoh, id: 3}\n", "field 3"),
        ("  - {id: 2, name: Mundur, front: mundur.front.html, back: maju.back.html}\n", "card 2"),
    ],
)
def test_a_position_that_was_given_up_never_comes_back(
    kartu: Run, published: Path, old: str, code: str
) -> None:
    """Students have its old text or progress there: another one gets the next position."""
    edit(published, TYPE, old, "")
    assert kartu("release", "--major", "salah", cwd=published).returncode == 0
    assert kartu("check", cwd=published).returncode == 0
    name = re.sub("Contoh|Mundur", "Lain", old).replace("key: contoh", "key: lain")
    (published / TYPE).write_text((published / TYPE).read_text("utf-8"), "utf-8")
    before = "cards:\n" if "key" in old else "  - {id: 1,"
    edit(published, TYPE, before, name + before)
    said = kartu("check", cwd=published).stdout
    assert f"error[position-moved]: the {code} was given up in an earlier release" in said


def test_looks_cannot_hide_behind_a_renamed_key(kartu: Run, published: Path) -> None:
    """A key is the author's name for a field: with a new one the text is still the same."""
    for name in (TYPE, SET):
        path = published / name
        path.write_text(path.read_text("utf-8").replace("belakang:", "balik:"), "utf-8")
    edit(published, TYPE, "key: belakang", "key: balik")
    assert "nothing to release" in kartu("release", cwd=published).stdout
    field = "--- templates/_shared/fields/text.html\n<b>[[= value ]]</b>\n"
    write_project(published, field, base=False)
    refused = kartu("release", cwd=published)
    assert (refused.returncode, "--touch-all" in refused.stderr) == (1, True)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (CLOZE, "{{c2::dua}}", "{{c2::satu}}"),
        (TYPE, "name: Mundur", "name: Balik"),
    ],
)
def test_what_looks_alike_is_not_refused(
    kartu: Run, published: Path, name: str, old: str, new: str
) -> None:
    """A gap may get the text of another that keeps it; a card may take a name a field gave up."""
    edit(published, name, old, new)
    assert kartu("check", cwd=published).returncode == 0


def test_a_card_may_take_the_name_of_a_former_field(kartu: Run, published: Path) -> None:
    """Anki keeps names of fields and cards apart."""
    edit(published, TYPE, "name: Contoh", "name: Misal")
    assert kartu("release", cwd=published).returncode == 0
    edit(published, TYPE, "name: Mundur", "name: Contoh")
    assert kartu("check", cwd=published).returncode == 0


def test_faults_name_their_deck(kartu: Run, published: Path) -> None:
    """Decks that share a note type are told apart; a variant does not repeat its deck's fault."""
    write_project(published, OTHER, base=False)
    variant = "--- cards/contoh/i18n/en.yaml\nuid: e1b2c3d4e5f60718\nname: Example\n"
    write_project(published, variant, base=False)
    assert kartu("release", cwd=published).returncode == 0
    edit(published, SET, "  - {id: n5, depan: Soal 5, belakang: Jawab 5}", "  - {id: n5, depan: S}")
    edit(published, TYPE, "name: Dasar\n", "name: Dasar\nslots: {fields: 9}\n")
    said = kartu("check", cwd=published).stdout
    for name in ("Contoh", "Lain", "Example"):
        assert f'(in the deck "{name}")' in said
    assert said.count("error[card-lost]") == 1


def test_a_restamped_release_says_what_it_touches(kartu: Run, published: Path) -> None:
    """The changelog tells the new date, the report how many notes have the new time."""
    edit(published, SET, "Jawab 3", "Jawaban 3")
    assert kartu("release", cwd=published).returncode == 0
    ledger, changelog = (published / "cards/contoh" / n for n in ("ledger.jsonl", "changelog.md"))
    earlier = ledger.read_text("utf-8")
    times = sorted(set(re.findall(r'"time":(\d+)', earlier)))
    old = str(int(times[-1]) - 86_400 * 3)
    first = str(int(old) - 86_400)
    ledger.write_text(earlier.replace(times[-1], old).replace(times[0], first), "utf-8")
    date = re.findall(r"## 1\.0\.1 \((.*)\)", changelog.read_text("utf-8"))[0]
    text = changelog.read_text("utf-8")
    told = datetime.fromtimestamp(int(old), UTC).date()
    changelog.write_text(text.replace(f"1.0.1 ({date})", f"1.0.1 ({told})"))
    done = kartu("release", "--restamp", cwd=published)
    assert "on the 1 note that it changed" in done.stdout
    assert f"## 1.0.1 ({date})" in changelog.read_text("utf-8")
