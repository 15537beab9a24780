"""`kartu push`: a deck into a running Anki, where that harms nothing that is there."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from anki.collection import Collection
from support.anki_connect import Anki, anki_connect, reply, served
from support.engine import cards, collection, note_by_guid
from support.program import Run
from support.projects import TWO_NOTE_TYPES, write_project

UID = "a1b2c3d4e5f60718"
SET = """--- cards/contoh/kartu.yaml
note_type: dasar
notes:
  - {id: satu, depan: Satu, belakang: One}
  - {id: dua, depan: Dua, belakang: Two}
  - {id: tiga, depan: Tiga, belakang: Three}
"""
DRAFT = "  a draft: your own changes to its unreleased notes in Anki were replaced\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path / "proyek", TWO_NOTE_TYPES, SET)


@pytest.fixture
def anki(tmp_path: Path) -> Iterator[Anki]:
    """A running Anki with an empty collection."""
    with collection(tmp_path / "guru") as col, anki_connect(Anki(col)) as running:
        yield running


def _edit(project: Path, old: str, new: str, name: str = "cards/contoh/kartu.yaml") -> None:
    path = project / name
    content = path.read_text("utf-8")
    assert old in content
    path.write_text(content.replace(old, new), "utf-8")


def _text(anki: Anki, id: str) -> list[str]:
    return list(note_by_guid(anki.open, f"{UID}:{id}").fields[:2])


def _study(col: Collection) -> list[tuple[int, ...]]:
    """Answers each card as known; how each stands then."""
    col.decks.select(col.decks.id("Contoh"))  # type: ignore[arg-type]
    while (card := col.sched.getCard()) is not None:
        col.sched.answerCard(card, 4)
    return _progress(col)


def _progress(col: Collection) -> list[tuple[int, ...]]:
    return [(card.id, card.type, card.queue, card.due, card.ivl, card.reps) for card in cards(col)]


def test_a_deck_comes_new_and_is_updated_in_place(
    kartu: Run, kartu_process: Run, project: Path, anki: Anki
) -> None:
    """The first push brings the notes, the next one what was changed; progress stays."""
    done = kartu_process("-C", project, "push", "--port", anki.port)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"contoh.apkg is in Anki: 3 new, 0 updated, 0 unchanged\n{DRAFT}"
    before = _study(anki.open)
    assert {reps for *_, reps in before} == {1}
    _edit(project, "One", "Uno")
    later = {"SOURCE_DATE_EPOCH": "1790000100"}
    done = kartu("-C", project, "push", "--port", anki.port, env=later)
    assert done.stdout.startswith("contoh.apkg is in Anki: 0 new, 3 updated, 0 unchanged\n")
    assert _text(anki, "satu") == ["Satu", "Uno"]
    assert _progress(anki.open) == before
    assert (anki.open.note_count(), anki.open.card_count()) == (3, 6)
    again = kartu("-C", project, "push", "--port", anki.port, env=later)
    assert again.stdout.startswith("contoh.apkg is in Anki: 0 new, 0 updated, 3 unchanged\n")


def test_a_release_touches_only_what_it_changes(kartu: Run, project: Path, anki: Anki) -> None:
    """What was edited in Anki stays, on notes that the release does not correct."""
    assert kartu("-C", project, "release").returncode == 0
    done = kartu("-C", project, "push", "contoh", "--port", anki.port)
    assert done.stdout == "contoh.apkg is in Anki: 3 new, 0 updated, 0 unchanged\n"
    own = note_by_guid(anki.open, f"{UID}:dua")
    own["Contoh"], own.tags = "milikku", ["punyaku"]
    anki.open.update_note(own)
    _edit(project, "One", "Uno")
    later = {"SOURCE_DATE_EPOCH": "1790000100"}
    assert kartu("-C", project, "release", env=later).returncode == 0
    done = kartu("-C", project, "push", "--port", anki.port, env=later)
    assert done.stdout == "contoh.apkg is in Anki: 0 new, 1 updated, 2 unchanged\n"
    own = note_by_guid(anki.open, f"{UID}:dua")
    assert (own["Contoh"], own.tags) == ("milikku", ["punyaku"])


def test_someone_who_studies_is_left_alone(kartu: Run, project: Path, anki: Anki) -> None:
    """The list of decks is shown, but not in the middle of a review."""
    kartu("-C", project, "push", "--port", anki.port)
    assert anki.asked[-1] == "guiDeckBrowser"
    anki.reviewing = True
    kartu("-C", project, "push", "--port", anki.port)
    assert anki.asked[-1] == "guiReviewActive"


def test_a_field_of_ones_own_is_not_lost(kartu: Run, project: Path, anki: Anki) -> None:
    """AnkiConnect would empty a field that was added in Anki: Anki's own window is opened."""
    kartu("-C", project, "push", "--port", anki.port)
    model = note_by_guid(anki.open, f"{UID}:satu").note_type()
    anki.open.models.add_field(model, anki.open.models.new_field("Catatanku"))
    anki.open.models.update_dict(model)
    done = kartu("-C", project, "push", "--port", anki.port)
    assert done.returncode == 0
    assert done.stdout == (
        "contoh.apkg is waiting in Anki's import window: press Import there\n"
        '  because the note type "Contoh Dasar" in Anki has other fields or cards\n'
    )
    assert anki.windows == [str(project / "build/contoh.apkg")]
    assert anki.asked.count("importPackage") == 1


