"""Pictures and covers in the editor's page, in a real browser: from a phone's photo to Anki."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from support.axe import needs_axe
from support.browser import needs_browser
from support.edit_page import EditPage, edited, looks
from support.engine import collection, import_package
from support.gallery import Gallery
from support.mouse import choose_file, drag, mouse, on
from support.sampling import WHOLE

pytestmark = needs_browser

_CARD_SET = """note_type: gambar
notes:
  - id: sel
    # kata yang tertutup
    oklusi: >-
      {{c1::image-occlusion:rect:left=0.1:top=0.1:width=0.2:height=0.1:oi=1}}
      {{c2::image-occlusion:ellipse:left=.5:top=.5:rx=.1:ry=.05:fill=#ff0000}}
      {{c3::image-occlusion:polygon:left=.1:top=.7:points=.1,.7 .3,.7 .3,.9:angle=30}}
      {{c0::image-occlusion:text:left=.1:top=.1:text=Halo:scale=1:fs=.1}}
    gambar: {file: sel.png, alt: Sel}   # dari buku
    soal: Apa yang tertutup?
"""
_MASK = ".stage .mask"


@pytest.fixture
def page(browser: Gallery, tmp_path: Path) -> Iterator[EditPage]:
    with edited(browser, tmp_path, empty=True) as opened:
        yield opened
        assert browser.errors() == []


@pytest.fixture
def covered(browser: Gallery, tmp_path: Path) -> Iterator[EditPage]:
    """The page with a note that has covers of all kinds, also of one that it cannot draw."""
    with edited(browser, tmp_path) as opened:
        (opened.folder / "media").mkdir(exist_ok=True)
        Image.new("RGB", (800, 600), "white").save(opened.folder / "media/sel.png")
        (opened.folder / "0-gambar.yaml").write_text(_CARD_SET, "utf-8")
        opened.click_when_there("#rows [data-kind=gambar]")
        ready(opened, 3)
        yield opened
        assert browser.errors() == []


def ready(page: EditPage, covers: int) -> None:
    """Until the picture is there with its covers, in the middle of the window."""
    page.wait("document.documentElement.dataset.staged")
    page.wait(f"document.querySelectorAll('{_MASK}').length === {covers}")
    page.run("document.querySelector('.stage').scrollIntoView({ block: 'center' })")


def photo(path: Path) -> None:
    """A photo as a phone takes it: lying, with owner and place; whole, of nine megabytes."""
    width = 3264 if WHOLE else 1664
    bands = [Image.effect_noise((width, width * 3 // 4), 75) for _band in range(3)]
    exif = Image.Exif()
    exif[0x0112], exif[0x013B] = 6, "Pemilik Rahasia"
    exif.get_ifd(0x8825)[2] = (6.0, 10.0, 30.0)
    Image.merge("RGB", bands).save(path, quality=95, exif=exif, comment=b"Pemilik Rahasia")
    assert 8_000_000 < path.stat().st_size * (3264 / width) ** 2 < 12_000_000


# Where covers are in the end: their edges, in shares of the picture.
_DRAWN = [(0.1, 0.1, 0.4, 0.2), (0.5, 0.4, 0.8, 0.5), (0.2, 0.7, 0.6, 0.9)]
_THERE = [*_DRAWN[:2], (0.25, 0.702, 0.65, 0.892)]
_WORDS = ("membran", "inti", "plasma")


def test_a_photo_is_covered_published_and_opened_in_anki(page: EditPage, tmp_path: Path) -> None:
    """From an empty folder: covers are in Anki where they were drawn, and the photo is cleared."""
    photo(tmp_path / "foto.jpg")
    page.click_when_there("#way-deck")
    page.type("Biologi Sel")
    page.press("Enter")
    page.wait("document.querySelector('#deck-name').textContent === 'Biologi Sel'")
    page.click("#new-note")
    page.click_when_there("[data-type=gambar]")
    page.wait("document.querySelector('.drop')")
    choose_file(page, ".covered input[type=file]", tmp_path / "foto.jpg")
    page.wait("document.querySelectorAll('dialog .choice').length === 2")
    small, whole = re.findall(r"([\d.]+) kB", page.text("dialog [role=radiogroup]"))
    page.click("dialog footer .main")
    page.wait("document.activeElement.dataset.line === 'alt'")
    page.type("Sel dengan tiga bagian.")
    cover(page)
    (stored,) = page.folder.glob("cards/*/media/*")
    data = stored.read_bytes()
    assert b"Rahasia" not in data
    with Image.open(io.BytesIO(data)) as image:
        assert (image.size, dict(image.getexif())) == ((1200, 1600), {})
    assert len(data) // 1000 - int(small.replace(".", "")) in (-1, 0, 1)
    before = (tmp_path / "foto.jpg").stat().st_size
    print(f"{before // 1000} kB, whole {whole}, small {small}")
    publish(page, tmp_path / "1.apkg")
    is_in_anki(tmp_path, data)


def cover(page: EditPage) -> None:
    """Draws three covers, moves the last one by keys, and names them."""
    ready(page, 0)
    for number, (left, top, right, bottom) in enumerate(_DRAWN, 1):
        drag(page, on(page, ".stage", left, top), on(page, ".stage", right, bottom))
        page.wait(f"document.querySelectorAll('{_MASK}').length === {number}")
    for _time in range(5):
        page.press("ArrowRight")
    page.press("ArrowUp", "Shift")
    page.press("ArrowDown", "Alt")
    for number, word in enumerate(_WORDS):
        page.run(f"document.querySelectorAll('.cover-list input')[{number}].focus()")
        page.type(word)
    page.focus("soal")
    page.type("Bagian apa yang tertutup?")
    page.has_card("Bagian apa")
    page.saved()


def publish(page: EditPage, package: Path) -> None:
    page.click("#publish")
    page.click_when_there("#publish-now.main")
    page.wait("document.querySelector('.downloads a')?.href.includes('/download/')")
    code = """fetch(document.querySelector('.downloads a').href).then((one) => one.blob())
      .then((given) => new Promise((read) => {
        const reader = new FileReader();
        reader.onload = () => read(reader.result);
        reader.readAsDataURL(given);
      }))"""
    package.write_bytes(base64.b64decode(page.run(code).partition(",")[2]))


def is_in_anki(folder: Path, picture: bytes) -> None:
    """As Anki's own calls for covers read it."""
    with collection(folder / "anki") as col:
        import_package(col, folder / "1.apkg")
        (id,) = col.find_notes("")
        note = col.get_note(id)
        assert len(note.cards()) == 3
        read = col.get_image_occlusion_note(note_id=id).note
        assert read.image_data == picture
        covers = sorted(read.occlusions, key=lambda one: one.ordinal)
        for one, (left, top, right, bottom) in zip(covers, _THERE, strict=True):
            found = {item.name: item.value for item in one.shapes[0].properties}
            box = [float(found[key]) for key in ("left", "top", "width", "height")]
            assert box == pytest.approx((left, top, right - left, bottom - top), abs=0.01)
            assert found["oi"] == "1"
        for card, word in zip(note.cards(), _WORDS, strict=True):
            assert word not in card.question()
            assert f'data-ordinal="{card.ord + 1}">{word}</span>' in card.answer()


def test_only_the_numbers_of_a_cover_change(covered: EditPage) -> None:
    """Moved, sized and joined by keys: all else in the file stays, byte for byte."""
    page = covered
    path = page.folder / "0-gambar.yaml"
    page.run(f"document.querySelectorAll('{_MASK}')[0].focus()")
    page.press("ArrowDown")
    page.saved()
    text = _CARD_SET.replace("left=0.1:top=0.1:", "left=0.1:top=0.11:")
    assert path.read_text("utf-8") == text
    page.run(f"document.querySelectorAll('{_MASK}')[1].focus()")
    page.press("ArrowRight", "Shift", "Alt")
    page.saved()
    text = text.replace("rx=.1:", "rx=0.101:")
    assert path.read_text("utf-8") == text
    page.run(f"document.querySelectorAll('{_MASK}')[2].focus()")
    page.press("ArrowLeft")
    page.saved()
    text = text.replace("left=.1:top=.7", "left=0.09:top=.7")
    assert path.read_text("utf-8") == text
    page.press("z", "Ctrl")
    page.wait("document.querySelector('#redo').ariaDisabled === 'false'")
    page.saved()
    assert path.read_text("utf-8") == text.replace("left=0.09:top=.7", "left=.1:top=.7")


def test_covers_are_worked_by_keyboard_alone(covered: EditPage) -> None:
    """From the top of the page: a new one, moved, sized, named, on the card of another, removed.

    Esc closes nothing. Without any, the button makes one.
    """
    page = covered
    page.open(page.address)
    page.wait(f"document.querySelectorAll('{_MASK}').length === 3")
    page.tab_to(_MASK)
    page.press("n")
    page.wait(f"document.querySelectorAll('{_MASK}').length === 4")
    page.wait("document.querySelector('#announcer').textContent.startsWith('Penutup 4 dibuat.')")
    page.press("ArrowRight")
    page.press("ArrowUp", "Alt")
    page.press("ArrowDown", "Shift")
    page.press("Escape")
    assert page.run("document.activeElement.dataset.at") == "3"
    page.press("Enter")
    page.wait("document.activeElement.matches('.cover-list li[data-at=\"3\"] input')")
    page.type("sitoplasma")
    page.saved(by_itself=True)
    assert "tertutup: '{{c4::sitoplasma}}'" in page.source()
    assert "rect:left=0.41:top=0.448:width=0.2:height=0.11:" in page.source()
    join(page)
    page.tab_to(f"{_MASK}[data-at='3']")
    page.press("Delete")
    page.wait(f"document.querySelectorAll('{_MASK}').length === 3")
    assert page.run("document.activeElement.dataset.at") == "2"
    for left in (2, 1, 0):
        page.press("Delete")
        page.wait(f"document.querySelectorAll('{_MASK}').length === {left}")
    page.tab_to(".cover-tools :last-child", "Shift")
    page.press("Enter")
    page.wait(f"document.activeElement.matches('{_MASK}')")
    page.saved(by_itself=True)
    assert "{{c1::image-occlusion:rect:left=0.4:top=0.45:" in page.source()
    assert "Halo" in page.source()


def join(page: EditPage) -> None:
    """The fourth cover to the card of the first one."""
    page.tab_to(f"{_MASK}[data-at='0']", "Shift")
    page.press("g")
    page.tab_to(f"{_MASK}[data-at='3']")
    page.press("Enter")
    page.wait(f"document.querySelectorAll('{_MASK}')[3].textContent === '1'")
    page.press("Escape")
    page.wait("document.querySelector('#announcer').textContent === 'Selesai menggabungkan'")
    page.saved(by_itself=True)
    assert "{{c4::" not in page.source()
    assert "tertutup: '{{c1::sitoplasma}}'" in page.source()


def test_a_drawing_that_is_given_up_leaves_nothing(covered: EditPage) -> None:
    """Esc while the mouse is down, or a box of no size: the file is as it was."""
    page = covered
    drag(page, on(page, ".stage", 0.6, 0.1), on(page, ".stage", 0.9, 0.3), let_go=False)
    page.wait("document.querySelector('.ghost')")
    page.press("Escape")
    page.wait("!document.querySelector('.ghost')")
    mouse(page, "mouseReleased", on(page, ".stage", 0.9, 0.3))
    place = on(page, ".stage", 0.8, 0.8)
    drag(page, place, place)
    drag(page, on(page, _MASK), on(page, _MASK, 0.9), let_go=False)
    page.press("Escape")
    mouse(page, "mouseReleased", on(page, _MASK))
    page.saved()
    assert (page.folder / "0-gambar.yaml").read_text("utf-8") == _CARD_SET
    drag(page, on(page, _MASK), on(page, _MASK, 2.5, 2))
    page.saved()
    moved = (page.folder / "0-gambar.yaml").read_text("utf-8")
    assert "left=0.5:top=0.25:width=0.2:height=0.1" in moved
    page.run("document.querySelectorAll('.choice input')[1].click()")
    page.saved()
    assert ":oi=1" not in page.source()


_PASTE = """(async () => {
  const canvas = new OffscreenCanvas(30, 20);
  canvas.getContext("2d").fillRect(0, 0, 30, 20);
  const files = new DataTransfer();
  files.items.add(new File([await canvas.convertToBlob()], "../jahat.html", { type: "image/png" }));
  const target = document.querySelector(SELECTOR);
  target.focus();
  target.dispatchEvent(new EVENT);
})()"""
_EVENTS = {
    "ClipboardEvent": "ClipboardEvent('paste', { clipboardData: files, bubbles: true })",
    "DragEvent": "DragEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true })",
}


@pytest.mark.parametrize("event", _EVENTS)
def test_pictures_are_pasted_and_dropped(covered: EditPage, event: str) -> None:
    """On a text they are in it, with words; elsewhere in the field for pictures."""
    page = covered
    page.click("[data-add=catatan]")
    code = _PASTE.replace("EVENT", _EVENTS[event])
    page.run(code.replace("SELECTOR", "'[data-key=catatan] textarea'"))
    page.wait("document.querySelector('dialog .quiet + .field')")
    page.type("Kotak hitam")
    page.click("dialog footer .main")
    page.wait(f"{page.field('catatan')}.value === '![Kotak hitam](jahat.png)'")
    page.run(code.replace("SELECTOR", "'[data-key=soal] textarea'"))
    page.wait("document.documentElement.dataset.staged === 'jahat.png'")
    page.saved()
    assert "gambar: {file: jahat.png, alt: Sel}   # dari buku" in page.source()


@needs_axe
def test_covers_are_accessible(covered: EditPage) -> None:
    """axe finds nothing, nothing scrolls sideways, and no sign of Anki's is displayed."""
    page = covered
    page.run(f"document.querySelectorAll('{_MASK}')[1].focus()")
    page.click(".covered summary")
    assert looks(page) == []
    assert not re.findall(r"\{\{|image-occlusion|oklusi", page.text("body"))
    page.gallery.browser.resize(768, 700)
    try:
        assert page.covered() == []
    finally:
        page.gallery.browser.resize(1280, 900)
