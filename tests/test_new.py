"""`kartu new`: from nothing, or from another project, to a deck of one's own."""

from __future__ import annotations

import os
import re
import site
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from support.engine import collection, import_package
from support.program import Run
from support.projects import write_project

from kartu.core.version import __version__

OPTIONS = ("--name", "IPS: Kelas 9", "--subject", "IPS", "--language")


def _files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*.*")
            if path.is_file()}  # fmt: skip


@pytest.mark.parametrize("language", ["id", "en", "de"])
def test_a_new_project_is_right_at_once(language: str, kartu: Run, tmp_path: Path) -> None:
    """It is built, has no fault and no warning, and Anki takes it."""
    done = kartu("new", "ips", *OPTIONS, language, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    root = tmp_path / "ips"
    assert "ips-kelas-9.apkg" in done.stdout
    assert kartu("-C", root, "check", "--strict").stdout == "kartu: no faults\n"
    assert kartu("-C", root, "check", "--fix", "--diff").returncode == 0
    assert kartu("-C", root, "schema").stdout.endswith("changed: 0\n")
    there = _files(root)
    for name in ("README.md", ".gitignore", ".gitattributes"):
        assert b"$name" not in there[name]
    own = [name for name in there if not name.startswith((".kartu/", "build/"))]
    assert len(own) <= 10
    assert not [name for name in there if name.startswith((".github", "templates"))]
    assert str(Path.cwd()).encode() not in b"".join(there.values())
    assert b"--hash=sha256:" in there["constraints.txt"]
    assert b"# What the tests" not in there["constraints.txt"]
    assert not [name for name in there if "ledger" in name or "kartu-new" in name]
    with collection(tmp_path / "student") as col:
        assert import_package(col, root / "build/ips-kelas-9.apkg").new == 3
        terms = "01 Istilah" if language == "id" else "01 Terms"
        assert col.decks.id_for_name(f"IPS: Kelas 9::{terms}")


def test_templates_are_copied_on_request(kartu: Run, root: Path, tmp_path: Path) -> None:
    """They are those of kartu; a language without texts gets English ones to translate."""
    for language in ("id", "de"):
        done = kartu("new", language, *OPTIONS, language, "--templates", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    ours = _files(root / "templates")
    assert _files(tmp_path / "id/templates") == ours
    german = {"_shared/texts/de.yaml": ours["_shared/texts/en.yaml"]}
    assert _files(tmp_path / "de/templates") == ours | german
    assert kartu("-C", tmp_path / "de", "check", "--strict").stdout == "kartu: no faults\n"


def test_workflows_come_on_request(kartu: Run, tmp_path: Path) -> None:
    """They are those of kartu, but for the tags that release kartu itself."""
    assert kartu("new", "a", *OPTIONS, "id", "--ci", "github", cwd=tmp_path).returncode == 0
    there = _files(tmp_path / "a")
    assert ".github/actions/kartu/action.yml" in there
    for name in ("decks", "decks-release", "decks-site", "decks-weekly"):
        assert b"kartu-v*" not in there[f".github/workflows/{name}.yml"]


def test_two_projects_share_no_identity(kartu: Run, tmp_path: Path) -> None:
    """Each has a uid of its own."""
    for name in ("a", "b"):
        assert kartu("new", name, *OPTIONS, "id", cwd=tmp_path).returncode == 0
    uids = {
        re.findall("^uid: ([a-f0-9]{16})", path.read_text("utf-8"), re.MULTILINE)[0]
        for path in tmp_path.glob("*/cards/*/deck.yaml")
    }
    assert len(uids) == 2


def test_nothing_is_overwritten(kartu: Run, tmp_path: Path) -> None:
    """A folder with anything in it is refused; an empty one, or a fresh clone, is filled."""
    (tmp_path / "penuh").mkdir()
    (tmp_path / "penuh/a.txt").write_text("x")
    (tmp_path / "berkas").write_text("x")
    for name in ("penuh", "berkas"):
        done = kartu("new", name, *OPTIONS, "id", cwd=tmp_path)
        assert done.returncode == 2
        assert "already exists" in done.stderr
    (tmp_path / "klon/.git").mkdir(parents=True)
    done = kartu("new", "klon", *OPTIONS, "id", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "klon/cards/ips-kelas-9/deck.yaml").is_file()
    assert sorted(os.listdir(tmp_path)) == ["berkas", "klon", "penuh"]
    for wrong in (("--language", "Bahasa"), ("--name", "a::")):
        assert kartu("new", "baru/x", *wrong, cwd=tmp_path).returncode == 2
    assert not (tmp_path / "baru").exists()


def test_from_another_project(kartu: Run, tmp_path: Path) -> None:
    """Its decks come along with another uid and without its ledger; comments and layout stay."""
    origin = write_project(tmp_path / "asal")
    deck = origin / "cards/contoh/deck.yaml"
    uid = "a1b2c3d4e5f60718"
    text = deck.read_text("utf-8").replace(f"uid: {uid}", f"uid: '{uid}'   # punya teman")
    deck.write_text(text, "utf-8")
    assert kartu("-C", origin, "release").returncode == 0
    done = kartu("new", "milikku", "--from", origin, "--name", "Milikku", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = tmp_path / "milikku/cards/milikku"
    text = (found / "deck.yaml").read_text("utf-8")
    assert "a1b2c3d4e5f60718" not in text
    assert re.search("^uid: [a-f][0-9a-f]{15}   # punya teman$", text, re.MULTILINE)
    assert "name: Milikku\n" in text
    assert sorted(os.listdir(found)) == ["deck.yaml", "kartu.yaml"]
    there = set(os.listdir(tmp_path / "milikku"))
    assert {"README.md", "requirements.txt", "constraints.txt", ".gitignore"} <= there
    assert (found / "kartu.yaml").read_bytes() == (origin / "cards/contoh/kartu.yaml").read_bytes()
    assert kartu("-C", tmp_path / "milikku", "check").returncode == 0
    assert kartu("new", "x", "--from", tmp_path, cwd=tmp_path).returncode == 2


def test_the_wheel_makes_a_project(kartu: Run, root: Path, tmp_path: Path) -> None:
    """The wheel holds the templates and the starter's texts, and in an environment of its own
    `kartu new` and `kartu build` work; packages are those of the checkout, and follow the templates
    that are installed."""
    # The environment of the tests has no pip; a wheel is a zip that is unpacked.
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, check=True, cwd=root, capture_output=True)
    (wheel,) = tmp_path.glob("kartu-*.whl")
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    env["SOURCE_DATE_EPOCH"] = "1790000000"
    place = tmp_path / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    python = next(path for path in place.glob("*/python*") if path.is_file())
    packages = next(place.rglob("site-packages"))
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if name.startswith("kartu/starter/templates/")}
        assert "kartu/starter/.github/actions/kartu/action.yml" in archive.namelist()
        assert "kartu/starter/constraints.txt" in archive.namelist()
        archive.extractall(packages)
    own = {f"kartu/starter/templates/{name}" for name in _files(root / "templates")}
    assert own <= names
    (packages / "dependencies.pth").write_text("\n".join(site.getsitepackages()))
    packed = tmp_path / "x/build/ips-kelas-9.apkg"

    def run(*arguments: str, folder: Path) -> None:
        done = subprocess.run(
            [python, "-m", "kartu", *arguments],
            cwd=folder,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    run("new", "x", *OPTIONS, "id", folder=tmp_path)
    run("build", folder=tmp_path / "x")
    here = tmp_path / "here"
    kartu("-C", tmp_path / "x", "build", "-o", here, env={"SOURCE_DATE_EPOCH": "1790000000"})
    assert packed.read_bytes() == (here / packed.name).read_bytes()
    with (packages / "kartu/starter/templates/istilah/style.css").open("a") as style:
        style.write(".card { color: red; }\n")
    run("build", folder=tmp_path / "x")
    assert packed.read_bytes() != (here / packed.name).read_bytes()
    where = [str(python), "-c", "import kartu; print(kartu.__file__)"]
    shown = subprocess.run(where, env=env, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert shown.stdout.startswith(str(packages))
    wanted = (tmp_path / "x/requirements.txt").read_text("utf-8")
    assert wanted.splitlines()[1:] == [f"kartu[sheets,verify]=={__version__}"]
