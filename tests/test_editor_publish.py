"""Publishing from the editor: the plan, the ways out of what stops it, and the job."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.edit_model import FOLDER
from support.edit_project import files_of
from support.editor import DECK, Editor, opened, opened_copy
from support.gates import gates_here

from kartu.core.codes import UPGRADE_FAULTS
from kartu.publish import verify

SET = f"{FOLDER}/1-kartu.yaml"
GAPS = f"{FOLDER}/6-isian.yaml"
ROWS = f"{FOLDER}/8-tanpa.csv"

MORE = {
    GAPS: """note_type: isian
subdeck: Bab 6
notes:
  - id: celah
    teks: "Ibu kota Indonesia adalah {{c1::Jakarta}} di pulau {{c2::Jawa}}."
    tags: [inti]
  - {id: celah-dua, teks: "Ibu kota Jepang adalah {{c1::Tokyo}}.", tags: [inti]}
""",
    ROWS: """note_type,subdeck,depan,belakang
dasar,Bab 8,Ibu kota negara Jepang yang sekarang,Tokyo di pulau Honshu
dasar,Bab 8,Gunung tertinggi di negara Jepang,Gunung Fuji di pulau Honshu
""",
}
EDITIONS = 'editions: {inti: {title: Inti, include: "tag:inti"}, lengkap: {}}\n'


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, all of it published from the editor, without the engine."""
    folder = tmp_path_factory.mktemp("published")
    found = opened(folder)
    for path, content in MORE.items():
        (found.root / path).write_text(content, "utf-8")
    description = found.root / FOLDER / "deck.yaml"
    description.write_text(description.read_text("utf-8") + EDITIONS, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kartu.show.editor.publishing._can_verify", lambda: False)
        done = found.publish()
    assert done["result"] is not None, done["refusals"]
    assert done["result"]["version"] == "1.1.0"
    return folder


@pytest.fixture
def editor(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Editor:
    """A copy of it, open."""
    monkeypatch.setattr("kartu.show.editor.publishing._can_verify", lambda: False)
    return opened_copy(published, tmp_path)


def replace(editor: Editor, old: str, new: str, path: str = SET) -> None:
    """A text editor changes a file."""
    file = editor.root / path
    before = file.read_bytes()
    assert old.encode() in before
    file.write_bytes(before.replace(old.encode(), new.encode()))


def plan(editor: Editor) -> dict[str, Any]:
    found: dict[str, Any] = editor.call("plan", deck=DECK)
    return found


def test_the_plan_is_in_words(editor: Editor) -> None:
    """What is new, and word by word what is corrected, with what students lose of their own."""
    editor.call("write", deck=DECK, note="terbit", values={"depan": "Satu dan dua"})
    editor.call("add", deck=DECK, type="dasar", values={"depan": "Baru"}, after="dua")
    editor.call("retire", deck=DECK, note="lima", reason="diganti")
    found = plan(editor)
    assert (found["before"], found["version"]) == ("1.1.0", "1.2.0")
    counts = {key: found["counts"][key] for key in ("new", "corrected", "retired", "cards")}
    assert counts == {"new": 1, "corrected": 1, "retired": 1, "cards": 1}
    by_kind = {one["kind"]: one for one in found["changes"]}
    corrected = by_kind["corrected"]
    assert (corrected["note"], corrected["field"]) == ("terbit", "Depan")
    assert corrected["parts"] == [["same", "Satu"], ["new", "dan dua"]]
    assert corrected["overwrites"]
    assert not by_kind["new"]["overwrites"]
    assert found["refusals"] == []


def test_the_plan_names_what_no_edition_has(tmp_path: Path) -> None:
    """Students get none of these; a retired card is none of them, nor any where there is no
    edition."""
    editor = opened(tmp_path)
    assert plan(editor)["outside"] == []
    editor.call("retire", deck=DECK, note="lima", reason="diganti")
    deck = editor.root / FOLDER / "deck.yaml"
    deck.write_text(deck.read_text("utf-8") + "editions: {satu: {include: 'id:dua'}}\n", "utf-8")
    outside = plan(editor)["outside"]
    assert "terbit" in outside
    assert not {"dua", "lima"} & set(outside)


def test_a_release_can_be_downloaded(editor: Editor) -> None:
    """Its packages and changelog, at whose head the message is; the files are the release's."""
    editor.call("write", deck=DECK, note="terbit", values={"depan": "Satu!"})
    result = editor.publish("Untuk kelas 7\n\n# dan 8")["result"]
    package, *_others = result["files"]
    got = editor.ask("GET", f"/download/{package['token']}")
    assert got.body == (editor.root / "build" / package["name"]).read_bytes()
    assert "attachment" in got.headers["content-disposition"]
    changelog = editor.ask("GET", f"/download/{result['changelog']['token']}").body.decode()
    assert changelog == (editor.root / FOLDER / "changelog.md").read_text("utf-8")
    head = r"## 1\.1\.1 \([-0-9]+\)\n\nUntuk kelas 7\n\n\\# dan 8\n\n"
    assert re.search(head, changelog)
    assert plan(editor)["nothing"]
    assert editor.publish()["refusals"][0]["code"] == "nothing"


def gone(editor: Editor) -> None:
    replace(editor, '  - {"id": "empat", "depan": "Empat", "x-luar": "luar-4"}\n', "")


def other_id(editor: Editor) -> None:
    replace(editor, '"id": "empat"', '"id": "empat-baru"')


def moved(editor: Editor) -> None:
    replace(editor, "Bab 1", "Bab 9", f"{FOLDER}/2-kartu.yaml")


def exchanged(editor: Editor) -> None:
    replace(editor, "depan: Dua,", "depan: Empat,")
    replace(editor, '"depan": "Empat"', '"depan": "Dua"')


def other_type(editor: Editor) -> None:
    replace(editor, '  - {"id": "empat", "depan": "Empat", "x-luar": "luar-4"}\n', "")
    path = editor.root / FOLDER / "9-lain.yaml"
    path.write_text("note_type: lain\nsubdeck: Bab 1\nnotes: [{id: empat, depan: Empat}]\n")


def renamed(editor: Editor) -> None:
    replace(editor, "name: Contoh", "name: Contoh Baru", f"{FOLDER}/deck.yaml")


def guid(editor: Editor) -> None:
    replace(editor, "id: terbit ", "guid: lain\n    id: terbit ")


def renumbered(editor: Editor) -> None:
    replace(
        editor,
        "{{c1::Jakarta}} di pulau {{c2::Jawa}}",
        "{{c2::Jakarta}} di pulau {{c1::Jawa}}",
        GAPS,
    )


def gap_gone(editor: Editor) -> None:
    replace(editor, "{{c2::Jawa}}", "Jawa", GAPS)


def not_in_edition(editor: Editor) -> None:
    replace(editor, "    tags: [inti]\n", "", GAPS)


def corrected_row(editor: Editor) -> None:
    replace(
        editor,
        "Ibu kota negara Jepang yang sekarang,Tokyo",
        "Ibukota negara Jepang sekarang,Tokio",
        ROWS,
    )


BROKEN: list[tuple[Callable[[Editor], None], str, str]] = [
    (gone, "note-gone", "restore"),
    (gone, "note-gone", "retire"),
    (other_id, "note-gone", "restore_id"),
    (moved, "note-moved", "move_back"),
    (exchanged, "texts-exchanged", "restore"),
    (other_type, "note-type-changed", "replace"),
    (renumbered, "cloze-renumbered", "restore"),
    (gap_gone, "card-lost", "restore"),
    (gap_gone, "card-lost", "replace"),
    (not_in_edition, "edition-reduced", "restore_tags"),
    (corrected_row, "which-note", "same"),
    (renamed, "identity-changed", "restore_identity"),
    (guid, "identity-changed", "restore_guid"),
]


@pytest.mark.parametrize(("broken", "code", "do"), BROKEN)
def test_there_is_a_safe_way_out(
    editor: Editor, broken: Callable[[Editor], None], code: str, do: str
) -> None:
    """Taken for each refusal, nothing stops the release, and students have what they had."""
    before = files_of(editor.root)
    broken(editor)
    found = plan(editor)
    assert found["refusals"], found
    assert found["refusals"][0]["code"] == code
    assert editor.publish()["refusals"]
    for _try in range(4):
        if not found["refusals"]:
            break
        way = next(one for one in found["refusals"][0]["ways"] if one["do"] == do)
        assert way["safe"]
        given = way["arguments"] | dict.fromkeys(way["needs"], "tidak dipakai lagi")
        found = editor.call("way", deck=DECK, do=do, **given)
    assert found["refusals"] == []
    if do in ("move_back", "restore_identity", "restore_id", "restore_guid"):
        assert files_of(editor.root) == before
    if do == "same":
        assert {one["kind"] for one in found["changes"]} == {"corrected"}
    if do in ("restore", "restore_tags"):
        assert {one["kind"] for one in found["changes"]} <= {"order"}
    if do == "replace":  # the card with another text, and the old one
        kinds = [one["kind"] for one in found["changes"] if one["note"]]
        assert sorted(kinds) == ["new", "retired"]


@pytest.mark.parametrize(("broken", "do"), [(exchanged, "restore"), (moved, "move_back")])
def test_a_way_can_be_undone(editor: Editor, broken: Callable[[Editor], None], do: str) -> None:
    """Unless that would take a card from students."""
    broken(editor)
    before = files_of(editor.root)
    (way,) = [one for one in plan(editor)["refusals"][0]["ways"] if one["do"] == do]
    editor.call("way", deck=DECK, do=do, **way["arguments"])
    assert files_of(editor.root) != before
    for _edit in range(1 if do == "move_back" else 2):
        editor.call("undo")
    assert files_of(editor.root) == before


def test_a_reason_lets_the_rest_through(editor: Editor) -> None:
    """It is asked for, can be taken back, and is in the changelog; the version says what it is."""
    gone(editor)
    assert editor.refused("way", deck=DECK, do="accept", reason="ya")["message"]
    found = editor.call("way", deck=DECK, do="accept", reason="gambarnya keliru")
    assert all(one["accepted"] for one in found["refusals"])
    found = editor.call("way", deck=DECK, do="accept", accept=False)
    assert not found["accepted"]["reason"]
    assert editor.publish()["result"] is None
    editor.call("way", deck=DECK, do="accept", reason="gambarnya keliru")
    result = editor.publish()["result"]
    assert result["version"] == "2.0.0"
    assert "gambarnya keliru" in result["changelog"]["text"]
    assert not editor.call("plan", deck=DECK)["accepted"]["reason"]


def test_errors_are_named_with_their_note(editor: Editor) -> None:
    """What must be corrected first has no way but opening the note."""
    replace(editor, "depan: Dua,", "depan: '',")
    (refusal,) = plan(editor)["refusals"]
    assert (refusal["code"], refusal["note"]) == ("missing-field", "dua")
    assert refusal["ways"] == []


def test_every_code_is_thought_of() -> None:
    """Each fault that stops an update has a way of its own here, or is one of templates."""
    from kartu.show.editor.ways import OF_TEMPLATES

    with_way = {code for _broken, code, _do in BROKEN} - {"which-note"}
    assert with_way | OF_TEMPLATES == UPGRADE_FAULTS


def test_looks_of_many_notes_are_accepted_apart(editor: Editor) -> None:
    """How many students' own edits are lost is said first."""
    path = editor.root / "templates/dasar/maju.back.html"
    path.write_text("{{FrontSide}}<hr>{{Belakang}}!", "utf-8")
    replace(editor, "tags: [b, a]", "tags: [b, a, lama]", f"{FOLDER}/2-kartu.yaml")
    (refusal,) = plan(editor)["refusals"]
    assert refusal["code"] == "looks"
    found = editor.call("way", deck=DECK, do="accept_looks")
    assert found["refusals"][0]["accepted"]
    assert editor.publish()["result"]


def test_the_real_engine_proves_it_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It imports each package, and the update from the last release, before anything is written."""
    pytest.importorskip("anki")
    with monkeypatch.context() as patch:
        patch.setattr("kartu.show.editor.publishing._can_verify", lambda: False)
        editor = opened(tmp_path)
        assert editor.publish()["result"]
    editor.call("write", deck=DECK, note="terbit", values={"depan": "Satu!"})
    before = files_of(editor.root)
    with gates_here(), monkeypatch.context() as patch:
        may_end, call = threading.Event(), verify._call
        patch.setattr(verify, "_call", lambda *gate: may_end.wait(60) and call(*gate))
        job = editor.call("publish", deck=DECK)["job"]
        assert editor.refused("publish", deck=DECK)["message"]
        editor.call("cancel", job=job)
        may_end.set()
        found = editor.ended(job)
        assert found["cancelled"]
        assert files_of(editor.root) == before
        proof = editor.publish()["result"]["proof"]
    assert (proof["ok"], proof["updates"], proof["findings"]) == (True, 2, [])
