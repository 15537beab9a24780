"""Calls of the start page: brought files, other folders, paper and site, settings, long work."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.edit_project import files_of
from support.editor import DECK, Editor, opened
from support.foreign_packages import from_genanki
from support.sheets import ods, xlsx

from kartu.core.language import use
from kartu.show.editor.incoming import incoming_text
from kartu.show.editor.jobs import CancelledError, Job
from kartu.show.editor.serve import EditOptions, editing

ROWS = [
    ["Daftar kata bab 3"],
    ["No", "Istilah", "Arti", "Catatan guru", "Contoh"],
    ["1", "Ribosom", "Tempat protein dibuat.", "sulit!", ""],
    ["2", "Vakuola", "Kantong berisi cairan sel.", "ulang di kelas B", "pada bawang"],
    ["3", "Kloroplas", "", "tanya Bu Rina", "daun bayam"],
]
SAID = (1, ["#", "istilah", "arti", "#", "contoh"], "istilah", 3, 1)


def lines(separator: str) -> bytes:
    return "".join(separator.join(row) + "\n" for row in ROWS).encode()


ANKI = (
    b"#separator:tab\n#html:true\n#tags column:3\nair\t<b>water</b>\tinti\napi\tfire\tinti lain\n"
)
MARKDOWN = (
    b"# Sel\n\nQ: Di mana protein dibuat?\nA: Di ribosom.\n\nQ: Apa itu vakuola?\nA: Kantong.\n"
)
QUIZLET = b"ekspor\tjual ke luar negeri\nimpor\tbeli dari luar negeri\n"

# A file by its name: what is said of it before anything is written (heading row, columns, note
# type), and how many notes it makes, so many of them unfinished.
FILES: dict[str, tuple[bytes, tuple[int | None, list[str], str, int, int]]] = {
    "kata.csv": (lines(","), SAID),
    "kata.tsv": (lines("\t"), SAID),
    "kata.xlsx": (xlsx(ROWS), SAID),
    "kata.ods": (ods(ROWS), SAID),
    "anki.txt": (ANKI, (0, ["istilah", "arti", "tags"], "istilah", 2, 0)),
    "quizlet": (QUIZLET, (None, ["istilah", "arti"], "istilah", 0, 0)),
    "soal.md": (MARKDOWN, (None, [], "tanya", 2, 0)),
}


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Editor]:
    """An empty folder, open."""
    (tmp_path / "p").mkdir()
    use("id")
    yield Editor(tmp_path / "p", tmp_path / "history")
    use("en")


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    """The example, open."""
    return opened(tmp_path)


def bring(editor: Editor, name: str, data: bytes) -> str:
    """The file as the page brings it; one without an ending is pasted."""
    if "." not in name:
        return str(editor.call("bring_text", text=data.decode())["file"])
    return str(editor.call("bring", name=name, base64=base64.b64encode(data).decode())["file"])


def download(editor: Editor, done: dict[str, Any]) -> bytes:
    assert done["result"] is not None, done["refusals"]
    (file,) = done["result"]["files"]
    found = editor.ask("GET", f"/download/{file['token']}")
    assert found.status == 200
    assert len(found.body) == file["size"]
    return found.body


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[b-p]{6,9}", fullmatch=True),
            st.from_regex(r"[a-z][a-z,:=.]{0,9}( [a-z,]{1,5})?", fullmatch=True),
        ),
        min_size=2,
    ),
    st.sampled_from((": ", " = ", " – ", " — ", " - ", "; ", "\t", "\t ")),
)
def test_a_list_as_people_send_it_is_divided(pairs: list[tuple[str, str]], sign: str) -> None:
    """Behind whatever sign the meanings come, the term is what is before the first."""
    text = "\n".join(f"{term}{sign}{meaning}" for term, meaning in pairs)
    content = incoming_text(text).data.decode()
    rows = [line.split(";" if sign == "; " else "\t", 1) for line in content.splitlines()]
    assert rows == [list(pair) for pair in pairs]


@pytest.mark.parametrize("text", ['a: b, "c: d"\n', "a,b: c\nd,e: f\n", "a: b\nc\n", "#x: y\n", ""])
def test_another_text_is_as_it_was_pasted(text: str) -> None:
    """A sign that is not between a term and its meaning in each line divides nothing."""
    assert incoming_text(text).data.decode() == text


# --- brought files -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_looked_at_and_then_imported(empty: Editor, name: str) -> None:
    """What it becomes is said before anything is written; one answer more where nothing says it.

    The cards build, and undo takes them away.
    """
    data, (heading, keys, kind, number, unfinished) = FILES[name]
    file = bring(empty, name, data)
    look = empty.call("look", file=file, language="id")
    seen = (look.get("heading"), look.get("keys", []), look["note_type"], look["notes"])
    assert seen == (heading, keys, kind, number)
    assert look["unfinished"] == unfinished
    assert look["faults"] == []
    said: dict[str, Any] = {}
    if not number:
        said = {"heading": -1, "note_type": kind, "keys": keys}
        assert empty.call("look", file=file, language="id", **said)["notes"] == 2
    assert files_of(empty.root) == {}
    done = empty.call("take", file=file, name="Sel", subject="IPA 8", language="id", **said)
    assert done["deck"] == "sel"
    notes = empty.call("notes", deck="sel")["notes"]
    assert len(notes) == done["notes"] == (number or 2)
    assert sum("u" in one[5] for one in notes) == unfinished
    content = b"".join(files_of(empty.root).values())
    assert b"IPA 8" in content
    assert not any(one in content for one in (b"sulit!", b"Rina", b"Daftar kata"))
    empty.check()
    assert {one["severity"] for one in empty.call("check", deck="sel")} <= {"info", "warning"}
    empty.call("undo")
    assert {path.rpartition("/")[2] for path in files_of(empty.root)} == {"deck.yaml"}


def test_columns_can_be_changed(empty: Editor) -> None:
    """Another heading row, note type and column win; what does not fit is said, row by row."""
    file = bring(empty, "kata.csv", lines(","))
    look = empty.call("look", file=file, heading=1, note_type="tanya")
    assert (look["keys"][1:3], look["notes"]) == (["soal", "jawaban"], 3)
    keys = ["#", "istilah", "#", "arti", "#"]
    look = empty.call("look", file=file, heading=1, note_type="istilah", keys=keys)
    assert (look["notes"], look["unfinished"], look["faults"]) == (3, 0, [])
    look = empty.call("look", file=file, heading=1, note_type="istilah", keys=["istilah"])
    assert (look["notes"], [one["row"] for one in look["faults"]]) == (0, [None])
    wrong = b'Istilah,Arti,Tags\nSatu,Dua,a\nTiga,Empat,"a, b"\n'
    look = empty.call("look", file=bring(empty, "kata.csv", wrong))
    assert look["notes"] == 1
    assert [one["row"] for one in look["faults"]] == [2]


def test_a_list_goes_behind_the_cards_of_a_deck(editor: Editor) -> None:
    """As a card set of its own, in a chapter; ids that the deck has are not given again."""
    before = files_of(editor.root)
    old = editor.call("notes", deck=DECK)["notes"]
    file = bring(editor, "lagi.csv", b"id,depan,belakang\ndua,Dua,Tiga\n,Empat,Lima\n")
    look = editor.call("look", file=file, deck=DECK, note_type="dasar")
    assert (look["note_type"], look["notes"], look["faults"]) == ("dasar", 2, [])
    taken = {key: look[key] for key in ("sheet", "note_type", "heading", "keys")}
    done = editor.call("take", file=file, deck=DECK, subdeck="Bab baru", **taken)
    now = editor.call("notes", deck=DECK)["notes"]
    assert [one[0] for one in now[: len(old)]] == [one[0] for one in old]
    assert [one[3] for one in now[len(old) :]] == ["Bab baru", "Bab baru"]
    assert len({one[0] for one in now}) == len(now) == len(old) + done["notes"]
    editor.call("undo")
    assert files_of(editor.root) == before


def test_a_package_becomes_a_deck(empty: Editor, tmp_path: Path) -> None:
    """What is in it is said first; a cancelled import leaves nothing, the next one makes it."""
    package = from_genanki(tmp_path, "Biologi::Sel")
    file = bring(empty, "sel.apkg", package.read_bytes())
    look = empty.call("look", file=file)
    assert (look["kind"], look["decks"][0]["name"]) == ("package", "Biologi::Sel")
    assert look["notes"] == look["decks"][0]["notes"] > 0
    reading = empty.desk.jobs
    job = reading.begin(("read", "import"), lambda job: job.begin(_cancelled(job)))
    assert empty.ended(job)["cancelled"]
    assert files_of(empty.root) == {}
    done = empty.ended(empty.call("take_package", file=file, language="id")["job"])
    assert [one["notes"] for one in done["result"]["decks"]] == [look["notes"]]
    assert [one["name"] for one in empty.call("project")["decks"]] == ["Biologi::Sel"]
    before = files_of(empty.root)
    done = empty.ended(empty.call("take_package", file=file, language="id")["job"])
    assert "Biologi::Sel" in done["refusals"][0]["message"]
    assert files_of(empty.root) == before


def _cancelled(job: Any) -> int:
    job.cancelled.set()
    return 0


@pytest.mark.parametrize("call", ["take_package", "print", "export", "site"])
def test_cancelled_work_leaves_no_file(
    editor: Editor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """It stops at its next step; nothing is in the project or held for a download."""
    given: dict[str, Any] = {"deck": DECK}
    if call == "take_package":
        package = from_genanki(tmp_path, "Lain").read_bytes()
        given = {"file": bring(editor, "lain.apkg", package)}
    given |= {"print": {"kind": "cards"}, "export": {"format": "text"}}.get(call, {})
    report, seen = Job.report, list[str]()

    def cancelling(job: Job, step: str, done: int = 0, total: int = 0) -> None:
        seen.append(step)
        if len(seen) == 4:
            job.cancelled.set()
        report(job, step, done, total)

    monkeypatch.setattr(Job, "report", cancelling)
    before = files_of(editor.root)
    done = editor.ended(editor.call(call, **given)["job"])
    assert (done["cancelled"], done["result"]) == (True, None)
    assert len(seen) == 4
    assert files_of(editor.root) == before
    with editor.desk.workplace() as folder:
        assert list(folder.parent.iterdir()) == [folder]


def test_what_is_no_list_is_refused(empty: Editor) -> None:
    """Another kind of file, a damaged package, an empty list, a file that was never brought."""
    assert "apkg" in empty.refused("bring", name="../../gambar.png", base64="aGFsbw==")["help"]
    for name, data in (("a.apkg", b"PK damaged"), ("a.csv", b""), ("a.xlsx", b"x"), ("a.md", b"x")):
        assert empty.refused("look", file=bring(empty, name, data))["message"], name
    damaged = bring(empty, "a.apkg", b"PK damaged")
    assert empty.ended(empty.call("take_package", file=damaged)["job"])["refusals"]
    assert empty.refused("look", file="0" * 32)["message"]
    assert empty.refused("take", file="../../etc/passwd", name="x", language="id")["message"]
    assert files_of(empty.root) == {}


# --- folders -------------------------------------------------------------------------------------


def test_folders_are_listed_and_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only those below the user's home that were listed, by names that say nothing.

    Another project has a page of its own; one that was open is offered the next time.
    """
    home = tmp_path / "rumah"
    for name in ("Dokumen/kosong", "Dokumen/berkas", ".rahasia"):
        (home / name).mkdir(parents=True)
    (home / "Dokumen/berkas/surat.txt").write_text("x", "utf-8")
    (home / "jalan").symlink_to(tmp_path)
    monkeypatch.setenv("HOME", str(home))
    opened(home / "Dokumen/berkas")
    options = EditOptions(home / "Dokumen/berkas", history=tmp_path / "history")
    with editing(options, lambda error: None) as running:
        projects = running.desk.projects
        assert not projects.is_ready
        top = projects.folders("")
        assert [one["name"] for one in top["folders"]] == ["Dokumen"]
        assert top["up"] == ""
        documents = projects.folders(top["folders"][0]["token"])
        assert [one["name"] for one in documents["folders"]] == ["berkas", "kosong"]
        inside = projects.folders(documents["folders"][0]["token"])
        (project,) = (one for one in inside["folders"] if one["name"] == "p")
        assert project["project"]
        address = projects.open(project["token"])
        assert address == projects.open(project["token"]) != running.address
        assert projects.new_folder("Biologi 8").startswith("http://127.0.0.1:")
        assert (home / "Dokumen/berkas/biologi-8").is_dir()
        assert [one["folder"] for one in projects.recent()] == ["p"]
    kept = (tmp_path / "history/recent.json").read_text("utf-8")
    assert kept.count("berkas") == 1


