"""`kartu verify`: exit status, text, JSON, and what is no fault of a package."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import venv
import zipfile
from contextlib import closing
from contextvars import copy_context
from importlib import metadata
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from support.gates import gates_here
from support.verify_packages import NEW, OLD, SECOND, write

from kartu.cli.terminal import Terminal
from kartu.cli.verify import command
from kartu.core import language
from kartu.publish import verify as verify_module
from kartu.publish.verify import CannotVerifyError, VerifyOptions, VerifyResult, verify
from kartu.publish.verify.findings import Finding, Gate, finding
from kartu.report.verify import verify_text


def run(*arguments: object) -> Result:
    terminal = Terminal(Path(), quiet=False, verbose=False, color="never", cache=False)
    return CliRunner().invoke(command, [str(one) for one in arguments], obj=terminal)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return write(tmp_path / "old.apkg", OLD)


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return write(tmp_path / "new.apkg", NEW)


def test_sound_packages_exit_with_0(old: Path, new: Path) -> None:
    """Each gate is a line with engine and counts; an update has a second one of what it did."""
    with gates_here():
        done = run(new, "--from", old)
    assert done.exit_code == 0, done.output
    version = metadata.version("anki")
    did = "9 studied, 1 new, 4 updated, 2 edits kept, 1 edits overwritten, 2 tags kept"
    assert done.stdout.splitlines() == [
        f"fresh  anki {version}  10 notes, 11 cards: 0 findings",
        f"upgrade  anki {version}  10 notes, 11 cards: 0 findings",
        f"    from {old}: {did}, 1 tags overwritten",
    ]


def test_findings_are_in_the_language(tmp_path: Path, old: Path) -> None:
    """Engines run in threads and processes of their own, which speak the language of the caller."""
    new = write(tmp_path / "new.apkg", NEW.change("uji:4", mod=SECOND))

    def found() -> Finding:
        language.use("id")
        (one,) = verify(VerifyOptions(new, (old,))).gates[1].findings
        return one

    one = copy_context().run(found)
    assert one.rule == "edit-lost"
    assert one.message.startswith("teks dari siswa hilang")
    assert one.help.startswith("kartu yang tidak berubah")


def test_findings_exit_with_1(tmp_path: Path, old: Path) -> None:
    """A finding names rule, note and help."""
    new = write(tmp_path / "new.apkg", NEW.change("uji:4", mod=SECOND))
    with gates_here():
        done = run(new, "--from", old)
    assert done.exit_code == 1
    assert "10 notes, 11 cards: 1 finding\n" in done.stdout
    assert "\n    edit-lost uji:4: the student's text is gone" in done.stdout
    assert "\n        help: a note that does not change keeps" in done.stdout


def test_json_tells_every_gate(tmp_path: Path, old: Path) -> None:
    """Programs get file, gates, counts and findings; paths are as they were given."""
    new = write(tmp_path / "new.apkg", NEW.change("uji:4", mod=SECOND))
    with gates_here():
        done = run(new, "--from", old, "--format", "json")
    assert done.exit_code == 1
    said = json.loads(done.stdout)
    assert said["file"] == str(new)
    fresh, upgrade = said["gates"]
    assert list(fresh) == ["gate", "from", "anki", "counts", "findings", "file"]
    assert (fresh["gate"], fresh["from"], fresh["findings"]) == ("fresh", None, [])
    assert (upgrade["gate"], upgrade["from"]) == ("upgrade", str(old))
    assert upgrade["counts"]["edits_kept"] == 1
    (found,) = upgrade["findings"]
    assert list(found) == ["rule", "note", "card", "message", "help"]
    assert (found["rule"], found["note"]) == ("edit-lost", "uji:4")


def test_wrong_use_exits_with_2(tmp_path: Path, new: Path) -> None:
    """A file that is not there or no package, and an interpreter without anki, are wrong use."""
    text = tmp_path / "text.apkg"
    text.write_text("no package")
    empty = tmp_path / "empty.apkg"
    zipfile.ZipFile(empty, "w").close()
    for arguments, said in (
        ((tmp_path / "none.apkg",), "there is no file"),
        ((new, "--from", tmp_path / "none.apkg"), "there is no file"),
        ((text,), "is not an Anki package"),
        ((empty,), "is not an Anki package"),
        ((new, "--anki", tmp_path / "python"), "cannot be run"),
        ((new, "--anki", shutil.which("true")), "cannot run the gates"),
    ):
        done = run(*arguments)
        assert done.exit_code == 2, done.output
        assert said in done.stderr


@pytest.mark.parametrize("version", ["23.10.1", "2.1.66"])
def test_an_anki_that_harms_students_is_named(tmp_path: Path, new: Path, version: str) -> None:
    """An interpreter with an Anki from before 23.12 is wrong use, and the versions are told."""
    venv.create(tmp_path / "old", symlinks=os.name == "posix")
    python = tmp_path / "old" / ("bin/python" if os.name == "posix" else "Scripts/python.exe")
    asked = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = Path(subprocess.check_output(asked, text=True).strip())
    (packages / "anki").mkdir()
    (packages / "anki/__init__.py").touch()
    (packages / f"anki-{version}.dist-info").mkdir()
    metadata = f"Metadata-Version: 2.1\nName: anki\nVersion: {version}\n"
    (packages / f"anki-{version}.dist-info/METADATA").write_text(metadata)
    done = run(new, "--anki", python)
    assert done.exit_code == 2
    assert f"has Anki {version}: kartu supports 23.12 and newer" in done.stderr


def test_without_anki_it_says_how_to_install_it(
    tmp_path: Path, new: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no engine is installed, the command to install it is told."""
    child = tmp_path / "child.py"
    content = Path(verify_module.__file__).with_name("child.py").read_text("utf-8")
    child.write_text(content.replace('find_spec("anki")', 'find_spec("no_such_module")'), "utf-8")
    monkeypatch.setattr(verify_module, "_CHILD", child)
    done = run(new)
    assert done.exit_code == 2
    assert "pip install 'kartu[verify]'" in done.stderr
    monkeypatch.setattr(sys, "executable", "another")
    with pytest.raises(CannotVerifyError, match="has no anki"):
        verify(VerifyOptions(new, pythons=(str(shutil.which("python3")),)))


