"""Makes the pictures of the guides, each at the place of its guide where it stands.

    python tests/guide_pictures.py [--anki PYTHON]

Install kartu first: what it says in Indonesian comes from the catalogue that this compiles. The
pictures go into docs/pictures/. PYTHON is an interpreter that has Anki's desktop, for the pictures
of its import window (tests/desktop_pictures.py); without it those stay as they are.
"""

from __future__ import annotations

import base64
import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

import pypdfium2  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.text import Text  # noqa: E402
from support.edit_page import EditPage, edited  # noqa: E402
from support.gallery import ROOT, Gallery, gallery, previewing  # noqa: E402
from support.guides import Reader  # noqa: E402
from support.mouse import choose_file, drag, on  # noqa: E402

FOLDER = ROOT / "docs/pictures"
GUIDE = (ROOT / "docs/panduan-berkas.md").read_text("utf-8")
AUTHORS = (ROOT / "docs/authors.md").read_text("utf-8")

_CHECKED = "document.querySelector('#check svg')"  # the tick of a check that found nothing
_DAY = [{"name": "prefers-color-scheme", "value": "light"}]

# A window that loads no font from elsewhere.
_WINDOW = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">
<style>.{unique_id}-matrix {{ font: {char_height}px monospace }}
.{unique_id}-title {{ font: bold 18px sans-serif }} {styles}</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}"
height="{terminal_height}" /></clipPath>{lines}</defs>{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}<g class="{unique_id}-matrix">{matrix}</g></g></svg>
"""


def main(arguments: list[str]) -> None:
    """Follows the guides and stops at each picture."""
    home = Path(tempfile.mkdtemp())
    try:
        _terminal(_at("guru-periksa.svg", home / "periksa"), FOLDER / "guru-periksa.svg")
        project = _at("guru-preview.webp", home / "lihat")
        _preview(project, FOLDER / "guru-preview.webp", "id", 3, "")
        project = _at("authors-person.webp", home / "person", AUTHORS, "en")
        _preview(
            project, FOLDER / "authors-person.webp", "en", 1, "&view=one&card=kartini.1&side=back"
        )
        _editor(home)
        _covers(home / "penutup")
        _paper(_at("## Mencetak", home / "cetak"), FOLDER / "guru-cetak.webp")
        if arguments[:1] == ["--anki"]:
            _import_window(home, arguments[1])
    finally:
        shutil.rmtree(home)
    for path in sorted(FOLDER.iterdir()):
        print(f"{path.stat().st_size:7} {path.name}")


def _at(words: str, home: Path, guide: str = GUIDE, language: str = "id") -> Path:
    """The project as it is where these words stand in the guide."""
    home.mkdir()
    reader = Reader(home, 0, language)
    before, found, _ = guide.partition(words)
    assert found, words
    reader.follow(before.replace("\nkartu preview\n", "\n"))
    return reader.here


def _kartu(project: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, str(ROOT / "build_deck.py"), *words],
        cwd=project,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "KARTU_LANG": "id"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return done.stdout


def _terminal(project: Path, path: Path) -> None:
    printed = _kartu(project, "--color", "always", "check")
    console = Console(record=True, width=112, file=io.StringIO())
    console.print(Text("$ kartu check", style="bold"))
    console.print(Text.from_ansi(printed), soft_wrap=True)
    path.write_text(console.export_svg(title="kartu", code_format=_WINDOW, unique_id="k"), "utf-8")


def _preview(project: Path, path: Path, language: str, count: int, there: str) -> None:
    """The page where all its cards are painted. (Pictures beyond the window would miss some.)"""
    with gallery() as page, previewing(project, cache=project / "cache") as address:
        page.open(address)
        page.run(f"localStorage.setItem('kartu-language', '{language}')")
        page.browser.resize(1180, 800)
        page.open(f"{address}#theme=light{there}")
        page.wait(f"document.querySelectorAll('.tile[data-painted]').length >= {count}")
        time.sleep(1)
        shot = page.browser.call("Page.captureScreenshot", format="png")["data"]
        _write(page, path, [shot], width=1180, margin=0, scale=0.7)


def _editor(home: Path) -> None:
    """The editor's page while writing, with something to be fixed, and before publishing."""
    with gallery() as browser:
        browser.browser.resize(1180, 760)
        browser.browser.call("Emulation.setEmulatedMedia", features=_DAY)
        with edited(browser, home) as page:
            page.has_card("tumbuhan")
            page.wait(_CHECKED)
            _shot(page, "guru-tulis.webp")
            page.focus("arti")
            page.run(f"{page.field('arti')}.select()")
            page.type("Cara tumbuhan membuat [sound:tidak-ada.mp3] makanannya.")
            page.saved()
            page.wait("!document.querySelector('#check-count').hidden")
            page.click("#check")
            _shot(page, "guru-periksa-halaman.webp")
            page.press("Escape")
            page.click("#undo")
            page.saved()
            page.click("#publish")
            page.wait("document.querySelector('#publish-now')")
            _shot(page, "guru-terbitkan.webp")


