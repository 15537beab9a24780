"""The calls of the editor's page, with real files: what each gives, and what it does to them."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from support.edit_model import FOLDER
from support.edit_project import files_of
from support.editor import DECK, PNG, Editor, opened, picture
from support.gallery import previewing


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    return opened(tmp_path)


def rows(editor: Editor) -> list[list[str]]:
    found: list[list[str]] = editor.call("notes", deck=DECK)["notes"]
    return found


def test_the_project_is_shown(editor: Editor) -> None:
    """Its decks, what was published, and faults of files that belong to no note."""
    found = editor.call("project")
    (deck,) = found["decks"]
    assert (deck["id"], deck["notes"], deck["published"]) == (DECK, 10, "1.0.0")
    path = editor.root / FOLDER / "deck.yaml"
    path.write_text(path.read_text("utf-8") + "lizenz: CC\n", "utf-8")
    (fault,) = [one for one in editor.call("project")["faults"] if one["code"] == "unknown-key"]
    assert (fault["path"], fault["note"]) == (f"{FOLDER}/deck.yaml", "")


def test_a_form_knows_its_fields(editor: Editor) -> None:
    """Each note type with its fields by key, and in which format they are."""
    kinds = {one["id"]: one for one in editor.call("types", deck=DECK)}
    fields = {one["key"]: one for one in kinds["dasar"]["fields"]}
    assert fields["butir"]["format"] == "list"
    assert fields["depan"]["required"]
    assert kinds["istilah"]["fields"][0]["help"]
    assert kinds["istilah"]["picture"].startswith("<svg")


def test_a_note_is_opened_with_its_cards(editor: Editor) -> None:
    """What its author wrote, by field, and the cards that students see."""
    note = editor.call("open", deck=DECK, note="terbit")
    assert note["values"]["depan"] == "Satu"
    assert "id" not in note["values"]
    assert note["published"]
    assert "Satu" in note["cards"][0]["front"]
    assert editor.refused("open", deck=DECK, note="tidak-ada")["message"]


def test_the_form_knows_which_option_is_right(editor: Editor) -> None:
    """By its text, or by its letter."""
    options = {"soal": "Berapa 1 + 1?", "opsi": ["Satu", "Dua", "Tiga"]}
    kinds = {one["id"]: one for one in editor.call("types", deck=DECK)}
    fields = {one["key"]: one for one in kinds["pilihan-ganda"]["fields"]}
    (answer,) = [key for key, one in fields.items() if one["options"]]
    keys = fields[answer]["one_of"]
    texts = (
        dict(zip(keys, options["opsi"], strict=False))
        if len(keys) > 1
        else {keys[0]: options["opsi"]}
    )
    question = next(iter(fields))
    for right in ("Dua", "B"):
        values = {question: "Berapa 1 + 1?", **texts, answer: right}
        note = editor.call("add", deck=DECK, type="pilihan-ganda", values=values)["note"]
        assert note["chosen"] == {answer: 1}


def test_what_is_typed_is_shown_and_not_saved(editor: Editor) -> None:
    """Of a note that is there, and of one that is not there yet."""
    before = files_of(editor.root)
    found = editor.call("preview", deck=DECK, note="dua", values={"depan": "Kedua"})
    assert "Kedua" in found["cards"][0]["front"]
    found = editor.call("preview_new", deck=DECK, type="dasar", values={"depan": "Baru sekali"})
    assert "Baru sekali" in found["cards"][0]["front"]
    assert editor.call("preview_new", deck=DECK, type="dasar", values={})["cards"] == []
    assert files_of(editor.root) == before


def test_only_changed_rows_are_sent(editor: Editor) -> None:
    """Replayed on the list that the page has, each change makes the list as it is."""
    have = rows(editor)
    number = editor.call("notes", deck=DECK)["number"]
    steps: list[tuple[str, dict[str, Any]]] = [
        ("write", {"note": "dua", "values": {"depan": "Kedua"}}),
        ("add", {"type": "dasar", "values": {"depan": "Baru"}, "after": "dua"}),
        ("duplicate", {"note": "tiga"}),
        ("move", {"note": "tiga", "by": 1}),
        ("delete", {"note": "empat"}),
        ("retire", {"note": "terbit", "reason": "diganti"}),
        ("unretire", {"note": "terbit"}),
        ("move_to", {"note": "lima", "subdeck": "Bab 7"}),
    ]
    for name, given in steps:
        change = editor.call(name, deck=DECK, **given)["list"]
        assert change["from"] == number, name
        have[change["at"] : change["at"] + change["remove"]] = change["rows"]
        number = change["state"]
        assert len(change["rows"]) <= 3 or name == "move_to", name
        assert have == rows(editor), name
    for _step in steps:
        change = editor.call("undo")["list"]
        have[change["at"] : change["at"] + change["remove"]] = change["rows"]
    assert have == rows(editor)
    assert not editor.call("project")["undo"]


def test_all_edits_can_be_undone(editor: Editor) -> None:
    """Every byte is as before, and each can be made again."""
    before = files_of(editor.root)
    done = editor.call("write", deck=DECK, note="dua", values={"depan": "K"}, seen={"depan": "Dua"})
    assert (done["undo"], done["redo"], done["clashes"]) == (True, False, [])
    assert done["note"]["values"]["depan"] == "K"
    editor.call("add_source", deck=DECK, title="Buku Kita", publisher="Kita")
    assert editor.call("sources", deck=DECK)[-1]["id"] == "buku-kita"
    after = files_of(editor.root)
    editor.call("undo")
    assert editor.call("undo")["redo"]
    assert files_of(editor.root) == before
    editor.call("redo")
    editor.call("redo")
    assert files_of(editor.root) == after
    shown = editor.call("history")
    assert [(one["do"], one["undone"]) for one in shown] == [("source", False), ("write", False)]
    assert (shown[1]["title"], shown[1]["before"]) == ("Dua", {"depan": "Dua"})


def test_a_text_that_was_changed_elsewhere_stays(editor: Editor) -> None:
    """Both are told, and the one that lost is in the history; the other one, if it wins."""
    path = editor.root / FOLDER / "1-kartu.yaml"
    rows(editor)
    state = editor.call("project")["state"]
    path.write_text(path.read_text("utf-8").replace("depan: Dua,", "depan: Dua!,"), "utf-8")
    assert editor.call("project")["state"] > state
    done = editor.call("write", deck=DECK, note="dua", values={"depan": "K"}, seen={"depan": "Dua"})
    assert done["clashes"] == [{"key": "depan", "mine": "K", "theirs": "Dua!"}]
    (kept,) = [one for one in editor.call("history") if one["kind"] == "kept"]
    assert (kept["key"], kept["value"]) == ("depan", "K")
    asked = {"deck": DECK, "note": "dua", "values": {"depan": "K."}, "chosen": ["depan"]}
    assert editor.call("write", **asked, seen={"depan": "Dua!"})["clashes"] == []
    (kept,) = [one for one in editor.call("history") if one["kind"] == "kept"]
    assert (kept["key"], kept["value"]) == ("depan", "Dua!")


def test_what_is_not_saved_yet_is_kept(editor: Editor) -> None:
    """It is in the history after a restart."""
    editor.call("keep", deck=DECK, note="dua", key="depan", value="Setengah")
    again = Editor(editor.root, editor.root.parent / "history")
    (kept,) = again.call("history")
    assert (kept["note"], kept["key"], kept["value"]) == ("dua", "depan", "Setengah")


def test_a_note_may_be_left_unfinished(editor: Editor) -> None:
    """It is saved with the mark, which goes when nothing required is blank any more."""
    note = editor.call("add", deck=DECK, type="dasar", values={"belakang": "Jawaban"})["note"]
    assert note["unfinished"]
    flags = {row[0]: row[5] for row in rows(editor)}
    assert "u" in flags[note["id"]]
    done = editor.call("write", deck=DECK, note=note["id"], values={"depan": "Soal"})["note"]
    assert not done["unfinished"]
    assert "unfinished" not in done["values"]
    path = editor.root / FOLDER / "1-kartu.yaml"
    assert "unfinished" not in path.read_text("utf-8")
    assert not editor.call("write", deck=DECK, note="terbit", values={"depan": ""})["note"][
        "unfinished"
    ]


def test_pictures_are_added_and_served_by_token(editor: Editor) -> None:
    """Under a name that every system can hold; no other file is ever replaced."""
    data = base64.b64encode(PNG).decode()
    name = editor.call("add_media", deck=DECK, name="Peta  Dunia.PNG", base64=data)["file"]
    assert name == "Peta-Dunia.png"
    assert editor.call("add_media", deck=DECK, name=name, base64=data)["file"] == name
    other = base64.b64encode(picture("#996633")).decode()
    assert (
        editor.call("add_media", deck=DECK, name=name, base64=other)["file"] == "Peta-Dunia-2.png"
    )
    program = base64.b64encode(b"MZ\x90\0").decode()
    assert editor.refused("add_media", deck=DECK, name="a.exe", base64=program)["help"]
    text = base64.b64encode(b"<html>").decode()
    assert editor.refused("add_media", deck=DECK, name="a.png", base64=text)["message"]
    tokens = {one["file"]: one["token"] for one in editor.call("media", deck=DECK)}
    found = editor.ask("GET", f"/media/{tokens[name]}")
    assert (found.status, found.body) == (200, PNG)
    assert "sandbox" in found.headers["content-security-policy"]
    note = editor.call("write", deck=DECK, note="dua", values={"belakang": f"![]({name})"})["note"]
    ((packed, token),) = note["media"].items()
    assert packed in note["cards"][0]["back"]
    assert editor.ask("GET", f"/media/{token}").body == PNG
    assert editor.ask("GET", f"/media/{name}").status == 404


def test_a_new_deck_can_be_written_in(editor: Editor) -> None:
    """It is a folder with a deck.yaml; its name is no other deck's."""
    id = editor.call("new_deck", name="Sistem Tubuh", language="id")["id"]
    assert id == "sistem-tubuh"
    assert editor.call("notes", deck=id)["notes"] == []
    done = editor.call("add", deck=id, type="dasar", values={"depan": "Jantung"}, subdeck="Bab 1")
    assert done["note"]["cards"]
    assert editor.refused("new_deck", name="sistem tubuh", language="id")["message"]
    assert editor.refused("new_deck", name="Default", language="id")["message"]
    assert editor.refused("new_deck", name="Lain", language="../x")["message"]


