"""The guides are true: what they tell to write and to run is done here, to the letter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from anki.collection import DeckIdLimit, ExportAnkiPackageOptions
from support.anki_connect import Anki, anki_connect
from support.engine import collection
from support.guides import Reader
from support.links import PAGES, ROOT, links, prose
from support.paper import require_pango
from support.program import Run
from support.spelling import exceptions, missing, unknown, words_of

from kartu.core.codes import ERRORS, WARNINGS

# Each guide with the language in which kartu speaks to its readers.
GUIDES = {
    "README": "en",
    "README.id": "id",
    "docs/panduan-guru": "id",
    "docs/panduan-berkas": "id",
    "docs/panduan-siswa": "id",
    "docs/authors": "en",
}
# What Indonesian readers are led to without a warning.
INDONESIAN = {
    "README.id.md",
    "docs/isi.md",
    "docs/jenis-kartu.md",
    *(f"docs/panduan-{reader}.md" for reader in ("berkas", "guru", "koreksi", "siswa")),
}
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
# Of a README only the first card is followed: the rest installs, and builds this repository.
FIRST_CARD = re.compile(
    r"^## (?:A first card|Kartu pertama)\n.*?(?=^## )", re.MULTILINE | re.DOTALL
)


def guide(name: str) -> str:
    return (ROOT / f"{name}.md").read_text("utf-8")


@pytest.fixture
def reader(tmp_path: Path, name: str) -> Iterator[Reader]:
    """In the folder is what the teacher brings along: a deck that was made in Anki."""
    home = tmp_path / "guru"
    home.mkdir()
    with collection(tmp_path / "lama") as col:
        deck = col.decks.id("Biologi")
        basic = col.models.by_name("Basic")
        assert deck
        assert basic
        for fields in (
            ["Sel", "Bagian terkecil makhluk hidup."],
            ["Jaringan", "Kumpulan sel yang sama bentuk dan tugasnya."],
            ["Organ", "Kumpulan jaringan yang bekerja sama."],
        ):
            note = col.new_note(basic)
            note.fields = fields
            col.add_note(note, deck)
        col.export_anki_package(
            out_path=str(home / "Biologi.apkg"),
            options=ExportAnkiPackageOptions(with_media=True),
            limit=DeckIdLimit(deck),
        )
    with collection(tmp_path / "anki") as col, anki_connect(Anki(col)) as anki:
        yield Reader(home, anki.port, GUIDES[name])


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_can_be_followed(reader: Reader, name: str) -> None:
    """Every command runs, in the order of the guide, and prints what the guide shows."""
    if "kartu print" in guide(name):
        require_pango()
    section = FIRST_CARD.search(guide(name))
    assert (section is not None) == name.startswith("README")
    reader.follow(section[0] if section else guide(name))


@pytest.mark.parametrize("page", [page for page in PAGES if PICTURE.search(prose(page))])
def test_pictures_are_small_and_have_a_text(page: str) -> None:
    """Every picture of a page is smaller than 100 kB, and described in at least 20 letters."""
    for text, picture in PICTURE.findall(prose(page)):
        assert ((ROOT / page).parent / picture).stat().st_size < 100_000, picture
        assert len(text) >= 20, picture


@pytest.mark.parametrize("page", sorted(INDONESIAN))
def test_english_pages_are_named_as_such(page: str) -> None:
    """Where an Indonesian page leads to one in English, it says so right there."""
    known = {*INDONESIAN, "docs/arti-pesan.md"}
    at_the_top = {("README.id.md", "README.md")}  # [English](README.md)
    for link in links(page):
        other = link.path.relative_to(ROOT).as_posix()
        if other.endswith(".md") and other not in known and (page, other) not in at_the_top:
            assert re.match(r"[\s,]+\(?Inggris\b", link.rest), (page, other)


def test_codes_are_real() -> None:
    """What kartu is said to say, it can say."""
    for name in GUIDES:
        codes = re.findall(r"(?:error|warning)\[([a-z-]+)\]|\| `([a-z-]+)` \|$", guide(name), re.M)
        assert {a or b for a, b in codes} <= {*ERRORS, *WARNINGS}


@pytest.mark.skipif(bool(missing("id")), reason="hunspell has no Indonesian here")
def test_indonesian_guides_are_spelt_right() -> None:
    """Words outside commands, code and addresses are in the dictionary, or in panduan.txt."""
    content = "".join(map(prose, sorted(INDONESIAN - {"docs/isi.md"})))
    text = re.sub(r"(?s)`[^`]*`|<!--.*?-->|\]\([^)]*\)", " ", content)
    listed = exceptions("panduan")
    assert listed == sorted(set(listed))
    assert unknown("id", sorted(set(words_of(text)))) == listed


# What the teacher's table tells of, done to a new project: the file, a pattern and its new text.
SET, GAPS = "1-istilah.yaml", "2-isian.yaml"
CHANGES = {
    "membetulkan teks, gambar, sumber": (SET, "Zat hijau daun", "Zat warna hijau"),
    "menambah kartu": (
        SET,
        r"\Z",
        "\n  - id: stoma\n    istilah: Stoma\n    arti: Mulut daun.\n",
    ),
    "mengubah tampilan (`theme`, `style.css`)": ("deck.yaml", r"\Z", "theme: kontras-tinggi\n"),
    "mengubah label": (SET, r"tags: \[contoh\]", "tags: [contoh, daun]"),
    "mengisi kolom yang tadinya kosong": (SET, "    contoh:", "    balik: Apa?\n    contoh:"),
    "mengubah urutan kartu, juga baris lembar kerja": (
        SET,
        r"(?s)(  - id: f.*?)\n(  - id: k.*)",
        r"\2\n\1",
    ),
    "memindahkan kartu ke berkas lain, `subdeck` sama": (SET, "", "9-daun.yaml"),
    "menghapus kartu": (SET, r"(?s)\n  - id: klorofil.*", ""),
    "mengubah `id`": (SET, "id: klorofil", "id: hijau-daun"),
    "mengubah `subdeck`": (SET, "01 Istilah", "01 Kata"),
    "mengubah `note_type` sebuah kartu": (
        GAPS,
        r"(?s)note_type: isian(.*)    teks:.*",
        r"note_type: ketik\1    soal: Apa?\n    jawaban: Air\n",
    ),
    "mengosongkan kolom yang ditanyakan": (SET, "    balik:.*\n", ""),
    "menukar nomor rumpang (`c1` menjadi `c2`)": (GAPS, "c1::karbon", "c2::karbon"),
    "menukar `id` dua kartu": (
        SET,
        r"(?s)id: (fotosintesis)(.*?)id: (klorofil)",
        r"id: \3\2id: \1",
    ),
    "mengubah `name`, `prefix`, atau `uid` di deck.yaml": ("deck.yaml", "name: IPA", "name: IPA 7"),
}


@pytest.fixture(scope="module")
def released(kartu: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("guru") / "ipa"
    for words in (
        ["new", project, "--name", "IPA", "--language", "id"],
        ["-C", project, "release"],
    ):
        assert kartu(*words).returncode == 0
    return project


def test_each_change_is_as_safe_as_told(kartu: Run, released: Path) -> None:
    """Each row of the teacher's table, done to a released deck, gives its code or passes."""
    rows = re.findall(
        r"^\| (.+?) \| (ya|tidak) \| .+ \| (.*?) ?\|$", guide("docs/panduan-guru"), re.M
    )
    assert [change for change, _, _ in rows] == list(CHANGES)
    for change_told, safe, code in rows:
        name, pattern, new = CHANGES[change_told]
        path = released / "cards/ipa" / name
        before = path.read_bytes()
        if not pattern:
            path.rename(path.with_name(new))
        else:
            text, count = re.subn(pattern, new, before.decode(), count=1)
            assert count, change_told
            path.write_text(text, "utf-8")
        said = kartu("-C", released, "check", "--format", "json").stdout
        path.with_name("9-daun.yaml").unlink(missing_ok=True)
        path.write_bytes(before)
        errors = set(re.findall(r'"error",\s*"code": "([a-z-]+)"', said))
        assert (code.strip("`") in errors) if safe == "tidak" else not errors, (change_told, said)
