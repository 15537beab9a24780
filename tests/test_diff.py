"""`kartu diff`: what a student will notice between two states of a deck."""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterable
from pathlib import Path

import genanki
import pytest
from anki.collection import ExportAnkiPackageOptions
from hypothesis import given, settings
from hypothesis import strategies as st
from support.engine import collection, import_package
from support.program import Run
from support.projects import needs_git, write_project
from support.real_decks import real_cache
from support.sampling import examples

from kartu.core.progress import no_progress
from kartu.publish.diff.apkg import from_package
from kartu.publish.diff.changes import Changes, diff
from kartu.publish.diff.sources import read_side
from kartu.publish.diff.state import DeckState
from kartu.report.diff import as_text, markdown

REAL = "kerja-sama-internasional"

OLD = """--- cards/contoh/deck.yaml
{id: contoh, uid: a1b2c3d4e5f60718, name: Contoh, language: id, version: 1.0.0}
--- templates/isian/note_type.yaml
id: isian
name: Isian
kind: cloze
fields: [{key: teks, name: Teks, id: 1, required: true}]
cards: [{id: 1, name: Isian, front: isian.html, back: isian.html}]
--- templates/isian/isian.html
{{cloze:Teks}}
--- templates/dasar/note_type.yaml
id: dasar
name: Dasar
fields:
  - {key: depan, name: Depan, id: 1, required: true}
  - {key: belakang, name: Belakang, id: 2, format: markdown}
  # a place for more
cards: [{id: 1, name: Maju, front: maju.front.html, back: maju.back.html}]
--- templates/dasar/maju.back.html
{{Belakang}}
--- templates/dasar/style.css
.card { color: black }
--- cards/contoh/1.yaml
note_type: dasar
notes:
  - {id: satu, depan: Satu, belakang: "Sejak dahulu dan selalu adalah Jakarta, sebuah kota di Jawa"}
  - {id: dua, depan: Dua, tags: [lama]}
  - {id: tiga, depan: Tiga, belakang: "**Tebal** sekali"}
  - {id: usang, depan: Usang}
  - {id: kembali, depan: Kembali, retired: Salah.}
  - {id: pergi, depan: Pergi}
--- cards/contoh/2.yaml
note_type: isian
notes:
  - {id: kota, teks: "{{c1::Jakarta::kota}} di {{c2::Jawa}}"}
"""

# What is written in place of what, and where the change is to be found.
EDITS = {
    "new": ("  - {id: dua,", "  - {id: baru, depan: Baru}\n  - {id: dua,"),
    "corrected": ("adalah Jakarta,", "adalah *Nusantara*,"),
    "restyled": ("**Tebal** sekali", "Tebal *sekali*"),
    "retired": ("depan: Usang}", "depan: Usang, retired: Ada yang lebih baik.}"),
    "taken_back": (", retired: Salah.", ""),
    "gone": ("  - {id: pergi, depan: Pergi}\n", ""),
    "moved": ("\nnotes:\n  - {id: kota", "\nsubdeck: B\nnotes:\n  - {id: kota"),
    "tagged": ("[lama]", "[baru, lain]"),
    "cards": ("di {{c2::Jawa}}", "{{c3::di}} Jawa"),
    "types": ("color: black", "color: blue"),
}


def edited(*kinds: str) -> str:
    return functools.reduce(lambda text, kind: text.replace(*EDITS[kind]), kinds, OLD)


def write(root: Path, text: str) -> Path:
    """The base example, with the card sets of a text in place of its own."""
    return write_project(root, text, "--- cards/contoh/kartu.yaml\n")


def commit(folder: Path) -> None:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"], ["tag", "v1.0.0"]):
        subprocess.run([*git, *command], cwd=folder, check=True)


def of(root: Path, text: str) -> DeckState:
    return read_side(str(write(root, text)), root, None, no_progress).decks[0]


def between(folder: Path, old: str, new: str) -> Changes:
    return diff(of(folder / "old", old), of(folder / "new", new))


@pytest.mark.parametrize("kind", EDITS)
def test_each_kind_of_change_is_told_apart(tmp_path: Path, kind: str) -> None:
    """An edit shows in its own group and in no other but those that follow from it."""
    told = between(tmp_path, OLD, edited(kind))._asdict()
    found = {name for name, value in told.items() if value and isinstance(value, tuple)}
    assert found == {kind} | ({"corrected"} if kind == "cards" else set())