def test_a_claimed_spare_goes_through_the_window(kartu: Run, project: Path, anki: Anki) -> None:
    """Older Ankis would not take a renamed field from AnkiConnect."""
    kartu("-C", project, "push", "--port", anki.port)
    claimed = "name: Contoh, id: 3}\n  - {key: baru, name: Baru, id: 4}"
    _edit(project, "name: Contoh, id: 3}", claimed, "templates/dasar/note_type.yaml")
    done = kartu("-C", project, "push", "--port", anki.port)
    assert "has other fields or cards" in done.stdout
    assert len(anki.windows) == 1


def test_a_preset_of_ones_own_is_not_replaced(kartu: Run, project: Path, anki: Anki) -> None:
    """A deck with options does not push its preset over that of the person; its own may stay."""
    _edit(project, "1.0.0\n", "1.0.0\noptions: {new_per_day: 7}\n", "cards/contoh/deck.yaml")
    for _ in range(2):
        done = kartu("-C", project, "push", "--port", anki.port)
        assert "is in Anki" in done.stdout
    deck = anki.open.decks.by_name("Contoh")
    assert deck is not None
    assert anki.open.decks.get_config(deck["conf"])["new"]["perDay"] == 7  # type: ignore[index]
    deck["conf"] = anki.open.decks.add_config_returning_id("Punyaku")
    anki.open.decks.save(deck)
    done = kartu("-C", project, "push", "--port", anki.port)
    assert 'because the deck "Contoh" has another preset in Anki' in done.stdout
    deck = anki.open.decks.by_name("Contoh")
    assert deck is not None
    assert anki.open.decks.get_config(deck["conf"])["name"] == "Punyaku"  # type: ignore[index]


def test_the_window_can_be_asked_for(kartu: Run, project: Path, anki: Anki) -> None:
    """With --window nothing is imported past the person."""
    done = kartu("-C", project, "push", "--window", "--port", anki.port)
    assert "because --window asks for it" in done.stdout
    assert (len(anki.windows), anki.open.note_count()) == (1, 0)


def test_faults_and_harm_stop_it(kartu: Run, project: Path, anki: Anki) -> None:
    """Neither a fault of the sources nor an update that would harm students reaches Anki."""
    assert kartu("-C", project, "release").returncode == 0
    _edit(project, "  - {id: dua, depan: Dua, belakang: Two}\n", "")
    done = kartu("-C", project, "push", "--port", anki.port)
    assert (done.returncode, done.stdout) == (1, "")
    assert "error[note-gone]" in done.stderr
    _edit(project, "note_type: dasar", "note_type: dasr")
    done = kartu("-C", project, "push", "--port", anki.port)
    assert done.returncode == 1
    assert "importPackage" not in anki.asked


