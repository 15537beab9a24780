"""Templates of strangers run in a process with bounds: what they do ends there, and is located."""

# ruff: noqa: PT017 - what an exception says is one of the promises

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.hostile import HOSTILE
from support.projects import write_project
from support.sampling import sampled

from kartu.compile.deck import build_deck
from kartu.compile.render.bounds import Bounds
from kartu.compile.render.job import Job, RenderError
from kartu.compile.render.markup import safe
from kartu.compile.render.process import Asked, LookUp
from kartu.compile.render.results import Results
from kartu.compile.render.strangers import Strangers
from kartu.compile.render.wire import decoded, encoded
from kartu.core.diagnostics import Diagnostics
from kartu.core.language import use
from kartu.core.source import Mapping, Sequence, Span, text
from kartu.load import load_project
from kartu.load.files import Files
from kartu.pipeline import Options, check

BOUNDS = Bounds(seconds=0.5, run=10_000)
_NUMBERS = count(1_000_000)

posix = pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")


@pytest.fixture(scope="module")
def strangers() -> Iterator[Strangers]:
    with Strangers(BOUNDS) as found:
        yield found


def rendered(strangers: Strangers, template: str, **context: Any) -> str:
    number, files = next(_NUMBERS), {"a.html": template}
    job = Job("a.html", context)
    (made,) = strangers.render(number, job, lambda one: files.get(one["template"]), Diagnostics())
    return made


def process_of(strangers: Strangers) -> int:
    assert strangers._process is not None
    return strangers._process._process.pid


@pytest.mark.parametrize("name", sampled(list(HOSTILE), 14))
def test_each_ends(strangers: Strangers, name: str) -> None:
    """Within time and memory, in a fault or a text that a card can have; others are not harmed."""
    try:
        assert len(rendered(strangers, HOSTILE[name])) <= BOUNDS.characters
    except RenderError as error:
        assert error.code.startswith("template-")
        assert error.line >= 1
    assert rendered(strangers, "[[= a ]]b", a="<") == "&lt;b"


def test_what_was_too_much_is_not_tried_again(strangers: Strangers) -> None:
    """A template that needs too much memory is not rendered for the next note."""
    job, files = Job("a.html", {}), {"a.html": HOSTILE["repeated text"]}
    number, asked = next(_NUMBERS), []

    def look_up(question: dict[str, Any]) -> str | None:
        asked.append(question)
        return files.get(question["template"])

    for _again in range(3):
        with pytest.raises(RenderError, match="memory"):
            strangers.render(number, job, look_up, Diagnostics())
    assert len(asked) == 1


# Some hundredths of a second, which every clock measures.
LONG_LOOP = "[[% for a in range(999) %]][[% for b in range(999) %]][[% endfor %]][[% endfor %]]"


def test_a_run_has_a_budget() -> None:
    """When templates together have taken what a run may take, no more are rendered."""
    with Strangers(Bounds(seconds=5, run=0.0001)) as strangers:
        rendered(strangers, LONG_LOOP)
        with pytest.raises(RenderError, match="together"):
            rendered(strangers, "a")
        strangers.renew()
        assert rendered(strangers, "a") == "a"
    with Strangers(Bounds(total=5)) as strangers:
        rendered(strangers, "aaaaaa")
        with pytest.raises(RenderError, match="characters together"):
            rendered(strangers, "a")


@posix
def test_a_process_that_was_ended_is_started_again(strangers: Strangers) -> None:
    """Whoever ends it: the template is reported, and the next one rendered."""
    assert rendered(strangers, "a") == "a"
    os.kill(process_of(strangers), signal.SIGKILL)
    with pytest.raises(RenderError, match="process"):
        rendered(strangers, "[[= a ]]", a="x" * 1_000_000)
    assert rendered(strangers, "b") == "b"


def test_a_run_leaves_its_process_to_the_next() -> None:
    """If that has the same bounds and language; what was rendered in it is forgotten."""
    found = []
    for bounds, language in ((BOUNDS, "en"), (BOUNDS, "en"), (BOUNDS, "id"), (Bounds(), "id")):
        use(language)
        with Strangers(bounds) as strangers:
            assert rendered(strangers, "[[= a ]]", a=language) == language
            found.append(process_of(strangers))
            with pytest.raises(RenderError, match="a"):
                rendered(strangers, "[[= a ]]")
    assert [one == found[0] for one in found] == [True, True, False, False]
    assert found[2] != found[3]


@posix
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_process_is_of_one_program() -> None:
    """One forked off the program neither uses nor ends what the last run left."""
    for _again in range(2):
        with Strangers(BOUNDS) as strangers:
            rendered(strangers, "a")
            before = process_of(strangers)
    if (forked := os.fork()) == 0:
        try:
            with Strangers(BOUNDS) as strangers:
                other = rendered(strangers, "b") == "b" and process_of(strangers) != before
                strangers.close()
        finally:
            os._exit(0 if other else 1)
    assert os.waitpid(forked, 0)[1] == 0
    with Strangers(BOUNDS) as strangers:
        assert rendered(strangers, "c") == "c"
        assert process_of(strangers) == before