def test_json_tells_all_of_it(kartu: Run, tmp_path: Path) -> None:
    """The report is an object of decks; a corrected field has its words before and after."""
    write(tmp_path / "lama", OLD)
    write(tmp_path / "baru", edited("corrected"))
    done = kartu("diff", "lama", "baru", "--format", "json", cwd=tmp_path)
    (deck,) = json.loads(done.stdout)["decks"]
    assert list(deck) == ["different", "new_cards", *Changes._fields]
    (one,) = deck["corrected"]
    assert (one["note"]["id"], one["note"]["cards"]) == ("satu", ["Maju"])
    (field,) = one["fields"]
    assert (field["field"], field["kind"]) == ("Belakang", "text")
    changed = [(part["kind"], part["text"]) for part in field["parts"] if part["kind"] != "same"]
    assert changed == [("old", "Jakarta,"), ("new", "Nusantara,")]


def test_clozes_show_as_their_text(tmp_path: Path) -> None:
    """A cloze is its text and hint; other gaps in the same words are a change of their own."""
    other = OLD.replace("{{c1::Jak", "{{c9::Jak").replace("{{c2::", "{{c1::").replace("c9", "c2")
    ((_, (field,)),) = between(tmp_path, OLD, other).corrected
    assert (field.kind, field.new) == ("gaps", "Jakarta (kota) di Jawa")
    ((_, added, lost),) = between(tmp_path, OLD, edited("cards")).cards
    assert (added, lost) == (("Isian 3",), ("Isian 2",))


def test_all_changes_at_once_in_study_order(kartu: Run, tmp_path: Path) -> None:
    """The text counts first, then tells each change in a line, dangerous ones before others."""
    write(tmp_path / "lama", OLD)
    new = edited(*EDITS).replace("version: 1.0.0", "version: 2.0.0")
    write(tmp_path / "baru", new)
    done = kartu("diff", "lama", "baru", cwd=tmp_path)
    assert done.stdout == TEXT


TEXT = """\
Contoh 1.0.0 → 2.0.0: 1 new note, 2 new cards, 2 notes corrected, 1 note retired, 1 note missing
In 6 notes your own edits and tags are replaced.
Missing (dropped instead of retired: whoever has them gets no update any more):
  pergi: Pergi
New:
  baru: Baru (1 card)
Corrected:
  satu: Belakang: … dahulu dan selalu adalah [-Jakarta,-] {+Nusantara,+} sebuah kota di Jawa
  kota: Teks: other gaps
More or fewer cards of notes you have:
  kota: {+Isian 3+}, no longer made: [-Isian 2-]
No longer in use:
  usang: Ada yang lebih baik.
In use again:
  kembali: Kembali
In another subdeck (cards you have stay where they are):
  kota: the deck itself → B
Other tags only:
  dua: [-Contoh::lama-] {+Contoh::baru+} {+Contoh::lain+}
Other markup only:
  tiga: Belakang
Looks of the cards:
  Contoh Dasar: style
"""


@needs_git
def test_packages_folders_and_revisions_are_the_same(kartu: Run, tmp_path: Path) -> None:
    """However a state is given, the report is the same, and also from a folder below the root."""
    root = write(tmp_path / "sekolah", OLD)
    commit(tmp_path)
    assert kartu("build", "-o", tmp_path / "lama", cwd=root).returncode == 0
    shutil.copytree(root, tmp_path / "dahulu")
    write(root, edited(*EDITS))
    assert kartu("build", "-o", tmp_path / "baru", cwd=root).returncode == 0
    reports = {
        kartu("diff", old, new, cwd=root).stdout
        for old in ("git:v1.0.0", "git:HEAD", "../lama/contoh.apkg", "../dahulu")
        for new in (".", "../baru/contoh.apkg")
    }
    (report,) = reports
    assert "{+Nusantara,+}" in report


def test_a_package_gives_the_state_of_its_sources(kartu: Run, root: Path, tmp_path: Path) -> None:
    """Reading a package back gives exactly what was compiled, in the same order."""
    write(tmp_path, edited(*EDITS))
    for project, name, whole in ((tmp_path, "contoh", ""), (root, REAL, "-lengkap")):
        assert kartu("build", name, "-o", tmp_path / "out", cwd=project).returncode == 0
        packed = from_package(tmp_path / "out" / f"{name}{whole}.apkg")
        decks = read_side(str(project), project, real_cache(), no_progress).decks
        (built,) = [
            deck for deck in decks if (deck.uid, deck.edition) == (packed.uid, packed.edition)
        ]
        assert (packed, list(packed.notes)) == (built, list(built.notes))


