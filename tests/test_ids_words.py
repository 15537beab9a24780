"""Files of ids name note types and fields in words of the deck's language, and read any word."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from support.program import ROOT, Run
from support.projects import needs_git, write_project
from support.shipped import TYPES

from kartu.core.model import in_language
from kartu.load.files import Files
from kartu.load.ids.words import Words
from kartu.load.words import own_fields

SET = "cards/words/words.csv"
SAVED = f"{SET}.ids.jsonl"
HEAD = """--- cards/words/deck.yaml
id: words
uid: a1b2c3d4e5f60718
name: Words
language: LANGUAGE
version: 1.0.0
"""
PROJECT = f"""{HEAD}--- .gitattributes
cards/*/*.ids.jsonl merge=union
--- .gitignore
build/
--- {SET}
note_type,istilah,arti
istilah,Root,Akar
istilah,Leaf,Daun
istilah,Tree,Pohon
"""
LINES = """\
{"id":"leaf-099be0","type":"istilah","texts":{"istilah":"Leaf","arti":"Daun"}}
{"id":"root-a4096a","type":"istilah","texts":{"istilah":"Root","arti":"Akar"}}
{"id":"tree-cf9962","type":"istilah","texts":{"istilah":"Tree","arti":"Pohon"}}
"""
IN_ENGLISH = (
    LINES.replace('"type":"istilah"', '"type":"term"')
    .replace('"istilah":', '"term":')
    .replace('"arti":', '"meaning":')
)

# What lines of released kartus have: English words may be added, but these stay what they are.
WRITTEN = {
    "bentuk form": "bentuk=form arti=meaning ciri=feature pihak=parties bidang=sector "
    "contoh=example dasar=basis catatan=note",
    "daftar list": "judul=title isyarat=hint catatan=note butir_1=item_1 butir_2=item_2 "
    "butir_3=item_3 butir_4=item_4 butir_5=item_5 butir_6=item_6 semua=all",
    "gambar picture": "oklusi=occlusion gambar=image soal=header catatan=note komentar=comments "
    "tertutup=covered",
    "isian cloze": "teks=text catatan=note",
    "istilah term": "istilah=term arti=meaning balik=clue contoh=example catatan=note "
    "gambar=picture ucap=pronunciation",
    "kategori statements": "soal=question kategori=categories catatan=note stimulus=passage "
    "pernyataan_1=statement_1 jawaban_1=answer_1 ulasan_1=feedback_1 "
    "pernyataan_5=statement_5 jawaban_5=answer_5 ulasan_5=feedback_5",
    "ketik typing": "soal=question jawaban=answer varian=variants alasan=reason catatan=note",
    "kronologi chronology": "peristiwa=event waktu=date urutan=series sebelum=before "
    "sesudah=after catatan=note",
    "manfaat benefit": "bidang=sector manfaat=benefit kegiatan=activity tujuan=aim pedoman=guide "
    "catatan=note",
    "perbandingan comparison": "soal=question pilihan=options jawaban=answer alasan=reason "
    "tabel=table catatan=note",
    "pilihan-ganda multiple-choice": "soal=question jawaban=answer catatan=note stimulus=passage "
    "pilihan_1=option_1 ulasan_1=feedback_1 pilihan_5=option_5 ulasan_5=feedback_5",
    "pilihan-ganda-kompleks multiple-answers": "soal=question jawaban=answers catatan=note "
    "stimulus=passage pilihan_1=option_1 ulasan_1=feedback_1 pilihan_6=option_6 "
    "ulasan_6=feedback_6",
    "skenario scenario": "situasi=situation bentuk=form alasan=reason bidang=sector catatan=note",
    "tanya question-answer": "soal=question jawaban=answer balik=reverse catatan=note",
}

OWN = """--- templates/term/note_type.yaml
id: term
name: {id: Kata, en: Word}
aliases: {en: word}
fields:
  - {key: kata, name: {id: Kata, en: Word}, aliases: {en: mot}, id: 1}
cards: [{id: 1, name: A, front: a.html, back: a.html}]
--- templates/term/a.html
{{Kata}}{{Word}}
"""


def project(root: Path, language: str = "en", *more: str) -> Path:
    return write_project(root, PROJECT.replace("LANGUAGE", language), *more, base=False)


def saved(root: Path) -> str:
    return (root / SAVED).read_text("utf-8")


def build(kartu: Run, root: Path) -> str:
    done = kartu("build", "words", cwd=root)
    assert done.returncode == 0, done.stderr
    return saved(root)


def test_a_deck_has_its_own_words(kartu: Run, tmp_path: Path) -> None:
    """English ones in an English deck, in an Indonesian one the keys, which are Indonesian."""
    assert build(kartu, project(tmp_path / "id", "id")) == LINES
    assert build(kartu, project(tmp_path / "en", "en")) == IN_ENGLISH


@pytest.mark.parametrize("lines", [LINES, IN_ENGLISH, IN_ENGLISH.replace('"term"', '"Word"')])
def test_lines_in_any_words_are_the_notes(kartu: Run, tmp_path: Path, lines: str) -> None:
    """Keys, aliases of any language and other case: the ids stay, and the next build writes its
    own words."""
    root = project(tmp_path)
    lines = lines.replace('Daun"', 'Bilah daun"').replace("-", "-x")
    (root / SAVED).write_text(lines, "utf-8")
    now = build(kartu, root)
    assert now == IN_ENGLISH.replace("-", "-x")
    assert build(kartu, root) == now


def test_a_deck_in_another_language_keeps_its_ids(kartu: Run, tmp_path: Path) -> None:
    """Only the words change, and with the language they come back."""
    root = project(tmp_path)
    before = build(kartu, root)
    for language, lines in (("id", LINES), ("de", IN_ENGLISH), ("id", LINES), ("en", before)):
        write_project(root, HEAD.replace("LANGUAGE", language), base=False)
        assert "ids-not-saved" not in kartu("check", cwd=root).stdout
        assert build(kartu, root) == lines


@needs_git
def test_branches_with_keys_and_words_are_merged(kartu: Run, tmp_path: Path) -> None:
    """One that has keys and one that has words: each note is one, with its id."""

    def git(*arguments: str) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "core.autocrlf=false"]
        subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)

    root = project(tmp_path)
    table = root / SET
    (root / SAVED).write_text(LINES, "utf-8")
    git("init", "-b", "main")
    git("add", "-A")
    git("commit", "-m", "with keys")
    git("checkout", "-b", "other")
    build(kartu, root)
    git("commit", "-am", "in words")
    git("checkout", "main")
    table.write_text(table.read_text("utf-8").replace("Daun", "Sehelai daun"), "utf-8")
    changed = LINES.replace("Daun", "Sehelai daun")
    (root / SAVED).write_text(changed, "utf-8")
    git("commit", "-am", "corrected, with keys")
    git("merge", "other")
    assert len(saved(root).splitlines()) > 3
    assert build(kartu, root) == IN_ENGLISH.replace("Daun", "Sehelai daun")
    assert kartu("check", "--strict", cwd=root).stdout.count("ids-not-saved") == 0


def test_a_project_s_own_note_type_keeps_its_names(kartu: Run, tmp_path: Path) -> None:
    """Its keys, whose aliases may change; the word of another note type is left to it."""
    root = project(
        tmp_path, "en", OWN, "--- cards/words/2.yaml\nnote_type: word\nnotes: [{mot: A}]\n"
    )
    assert build(kartu, root) == LINES.replace('"istilah":', '"term":').replace(
        '"arti":', '"meaning":'
    )
    own = json.loads((root / "cards/words/2.yaml.ids.jsonl").read_text("utf-8"))
    assert (own["type"], own["texts"]) == ("term", {"kata": "A"})
    # a line from before there was such a note type
    (root / SAVED).write_text(IN_ENGLISH.replace("-", "-x"), "utf-8")
    assert build(kartu, root).count("-x") == 3


def test_a_changed_copy_reads_what_was_written(kartu: Run, tmp_path: Path) -> None:
    """Also words that the project's copy of a note type no longer has."""
    root = project(tmp_path)
    build(kartu, root)
    (root / SAVED).write_text(IN_ENGLISH.replace("-", "-x"), "utf-8")
    own = (
        OWN.replace("term", "istilah")
        .replace("key: kata", "key: istilah")
        .replace(
            "cards:",
            "  - {key: arti, name: Arti, id: 2}\ncards:",
        )
        .replace("{en: word}", "{}")
        .replace("{en: mot}", "{}")
    )
    write_project(root, own, base=False)
    assert build(kartu, root).count("-x") == 3


def test_what_a_ledger_names_is_said_in_words(kartu: Run, tmp_path: Path) -> None:
    """In messages and in the summary of a release, as in the ledger itself."""
    root = project(tmp_path)
    assert kartu("release", cwd=root).returncode == 0
    assert "istilah" not in (root / "cards/words/ledger.jsonl").read_text("utf-8")
    shutil.copytree(ROOT / "templates/istilah", root / "templates/istilah")
    (root / "templates/istilah/style.css").write_text(".card { color: navy; }", "utf-8")
    said = kartu("release", "--dry-run", cwd=root).stdout
    assert "templates or style: 1 (term)" in said
    rows = "id,note_type,question,answer\nROOT,question-answer,Root,Akar\n"
    lines = map(json.loads, saved(root).splitlines())
    id = next(one["id"] for one in lines if one["texts"]["term"] == "Root")
    (root / "cards/words/a.csv").write_text(rows.replace("ROOT", id), "utf-8")
    (root / SET).unlink()
    said = kartu("check", cwd=root).stdout
    assert 'the published note is of the type "term"' in said
    assert "istilah" not in said.replace("templates/istilah", "")


@pytest.mark.parametrize("named", WRITTEN)
def test_words_that_were_written_are_read_for_ever(tmp_path: Path, named: str) -> None:
    """What a released kartu writes for the note types that it comes with, later ones read."""
    id, name = named.split()
    pairs = dict(pair.split("=") for pair in WRITTEN[named].split())
    words = Words(Files(tmp_path), {one.id: in_language(one, "en") for one in TYPES.values()})
    assert words.keys(name, {word: key for key, word in pairs.items()}) == (
        id,
        {key: key for key in pairs},
    )
    assert words.words(id, pairs) == (name, {word: word for word in pairs.values()})
    stems = {key.rstrip("0123456789") for key in own_fields(TYPES[id])}
    assert stems == {key.rstrip("0123456789") for key in pairs}