def test_damaged_packages_are_findings(tmp_path: Path, new: Path, old: Path) -> None:
    """A collection that is cut off, or none, is a finding."""
    with zipfile.ZipFile(old, "a") as archive:
        archive.writestr("collection.anki21b", b"")
    damaged = tmp_path / "damaged.apkg"
    with zipfile.ZipFile(damaged, "w") as archive:
        archive.writestr("collection.anki2", b"no database")
    odd = tmp_path / "odd.apkg"
    with closing(sqlite3.connect(":memory:")) as database:
        for table in ("col (models, decks)", "notes (id, guid, mid, mod, tags, flds)",
                      "cards (id, nid, ord, did, type, reps)", "revlog (id)"):  # fmt: skip
            database.execute(f"CREATE TABLE {table}")
        database.execute("INSERT INTO col VALUES ('6', '6')")
        database.commit()
        collection = database.serialize()
    with zipfile.ZipFile(odd, "w") as archive:
        archive.writestr("collection.anki2", collection)
    with gates_here():
        result = verify(VerifyOptions(new, (old, damaged, odd)))
    found = [[one.rule for one in gate.findings] for gate in result.gates]
    assert found == [[], *3 * [["package-unreadable"]]]


def test_a_gate_that_takes_too_long_is_stopped(new: Path) -> None:
    """The time limit ends a gate, and that is a finding: Python alone takes longer to start."""
    result = verify(VerifyOptions(new, time_limit=0.001))
    assert [one.rule for one in result.gates[0].findings] == ["time-limit"]


def test_a_panic_of_the_engine_is_a_finding(tmp_path: Path) -> None:
    """A note with id 0 makes Anki panic; what was found before that is told as well."""
    panicking = OLD.change("uji:3", id=0)
    old = write(tmp_path / "old.apkg", panicking)
    new = write(tmp_path / "new.apkg", panicking.change("uji:3", mod=SECOND))
    done = run(new, "--from", old)
    assert done.exit_code == 1
    assert "timestamp-zero uji:3" in done.stdout
    assert "engine-failed: while checking the database" in done.stdout


def test_many_findings_of_a_rule_are_cut() -> None:
    """Of each rule twenty findings are shown, and how many more there are."""
    many: list[Finding] = [finding("tag-lost", "gone", f"n{number}") for number in range(25)]
    text = verify_text(VerifyResult("x", (Gate("fresh", None, "1", {}, tuple(many)),)))
    assert text.count("tag-lost n") == 20
    assert "tag-lost: … and 5 more" in text
