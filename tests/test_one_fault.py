"""One fault is one message, at its place: no other file is accused of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support.program import Run, hours_ago
from support.projects import write_project
from support.seeded import PROJECT

from kartu.core.diagnostics import Diagnostic
from kartu.pipeline import Options, check

DECK = "cards/contoh/deck.yaml"
TERMS = "cards/contoh/1-istilah.yaml"
GAPS = "cards/contoh/2-isian.yaml"
CHOICES = "cards/contoh/3-pilihan.yaml"
SHEET = "cards/contoh/4-kata.csv"
ENGLISH = "cards/contoh/i18n/en.yaml"
LEDGER = "cards/contoh/ledger.jsonl"
TYPE = "templates/dasar/note_type.yaml"
FRONT = "templates/dasar/maju.front.html"
TEXTS = "templates/_shared/texts/en.yaml"

Change = Callable[[Path], None]

REGIONAL = "  - id: regional\n"
EXPORT = "belakang: Menjual barang"


def put(path: str, old: str, new: str) -> Change:
    def change(root: Path) -> None:
        content = (root / path).read_text("utf-8")
        assert content.count(old) >= 1, old
        (root / path).write_text(content.replace(old, new, 1), "utf-8")

    return change


def encoded(path: str, encoding: str, old: str = "", new: str = "") -> Change:
    def change(root: Path) -> None:
        content = (root / path).read_text("utf-8").replace(old or "\0", new, 1)
        (root / path).write_bytes(content.encode(encoding))

    return change


def moved(path: str, new: str) -> Change:
    def change(root: Path) -> None:
        (root / path).rename(root / new)

    return change


def copied(path: str, new: str) -> Change:
    def change(root: Path) -> None:
        (shutil.copytree if (root / path).is_dir() else shutil.copy)(root / path, root / new)

    return change


def gone(path: str) -> Change:
    def change(root: Path) -> None:
        if (root / path).is_dir():
            shutil.rmtree(root / path)
        else:
            (root / path).unlink()

    return change


def emptied(path: str) -> Change:
    def change(root: Path) -> None:
        (root / path).write_bytes(b"")

    return change


def conflict(path: str, old: str) -> Change:
    return put(path, old, f"<<<<<<< HEAD\n{old}=======\n{old}>>>>>>> lain\n")


# By what was done: where it can be reported, and the change.
FAULTS: dict[str, tuple[str, Change]] = {
    # a card set in YAML
    "a colon": (TERMS, put(TERMS, EXPORT, "belakang: Menjual: barang")),
    "a tab": (TERMS, put(TERMS, "    depan: Ekspor", "\tdepan: Ekspor")),
    "curly quotes": (TERMS, put(TERMS, EXPORT + " ke luar negeri.", "belakang: “a: b”")),
    "a quote not closed": (GAPS, put(GAPS, 'keempat."', "keempat.")),
    "a no-break space": (TERMS, put(TERMS, "    depan: Ekspor", "\u00a0   depan: Ekspor")),
    "a no-break space after a dash": (TERMS, put(TERMS, REGIONAL, "  -\u00a0id: regional\n")),
    "a long dash": (TERMS, put(TERMS, REGIONAL, "  – id: regional\n")),
    "a bullet": (TERMS, put(TERMS, REGIONAL, "  • id: regional\n")),
    "a star": (TERMS, put(TERMS, REGIONAL, "  * id: regional\n")),
    "no space after a dash": (TERMS, put(TERMS, REGIONAL, "  -id: regional\n")),
    "no space after a colon": (TERMS, put(TERMS, "depan: Ekspor", "depan:Ekspor")),
    "a dash forgotten": (TERMS, put(TERMS, REGIONAL, "    id: regional\n")),
    "a text cut": (TERMS, put(TERMS, EXPORT, "belakang: #1 barang")),
    "a number sign": (TERMS, put(TERMS, EXPORT, "belakang: Menjual #1 barang")),
    "a conflict": (TERMS, conflict(TERMS, "    depan: Ekspor\n")),
    "a control character": (TERMS, put(TERMS, "Ekspor", "Eks\x0bpor")),
    "UTF-16": (TERMS, encoded(TERMS, "utf-16")),
    "Windows-1252": (TERMS, encoded(TERMS, "cp1252", "Ekspor", "Éspor")),
    "an empty card set": (TERMS, emptied(TERMS)),
    "a card set gone": (LEDGER, gone(CHOICES)),
    "the ending .yml": ("cards/contoh/1-istilah.yml", moved(TERMS, TERMS[:-5] + ".yml")),
    "the ending .txt": (TERMS + ".txt", moved(TERMS, TERMS + ".txt")),
    "no ending": (TERMS[:-5], moved(TERMS, TERMS[:-5])),
    "a copy": ("cards/contoh/1-istilah (1).yaml", copied(TERMS, TERMS[:-5] + " (1).yaml")),
    "a copy of Windows": (SHEET[:-4] + " - Copy.csv", copied(SHEET, SHEET[:-4] + " - Copy.csv")),
    "an unknown note type": (TERMS, put(TERMS, "note_type: dasar", "note_type: dasr")),
    "no note type": (TERMS, put(TERMS, "note_type: dasar\n", "")),
    "notes misspelt": (TERMS, put(TERMS, "notes:", "note:")),
    "tags misspelt": (TERMS, put(TERMS, "tags:", "tag:")),
    "tags as text": (TERMS, put(TERMS, "tags: [inti]", "tags: inti")),
    "a tag misspelt": (TERMS, put(TERMS, "tags: [inti]", "tags: [init]")),
    "the subdeck renamed": (TERMS, put(TERMS, "01 Istilah", "01 Istilah Baru")),
    "the subdeck empty": (TERMS, put(TERMS, "subdeck: 01 Istilah", "subdeck:")),
    "no id": (TERMS, put(TERMS, REGIONAL + "    depan", "  - depan")),
    "a bad id": (TERMS, put(TERMS, "id: regional", "id: Regional")),
    "another id": (TERMS, put(TERMS, "id: regional", "id: regionall")),
    "an id twice": (TERMS, put(TERMS, "id: regional", "id: bilateral")),
    "a note deleted": (
        LEDGER,
        put(GAPS, (PROJECT.split("notes:\n")[2]).split("  - id: bebas")[0], ""),
    ),
    "no required field": (TERMS, put(TERMS, "    depan: Kerja sama regional\n", "")),
    "a field misspelt": (TERMS, put(TERMS, "    depan: Ekspor", "    depn: Ekspor")),
    "retired without a reason": (
        TERMS,
        put(TERMS, "    depan: Ekspor", "    retired:\n    depan: E"),
    ),
    "a source misspelt": (TERMS, put(TERMS, "sources: [buku]", "sources: [bku]")),
    "a cloze misspelt": (GAPS, put(GAPS, "{{c2::aktif}}", "{{c2:aktif}}")),
    "no cloze": (GAPS, put(GAPS, "{{c1::Pembukaan UUD 1945}}", "Pembukaan")),
    "a cloze renumbered": (GAPS, put(GAPS, "{{c2::aktif}}", "{{c3::aktif}}")),
    "the letter of no option": (CHOICES, put(CHOICES, "jawaban: Filipina", "jawaban: J")),
    # a sheet
    "a quote in a sheet": (SHEET, put(SHEET, "Impor,Membeli", '"Impor,Membeli')),
    "a column misspelt": (SHEET, put(SHEET, "id,depan", "idd,depan")),
    "an unknown note type in a row": (SHEET, put(SHEET, "dasar,impor", "dasr,impor")),
    "a conflict in a sheet": (
        SHEET,
        put(SHEET, "dasar,devisa", "<<<<<<< a\n=======\n>>>>>>> b\ndasar,devisa"),
    ),
    "a sheet with the ending .tsv": (SHEET[:-4] + ".tsv", moved(SHEET, SHEET[:-4] + ".tsv")),
    # deck.yaml
    "deck.yaml: a colon": (DECK, put(DECK, "name: Contoh", "name: Contoh: satu")),
    "deck.yaml: a tab": (DECK, put(DECK, "  buku:", "\tbuku:")),
    "deck.yaml: a conflict": (DECK, conflict(DECK, "version: 1.0.0\n")),
    "deck.yaml: UTF-16": (DECK, encoded(DECK, "utf-16")),
    "deck.yaml: gone": ("cards/contoh", gone(DECK)),
    "deck.yaml: .yml": ("cards/contoh", moved(DECK, DECK[:-5] + ".yml")),
    **{
        f"deck.yaml: no {line.split(':')[0]}": (DECK, put(DECK, f"{line}\n", ""))
        for line in ("name: Contoh", "version: 1.0.0", "language: id", "uid: a1b2c3d4e5f60718")
    },
    "deck.yaml: another uid": (DECK, put(DECK, "uid: a1b2", "uid: a1b3")),
    "deck.yaml: another name": (DECK, put(DECK, "name: Contoh", "name: Contoh Baru")),
    "deck.yaml: another id": (DECK, put(DECK, "id: contoh", "id: lain")),
    "deck.yaml: a source misspelt": (DECK, put(DECK, "  buku:", "  bukuu:")),
    "deck.yaml: sources misspelt": (DECK, put(DECK, "sources:", "source:")),
    "deck.yaml: include misspelt": (DECK, put(DECK, "tag:inti", "tag:initi")),
    "deck.yaml: include unreadable": (DECK, put(DECK, "tag:inti", "tag:inti an")),
    "deck.yaml: an edition gone": (
        ENGLISH,  # where its title is left over
        put(DECK, '  inti: {title: Inti, include: "tag:inti"}\n', ""),
    ),
    "a deck copied": ("cards/salin/deck.yaml", copied("cards/contoh", "cards/salin")),
    "a deck renamed": ("cards/baru/deck.yaml", moved("cards/contoh", "cards/baru")),
    # a translation
    "en.yaml: a colon": (ENGLISH, put(ENGLISH, "soal: Which", "soal: Which: x")),
    "en.yaml: UTF-16": (ENGLISH, encoded(ENGLISH, "utf-16")),
    "en.yaml: .yml": (ENGLISH[:-5] + ".yml", moved(ENGLISH, ENGLISH[:-5] + ".yml")),
    "en.yaml: gone": ("cards/contoh/ledger.en.jsonl", gone(ENGLISH)),
    "en.yaml: no uid": (ENGLISH, put(ENGLISH, "uid: b1b2c3d4e5f60718\n", "")),
    "en.yaml: an id misspelt": (ENGLISH, put(ENGLISH, "  regional:", "  regionl:")),
    "en.yaml: a field misspelt": (ENGLISH, put(ENGLISH, "ekspor: {depan", "ekspor: {depn")),
    "en.yaml: an answer misspelt": (ENGLISH, put(ENGLISH, "    jawaban: P", "    jawabn: P")),
    "en.yaml: notes misspelt": (ENGLISH, put(ENGLISH, "notes:", "note:")),
    "en.yaml: a subdeck misspelt": (ENGLISH, put(ENGLISH, "  01 Istilah:", "  1 Istilah:")),
    # ledgers
    "a ledger gone": ("cards/contoh/changelog.md", gone(LEDGER)),
    "a ledger empty": ("cards/contoh/changelog.md", emptied(LEDGER)),
    "a ledger in UTF-16": (LEDGER, encoded(LEDGER, "utf-16")),
    "a ledger with a conflict": (LEDGER, put(LEDGER, '{"note"', '<<<<<<< a\n=======\n{"note"')),
    "a ledger edited": (LEDGER, put(LEDGER, '"note"', '"nota"')),
    "a translation's ledger gone": (
        "cards/contoh/changelog.en.md",
        gone("cards/contoh/ledger.en.jsonl"),
    ),
    # templates
    "note_type.yaml: a colon": (TYPE, put(TYPE, "name: Dasar", "name: Dasar: x")),
    "note_type.yaml: gone": ("templates/dasar", gone(TYPE)),
    "note_type.yaml: no name": (TYPE, put(TYPE, "name: Dasar\n", "")),
    "note_type.yaml: another id": (TYPE, put(TYPE, "id: dasar", "id: dasr")),
    "note_type.yaml: a field misspelt": (TYPE, put(TYPE, "key: belakang", "key: blakang")),
    "note_type.yaml: a format misspelt": (TYPE, put(TYPE, "format: markdown", "format: mrkdown")),
    "a template gone": (TYPE, gone(FRONT)),
    "a template that fails": (FRONT, put(FRONT, "{{Depan}}", "[[= texts.x ]]{{Depan}}")),
    "a template with bad syntax": (FRONT, put(FRONT, "{{Depan}}", "[[% if %]]{{Depan}}")),
    "a template with a bad section": (FRONT, put(FRONT, "{{Depan}}", "{{#Depan}}")),
    "a template with a wrong field": (FRONT, put(FRONT, "{{Depan}}", "{{Depn}}")),
    "a field template that fails": (
        "templates/_shared/fields/markdown.html",
        put("templates/_shared/fields/markdown.html", "value", "valu"),
    ),
    "texts: a colon": (TEXTS, put(TEXTS, "soal: Question", "soal: Question: x")),
    "texts: a key misspelt": (TEXTS, put(TEXTS, "soal:", "soall:")),
}

# These are two messages, since each place can be what is wrong.
TWO: dict[str, tuple[tuple[str, str], Change]] = {
    "a card set gone with the only notes of an edition": ((DECK, LEDGER), gone(TERMS)),
    "a note type gone that two decks use": (
        (TERMS, "cards/kimia/1-unsur.yaml"),
        gone("templates/dasar"),
    ),
}


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory, kartu: Run) -> Path:
    """The project as released, without a fault."""
    root = write_project(tmp_path_factory.mktemp("released"), PROJECT)
    assert "no faults" in kartu("check", cwd=root).stdout
    with hours_ago(3):
        done = kartu("release", cwd=root)
    assert done.returncode == 0, done.stderr
    shutil.rmtree(root / "build")
    return root


def found(released: Path, folder: Path, change: Change) -> list[Diagnostic]:
    root = folder / "p"
    shutil.copytree(released, root)
    change(root)
    return check(Options(root))


@pytest.mark.parametrize("name", FAULTS)
def test_one_fault_is_one_message_at_its_place(name: str, released: Path, tmp_path: Path) -> None:
    """A single fault in a published project is reported once, where it is, and nowhere else.

    Where the file cannot tell which of two places is wrong, the other one is a related place.
    """
    place, change = FAULTS[name]
    diagnostics = found(released, tmp_path, change)
    assert len(diagnostics) == 1, diagnostics
    (one,) = diagnostics
    assert place in (one.span.path, *(related.span.path for related in one.related)), one
    assert one.message


@pytest.mark.parametrize("name", TWO)
def test_a_fault_that_others_share_is_reported_for_each(
    name: str, released: Path, tmp_path: Path
) -> None:
    """Of what is gone, each deck that needs it says so once."""
    places, change = TWO[name]
    diagnostics = found(released, tmp_path, change)
    assert [one.span.path for one in diagnostics] == list(places)


def test_two_faults_are_two_messages(released: Path, tmp_path: Path) -> None:
    """A fault in one deck hides none in another, and none in a translation's own file."""

    def both(root: Path) -> None:
        put(TERMS, "note_type: dasar", "note_type: dasr")(root)
        put("cards/kimia/1-unsur.yaml", "belakang: Sodium", "belakng: Sodium")(root)
        put(ENGLISH, "jawaban: Philippines", "jawabn: Philippines")(root)

    assert [one.span.path for one in found(released, tmp_path, both)] == [
        *(TERMS, ENGLISH, "cards/kimia/1-unsur.yaml"),
    ]
