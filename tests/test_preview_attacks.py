"""Where cards are only looked at: strangers are refused, and no call writes anything."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from support.edit_project import files_of
from support.editor import DECK, PORT, SECRET, Editor, opened
from support.gallery import looking

from kartu.core.usage import UsageError
from kartu.show.editor.all_calls import CALLS, calls_of
from kartu.show.editor.guard import Door
from kartu.show.editor.serve import EditOptions, editing

# The calls of a page on which nothing is edited: a new one is not among them by mistake.
LOOKS = {"project", "deck", "types", "notes", "sources", "tags", "media", "open", "check"}

PAGES = (
    "/",
    "/page.js",
    "/page.css",
    "/texts.js",
    "/frame",
    "/events",
    "/looks/",
    "/looks/page.js",
)
ATTACKS: dict[str, dict[str, str | None]] = {
    "no secret": {"cookie": None},
    "a wrong secret": {"cookie": f"kartu-{PORT}=falsch"},
    "another site": {"origin": "https://example.com"},
    "another name for this address": {"host": f"evil.example:{PORT}"},
    "the address without its port": {"host": "127.0.0.1"},
    "no name": {"host": None},
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with all that the calls ask for, and what an editor has kept of it."""
    editor = opened(tmp_path_factory.mktemp("looking"))
    editor.call("write", deck=DECK, note="dua", values={"depan": "Kedua"})
    return editor.root


@pytest.fixture(scope="module")
def viewer(project: Path) -> Iterator[Editor]:
    """It, open to be looked at; nothing of it is another one in the end."""
    before = files_of(project.parent)
    yield Editor(project, edits=False)
    assert files_of(project.parent) == before


def given(name: str) -> dict[str, str]:
    """The texts that a call wants."""
    known = {"deck": DECK, "note": "dua"}
    return {key: known.get(key, "x") for key, one in CALLS[name].shapes.items() if one.required}


def test_no_call_that_edits_is_there(viewer: Editor) -> None:
    """Every call says whether it edits; those that do are answered like those that never were."""
    assert calls_of(edits=False).keys() == LOOKS
    assert calls_of(edits=True) == CALLS
    for name, call in CALLS.items():
        found = viewer.post(name, **given(name))
        assert found.status == (404 if call.edits else 200), name
    assert viewer.post("project").json["ok"]["edit"] is False


def test_calls_that_do_not_edit_write_nothing_in_the_editor_either(project: Path) -> None:
    """What a call declares is true: no file and no line of the history is another one after it."""
    history = project.parent / "history"
    editor = Editor(project, history)
    before = files_of(project.parent)
    for name in LOOKS:
        assert "ok" in editor.post(name, **given(name)).json, name
    assert files_of(project.parent) == before


@pytest.mark.parametrize("attack", ATTACKS)
def test_strangers_are_refused(viewer: Editor, attack: str) -> None:
    """On every page and every call, before anything of it is read."""
    for path in PAGES:
        assert viewer.ask("GET", path, headers=ATTACKS[attack]).status == 403, path
    for name in CALLS:
        assert viewer.ask("POST", f"/api/{name}", b"{}", ATTACKS[attack]).status == 403, name


def test_no_path_leads_to_a_file(viewer: Editor) -> None:
    """The page has its own files by name; downloads are of the editor."""
    for path in (
        *(
            "/kartu.py",
            "/../deck.yaml",
            "/%2e%2e/deck.yaml",
            "/looks/../../deck.yaml",
            "/looks/..%2f",
        ),
        *("//etc/passwd", "/cards/contoh/deck.yaml", "/looks/media/..%2f..%2fdeck.yaml.js"),
        *(
            "/download/x",
            "/media/x",
            "/media/",
            "/looks/media/x.js",
            "/looks/texts.json",
            "/texts.json",
        ),
    ):
        assert viewer.ask("GET", path).status == 404, path
    for method in ("PUT", "DELETE", "PATCH"):
        assert viewer.ask(method, "/looks/").status in (404, 405)


def test_the_secret_opens_the_page_of_all_cards(viewer: Editor) -> None:
    """It is in the address that is printed, and a strict cookie from then on."""
    viewer_door = Door(PORT, SECRET, "/looks/")
    assert viewer_door.address == f"http://127.0.0.1:{PORT}/?key={SECRET}"
    page = viewer.ask("GET", "/looks/")
    assert b' data-desk="look"' in page.body
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert b' data-mode="look"' in viewer.ask("GET", "/").body


def test_only_this_computer_is_served(project: Path) -> None:
    """Other addresses of this computer are not listened on."""
    with looking(project) as address:
        port = urlsplit(address).port or 0
        for other in ("127.0.0.2", socket.gethostbyname(socket.gethostname())):
            if other != "127.0.0.1":
                with socket.socket() as asking:
                    asking.settimeout(3)
                    assert asking.connect_ex((other, port)) != 0, other


def test_there_must_be_something_to_look_at(tmp_path: Path) -> None:
    """The editor begins in an empty folder; without it there is nothing to begin with."""
    options = EditOptions(tmp_path, edits=False)
    with pytest.raises(UsageError, match="there is no deck in"), editing(options, print):
        pass