# --- paper, export, site, settings ---------------------------------------------------------------


def test_paper_export_and_site_are_downloaded(editor: Editor) -> None:
    """A PDF with pages of each kind, a file for each program, a site that begins at its index."""
    choices = editor.call("share", deck=DECK)
    before = files_of(editor.root)
    for kind in choices["kinds"]:
        done = editor.ended(editor.call("print", deck=DECK, kind=kind, count=3)["job"])
        with pypdfium2.PdfDocument(download(editor, done)) as pdf:
            assert len(pdf) == done["result"]["pages"] > 0, kind
    for form in choices["formats"]:
        done = editor.ended(editor.call("export", deck=DECK, format=form)["job"])
        assert download(editor, done), form
    done = editor.ended(editor.call("site", deck=DECK)["job"])
    with zipfile.ZipFile(io.BytesIO(download(editor, done))) as archive:
        names = archive.namelist()
        assert f"{DECK}-site/index.html" in names
        assert any(name.endswith(".apkg") for name in names)
    assert files_of(editor.root) == before
    for wrong in ({"kind": "poster"}, {"paper": "A0"}, {"grid": "9x9"}, {"count": 0}):
        given = {"kind": "cards", **wrong}
        assert editor.refused("print", deck=DECK, **given)["message"]
    assert editor.refused("export", deck=DECK, format="docx")["message"]


