"""The workflows, run here: a pull request, a release from tag to site, the weekly look, and faults.

Each runs on a fresh clone of a bare repository; stand-ins replace GitHub (support/github_host).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from support.github_host import Host, git, needs_posix
from support.program import Run
from support.projects import needs_git
from support.sampling import sampled
from support.workflow import Runner

pytestmark = [needs_git, needs_posix]

CARDS = "cards/ips/1-istilah.yaml"
PACKAGE = "ips.apkg"
PROVE = "Prove that updates hurt no student"
SEE = "See that it is what was built and proven"
NOW = {"SOURCE_DATE_EPOCH": ""}


WANTED = "kartu[sheets,verify] @ git+https://contoh.example/kartu@0123456789012345678901234567890123456789"


class Author:
    """Someone with a clone of a new project, who commits and pushes."""

    def __init__(self, kartu: Run, host: Host, clone: Path) -> None:
        self._kartu = kartu
        self.host = host
        self.clone = clone

    def kartu(self, *arguments: str) -> None:
        done = self._kartu("-C", self.clone, *arguments, env=NOW)
        assert done.returncode == 0, done.stderr

    def change(self, path: str, pattern: str, new: str) -> None:
        file = self.clone / path
        text, count = re.subn(pattern, new, file.read_text("utf-8"), count=1)
        assert count, pattern
        file.write_text(text, "utf-8")

    def fill_in(self) -> None:
        """Says where kartu is, in the one place for that."""
        file = self.clone / "requirements.txt"
        file.write_text(f"{WANTED}\n", "utf-8")

    def push(self, tag: str = "") -> None:
        git(self.clone, "add", "--all")
        git(self.clone, "commit", "--quiet", "--message", "Perubahan")
        if tag:
            git(self.clone, "tag", tag)
        git(
            self.clone,
            "push",
            "--quiet",
            str(self.host.repository),
            f"HEAD:{self.host.branch}",
            "--tags",
        )

    def publish(self, tag: str, *, processes: bool = False) -> Runner:
        self.push(tag)
        return self.host.run("decks-release.yml", tag, processes=processes)


@pytest.fixture(scope="module")
def first_run(kartu: Run, tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """A new project's first release, published by its workflow: 1.0.0 with two files."""
    folder = tmp_path_factory.mktemp("hosted")
    author = Author(kartu, Host(folder / "host"), folder / "clone")
    done = kartu("new", author.clone, "--name", "IPS", "--language", "id", "--ci", "github")
    assert done.returncode == 0, done.stderr
    git(author.clone, "init", "--quiet", "--initial-branch=main")
    author.fill_in()
    author.kartu("release")
    run = author.publish("v1.0.0")
    assert not run.failed, log(run)
    return run


@pytest.fixture(scope="module")
def released(first_run: Runner) -> Path:
    """The folder of that project and of its repository."""
    return first_run.folder.parents[1]


@pytest.fixture
def author(kartu: Run, released: Path, tmp_path: Path) -> Author:
    shutil.copytree(released, tmp_path, dirs_exist_ok=True)
    host = Host(tmp_path / "host")
    shutil.rmtree(host.pages)
    return Author(kartu, host, tmp_path / "clone")


def log(run: Runner) -> str:
    return "".join(f"== {one.job}: {one.name}: {one.outcome}\n{one.output}" for one in run.steps)


def failed(run: Runner) -> tuple[str, str]:
    """The one step at which it stopped, and what that said."""
    assert run.failed
    (step,) = [one for one in run.steps if one.outcome != "success"]
    return step.name, step.output


def test_a_tag_becomes_a_release(author: Author) -> None:
    """Packages that are proven from the first release on, sums, manifest, text, signature, site.

    Here alone each call of kartu is a process, as at GitHub.
    """
    author.change(CARDS, r"arti: (.*)", r"arti: Kini lain. \1")
    author.kartu("release")
    run = author.publish("v1.0.1", processes=True)
    assert not run.failed, log(run)
    assert "1 updated" in run.output(PROVE)
    host = author.host
    assert sorted(path.name for path in (host.releases / "v1.0.1").iterdir()) == [
        "SHA256SUMS",
        PACKAGE,
        "manifest.json",
    ]
    content = (host.releases / "v1.0.1" / PACKAGE).read_bytes()
    digest = sha256(content).hexdigest()
    assert (host.releases / "v1.0.1/SHA256SUMS").read_text() == f"{digest}  {PACKAGE}\n"
    text = (host.folder / "texts/v1.0.1.md").read_text("utf-8")
    assert text.startswith("## IPS 1.0.1\n\n### Yang akan kamu lihat\n\n- 1 kartu")
    assert f"| `{PACKAGE}` | 3 | 4 | `{digest}` |" in text
    assert host.attested == [PACKAGE]
    assert (host.pages / "packages" / PACKAGE).read_bytes() == content
    with zipfile.ZipFile(host.pages / "packages" / PACKAGE) as archive:
        assert json.loads(archive.read("kartu.json"))["draft"] is False