@posix
def test_what_ends_a_batch_is_reported_alone() -> None:
    """Each of several jobs that are sent together gets what it would get if it were sent alone."""
    files = {"a.html": "[[= a ]]", "b.html": HOSTILE["repeated text"], "c.html": "[[= b ]]"}
    names = ["a.html", "b.html", "a.html", "c.html", "b.html", "a.html"]
    found = []
    with Strangers(BOUNDS) as strangers:
        asked = [
            strangers.ask(
                7, Job(name, {"a": str(place)}), lambda one: files[one["template"]], Diagnostics()
            )
            for place, name in enumerate(names)
        ]
        for one in asked:
            try:
                found += strangers.texts(one)
            except RenderError as error:
                found.append(error.name)
    assert found == ["0", "b.html", "2", "c.html", "b.html", "5"]


@posix
def test_it_is_not_held_up_by_who_does_something_else(strangers: Strangers) -> None:
    """More than fits into a pipe is taken by asking whether it still works; later jobs follow."""
    files = {"a.html": "[[= 'x' * 60000 ]]"}

    def ask() -> Asked:
        return strangers.ask(
            number, Job("a.html", {}), lambda one: files.get(one["template"]), Diagnostics()
        )

    number = next(_NUMBERS)
    first = [ask() for _ in range(10)]
    strangers.hurry()
    later = ask()
    while strangers.is_working():
        time.sleep(0.01)
    assert all(one.done for one in (*first, later))


@posix
def test_what_needs_a_file_names_none(strangers: Strangers) -> None:
    """An encoding is a file of Python, which cannot be opened there."""
    with pytest.raises(RenderError) as found:
        rendered(strangers, '[[= "x".encode("idna") ]]')
    assert "/" not in found.value.message


