"""One file is a deck: what lies beside it, what a build records, and what students get."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from support.engine import collection, import_package
from support.gates import gates_here
from support.program import Run

from kartu.publish.verify import VerifyOptions, verify
from kartu.publish.verify.findings import Finding

WORDS = [
    ("Haus", "house"),
    ("Baum", "tree"),
    ("Fluss", "river"),
    ("Berg", "mountain"),
    ("Wolke", "cloud"),
    ("Stadt", "town"),
]


def write(path: Path, rows: list[tuple[str, str]], extra: str = "") -> Path:
    lines = [f"term,meaning{extra and ',example'}", *(f"{a},{b}{extra}" for a, b in rows)]
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path


def beside(path: Path) -> list[str]:
    return sorted(one.name for one in path.parent.iterdir() if one != path)


def built(kartu: Run, *arguments: object, cwd: Path) -> str:
    done = kartu("build", *arguments, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


def findings(new: Path, *old: Path) -> list[Finding]:
    """What the real Anki has against the package, or against an update to it."""
    with gates_here():
        return [one for gate in verify(VerifyOptions(new, old)).gates for one in gate.findings]


# --- what lies beside it ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("words.csv", "term,meaning\none,eins\ntwo,zwei\n"),
        ("words.tsv", "term\tmeaning\none\teins\ntwo\tzwei\n"),
        ("words.txt", "term\tmeaning\none\teins\ntwo\tzwei\n"),
        ("words.md", "## What is one?\n\neins\n\n## What is two?\n\nzwei\n"),
        ("words.yaml", "note_type: istilah\nnotes:\n  - {term: one, meaning: eins}\n"),
    ],
)
def test_a_file_builds_with_one_command(
    name: str, content: str, kartu: Run, tmp_path: Path
) -> None:
    """The package lies beside the file, with three files at most, and passes the real Anki."""
    (tmp_path / name).write_text(content, "utf-8")
    (tmp_path / "notes of mine.md").write_text("# not a card\n", "utf-8")
    (tmp_path / "holiday.png").write_bytes(b"no picture")
    package = Path(name).with_suffix(".apkg")
    assert f"open {package} in Anki" in built(kartu, name, cwd=tmp_path)
    made = {"deck.yaml", "ids.jsonl", "ledger.jsonl"}
    assert beside(tmp_path / name) == sorted(
        ["holiday.png", "notes of mine.md", "words.apkg", *(f"{name}.{one}" for one in made)]
    )
    assert findings(tmp_path / "words.apkg") == []
    assert kartu("check", name, cwd=tmp_path).stdout == "kartu: no faults\n"


def test_a_second_build_changes_no_byte(kartu: Run, tmp_path: Path) -> None:
    """Without a change in the file all files stay as they are, whatever the time."""
    write(tmp_path / "words.csv", WORDS)
    built(kartu, "words.csv", cwd=tmp_path)
    before = {one: one.read_bytes() for one in tmp_path.iterdir()}
    built(kartu, "words.csv", cwd=tmp_path)
    assert before == {one: one.read_bytes() for one in tmp_path.iterdir()}


def test_pictures_lie_beside_it_or_in_media(kartu: Run, tmp_path: Path) -> None:
    """A name in a cell is that of a file beside the list, else of one in media/."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="{n}"/></svg>'
    (tmp_path / "one.svg").write_text(svg.format(n=1), "utf-8")
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "two.svg").write_text(svg.format(n=2), "utf-8")
    rows = "term,meaning,image\none,eins,one.svg | a one\ntwo,zwei,two.svg | a two\n"
    (tmp_path / "words.csv").write_text(rows, "utf-8")
    text = built(kartu, "words.csv", cwd=tmp_path)
    assert text.splitlines()[1].split()[5] == "2"


