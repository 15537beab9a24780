"""A deck that extends another one, through every command and in every place it can lie."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from support.extending import DECK, built, content, extending, looks, small
from support.program import Run
from support.projects import needs_git, write_project

from kartu.core.progress import no_progress
from kartu.importing.new import NewOptions, new
from kartu.load import load_project
from kartu.pipeline import Options, check, compile_decks
from kartu.show.editor.watch import watched

CHANGES = "cards/kelas/changes.yaml"
ASAL = "upstream/ksi/cards/asal"


def write(project: Path, path: str, text: str) -> None:
    file = project / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def move(project: Path, old: str, new: str) -> None:
    (project / new).parent.mkdir(parents=True, exist_ok=True)
    (project / old).rename(project / new)


# --- looks ------------------------------------------------------------------------------------


def test_a_theme_of_ones_own(root: Path, tmp_path: Path) -> None:
    """A theme of the own templates restyles upstream's note types, and touches no note."""
    project = extending(root, tmp_path)
    write(project, "templates/_shared/themes/kelas/theme.css", ".card { color: rebeccapurple }\n")
    with (project / "cards/kelas/deck.yaml").open("a", encoding="utf-8") as file:
        file.write("theme: kelas\n")
    upstream, edition = built(project / "upstream/ksi"), built(project)
    assert content(edition) == content(upstream)
    for own, theirs in zip(looks(edition), looks(upstream), strict=True):
        assert "rebeccapurple" in own.css
        assert own.cards == theirs.cards
    assert [one for one in check(Options(project)) if one.code != "unexpected-file"] == []


def test_a_note_type_of_ones_own(tmp_path: Path) -> None:
    """A note type in the own templates stands in for upstream's, all of it: no file is mixed."""
    project = small(tmp_path)
    theirs = "upstream/ksi/templates/dasar"
    write(project, f"{theirs}/style.css", ".theirs {}\n")
    for name in ("note_type.yaml", "maju.back.html"):
        write(project, f"templates/dasar/{name}", (project / theirs / name).read_text("utf-8"))
    write(project, "templates/dasar/maju.front.html", "<b>{{Depan}}</b>")
    (look,) = looks(built(project))
    assert look.cards[0][1] == "<b>{{Depan}}</b>"
    assert ".theirs" not in look.css
    assert content(built(project)) == content(built(project / "upstream/ksi"))


def test_a_field_template_of_ones_own(tmp_path: Path) -> None:
    """A file in the own _shared/ stands in for upstream's, and a cache notices each change."""
    project = small(tmp_path / "p")
    cache = tmp_path / "cache"

    def first_list() -> str:
        compiled, _ = compile_decks(project, [], cache, no_progress)
        return compiled[0].built.notes[0].fields[2]

    assert first_list() == "<ul><li>a</li><li>b</li></ul>"
    own = "templates/_shared/fields/list.html"
    write(project, own, "[[% for item in items %]]*[[= item ]][[% endfor %]]")
    assert first_list() == "*a*b"
    write(project, f"upstream/ksi/{own}", "never seen")
    assert first_list() == "*a*b"
    (project / own).unlink()
    assert first_list() == "never seen"


def test_media_of_both(tmp_path: Path) -> None:
    """Upstream's pictures are found; one of the same name in the own media/ stands in for it."""
    project = small(tmp_path)
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><circle r="{}"/></svg>'
    for name, size in (("a", 1), ("b", 2)):
        write(project, f"{ASAL}/media/{name}.svg", svg.format(size))
    write(project, "cards/kelas/media/b.svg", svg.format(3))
    text = (project / ASAL / "1.yaml").read_text("utf-8")
    text = text.replace("One", "'![A](a.svg)'").replace("Two", "'![B](b.svg)'")
    write(project, f"{ASAL}/1.yaml", text)
    paths = [one.path for note in built(project).notes for one in note.media]
    assert paths == [f"{ASAL}/media/a.svg", "cards/kelas/media/b.svg"]
    assert check(Options(project)) == []


# --- where upstream lies ------------------------------------------------------------------------


def test_upstream_in_the_same_project(tmp_path: Path) -> None:
    """A deck can extend another one of its project; both are built, and each is itself."""
    project = small(tmp_path)
    move(project, ASAL, "cards/asal")
    move(project, "upstream/ksi/templates", "templates")
    write(project, "cards/kelas/deck.yaml", DECK.replace("upstream/ksi", "cards/asal"))
    compiled, said = compile_decks(project, [], None, no_progress)
    assert said == []
    asal, kelas = (one.built for one in compiled)
    assert content(asal) == content(kelas)
    assert looks(asal) == looks(kelas)