def test_markdown_speaks_the_decks_language(tmp_path: Path) -> None:
    """What is noticed comes first, in the deck's language or else English; content is escaped."""
    changes = between(tmp_path, OLD, edited("corrected", "new", "retired"))
    told = markdown(changes, "id")
    first, second = told.split("### ")[1:3]
    assert first.startswith(
        "Yang akan kamu lihat\n\n- 1 kartu baru\n- 1 kartu baru di Anki\n- 1 kartu"
    )
    assert "- Pada 2 kartu, suntingan dan label buatanmu sendiri diganti.\n- Kemajuan" in first
    assert second == "Baru\n\n- **Baru** (menjadi 1 di Anki)\n\n"
    assert "- **Satu**: Belakang: … dahulu dan selalu adalah ~~Jakarta,~~ **Nusantara,**" in told
    assert markdown(changes, "en-GB").startswith("### What you will notice\n\n- 1 new note\n")
    assert markdown(changes, "xx") == markdown(changes, "en")
    stars = between(tmp_path, OLD, OLD.replace("depan: Dua", 'depan: "*D* <b>"'))
    assert r"~~Dua~~ **\*D\* \<b\>**" in markdown(stars, "id")


def test_no_difference_is_said(kartu: Run, tmp_path: Path) -> None:
    """Two equal states are said to be so in each form, and end well."""
    root = write_project(tmp_path)
    forms = ("text", "markdown", "json")
    text, told, data = (kartu("diff", ".", ".", "--format", form, cwd=root) for form in forms)
    assert (text.returncode, told.returncode, data.returncode) == (0, 0, 0)
    assert text.stdout == "Contoh 1.0.0: No difference that a student would notice.\n"
    assert told.stdout == "## Contoh 1.0.0\n\nTidak ada perbedaan yang terlihat oleh siswa.\n"
    assert json.loads(data.stdout)["decks"][0]["different"] is False


def test_claimed_fields_and_renamed_decks(tmp_path: Path) -> None:
    """A claimed spare, a field's new name and a deck's new name touch no note's text."""
    new = OLD.replace("name: Belakang, id: 2", "name: Arti, id: 2")
    new = new.replace("  # a place for more", "  - {key: ket, name: Ket, id: 3}")
    new = new.replace("{{Belakang", "{{Arti")
    changes = between(tmp_path, OLD, new.replace("name: Contoh", "name: Latihan, prefix: Contoh"))
    ((_, _, _, _, fields, renamed, _, conflict),) = changes.types
    assert (fields, renamed, conflict) == (("Ket",), (("Belakang", "Arti"),), False)
    assert (changes.corrected, changes.moved, changes.renamed) == ((), (), True)
    assert "The deck is now called Latihan; cards you have stay in Contoh." in as_text([changes])


def test_replaced_media(tmp_path: Path) -> None:
    """Another picture under the same name is a replaced picture, not a changed text."""
    text = OLD.replace("depan: Dua,", 'depan: Dua, belakang: "![](peta.gif)",')
    text += "--- cards/contoh/media/peta.gif\n"
    changes = between(tmp_path, text + "GIF89a satu", text + "GIF89a dua")
    assert [field.kind for one in changes.corrected for field in one.fields] == ["media"]
    assert len(changes.media) == 1
    assert "  peta.gif\n" in as_text([changes])


def test_notes_that_anki_will_not_update_are_named(tmp_path: Path) -> None:
    """Where a note type gets more places than before, its notes are reported as blocked."""
    more = OLD.replace("kind: cloze", "kind: cloze\nslots: {fields: 9}")
    changes = between(tmp_path, OLD, more)
    assert [note.id for note in changes.blocked] == ["kota"]
    assert [change.conflict for change in changes.types] == [True]


SECOND = """--- cards/kedua/deck.yaml
{id: kedua, uid: b1b2c3d4e5f60718, name: Kedua, language: id, version: 1.0.0}
--- cards/kedua/k.yaml
{note_type: dasar, notes: [{id: a, depan: A}]}
"""


def test_decks_and_editions_meet_their_own(kartu: Run, tmp_path: Path) -> None:
    """An edition's package meets that edition; other decks are told as new; --deck picks one."""
    version = "version: 1.0.0"
    editions = version + ', editions: {inti: {include: "tag:lama"}, lengkap: {}}'
    root = write(tmp_path, OLD.replace(version, editions) + SECOND)
    assert kartu("build", cwd=root).returncode == 0
    for name in ("inti", "lengkap"):
        done = kartu("diff", f"build/contoh-{name}.apkg", ".", cwd=root)
        same, new = done.stdout.split("\n\n")
        assert same == "Contoh 1.0.0: No difference that a student would notice."
        assert new == "Kedua 1.0.0: A new deck: 1 note, 1 card.\n"
    back = kartu("diff", ".", "build/contoh-inti.apkg", "--deck", "kedua", cwd=root)
    assert back.stdout.startswith("Kedua 1.0.0: This deck is missing from the new side (1 note, 1")
    other = kartu("diff", "build/contoh-inti.apkg", "build/contoh-lengkap.apkg", cwd=root)
    assert other.stdout.startswith("Contoh 1.0.0: 6 new notes, 7 new cards\n")