def test_what_it_is_comes_from_options_and_stays(kartu: Run, tmp_path: Path) -> None:
    """Options of the first build are kept; later builds need none, other bytes stay."""
    (tmp_path / "my-words.csv").write_text("one,eins,x\ntwo,zwei,y\n", "utf-8")
    options = ("--name", "My Words", "--language", "id", "--columns", "term,meaning,-")
    built(kartu, "my-words.csv", *options, cwd=tmp_path)
    described = tmp_path / "my-words.csv.deck.yaml"
    assert described.read_text("utf-8").splitlines()[1:] == [
        "name: My Words",
        "language: id",
        "version: 1.0.0",
        "heading: none",
        'columns: [term, meaning, "#"]',
        "note_type: istilah",
    ]
    described.write_text(f"# mine\n{described.read_text('utf-8')}licence: CC0-1.0 # x\n", "utf-8")
    (tmp_path / "my-words.csv").write_text("one,eins,x\ntwo,zwei!,y\n", "utf-8")
    built(kartu, "my-words.csv", cwd=tmp_path)
    text = described.read_text("utf-8")
    assert text.startswith("# mine\nuid: ")
    assert text.endswith("licence: CC0-1.0 # x\n")
    assert "version: 1.0.1\n" in text


def test_a_list_without_headings_is_asked_about(kartu: Run, tmp_path: Path) -> None:
    """Without a terminal the fault names the file to write into, and the command that is enough."""
    (tmp_path / "quizlet.txt").write_text("one\teins\ntwo\tzwei\n", "utf-8")
    done = kartu("build", "quizlet.txt", cwd=tmp_path)
    assert done.returncode == 1
    assert "quizlet.txt:1:1: error[no-heading]" in done.stderr
    assert "quizlet.txt.deck.yaml" in done.stderr
    assert "cards/" not in done.stderr
    assert beside(tmp_path / "quizlet.txt") == []
    line = done.stderr.splitlines()[-1]
    built(kartu, *line.partition("kartu build ")[2].split(), cwd=tmp_path)
    assert (tmp_path / "quizlet.apkg").is_file()


def test_a_deck_yaml_may_be_begun_by_hand(kartu: Run, tmp_path: Path) -> None:
    """Lines that a person writes first are kept, and the build adds what they lack."""
    (tmp_path / "quizlet.txt").write_text("one\teins\ntwo\tzwei\n", "utf-8")
    begun = "heading: none\ncolumns: [term, meaning]\n"
    (tmp_path / "quizlet.txt.deck.yaml").write_text(begun, "utf-8")
    built(kartu, "quizlet.txt", cwd=tmp_path)
    text = (tmp_path / "quizlet.txt.deck.yaml").read_text("utf-8")
    assert text.startswith(f"{begun}uid: ")
    assert "name: Quizlet\n" in text


def test_faults_name_files_that_are_there(kartu: Run, tmp_path: Path) -> None:
    """Each path in a message is that of a file beside the list, from wherever it is built."""
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "words.csv").write_text(
        "term,meaning,image,sources\none,eins,no.png,book\n,,,\n", "utf-8"
    )
    for where, path in ((tmp_path, "lists/words.csv"), (folder, "words.csv")):
        done = kartu("build", path, cwd=where)
        assert done.returncode == 1
        assert f"{path}:2:" in done.stderr
        assert "cards/" not in done.stderr
        assert " deck.yaml" not in done.stderr
    found = json.loads(kartu("check", path, "--format", "json", cwd=folder).stdout)
    assert {one["path"] for one in found} == {"words.csv"}
    assert "cards/" not in json.dumps(found)


def test_files_that_cannot_be_decks_are_named(kartu: Run, tmp_path: Path) -> None:
    """A companion, a package and a file of another kind are refused with what to do."""
    write(tmp_path / "words.csv", WORDS)
    built(kartu, "words.csv", cwd=tmp_path)
    (tmp_path / "old.xls").write_bytes(b"")
    for name, said in (
        ("words.csv.deck.yaml", "belongs to words.csv"),
        ("words.apkg", "kartu import words.apkg"),
        ("old.xls", "save it as .xlsx"),
        ("none.csv", 'there is no file "none.csv"'),
    ):
        done = kartu("build", name, cwd=tmp_path)
        assert done.returncode == 2, name
        assert said in done.stderr