def test_editions_and_translations_are_chosen(kartu: Run, project: Path, anki: Anki) -> None:
    """Of several packages the one that is named comes; without a name, which there are is told."""
    editions = '1.0.0\neditions: {inti: {title: Inti, include: "tag:inti"}, semua: {}}\n'
    _edit(project, "1.0.0\n", editions, "cards/contoh/deck.yaml")
    _edit(project, "belakang: One", "belakang: One, tags: [inti]")
    done = kartu("-C", project, "push", "--port", anki.port)
    assert done.returncode == 2
    assert "which edition? Use --edition with one of these: inti, semua" in done.stderr
    done = kartu("-C", project, "push", "--edition", "inty", "--port", anki.port)
    assert 'the deck has no edition "inty"; did you mean "inti"?' in done.stderr
    done = kartu("-C", project, "push", "--edition", "inti", "--port", anki.port)
    assert done.stdout.startswith("contoh-inti.apkg is in Anki: 1 new")
    variant = project / "cards/contoh/i18n/en.yaml"
    variant.parent.mkdir()
    variant.write_text("uid: b1b2c3d4e5f60718\nname: Example\nprefix: EX\n", "utf-8")
    chosen = ("--language", "en", "--edition", "semua", "--port", anki.port)
    done = kartu("-C", project, "push", *chosen)
    assert done.stdout.startswith("contoh.en-semua.apkg is in Anki: 3 new"), done.stderr
    variant.unlink()
    done = kartu("-C", project, "push", "--language", "en", "--port", anki.port)
    assert 'the deck has no variant in "en"; possible are: id' in done.stderr


def _told(done: CompletedProcess[str], message: str, help: str) -> None:
    assert (done.returncode, done.stdout) == (2, "")
    first, second = done.stderr.splitlines()
    assert first == f"kartu: {message}"
    assert second.startswith("    help: ")
    assert help in second


def test_nobody_listens(kartu: Run, project: Path) -> None:
    """Without Anki or the add-on it is said what to start and what to install."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    done = kartu("-C", project, "push", "--port", port)
    _told(
        done,
        f"no Anki with AnkiConnect answers at port {port} of this computer",
        "code 2055492159",
    )
    assert not (project / "build").exists()


@pytest.mark.parametrize(
    ("status", "content", "told"),
    [
        (200, b"<html>hello</html>", "is not AnkiConnect"),
        (404, b"", "is not AnkiConnect"),
        (200, b"[" * 100_000, "is not AnkiConnect"),
        (200, b"null", "is not AnkiConnect"),
        (200, b'{"result": 5, "error": null}', "AnkiConnect is too old for kartu"),
        (200, b'{"result": "6", "error": null}', "is not AnkiConnect"),
        (200, b'{"result": null, "error": "lain"}', "Anki refuses version: lain"),
        (403, b"", "AnkiConnect does not let kartu in"),
    ],
)
def test_something_else_listens(
    kartu: Run, project: Path, status: int, content: bytes, told: str
) -> None:
    """Whatever answers at the port, it is named and not believed."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            reply(self, status, content)

        def log_message(self, *_: object) -> None:
            pass

    with served(Handler) as port:
        done = kartu("-C", project, "push", "--port", port)
    assert told in done.stderr.splitlines()[0]
    assert done.returncode == 2