def test_a_fault_upstream_stops_the_edition(kartu: Run, tmp_path: Path) -> None:
    """Also where only the edition is asked for: no note is left out in silence."""
    project = small(tmp_path)
    move(project, ASAL, "cards/asal")
    move(project, "upstream/ksi/templates", "templates")
    write(project, "cards/kelas/deck.yaml", DECK.replace("upstream/ksi", "cards/asal"))
    for path, fault in (("1.yaml", "notes: [{id: satu"), ("deck.yaml", "id: [")):
        before = (project / "cards/asal" / path).read_text("utf-8")
        write(project, f"cards/asal/{path}", fault)
        done = kartu("build", "kelas", cwd=project)
        assert done.returncode == 1
        assert f"cards/asal/{path}:1:" in done.stderr
        write(project, f"cards/asal/{path}", before)
    assert kartu("build", "kelas", cwd=project).returncode == 0


def test_an_edition_of_an_edition(tmp_path: Path) -> None:
    """Changes add up, from the project that is furthest to the own one."""
    school = small(tmp_path / "school")
    write(school, CHANGES, "notes: {satu: {depan: Sekolah, instead_of: {depan: Satu}}}\n")
    project = tmp_path / "class"
    move(tmp_path, "school", "class/upstream/school")
    deck = DECK.replace("upstream/ksi", "upstream/school").replace("d20c", "d20d")
    write(project, "cards/9a/deck.yaml", deck.replace("kelas", "9a").replace("KSI", "IX "))
    write(project, "cards/9a/changes.yaml", "notes: {dua: {skip: true}}\n")
    notes = content(built(project))
    assert [(note.id, note.fields[0]) for note in notes] == [
        ("satu", "Sekolah"),
        ("tiga", "Tiga"),
        ("empat", "Empat"),
    ]
    assert check(Options(project)) == []


def test_a_package_as_upstream(kartu: Run, tmp_path: Path) -> None:
    """A package becomes a project by `kartu import`; its notes keep their ids, and update."""
    maker, project = small(tmp_path / "maker") / "upstream/ksi", tmp_path / "p"
    assert kartu("build", cwd=maker).returncode == 0
    write(project, "cards/kelas/deck.yaml", DECK)
    change = "notes: {satu: {depan: Siji, instead_of: {depan: Satu}}}\n"
    write(project, CHANGES, change)
    done = kartu("import", maker / "build/asal.apkg", "-o", "upstream/ksi", cwd=project)
    assert done.returncode == 0, done.stderr
    upstream, edition = built(maker), built(project)
    assert [note.source.id for note in edition.notes] == [note.source.id for note in upstream.notes]
    assert edition.notes[0].fields[0] == "Siji"
    types = {one.id for one in edition.note_types} | {one.name for one in edition.note_types}
    assert types.isdisjoint({x for one in upstream.note_types for x in (one.id, one.name)})
    assert [one for one in check(Options(project)) if one.severity == "error"] == []


def test_authors_of_both_are_named(tmp_path: Path) -> None:
    """Whoever wrote the original stays named; licence and what else is not said are its own."""
    project = small(tmp_path)
    for path, more in (
        (
            f"{ASAL}/deck.yaml",
            "authors: [Ani, Budi]\nlicence: CC-BY-4.0\noptions: {new_per_day: 5}\n",
        ),
        ("cards/kelas/deck.yaml", "authors: [Siti, Budi]\noptions: {desired_retention: 0.8}\n"),
    ):
        write(project, path, (project / path).read_text("utf-8") + more)
    deck = built(project).source
    assert deck.authors == ("Siti", "Budi", "Ani")
    assert (deck.licence, *deck.options) == ("CC-BY-4.0", 5, 0.8)


def test_upstream_through_a_link_that_leads_out(tmp_path: Path) -> None:
    """A link is no way out of the project."""
    project = small(tmp_path / "p")
    move(tmp_path, "p/upstream/ksi", "elsewhere")
    (project / "upstream/ksi").symlink_to(tmp_path / "elsewhere")
    said = {one.code for one in check(Options(project)) if one.severity == "error"}
    assert "path-outside-project" in said


def test_ignored_warnings_upstream_stay_ignored(tmp_path: Path) -> None:
    """A comment upstream is followed, and where the edition leaves its note out, not told."""
    project = small(tmp_path)
    text = (project / ASAL / "1.yaml").read_text("utf-8")
    accepted = (
        "  # kartu: ignore[html-removed] meant\n  - {id: satu, depan: Satu, belakang: <x>One</x>"
    )
    write(
        project,
        f"{ASAL}/1.yaml",
        text.replace("  - {id: satu, depan: Satu, belakang: One", accepted),
    )
    assert check(Options(project)) == []
    write(project, CHANGES, "notes: {satu: {skip: true}}\n")
    assert check(Options(project)) == []


