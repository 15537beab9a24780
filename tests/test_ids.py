"""Notes without an id in whole projects: what is written where, what is asked, what is refused."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from support.engine import cards, collection, import_package
from support.program import Run
from support.projects import needs_git, write_project

WORDS = "kucing,cat\nanjing,dog\nburung,bird\nikan,fish\nsapi,cow\nkuda,horse\nrusa,deer\n"
PROJECT = f"""--- cards/contoh/kartu.yaml
--- cards/contoh/kata.set.yaml
note_type: dasar
--- cards/contoh/kata.csv
depan,belakang
{WORDS}"""
SET = "cards/contoh/kata.csv"
SAVED = f"{SET}.ids.jsonl"


def project(root: Path, text: str = PROJECT) -> Path:
    return write_project(root, text)


def edit(root: Path, before: str, after: str, path: str = SET) -> None:
    content = (root / path).read_text("utf-8")
    assert before in content
    (root / path).write_text(content.replace(before, after), "utf-8")


def ids(root: Path, path: str = SAVED) -> dict[str, str]:
    """The saved ids by first text; those of notes that are gone end with a -."""
    lines = map(json.loads, (root / path).read_text("utf-8").splitlines())
    return {
        next(iter(one["texts"].values())) + ("-" if one.get("gone") else ""): one["id"]
        for one in lines
    }


def test_check_writes_nothing_and_build_writes_the_ids(kartu: Run, tmp_path: Path) -> None:
    """`check` passes and leaves the folder alone; `build` writes one line for each note."""
    project(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert kartu("check", cwd=tmp_path).stdout == "kartu: no faults\n"
    assert sorted(tmp_path.rglob("*")) == before
    assert "ids-not-saved" in kartu("check", "--strict", cwd=tmp_path).stdout
    assert kartu("build", cwd=tmp_path).returncode == 0
    assert len(ids(tmp_path)) == 7
    saved = (tmp_path / SAVED).read_bytes()
    assert kartu("check", "--strict", cwd=tmp_path).returncode == 0
    assert kartu("build", cwd=tmp_path).returncode == 0
    assert (tmp_path / SAVED).read_bytes() == saved


def test_notes_with_ids_have_no_file(kartu: Run, tmp_path: Path) -> None:
    """Where every note writes its id nothing is written beside its card set."""
    write_project(tmp_path)
    assert kartu("build", cwd=tmp_path).returncode == 0
    assert not list((tmp_path / "cards").rglob("*.jsonl"))


def test_ids_last_through_everyday_edits(kartu: Run, tmp_path: Path) -> None:
    """Sorted, inserted, deleted, another answer, other capitals: each note keeps its id."""
    project(tmp_path)
    kartu("build", cwd=tmp_path)
    first = ids(tmp_path)
    edit(tmp_path, "cat", "a cat")
    assert kartu("build", cwd=tmp_path).returncode == 0
    rows = WORDS.replace("cat", "a cat").replace("ikan,fish\n", "").upper().splitlines()
    (tmp_path / SET).write_text("depan,belakang\nular,snake\n" + "\n".join(sorted(rows)) + "\n")
    assert kartu("build", cwd=tmp_path).returncode == 0
    now = ids(tmp_path)
    assert {key.casefold(): id for key, id in now.items()} == {
        **{key: id for key, id in first.items() if key != "ikan"},
        "ikan-": first["ikan"],
        "ular": now["ular"],
    }


def test_a_deleted_note_that_comes_back_has_its_id_again(kartu: Run, tmp_path: Path) -> None:
    """The id of a note that is gone is given to nobody, but to the same note again."""
    project(tmp_path)
    kartu("build", cwd=tmp_path)
    first = ids(tmp_path)
    edit(tmp_path, "ikan,fish\n", "")
    kartu("build", cwd=tmp_path)
    edit(tmp_path, "sapi,cow\n", "sapi,cow\nikan,fish\n")
    kartu("build", cwd=tmp_path)
    assert ids(tmp_path) == first


def test_a_likely_correction_is_asked_and_answered(kartu: Run, tmp_path: Path) -> None:
    """`which-note` stops the build; `--same` and `--new` answer it, and `build --same` to all."""
    project(tmp_path)
    kartu("build", cwd=tmp_path)
    first = ids(tmp_path)
    edit(tmp_path, "kucing,cat\nanjing,dog", "kucimg,cat\nanjimg,dog")
    done = kartu("build", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("error[which-note]") == 2
    asked = kartu("ids", cwd=tmp_path)
    assert asked.returncode == 1
    assert "kucimg" in asked.stdout
    wrong = kartu("ids", SET, "--same", "2=tidak-ada", cwd=tmp_path)
    assert (wrong.returncode, 'no missing note has the id "tidak-ada"' in wrong.stderr) == (2, True)
    assert kartu("ids", SET, "--new", "2", cwd=tmp_path).returncode == 0
    assert kartu("build", "--same", cwd=tmp_path).returncode == 0
    now = ids(tmp_path)
    assert now["anjimg"] == first["anjing"]
    assert now["kucing-"] == first["kucing"]
    assert now["kucimg"] not in first.values()


def test_a_row_is_named_by_its_number(kartu: Run, tmp_path: Path) -> None:
    """--same takes the row's line in the file; an id that another row has is refused."""
    project(tmp_path)
    kartu("build", cwd=tmp_path)
    first = ids(tmp_path)
    edit(tmp_path, "kucing,cat", "kucimg,cat")
    used = kartu("ids", SET, "--same", f"2={first['sapi']}", cwd=tmp_path)
    assert "another row is the note" in used.stderr
    assert kartu("ids", SET, "--same", f"2={first['kucing']}", cwd=tmp_path).returncode == 0
    assert kartu("build", cwd=tmp_path).returncode == 0
    assert ids(tmp_path)["kucimg"] == first["kucing"]