def foreign(path: Path, deck: str, texts: Iterable[str]) -> Path:
    """A package as genanki makes it by itself."""
    fields = [{"name": "Front"}, {"name": "Back"}]
    templates = [{"name": "Card 1", "qfmt": "{{Front}}", "afmt": "{{Back}}"}]
    model = genanki.Model(1607392319, "Kota", fields=fields, templates=templates)
    made = genanki.Deck(2059400110, deck)
    for number, text in enumerate(texts):
        made.add_note(genanki.Note(model, [text, "x &amp; y"], guid=f"Q{number}~x"))
    genanki.Package(made).write_to_file(path)
    return path


def test_packages_from_elsewhere(kartu: Run, tmp_path: Path) -> None:
    """Packages of other programs are compared by GUID, also where the deck got another name."""
    old = foreign(tmp_path / "old.apkg", "Capitals", ["<b>Rome</b>", "Paris"])
    new = foreign(tmp_path / "new.apkg", "Cities::World", ["Roma", "Paris", "Oslo"])
    done = kartu("diff", old, new)
    assert "Cities::World: 1 new note, 1 new card, 1 note corrected\n" in done.stdout, done.stderr
    assert "  Q0~x: Front: [-Rome-] {+Roma+}\n" in done.stdout


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_anki_itself_exports(kartu: Run, tmp_path: Path) -> None:
    """Anki's older form and its newer one are read as they are."""
    old = foreign(tmp_path / "old.apkg", "Capitals", ["Rome", "Paris"])
    with collection(tmp_path / "anki") as col:
        import_package(col, old)
        for legacy in (True, False):
            options = ExportAnkiPackageOptions(with_media=True, legacy=legacy)
            out = tmp_path / f"{legacy}.apkg"
            col.export_anki_package(out_path=str(out), options=options, limit=None)
    for legacy in (True, False):
        done = kartu("diff", old, tmp_path / f"{legacy}.apkg")
        assert done.stdout == "Capitals: No difference that a student would notice.\n", done.stderr


@needs_git
def test_wrong_sources_are_wrong_use(kartu: Run, tmp_path: Path) -> None:
    """What is missing, damaged or no package ends with 2 and a sentence, never a traceback."""
    root = write_project(tmp_path)
    (root / "text.apkg").write_text("no zip")
    for name, content in (("media", b"{}"), ("collection.anki2", b"SQLite format 3\0xxxxxx" * 99)):
        with zipfile.ZipFile(root / f"{name}.apkg", "w") as archive:
            archive.writestr(name, content)
    sources = {
        "nowhere.apkg": 'there is no file or folder "nowhere.apkg"',
        "text.apkg": "damaged or not an Anki package",
        "media.apkg": "holds no collection.anki2",
        "collection.anki2.apkg": "damaged or not an Anki package",
        "templates": "is not a kartu project",
        "git:v9": 'git cannot give "v9"',
        "git:--output=x": "names no revision",
        "--deck=conth": 'did you mean "contoh"?',
    }
    for source, words in sources.items():
        done = kartu("diff", source, ".", *["."] * source.startswith("--"), cwd=root)
        assert (done.returncode, done.stdout) == (2, ""), source
        assert words in " ".join(done.stderr.split()), done.stderr
        assert "Traceback" not in done.stderr


@needs_git
def test_faults_of_one_side_are_told(kartu: Run, tmp_path: Path) -> None:
    """A folder with faults is diagnosed where it lies; one from git is named as what it is."""
    broken = "--- cards/contoh/kartu.yaml\nnote_type: dasar\nnotes:\n  - {id: a}\n"
    write_project(tmp_path / "lain", broken)
    root = write_project(tmp_path / "sini", broken)
    commit(root)
    write_project(root)
    done = kartu("-C", "sini", "diff", "lain", "sini", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("lain/cards/contoh/kartu.yaml:3:5: error[missing-field]")
    done = kartu("-C", "sini", "diff", "git:HEAD", "sini", cwd=tmp_path)
    assert done.returncode == 2
    assert "cards/contoh/kartu.yaml:3:5: error[missing-field]" in " ".join(done.stderr.split())


@settings(max_examples=examples(50, 3))
@given(st.sets(st.sampled_from(list(EDITS))), st.sets(st.sampled_from(list(EDITS))))
def test_laws_of_the_difference(
    tmp_path_factory: pytest.TempPathFactory, one: set[str], two: set[str]
) -> None:
    """A thing does not differ from itself, and read backwards what was new is gone."""
    folder = tmp_path_factory.mktemp("laws")
    old, new = (of(folder / str(len(edits)), edited(*sorted(edits))) for edits in (one, two))
    assert not diff(old, old)
    there, back = diff(old, new), diff(new, old)
    assert (there.new, there.gone) == (back.gone, back.new)
    assert there.rewritten == back.rewritten
    assert [note.id for note in there.retired] == [note.id for note in back.taken_back]
    assert bool(there) == bool(back) == (one != two)
