"""`kartu site`: a folder that any server, or none, can show."""

from __future__ import annotations

import base64
import http.server
import json
import os
import re
import shutil
import threading
import zlib
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from itertools import product
from pathlib import Path

import pytest
from support.axe import needs_axe
from support.browser import needs_browser
from support.gallery import Gallery, gallery
from support.program import Run
from support.projects import copy_decks, write_project
from support.sampling import WHOLE, sampled

from kartu.show.gallery.pages import texts

DECK = "kerja-sama-internasional"


@pytest.fixture(scope="module")
def project(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project of the real decks."""
    return copy_decks(root, tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="module")
def real_site(kartu: Run, project: Path) -> Path:
    """The site of the real decks."""
    done = kartu("site", "-o", project / "site", cwd=project)
    assert done.returncode == 0, done.stderr
    return project / "site"


@pytest.fixture(scope="module")
def browser() -> Iterator[Gallery]:
    """One browser for all of these."""
    with gallery() as opened:
        yield opened


@pytest.fixture
def served(real_site: Path) -> Iterator[str]:
    """The address of the site behind a server that knows nothing but files."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Quiet, directory=str(real_site))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_downloads_are_what_the_page_says(kartu: Run, project: Path, real_site: Path) -> None:
    """Size and sha256 of each package are told, a draft as one; it is what `kartu build` makes."""
    told = json.loads((real_site / "packages/manifest.json").read_bytes())["packages"]
    page = (real_site / "index.html").read_text("utf-8")
    assert len(told) >= 1
    for one in told:
        content = (real_site / "packages" / one["file"]).read_bytes()
        assert one["sha256"] == sha256(content).hexdigest()
        assert f"SHA-256 {one['sha256']}" in page
        assert f'href="packages/{one["file"]}"' in page
    assert page.count('<span class="draft">') == sum(one["draft"] for one in told)
    assert kartu("build", cwd=project).returncode == 0
    for one in told:
        packed = (project / "build" / one["file"]).read_bytes()
        assert packed == (real_site / "packages" / one["file"]).read_bytes()


def test_the_same_bytes_again_and_from_another_folder(
    kartu_process: Run, project: Path, real_site: Path, tmp_path: Path
) -> None:
    """Neither the folder of the project nor an earlier site there makes a difference."""
    for name in ("cards", "templates"):
        shutil.copytree(project / name, tmp_path / "lain" / name)
    first = files_of(real_site)
    env = {"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "7", "LC_ALL": "C"}
    for _ in range(2):
        done = kartu_process("site", "-o", tmp_path / "site", cwd=tmp_path / "lain", env=env)
        assert done.returncode == 0, done.stderr
        assert files_of(tmp_path / "site") == first
    assert str(project).encode() not in b"".join(first.values())


def test_the_page_is_light(real_site: Path) -> None:
    """The page itself has less than 150 KB, each card less than 2.5 KB, packed 285 bytes."""
    own = ("cards.html", "frame.html", "page.css", "page.js")
    assert sum((real_site / name).stat().st_size for name in own) < 150_000
    assert (real_site / "cards.js").stat().st_size < 15_000
    for script in (real_site / "decks").iterdir():
        content = script.read_bytes()
        assert len(content) < 2500 * content.count(b'"number":')
        assert len(zlib.compress(content, 9)) < 285 * content.count(b'"number":')


def test_what_is_gone_from_the_deck_is_gone_from_the_site(kartu: Run, tmp_path: Path) -> None:
    """Packages of an edition that went are removed; files of others stay."""
    editions = "--- cards/contoh/deck.yaml\nid: contoh\nuid: a1b2c3d4e5f60718\nname: Contoh\n"
    editions += 'language: en\nversion: 1.0.0\neditions: {inti: {include: "tag:inti"}, semua: {}}\n'
    project = write_project(
        tmp_path,
        editions,
        "--- cards/contoh/changelog.md\n# Contoh\n\n## 1.0.0\n\nA <b>start</b>.\n",
    )
    (project / "build/site").mkdir(parents=True)
    (project / "build/site/CNAME").write_text("example.org", "utf-8")
    cards = project / "cards/contoh/kartu.yaml"
    cards.write_text(cards.read_text("utf-8") + "    tags: [inti]\n", "utf-8")
    done = kartu("site", cwd=project)
    assert done.returncode == 0, done.stderr
    site = project / "build/site"
    assert sorted(os.listdir(site / "packages")) == [
        *("contoh-inti.apkg", "contoh-semua.apkg", "manifest.json")
    ]
    assert (site / "id.html").exists()
    index = (site / "index.html").read_text("utf-8")
    assert '<html lang="en">' in index
    assert "<h3>1.0.0</h3>" in index
    (project / "cards/contoh/deck.yaml").write_text(
        editions.replace("semua", "lengkap").split("\n", 1)[1], "utf-8"
    )
    assert kartu("site", cwd=project).returncode == 0
    assert "contoh-semua.apkg" not in os.listdir(site / "packages")
    assert (site / "CNAME").read_text("utf-8") == "example.org"


def test_a_page_of_someone_else_stays(kartu: Run, tmp_path: Path) -> None:
    """A folder whose index.html is not kartu's is not touched; nor is anything at an error."""
    project = write_project(tmp_path / "proyek")
    (tmp_path / "web").mkdir()
    (tmp_path / "web/index.html").write_text("<h1>Sekolah</h1>", "utf-8")
    done = kartu("site", "-o", tmp_path / "web", cwd=project)
    assert done.returncode == 2
    assert "is not a page of kartu's" in done.stderr
    assert os.listdir(tmp_path / "web") == ["index.html"]
    write_project(project, "--- cards/contoh/kartu.yaml\nnote_type: dasar\nnotes:\n  - {id: a}\n")
    done = kartu("site", "-o", tmp_path / "baru", cwd=project)
    assert done.returncode == 1
    assert "missing-field" in done.stderr
    assert not (tmp_path / "baru").exists()


def test_the_folder_of_the_site_lies_in_the_project(kartu: Run, tmp_path: Path) -> None:
    """A stranger's project cannot make the site go elsewhere."""
    project = write_project(tmp_path / "proyek")
    (tmp_path / "rumah").mkdir()
    (project / "build").mkdir()
    (project / "build/site").symlink_to(tmp_path / "rumah")
    done = kartu("site", cwd=project)
    assert done.returncode == 2, done.stdout
    assert os.listdir(tmp_path / "rumah") == []


@needs_browser
def test_it_works_from_a_disk_and_behind_a_server(
    browser: Gallery, real_site: Path, served: str
) -> None:
    """The front page leads to the cards; pictures are in them; the console tells no error."""
    browser.browser.resize(1280, 800)
    for base in (f"{real_site.as_uri()}/", served):
        browser.open(f"{base}index.html", painted=False)
        browser.click(".call")
        browser.wait("document.querySelector('.tile[data-painted]')")
        assert browser.run("location.hash").startswith(f"#deck={DECK}")
        browser.open(f"{base}cards.html#type=gambar")
        browser.in_frames("document.querySelector('img')?.decode()")
        pictures = browser.in_frames("document.querySelector('img')?.naturalWidth")
        assert pictures
        assert all(width > 0 for width in pictures if width is not None)
        assert any(pictures)
        browser.run("location.hash = '#view=one&search=bilateral&side=back'")
        browser.wait("document.querySelector('.current')?.dataset.painted === 'back'")
        assert browser.errors() == []
        asked = [
            event["params"]["request"]["url"]
            for event in browser.browser.events
            if event["method"] == "Network.requestWillBeSent"
        ]
        assert all(url.startswith((base, "data:")) for url in asked), asked


@needs_browser
def test_every_card_has_its_question_and_answer_on_paper(browser: Gallery, real_site: Path) -> None:
    """The handout holds the chosen cards, without scripts, boxes and frames."""
    browser.open(f"{real_site.as_uri()}/cards.html#type=pilihan-ganda")
    shown = browser.count()
    browser.run("window.dispatchEvent(new Event('beforeprint'))")
    pairs = browser.run("""[...document.querySelectorAll('.pair')].map(
        (one) => [...one.children].map((side) => side.textContent.trim().length))""")
    assert len(pairs) == shown > 3
    assert all(ask > 5 and reply > 5 for ask, reply in pairs)
    assert browser.run("document.querySelector('#handout :is(script, iframe, input)')") is None
    pdf = browser.browser.call("Page.printToPDF")["data"]
    assert len(pdf) > 20_000


@needs_axe
@pytest.mark.parametrize(
    ("night", "width"), sampled(list(product((True, False), (320, 768, 1280))), 6)
)
def test_axe_finds_nothing_on_the_site(
    browser: Gallery, real_site: Path, width: int, *, night: bool
) -> None:
    """The front page in both languages, and a subdeck of the real deck, by day and by night."""
    mode = {"name": "prefers-color-scheme", "value": "dark" if night else "light"}
    browser.browser.call("Emulation.setEmulatedMedia", features=[mode])
    browser.browser.resize(width, 2000)
    for page in sampled(("index.html", "en.html"), 2):
        browser.open((real_site / page).as_uri(), painted=False)
        assert browser.violations() == []
        assert browser.run("document.documentElement.scrollWidth <= innerWidth")
    whole = "subdeck=01%20Pengertian%2C%20Bentuk%2C%20dan%20Manfaat"
    chosen, more_than = (whole, 30) if WHOLE else ("tag=tema%3A%3Abentuk", 5)
    browser.open(f"{real_site.as_uri()}/cards.html#{chosen}")
    assert browser.count() > more_than
    assert browser.violations() == []
    browser.browser.resize(1280, 2000)


def test_both_languages_have_the_same_texts() -> None:
    """Each text is there in Indonesian and in English, with the same places for values."""
    own, english = texts()["id"], texts()["en"]
    assert own.keys() == english.keys()
    for key, text in own.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english[key])), key