@posix
@pytest.mark.skipif(shutil.which("ps") is None, reason="ps is not installed")
def test_memory_is_watched_where_the_system_does_not_limit_it() -> None:
    """As on macOS."""
    doubled = HOSTILE["doubled list"].replace("range(99)", "range(26)")
    slow = (
        doubled
        + "[[% for a in range(99999) %]][[% for b in range(999) %]][[% endfor %]][[% endfor %]]"
    )
    bounds = Bounds(memory=100_000_000, seconds=8, watched=True)
    with Strangers(bounds) as strangers, pytest.raises(RenderError, match="memory"):
        rendered(strangers, slow)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_it_has_nothing_but_its_input_and_output(
    strangers: Strangers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No environment, no file to open, none to write, and no other process."""
    monkeypatch.setenv("SECRET", "precious")
    strangers.close()
    rendered(strangers, "a")
    process = Path(f"/proc/{process_of(strangers)}")
    assert b"precious" not in (process / "environ").read_bytes()
    limits = (process / "limits").read_text()
    found = {line[:26].strip(): line[26:].split()[0] for line in limits.splitlines()}
    assert found["Max open files"] == "3"
    assert found["Max file size"] == found["Max processes"] == "0"
    assert found["Max address space"] == str(BOUNDS.memory)
    assert len(os.listdir(process / "fd")) == 3


def test_faults_are_at_their_template(tmp_path: Path) -> None:
    """That of a file that a layout includes is at its line, with the name that was meant."""
    root = write_project(
        tmp_path,
        "--- templates/dasar/maju.front.html\n{{Depan}}[[% include './sama.html' %]]\n"
        "--- templates/dasar/sama.html\n\n[[= card.nama ]]\n",
    )
    (fault,) = check(Options(root))
    place = Span("templates/dasar/sama.html", 2, 10)
    assert (fault.code, fault.span) == ("template-undefined", place)


OWN = """--- cards/contoh/deck.yaml
id: contoh
uid: a1b2c3d4e5f60718
name: Contoh
language: id
version: 1.0.0
--- cards/contoh/kartu.yaml
note_type: daftar
notes:
  - {id: a, soal: Apa?, butir: [Satu, "**Dua** & <b>tiga</b>", "x < y"]}
"""


def test_what_came_with_kartu_needs_no_process(tmp_path: Path, root: Path) -> None:
    """Nor does a project's copy of it; one that is changed makes the same notes in the process."""
    found = []
    for number, change in enumerate(("", "copied", "[[# changed #]]")):
        project = write_project(tmp_path / str(number), OWN, base=False)
        if change:
            shutil.copytree(root / "templates", project / "templates")
        if change.startswith("["):
            for file in (*project.rglob("*.html"), *project.rglob("*.css")):
                file.write_text(change + file.read_text("utf-8"), "utf-8")
        files, diagnostics = Files(project), Diagnostics()
        loaded, faults = load_project(project)
        with Strangers() as strangers:
            built, faults = build_deck(loaded, loaded.decks[0], files, Results(), strangers)
            assert built is not None, [*faults, *diagnostics]
            assert (strangers._process is not None) == change.startswith("[")
        found.append(([one.fields for one in built.notes], [one.cards for one in built.note_types]))
    assert found[0] == found[1] == found[2]


DRAWN = """--- cards/contoh/deck.yaml
id: contoh
uid: a1b2c3d4e5f60718
name: Contoh
language: id
version: 1.0.0
--- cards/contoh/kartu.yaml
note_type: tanya
notes:
  - {id: a, soal: Apa?, jawaban: "**Satu** & <b>dua</b>"}
  - {id: b, soal: Apa lagi?, jawaban: "![langkah](langkah.svg)"}
  - {id: c, soal: Mana?, jawaban: "Di sini: ![peta](peta.svg)"}
--- cards/contoh/media/langkah.svg.yaml
picture: tahap
size: [360, 330]
steps: [{name: Perundingan, text: Isinya dibahas.}, {name: Penandatanganan}]
--- cards/contoh/media/peta.svg.yaml
picture: peta
size: [360, 330]
view: eropa
groups: [{countries: [DEU, FRA]}]
"""
NAMELESS = DRAWN.replace("{name: Penandatanganan}", "{text: Tanpa nama}")


class Named(Strangers):
    """Strangers that say which templates they are asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def ask(self, templates: int, job: Job, look_up: LookUp, diagnostics: Diagnostics) -> Asked:
        self.names.add(job.name)
        return super().ask(templates, job, look_up, diagnostics)


def built_with(project: Path, text: str, root: Path, changed: str) -> tuple[set[str], object]:
    """The templates that a process renders where these are changed, and what comes of it."""
    write_project(project, text, base=False)
    shutil.copytree(root / "templates", project / "templates")
    for file in (project / "templates").glob(changed):
        if file.is_file() and file.name not in ("note_type.yaml", "picture.svg"):
            file.write_text("[[# changed #]]" + file.read_text("utf-8"), "utf-8")
    loaded, _faults = load_project(project)
    with Named() as strangers:
        built, faults = build_deck(loaded, loaded.decks[0], Files(project), Results(), strangers)
    if built is None:
        assert "Tanpa nama" in text
        return strangers.names, sorted(faults)
    media = {file.name: file.content for note in built.notes for file in note.media}
    cards = [one.cards for one in built.note_types]
    return strangers.names, ([one.fields for one in built.notes], cards, media)


@pytest.mark.parametrize("text", [DRAWN, NAMELESS], ids=["drawn", "faulty"])
@pytest.mark.parametrize(
    ("changed", "foreign"),
    [
        ("tanya/*", "tanya/"),
        ("_shared/*.html", "tanya/"),
        ("_shared/fields/markdown.html", "_shared/fields/markdown.html"),
        ("_shared/pictures/tahap.svg", "_shared/pictures/tahap.svg"),
        ("_shared/pictures/_dasar.svg", "_shared/pictures/"),
    ],
)
def test_a_process_renders_what_is_changed_and_nothing_else(
    tmp_path: Path, root: Path, text: str, changed: str, foreign: str
) -> None:
    """That is a changed file, and each that needs one; all of a deck is the same as without."""
    none, own = built_with(tmp_path / "own", text, root, "nothing")
    names, found = built_with(tmp_path / "changed", text, root, changed)
    assert (none, found) == (set(), own)
    assert names
    assert all(name.startswith(foreign) for name in names)


class Pair(NamedTuple):
    first: object
    second: object


PLACES = st.builds(Span, st.text(), st.integers(1, 99), st.integers(1, 99), st.text())
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.builds(text, st.text(), PLACES),
    lambda inner: (
        st.builds(Sequence, st.lists(inner))
        | st.builds(Mapping, st.dictionaries(st.text(), inner))
        | st.builds(Pair, inner, inner)
        | st.tuples(inner, inner)
    ),
    max_leaves=8,
)


@given(VALUES)
def test_values_come_through_unchanged(value: Any) -> None:
    """With the places of texts, and the names of what has parts."""
    there = decoded(json.loads(json.dumps(encoded(value))))
    assert there == value
    assert repr(there) == repr(value)
    assert getattr(there, "span", None) == getattr(value, "span", None)
    assert getattr(there, "_fields", None) == getattr(value, "_fields", None)


def test_safe_html_stays_safe() -> None:
    """And a text that only looks so does not become it."""
    assert hasattr(decoded(encoded(safe("<b>"))), "__html__")
    assert not hasattr(decoded(encoded(text("<b>", Span("a")))), "__html__")