_CELL = """<svg xmlns="http://www.w3.org/2000/svg" width="800" height="480" viewBox="0 0 800 480">
<rect width="800" height="480" fill="#fff"/>
<ellipse cx="270" cy="240" rx="240" ry="200" fill="#fdf3e3" stroke="#a9672a" stroke-width="7"/>
<circle cx="265" cy="235" r="75" fill="#d9c9ec" stroke="#5f35a0" stroke-width="4"/>
<path d="M440 100L575 62M310 210L575 197M380 380L575 382" stroke="#1b2330" stroke-width="2.5"/>
<g font-family="sans-serif" font-size="28" fill="#1b2330"><text x="585" y="71">membran sel</text>
<text x="585" y="206">inti sel</text><text x="585" y="391">sitoplasma</text></g></svg>
"""


def _covers(home: Path) -> None:
    """A picture with three covers, each drawn and named."""
    home.mkdir()
    (home / "sel-hewan.svg").write_text(_CELL, "utf-8")
    with gallery() as browser:
        browser.browser.resize(1180, 860)
        browser.browser.call("Emulation.setEmulatedMedia", features=_DAY)
        with edited(browser, home) as page:
            page.click("#new-note")
            page.click_when_there("[data-type=gambar]")
            page.wait("document.querySelector('.drop')")
            choose_file(page, ".covered input[type=file]", home / "sel-hewan.svg")
            page.wait("document.documentElement.dataset.staged")
            page.type("Sel hewan dengan tiga garis penunjuk.")
            page.run("document.querySelector('.stage').scrollIntoView({ block: 'center' })")
            for top, width in ((0.08, 0.24), (0.36, 0.16), (0.745, 0.2)):
                end = on(page, ".stage", 0.72 + width, top + 0.1)
                drag(page, on(page, ".stage", 0.72, top), end)
            for place, word in enumerate(("membran sel", "inti sel", "sitoplasma")):
                page.run(f"document.querySelectorAll('.cover-list input')[{place}].focus()")
                page.type(word)
            page.focus("soal")
            page.type("Bagian sel manakah yang tertutup?")
            page.saved()
            page.run("document.querySelectorAll('.stage .mask')[1].focus()")
            page.run("document.querySelector('.write-pane').scrollTop = 0")
            page.has_card("tertutup")
            page.wait(_CHECKED)
            _shot(page, "guru-gambar.webp")


def _shot(page: EditPage, name: str) -> None:
    time.sleep(1)
    shot = page.gallery.browser.call("Page.captureScreenshot", format="png")["data"]
    with gallery() as other:
        _write(other, FOLDER / name, [shot], width=1180, margin=0, scale=0.7)


def _paper(project: Path, path: Path) -> None:
    """The first sheet's fronts and backs, side by side."""
    pdf = project / "kartu.pdf"
    _kartu(project, "print", "--edition", "lengkap", "-o", str(pdf))
    shots = []
    for number, sheet in enumerate(pypdfium2.PdfDocument(pdf.read_bytes())):
        file = project / f"{number}.png"
        sheet.render(scale=1.4).to_pil().save(file)
        shots.append(base64.b64encode(file.read_bytes()).decode())
    with gallery() as page:
        _write(page, path, shots[:2], width=620, margin=10, scale=0.6)


def _write(
    page: Gallery, path: Path, shots: list[str], *, width: int, margin: int, scale: float
) -> None:
    """Pictures, each in base64, side by side as one."""
    images = "".join(f'<img src="data:image/png;base64,{one}" width="{width}">' for one in shots)
    style = f"body {{ margin: 0; display: inline-flex }} img {{ margin: {margin}px }}"
    page.browser.resize(1300, 900)
    page.browser.open_page(
        f"<!doctype html><style>{style} body {{ background: #8a8a8a }}</style><body>{images}"
    )
    page.run("Promise.all(Array.from(document.images, (one) => one.decode()))")
    box = page.run("document.body.getBoundingClientRect().toJSON()")
    clip = {"x": 0, "y": 0, "width": box["width"], "height": box["height"], "scale": scale}
    page.browser.save_picture(path, clip, 60)


def _import_window(home: Path, python: str) -> None:
    """Anki with the deck of the guide, to which the release comes that corrects one card."""
    project = _at("Bagikan `build", home / "impor")
    old = shutil.copy(project / "build/ekosistem.apkg", home / "lama.apkg")
    card_set = project / "cards/ekosistem/2-energi.yaml"
    text = card_set.read_text("utf-8")
    assert text.count("sebuah ekosistem") == 1
    card_set.write_text(text.replace("sebuah ekosistem", "hampir setiap ekosistem"), "utf-8")
    _kartu(project, "release")
    script = Path(__file__).with_name("desktop_pictures.py")
    packages = (old, project / "build/ekosistem.apkg")
    subprocess.run([python, script, *packages, FOLDER], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
