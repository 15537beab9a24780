"""No text is left out: in a language without Latin letters only what is quoted is Latin."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from support.browser import needs_browser
from support.gallery import Gallery, gallery, looking
from support.program import Run
from support.projects import EXAMPLES, TWO_NOTE_TYPES, sections, write_project
from support.pseudo import pseudo_language, words
from support.sampling import sampled
from support.shipped import SHIPPED

from kartu.cli.main import COMMANDS
from kartu.core import language
from kartu.core.codes import ALL
from kartu.pipeline import Options, check

# Templates of a project speak from a process of their own, which has the installed catalogues.
REJECTED = sorted(
    (
        one
        for one in (EXAMPLES / "reject").glob("*.txt")
        if not re.match("template-|bad-drawing", one.stem)
    ),
    key=lambda path: path.name,
)

# Names of programs and formats, keys, and files, which are the same in every language.
TECHNICAL = words(
    "kartu KiB MiB apkg anki Anki AnkiConnect GUID HTML YAML CSV JSON UTF utf TeX MathML SVG"
    " media changes set subdeck tags licence extends upstream field type id name version language"
    " description prefix source sources retired image occlusion rect left top width height"
    " authors balance editions facts options report subdecks guid code wbr xE AD gif ogg avif"
    " jpeg jpg png svg webp WCAG Matuschak"
) | words(" ".join(ALL))
# Addresses, and keys of two words such as as_of.
_TYPED = re.compile(r"https://\S+|\b[a-z]+_[a-z_]+\b")
# What an example quotes of Python, TeX and the map of the world.
_QUOTED = {
    "template-failed": words("ZeroDivisionError division by zero"),
    "bad-value-country": words("ESP"),
    "template-missing-map": words("maps dunia"),
    "maths-unbalanced-html": words("right"),
}


@pytest.fixture(scope="module", autouse=True)
def _pseudo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pseudo_language(tmp_path_factory.mktemp("locale")):
        yield


@pytest.mark.parametrize("path", sampled(REJECTED, 3), ids=lambda path: path.stem)
def test_diagnostics(path: Path, tmp_path: Path) -> None:
    """Messages, helps and related places quote words of the project, and have no other."""
    text = path.read_text("utf-8")
    write_project(tmp_path, text)
    (tmp_path / "expected").unlink()
    source = "".join(
        f"{name}\n{content}" for name, content in sections(text).items() if name != "expected"
    )
    known = words(source + (EXAMPLES / "base.txt").read_text("utf-8")) | TECHNICAL
    known |= _QUOTED.get(path.stem, set()) | words(" ".join(SHIPPED))
    language.use("id")
    try:
        diagnostics = check(Options(tmp_path))
    finally:
        language.use("en")
    found = {
        shown: left
        for one in diagnostics
        for shown in (one.message, one.help, *(related.message for related in one.related))
        if (left := words(_TYPED.sub("", shown)) - known)
    }
    assert not found


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help(command: str, kartu: Run) -> None:
    """`--help` has its words in the language, and options, values and names as they are typed."""
    modules = [one for name, one in sys.modules.items() if name.startswith("kartu.cli.")]
    for made in (value for one in modules for value in vars(one).values()):
        if isinstance(made, click.Command):
            made._help_option = None  # click has made it in the first language asked for
    done = kartu(*command.split(), "--help", env={"KARTU_LANG": "id"})
    text = re.sub(r"\[[^\]]*\]|--?[\w-]+|[A-Z]{2,}", " ", done.stdout)
    assert words(text) <= {*COMMANDS, *TECHNICAL, command}


# What commands print of a project: names of its files, and those that they make.
_MADE = words(
    "ledger jsonl changelog md yaml csv xlsx txt json schema schemas build site index html note"
    " cards templates deck contoh dasar isian requirements gitignore README github baru fresh"
)

COMMANDS_OF_A_PROJECT = [
    *("build", "check", "facts", "stats", "schema", "export", "export --format text -o a.txt"),
    *("release --dry-run", "release", "release", "diff baru .", "site", "check --fix"),
    *("import kata.csv --heading --deck kata", "import kata.csv --heading --deck kata"),
    *("import --update contoh.csv", "build --tag v9.0.0", "print"),
    *("verify build/contoh.apkg", "push --port 1", "new baru", "new baru"),
]


def test_commands(kartu: Run, tmp_path: Path) -> None:
    """What commands print in a project is in the language, but for names and what is quoted."""
    root = write_project(tmp_path / "proyek", TWO_NOTE_TYPES)
    (root / "kata.csv").write_text("Istilah,Arti\nEkspor,Menjual\n", "utf-8")
    known = TECHNICAL | _MADE | words("".join(map(str, tmp_path.rglob("*")))) | {*COMMANDS}
    known |= words(" ".join(SHIPPED))
    for path in root.rglob("*.*"):
        known |= words(path.read_text("utf-8"))
    found = {}
    for command in COMMANDS_OF_A_PROJECT:
        done = kartu(*command.split(), cwd=root, env={"KARTU_LANG": "id"})
        assert done.returncode in (0, 1, 2), done.stderr
        text = re.sub(r"--?[\w-]+|[A-Z]{2,}|[0-9a-f]{8,}", " ", done.stdout + done.stderr)
        if left := words(text) - known:
            found[command] = (left, done.stdout + done.stderr)
    assert not found


QUESTIONS = {
    "new baru": "Kata baru\nIPS\nid\n",
    "new lain": "\n\nxx-yy-zz-\n",
    "import kata.csv --deck kata": "?\nn\n",
}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
@pytest.mark.parametrize("command", QUESTIONS)
def test_questions(command: str, kartu: Run, tmp_path: Path) -> None:
    """What is asked on a terminal, and what is said of an answer, is in the language."""
    root = write_project(tmp_path / "proyek", TWO_NOTE_TYPES)
    (root / "kata.csv").write_text("Istilah,Arti\nEkspor,Menjual\n", "utf-8")
    typed = QUESTIONS[command]
    done = kartu(*command.split(), cwd=root, env={"KARTU_LANG": "id"}, typed=typed)
    text = re.sub(r"--?[\w-]+|[A-Z]{2,}|\b[0-9a-f]{7,}\b", " ", done.stdout + done.stderr)
    given = " ".join([command, typed, typed.lower(), (root / "kata.csv").read_text("utf-8")])
    known = TECHNICAL | _MADE | words(given)
    assert words(text) <= known | {*COMMANDS}, text


# All that is read on a page, or read aloud, but for what is on the cards.
_TEXTS = """[...document.querySelectorAll("*:not(script, style, meta), meta[name=description]")]
  .flatMap((element) => [
    ...["aria-label", "title", "placeholder", "alt", "content"]
      .map((name) => element.getAttribute(name)),
    ...[...element.childNodes].filter((one) => one.nodeType === Node.TEXT_NODE)
      .map((one) => one.data),
  ]).join("\\n")"""

# A deck with everything that the page has words for: two editions, a formula, a link, a warning.
CARDS = """--- cards/contoh/deck.yaml
id: contoh
uid: a1b2c3d4e5f60718
name: Contoh
language: id
version: 1.0.0
editions:
  inti: {title: Inti, include: "tag:inti"}
  lengkap: {}
