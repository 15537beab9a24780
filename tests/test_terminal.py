"""What a stranger wrote never reaches a terminal as a command, wherever it comes from."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
import threading
from http.server import BaseHTTPRequestHandler
from itertools import product
from pathlib import Path
from typing import Any

import genanki
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.anki_connect import reply, served
from support.program import ROOT, Run, in_process
from support.projects import write_project

from kartu.cli.echo import readable
from kartu.core.text import is_readable

# A title, a colour, C1's short form of it, a line turned round, one cleared, a bell.
SEEDS = ["\x1b]0;x\x07", "\x1b[31m", "\x9b31m", "\u202e", "\x1b[2K", "\r", "\u2066", "\x7f"]
OWN_COLOURS = re.compile(r"\x1b\[(0|1|3[0-7])m")


def _package(path: Path, seed: str, text: str = "Dua") -> Path:
    """A package of which every name and text holds `seed`."""
    model = genanki.Model(
        1_607_392_319,
        f"Jenis{seed}",
        fields=[{"name": f"Soal{seed}"}, {"name": "Jawaban"}],
        templates=[
            {"name": f"Maju{seed}", "qfmt": f"{{{{Soal{seed}}}}}", "afmt": "{{Jawaban}}"},
            {"name": f"Balik{seed}", "qfmt": "{{Jawaban}}", "afmt": f"{{{{x{seed}:Jawaban}}}}"},
        ],
        css=f".card {{ src: url(hilang{seed}.png) }}",
    )
    deck = genanki.Deck(2_059_400_110, f"Dek{seed}", description=f"Isi{seed}")
    for number in range(2):
        fields = [f"Satu{seed} [sound:tidak{seed}.mp3]", f"{text}{seed}"]
        note = genanki.Note(model, fields, guid=f"g{number}{seed}", tags=[f"label{seed}"])
        deck.add_note(note)
    picture = path.with_name(f"gambar{seed}.png")
    picture.write_bytes(b"\x89PNG")
    package = genanki.Package([deck])
    package.media_files = [str(picture)]
    package.write_to_file(path)
    return path


def _seen(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The lines of both streams that a terminal would not show as they are, but for our colours."""
    assert "Traceback" not in done.stderr
    lines = OWN_COLOURS.sub("", done.stdout + done.stderr).split("\n")
    return [line for line in lines if not is_readable(line.replace("\t", ""))]


@pytest.mark.parametrize("seed", SEEDS)
def test_packages(kartu: Run, tmp_path: Path, seed: str) -> None:
    """Names, GUIDs, texts and media of packages, in all that import and diff print."""
    old, new = _package(tmp_path / "a.apkg", seed), _package(tmp_path / "b.apkg", seed, "Tiga")
    for command in (
        ["import", old, "-o", "proyek"],
        ["diff", old, new],
        ["diff", old, new, "--format", "markdown"],
        ["diff", old, new, "--format", "json"],
    ):
        done = kartu("--color", "always", *command, cwd=tmp_path)
        assert done.stdout + done.stderr
        assert _seen(done) == []
    assert json.loads(done.stdout)


def test_verify(kartu: Run, tmp_path: Path) -> None:
    """The same of what the real engine says of a package."""
    done = kartu("--color", "always", "verify", _package(tmp_path / "a.apkg", SEEDS[0]))
    assert done.stdout
    assert _seen(done) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_servers(kartu: Run, tmp_path: Path, seed: str) -> None:
    """What a server answers to push, as its error and as a name."""
    root = write_project(tmp_path)
    answers: list[Any] = [{"error": f"x{seed}"}, {"result": f"v{seed}"}, {"result": 6}, f"{seed}{{"]
    for answer in answers:

        class Handler(BaseHTTPRequestHandler):
            content = answer if isinstance(answer, str) else json.dumps(answer)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                reply(self, 200, self.content.encode())

            def log_message(self, *_: Any) -> None:
                pass

        with served(Handler) as port:
            done = kartu("--color", "always", "push", "--port", port, cwd=root)
        assert done.returncode != 0
        assert _seen(done) == []


@pytest.mark.parametrize(("seed", "place"), list(product(SEEDS[:4], range(6))))
def test_sources(kartu: Run, tmp_path: Path, seed: str, place: int) -> None:
    """Names of files, cells, keys, templates and arguments, in what check prints."""
    quoted = json.dumps(seed)[1:-1]
    files = [
        f"--- cards/contoh/kartu{seed}.csv\nid,depan,note_type\n",
        f"--- cards/contoh/lain.csv\nid,depan{seed},note_type\na,b{seed},x{seed}\n",
        f'--- cards/contoh/lain.yaml\nnote_type: "{quoted}"\nnotes: [{{id: "{quoted}"}}]\n',
        f"--- templates/dasar/maju.front.html\n{{{{Depan{seed}}}}}[[= x{seed} ]]\n",
        f"--- cards/contoh/media/x{seed}.png\n",
        f'--- cards/contoh/i18n/en.yaml\nnotes: {{"{quoted}": 1}}\n',
    ]
    if "\r" in seed or "\n" in seed:
        return
    root = write_project(tmp_path, files[place])
    for command in (["check"], ["check", "--format", "json"], ["build", f"x{seed}"]):
        assert _seen(kartu("--color", "always", *command, cwd=root)) == []


