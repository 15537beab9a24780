"""What a release says of itself: it counts as `diff` does and names what breaks and is new."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from support.program import Run
from support.projects import MUNDUR, TWO_NOTE_TYPES, write_project

SET = "cards/contoh/kartu.yaml"
DECK = "cards/contoh/deck.yaml"
TYPE = "templates/dasar/note_type.yaml"
FRONT = "templates/dasar/lagi.front.html"
CHANGELOG = "cards/contoh/changelog.md"

NOTES = "".join(f"  - {{id: n{n}, depan: Soal {n}, belakang: Jawab {n}}}\n" for n in range(5))
PROJECT = f"{TWO_NOTE_TYPES}--- {FRONT}\n{{{{Depan}}}}?\n"
PROJECT += f"--- {SET}\nnote_type: dasar\nsubdeck: Bab 1\ntags: [a]\nnotes:\n{NOTES}"
FIELD = "  - {key: ket, name: Ket, id: 4}\ncards:"
LAGI = "  - {id: 3, name: Lagi, front: lagi.front.html, back: maju.back.html}\n"


@pytest.fixture(scope="module")
def released(kartu: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a first release."""
    root = write_project(tmp_path_factory.mktemp("released") / "p", PROJECT)
    assert kartu("release", cwd=root).returncode == 0
    return root


@pytest.fixture
def published(released: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(released, tmp_path / "p"))


def edit(root: Path, *edits: tuple[str, str, str]) -> None:
    for name, old, new in edits:
        path = root / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")


# By what changes: how many published notes a student gets anew.
EDITS = {
    "a field claimed": (0, [(TYPE, "cards:", FIELD)]),
    "a field claimed and filled in two notes": (
        2,
        [
            (TYPE, "cards:", FIELD),
            (SET, "belakang: Jawab 1}", "belakang: Jawab 1, ket: K}"),
            (SET, "belakang: Jawab 3}", "belakang: Jawab 3, ket: K}"),
        ],
    ),
    "a card claimed": (
        0,
        [(TYPE, MUNDUR, MUNDUR + LAGI)],
    ),
    "a card claimed, and a text": (
        1,
        [
            (TYPE, MUNDUR, MUNDUR + LAGI),
            (SET, "Jawab 2", "Jawaban 2"),
        ],
    ),
    "a field renamed": (0, [(TYPE, "name: Contoh, id: 3", "name: Misal, id: 3")]),
    "tags": (1, [(SET, "belakang: Jawab 4}", "belakang: Jawab 4, tags: [b]}")]),
    "retired": (1, [(SET, "belakang: Jawab 4}", "belakang: Jawab 4, retired: lama}")]),
    "moved": (0, [(SET, "subdeck: Bab 1", "subdeck: Bab 2")]),
    "new": (0, [(SET, NOTES, f"{NOTES}  - {{id: baru, depan: B}}\n")]),
    "looks of the type": (0, [("templates/dasar/maju.back.html", "answer", "jawab")]),
}


@pytest.mark.parametrize("what", EDITS)
def test_diff_and_release_count_the_same_notes(kartu: Run, published: Path, what: str) -> None:
    """What `diff` counts as replaced is what `release` touches, spares claimed or not."""
    count, edits = EDITS[what]
    edit(published, *edits)
    diff = kartu("diff", "build/contoh.apkg", ".", "--format", "json", cwd=published)
    plan = kartu("release", "--dry-run", "--touch-all", "--format", "json", cwd=published)
    [deck], [planned] = json.loads(diff.stdout)["decks"], json.loads(plan.stdout)["plans"]
    assert (deck["rewritten"], planned["touched"]) == (count, count)


