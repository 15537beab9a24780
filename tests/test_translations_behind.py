"""A translation is behind from a correction of its original until somebody looks at it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from support.program import Run, hours_ago
from support.projects import needs_git, write_project
from test_branches import git

from kartu.ledger.entries import MAX_WORDS
from kartu.pipeline import Options, check
from kartu.publish.release import ReleaseOptions, ReleaseResult, release
from kartu.report.diff import markdown

SET, EN, DE = "cards/contoh/kartu.yaml", "cards/contoh/i18n/en.yaml", "cards/contoh/i18n/de.yaml"
LONG = "Kalimat ini panjang. " * 40

PROJECT = f"""--- cards/contoh/deck.yaml
id: contoh
uid: a1b2c3d4e5f60718
name: Contoh
language: id
version: 1.0.0
description: Belajar angka.
editions: {{inti: {{title: Inti, include: "id:satu"}}, semua: {{title: Semua}}}}
--- {SET}
note_type: dasar
notes:
  - id: satu
    depan: Peserta konferensi
    belakang: Hadir 28 negara dari *dua* benua
  - id: dua
    depan: Tuan rumah
    belakang: {LONG}
  - id: tiga
    depan: Tahun
    belakang: "1955"
  - id: empat
    depan: Lama
    belakang: Hal lama
    retired: tidak dipakai lagi
--- {EN}
uid: b1b2c3d4e5f60718
name: Example
description: Learn numbers.
editions: {{inti: {{title: Core}}, semua: {{title: All}}}}
notes:
  satu:
    depan: Conference participants
    belakang: 28 countries took part
  dua:
    depan: Host
    belakang: A long sentence
  tiga: {{depan: Year}}
  empat: {{depan: Old, belakang: Old thing, retired: no longer used}}
--- {DE}
uid: c1b2c3d4e5f60718
name: Beispiel
description: Zahlen lernen.
editions: {{inti: {{title: Kern}}, semua: {{title: Alles}}}}
notes:
  satu: {{depan: Teilnehmer, belakang: Es kamen 28 Staaten}}
  dua: {{depan: Gastgeber, belakang: Ein Satz}}
  tiga: {{depan: Jahr}}
"""


class Project:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.hours = 90

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.root / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    def release(self, *, seen: bool = False, major: str = "") -> ReleaseResult:
        """Each release is an hour later than the one before."""
        self.hours -= 1
        options = ReleaseOptions(self.root, major=major, translations_seen=seen)
        with hours_ago(self.hours):
            result = release(options, markdown)
        assert result.ok, (result.diagnostics, result.plans)
        return result

    def behind(self) -> list[tuple[str, int]]:
        """The file and line of each text that `check` calls behind."""
        found = [one for one in check(Options(self.root)) if one.code == "translation-behind"]
        return [(Path(one.span.path).name, one.span.line) for one in found]

    def version(self) -> str:
        text = (self.root / "cards/contoh/deck.yaml").read_text("utf-8")
        return text.partition("version: ")[2].split()[0]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A deck in three languages with a first release."""
    project = Project(write_project(tmp_path_factory.mktemp("published"), PROJECT))
    with hours_ago(100):
        project.release()
    assert project.behind() == []
    return project.root


@pytest.fixture
def project(published: Path, tmp_path: Path) -> Project:
    """A copy of it for one test."""
    return Project(Path(shutil.copytree(published, tmp_path / "p")))


BOTH = [("de.yaml", 6), ("en.yaml", 8)]


def test_a_correction_leaves_every_translation_behind(kartu: Run, project: Project) -> None:
    """At its text, with the old and new words, before and after the correction is released; each
    translation that is corrected too is no longer behind."""
    project.edit(SET, "28 negara", "29 negara")
    told = kartu("check", cwd=project.root).stdout
    assert (
        f"{EN}:8:15: warning[translation-behind]:"
        ' "belakang" of "satu" was corrected in the deck\'s language, but not in this translation\n'
    ) in told
    assert f"{SET}:5:15: the corrected text" in told
    assert 'help: "Hadir 28 negara dari *dua* benua" became "Hadir 29 negara dari *dua*' in told
    assert kartu("check", "--strict", cwd=project.root).returncode == 1
    for change in ("", "depan: Host", "depan: Teilnehmer"):
        if change:
            project.edit(DE if "Teil" in change else EN, change, f"{change}x")
        (plan,) = project.release().plans
        assert [(language, len(texts)) for language, texts in plan.behind] == [("de", 1), ("en", 1)]
        assert project.behind() == BOTH
    project.edit(EN, "28 countries", "29 countries")
    assert project.behind() == BOTH[:1]
    assert project.release().plans[0].behind[0][0] == "de"
    assert project.behind() == BOTH[:1]


