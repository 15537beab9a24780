"""Corrections from Anki in the editor: looked at, chosen, taken as one edit, undone."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from support.corrections import PICTURE, World, changed, corrected_list, released, world
from support.edit_project import files_of
from support.editor import Editor
from support.engine import collection, import_package
from support.program import Run
from support.students import handed_in, note_of

from kartu.load.files import Files, pending
from kartu.show.editor.jobs import CancelledError, Job

__all__ = ["released", "world"]

EDITS = {
    ("mitokondria", "Arti"): "Bagian sel yang <b>menghasilkan</b> tenaga.",
    ("membran", "Arti"): "Selaput yang memilih zat",
    ("jaringan", "Jawaban"): '<span style="color: red">Kumpulan sel.</span>',
}
MARKDOWN = "Bagian sel yang **menghasilkan** tenaga."


@pytest.fixture
def editor(world: World, tmp_path: Path) -> Editor:
    """The released project, open; `membran` was changed here since."""
    path = world.root / "cards/sel/04-kata.csv"
    path.write_text(path.read_text("utf-8").replace("menyaring zat", "menyeleksi zat"), "utf-8")
    return Editor(world.root, tmp_path / "history")


@pytest.fixture(scope="module")
def packages(released: World, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two students': of one with three edits and a new card, the other has the first alone."""
    folder = tmp_path_factory.mktemp("kelas")
    with collection(folder / "a") as col:
        import_package(col, released.package)
        for (end, field), html in EDITS.items():
            note = note_of(col, end)
            note[field] = html
            col.update_note(note)
        picture = col.media.write_data("foto.png", PICTURE + b"\n")
        note = note_of(col, "kloroplas")
        note["Gambar"] = (
            f'<figure><img src="{picture}" alt="Sel"><figcaption>Sel</figcaption></figure>'
        )
        col.update_note(note)
        like = note_of(col, "ribosom")
        new = col.new_note(like.note_type() or {})
        new["Istilah"], new["Arti"] = "Lisosom", "Pencerna sel"
        col.add_note(new, like.cards()[0].did)
        first = handed_in(col, released.deck, folder / "a.apkg")
    edit = {("mitokondria", "Arti"): EDITS["mitokondria", "Arti"]}
    return [first, changed(released, folder / "b", edit)]


def brought(editor: Editor, packages: list[Path]) -> list[str]:
    """The packages as the page brings them."""
    return [
        editor.call(
            "bring",
            name=f"{at}.apkg",
            base64=base64.b64encode(one.read_bytes()).decode(),
            more=at > 0,
        )["file"]
        for at, one in enumerate(packages)
    ]


def looked(editor: Editor, files: list[str], deck: str = "sel") -> dict[str, Any]:
    done = editor.ended(editor.call("corrections", deck=deck, files=files)["job"])
    assert done["result"] is not None, done["refusals"]
    found: dict[str, Any] = done["result"]
    return found


def take(
    editor: Editor, files: list[str], taken: list[str], new: list[str], deck: str = "sel"
) -> dict[str, Any]:
    given = {"deck": deck, "files": files, "taken": taken, "new": new}
    return editor.ended(editor.call("take_corrections", **given)["job"])


def test_corrections_are_looked_at_taken_and_undone(editor: Editor, packages: list[Path]) -> None:
    """Nothing is written before; what is taken is one edit, and undo gives back every byte."""
    before = files_of(editor.root)
    files = brought(editor, packages)
    found = looked(editor, files)
    assert files_of(editor.root) == before
    by_note = {one["note"]: one for one in found["proposals"]}
    assert {note: one["kind"] for note, one in by_note.items()} == {
        "mitokondria": "taken",
        "kloroplas": "taken",
        "membran": "conflict",
        "jaringan": "refused",
    }
    first, second, third = (
        by_note[one]["choices"][0] for one in ("mitokondria", "membran", "kloroplas")
    )
    assert (first["value"], first["packages"], found["packages"]) == (MARKDOWN, 2, 2)
    assert by_note["jaringan"]["choices"][0]["take"] == ""
    assert by_note["jaringan"]["reason"]
    (new,) = found["new"]
    assert new["values"] == [["Istilah", "Lisosom"], ["Arti", "Pencerna sel"]]
    names = [one["take"] for one in (first, second, third)]
    done = take(editor, files, names, [new["guid"]])["result"]
    assert (done["taken"], done["new"], done["others"], done["refused"]) == (3, 1, 0, [])
    assert (
        editor.root / "cards/sel/media" / third["value"]["file"]
    ).read_bytes() == PICTURE + b"\n"
    content = b"".join(files_of(editor.root).values()).decode(errors="replace")
    assert all(text in content for text in (MARKDOWN, EDITS["membran", "Arti"], "Pencerna sel"))
    assert editor.call("history")[0]["do"] == "corrections"
    editor.call("undo")
    assert files_of(editor.root) == before