def test_a_package_of_another_deck_is_not_replaced(kartu: Run, tmp_path: Path) -> None:
    """words.csv and words.md would have one package: the second is refused, nothing is written."""
    write(tmp_path / "words.csv", WORDS)
    (tmp_path / "words.md").write_text("Q: a?\nA: b\n", "utf-8")
    built(kartu, "words.csv", cwd=tmp_path)
    before = beside(tmp_path / "words.csv")
    done = kartu("build", "words.md", cwd=tmp_path)
    assert done.returncode == 2
    assert "another deck" in done.stderr
    assert beside(tmp_path / "words.csv") == before
    built(kartu, "words.md", "-o", "out", cwd=tmp_path)


def test_several_files_are_several_decks(kartu: Run, tmp_path: Path) -> None:
    """Each is built and reported; the status is the highest; without a command it is built too."""
    write(tmp_path / "one.csv", WORDS[:3])
    (tmp_path / "two.csv").write_text("a,b,c\n1,2,3\n", "utf-8")
    write(tmp_path / "three.csv", WORDS[3:])
    done = kartu("build", "one.csv", "two.csv", "three.csv", cwd=tmp_path)
    assert done.returncode == 1
    assert (tmp_path / "one.apkg").is_file()
    assert (tmp_path / "three.apkg").is_file()
    (tmp_path / "one.apkg").unlink()
    assert kartu("one.csv", cwd=tmp_path).returncode == 0
    assert (tmp_path / "one.apkg").is_file()


def test_a_file_in_a_project_is_its_deck(kartu: Run, tmp_path: Path) -> None:
    """A path below cards/ means the deck of that project, from any folder."""
    deck = tmp_path / "project" / "cards" / "kata"
    deck.mkdir(parents=True)
    write(deck / "words.csv", WORDS)
    text = "id: kata\nuid: a123456789abcdef\nname: Kata\nlanguage: id\nversion: 1.0.0\n"
    (deck / "deck.yaml").write_text(text, "utf-8")
    (deck / "words.set.yaml").write_text("note_type: istilah\n", "utf-8")
    built(kartu, "project/cards/kata/words.csv", cwd=tmp_path)
    assert (tmp_path / "project" / "build" / "kata.apkg").is_file()
    assert not (deck / "words.csv.ledger.jsonl").exists()


def test_companions_of_a_renamed_file_are_missed(kartu: Run, tmp_path: Path) -> None:
    """A renamed file is not made a new deck: its companions must be renamed with it."""
    write(tmp_path / "words.csv", WORDS)
    built(kartu, "words.csv", cwd=tmp_path)
    guids = (tmp_path / "words.csv.ids.jsonl").read_bytes()
    (tmp_path / "words.csv").rename(tmp_path / "german.csv")
    done = kartu("build", "german.csv", cwd=tmp_path)
    assert done.returncode == 1
    assert "words.csv.deck.yaml → german.csv.deck.yaml" in done.stderr
    for ending in ("deck.yaml", "ids.jsonl", "ledger.jsonl"):
        (tmp_path / f"words.csv.{ending}").rename(tmp_path / f"german.csv.{ending}")
    built(kartu, "german.csv", cwd=tmp_path)
    assert (tmp_path / "german.csv.ids.jsonl").read_bytes() == guids


# --- what students get ------------------------------------------------------------------------