def test_looked_at_is_not_behind(kartu: Run, project: Project) -> None:
    """`release --translations-seen` records it in the ledgers and nowhere else, also without a
    release; the next correction counts again."""
    project.edit(SET, "28 negara", "29 negara")
    project.release()
    before = {path: path.read_bytes() for path in project.root.rglob("*") if path.is_file()}
    told = kartu("release", cwd=project.root).stdout
    assert "  translations behind [en]: 1 (satu): kartu check shows each" in told
    told = kartu("release", "--dry-run", "--translations-seen", cwd=project.root).stdout
    assert "translations behind [en]: 1 (satu): would be marked as seen" in told
    assert {path: path.read_bytes() for path in before} == before
    told = kartu("release", "--translations-seen", cwd=project.root).stdout
    assert "nothing to release" in told
    assert "translations behind [de]: 1 (satu): marked as seen" in told
    changed = [path.name for path in before if path.read_bytes() != before[path]]
    assert sorted(changed) == ["ledger.de.jsonl", "ledger.en.jsonl"]
    assert project.behind() == []
    assert kartu("build", "--released", cwd=project.root).returncode == 0
    assert (
        "no translation is behind"
        in kartu("release", "--translations-seen", cwd=project.root).stdout
    )
    project.edit(SET, "29 negara", "30 negara")
    assert project.behind() == BOTH
    project.release(seen=True)
    assert (project.behind(), project.version()) == ([], "1.0.2")


def test_a_correction_that_is_taken_back(project: Project) -> None:
    """The translation was made from what is there again, unless it was corrected meanwhile."""
    project.edit(SET, "28 negara", "29 negara")
    project.release()
    project.edit(EN, "28 countries", "29 countries")
    project.release()
    project.edit(SET, "29 negara", "28 negara")
    assert project.behind() == [("en.yaml", 8)]
    project.release()
    assert project.behind() == [("en.yaml", 8)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("belakang: Hadir 28 negara", "belakang: Hadir   28\n      negara", []),
        ("depan: Lama", "depan: Dahulu", []),
        ("tidak dipakai lagi", "sudah diganti", [("en.yaml", 13)]),
        ('"1955"', '"1956"', []),
        ("  - id: tiga", "  - {id: lima, depan: Baru}\n  - id: tiga", []),
    ],
)
def test_what_makes_no_translation_old(
    project: Project, old: str, new: str, expected: list[tuple[str, int]]
) -> None:
    """Layout, a text that is not translated, and new notes; of a retired note only the reason is
    read."""
    project.edit(SET, old, new)
    assert project.behind() == expected
    project.release()
    assert project.behind() == expected


def test_texts_of_the_deck_itself(project: Project) -> None:
    """Its description and its editions' titles are translated too."""
    project.edit("cards/contoh/deck.yaml", "title: Semua", "title: Semuanya")
    project.edit("cards/contoh/deck.yaml", "Belajar angka", "Belajar bilangan")
    expected = [("de.yaml", 3), ("de.yaml", 4), ("en.yaml", 3), ("en.yaml", 4)]
    for _ in range(2):
        assert project.behind() == expected
        project.release()
    project.edit(EN, "Learn numbers", "Learn figures")
    assert project.behind() == [*expected[:2], expected[3]]
    project.release(seen=True)
    assert project.behind() == []


def test_a_field_that_the_original_gets_or_loses(project: Project) -> None:
    """A text that is new in the original is not translated yet; one that is gone leaves its own."""
    project.edit(SET, "    retired: tidak dipakai lagi\n", "")
    project.edit(EN, ", retired: no longer used", "")
    project.edit(SET, '\n    belakang: "1955"', "")
    project.edit(EN, "tiga: {depan: Year}", 'tiga: {depan: Year, belakang: "In 1955"}')
    project.release()
    assert project.behind() == []
    project.edit(SET, "depan: Tahun", "depan: Tahun\n    belakang: Ketika itu")
    project.edit(SET, "\n    belakang: Hal lama", "")
    assert project.behind() == [("en.yaml", 12), ("en.yaml", 13)]
    helps = [one.help for one in check(Options(project.root)) if one.code == "translation-behind"]
    assert [help.split(":")[0] for help in helps] == [
        '"Ketika itu" was added',
        '"Hal lama" was removed',
    ]


