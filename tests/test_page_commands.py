"""Every command that a page shows is one that kartu takes, and its blocks are run by a test."""

from __future__ import annotations

import importlib
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from support.corrections import World, changed, released, world
from support.guides import Reader
from support.links import PAGES, ROOT
from support.paper import require_pango
from support.program import Run
from support.projects import write_project
from test_guides import GUIDES

from kartu.cli.main import COMMANDS, group

__all__ = ["released", "world"]

# What runs the blocks of commands of a page that test_guides.py does not follow.
RUN_BY = {
    "docs/commands.md": "tests/test_page_commands.py",
    "docs/panduan-koreksi.md": "tests/test_page_commands.py",
    "docs/ci.md": "tests/test_workflows.py",  # and test_ci.py the steps of a release
    "docs/isi.md": ".ci/run",  # which checks the deck, and has its tests
    ".github/CONTRIBUTING.md": ".ci/run",  # sets up, and runs the tests: this one too
}
_BLOCK = re.compile(r"(?ms)^ *```sh[^\n]*\n(.*?)^ *```$")
_ANY_BLOCK = re.compile(r"(?ms)^ *(`{3,}).*?^ *\1$")
_PART_OF_A_PLACEHOLDER = re.compile(r"[A-Z][A-Z_-]*…?")


def shown(page: str) -> Iterator[str]:
    """The commands of kartu in blocks and sentences of a page, but for the forms of a table."""
    text = (ROOT / page).read_text("utf-8")
    for block in _BLOCK.findall(text):
        for line in re.split(r"\n|&&", block):
            if re.match(r"(?:\S+/)?kartu ", line.strip()):
                yield line.strip()
    for command in re.findall(r"`(kartu [^`]+)`", _ANY_BLOCK.sub("", text)):
        if "[" not in command:
            yield command


def fault_of(command: str) -> str:
    """What is wrong with a command, its options and their values; a placeholder is any value."""
    words = shlex.split(command.partition(" > ")[0], comments=True)[1:]
    try:
        context = click.Context(group)
        _, words, _ = group.make_parser(context).parse_args(words)
        if not words or "." in words[0]:  # a FILE, which `build` takes
            return ""
        if words[0] not in COMMANDS:
            return "" if _PART_OF_A_PLACEHOLDER.fullmatch(words[0]) else "no such command"
        found: click.Command = importlib.import_module(f"kartu.cli.{words[0]}").command
        return _fault_of_words(found, words)
    except click.UsageError as error:
        return error.format_message()


def _fault_of_words(command: click.Command, words: list[str]) -> str:
    context = click.Context(command)
    options = {name: one for one in command.params for name in one.opts}
    last = options.get(words[-1])
    if isinstance(last, click.Option) and not last.is_flag:  # a sentence names the option alone
        words = words[:-1]
    given, left, _ = command.make_parser(context).parse_args(words[1:])
    for param in command.params:
        value, of = given.get(param.name or ""), param.type
        values = value if isinstance(value, list | tuple) else [value]
        if isinstance(of, click.Choice | click.IntRange):
            for one in values:
                of(one, param, context)
    return f"too much: {left}" if left else ""


@pytest.mark.parametrize("page", PAGES)
def test_a_command_that_a_page_shows_is_one_that_kartu_takes(page: str) -> None:
    """Its name, its options, how much it takes, and the values of which there is a choice."""
    faults = {command: fault_of(command) for command in shown(page)}
    assert {command: fault for command, fault in faults.items() if fault} == {}


def test_wrong_commands_are_seen() -> None:
    """What the test above looks for: another command, option, value, or one argument too many."""
    for wrong in ("buidl", "build --fast", "print --as poster", "edit a b", "print --count x"):
        assert fault_of(f"kartu {wrong}"), wrong


def test_each_page_with_commands_is_run() -> None:
    """A page with blocks of commands is followed as a guide, or what runs them is named here."""
    pages = {page for page in PAGES if _BLOCK.search((ROOT / page).read_text("utf-8"))}
    assert pages == {*RUN_BY, *(f"{name}.md" for name in GUIDES if f"{name}.md" in pages)}
    assert all((ROOT / place).is_file() for place in RUN_BY.values())


def test_every_option_is_told() -> None:
    """docs/commands.md names each option of each command, and no other in their table."""
    page = (ROOT / "docs/commands.md").read_text("utf-8")
    table = page[: page.index("## One file")]
    for name in COMMANDS:
        command: click.Command = importlib.import_module(f"kartu.cli.{name}").command
        forms = " ".join(re.findall(rf"`kartu {name}\b[^`]*`", table))
        options = [one for one in command.params if isinstance(one, click.Option)]
        known = {name for one in options for name in (*one.opts, *one.secondary_opts)}
        assert {*re.findall(r"(?<![\w-])--?[a-z-]+", forms)} <= known
        for names in (one.opts for one in options):
            assert any(re.search(rf"(?<![\w-]){one}\b", page) for one in names), (name, names)


