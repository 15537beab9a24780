"""`kartu check --fix` and `--diff` as commands: what they print, write, and never write."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from support.program import Run
from support.projects import needs_git, write_project

from kartu.core.usage import UsageError
from kartu.rewrite.fix.files import ChangedError, write_changes
from kartu.rewrite.fix.run import fix

ROOT = Path(__file__).parent.parent


SET = "cards/contoh/kartu.yaml"
OTHER = "cards/contoh/lain.yaml"
NOTE_TYPE = "templates/dasar/note_type.yaml"

# A tag that stands twice, white space, and a fault that nobody but the author can mend.
PROJECT = f"""--- {SET}
note_type: dasar
tags: [bab-1]
notes:
  - depan: Satu
    belakang: One
    tags: [bab-1, inti]
  - {{id: dua, belakang: Two}}
--- {OTHER}
note_type: dasar
notes:
  - {{depan: Tiga, belakang: Three}}
"""

DIFF = """\
--- a/cards/contoh/kartu.yaml
+++ b/cards/contoh/kartu.yaml
@@ -1,7 +1,8 @@
 note_type: dasar
 tags: [bab-1]
 notes:
-  - depan: Satu
+  - id: satu
+    depan: Satu
     belakang: One
-    tags: [bab-1, inti]
+    tags: [inti]
   - {id: dua, belakang: Two}
--- a/cards/contoh/lain.yaml
+++ b/cards/contoh/lain.yaml
@@ -1,3 +1,3 @@
 note_type: dasar
 notes:
