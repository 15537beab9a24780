"""Tries the program to download as a teacher uses it: a double click, a browser, no terminal.

    python .ci/bundle/tryout.py ARCHIVE [ROOT]

It runs in the environment of the tests. With ROOT, which holds a bare system, the program runs in
there, by chroot; the browser is this machine's. A deck of three cards is made, published and
printed; decks get the same bytes as from the sources of this checkout.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from pypdfium2 import PdfDocument  # noqa: E402
from support.edit_page import EditPage  # noqa: E402
from support.engine import cards, collection, import_package  # noqa: E402
from support.gallery import Gallery, gallery  # noqa: E402
from test_editor_whole import KINDS, Work, publish  # noqa: E402

_HOME = "/home/guru"
_WORDS = {"istilah": "Inti", "isian": "Ribosom", "pilihan-ganda": "Vakuola"}
# The engine is under the AGPL, readline under the GPL.
_NEVER = ("anki", "anki-*", "**/libreadline*", "**/readline*")

# A browser that only notes what it is asked to open.
_BROWSER = """#!/bin/sh
printf %s "$1" > "$HOME/address.new" && mv "$HOME/address.new" "$HOME/address"
"""


class Program:
    """The unpacked program, in a system of its own."""

    def __init__(self, archive: Path, root: Path | None, home: Path) -> None:
        self.home = home
        self._inside = str(home) if root is None else _HOME
        self.bare = root is not None
        self._prefix = [] if root is None else [str(shutil.which("chroot")), str(root)]
        with tarfile.open(archive) as tar:
            tar.extractall(home, filter="data")
        self.folder = home / "kartu"
        browser = home / "browser"
        browser.write_text(_BROWSER)
        browser.chmod(0o755)
        self._environment = {
            "HOME": self._inside,
            "PATH": "/usr/bin:/bin",
            "BROWSER": f"{self._inside}/browser",
            "KARTU_LANG": "id",
            "SOURCE_DATE_EPOCH": "1790000000",
        }

    def path(self, path: Path) -> str:
        """The path as the program sees it."""
        return f"{self._inside}/{path.relative_to(self.home).as_posix()}"

    def run(self, *arguments: str, status: int = 0) -> str:
        """What a command prints."""
        done = subprocess.run(
            self.command(*arguments),
            env=self._environment,
            cwd=self.home,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, (arguments, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def command(self, *arguments: str) -> list[str]:
        return [*self._prefix, f"{self._inside}/kartu/kartu", *arguments]

    @contextmanager
    def clicked(self) -> Iterator[str]:
        """The address that the browser is told to open: no argument, no input, no terminal."""
        process = subprocess.Popen(
            self.command(),
            env=self._environment,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            address = self.home / "address"
            end = time.monotonic() + 60
            while not address.exists():
                assert process.poll() is None, "the program has ended"
                assert time.monotonic() < end, "no browser was told to open a page"
                time.sleep(0.05)
            yield address.read_text()
        finally:
            process.terminate()
            process.wait(20)


def main(archive: str, root: str = "") -> None:
    """Prints each step with its seconds; a step that fails ends it."""
    place = Path(root, _HOME[1:]).parent if root else Path(tempfile.mkdtemp())
    home = place / Path(_HOME).name
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    step = _Steps()
    program = Program(Path(archive), Path(root) if root else None, home)
    step("unpacked")
    _check_content(program)
    print(program.run("--version").strip())
    step("started")
    _check_deck(program)
    step("the decks of this checkout: the same bytes")
    with gallery() as browser, program.clicked() as address:
        step("double-clicked: the browser is told to open the page")
        package = _teach(browser, address, home)
    step("a deck of three cards, by the page alone")
    _check_package(program, package)
    step("imported in Anki, and the same bytes from the sources")
    _check_paper(program)
    step("printed")
    _check_engine(program, package)
    step("proven with an engine from elsewhere")


def _check_content(program: Program) -> None:
    """What must be in the folder is there, and what its licence would not allow is not."""
    inside = program.folder / "_internal"
    for pattern in _NEVER:
        assert not [*inside.glob(pattern)], pattern
    listed = (program.folder / "LICENCES.txt").read_text("utf-8")
    folders = {path.name for path in (program.folder / "licences").iterdir()}
    for name in ("kartu", "Python", "weasyprint", "libpango-1.0-0", "fonts-dejavu-core"):
        assert f"{name} " in listed, name
        assert name in folders, name


def _from_sources(project: Path, out: Path, *options: str) -> None:
    """Builds with the checkout's kartu, as it is installed here."""
    command = [sys.executable, "build_deck.py", "-C", str(project), "--no-cache", "build"]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1790000000"}
    subprocess.run([*command, "-o", str(out), *options], check=True, cwd=ROOT, env=environment)


