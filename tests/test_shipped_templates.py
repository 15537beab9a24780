"""What a project does not have in templates/ comes with the program."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from support.engine import cards, collection, import_package
from support.program import Run
from support.projects import needs_git, write_project

from kartu.core.diagnostics import Diagnostics
from kartu.core.shipped import SHIPPED, is_shipped
from kartu.load.files import Files
from kartu.pipeline import BuildOptions, Options, build, check

HAND_MADE = """--- cards/kata/deck.yaml
id: kata
uid: a1b2c3d4e5f60718
name: Kata
language: id
version: 1.0.0
--- cards/kata/kata.csv
id,note_type,istilah,arti
kucing,istilah,Kucing,hewan yang mengeong
"""
OWN_TEXT = "--- templates/_shared/fields/text.html\n<b>[[= value ]]</b>\n"


def package(root: Path) -> bytes:
    """The one package of a project that has no fault."""
    result = build(BuildOptions(root))
    assert result.diagnostics == []
    (info,) = result.packages
    return (result.out / info.file).read_bytes()


@pytest.fixture(autouse=True)
def _at_one_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")


def test_a_deck_and_a_sheet_are_a_project(kartu: Run, tmp_path: Path) -> None:
    """Written by hand, they have no fault, and Anki takes the package."""
    write_project(tmp_path, HAND_MADE, base=False)
    assert kartu("check", "--strict", cwd=tmp_path).stdout == "kartu: no faults\n"
    assert kartu("build", cwd=tmp_path).returncode == 0
    assert kartu("schema", cwd=tmp_path).returncode == 0
    assert (tmp_path / ".kartu/schema/cards.istilah.json").is_file()
    with collection(tmp_path / "student") as col:
        assert import_package(col, tmp_path / "build/kata.apkg").new == 1
        assert cards(col)


@pytest.mark.parametrize("more", ["", OWN_TEXT], ids=["none", "its-own-text"])
def test_a_copy_of_the_templates_changes_no_byte(more: str, root: Path, tmp_path: Path) -> None:
    """Packages are the same whether the project has all templates or none of those it shares."""
    without, copied = tmp_path / "without", tmp_path / "copied"
    for folder in (without, copied):
        write_project(folder, HAND_MADE, more, base=False)
    shutil.copytree(root / "templates", copied / "templates", dirs_exist_ok=True)
    if more:
        write_project(copied, more, base=False)
    assert package(without) == package(copied)


def test_a_shared_file_of_the_project_wins_alone(tmp_path: Path) -> None:
    """Its own field template is used; all other files come with the program."""
    plain, own = tmp_path / "plain", tmp_path / "own"
    write_project(plain, HAND_MADE, base=False)
    write_project(own, HAND_MADE, OWN_TEXT, base=False)
    assert package(plain) != package(own)
    (own / "templates/_shared/fields/text.html").write_text("[[= nothing ]]\n", "utf-8")
    (fault,) = build(BuildOptions(own)).diagnostics
    assert (fault.code, fault.span.path) == (
        "template-undefined",
        "templates/_shared/fields/text.html",
    )


def test_a_note_type_of_the_project_hides_the_whole_one(root: Path, tmp_path: Path) -> None:
    """A folder without note_type.yaml is an error with a way out, never half of each."""
    write_project(tmp_path, HAND_MADE, "--- templates/istilah/style.css\n.card {}\n", base=False)
    (fault,) = (one for one in check(Options(tmp_path)) if one.severity == "error")
    assert (fault.code, fault.span.path) == ("no-note-type", "templates/istilah")
    assert "comes with kartu" in fault.help
    shutil.copytree(root / "templates/istilah", tmp_path / "templates/istilah", dirs_exist_ok=True)
    (tmp_path / "templates/istilah/lanjutan.html").unlink()
    faults = build(BuildOptions(tmp_path)).diagnostics
    assert {one.code for one in faults} == {"template-missing"}
    assert all(one.span.path.startswith("templates/istilah/") for one in faults)


def test_a_text_of_the_project_wins_alone(tmp_path: Path) -> None:
    """One key in its own file changes that text; a language without any has English ones."""
    english = HAND_MADE.replace("language: id", "language: en")
    texts = "--- templates/_shared/texts/en.yaml\nistilah_meaning: And that is?\n"
    found = {}
    for name, text in (
        ("english", english),
        ("own", english + texts),
        ("german", HAND_MADE.replace("language: id", "language: de")),
        (
            "some-german",
            HAND_MADE.replace("language: id", "language: de") + texts.replace("en.y", "de.y"),
        ),
    ):
        write_project(tmp_path / name, text, base=False)
        package(tmp_path / name)
        with collection(tmp_path / f"student-{name}") as col:
            import_package(col, tmp_path / name / "build/kata.apkg")
            found[name] = json.dumps(col.models.all())
    assert "What does this term mean?" in found["english"]
    assert "And that is?" in found["own"]
    assert "What does this term mean?" in found["german"]
    assert "And that is?" in found["some-german"]


def test_no_path_leads_out(tmp_path: Path) -> None:
    """Neither through the program's folder, nor by a link in the project's templates."""
    write_project(tmp_path / "p", HAND_MADE, base=False)
    files = Files(tmp_path / "p")
    faults = Diagnostics()
    assert files.read_text(f"{SHIPPED}/istilah/note_type.yaml", faults)
    assert not faults
    assert files.read_text(f"{SHIPPED}/../pyproject.toml", faults) is None
    assert [one.code for one in faults] == ["path-outside-project"]
    (tmp_path / "list.html").write_text("secret", "utf-8")
    fields = tmp_path / "p/templates/_shared/fields"
    fields.mkdir(parents=True)
    (fields / "text.html").symlink_to(tmp_path / "list.html")
    diagnostics = build(BuildOptions(tmp_path / "p")).diagnostics
    assert {one.code for one in diagnostics} == {"path-outside-project"}


def test_an_unused_note_type_of_the_program_is_in_nobodys_way(tmp_path: Path) -> None:
    """A note type of the project may have its name, until both are used."""
    kata = """--- templates/kata/note_type.yaml
