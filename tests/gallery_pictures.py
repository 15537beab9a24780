"""Makes pictures of the preview and the site in each view, to be looked at.

    python tests/gallery_pictures.py [FOLDER [LANGUAGE]]

Each view has a sheet: a row by day and one by night, in it 320, 768 and 1280 pixels wide. Without
a folder they go into build/gallery/.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from support.browser import Browser  # noqa: E402
from support.gallery import ROOT, Gallery, gallery, previewing  # noqa: E402

from kartu.show.site import SiteOptions, site  # noqa: E402

DECK = "cards/kerja-sama-internasional"
SIZES = ((320, 900), (768, 900), (1280, 900))
OPEN = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
PANEL = "!document.querySelector('#problems').hidden"

# The view's name, the page, its state, and what is done there.
VIEWS = [
    ("grid", "cards", "", ""),
    ("grid-tablet", "cards", "device=tablet&subdeck=01 Pengertian, Bentuk, dan Manfaat", ""),
    ("one", "cards", "view=one&card=asean.1", ""),
    ("one-answer", "cards", "view=one&card=asean.1&side=back", ""),
    ("one-desktop", "cards", "view=one&card=asean.1&side=back&device=desktop", ""),
    ("filters", "cards", "tag=inti", OPEN),
    ("search", "cards", "search=ekspor", ""),
    ("nothing", "cards", "search=zzz", ""),
    ("front", "index.html", "", ""),
    ("front-import", "index.html", "import", "document.querySelector('#import').scrollIntoView()"),
    ("front-licence", "index.html", "licence", ""),
]


def main(folder: Path, language: str) -> None:
    """Writes a sheet for each view, and the handout as a PDF."""
    folder.mkdir(parents=True, exist_ok=True)
    copy = Path(tempfile.mkdtemp())
    for name in ("cards", "templates"):
        shutil.copytree(ROOT / name, copy / name)
    site(SiteOptions(copy, out=copy / "site"))
    names = [one[0] for one in VIEWS]
    with gallery() as page:
        page.open((copy / "site/cards.html").as_uri())
        page.run(f"localStorage.setItem('kartu-language', {language!r})")
        for name, file, state, script in VIEWS:
            _sheet(page, folder / f"{name}.png", _opener(page, copy / "site", file, state, script))
        _handout(page, copy / "site", folder / "handout.pdf")
        with previewing(copy, cache=copy / "cache") as address:
            _break(copy)
            for name, view in (("diagnostics", "grid"), ("diagnostics-one", "one")):
                names.append(name)
                _sheet(page, folder / f"{name}.png", _faults(page, address, view, language))
    shutil.rmtree(copy)
    print(*(f"{folder / name}.png" for name in names), sep="\n")


def _opener(page: Gallery, site: Path, file: str, state: str, script: str) -> Callable[[str], None]:
    def show(theme: str) -> None:
        is_cards = file == "cards"
        address = (site / ("cards.html" if is_cards else file)).as_uri()
        there = f"#theme={theme}&{state}" if is_cards else f"#{state}"
        page.open(address + there, painted=False)
        page.run(script or "0")

    return show


def _faults(page: Gallery, address: str, view: str, language: str) -> Callable[[str], None]:
    def show(theme: str) -> None:
        there = f"{address}#theme={theme}&view={view}&diagnostic=errors"
        page.open(there, painted=False)
        page.run(f"localStorage.setItem('kartu-language', {language!r})")
        page.open(there, painted=False)
        page.wait(PANEL)

    return show


def _break(copy: Path) -> None:
    """A mistyped key, and a note without what it needs."""
    file = copy / DECK / "01-01-pengertian-istilah.yaml"
    content = file.read_text("utf-8")
    broken = content.replace("    arti:", "    artii:", 1).replace("    contoh:", "    conto:", 1)
    file.write_text(broken, "utf-8")
    time.sleep(3)


def _sheet(page: Gallery, path: Path, show: Callable[[str], None]) -> None:
    rows = []
    for theme in ("light", "night"):
        mode = {"name": "prefers-color-scheme", "value": "dark" if theme == "night" else "light"}
        page.browser.call("Emulation.setEmulatedMedia", features=[mode])
        row = []
        for width, height in SIZES:
            page.browser.resize(width, height)
            show(theme)
            time.sleep(1)
            shot = page.browser.call("Page.captureScreenshot", format="png")["data"]
            row.append(f'<img src="data:image/png;base64,{shot}" width="{width}">')
        rows.append(f'<div style="white-space: nowrap">{"".join(row)}</div>')
    _write(page.browser, path, "".join(rows))


def _write(browser: Browser, path: Path, rows: str) -> None:
    style = "body { margin: 0; display: inline-block; background: #8a8a8a } img { margin: 8px }"
    browser.resize(2480, 1900)
    browser.open_page(f"<!doctype html><style>{style}</style><body>{rows}")
    browser.run("Promise.all(Array.from(document.images, (one) => one.decode()))")
    box = browser.run("document.body.getBoundingClientRect().toJSON()")
    clip = {"x": 0, "y": 0, "width": box["width"], "height": box["height"], "scale": 0.55}
    browser.save_picture(path, clip, 80)


def _handout(page: Gallery, site: Path, path: Path) -> None:
    import base64

    page.open(f"{(site / 'cards.html').as_uri()}#subdeck=01 Pengertian, Bentuk, dan Manfaat")
    page.run("window.dispatchEvent(new Event('beforeprint'))")
    time.sleep(1)
    path.write_bytes(base64.b64decode(page.browser.call("Page.printToPDF")["data"]))


if __name__ == "__main__":
    main(
        Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build/gallery",
        sys.argv[2] if len(sys.argv) > 2 else "id",
    )
