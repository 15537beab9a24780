"""`kartu print`: what is chosen, handout and test, letters that shrink, bytes that stay."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import segno
from PIL import Image
from pyphen import Pyphen
from support.paper import PrintedPage, printed, require_pango, squeezed
from support.program import Run
from support.projects import TWO_NOTE_TYPES, write_project
from support.sampling import sampled

DECK = """--- cards/contoh/deck.yaml
id: contoh
uid: a1b2c3d4e5f60718
name: Contoh
language: id
version: 1.0.0
licence: CC-BY-4.0
authors: [Siti]
sources:
  buku: {title: Buku IPS, publisher: Erlangga}
  lain: {title: Buku lain}
editions:
  inti: {title: Inti, include: "tag:inti"}
  lengkap: {}
--- cards/contoh/kartu.yaml
note_type: dasar
subdeck: 01 Awal
tags: [inti]
notes:
  - {id: satu, depan: Satu, belakang: One, sources: [buku]}
  - {id: dua, depan: Dua, belakang: Two}
  - {id: tua, depan: Tua, belakang: Old, retired: tidak dipakai lagi}
--- cards/contoh/teks.yaml
note_type: isian
subdeck: 02 Lanjut
notes:
  - id: ibu-kota
    teks: "Ibu kota Indonesia adalah {{c1::Jakarta}}, di pulau {{c2::Jawa::pulau apa?}}."
"""


@pytest.fixture(autouse=True)
def _pango() -> None:
    require_pango()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A deck of three notes, six cards and a note that is retired."""
    return write_project(tmp_path, TWO_NOTE_TYPES, DECK)


def pages_of(kartu: Run, project: Path, *arguments: str) -> list[PrintedPage]:
    done = kartu("print", *arguments, "-o", project / "kartu.pdf", cwd=project)
    assert done.returncode == 0, done.stderr
    return printed(project / "kartu.pdf")


def text_of(pages: list[PrintedPage]) -> str:
    return "\n".join(page.text() for page in pages)


def test_what_was_written_is_told(kartu: Run, project: Path) -> None:
    """The PDF is named after the package and what it holds; retired notes are not in it."""
    done = kartu("print", "--edition", "inti", "--as", "handout", cwd=project)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(
        r"build/contoh-inti-handout\.pdf: 4 cards on 1 page, .* KiB\n"
        r"  not on paper: 1 retired note\n",
        done.stdout,
    )
    text = text_of(printed(project / "build/contoh-inti-handout.pdf"))
    assert "Satu" in text
    assert "Tua" not in text
    assert "Jakarta" not in text


@pytest.mark.parametrize(
    ("arguments", "fronts"),
    [
        ((), ["Satu", "One", "Dua", "Two", "Ibu", "Ibu"]),
        (("--subdeck", "02 Lanjut"), ["Ibu", "Ibu"]),
        (("--tag", "inti"), ["Satu", "One", "Dua", "Two"]),
        (("--tag", "inti", "--subdeck", "01 Awal", "--edition", "lengkap"), ["Satu"]),
    ],
)
def test_notes_are_chosen(
    kartu: Run, project: Path, arguments: tuple[str, ...], fronts: list[str]
) -> None:
    """By edition, subdeck and tag, all of which must fit."""
    cells = [
        page.text(cell) for page in pages_of(kartu, project, *arguments)[:1] for cell in page.cells
    ]
    assert [text.split()[0] for text in cells[1:] if text.strip()][: len(fronts)] == fronts


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--edition", "int"], 'there is no edition "int"; did you mean "inti"?'),
        (["--subdeck", "01 Awl"], 'no note is in the subdeck "01 Awl"; did you mean "01 Awal"?'),
        (["--tag", "intii"], 'no note has the tag "intii"; did you mean "inti"?'),
        (["--tag", "inti", "--subdeck", "02 Lanjut"], 'no note has the tag "inti"'),
        (["--language", "en"], 'contoh has no variant in "en"; possible are: id'),
        (["--backs", "fold", "--grid", "3x3"], "use --grid 2x4 or --grid 2x2"),
        (["--url", "javascript:alert(1)"], "is not a web address; it begins with https://"),
        (["contho"], 'there is no deck "contho"; did you mean "contoh"?'),
        (["-o", "nowhere/there.pdf"], "cannot write"),
    ],
)
def test_wrong_use_is_told(kartu: Run, project: Path, arguments: list[str], words: str) -> None:
    """What cannot be printed exits with 2, in a line, and writes nothing."""
    (project / "nowhere").write_text("a file")
    done = kartu("print", *arguments, cwd=project)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert not list(project.rglob("*.pdf"))


def test_a_faulty_deck_is_not_printed(kartu: Run, project: Path) -> None:
    """Errors are told as build tells them, and the PDF that is there stays."""
    pages_of(kartu, project)
    before = (project / "kartu.pdf").read_bytes()
    (project / "cards/contoh/kartu.yaml").write_text("note_type: dasar\nnotes:\n  - {id: a}\n")
    done = kartu("print", "-o", "kartu.pdf", cwd=project)
    assert (done.returncode, done.stdout) == (1, "")
    assert "error[missing-field]" in done.stderr
    assert (project / "kartu.pdf").read_bytes() == before