def test_files_are_renamed_split_and_joined(kartu: Run, tmp_path: Path) -> None:
    """All card sets are one pool, and the next build moves the lines along."""
    project(tmp_path)
    kartu("build", cwd=tmp_path)
    first = ids(tmp_path)
    folder = tmp_path / "cards/contoh"
    rows = WORDS.splitlines(keepends=True)
    (folder / "kata.csv").unlink()
    (folder / "kata.set.yaml").unlink()
    for name, part in (("a", rows[4:]), ("b", rows[:4])):
        (folder / f"{name}.csv").write_text("depan,belakang\n" + "".join(part))
        (folder / f"{name}.set.yaml").write_text("note_type: dasar\n")
    assert kartu("check", cwd=tmp_path).stdout == "kartu: no faults\n"
    assert kartu("build", cwd=tmp_path).returncode == 0
    assert not (tmp_path / SAVED).exists()
    halves = [ids(tmp_path, f"cards/contoh/{name}.csv.ids.jsonl") for name in "ab"]
    assert {**halves[0], **halves[1]} == first


def test_an_explicit_id_continues_a_saved_one(kartu: Run, tmp_path: Path) -> None:
    """`check --fix` writes the saved ids into YAML and CSV; nothing is a new note by that."""
    project(
        tmp_path,
        PROJECT.replace("depan,belakang\n", "id,depan,belakang\n")
        .replace("kucing", ",kucing")
        .replace("anjing", ",anjing")
        .replace("burung", ",burung")
        .replace("ikan", ",ikan")
        .replace("sapi", ",sapi")
        .replace("kuda", ",kuda")
        .replace("rusa", ",rusa")
        + "--- cards/contoh/lain.yaml\nnote_type: dasar\nnotes:\n- depan: Satu\n  belakang: One\n",
    )
    assert kartu("build", cwd=tmp_path).returncode == 0
    first = {**ids(tmp_path), **ids(tmp_path, "cards/contoh/lain.yaml.ids.jsonl")}
    assert kartu("check", "--fix", cwd=tmp_path).returncode == 0
    written = (tmp_path / SET).read_text() + (tmp_path / "cards/contoh/lain.yaml").read_text()
    for id in first.values():
        assert id in written
    assert kartu("build", cwd=tmp_path).returncode == 0
    assert {**ids(tmp_path), **ids(tmp_path, "cards/contoh/lain.yaml.ids.jsonl")} == first


