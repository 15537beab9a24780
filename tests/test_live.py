"""What a preview that runs shows: at any time what one that begins now would show."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from pathlib import Path
from urllib.parse import urljoin
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.program import Run
from support.projects import TWO_NOTE_TYPES, write_project
from support.sampling import examples

from kartu.core.diagnostics import has_errors
from kartu.core.language import LANGUAGES, use
from kartu.show.editor.checking import Checker
from kartu.show.editor.live import Live
from kartu.show.editor.watch import changes
from kartu.show.gallery.pages import texts

ROOT = Path(__file__).parent.parent

CARDS = """--- cards/contoh/kartu.yaml
note_type: dasar
tags: [inti]
notes:
  - id: satu
    depan: Satu
    belakang: One
  - id: dua
    depan: Dua
    belakang: Two
    contoh: a pair
--- cards/contoh/teks.yaml
note_type: isian
subdeck: 02 Lanjut
notes:
  - id: ibu-kota
    teks: "Ibu kota {{c1::Jakarta}}, di pulau {{c2::Jawa}}."
"""

# A file, what stands in it, and what it may become; of some the deck can no longer be built.
EDITS = [
    ("cards/contoh/kartu.yaml", "belakang: One", "belakang: Uno"),
    ("cards/contoh/kartu.yaml", "belakang: One", "belakang: Two"),
    ("cards/contoh/kartu.yaml", "belakang: One", "belakng: One"),
    ("cards/contoh/kartu.yaml", "notes:\n", "notes:\n  - {id: nol, depan: Nol, belakang: Zero}\n"),
    ("cards/contoh/kartu.yaml", "tags: [inti]", "tags: [dasar]"),
    ("cards/contoh/kartu.yaml", "id: dua", "id: tiga"),
    ("cards/contoh/teks.yaml", "{{c2::Jawa}}", "Jawa"),
    ("cards/contoh/teks.yaml", "{{c2::Jawa}}", "{{c2::Jawa"),
    ("cards/contoh/teks.yaml", "02 Lanjut", "03 Akhir"),
    ("cards/contoh/deck.yaml", "name: Contoh", "name: Lain"),
    ("templates/dasar/maju.back.html", "{{FrontSide}}", "{{FrontSide}} {{Tags}} {{Deck}}"),
    ("templates/dasar/maju.back.html", "{{FrontSide}}", "{{FrontSid}}"),
    ("templates/dasar/mundur.front.html", "{{Belakang}}", "<b>{{hint:Belakang}}</b>"),
    ("templates/dasar/note_type.yaml", "name: Mundur", "name: Balik"),
    ("templates/isian/note_type.yaml", "name: Isian\nkind", "name: Lubang\nkind"),
    ("templates/isian/isian.back.html", "{{cloze:Teks}}", "{{cloze:Teks}} <i>{{Subdeck}}</i>"),
]


def shown(live: Live) -> tuple[object, ...]:
    """All that the page gets, but for the count of builds."""
    cards = live.get("cards.js") or b""
    decks = re.findall(rb'"key":"([^"]*)"', cards)
    contents = [live.get(f"decks/{key.decode()}.js") for key in decks]
    return re.sub(rb'"build":\d+', b"", cards), contents, live.diagnostics, live.failure


def _built(live: Live, root: Path) -> Live:
    """Built and checked."""
    live.build()
    checker = Checker(root, (), None, lambda: 1, lambda checked: None, lambda: None)
    live.take(checker.check(1).all)
    return live


@settings(max_examples=examples(40, 4))
@given(st.lists(st.tuples(st.sampled_from(EDITS), st.booleans()), max_size=8))
def test_after_any_edits_it_shows_what_a_fresh_one_shows(
    edits: list[tuple[tuple[str, str, str], bool]],
) -> None:
    """What was kept of earlier builds makes no difference; at faults at least they are the same."""
    with tempfile.TemporaryDirectory() as folder:
        root = write_project(Path(folder), TWO_NOTE_TYPES, CARDS)
        live = _built(Live(root, (), None), root)
        for (name, old, new), there in edits:
            content = (root / name).read_text("utf-8")
            changed = content.replace(old, new) if there else content.replace(new, old)
            (root / name).write_text(changed, "utf-8")
            _built(live, root)
            fresh = _built(Live(root, (), None), root)
            if has_errors(live.diagnostics):
                assert shown(live)[2:] == shown(fresh)[2:]
            else:
                assert shown(live) == shown(fresh)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_the_language_of_its_author(language: str, tmp_path: Path) -> None:
    """The page and its messages are in the author's language, whatever the deck's is."""

    def page() -> bytes:
        use(language)
        live = Live(write_project(tmp_path, TWO_NOTE_TYPES, CARDS), (), None)
        live.build()
        return live.get("") or b""

    assert f'<html lang="{language}"'.encode() in copy_context().run(page)
    assert set(texts()) == set(LANGUAGES)


def test_cards_of_notes_that_did_not_change_are_not_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a changed note its own cards are; of a changed note type those of all its notes."""
    from kartu.anki import show

    made: list[str] = []
    real = show.show_card

    def counting(*given: object, **named: object) -> object:
        made.append(str(given[2]))
        return real(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("kartu.show.gallery.sides.show_card", counting)
    root = write_project(tmp_path, TWO_NOTE_TYPES, CARDS)
    live = Live(root, (), None)
    live.build()
    assert len(made) == 6
    for name, old, new, count in [
        ("cards/contoh/kartu.yaml", "belakang: One", "belakang: Uno", 2),
        ("cards/contoh/kartu.yaml", "notes:\n", "\nnotes:\n", 0),
        ("templates/isian/isian.back.html", "{{cloze", "<b></b>{{cloze", 2),
    ]:
        made.clear()
        content = (root / name).read_text("utf-8")
        (root / name).write_text(content.replace(old, new), "utf-8")
        live.build()
        assert len(made) == count, name


def test_folders_that_go_and_come_again_are_watched(tmp_path: Path) -> None:
    """As when another branch is checked out: a change after that is seen too."""
    root = write_project(tmp_path, TWO_NOTE_TYPES, CARDS)
    folders = [root / "cards", root / "templates"]
    stop, seen = threading.Event(), threading.Semaphore(0)

    def follow() -> None:
        for _ in changes(folders, stop):
            seen.release()

    def settled() -> None:
        assert seen.acquire(timeout=60)
        while seen.acquire(timeout=1.5):
            pass

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        settled()
        for folder in folders:
            shutil.rmtree(folder)
        settled()
        write_project(root, TWO_NOTE_TYPES, CARDS)
        settled()
        (root / "cards/contoh/kartu.yaml").write_text("notes: []", "utf-8")
        settled()
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()


@contextmanager
def started(root: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command as a process, and the address that it tells."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "build_deck.py"), "preview", "--no-open", *arguments],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    assert process.stdout is not None
    try:
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:")
        yield process, address
    finally:
        process.kill()
        process.communicate()


class Page:
    """What a browser gets that has opened the address."""

    def __init__(self, address: str) -> None:
        self._opener: OpenerDirector = build_opener(HTTPCookieProcessor())
        with self._opener.open(address, timeout=60) as answer:
            self._at = str(answer.url)

    def __call__(self, name: str) -> str:
        with self._opener.open(urljoin(self._at, name), timeout=60) as answer:
            return str(answer.read().decode())


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_it_says_why_it_ends(tmp_path: Path, name: str) -> None:
    """Ctrl+C is no fault; another signal is told with its name, and in the exit status."""
    root = write_project(tmp_path, TWO_NOTE_TYPES, CARDS)
    with started(root) as (process, _):
        number = getattr(signal, name)
        process.send_signal(number)
        said = process.communicate(timeout=30)[1]
    why = "Ctrl+C" if name == "SIGINT" else f"the signal {name}"
    assert said == f"kartu: the preview has ended: {why}\n"
    assert process.returncode == (0 if name == "SIGINT" else 128 + number)


def test_it_goes_on_when_nobody_reads_what_it_says(tmp_path: Path) -> None:
    """The terminal may be closed to it; the page is what counts."""
    root = write_project(tmp_path, TWO_NOTE_TYPES, CARDS)
    with started(root) as (process, address):
        assert process.stdout is not None
        process.stdout.close()
        page = Page(address)
        for word in ("Uno", "Un", "Ein"):
            cards = root / "cards/contoh/kartu.yaml"
            cards.write_text(f"note_type: dasar\nnotes: [{{id: a, depan: {word}}}]\n", "utf-8")
            while word not in page("decks/contoh.js"):
                time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_it_says_each_state_once_with_its_errors(tmp_path: Path) -> None:
    """A line a build that changes something; what is wrong is on the screen, not only counted."""
    (tmp_path / "words.csv").write_text("term,meaning\none,\n", "utf-8")
    with started(tmp_path, "words.csv") as (process, address):
        assert process.stdout is not None
        page = Page(address)
        lines = [process.stdout.readline()]
        assert 'no "meaning"' in page("cards.js").replace("\\", "")
        time.sleep(1)  # the watch begins, and looks at what may have changed before
        (tmp_path / "words.csv").write_text("term,meaning\none,eins\n", "utf-8")
        lines.append(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=30)[1]
    assert [line.partition("checked, ")[2] for line in lines] == ["1 error\n", "no faults\n"]
    assert said.count("words.csv:2:5: error[missing-field]") == 1


@pytest.mark.parametrize("arguments", [["conto"], ["--port", "taken"], ["--port", "70000"]])
def test_wrong_use_is_told_in_a_line(
    arguments: list[str], kartu_process: Run, tmp_path: Path
) -> None:
    """A deck that is not there, a port that is taken, a port that cannot be."""
    root = write_project(tmp_path, TWO_NOTE_TYPES, CARDS)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        given = [port if one == "taken" else one for one in arguments]
        done = kartu_process("preview", "--no-open", *given, cwd=root)
    assert done.returncode == 2, done.stdout
    assert "Error:" in done.stderr
    assert "Traceback" not in done.stderr