id: kata
name: Istilah
fields: [{key: kata, name: Kata, id: 1, required: true}]
cards: [{id: 1, name: Maju, front: a.html, back: a.html}]
--- templates/kata/a.html
{{Kata}}
--- cards/kata/kata.csv
id,note_type,kata
satu,kata,Satu
"""
    write_project(tmp_path, HAND_MADE, kata, base=False)
    assert [one.code for one in check(Options(tmp_path)) if one.severity == "error"] == []
    (tmp_path / "cards/kata/lagi.csv").write_text("id,note_type,istilah,arti\ndua,istilah,a,b\n")
    codes = [one.code for one in check(Options(tmp_path)) if one.severity == "error"]
    assert codes == ["duplicate-id"]


def test_an_extended_deck_has_what_comes_with_the_program(tmp_path: Path) -> None:
    """A project's own files win over upstream's, and upstream's over those of the program."""
    upstream = HAND_MADE.replace("--- cards", "--- upstream/asal/cards")
    mine = """--- cards/milikku/deck.yaml
id: milikku
uid: b1b2c3d4e5f60718
name: Milikku
language: id
version: 1.0.0
extends: upstream/asal
--- cards/milikku/lagi.csv
id,note_type,istilah,arti
anjing,istilah,Anjing,hewan yang menggonggong
"""
    theirs = "--- upstream/asal/templates/_shared/fields/text.html\n<b>[[= value ]]</b>\n"
    ours = "--- templates/_shared/fields/text.html\n<i>[[= value ]]</i>\n"
    for name, more, wanted in (("a", "", ""), ("b", theirs, "<b>"), ("c", theirs + ours, "<i>")):
        write_project(tmp_path / name, upstream, mine, more, base=False)
        package(tmp_path / name)
        with collection(tmp_path / f"student-{name}") as col:
            import_package(col, tmp_path / name / "build/milikku.apkg")
            assert {one["Istilah"] for one in _notes(col)} >= {
                f"{wanted}{word}{wanted.replace('<', '</')}" for word in ("Kucing", "Anjing")
            }


def _notes(col) -> list[dict[str, str]]:  # type: ignore[no-untyped-def]
    return [dict(col.get_note(one).items()) for one in col.find_notes("")]