def test_a_new_major_version_is_published(author: Author) -> None:
    """What it costs students is shown; that was accepted, with a reason, when it was released.

    GitHub signs for public repositories only, and shows a site of private ones only where Pages is
    there: this one is private and has none.
    """
    note_dropped(author)
    author.kartu("release", "--major", "Catatan itu keliru.")
    author.host = Host(author.host.folder, public=False, pages=False)
    run = author.publish("v2.0.0")
    assert not run.failed, log(run)
    assert "note-dropped" in run.output(PROVE)
    assert "was accepted when the new major version was released" in run.output(PROVE)
    assert author.host.attested == []
    assert (author.host.releases / "v2.0.0" / PACKAGE).is_file()
    assert not author.host.pages.exists()
    assert "There is no site" in run.summary


def test_a_pull_request_shows_what_students_would_notice(author: Author) -> None:
    """The summary tells the change, and packages and preview are kept; nothing is published."""
    author.change(CARDS, r"arti: (.*)", r"arti: Kini lain. \1")
    author.push()
    run = author.host.run("decks.yml", event="pull_request")
    assert not run.failed, log(run)
    assert "1 kartu diperbaiki" in run.summary
    assert f"    {PACKAGE}  1.0.0 draft" in run.summary
    assert "Kini lain." in run.summary
    assert "](https://contoh.example/preview)" in run.summary
    assert (author.host.artefacts / "preview/index.html").is_file()
    assert (author.host.artefacts / "decks" / PACKAGE).is_file()
    assert [path.name for path in author.host.releases.iterdir()] == ["v1.0.0"]


def test_installation_is_by_hash_and_from_where_kartu_came(first_run: Runner) -> None:
    """First what kartu needs, each file by its hash, then kartu itself at its commit."""
    said = first_run.output("Install kartu")
    hashes, _, own = said.partition("pip install --no-build-isolation -r ")
    assert hashes.startswith("pip install --require-hashes --no-deps --only-binary :all: -r ")
    assert WANTED in own


def test_what_is_not_filled_in_stops_at_its_line(author: Author) -> None:
    """A project that does not say where kartu is gets an annotation, and installs nothing."""
    (author.clone / "requirements.txt").write_text("# a\n# FILL IN where\n# kartu @ …\n")
    author.push()
    name, said = failed(author.host.run("decks.yml"))
    assert name == "Install kartu"
    assert re.match(r"::error file=.*requirements.txt,line=2::fill in where kartu", said)
    assert "pip" not in said


def test_a_fork_proves_with_the_packages_of_its_parent(author: Author) -> None:
    """A fork has no releases of its own; its students have those of the original.

    The site is deployed from the default branch, whatever its name.
    """
    folder = author.host.folder
    (folder / "releases").rename(folder / "releases-of-parent")
    (folder / "releases").mkdir()
    git(author.host.repository, "branch", "--move", "main", "master")
    author.host = Host(folder, parent="asal/dek", branch="master")
    author.change(CARDS, r"arti: (.*)", r"arti: Kini lain. \1")
    author.kartu("release")
    run = author.publish("v1.0.1")
    assert not run.failed, log(run)
    assert "1 updated" in run.output(PROVE)
    assert (author.host.pages / "index.html").is_file()


def test_an_imported_project_publishes(kartu: Run, released: Path, tmp_path: Path) -> None:
    """What `kartu import` makes has all that CI needs: its first tag is proven from the original,
    which students have, and published."""
    original = tmp_path / "asal.apkg"
    stripped(released / "host/releases/v1.0.0" / PACKAGE, original)
    author = Author(kartu, Host(tmp_path / "host"), tmp_path / "clone")
    done = kartu("import", original, "-o", author.clone)
    assert done.returncode == 0, done.stderr
    assert {"README.md", ".gitignore", ".gitattributes"} <= set(os.listdir(author.clone))
    author.kartu("new", str(author.clone), "--update", "--ci", "github")
    author.fill_in()
    git(author.clone, "init", "--quiet", "--initial-branch=main")
    (folder,) = (author.clone / "cards").iterdir()
    cards = f"cards/{folder.name}/{sorted(os.listdir(folder))[0]}"
    author.change(cards, r"\bFotosintesis\b", "Fotosintesis (baru)")
    author.kartu("release")
    version = re.search(r"^version: (.*)$", (folder / "deck.yaml").read_text("utf-8"), re.M)
    assert version
    run = author.publish(f"v{version[1]}")
    assert not run.failed, log(run)
    assert "updated" in run.output(PROVE)


def stripped(package: Path, to: Path) -> None:
    """The package as one that another program wrote: it does not say what it is."""
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(to, "w") as new:
        for name in old.namelist():
            if name != "kartu.json":
                new.writestr(name, old.read(name))


def test_a_fault_is_an_annotation(author: Author) -> None:
    """It stands at its line, nothing is built, and there is no summary of what is not there."""
    author.change(CARDS, r"arti: .*", "artii: Salah")
    author.push()
    run = author.host.run("decks.yml", event="pull_request")
    name, said = failed(run)
    assert name == "Check"
    assert re.search(rf"^::error file={CARDS},line=\d+,col=5,title=unknown-key::", said, re.M)
    assert not any(author.host.artefacts.iterdir())