# --- commands -----------------------------------------------------------------------------------


def test_export_and_the_preview(kartu: Run, tmp_path: Path) -> None:
    """A sheet holds the own notes and names the others; the preview follows upstream's files."""
    project = small(tmp_path)
    own = "note_type: dasar\nnotes: [{id: enam, depan: Enam, sources: [buku]}]\n"
    write(project, "cards/kelas/2.yaml", own)
    write(project, CHANGES, "notes: {satu: {tags: [kelas]}}\n")
    done = kartu("export", "-o", "a.csv", cwd=project)
    assert "not in it: the notes of upstream/ksi, which are changed in" in done.stdout + done.stderr
    rows = list(csv.DictReader(io.StringIO((project / "a.csv").read_text("utf-8-sig"))))
    assert [row["id"] for row in rows] == ["enam"]
    assert "belakang" in rows[0]
    assert {ASAL, "upstream/ksi/templates"} <= set(watched(load_project(project)[0]))
    for command in ("stats", "site", "facts"):
        done = kartu(command, cwd=project)
        assert done.returncode == 0, done.stderr
    decks = (project / "build/site/decks").glob("*.js")
    assert "enam" in "".join(path.read_text("utf-8") for path in decks)


def test_schemas_know_upstreams_note_types(kartu: Run, tmp_path: Path) -> None:
    """An editor is told the fields of changes and of own notes; --fix names the schema."""
    project = small(tmp_path)
    write(project, CHANGES, "notes: {satu: {tags: [kelas]}}\n")
    assert kartu("schema", cwd=project).returncode == 0
    schema = json.loads((project / ".kartu/schema/changes.json").read_text("utf-8"))
    change = schema["properties"]["notes"]["additionalProperties"]
    assert {"depan", "skip", "instead_of", "sources"} <= set(change["properties"])
    assert (project / ".kartu/schema/cards.dasar.json").exists()
    assert kartu("check", "--fix", cwd=project).returncode == 0
    assert "schema/changes.json" in (project / CHANGES).read_text("utf-8").splitlines()[0]


@needs_git
def test_diff_of_a_revision(kartu: Run, tmp_path: Path) -> None:
    """A git revision is compared with upstream's files as they were then."""
    project = small(tmp_path)
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *command], cwd=project, check=True)
    text = (project / ASAL / "1.yaml").read_text("utf-8")
    write(project, f"{ASAL}/1.yaml", text.replace("Two", "Second"))
    done = kartu("diff", "git:HEAD", ".", cwd=project)
    assert done.returncode == 0, done.stderr
    assert "Second" in done.stdout


def test_a_project_made_of_one_that_extends(tmp_path: Path) -> None:
    """`new --from` takes upstream along."""
    project = small(tmp_path / "p")
    new(NewOptions(tmp_path / "q", origin=project))
    assert content(built(tmp_path / "q")) == content(built(project))


def test_accepting_goes_with_fix(kartu: Run, tmp_path: Path) -> None:
    """--accept-upstream alone is wrong use; with --diff nothing is written."""
    project = small(tmp_path)
    change = "notes: {satu: {depan: Siji, instead_of: {depan: Old}}}\n"
    write(project, CHANGES, change)
    assert kartu("check", "--accept-upstream", cwd=project).returncode == 2
    done = kartu("check", "--fix", "--accept-upstream", "--diff", cwd=project)
    assert done.returncode == 1
    assert "+notes: {satu: {depan: Siji, instead_of: {depan: Satu}}}" in done.stdout
    assert (project / CHANGES).read_text("utf-8") == change


@pytest.mark.parametrize(
    "broken", ["notes: [", "[]", "", "notes: x\n", "notes: {satu: [a]}\n", "a: &a [*a]\n"]
)
def test_any_changes_give_diagnostics(broken: str, tmp_path: Path) -> None:
    """What is no list of changes is told at its place, and never a traceback."""
    project = small(tmp_path)
    write(project, CHANGES, broken)
    said = check(Options(project))
    assert {one.span.path for one in said} == {CHANGES}


def test_other_decks_pay_nothing(tmp_path: Path) -> None:
    """A build of a deck that extends no other one does not even load what reads such decks."""
    write_project(tmp_path)
    code = (
        "import sys; from pathlib import Path; from kartu.pipeline import BuildOptions, build;"
        "assert build(BuildOptions(Path())).packages;"
        "assert not {'kartu.load.upstream', 'kartu.load.changes'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