def test_five_rounds_lose_nothing_of_ones_own(kartu: Run, tmp_path: Path) -> None:
    """Correct, sort, insert, delete, build, import, five times: own edits, tags and progress stay
    on what did not change, corrections arrive, nothing comes twice."""
    rows = [*WORDS, *((f"Wort {one}", f"meaning of {one}") for one in "abcdefghijklmnopqrst")]
    path = tmp_path / "words.csv"
    write(path, rows)
    built(kartu, "words.csv", cwd=tmp_path)
    shuffle = random.Random(7)
    with collection(tmp_path / "student") as col:
        import_package(col, tmp_path / "words.apkg")
        (number,) = col.find_notes("Haus")
        mine = col.get_note(number)
        mine["Note"] = "my own words"
        mine.tags = [*mine.tags, "mine"]
        col.update_note(mine)
        col.sched.set_due_date(col.find_cards("Haus"), "30")
        gone = 0
        for turn in range(5):
            at = next(n for n, (term, _m) in enumerate(rows) if term == "Baum")
            rows[at] = ("Baum", f"tree {turn}")
            rows.insert(0, (f"Neu {'abcde'[turn]}", f"new {'vwxyz'[turn]}"))
            if turn in (1, 3):
                rows.remove(("Berg", "mountain") if turn == 1 else ("Wolke", "cloud"))
                gone += 1
            shuffle.shuffle(rows)
            write(path, rows)
            done = kartu("build", "words.csv", cwd=tmp_path)
            assert done.returncode == 0, done.stderr
            assert ("row-gone" in done.stderr) == (turn in (1, 3))
            log = import_package(col, tmp_path / "words.apkg")
            assert (log.new, log.updated, log.conflicting) == (1, 1, 0)
            mine = col.get_note(number)
            assert mine["Note"] == "my own words"
            assert "mine" in mine.tags
            assert col.find_cards("Haus prop:due=30")
            (baum,) = col.find_notes("Baum")
            assert f"tree {turn}" in col.get_note(baum).fields[1]
            assert len(col.find_notes("")) == len(rows) + gone


def test_before_its_release_a_row_may_go(kartu: Run, tmp_path: Path) -> None:
    """The warning names its words once, and what was recorded forgets it."""
    write(tmp_path / "words.csv", WORDS)
    built(kartu, "words.csv", cwd=tmp_path)
    write(tmp_path / "words.csv", WORDS[1:])
    for command in ("check", "build"):
        done = kartu(command, "words.csv", cwd=tmp_path)
        assert done.returncode == 0
        assert 'a row is gone: "Haus"' in done.stdout + done.stderr
    assert kartu("build", "words.csv", cwd=tmp_path).stderr == ""
    assert "haus" not in (tmp_path / "words.csv.ledger.jsonl").read_text("utf-8")
    write(tmp_path / "words.csv", [*WORDS[1:], ("Haus", "flat")])
    built(kartu, "words.csv", cwd=tmp_path)


