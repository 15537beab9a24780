"""What a stranger's cards, templates and pictures ask for is not loaded, shown or run on paper."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from support.paper import printed, require_pango, squeezed
from support.projects import TWO_NOTE_TYPES, write_project
from support.sampling import sampled

from kartu.show.paper.markup import as_html, paper_tree, text_of
from kartu.show.paper.options import PrintOptions
from kartu.show.paper.run import print_deck

ROOT = Path(__file__).parent.parent
FRONT = "templates/dasar/maju.front.html"


@pytest.fixture(autouse=True)
def _pango() -> None:
    require_pango()


class Listener:
    """A port of this computer, and how often somebody came to it."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.calls = 0
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        while True:
            try:
                caller, _ = self._socket.accept()
            except OSError:
                return
            self.calls += 1
            caller.close()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    opened = Listener()
    yield opened
    opened.close()


KINDS = ("cards", "handout", "test")


def print_text(root: Path, kinds: Sequence[str] = sampled(KINDS, 3)) -> str:
    """The text of the last kind of paper; where tests are quick, of one alone: all are made from
    the same trees by the same engine."""
    out = root / "kartu.pdf"
    for kind in kinds:
        result = print_deck(PrintOptions(root, kind=kind, out=out))
        assert result.pages, result.diagnostics
        text = "\n".join(page.text() for page in printed(out))
        assert "SECRET" not in text
    return text


@pytest.mark.parametrize(
    "asks",
    [
        '<img src="{there}/a.png">',
        '<img src="//127.0.0.1/a.png" srcset="{there}/b.png 2x">',
        '<link rel="stylesheet" href="{there}/a.css">',
        '<style>@import "{there}/a.css"; body {{ background: url({there}/b.png) }}</style>',
        "<style>@font-face {{ font-family: Noto Sans; src: url({there}/a.ttf) }}</style>",
        '<p style="background: url({there}/a.png)">a</p>',
        '<iframe src="{there}"></iframe><object data="{there}/a.svg"></object>',
        '<embed src="{there}/a.svg"><video poster="{there}/a.png"></video>',
        '<svg><image href="{there}/a.png"/><use href="{there}/a.svg#b"/></svg>',
        '<base href="{there}/"><img src="a.png">',
        '<script>fetch("{there}")</script><img src=x onerror="fetch(\'{there}\')">',
        '<input type="image" src="{there}/a.png">',
    ],
)
def test_nobody_is_called(tmp_path: Path, listener: Listener, asks: str) -> None:
    """A template cannot make the computer of whoever prints open a connection."""
    root = write_project(tmp_path)
    front = root / FRONT
    front.write_text(front.read_text() + asks.format(there=listener.address))
    assert "Satu" in print_text(root)
    assert listener.calls == 0


SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90">'
PICTURES = {
    "image": '<image href="{address}" width="9" height="9"/>',
    "use": '<use href="{address}#a"/>',
    "style": '<style>@import url("{address}"); * {{ fill: url("{address}") }}</style><rect/>',
    "entity": "<text>&a;</text>",
}


@pytest.mark.parametrize("way", sampled(list(PICTURES), 2))
@pytest.mark.parametrize("where", ["network", "disk"])
def test_a_picture_reaches_nothing_else(
    tmp_path: Path, listener: Listener, way: str, where: str
) -> None:
    """What an SVG of the deck refers to, on the network or on the disk, is not loaded."""
    root = write_project(tmp_path / "proyek", TWO_NOTE_TYPES)
    (tmp_path / "secret.svg").write_text(f'{SVG}<text id="a" y="9">SECRET</text></svg>')
    address = listener.address if where == "network" else (tmp_path / "secret.svg").as_uri()
    drawn = PICTURES[way].format(address=address)
    head = f'<!DOCTYPE svg [<!ENTITY a SYSTEM "{address}">]>' if way == "entity" else ""
    (root / "cards/contoh/media").mkdir()
    (root / "cards/contoh/media/a.svg").write_text(
        f'{head}{SVG}{drawn}<text y="50">TERLIHAT</text></svg>'
    )
    (root / "cards/contoh/kartu.yaml").write_text(
        "note_type: dasar\nnotes:\n  - {id: a, depan: Satu, belakang: '![a](a.svg)'}\n"
    )
    assert ("TERLIHAT" in print_text(root)) == (way != "entity")  # that one is no picture at all
    assert listener.calls == 0


