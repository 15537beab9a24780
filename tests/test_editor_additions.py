"""What the history of the editor takes back beside cards, and hidden characters with their undo."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from support.edit_model import FOLDER
from support.edit_project import files_of
from support.editor import DECK, PNG, Editor, opened

from kartu.show.editor.hidden import readable


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    return opened(tmp_path)


def newest(editor: Editor) -> dict[str, Any]:
    found: dict[str, Any] = editor.call("history")[0]
    return found


def test_an_empty_deck_is_taken_back(editor: Editor) -> None:
    """With its folder, by undo or in the history; it can be made again, byte for byte."""
    before = files_of(editor.root)
    id = editor.call("new_deck", name="Sistem  Tubuh", language="id")["id"]
    made = files_of(editor.root)
    entry = newest(editor)
    assert (entry["do"], entry["title"]) == ("new_deck", "Sistem Tubuh")
    done = editor.call("undo")
    assert (files_of(editor.root), done["list"], done["redo"]) == (before, None, True)
    assert not (editor.root / "cards" / id).exists()
    editor.call("redo")
    assert files_of(editor.root) == made
    editor.call("write", deck=DECK, note="dua", values={"depan": "Lain"})
    editor.call("take_back", number=entry["number"])
    assert not (editor.root / "cards" / id).exists()
    assert [one["undone"] for one in editor.call("history")] == [False, True]
    assert editor.refused("take_back", number=entry["number"])["message"]


def test_a_deck_with_cards_stays(editor: Editor) -> None:
    """It is said why; when its cards are gone again, it goes too."""
    id = editor.call("new_deck", name="Sistem Tubuh", language="id")["id"]
    number = newest(editor)["number"]
    note = editor.call("add", deck=id, type="dasar", values={"depan": "Jantung"}, subdeck="Bab 1")
    assert editor.refused("take_back", number=number)["help"]
    editor.call("delete", deck=id, note=note["note"]["id"])
    editor.call("take_back", number=number)
    assert not (editor.root / "cards" / id).exists()


def test_a_source_is_taken_back_while_no_card_names_it(editor: Editor) -> None:
    """Whatever was edited since, which stays."""
    before = (editor.root / FOLDER / "deck.yaml").read_bytes()
    id = editor.call("add_source", deck=DECK, title="Buku Kita")["id"]
    entry = newest(editor)
    assert entry["title"] == "Buku Kita"
    editor.call("write", deck=DECK, note="dua", values={"sources": [id], "depan": "Lain"})
    assert editor.refused("take_back", number=entry["number"])["help"]
    editor.call("write", deck=DECK, note="dua", values={"sources": []})
    editor.call("take_back", number=entry["number"])
    assert (editor.root / FOLDER / "deck.yaml").read_bytes() == before
    assert editor.call("open", deck=DECK, note="dua")["values"]["depan"] == "Lain"


def test_a_file_is_taken_back_while_no_card_shows_it(editor: Editor) -> None:
    """Undo never comes upon it, since the card that shows it would be another edit."""
    data = base64.b64encode(PNG).decode()
    name = editor.call("add_media", deck=DECK, name="peta.png", base64=data)["file"]
    entry = newest(editor)
    assert (entry["do"], entry["title"]) == ("media", name)
    assert not editor.call("project")["undo"]
    editor.call("write", deck=DECK, note="dua", values={"belakang": f"![]({name})"})
    assert name in editor.refused("take_back", number=entry["number"])["message"]
    editor.call("undo")
    editor.call("take_back", number=entry["number"])
    assert not (editor.root / FOLDER / "media" / name).exists()
    assert newest(editor)["undone"]
    editor.call("redo")  # of the card
    assert editor.refused("take_back", number=entry["number"])["message"]


@pytest.mark.parametrize("hidden", ["\x07", "\\x07", "\\u0007", "\\a", "\\L\\P"])
def test_a_hidden_character_is_fixed_and_the_fix_undone(editor: Editor, hidden: str) -> None:
    """As it is or as an escape in quotes; before, the page has a sign for it at its place."""
    path = editor.root / FOLDER / "1-kartu.yaml"
    original = path.read_text("utf-8")
    right = original.replace("depan: Dua", 'depan: "Dua \\\\x07 \\" dan"', 1)
    assert right != original
    wrong = right.replace("Dua ", f"Dua{hidden} ", 1)
    path.write_text(wrong, "utf-8")
    editor.check()
    (fault,) = [one for one in editor.call("check", deck=DECK) if one["severity"] == "error"]
    which = {"deck": DECK, "code": fault["code"], "path": fault["path"]}
    (change,) = editor.call("fixes", **which)["changes"]
    mark = "\N{WHITE VERTICAL RECTANGLE}" * (hidden.count("\\") or 1)
    assert change["before"] == f'Dua{mark} \\x07 " dan'
    assert (change["after"], change["key"]) == ('Dua \\x07 " dan', "depan")
    editor.call("fix", **which)
    assert path.read_text("utf-8") == right
    editor.call("undo")
    assert path.read_text("utf-8") == wrong
    editor.call("redo")
    assert path.read_text("utf-8") == right


def test_escapes_are_read_in_quotes_alone() -> None:
    """Elsewhere a backslash is one; what is no YAML stays."""
    content = b"a: \\x07\nb: 'x\\x07'\nc: \"x\\x07\\t\\x41\"\n# \\x07\n"
    assert readable("a.yaml", content) == content.replace(b'"x\\x07', b'"x')
    assert readable("a.md", content) == content
    assert readable("a.yaml", b'a: "\\x07\n') == b'a: "\\x07\n'


def test_the_history_names_a_deleted_card(editor: Editor) -> None:
    """Each edit of it has its title, though it had none when it was made."""
    id = editor.call("add", deck=DECK, type="dasar", values={"depan": "Vakuola"})["note"]["id"]
    editor.call("delete", deck=DECK, note=id)
    assert [one["title"] for one in editor.call("history")] == ["Vakuola", "Vakuola"]


def test_the_page_knows_whether_all_is_checked(editor: Editor) -> None:
    """Before, that nothing was found says nothing."""
    assert editor.call("project")["checked"] is False
    editor.check()
    assert editor.call("project")["checked"] is True
    editor.call("write", deck=DECK, note="dua", values={"depan": "Lain"})
    assert editor.call("project")["checked"] is False