@contextmanager
def _raw(speak: Callable[[socket.socket], object]) -> Iterator[int]:
    """A program at a free port that does not speak HTTP."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            caller, _ = server.accept()
            with caller:
                speak(caller)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def test_a_program_that_speaks_otherwise(kartu: Run, project: Path) -> None:
    """One that does not speak HTTP at all is no AnkiConnect."""
    with _raw(lambda caller: caller.sendall(b"SSH-2.0-OpenSSH\r\n")) as port:
        done = kartu("-C", project, "push", "--port", port)
        _told(done, f"what answers at port {port} is not AnkiConnect", "another program")


def test_anki_that_does_not_answer(kartu: Run, project: Path) -> None:
    """A window in Anki, or a long sync, is named as the likely reason, and is waited for."""
    over = threading.Event()
    with _raw(lambda _: over.wait()) as port:
        done = kartu("-C", project, "push", "--port", port, "--wait", 1)
        over.set()
    _told(done, "Anki did not answer within 1 s", "a window in it waits for you")


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n"])
def test_a_server_that_drips(kartu: Run, project: Path, head: bytes) -> None:
    """One that sends a sign now and then, in its headers or below, is waited for no longer."""

    def drip(caller: socket.socket) -> None:
        caller.sendall(head)
        with suppress(OSError):
            while True:
                caller.sendall(b"X")
                time.sleep(0.2)

    with _raw(drip) as port:
        done = kartu("-C", project, "push", "--port", port, "--wait", 1)
    _told(done, "Anki did not answer within 1 s", "a window in it waits for you")


def test_the_key(kartu: Run, project: Path, anki: Anki) -> None:
    """A key is asked for where AnkiConnect wants one, and never printed."""
    anki.key = "rahasia-1"
    done = kartu("-C", project, "push", "--port", anki.port)
    _told(done, "AnkiConnect asks for a key", "KARTU_ANKI_KEY")
    done = kartu("-C", project, "push", "--port", anki.port, "--key", "rahasia-2")
    _told(done, "AnkiConnect does not accept this key", "apiKey")
    assert "rahasia" not in done.stderr
    done = kartu("-C", project, "push", "--port", anki.port, env={"KARTU_ANKI_KEY": "rahasia-1"})
    assert done.returncode == 0, done.stderr


def test_no_profile_and_an_old_add_on(kartu: Run, project: Path, anki: Anki) -> None:
    """Both are told before anything is built."""
    anki.without = {"notesModTime"}
    done = kartu("-C", project, "push", "--port", anki.port)
    _told(done, "AnkiConnect is too old for kartu", "Check for Updates")
    col, anki.col, anki.without = anki.col, None, set()
    done = kartu("-C", project, "push", "--port", anki.port)
    _told(done, "Anki has no profile open", "choose one in Anki")
    assert not (project / "build").exists()
    anki.col = col


def test_an_import_that_fails(kartu: Run, project: Path, anki: Anki, tmp_path: Path) -> None:
    """What Anki says of it is told; here its collection cannot take anything."""
    anki.do_importPackage = lambda path: anki.open.import_anki_package("")  # type: ignore[method-assign, arg-type]
    done = kartu("-C", project, "push", "--port", anki.port)
    assert done.returncode == 2
    assert done.stderr.startswith("kartu: Anki refuses importPackage: ")


def test_proxies_of_the_environment_are_not_asked(
    kartu_process: Run, project: Path, anki: Anki
) -> None:
    """Nothing but this computer is spoken to, whatever the environment says."""
    proxies = dict.fromkeys(("http_proxy", "HTTP_PROXY", "ALL_PROXY"), "http://127.0.0.1:9")
    done = kartu_process(
        "-C", project, "push", "--port", anki.port, env={**proxies, "no_proxy": ""}
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif("KARTU_ANKI_CONNECT" not in os.environ, reason="no real Anki is named")
def test_the_real_desktop(kartu: Run, project: Path) -> None:
    """The real AnkiConnect at the port KARTU_ANKI_CONNECT, in a profile to try things in."""
    port = os.environ["KARTU_ANKI_CONNECT"]
    _edit(project, UID, "f" + os.urandom(8).hex()[1:], "cards/contoh/deck.yaml")
    done = kartu("-C", project, "push", "--port", port)
    assert done.stdout == f"contoh.apkg is in Anki: 3 new, 0 updated, 0 unchanged\n{DRAFT}"
    later = {"SOURCE_DATE_EPOCH": "1790000100"}
    done = kartu("-C", project, "push", "--port", port, env=later)
    assert done.stdout.startswith("contoh.apkg is in Anki: 0 new, 3 updated, 0 unchanged\n")