def test_a_change_that_shows_nowhere_is_an_edit(project: Project) -> None:
    """Whoever writes *x* as _x_ has looked; the next correction counts again."""
    project.edit(EN, "28 countries took part", "28 countries *took* part")
    project.release()
    project.edit(SET, "28 negara", "29 negara")
    project.edit(EN, "*took*", "_took_")
    for _ in range(2):
        assert project.behind() == BOTH[:1]
        project.release()
    project.edit(SET, "29 negara", "30 negara")
    assert project.behind() == BOTH


def test_a_note_that_is_retired_and_used_again(project: Project) -> None:
    """While it is retired nobody reads its texts; used again, they are still behind."""
    retired = "    retired: Sudah tidak berlaku\n  - id: dua"
    project.edit(SET, "28 negara", "29 negara")
    project.edit(SET, "  - id: dua", retired)
    for _ in range(2):
        assert project.behind() == []
        project.release(seen=False)
    project.edit(SET, retired, "  - id: dua")
    assert project.behind() == BOTH


def test_long_texts_are_cut(project: Project) -> None:
    """A ledger holds the beginning of an original, and knows of a correction after it."""
    assert len(LONG) > MAX_WORDS
    project.edit(SET, LONG.strip(), LONG.strip() + " Titik.")
    assert [place for place in project.behind() if place[0] == "en.yaml"] == [("en.yaml", 11)]
    lines = map(
        json.loads, (project.root / "cards/contoh/ledger.en.jsonl").read_text().split("\n")[:-1]
    )
    assert max(len(text) for line in lines for text in line.get("original", {}).values()) < 520


def test_a_warning_can_be_accepted(project: Project) -> None:
    """A comment at the translation does, as for every warning."""
    project.edit(SET, "28 negara", "29 negara")
    project.edit(EN, "took part", "took part   # kartu: ignore[translation-behind]")
    assert project.behind() == BOTH[:1]


@needs_git
def test_a_merge_of_a_correction_and_an_edit_of_the_translation(
    project: Project, root: Path
) -> None:
    """What was translated on the other branch is the text before the correction."""
    shutil.copy(root / ".gitattributes", project.root)
    (project.root / ".gitignore").write_text("/build/\n")
    git(project.root, "init", "-q", "-b", "main")
    commit(project, "main")
    for branch, name, old, new in (
        ("pembetulan", SET, "28 negara", "29 negara"),
        ("terjemahan", EN, "took part", "participated"),
    ):
        git(project.root, "checkout", "-q", "-b", branch, "main")
        project.edit(name, old, new)
        project.release()
        commit(project, branch)
    git(project.root, "merge", "-q", "--no-edit", "pembetulan")
    project.release()
    assert project.behind() == BOTH


@pytest.mark.parametrize("newer_first", [True, False])
def test_a_merge_of_ledgers_in_which_one_was_looked_at(project: Project, newer_first: bool) -> None:
    """Where a merge keeps both lines, whichever comes first, the translation was looked at."""
    ledgers = [project.root / f"cards/contoh/ledger.{language}.jsonl" for language in ("de", "en")]
    project.edit(SET, "28 negara", "29 negara")
    project.edit("cards/contoh/deck.yaml", "Belajar", "Mempelajari")
    project.release()
    before = [path.read_text("utf-8") for path in ledgers]
    project.release(seen=True)
    for path, older in zip(ledgers, before, strict=True):
        newer = path.read_text("utf-8")
        path.write_text(newer + older if newer_first else older + newer, "utf-8")
    assert project.behind() == []
    project.edit(SET, "depan: Tahun", "depan: Waktu")
    project.edit(EN, "depan: Year", "depan: Time")
    project.release()
    assert project.behind() == [("de.yaml", 8)]


def commit(project: Project, message: str) -> None:
    git(project.root, "add", "-A")
    git(project.root, "commit", "-qm", message)