def test_the_check_has_faults_at_their_fields(editor: Editor) -> None:
    """After the check in the background, with what can be fixed; a fix is an edit."""
    path = editor.root / FOLDER / "2-kartu.yaml"
    before = path.read_bytes()
    double = before.replace(b"  x-luar: luar-5", b"  tags: [d, d]\r\n  x-luar: luar-5")
    path.write_bytes(double)
    editor.call("project")
    editor.check()
    (fault,) = [one for one in editor.call("check", deck=DECK) if one["code"] == "duplicate-tag"]
    assert (fault["note"], fault["key"], fault["fix"]) == ("lima", "tags", True)
    assert "w" in {row[0]: row[5] for row in rows(editor)}["lima"]
    chosen = {"deck": DECK, "path": fault["path"], "line": fault["line"]}
    shown = editor.call("fixes", **chosen)
    assert "-  tags: [d, d]" in shown["diff"]
    assert shown["number"] == 1
    (change,) = shown["changes"]
    assert (change["note"], change["key"]) == ("lima", "tags")
    assert (change["before"], change["after"]) == (["d", "d"], ["d"])
    assert editor.call("fixes", deck=DECK)["changes"] == [change]
    assert path.read_bytes() == double
    assert editor.call("fix", **chosen)["undo"]
    assert b"tags: [d]" in path.read_bytes()
    editor.call("undo")
    assert path.read_bytes() == double
    assert editor.refused("fix", deck=DECK, path=fault["path"], line=1, code="no-card")["message"]