def test_a_gap_is_blank_and_its_hint_stays(kartu: Run, project: Path) -> None:
    """A front hides the card's own cloze, the back shows the sentence whole."""
    pages = pages_of(kartu, project, "--subdeck", "02 Lanjut")
    first, second = (pages[0].text(cell) for cell in pages[0].cells[1:3])
    assert squeezed(first).startswith("IbukotaIndonesiaadalah,dipulauJawa.")
    assert "Jawa" not in second
    assert "(pulau apa?)" in second
    assert squeezed(text_of(pages[1:])).count("IbukotaIndonesiaadalahJakarta,dipulauJawa.") == 2


@pytest.mark.parametrize("kind", sampled(["cards", "handout", "test"], 3))
def test_same_sources_same_bytes(
    kartu_process: Run, project: Path, tmp_path: Path, kind: str
) -> None:
    """Whatever the clock, time zone, locale and hash seed."""
    others = [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Jakarta", "SOURCE_DATE_EPOCH": "1600000000"},
        {"PYTHONHASHSEED": "2", "TZ": "America/Lima", "LC_ALL": "tr_TR.UTF-8"},
    ]
    made = []
    for number, env in enumerate(others):
        out = tmp_path / f"{number}.pdf"
        done = kartu_process(
            "print", "--as", kind, "-o", out, "--url", "https://a.id", cwd=project, env=env
        )
        assert done.returncode == 0, done.stderr
        made.append(out.read_bytes())
    assert made[0] == made[1]


def test_a_handout_has_every_card_in_order(kartu: Run, project: Path) -> None:
    """Question and answer of each card, then the sources that these notes name, and no other."""
    pages = pages_of(kartu, project, "--as", "handout")
    text = text_of(pages)
    rows = text[text.index("Pertanyaan") :]
    assert re.findall(r"^(\d) (\w+)", rows, re.MULTILINE) == [
        *(("1", "Satu"), ("2", "One"), ("3", "Dua"), ("4", "Two"), ("5", "Ibu"), ("6", "Ibu"))
    ]
    assert text.index("01 Awal") < text.index("Satu") < text.index("02 Lanjut") < text.index("Ibu")
    assert "Buku IPS, Erlangga" in text
    assert "Buku lain" not in text
    assert "Lisensi CC-BY-4.0" in text