def test_the_wheel_holds_the_page(root: Path) -> None:
    """The page's files lie in the package, of which the wheel takes all."""
    assert 'packages = ["kartu"]' in (root / "pyproject.toml").read_text("utf-8")
    there = {path.name for path in (root / "kartu/show/gallery").iterdir()}
    assert {"page.html", "page.css", "page", "frame.html", "texts.json"} <= there


def test_media_are_those_of_the_packages(real_site: Path) -> None:
    """Every picture, be it a file or drawn from data, is what its name tells the hash of."""
    scripts = sorted((real_site / "media").glob("*.js"))
    assert len(scripts) >= 5
    for script in scripts:
        data = re.search(r"base64,([^\"]*)", script.read_text("utf-8"))
        assert data is not None
        digest = sha256(base64.b64decode(data[1])).hexdigest()
        assert f"-{digest[:16]}." in script.name


def test_it_says_who_made_a_deck_and_how_it_is_kept_right(kartu: Run, tmp_path: Path) -> None:
    """Authors, licence, notes with sources, the dates of what may change, where to report."""
    (tmp_path / "cards/ips").mkdir(parents=True)
    (tmp_path / "cards/ips/deck.yaml").write_text("""id: ips
uid: a1b2c3d4e5f60718
name: IPS
language: id
version: 1.0.0
authors: [Siti, Budi]
licence: CC-BY-4.0
report: https://sekolah.example/lapor?a=1&b=2
sources: {buku: {title: Buku}, peta: {title: Peta}, lain: {title: Lain}}
""")
    (tmp_path / "cards/ips/1.yaml").write_text("""note_type: tanya
notes:
  - {id: a, soal: Apa?, jawaban: Ini, sources: [buku, peta], as_of: 2026-03}
  - {id: b, soal: Siapa?, jawaban: Itu, sources: [buku], as_of: 2025-11-02}
  - {id: c, soal: Kapan?, jawaban: Kini}
""")
    done = kartu("site", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "build/site/index.html").read_text("utf-8")
    _before, _, section = page.partition('<h2 id="licence">')
    assert "Siti, Budi" in section
    deed = "https://creativecommons.org/licenses/by/4.0/deed.id"
    assert f'<a href="{deed}" rel="noopener noreferrer">CC-BY-4.0</a>' in section
    assert "<summary>Sumber (3)</summary>" in section
    assert "2 dari 3 kartu menyebut sumbernya di sisi belakang: 2 sumber" in section
    assert "2 kartu" in section
    assert "2 November 2025 sampai Maret 2026" in section
    assert 'href="https://sekolah.example/lapor?a=1&amp;b=2"' in section
    assert texts()["id"]["reportElse"] not in section
    english = (tmp_path / "build/site/en.html").read_text("utf-8")
    assert "2 November 2025 to March 2026" in english


@needs_browser
def test_what_is_for_authors_is_not_on_the_site(
    real_site: Path, browser: Gallery, kartu: Run, tmp_path: Path
) -> None:
    """No place in the card sets, no button that copies one, and no heading without content."""
    for path in [*real_site.glob("decks/*.js"), *real_site.glob("*.html")]:
        assert b".yaml:" not in path.read_bytes(), path
    browser.open((real_site / "cards.html").as_uri())
    browser.wait("document.querySelector('.tile .flip')")
    seen = "[...document.querySelectorAll('.copy, .place')].length"
    assert browser.run(seen) == 0
    assert 'id="licence"' in (real_site / "index.html").read_text("utf-8")
    project = write_project(tmp_path)
    deck = project / "cards/contoh/deck.yaml"
    text = deck.read_text("utf-8")
    assert "licence:" not in text
    assert kartu("site", cwd=project).returncode == 0
    assert 'id="licence"' not in (project / "build/site/index.html").read_text("utf-8")