def test_the_check_knows_the_last_edit(editor: Editor) -> None:
    """What is wrong with a note after an edit is in the list at once, and goes when it is right."""

    def unknown() -> list[str]:
        faults = editor.call("check", deck=DECK)
        return [one["note"] for one in faults if one["code"] == "unknown-source"]

    editor.check()
    for sources, expected in ((["tidak-ada"], ["dua"]), ([], [])):
        editor.call("write", deck=DECK, note="dua", values={"sources": sources})
        assert not editor.call("project")["checked"]
        assert unknown() == expected
        editor.check()
        assert unknown() == expected


def test_faults_have_their_note_beside_errors_too(editor: Editor) -> None:
    """Nothing of a deck with an error is compiled, and yet each fault leads to its card."""
    path = editor.root / FOLDER / "2-kartu.yaml"
    path.write_bytes(path.read_bytes().replace(b"  x-luar: luar-5", b"  tags: [d, d]\r\n  lain: x"))
    editor.call("project")
    editor.check()
    found = [one for one in editor.call("check", deck=DECK) if one["path"].endswith("2-kartu.yaml")]
    assert {"error", "warning"} == {one["severity"] for one in found}
    assert {one["note"] for one in found} == {"lima"}


def test_a_hidden_character_is_found_in_its_card_and_taken_away(editor: Editor) -> None:
    """A card set is not read for it; the check says in which card and field it is, and fixes it."""
    path = editor.root / FOLDER / "1-kartu.yaml"
    before = path.read_bytes()
    path.write_bytes(before.replace(b"Dua,", b"Du\x07a,"))
    editor.call("project")
    (fault,) = [one for one in editor.call("check", deck=DECK) if one["severity"] == "error"]
    assert (fault["title"], fault["key"], fault["fix"]) == ("Dua", "depan", True)
    assert editor.call("fixes", deck=DECK, code=fault["code"], path=fault["path"])["number"] == 1
    editor.call("fix", deck=DECK, code=fault["code"], path=fault["path"])
    assert path.read_bytes() == before