def test_a_major_release_lists_what_breaks_by_note(kartu: Run, published: Path) -> None:
    """Each note that students lose is named with its place, though the reason is accepted."""
    for note in (1, 3):
        edit(
            published,
            (SET, f"  - {{id: n{note}, depan: Soal {note}, belakang: Jawab {note}}}\n", ""),
        )
    for more in (["--dry-run"], []):
        done = kartu("release", "--major", "memang perlu", *more, cwd=published)
        assert done.returncode == 0
        listed = done.stdout.partition("breaks: 2\n")[2].splitlines()[:2]
        assert [f'"n{note}"' in line for note, line in zip((1, 3), listed, strict=True)] == [
            True
        ] * 2
        assert all(line.lstrip().startswith("cards/contoh/") for line in listed)


@pytest.mark.parametrize("package", ["there", "lost"])
def test_the_changelog_names_a_card_that_a_note_gets(
    kartu: Run, published: Path, package: str
) -> None:
    """A spare card that is claimed is named with each note that has it, old package or not."""
    if package == "lost":
        shutil.rmtree(published / "build")
    (published / FRONT).write_text("{{Contoh}}", "utf-8")
    edit(
        published,
        (TYPE, MUNDUR, MUNDUR + LAGI),
        (SET, "belakang: Jawab 2}", "belakang: Jawab 2, contoh: C}"),
    )
    assert kartu("release", "--touch-all", cwd=published).returncode == 0
    newest = (published / CHANGELOG).read_text("utf-8").split("\n## ")[1]
    named = [line for line in newest.splitlines() if "Lagi" in line and "Soal" in line]
    assert len(named) == 1, newest
    assert "Soal 2" in named[0]


@pytest.mark.parametrize(
    ("written", "edits", "called"),
    [
        ("1.0.0", [(SET, "Jawab 2", "Jawaban 2")], "1.0.0 -> 1.0.1, patch:"),
        ("1.0.5", [(SET, "Jawab 2", "Jawaban 2")], "1.0.0 -> 1.0.5, patch:"),
        (
            "1.4.0",
            [(SET, "Jawab 2", "Jawaban 2")],
            "1.0.0 -> 1.4.0, minor, as written in deck.yaml:",
        ),
        (
            "3.0.0",
            [(SET, "Jawab 2", "Jawaban 2")],
            "1.0.0 -> 3.0.0, major, as written in deck.yaml:",
        ),
        ("2.0.0", [(SET, NOTES, f"{NOTES}  - {{id: x, depan: B}}\n")], "2.0.0, major, as written"),
        ("1.0.1", [(SET, NOTES, f"{NOTES}  - {{id: x, depan: B}}\n")], "1.0.0 -> 1.1.0, minor:"),
    ],
)
def test_a_version_is_called_what_it_is(
    kartu: Run, published: Path, written: str, edits: list[tuple[str, str, str]], called: str
) -> None:
    """A version raised by hand is not called a patch where another number than the last moved."""
    edit(published, (DECK, "version: 1.0.0", f"version: {written}"), *edits)
    done = kartu("release", "--dry-run", cwd=published)
    assert done.returncode == 0
    assert called in done.stdout


def test_what_came_back_is_no_loss(kartu: Run, published: Path) -> None:
    """A text that is again as it was, and a note retired and taken back, after three releases:
    their students' edits count as overwritten, and `verify` finds nothing from either of two."""
    retired = ("belakang: Jawab 3}", "belakang: Jawab 3, retired: lama}")
    made = [shutil.copy(published / "build/contoh.apkg", published / "1.apkg")]
    for version, (first, second) in enumerate((((0, 1), (0, 1)), ((1, 0), (1, 0))), start=2):
        texts, marks = ("Jawab 2", "Jawaban 2"), retired
        edit(published, (SET, texts[first[0]], texts[first[1]]))
        edit(published, (SET, marks[second[0]], marks[second[1]]))
        assert kartu("release", "--touch-all", cwd=published).returncode == 0
        made.append(shutil.copy(published / "build/contoh.apkg", published / f"{version}.apkg"))
    done = kartu("verify", made[2], "--from", made[0], "--from", made[1], cwd=published)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("2 updated") == 2