def test_a_release_makes_it_a_deck_of_students(kartu: Run, tmp_path: Path) -> None:
    """From its release on a changelog lists what builds change, and no card may go."""
    path = write(tmp_path / "words.csv", WORDS)
    built(kartu, "words.csv", cwd=tmp_path)
    done = kartu("release", "words.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    names = [f"words.csv.{one}" for one in ("changelog.md", "deck.yaml", "ids.jsonl")]
    names = ["words.csv", *names, "words.csv.ledger.jsonl"]
    assert set(done.stdout.splitlines()[-1].partition(": ")[2].split(", ")) == set(names)
    changelog = tmp_path / "words.csv.changelog.md"
    assert "## 1.0.0 (" in changelog.read_text("utf-8")
    old = tmp_path / "old.apkg"
    old.write_bytes((tmp_path / "words.apkg").read_bytes())

    corrected = [("Baum", "the tree"), *WORDS[:1], *reversed(WORDS[2:])]
    write(path, [("Neu", "new"), *sorted(corrected)], extra=",e.g.")
    built(kartu, "words.csv", cwd=tmp_path)
    assert "## 1.1.0 (" in changelog.read_text("utf-8")
    assert findings(tmp_path / "words.apkg", old) == []

    before = {one: one.read_bytes() for one in tmp_path.iterdir() if one != path}
    write(path, [("Neu", "new"), *sorted(corrected)[1:]], extra=",e.g.")
    done = kartu("build", "words.csv", cwd=tmp_path)
    assert done.returncode == 1
    assert "error[note-gone]" in done.stderr
    assert '"Baum"' in done.stderr
    assert "retire" in done.stderr
    assert before == {one: one.read_bytes() for one in tmp_path.iterdir() if one != path}
    id = done.stderr.partition('note "')[2].partition('"')[0]
    assert kartu("ids", "words.csv", "--retire", id, "no tree", cwd=tmp_path).returncode == 0
    built(kartu, "words.csv", cwd=tmp_path)
    assert findings(tmp_path / "words.apkg", old) == []


def test_a_corrected_question_is_asked_about(kartu: Run, tmp_path: Path) -> None:
    """A row that looks corrected is the same card only if a person says so, with one word."""
    write(tmp_path / "words.csv", WORDS)
    built(kartu, "words.csv", cwd=tmp_path)
    ids = (tmp_path / "words.csv.ledger.jsonl").read_text("utf-8").count('"guid"')
    write(tmp_path / "words.csv", [("Hauss", "house"), *WORDS[1:]])
    done = kartu("build", "words.csv", cwd=tmp_path)
    assert done.returncode == 1
    assert "error[which-note]" in done.stderr
    assert "cards/" not in done.stderr
    built(kartu, "words.csv", "--same", cwd=tmp_path)
    assert (tmp_path / "words.csv.ledger.jsonl").read_text("utf-8").count('"guid"') == ids


def test_built_as_released_only_if_nothing_changed(kartu: Run, tmp_path: Path) -> None:
    """--released refuses what a build would record."""
    write(tmp_path / "words.csv", WORDS)
    assert kartu("build", "words.csv", "--released", cwd=tmp_path).returncode == 1
    assert beside(tmp_path / "words.csv") == []
    built(kartu, "words.csv", cwd=tmp_path)
    built(kartu, "words.csv", "--released", cwd=tmp_path)


# --- the other commands -----------------------------------------------------------------------


def test_all_commands_take_it(kartu: Run, tmp_path: Path) -> None:
    """stats, facts and ids take a file that was never built, and write nothing; what is handed out
    with its identity (export, site) needs a build first."""
    path = write(tmp_path / "words.csv", WORDS)
    assert kartu("stats", "words.csv", cwd=tmp_path).returncode == 0
    assert kartu("facts", "words.csv", cwd=tmp_path).returncode == 0
    assert kartu("ids", "words.csv", cwd=tmp_path).returncode == 0
    for command in (("site",), ("export", "--format", "text"), ("export", "--format", "crowdanki")):
        done = kartu(*command, "words.csv", cwd=tmp_path)
        assert done.returncode == 1
        assert "run kartu build words.csv" in done.stderr
    assert beside(path) == []
    built(kartu, "words.csv", cwd=tmp_path)
    done = kartu("site", "words.csv", "-o", "site", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    done = kartu("export", "words.csv", "--format", "crowdanki", "-o", "crowd", cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_released_card_may_go_with_a_reason(kartu: Run, tmp_path: Path) -> None:
    """Without one it is refused, and the help says with which option it may go."""
    write(tmp_path / "words.csv", WORDS)
    assert kartu("release", "words.csv", cwd=tmp_path).returncode == 0
    write(tmp_path / "words.csv", WORDS[:-1])
    assert kartu("release", "words.csv", cwd=tmp_path).returncode == 1
    assert kartu("release", "words.csv", "--major", "was wrong", cwd=tmp_path).returncode == 0
    text = kartu("release", "--help").stdout
    assert "may go only with --major" in " ".join(text.split())


def test_facts_that_are_not_listed(kartu: Run, tmp_path: Path) -> None:
    """A deck without facts is told so, not shown a table without rows."""
    write(tmp_path / "words.csv", WORDS)
    assert kartu("facts", "words.csv", cwd=tmp_path).stdout.startswith("no facts are listed")


def test_a_text_that_is_no_card_is_told_the_three_shapes(kartu: Run, tmp_path: Path) -> None:
    """One line of help says how cards may be written."""
    (tmp_path / "notes.md").write_text("Nothing here\n", "utf-8")
    done = kartu("build", "notes.md", cwd=tmp_path)
    (line,) = (one for one in done.stderr.splitlines() if "help:" in one)
    assert all(one in line for one in ("heading", "Q:", "A:", "term :: meaning", "shape: lines"))