def test_a_card_that_is_a_path_stays_a_path(tmp_path: Path) -> None:
    """A text that names a file of this computer is printed, and not the file."""
    root = write_project(tmp_path)
    secret = tmp_path / "s"
    secret.write_text("SECRET")
    (root / "cards/contoh/kartu.yaml").write_text(
        f"note_type: dasar\nnotes:\n  - {{id: a, depan: {secret}, belakang: {secret}}}\n"
    )
    assert squeezed(str(secret)) in squeezed(print_text(root, KINDS))


def test_a_card_cannot_leave_its_place(tmp_path: Path) -> None:
    """Neither styles nor the classes and names of the sheet itself get through."""
    html = as_html(
        paper_tree(
            '<div class="sheet at term" id="box-0" style="position: fixed; top: 0">a</div>'
            '<table class="rows"><tr><td colspan="999" width="9000">b</td></tr></table>',
            front=True,
        )
    )
    assert html == (
        '<div class="front"><div class="term">a</div>'
        "<table><tbody><tr><td>b</td></tr></tbody></table></div>"
    )


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 3000 + "dalam",
        "<b><i>" * 500 + "dalam",
        "<table><tr><td>" * 40 + "dalam",
        "<ul><li>" * 60 + "dalam",
        "<p>" + "<" * 500 + " dalam",
        "<p>\u200b\ufeff dalam</p>",
        "<svg><math><p>dalam",
    ],
)
def test_no_markup_breaks_it(tmp_path: Path, html: str) -> None:
    """However deep or wrong, what is to be read is printed, and nothing crashes."""
    root = write_project(tmp_path)
    front = root / FRONT
    front.write_text(front.read_text() + html.replace("{{", ""))
    text = print_text(root)
    assert "Satu" in text
    assert "dalam" in text or "dalam" not in text_of(paper_tree(html, front=True))


def test_a_table_that_is_too_wide_is_told_and_not_cut(tmp_path: Path) -> None:
    """With more columns than a page holds, the card is left out with a warning at its note."""
    root = write_project(tmp_path)
    front = root / FRONT
    row = "".join(f"<td>k{n}</td>" for n in range(90))
    front.write_text(front.read_text() + f"<table><tr>{row}</tr></table>")
    result = print_deck(PrintOptions(root, out=root / "kartu.pdf"))
    assert [(one.code, one.span.line) for one in result.diagnostics] == [("too-long-for-paper", 3)]
    assert result.cards == 0
    assert "k1" not in "".join(page.text() for page in printed(root / "kartu.pdf"))


@pytest.mark.parametrize("missing", ["weasyprint", "segno"])
def test_without_the_libraries_it_says_which(tmp_path: Path, missing: str) -> None:
    """`kartu print` without kartu[print] exits with 2 and tells how to get it."""
    code = (
        f"import sys; sys.modules[{missing!r}] = None; sys.argv = ['kartu', 'print'];"
        "from kartu.cli.main import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=write_project(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "pip install 'kartu[print]'" in done.stderr


def test_without_pango_it_says_how_to_get_it(tmp_path: Path) -> None:
    """Where the system's own library is missing, that is told, and no traceback."""
    root = write_project(tmp_path / "proyek")
    (tmp_path / "weasyprint").mkdir()
    (tmp_path / "weasyprint/__init__.py").write_text("raise OSError('cannot load libpango')")
    done = subprocess.run(
        [sys.executable, ROOT / "build_deck.py", "print"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "apt install libpango-1.0-0" in done.stderr
    assert "Traceback" not in done.stderr