@needs_git
def test_a_revision_without_templates_can_be_compared(kartu: Run, tmp_path: Path) -> None:
    """`diff` reads it as it reads a folder."""
    from support.github_host import git

    write_project(tmp_path, HAND_MADE, base=False)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "cards")
    git(tmp_path, "commit", "--quiet", "-m", "x")
    sheet = tmp_path / "cards/kata/kata.csv"
    sheet.write_text(sheet.read_text("utf-8").replace("mengeong", "mendengkur"), "utf-8")
    done = kartu("diff", "git:HEAD", ".", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "mendengkur" in done.stdout


def test_a_place_in_a_file_of_the_program_says_so(kartu: Run, tmp_path: Path) -> None:
    """Its path is the same from any folder, with its line, and no file of the project's."""
    kata = HAND_MADE.replace("istilah,arti\n", "istilah\n").replace(",hewan yang mengeong", "")
    write_project(tmp_path / "p", kata, base=False)
    for place in (tmp_path, tmp_path / "p"):
        shown = kartu("-C", tmp_path / "p", "check", "--format", "json", cwd=place).stdout
        paths = {one["path"] for one in json.loads(shown)}
        paths |= {more["path"] for one in json.loads(shown) for more in one["related"]}
        assert all(is_shipped(one) or one.endswith("kata.csv") for one in paths)


class TestUpdate:
    """`kartu new --update`."""

    def test_it_adds_what_is_missing_and_changes_nothing(
        self, kartu: Run, root: Path, tmp_path: Path
    ) -> None:
        """A project by hand gets what it lacks; files that differ are named and left alone."""
        write_project(tmp_path, HAND_MADE, OWN_TEXT, base=False)
        (tmp_path / "README.md").write_text("mine", "utf-8")
        (tmp_path / ".gitignore").write_text("mine", "utf-8")
        before = package(tmp_path)
        done = kartu("new", ".", "--update", "--templates", "--ci", "github", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "added: .github/workflows/decks.yml\n" in done.stdout
        assert "today: .gitignore" not in done.stdout  # it is the author's, as README.md is
        assert "today: templates/_shared/fields/text.html\n" in done.stdout
        assert (tmp_path / "README.md").read_text("utf-8") == "mine"
        assert "<b>" in (tmp_path / "templates/_shared/fields/text.html").read_text("utf-8")
        assert (tmp_path / "templates/istilah/note_type.yaml").is_file()
        assert package(tmp_path) == before
        again = kartu("new", ".", "--update", "--templates", "--ci", "github", cwd=tmp_path)
        assert "added" not in again.stdout

    def test_a_note_type_of_the_project_gets_no_file(self, kartu: Run, tmp_path: Path) -> None:
        """Its folder is whole as it is."""
        write_project(tmp_path, HAND_MADE, "--- templates/isian/x.txt\nx\n", base=False)
        assert kartu("new", ".", "--update", "--templates", cwd=tmp_path).returncode == 0
        assert [one.name for one in (tmp_path / "templates/isian").iterdir()] == ["x.txt"]
        assert (tmp_path / "templates/istilah/style.css").is_file()

    def test_nothing_is_written_outside(self, kartu: Run, tmp_path: Path) -> None:
        """A link that leads out of the project is refused, and nothing is written."""
        write_project(tmp_path / "p", HAND_MADE, base=False)
        (tmp_path / "other").mkdir()
        (tmp_path / "p/.github").symlink_to(tmp_path / "other")
        done = kartu("new", "p", "--update", "--ci", "github", cwd=tmp_path)
        assert done.returncode == 2
        assert "leads out of the project" in done.stderr
        assert list((tmp_path / "other").iterdir()) == []
        assert not (tmp_path / "p/README.md").exists()

    def test_it_needs_a_project_and_no_name(self, kartu: Run, tmp_path: Path) -> None:
        """What would make a new project is refused."""
        assert kartu("new", "x", "--update", cwd=tmp_path).returncode == 2
        write_project(tmp_path / "p", HAND_MADE, base=False)
        assert kartu("new", "p", "--update", "--name", "X", cwd=tmp_path).returncode == 2