def test_an_address_is_a_code_of_it(kartu: Run, project: Path) -> None:
    """With --url the handout has the QR code of that address, dot for dot."""
    address = "https://contoh.sch.id/kartu/"
    page = pages_of(kartu, project, "--as", "handout", "--url", address)[0]
    assert address in page.text()
    dots = [bytearray(row) for row in segno.make(address, error="m", micro=False).matrix]
    ink = page.ink(600).point(lambda grey: 255 * (grey < 128))
    right = ink.crop((ink.width * 3 // 4, 0, ink.width, round(41 / 25.4 * 600)))
    code = right.crop(right.getbbox())  # the address below it is further down
    size = code.width / len(dots)
    for y, row in enumerate(dots):
        for x, dot in enumerate(row):
            place = round((x + 0.5) * size), round((y + 0.5) * size)
            assert (code.getpixel(place) > 0) == bool(dot), (x, y)
    assert "contoh.sch.id" not in text_of(pages_of(kartu, project, "--as", "handout"))


def test_a_translation_has_its_own_words(kartu: Run, tmp_path: Path) -> None:
    """--language prints the translation, and the sheet speaks that language too."""
    out = tmp_path / "en.pdf"
    subdeck = "01 Meaning, Forms and Benefits"
    chosen = ("--language", "en", "--subdeck", subdeck, "--as", "test", "--count", "3")
    done = kartu("print", "kerja-sama-internasional", *chosen, "-o", out)
    assert done.returncode == 0, done.stderr
    text = text_of(printed(out))
    assert "International Cooperation" in text
    assert "Answer key" in text
    assert "Kunci" not in text


LONG = "pertanggungjawaban kesejahteraan ketidakberdayaan keanekaragaman perekonomian "


def test_words_are_hyphenated_as_the_language_does(kartu: Run, project: Path) -> None:
    """In a narrow cell Indonesian words part where Indonesian does, English ones elsewhere."""
    deck = project / "cards/contoh/deck.yaml"
    write_project(
        project,
        f"--- cards/contoh/kartu.yaml\nnote_type: dasar\nnotes:\n"
        f"  - {{id: a, depan: {LONG * 3}, belakang: B}}\n--- cards/contoh/teks.yaml\n",
        base=False,
    )
    (project / "cards/contoh/teks.yaml").unlink()
    deck.write_text(deck.read_text().partition("editions:")[0])
    parted = {}
    for language in ("id", "en"):
        deck.write_text(deck.read_text().replace("language: id", f"language: {language}"))
        text = text_of(pages_of(kartu, project, "--grid", "3x3")[:1])
        breaks = set(re.findall(r"(\w+)\u2010\n(\w+)", text))
        assert breaks
        for first, second in breaks:
            assert len(first) in Pyphen(lang=language).positions(first + second)
        parted[language] = breaks
    assert parted["id"] != parted["en"]


def test_what_is_too_long_shrinks_then_gets_more_room(kartu: Run, project: Path) -> None:
    """No word is lost: a long text has smaller letters, a longer one larger cells at the end."""
    texts = {"a": 10, "b": 40, "c": 110, "d": 400}
    notes = "".join(
        f"  - {{id: {key}, depan: {key}, belakang: {'kata ' * n}akhir{key}}}\n"
        for key, n in texts.items()
    )
    write_project(
        project, f"--- cards/contoh/kartu.yaml\nnote_type: dasar\nnotes:\n{notes}", base=False
    )
    (project / "cards/contoh/teks.yaml").unlink()
    deck = project / "cards/contoh/deck.yaml"
    deck.write_text(deck.read_text().partition("editions:")[0])
    done = kartu("print", "-o", "kartu.pdf", cwd=project)
    assert done.returncode == 0, done.stderr
    assert "on larger cells at the end, since they are too long: 2 cards" in done.stdout
    pages = printed(project / "kartu.pdf")
    heights = {}
    for key, count in texts.items():
        page = next(one for one in pages[1::2] if f"akhir{key}" in one.text())
        cell = next(one for one in page.cells if f"akhir{key}" in page.text(one))
        assert page.text(cell).count("kata") == count
        signs = [one.box for one in page.letters() if one.letter == "k" and inside(one.box, cell)]
        heights[key] = signs[0].bottom - signs[0].top
    assert heights["a"] > heights["c"]


def inside(box: tuple[float, ...], cell: tuple[float, ...]) -> bool:
    left, top, right, bottom = box
    return cell[0] < left and right < cell[2] and cell[1] < top and bottom < cell[3]


def test_a_photo_keeps_its_dots(kartu: Run, project: Path) -> None:
    """A picture of dots is embedded with all it has; one that is damaged is told at its note."""
    note_type = (project / "templates/dasar/note_type.yaml").read_text()
    (project / "templates/dasar/note_type.yaml").write_text(
        note_type.replace(
            "name: Belakang, id: 2, format: markdown", "name: Belakang, id: 2, format: image"
        ).replace("  - {id: 2, name: Mundur, front: mundur.front.html, back: maju.back.html}\n", "")
    )
    media = project / "cards/contoh/media"
    media.mkdir()
    Image.effect_noise((1200, 800), 60).save(media / "foto.png")
    (media / "rusak.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    (project / "cards/contoh/kartu.yaml").write_text(
        "note_type: dasar\ntags: [inti]\nnotes:\n"
        "  - {id: foto, depan: Satu, belakang: {file: foto.png, alt: Foto}}\n"
        "  - {id: rusak, depan: Dua, belakang: {file: rusak.png, alt: Foto}}\n"
    )
    done = kartu("print", "-o", "kartu.pdf", cwd=project)
    assert done.returncode == 0, done.stderr
    assert "kartu.yaml:5:10: warning[picture-not-printed]" in done.stderr
    assert [page.pictures() for page in printed(project / "kartu.pdf")] == [[], [(1200, 800)]]


@pytest.mark.parametrize("size", [(600, 900), (1200, 600)])
def test_a_picture_shrinks_before_its_text(
    kartu: Run, project: Path, size: tuple[int, int]
) -> None:
    """The letters are as large as without it; it is whole in its cell and still recognisable."""
    media = project / "cards/contoh/media"
    media.mkdir()
    Image.new("RGB", size, "black").save(media / "foto.png")
    note_type = project / "templates/dasar/note_type.yaml"
    backwards = "  - {id: 2, name: Mundur, front: mundur.front.html, back: maju.back.html}\n"
    note_type.write_text(note_type.read_text().replace(backwards, ""))
    words = "kata " * 30
    (project / "cards/contoh/kartu.yaml").write_text(
        "note_type: dasar\ntags: [inti]\nnotes:\n"
        f'  - {{id: foto, depan: Satu, belakang: "{words} ![Foto](foto.png)"}}\n'
        f"  - {{id: teks, depan: Dua, belakang: {words}}}\n"
    )
    (page, *more) = pages_of(kartu, project, "--grid", "2x4", "--edition", "inti")[1::2]
    assert not more
    letters = [one.box.bottom - one.box.top for one in page.letters() if one.letter == "k"]
    heights = [one for one in letters if one > 2]  # those of labels are smaller
    assert len(heights) == 60
    assert max(heights) - min(heights) < 0.1
    ((left, top, right, bottom),) = page.picture_boxes()
    cell = next(one for one in page.cells if inside((left, top, right, bottom), one))
    assert page.text(cell).count("kata") == 30
    assert bottom - top > 19
