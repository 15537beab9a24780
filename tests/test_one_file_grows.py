"""One file that is a deck: the preview, push, Python, a workbook, and a project when it grows."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import Workbook
from support.anki_connect import Anki, anki_connect
from support.engine import collection
from support.gates import gates_here
from support.program import ROOT, Run

import kartu as api
from kartu.core.usage import UsageError
from kartu.load.one_file import OneFile, deck_id, deck_name, file_of, left_behind
from kartu.publish.verify import VerifyOptions, verify
from kartu.rewrite.description import Properties, with_keys
from kartu.show.editor.live import Live
from kartu.show.gallery.pages import CARDS

CSV = "term,meaning\nHaus,house\nBaum,tree\nFluss,river\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="4"/></svg>'


def released(kartu: Run, folder: Path, name: str, content: str) -> Path:
    (folder / name).write_text(content, "utf-8")
    for command in ("build", "release"):
        done = kartu(command, name, cwd=folder)
        assert done.returncode == 0, done.stderr
    return folder / name


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("words.csv", CSV),
        ("words.txt", CSV.replace(",", "\t")),
        ("words.md", "# Trees\n\n## Baum?\n\ntree\n\n![an oak](oak.svg)\n\n## Ast?\n\nbranch\n"),
    ],
)
def test_a_project_of_a_file_has_its_identity(
    name: str, content: str, kartu: Run, tmp_path: Path
) -> None:
    """`new --adopt` of a released file: the same notes, ledger and version; its package is the
    released one, byte for byte, and an update to it harms nothing."""
    (tmp_path / "oak.svg").write_text(SVG, "utf-8")
    released(kartu, tmp_path, name, content)
    done = kartu("new", "project", "--adopt", name, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    project = tmp_path / "project"
    assert kartu("check", "--strict", cwd=project).stdout == "kartu: no faults\n"
    assert kartu("build", "--released", cwd=project).returncode == 0
    old, new = tmp_path / "words.apkg", project / "build" / "words.apkg"
    assert old.read_bytes() == new.read_bytes()
    deck = project / "cards" / "words"
    changelog = (deck / "changelog.md").read_text("utf-8")
    assert changelog == (tmp_path / f"{name}.changelog.md").read_text("utf-8")


def test_a_project_of_a_file_goes_on(kartu: Run, tmp_path: Path) -> None:
    """After `new --adopt` a correction and a new row are an update without a finding."""
    released(kartu, tmp_path, "words.csv", CSV)
    assert kartu("new", "project", "--adopt", "words.csv", cwd=tmp_path).returncode == 0
    project = tmp_path / "project"
    path = project / "cards" / "words" / "words.csv"
    path.write_text(f"{CSV}Berg,mountain\n".replace("tree", "the tree"), "utf-8")
    assert kartu("release", cwd=project).returncode == 0
    with gates_here():
        result = verify(VerifyOptions(project / "build" / "words.apkg", (tmp_path / "words.apkg",)))
    assert [found for gate in result.gates for found in gate.findings] == []


def test_a_faulty_file_is_not_adopted(kartu: Run, tmp_path: Path) -> None:
    """Its faults are reported at their places, and no folder is made."""
    (tmp_path / "words.csv").write_text("term,meaning,image\nHaus,house,no.png | x\n", "utf-8")
    done = kartu("new", "project", "--adopt", "words.csv", cwd=tmp_path)
    assert done.returncode == 1
    assert "words.csv:2:" in done.stderr
    assert not (tmp_path / "project").exists()


def test_a_list_goes_into_a_deck(kartu: Run, tmp_path: Path) -> None:
    """`import --into` adds a card set with its pictures and what its columns are; with a fault it
    adds nothing, and it never replaces a file."""
    released(kartu, tmp_path, "words.csv", CSV)
    assert kartu("new", "project", "--adopt", "words.csv", cwd=tmp_path).returncode == 0
    deck = tmp_path / "project" / "cards" / "words"
    (tmp_path / "oak.svg").write_text(SVG, "utf-8")
    (tmp_path / "more.txt").write_text("Eiche\toak\toak.svg | an oak\nAst\tbranch\t\n", "utf-8")
    before = sorted(deck.iterdir())
    into = ("import", "more.txt", "-o", "project", "--into", "words")
    done = kartu(*into, cwd=tmp_path)
    assert done.returncode == 1
    assert "more.txt:1:1: error[no-heading]" in done.stderr
    assert sorted(deck.iterdir()) == before
    done = kartu(*into, "--columns", "term,meaning,image", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (deck / "more.csv").read_text("utf-8").splitlines()[1] == "Ast,branch,"
    assert (deck / "media" / "oak.svg").read_text("utf-8") == SVG
    assert kartu("build", cwd=tmp_path / "project").returncode == 0
    assert (deck / "more.csv.ids.jsonl").is_file()
    done = kartu(*into, "--columns", "term,meaning,image", cwd=tmp_path)
    assert done.returncode == 2
    assert "is there already" in done.stderr


def test_a_workbook_is_a_deck(kartu: Run, tmp_path: Path) -> None:
    """Corrections in an .xlsx keep its notes; faults name the cell."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("term", "meaning"), ("Haus", "house"), ("Baum", "tree"), ("Ast", "branch")):
        sheet.append(row)
    book.save(tmp_path / "words.xlsx")
    assert kartu("build", "words.xlsx", cwd=tmp_path).returncode == 0
    before = (tmp_path / "words.xlsx.ledger.jsonl").read_text("utf-8").count('"guid"')
    sheet.insert_rows(2)
    sheet["A2"], sheet["B2"], sheet["B4"] = "Neu", "new", "the tree"
    book.save(tmp_path / "words.xlsx")
    done = kartu("build", "words.xlsx", "--same", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    after = (tmp_path / "words.xlsx.ledger.jsonl").read_text("utf-8").count('"guid"')
    assert (before, after) == (3, 4)


def test_push_builds_the_file(kartu: Run, tmp_path: Path) -> None:
    """The package of a file goes into a running Anki, and what was pushed is recorded."""
    (tmp_path / "words.csv").write_text(CSV, "utf-8")
    with collection(tmp_path / "anki") as col, anki_connect(Anki(col)) as anki:
        done = kartu("push", "words.csv", "--port", str(anki.port), cwd=tmp_path)
        assert "words.apkg is in Anki: 3 new" in done.stdout, done.stderr
    assert (tmp_path / "words.csv.ledger.jsonl").is_file()
    assert not (tmp_path / "manifest.json").exists()


def test_the_preview_shows_places_in_the_file(tmp_path: Path) -> None:
    """Cards and faults have the place in the file as it lies there."""
    path = tmp_path / "words.csv"
    path.write_text(f"{CSV}Ast,,\n", "utf-8")
    live = Live(path, (), None)
    live.build()
    script = (live.get(CARDS) or b"").decode()
    assert '"words.csv:' in script
    assert "cards/words" not in script
    path.write_text(CSV, "utf-8")
    live.build()
    assert not live.diagnostics
    scripts = [content for name, content in live._state.files.items() if name.endswith(".js")]
    together = b"".join(scripts).decode()
    assert "words.csv:2:1" in together
    assert "cards/words/" not in together


def test_python_takes_a_file(tmp_path: Path) -> None:
    """check, build and release take it as project; places are those of the folder."""
    path = tmp_path / "words.csv"
    path.write_text("term,meaning,image\nHaus,house,no.png | x\n", "utf-8")
    (fault,) = api.check(path).diagnostics
    assert (fault.span.path, fault.span.line) == ("words.csv", 2)
    assert [one.span.path for one in api.build(path).diagnostics] == ["words.csv"]
    path.write_text(CSV, "utf-8")
    assert api.build(path).packages[0].notes == 3
    assert api.release(path).ok
    assert (tmp_path / "words.csv.changelog.md").is_file()
    with pytest.raises(UsageError, match="projects"):
        api.build(path, tag="v1.0.0")


def test_print_takes_a_file(kartu: Run, tmp_path: Path) -> None:
    """The PDF lies beside it, and nothing else is made."""
    if shutil.which("fc-list") is None:
        pytest.skip("no real Anki is named")
    pytest.importorskip("weasyprint")
    (tmp_path / "words.csv").write_text(CSV, "utf-8")
    done = kartu("print", "words.csv", "--as", "handout", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    names = sorted(one.name for one in tmp_path.iterdir())
    assert names == ["words-handout.pdf", "words.csv"]


def test_on_a_terminal_it_asks_for_columns(surroundings: dict[str, str], tmp_path: Path) -> None:
    """A list without headings is built after a question and one for each column."""
    pty = pytest.importorskip("pty")
    (tmp_path / "words.txt").write_text("Haus\thouse\tx\nBaum\ttree\ty\n", "utf-8")
    main, terminal = pty.openpty()
    command = [sys.executable, str(ROOT / "build_deck.py"), "--lang", "en", "build", "words.txt"]
    environment = {**os.environ, **surroundings}
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment,
        stdin=terminal,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as running:
        os.write(main, b"card\n\n\n-\n")
        assert running.wait(60) == 0
    os.close(terminal)
    os.close(main)
    described = (tmp_path / "words.txt.deck.yaml").read_text("utf-8")
    assert 'heading: none\ncolumns: [term, meaning, "#"]\n' in described


def test_faults_of_several_files_are_one_report(kartu: Run, tmp_path: Path) -> None:
    """check --format json prints one list for all files that it was given."""
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text("term,meaning\nHaus,\n", "utf-8")
    done = kartu("check", "one.csv", "two.csv", "--format", "json", cwd=tmp_path)
    assert done.returncode == 1
    assert [one["path"] for one in json.loads(done.stdout)] == ["one.csv", "two.csv"]


def test_options_of_a_file_are_refused_for_decks(kartu: Run, tmp_path: Path) -> None:
    """--columns and the like say nothing of a project."""
    done = kartu("build", "--columns", "a,b", cwd=tmp_path)
    assert done.returncode == 2
    assert "only for a FILE" in done.stderr


def test_columns_are_written_as_yaml() -> None:
    """A list of keys says that no row has headings; pairs say what headings mean."""
    assert Properties(columns=("a", "-", "b c")).as_yaml() == {
        "heading": "none",
        "columns": '[a, "#", b c]',
    }
    assert Properties(columns=("No.=-", "Wort: x=term")).as_yaml() == {
        "columns": '{"No.": "#", "Wort: x": term}'
    }


# --- names ------------------------------------------------------------------------------------


def test_names_come_from_the_file(tmp_path: Path) -> None:
    """The deck's name is the file's as words; its id is of a-z, 0-9 and -."""
    for name, wanted, id in (
        ("spanish_verbs-2.csv", "Spanish verbs 2", "spanish-verbs-2"),
        ("Große Wörter.md", "Große Wörter", "grosse-worter"),
        ("日本語.csv", "日本語", "deck"),
        ('50% "off"::x.csv', "50 off x", "50-off-x"),
    ):
        assert deck_name(Path(name)) == wanted
        assert deck_id(Path(name)) == id
    assert file_of("words.csv.ids.jsonl") == "words.csv"
    assert file_of("x.deck.yaml") == "" == file_of("words.csv")


def test_nothing_but_its_own_files_is_seen(tmp_path: Path) -> None:
    """Paths of the project are files beside it or none; none leads out of the folder."""
    path = tmp_path / "words.csv"
    path.write_text(CSV, "utf-8")
    one = OneFile(path)
    assert one.path("cards/words/deck.yaml") == str(tmp_path / "words.csv.deck.yaml")
    for other in ("cards/words/other.csv", "templates/x", "cards/other", "../x", "words.csv"):
        assert not Path(one.path(other)).exists()
    assert one.names("cards/words") == ["deck.yaml", "words.csv"]
    assert left_behind(path) == []


def test_keys_are_changed_in_place() -> None:
    """Every other byte of deck.yaml stays, whatever its line ends."""
    before = b"\xef\xbb\xbfname: Old # mine\r\ncolumns:\r\n  a: b\r\nlicence: x\r\n"
    after = with_keys(before, Properties("New", columns=("c=d",)).as_yaml(), "f")
    assert after == b"\xef\xbb\xbfname: New # mine\r\ncolumns:\r\n  {c: d}\r\nlicence: x\r\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
@pytest.mark.parametrize(("typed", "notes"), [("y\n", 3), ("n\n", 4)])
def test_a_build_on_a_terminal_asks(kartu: Run, tmp_path: Path, typed: str, notes: int) -> None:
    """Whether a corrected question is the same card is asked at once, and the build goes on."""
    path = tmp_path / "words.csv"
    path.write_text(CSV, "utf-8")
    assert kartu("build", path).returncode == 0
    path.write_text(CSV.replace("Fluss,", "Flusss,"), "utf-8")
    assert kartu("build", path).returncode == 1
    done = kartu("build", path, typed=typed)
    assert done.returncode == 0, done.stderr
    assert "1 row looks corrected: the same card?" in done.stdout + done.stderr
    ledger = (tmp_path / "words.csv.ids.jsonl").read_text("utf-8")
    assert len(ledger.splitlines()) == notes