def test_only_what_was_seen_is_taken(editor: Editor, packages: list[Path]) -> None:
    """A text that was edited meanwhile is another proposal by then; the others are taken."""
    files = brought(editor, packages)
    found = looked(editor, files)
    by_note = {one["note"]: one["choices"][0]["take"] for one in found["proposals"]}
    names = [by_note["mitokondria"], by_note["membran"]]
    editor.call("write", deck="sel", note="membran", values={"arti": "Kulit sel"})
    before = files_of(editor.root)
    done = take(editor, files, names, [])["result"]
    assert (done["taken"], done["new"], done["others"]) == (1, 0, 1)
    after = files_of(editor.root)
    assert [path for path in after if after[path] != before[path]] == ["cards/sel/01-istilah.yaml"]
    assert take(editor, files, ["0" * 32], ["asing"])["result"]["others"] == 1
    assert files_of(editor.root) == after


def test_a_deck_of_one_file_takes_corrections_too(kartu: Run, tmp_path: Path) -> None:
    """Its file changes, and undo gives back every byte."""
    file, package = corrected_list(kartu, tmp_path)
    editor = Editor(file, tmp_path / "history")
    (deck,) = editor.call("project")["decks"]
    files = brought(editor, [package])
    before = file.read_bytes()
    (one,) = looked(editor, files, deck["id"])["proposals"]
    done = take(editor, files, [one["choices"][0]["take"]], [], deck["id"])["result"]
    assert done["taken"] == 1
    assert b"Produsen,Membuat makanan\n" in file.read_bytes()
    editor.call("undo")
    assert file.read_bytes() == before


def test_what_is_no_package_of_the_deck_is_refused(editor: Editor, packages: list[Path]) -> None:
    """By the name that its person knows; no path of this computer is shown."""
    before = files_of(editor.root)
    (bad,) = brought(editor, [Path(__file__)])
    done = editor.ended(editor.call("corrections", deck="sel", files=[bad])["job"])
    (refusal,) = done["refusals"]
    assert refusal["message"].startswith("0.apkg: ")
    assert "/" not in refusal["message"]
    assert "no longer" in editor.refused("corrections", deck="sel", files=["x"])["message"]
    assert "no longer" in editor.refused("corrections", deck="sel", files=[])["message"]
    file = editor.call("bring", name="a.csv", base64="eA==")["file"]
    assert "package" in editor.refused("corrections", deck="sel", files=[file])["message"]
    brought(editor, packages)
    (path,) = (editor.root / "cards/sel").glob("04*")
    path.write_bytes(b"\xff\xfe\x00")
    done = editor.ended(
        editor.call("corrections", deck="sel", files=brought(editor, packages))["job"]
    )
    assert done["refusals"]
    path.write_bytes(before["cards/sel/04-kata.csv"])
    assert files_of(editor.root) == before


def test_a_cancelled_job_takes_nothing(editor: Editor, packages: list[Path]) -> None:
    """At each of its steps."""
    from kartu.show.editor.corrections import TAKE_STEPS, Correcting, brought_packages

    files = brought(editor, packages[1:])
    (one,) = looked(editor, files)["proposals"]
    before = files_of(editor.root)

    class Stopped(Job):
        def __init__(self, steps: tuple[str, ...], at: int) -> None:
            super().__init__(steps)
            self.at = at

        def begin(self, step: int) -> None:
            if step == self.at:
                self.cancelled.set()
            super().begin(step)

    correcting = Correcting(editor.desk, "sel", brought_packages(editor.desk, files))
    for at in range(len(TAKE_STEPS)):
        with pytest.raises(CancelledError):
            correcting.take(Stopped(TAKE_STEPS, at), [one["choices"][0]["take"]], [])
        assert files_of(editor.root) == before


def test_what_a_job_is_about_to_write_is_its_own(tmp_path: Path) -> None:
    """Another thread, where the editor saves meanwhile, does not read it."""
    from threading import Thread

    seen: list[bool] = []
    with pending(tmp_path, {"a.yaml": b"x"}):
        other = Thread(target=lambda: seen.append(Files(tmp_path).is_file("a.yaml")))
        other.start()
        other.join()
        seen.append(Files(tmp_path).is_file("a.yaml"))
    assert seen == [False, True]
