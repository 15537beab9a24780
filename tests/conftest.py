"""Fixtures: the real deck as a package, and small projects."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from anki.collection import Collection
from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase
from hypothesis.internal.conjecture import providers
from support.card_engine import Engine
from support.edit_page import EditPage, edited
from support.gallery import Gallery, gallery
from support.program import ROOT, Run, in_own_process, in_process
from support.sampling import examples
from support.scratch import keep_bytecode, shared_cache, use_own_folder

from kartu.core import language

# Each run tries the same, however busy the machine is. With `--hypothesis-profile explore` it tries
# something new, and what failed once is kept in .hypothesis/ and tried first the next time.
settings.register_profile(
    "reproducible",
    max_examples=examples(100, 4),
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile(
    "explore",
    settings.get_profile("reproducible"),
    derandomize=False,
    database=DirectoryBasedExampleDatabase(ROOT / ".hypothesis/examples"),
    max_examples=1000,
)
settings.load_profile("reproducible")


# Messages are in English, whatever the language of the system.
os.environ["KARTU_LANG"] = "en"

use_own_folder()  # before workers are started
keep_bytecode()


def pytest_sessionstart() -> None:
    """Where runs are to be alike, hypothesis takes no constants from the modules of kartu: which
    are loaded depends on what ran before, and an installed kartu has none for it."""
    # No test cuts the power; test_kill.py counts these calls in processes of its own.
    pytest.MonkeyPatch().setattr(os, "fsync", lambda file: None)
    if settings.default is not None and settings.default.derandomize:
        pytest.MonkeyPatch().setattr(providers, "is_local_module_file", lambda path: False)


# Where all that tests need is installed (.ci/run says so), none is left out but for these reasons.
MAY_BE_LEFT_OUT = (
    "yaml-language-server is not installed",
    "LibreOffice takes 20 seconds",
    "no real Anki is named",
    "root writes anywhere",
    "such files cannot be here",
    "this is not a checkout",
    "no code of the actions is named",
)


# These take longest: first, so that at the end no worker waits for another.
LONGEST = (
    *("ci", "preview", "editor_page", "editor_pictures", "accessibility", "site", "explain"),
    *("verify", "print", "print_test", "gallery_attacks", "one_language"),
    *("sheets", "maps", "robustness", "edits", "push", "multiple_choice", "schema", "extends"),
    *("print_attacks", "kill", "guides", "print_more", "architecture", "workbooks"),
    *("examples", "markdown_sets", "editor_attacks", "verify_command", "one_file", "systems"),
    *("editor_whole", "editor_publish", "corrections", "corrections_class", "live", "strangers"),
)


def pytest_collection() -> None:
    """What is collected lives until the end: looking for garbage in it is in vain."""
    gc.disable()


def pytest_collection_finish() -> None:
    """The same from here on."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files in the order in which they are handed out."""
    order = {f"test_{name}": place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.stem, len(order)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that is left out because something is missing has failed, where nothing may be."""
    report = yield
    if report.skipped and "KARTU_ALL_TESTS" in os.environ:
        reason = str(report.longrepr)
        if not any(one in reason for one in MAY_BE_LEFT_OUT):
            report.outcome = "failed"
            report.longrepr = f"left out, though KARTU_ALL_TESTS is set: {reason}"
    return report


DAY = 1_790_000_000  # a time to build at: 2026-09-21


@pytest.fixture(autouse=True)
def _speaks_english() -> Iterator[None]:
    """A test that runs a command in another language leaves it to no other test."""
    yield
    language.use(language.ENGLISH)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def surroundings() -> dict[str, str]:
    """The variables with which the tests run the program: a fixed day, a cache of their own."""
    cache = str(shared_cache())
    return {"SOURCE_DATE_EPOCH": str(DAY), "XDG_CACHE_HOME": cache, "GITHUB_ACTIONS": ""}


@pytest.fixture(scope="session")
def kartu(surroundings: dict[str, str]) -> Run:
    """Runs the program with those arguments in this process: `kartu("check", cwd=folder)`."""

    def run(
        *arguments: object, cwd: Path = ROOT, env: dict[str, str] | None = None, typed: str = ""
    ) -> CompletedProcess[str]:
        return in_process(*arguments, cwd=cwd, env={**surroundings, **(env or {})}, typed=typed)

    return run


@pytest.fixture(scope="session")
def kartu_process(surroundings: dict[str, str]) -> Run:
    """The same in a process of its own, for laws of its start, streams, memory or signals."""

    def run(
        *arguments: object, cwd: Path = ROOT, env: dict[str, str] | None = None
    ) -> CompletedProcess[str]:
        return in_own_process(*arguments, cwd=cwd, env={**surroundings, **(env or {})})

    return run


@pytest.fixture(scope="session")
def real_package(kartu: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of the first deck: the edition that holds all of it."""
    out = tmp_path_factory.mktemp("build")
    done = kartu("build", "-o", out, "kerja-sama-internasional")
    assert done.returncode == 0, done.stderr
    return out / "kerja-sama-internasional-lengkap.apkg"


@pytest.fixture(scope="session")
def told(real_package: Path) -> dict[str, Any]:
    """What the manifest says of that package."""
    manifest = json.loads(real_package.with_name("manifest.json").read_text("utf-8"))
    (entry,) = [one for one in manifest["packages"] if one["file"] == real_package.name]
    return dict(entry)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One empty collection for the whole module."""
    collection = Collection(str(tmp_path_factory.mktemp("anki") / "collection.anki2"))
    yield Engine(collection)
    collection.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Gallery]:
    """A browser of the size of a computer's."""
    with gallery() as opened:
        opened.browser.resize(1280, 900)
        yield opened


@pytest.fixture
def page(browser: Gallery, tmp_path: Path) -> Iterator[EditPage]:
    """The editor's page of a new project; at the end the console has no error."""
    with edited(browser, tmp_path) as opened:
        yield opened
        assert browser.errors() == []


@pytest.fixture(scope="module")
def _shared(browser: Gallery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EditPage]:
    with edited(browser, tmp_path_factory.mktemp("shared")) as opened:
        yield opened


@pytest.fixture
def shared_page(_shared: EditPage) -> Iterator[EditPage]:
    """One such page for all tests of a module that each take a card of their own, or change none.

    It is opened again only if another page was there in between.
    """
    if not _shared.address.startswith(_shared.run("location.origin")):
        _shared.open(_shared.address)
    yield _shared
    assert _shared.gallery.errors() == []


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: some tests wait for a browser or for time to pass."""
    return (os.cpu_count() or 1) + 1