def _same(one: Path, other: Path) -> int:
    """The number of packages, which are the same in both folders."""
    there, here = (
        {path.name: path.read_bytes() for path in each.glob("*.apkg")} for each in (one, other)
    )
    assert there == here, (there.keys(), here.keys())
    return len(there)


def _check_deck(program: Program) -> None:
    """The project's own decks, in which all note types and formats are."""
    project = program.home / "decks"
    for name in ("cards", "templates"):
        shutil.copytree(ROOT / name, project / name)
    print(
        program.run(
            "-C", program.path(project), "build", "-o", program.path(project / "out")
        ).strip()
    )
    _from_sources(project, project / "sources")
    assert _same(project / "out", project / "sources") > 1


def _teach(browser: Gallery, address: str, home: Path) -> Path:
    """Makes a deck of three cards of three kinds, and publishes it; the package as downloaded."""
    browser.browser.resize(1280, 900)
    page = EditPage(browser, home)
    page.open(address)
    work = Work(page)
    work.click("#way-deck")
    work.type("Biologi Sel")
    work.press("Enter")
    page.wait("document.querySelector('#deck-name').textContent === 'Biologi Sel'")
    for kind, word in _WORDS.items():
        work.click("#new-note")
        work.click(f"[data-type={kind}]")
        KINDS[kind](work, word)
        page.has_card(word)
        page.saved()
    package = publish(work, home / "biologi-sel.apkg")
    assert browser.errors() == []
    print(f"{work.clicks} clicks, {work.keys} other keys, {work.characters} characters")
    return package


def _check_package(program: Program, package: Path) -> None:
    project = program.home / "kartu-dek"
    with tempfile.TemporaryDirectory() as folder:
        with collection(Path(folder, "anki")) as col:
            assert import_package(col, package).new == len(_WORDS)
            assert len(cards(col)) >= len(_WORDS)
        _from_sources(project, Path(folder, "out"), "--released")
        assert package.read_bytes() in [path.read_bytes() for path in Path(folder, "out").iterdir()]


def _check_paper(program: Program) -> None:
    """The cards as PDF, and a workbook."""
    decks = ["-C", program.path(program.home / "decks")]
    pdf = program.home / "kartu.pdf"
    print(program.run(*decks, "print", "--edition", "inti", "-o", program.path(pdf)).strip())
    text = "".join(page.get_textpage().get_text_range() for page in PdfDocument(pdf.read_bytes()))
    assert "Kerja sama bilateral" in text
    sheet = program.home / "kata.xlsx"
    program.run(*decks, "export", "--format", "xlsx", "-o", program.path(sheet))
    assert sheet.read_bytes().startswith(b"PK")


def _check_engine(program: Program, package: Path) -> None:
    """There is no engine inside, which is said; one from elsewhere runs the gates."""
    path = program.path(package)
    assert "--anki" in program.run("verify", path, status=2)
    if not program.bare:
        program.run("verify", path, "--anki", sys.executable)


class _Steps:
    def __init__(self) -> None:
        self._last = time.monotonic()

    def __call__(self, what: str) -> None:
        now = time.monotonic()
        print(f"{now - self._last:6.1f} s  {what}", flush=True)
        self._last = time.monotonic()


if __name__ == "__main__":
    main(*sys.argv[1:])