-  - {depan: Tiga, belakang: Three}
+  - {id: tiga, depan: Tiga, belakang: Three}
"""


def contents(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_what_was_mended_is_told(kartu: Run, tmp_path: Path) -> None:
    """Each mend a line at its place as it was, then the faults that are left and how many."""
    root = write_project(tmp_path, PROJECT)
    done = kartu("check", "--fix", cwd=root)
    assert done.stderr == (
        'cards/contoh/kartu.yaml:4:5: fixed: the note now has the id "satu"\n'
        'cards/contoh/kartu.yaml:6:12: fixed: the tag "bab-1" is already given to the whole set\n'
        'cards/contoh/lain.yaml:3:6: fixed: the note now has the id "tiga"\n'
        "kartu: 3 faults fixed in 2 files\n"
        "kartu: 1 error\n"
    )
    assert done.stdout.startswith("cards/contoh/kartu.yaml:8:5: error[missing-field]: ")
    assert done.returncode == 1
    again = kartu("check", "--fix", cwd=root)
    assert (again.stdout, again.stderr) == (done.stdout, "kartu: 1 error\n")
    only = kartu("check", "--fix", OTHER, cwd=root)
    assert (only.returncode, only.stdout, only.stderr) == (0, "kartu: no faults\n", "")


def test_json_holds_what_is_left(kartu: Run, tmp_path: Path) -> None:
    """What was mended goes to stderr, so that a program reads the rest."""
    root = write_project(tmp_path, PROJECT)
    done = kartu("check", "--fix", "--format", "json", cwd=root)
    assert [one["code"] for one in json.loads(done.stdout)] == ["missing-field"]
    assert "3 faults fixed" in done.stderr


@pytest.mark.parametrize("options", [["--diff"], ["--fix", "--diff"]])
def test_a_diff_writes_nothing(kartu: Run, tmp_path: Path, options: list[str]) -> None:
    """It prints what --fix would do; exit status 1 where that is anything, else 0."""
    root = write_project(tmp_path, PROJECT)
    before = contents(root)
    done = kartu("check", *options, cwd=root)
    assert (done.returncode, done.stdout) == (1, DIFF)
    assert done.stderr == "kartu: 3 faults to fix in 2 files\n"
    assert contents(root) == before
    part = kartu("check", *options, OTHER, cwd=root)
    assert part.stdout == DIFF[DIFF.index("--- a/cards/contoh/lain") :]
    fix(root)
    done = kartu("check", *options, cwd=root)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "kartu: nothing to fix\n")


def test_a_diff_has_colours_on_demand(kartu: Run, tmp_path: Path) -> None:
    """With colours it is the same text."""
    import click

    root = write_project(tmp_path, PROJECT)
    coloured = kartu("--color", "always", "check", "--diff", cwd=root).stdout
    assert "\x1b[32m+  - id: satu\x1b[0m\n" in coloured
    assert click.unstyle(coloured) == DIFF


@needs_git
def test_git_applies_the_diff(tmp_path: Path) -> None:
    """To the same bytes as --fix, without a final newline, with CRLF and a byte order mark."""
    root = write_project(tmp_path, PROJECT)
    (root / SET).write_bytes(
        "\ufeffnote_type: dasar\r\nnotes:\r\n- depan: A \r\n- depan: é".encode()
    )
    wanted = contents(root) | {root / one.path: one.after for one in fix(root, write=False)}
    command = [sys.executable, str(ROOT / "build_deck.py"), "check", "--diff"]
    diff = subprocess.run(command, cwd=root, capture_output=True, check=False).stdout
    subprocess.run(["git", "apply", "-"], input=diff, cwd=root, check=True)
    assert contents(root) == wanted


def test_unreadable_files_stay_and_others_are_mended(kartu: Run, tmp_path: Path) -> None:
    """Bytes that are no UTF-8, control characters and broken YAML are told, not touched."""
    root = write_project(tmp_path, PROJECT)
    bad = {"a.yaml": b"x: \xff \n", "b.yaml": b"x: [ \n", "c.yaml": b"x: \x00 \n", "d.yaml": b""}
    for name, content in bad.items():
        (root / "cards/contoh" / name).write_bytes(content)
    done = kartu("check", "--fix", cwd=root)
    assert {name: (root / "cards/contoh" / name).read_bytes() for name in bad} == bad
    assert "tags: [inti]" in (root / SET).read_text()
    assert done.returncode == 1


@pytest.mark.skipif(os.name != "posix", reason="links and modes are other things there")
def test_links_and_modes_stay(tmp_path: Path) -> None:
    """A file keeps its mode; behind a link, out of the project or not, nothing is written."""
    root = write_project(tmp_path / "p", PROJECT)
    (root / OTHER).chmod(0o640)
    outside = tmp_path / "outside.yaml"
    outside.write_text("note_type: dasar  \nnotes: [{depan: A}]\n")
    (root / "cards/contoh/keluar.yaml").symlink_to(outside)
    (root / "cards/contoh/dalam.yaml").symlink_to("kartu.yaml")
    (root / "cards/lain").symlink_to("contoh")
    assert [one.path for one in fix(root)] == [SET, OTHER]
    assert outside.read_text().startswith("note_type: dasar  \n")
    assert (root / "cards/contoh/dalam.yaml").is_symlink()
    assert stat.S_IMODE((root / OTHER).stat().st_mode) == 0o640


def test_a_file_that_changed_meanwhile_stops_all(tmp_path: Path) -> None:
    """Nothing is written over what somebody saved since the files were read."""
    root = write_project(tmp_path, PROJECT)
    found = fix(root, write=False)
    (root / OTHER).write_text("x: 1\n")
    before = contents(root)
    with pytest.raises(ChangedError, match=OTHER):
        write_changes(root, {one.path: (one.before, one.after) for one in found})
    assert contents(root) == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root writes anywhere")
def test_a_folder_that_cannot_be_written_stops_all(tmp_path: Path) -> None:
    """All files or none, with a word on why."""
    root = write_project(tmp_path, PROJECT)
    (root / NOTE_TYPE).write_text((root / NOTE_TYPE).read_text() + " \n")
    (root / "cards/contoh").chmod(0o500)
    before = contents(root)
    with pytest.raises(UsageError, match="cannot write"):
        fix(root)
    (root / "cards/contoh").chmod(0o700)
    assert contents(root) == before


def test_all_yaml_files_are_mended(tmp_path: Path) -> None:
    """Note types, texts, deck.yaml, translations and facts too; what begins with _ is not read."""
    root = write_project(tmp_path)
    more = {
        "templates/_shared/texts/id.yaml": "a: e\u0301 \n",
        "cards/contoh/i18n/en.yaml": "uid: b1b2c3d4e5f60718\nname: X \nprefix: X\n",
        "cards/contoh/_fakta.yaml": "F01: e\u0301 \n",
        "cards/contoh/_nanti.yaml": "F01: e\u0301 \n",
    }
    for path, content in more.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)
    for path in (NOTE_TYPE, "cards/contoh/deck.yaml"):
        (root / path).write_text("# x \n" + (root / path).read_text())
    with (root / "cards/contoh/deck.yaml").open("a") as deck:
        deck.write("facts: _fakta.yaml\n")
    found = {one.path: one.after.decode() for one in fix(root)}
    wanted = {*more, NOTE_TYPE, "cards/contoh/deck.yaml"} - {"cards/contoh/_nanti.yaml"}
    assert set(found) == wanted
    assert found["cards/contoh/_fakta.yaml"] == "F01: é\n"