SETTINGS: dict[str, Any] = {
    "description": "Satu.\n\nDua: **tiga**.",
    "authors": ["Bu Sri", "Pak Budi"],
    "licence": "CC-BY-4.0",
    "report": "guru@sekolah.example",
    "theme": "tenang",
    "new_per_day": "7",
    "desired_retention": "0.85",
    "editions": [["inti", "Inti", "tags", "inti", "kelas 8"], ["", "Semua kartu", "all"]],
}


def test_settings_are_changed_and_undone(editor: Editor) -> None:
    """Each is one edit of deck.yaml, which undo takes back to the same bytes."""
    path = editor.root / f"cards/{DECK}/deck.yaml"
    states = [path.read_bytes()]
    was = editor.call("settings", deck=DECK)
    assert was["published"] == "1.0.0"
    for key, value in SETTINGS.items():
        editor.call("set", deck=DECK, values={key: value})
        found = editor.call("settings", deck=DECK)
        assert found[key] == (
            [value[0], ["semua-kartu", *value[1][1:]]] if key == "editions" else value
        )
        states.append(path.read_bytes())
    for key, value in SETTINGS.items():
        editor.call("set", deck=DECK, values={key: [] if isinstance(value, list) else ""})
    assert editor.call("settings", deck=DECK)["new_per_day"] == ""
    for _edit in SETTINGS:
        editor.call("undo")
    for state in reversed(states):
        assert path.read_bytes() == state
        editor.post("undo")


def test_a_setting_that_cannot_be_is_refused(editor: Editor) -> None:
    """With its reason; the file stays. A name that students have stays too."""
    before = files_of(editor.root)
    cases: list[dict[str, Any]] = [
        {"name": "Lain"},
        {"new_per_day": "banyak"},
        {"desired_retention": "2"},
        {"editions": [["", "", "all"]]},
        {"editions": [["a", "A", "tags"]]},
        {"editions": [["a", "A", "all"], ["a", "B", "all"]]},
        {"uid": "a123456789012345"},
    ]
    for values in cases:
        assert editor.refused("set", deck=DECK, values=values)["message"], values
    assert files_of(editor.root) == before


def test_a_cancelled_job_says_so() -> None:
    """At the next report, whatever it is doing."""
    job = Job(("one",))
    job.report("a", 1, 2)
    assert job.value()["part"] == [1, 2]
    job.cancelled.set()
    with pytest.raises(CancelledError):
        job.report("b")