# Each stands before a seed where a stranger's word can be: in names and contents of sources, an
# argument, and all names and texts of a package.
WORDS = (
    *("kolom", "jenis", "id", "atas", "kunci", "folder", "uid", "lagi", "catatan", "argumen"),
    *("Jenis", "Maju", "Balik", "Dek", "Satu", "Dua", "Tiga", "g0", "g1", "tidak", "label"),
    *("gambar",),
)


def _sources(number: int, seed: str) -> str:
    quoted = json.dumps(seed)[1:-1].replace("\x7f", "\\x7f")
    return (
        f'--- cards/contoh/a{number}.csv\nid,depan,"kolom{seed}",note_type\na{number},b,c,dasar\n'
        f'--- cards/contoh/b{number}.yaml\nnote_type: "jenis{quoted}"\nnotes: []\n'
        f'--- cards/contoh/c{number}.yaml\nnote_type: dasar\n"atas{quoted}": 1\n'
        f'notes: [{{id: "id{quoted}", depan: a, "kunci{quoted}": b}}]\n'
        f"--- templates/folder{seed}/x.html\nx\n"
        f'--- cards/contoh/i18n/x{number}.yaml\nuid: "uid{quoted}"\n"lagi{quoted}": 1\n'
        f'notes: {{"catatan{quoted}": 1}}\n'
    )


class _NoProgress(io.TextIOWrapper):
    """A stream on which no progress is displayed, as that has escapes."""

    def isatty(self) -> bool:
        return False


class _Screen:
    """A real pseudo-terminal with both streams of a program."""

    def __init__(self) -> None:
        import pty

        self._main, terminal = pty.openpty()
        err = os.fdopen(os.dup(terminal), "wb")
        self.streams = (
            io.TextIOWrapper(os.fdopen(terminal, "wb"), encoding="utf-8"),
            _NoProgress(err, encoding="utf-8"),
        )
        self._found: list[bytes] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # Linux, at the end
            while data := os.read(self._main, 65_536):
                self._found.append(data)

    def shown(self) -> str:
        """All that has arrived at it; it is closed."""
        for stream in self.streams:
            stream.close()
        self._reader.join()
        os.close(self._main)
        return b"".join(self._found).decode().replace("\r\n", "\n")


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
def test_a_terminal(surroundings: dict[str, str], tmp_path: Path) -> None:
    """Words of over 150 places arrive at a real pseudo-terminal, and none as a command.

    There a patch is not exact either.
    """
    seeds = [f"{number}q{seed}" for number, seed in enumerate(SEEDS)]
    broken = write_project(tmp_path / "a", *map(_sources, range(len(seeds)), seeds))
    patch = "--- cards/contoh/k.csv\nid,depan,note_type\na, \x1b[31mB ,x\n"
    screen = _Screen()

    def run(*command: object, cwd: Path = broken) -> None:
        in_process(*command, cwd=cwd, env=surroundings, screens=screen.streams)

    run("check", "--limit", 0)
    fixed = write_project(tmp_path / "b", patch)
    run("check", cwd=fixed)
    run("check", "--diff", cwd=fixed)
    for number, seed in enumerate(seeds):
        run("build", f"argumen{seed}")
        folder = tmp_path / str(number)
        folder.mkdir()
        old, new = _package(folder / "a.apkg", seed), _package(folder / "b.apkg", seed, "Tiga")
        run("diff", old, new)
        run("diff", old, new, "--format", "json")
        run("import", old, "-o", folder / "c")
    shown = screen.shown()
    assert "k.csv" in shown
    places = [f"{word}{number}q" for word, number in product(WORDS, range(len(seeds)))]
    assert sum(one in shown for one in places) > 150
    assert _seen(subprocess.CompletedProcess([], 0, shown, "")) == []


@given(st.text())
def test_all_is_readable(text: str) -> None:
    """Whatever is printed is readable, line by line, and JSON stays the same value."""
    shown = readable(text)
    lines = re.sub("[\ufdd0-\ufdef]", "", shown).replace("\t", "").split("\n")
    assert all(map(is_readable, lines))
    assert json.loads(readable(json.dumps(text, ensure_ascii=False))) == text


def test_one_place_prints() -> None:
    """No module but echo.py writes to a terminal."""
    prints = re.compile(r"click\.s?echo\(|sys\.std(out|err)\.write|(?<![.\w])(?<!def )print\(")
    modules = [one for one in (ROOT / "kartu").rglob("*.py") if one.name != "echo.py"]
    found = [
        f"{one}: {hit[0]}" for one in modules for hit in prints.finditer(one.read_text("utf-8"))
    ]
    assert found == []