@pytest.fixture
def class_of(world: World, tmp_path: Path) -> World:
    """A released project with the packages of two students, who corrected a text each."""
    for name, place, html in (
        ("a", ("membran", "Contoh"), "Membran inti"),
        ("b", ("mitokondria", "Contoh"), "Sel otot dan sel hati"),
    ):
        package = changed(world, tmp_path / name, {place: html})
        for folder in ("kelas", "class"):
            (world.root / folder).mkdir(exist_ok=True)
            shutil.copy(package, world.root / folder / f"{name}.apkg")
    return world


def test_corrections_come_home_as_the_guide_says(class_of: World) -> None:
    """docs/panduan-koreksi.md: a look changes nothing, and what is answered with yes is taken."""
    guide = (ROOT / "docs/panduan-koreksi.md").read_text("utf-8")
    first, found, rest = guide.partition("Kalau semua yang `diambil` sudah benar")
    assert found
    before = _texts(class_of.root)
    reader = Reader(class_of.root, 0, "id", typed="y\ny\n")
    reader.follow(first)
    assert _texts(class_of.root) == before
    reader.follow(rest)
    taken = _texts(class_of.root)
    assert "Membran inti" in taken
    assert "Sel otot dan sel hati" in taken
    assert "Membran inti" not in before


KSI = """--- cards/kerja-sama-internasional/deck.yaml
id: kerja-sama-internasional
uid: b7c2d3e4f5061728
name: Kerja Sama
prefix: KSI
language: id
version: 1.0.0
editions: {inti: {include: "tag:inti"}}
--- cards/kerja-sama-internasional/1.yaml
note_type: tanya
tags: [inti, SMP]
notes:
""" + "".join(
    f"  - {{id: n{number}, soal: Soal {number}?, jawaban: Jawaban {number}}}\n"
    for number in range(12)
)


def test_the_page_of_commands_can_be_followed(class_of: World, kartu: Run, tmp_path: Path) -> None:
    """Each block of docs/commands.md runs, in a project that has the files and decks it names."""
    require_pango()
    home = class_of.root
    write_project(home, KSI, base=False)
    (home / "words.csv").write_text("Term,Meaning\nProducer,Makes food\n", "utf-8")
    for name in ("quizlet.txt", "kata.txt"):
        (home / name).write_text("Produsen\tMembuat makanan\nKonsumen\tMemakan\n", "utf-8")
    shutil.copy(class_of.package, home / "Biologi.apkg")
    page = (ROOT / "docs/commands.md").read_text("utf-8")
    followed = _BLOCK.findall(page)
    assert len(followed) == 4
    for block in followed:
        Reader(home, 0, "en").follow(f"```sh\n{block}```\n")
    made = ("words.apkg", "quizlet.apkg", "ips-kelas-9", "biologi/cards", "kata/cards")
    for name in (*made, ".github/workflows/decks.yml", "templates/istilah"):
        assert (home / name).exists(), name
    assert "Membran inti" in _texts(home)


def test_an_upgrade_can_be_followed(kartu: Run, tmp_path: Path) -> None:
    """The steps of docs/upgrade.md, in their order, in a project that an older kartu made."""
    made = ("--name", "Biologi", "--templates", "--ci", "github")
    project = tmp_path / "biologi"
    assert kartu("new", project, *made, cwd=tmp_path).returncode == 0
    assert kartu("release", cwd=project).returncode == 0
    older = [project / ".github/workflows/decks.yml", project / "constraints.txt"]
    older.append(project / "templates/istilah/style.css")
    for path in older:
        path.write_text(f"{path.read_text('utf-8')}\n/* older */\n", "utf-8")
    page = (ROOT / "docs/upgrade.md").read_text("utf-8")
    steps = page[page.index("\n1. ") : page.index("\n## ")]
    commands = [" ".join(one.split()) for one in re.findall(r"`(kartu [^`]+)`", steps)]
    assert len(commands) >= 6
    reader = Reader(project, 0, "en")
    for command in commands:
        reader.follow(f"```sh\n{command}\n```\n")
    assert ["older" in path.read_text("utf-8") for path in older] == [False, False, True]
    reader.follow("```sh\nkartu new . --update --replace templates/istilah\n```\n")
    assert "older" not in older[-1].read_text("utf-8")


def _texts(project: Path) -> str:
    paths = sorted(path for path in (project / "cards").rglob("*") if path.suffix != ".png")
    return "".join(path.read_text("utf-8") for path in paths if path.is_file())