def test_a_published_note_that_is_gone_comes_back_as_retired(kartu: Run, tmp_path: Path) -> None:
    """Its row being deleted is `note-gone`; --retire puts it back from the texts it had."""
    project(tmp_path)
    assert kartu("release", cwd=tmp_path).returncode == 0
    fish = ids(tmp_path)["ikan"]
    edit(tmp_path, "ikan,fish\n", "")
    done = kartu("check", cwd=tmp_path)
    assert "error[note-gone]" in done.stdout
    assert f'kartu ids cards/contoh/kata.csv --retire {fish} "' in done.stdout
    assert kartu("ids", "contoh", "--retire", fish, "Sudah salah.", cwd=tmp_path).returncode == 0
    assert kartu("check", cwd=tmp_path).stdout == "kartu: no faults\n"
    done = kartu("release", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "1.0.1" in done.stdout or "1.1.0" in done.stdout


def test_without_the_file_nothing_is_guessed(kartu: Run, tmp_path: Path) -> None:
    """Nothing published: made again. Published: `ids-missing`, until --from an old package."""
    project(tmp_path)
    kartu("build", cwd=tmp_path)
    first = (tmp_path / SAVED).read_bytes()
    (tmp_path / SAVED).unlink()
    kartu("build", cwd=tmp_path)
    assert (tmp_path / SAVED).read_bytes() == first
    kartu("release", cwd=tmp_path)
    (tmp_path / SAVED).unlink()
    edit(tmp_path, "kucing,cat\n", "")
    edit(tmp_path, "sapi,cow\n", "sapi,cow\nKucing,Cat.\n")
    done = kartu("build", cwd=tmp_path)
    assert (done.returncode, done.stderr.count("error[ids-missing]")) == (1, 1)
    done = kartu("ids", "--from", "build/contoh.apkg", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert sorted(ids(tmp_path).values()) == sorted(
        json.loads(line)["id"] for line in first.decode().splitlines()
    )


def test_what_is_released_is_saved(kartu: Run, tmp_path: Path) -> None:
    """`build --released` and `--tag` refuse to build what the file of ids does not have."""
    project(tmp_path)
    kartu("release", cwd=tmp_path)
    lines = (tmp_path / SAVED).read_text().splitlines(keepends=True)
    (tmp_path / SAVED).write_text("".join(lines).replace('"cow"', '"Cow"'))
    for option in (["--released"], ["--tag", "v1.0.0"]):
        done = kartu("build", *option, cwd=tmp_path)
        assert done.returncode == 1
        assert "these files of ids would change" in done.stderr


@needs_git
def test_two_branches_are_merged_by_union(kartu: Run, tmp_path: Path) -> None:
    """Both sides' lines stay, and the next build makes one of those for one id."""
    project(tmp_path)
    (tmp_path / ".gitattributes").write_text("cards/*/*.ids.jsonl merge=union\n")
    (tmp_path / ".gitignore").write_text("build/\n")
    kartu("build", cwd=tmp_path)
    first = ids(tmp_path)

    def git(*arguments: str) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "core.autocrlf=false"]
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-b", "main")
    git("add", "-A")
    git("commit", "-m", "one")
    git("checkout", "-b", "other")
    edit(tmp_path, "kucing,cat\n", "aaa,new one\nkucing,the cat\n")
    kartu("build", cwd=tmp_path)
    git("commit", "-am", "two")
    git("checkout", "main")
    edit(tmp_path, "rusa,deer\n", "rusa,deer\nzzz,new two\n")
    edit(tmp_path, "kuda,horse\n", "")
    kartu("build", cwd=tmp_path)
    git("commit", "-am", "three")
    git("merge", "other")
    assert kartu("build", cwd=tmp_path).returncode == 0
    now = ids(tmp_path)
    assert {now[key] for key in first if key in now} == {
        id for key, id in first.items() if key != "kuda"
    }
    assert now["kuda-"] == first["kuda"]
    assert {"aaa", "zzz"} <= now.keys()
    assert len((tmp_path / SAVED).read_text().splitlines()) == len(now)


def test_a_student_loses_nothing(kartu: Run, tmp_path: Path) -> None:
    """Studied cards stay studied after correcting, sorting and inserting; none arrives twice."""
    project(tmp_path)
    assert kartu("build", cwd=tmp_path).returncode == 0
    with collection(tmp_path / "anki") as col:
        import_package(col, tmp_path / "build/contoh.apkg")
        for card in cards(col):
            card.type = card.queue = 2
            card.ivl, card.reps, card.due = 9, 3, 100
            col.update_card(card)
        studied = {card.note().guid: card.id for card in cards(col)}
        rows = WORDS.replace("cat", "a cat").splitlines(keepends=True)
        content = "depan,belakang\nular,snake\n" + "".join(sorted(rows, reverse=True))
        (tmp_path / SET).write_text(content)
        edit(tmp_path, "sapi,cow", "sappi,cow")
        assert kartu("build", "--same", cwd=tmp_path).returncode == 0
        import_package(col, tmp_path / "build/contoh.apkg")
        now = {card.note().guid: card for card in cards(col)}
    assert len(now) == 8
    assert {guid: now[guid].id for guid in studied} == studied
    assert all(now[guid].reps == 3 for guid in studied)


@pytest.mark.parametrize("line", ["{}", "[]", "nothing", '{"id":"A B","type":"x","texts":{}}'])
def test_a_damaged_line_is_located(line: str, kartu: Run, tmp_path: Path) -> None:
    """A line that is none is an error at its place, and nothing is written."""
    project(tmp_path)
    kartu("build", cwd=tmp_path)
    with (tmp_path / SAVED).open("a") as file:
        file.write(f"{line}\n")
    done = kartu("build", cwd=tmp_path)
    assert f"{SAVED}:8:1: error[ids-unreadable]" in done.stderr