--- cards/contoh/kartu.yaml
note_type: dasar
notes:
  - {id: satu, depan: Satu, belakang: "Rumus $x$", tags: [inti]}
  - {id: dua, depan: Satu, belakang: "[Laman](https://example.org/)"}
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Gallery]:
    with gallery() as opened:
        yield opened


@needs_browser
def test_preview(browser: Gallery, tmp_path: Path) -> None:
    """The page has its words in the language: about all cards, one card, none, and faults."""
    root = write_project(tmp_path / "proyek", TWO_NOTE_TYPES, CARDS)
    known = TECHNICAL | {"kartu", "check", "preview"} | words(TWO_NOTE_TYPES + CARDS + "depn")
    seen = {}
    language.use("id")
    with looking(root) as address:
        browser.open(address)
        browser.wait("document.querySelectorAll('.tile .links').length === 4")
        seen["cards"] = browser.run(_TEXTS)
        browser.click(".tile .open")
        browser.press(" ")
        seen["one card"] = browser.run(_TEXTS)
        browser.choose("search", "qqq")
        seen["none"] = browser.run(_TEXTS)
        file = root / "cards/contoh/kartu.yaml"
        file.write_text(file.read_text("utf-8").replace("depan: Satu", "depn: Satu"), "utf-8")
        browser.wait("!document.querySelector('#stale').hidden")
        seen["faults"] = browser.run(_TEXTS)
    assert {place: left for place, text in seen.items() if (left := words(text) - known)} == {}