def test_an_unknown_source_has_the_one_that_was_meant(editor: Editor) -> None:
    """The fault names both, the one in the deck with its title."""
    id = editor.call("add_source", deck=DECK, title="Buku siswa")["id"]
    editor.call("write", deck=DECK, note="dua", values={"sources": [f"{id}x"]})
    (fault,) = [
        one
        for one in editor.call("open", deck=DECK, note="dua")["faults"]
        if one["code"] == "unknown-source"
    ]
    assert (fault["key"], fault["name"]) == ("sources", f"{id}x")
    assert fault["instead"] == {"id": id, "title": "Buku siswa"}


def test_what_has_changed_since_the_release_is_marked(editor: Editor) -> None:
    """p published, n new since then, c changed, r retired."""
    editor.call("write", deck=DECK, note="terbit", values={"depan": "Satu saja"})
    editor.call("retire", deck=DECK, note="terbit", reason="diganti")
    editor.check()
    flags = {row[0]: row[5] for row in rows(editor)}
    assert {*"prc"} <= {*flags["terbit"]}
    assert "n" in flags["dua"]
    assert editor.call("project")["decks"][0]["cards"] == 10


def test_a_workbook_is_shown_and_not_edited(editor: Editor) -> None:
    """Why, and where to do it, is said."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["note_type", "subdeck", "id", "depan"], ["dasar", "Bab 8", "buku", "Dari buku"]):
        book.active.append(row)
    book.save(editor.root / FOLDER / "5-buku.xlsx")
    row = next(row for row in rows(editor) if row[0] == "buku")
    assert "s" in row[5]
    note = editor.call("open", deck=DECK, note="buku")
    assert (note["editable"], note["values"]["depan"]) == (False, "Dari buku")
    assert note["why"]
    assert "Dari buku" in note["cards"][0]["front"]
    assert editor.refused("write", deck=DECK, note="buku", values={"depan": "x"})["help"]


def test_all_cards_are_shown_in_all_looks(editor: Editor) -> None:
    """On a page of its own, of the files as they are; it leads back to each card in the editor."""
    page = editor.ask("GET", "/looks/")
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert b' data-desk="edit"' in page.body
    cards = editor.ask("GET", "/looks/cards.js").body
    editor.call("write", deck=DECK, note="dua", values={"belakang": "Sama sekali lain"})
    assert editor.ask("GET", "/looks/cards.js").body != cards
    assert "Sama sekali lain" in editor.ask("GET", f"/looks/decks/{DECK}.js").body.decode()
    frame = editor.ask("GET", "/looks/frame.html")
    assert frame.headers["content-security-policy"].startswith("sandbox")
    assert editor.ask("GET", "/looks/../../kartu.py").status == 404


def test_it_runs_until_it_is_ended(editor: Editor, tmp_path: Path) -> None:
    """As a program: its address opens the page, it follows the files, and Ctrl+C ends it."""
    path = editor.root / FOLDER / "1-kartu.yaml"
    with previewing(editor.root, DECK, cache=tmp_path / "cache", command="edit") as address:
        jar = build_opener(HTTPCookieProcessor())
        with jar.open(address, timeout=20) as page:
            assert b"<html" in page.read()
        with jar.open(urljoin(address, "/events"), timeout=20) as events:
            first = json.loads(events.readline().removeprefix(b"data: "))["number"]
            path.write_text(path.read_text("utf-8").replace("Dua", "Kedua"), "utf-8")
            while not (line := events.readline()).startswith(b"data: "):
                pass
            assert json.loads(line.removeprefix(b"data: "))["number"] > first


def test_the_page_has_its_files(editor: Editor) -> None:
    """With a policy that runs its own scripts alone; cards are in a frame without origin."""
    page = editor.ask("GET", "/")
    assert b"<html" in page.body
    assert "script-src 'self'" in page.headers["content-security-policy"]
    for path, kind in (("/page.js", "javascript"), ("/page.css", "css"), ("/texts.js", "script")):
        found = editor.ask("GET", path)
        assert kind in found.headers["content-type"]
        assert found.body.strip()
    texts = editor.ask("GET", "/texts.js").body.decode()
    loaded = json.loads(texts.removeprefix("const kartuTexts = ").rstrip(";\n"))
    assert loaded["language"] == "id"
    assert loaded["texts"]["en"].keys() == loaded["texts"]["id"].keys()
    frame = editor.ask("GET", "/frame").headers["content-security-policy"]
    assert frame.startswith("sandbox allow-scripts")