def test_the_weekly_look_finds_what_grew_old(author: Author) -> None:
    """The newest kartu and Anki are installed; stale content stops it."""
    run = author.host.run("decks-weekly.yml", event="schedule")
    assert not run.failed, log(run)
    said = run.output("Install kartu")
    assert "pip install --upgrade --upgrade-strategy eager -r " in said
    assert "    kartu[sheets,verify] @ git+https://contoh.example/kartu\n" in said
    author.change(CARDS, r"    arti:", '    as_of: "2020"\n    arti:')
    author.push()
    name, said = failed(author.host.run("decks-weekly.yml", event="schedule"))
    assert name == "Check"
    assert "title=stale" in said


def ledger_not_updated(author: Author) -> str:
    author.change("cards/ips/deck.yaml", "version: 1.0.0", "version: 1.1.0")
    author.change(CARDS, r"arti: (.*)", r"arti: Kini lain. \1")
    return "v1.1.0"


def version_not_raised(author: Author) -> str:
    (author.clone / "catatan.txt").write_text("x")
    return "v1.1.0"


def dirty_sources(author: Author) -> str:
    author.change(CARDS, r"arti: (.*)", r"arti: Kini lain. \1")
    author.kartu("release")
    author.change(CARDS, r"arti: (.*)", r"arti: Sekali lagi. \1")
    return "v1.0.1"


def note_dropped(author: Author) -> str:
    author.change(CARDS, r"(?s)  - id: klorofil\n.*?(?=  - id|\Z)", "")
    return "v1.1.0"


def note_dropped_and_hidden(author: Author) -> str:
    """The ledger, which nobody edits, no longer knows of the note."""
    note_dropped(author)
    author.change("cards/ips/ledger.jsonl", r'\{"note":"klorofil".*\n', "")
    author.kartu("release")
    return "v1.0.1"


def released_long_ago(author: Author) -> str:
    ledger = author.clone / "cards/ips/ledger.jsonl"
    text = re.sub(r'"time":\d+', '"time":1700000000', ledger.read_text("utf-8"))
    ledger.write_text(text, "utf-8")
    git(author.clone, "tag", "--delete", "v1.0.0")
    git(author.host.repository, "tag", "--delete", "v1.0.0")
    shutil.rmtree(author.host.releases / "v1.0.0")
    return "v1.0.0"


def earlier_release_lost(author: Author) -> str:
    author.change(CARDS, r"arti: (.*)", r"arti: Kini lain. \1")
    author.kartu("release")
    shutil.rmtree(author.host.releases / "v1.0.0")
    return "v1.0.1"


def package_changed_on_the_way(author: Author) -> str:
    author.change(CARDS, r"arti: (.*)", r"arti: Kini lain. \1")
    author.kartu("release")

    def tamper(artefact: Path) -> None:
        if artefact.name == "release":
            package = artefact / PACKAGE
            package.write_bytes(package.read_bytes() + b"x")

    author.host.on_upload = tamper
    return "v1.0.1"


def sums_changed_with_it(author: Author) -> str:
    tag = package_changed_on_the_way(author)
    tamper = author.host.on_upload

    def tamper_both(artefact: Path) -> None:
        tamper(artefact)
        if artefact.name == "release":
            digest = sha256((artefact / PACKAGE).read_bytes()).hexdigest()
            (artefact / "SHA256SUMS").write_text(f"{digest}  {PACKAGE}\n")

    author.host.on_upload = tamper_both
    return tag


@pytest.mark.parametrize(
    ("fault", "step", "words"),
    sampled(
        [
            (ledger_not_updated, "Build", "not released yet: note fotosintesis"),
            (
                version_not_raised,
                "Build",
                "the tag v1.1.0 is not the version in deck.yaml, ips 1.0",
            ),
            (dirty_sources, "Build", "not released yet: note fotosintesis"),
            (note_dropped, "Check", "title=note-gone"),
            (note_dropped_and_hidden, PROVE, "note-dropped"),
            (released_long_ago, "Build", "run kartu release --restamp, commit, and tag that"),
            (
                earlier_release_lost,
                PROVE,
                "there is no earlier package of this deck, although its ledger lists 1.0.0",
            ),
            (package_changed_on_the_way, SEE, f"{PACKAGE}: FAILED"),
            (sums_changed_with_it, SEE, "SHA256SUMS: FAILED"),
        ],
        4,
    ),
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_a_release_stops(
    author: Author, fault: Callable[[Author], str], step: str, words: str
) -> None:
    """At the right step, with words that say why; nothing is signed, published or shown."""
    before = sorted(author.host.releases.iterdir())
    tag = fault(author)
    before = [path for path in before if path.exists()]
    run = author.publish(tag)
    name, said = failed(run)
    assert (name, words in said) == (step, True), log(run)
    assert sorted(author.host.releases.iterdir()) == before
    assert author.host.attested == []
    assert not author.host.pages.exists()
