"""docs/architecture.md speaks of what is there."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
from test_architecture import ROOMS

_WORD = re.compile(r"`([^`\s]+)`")
_PATH = re.compile(r"[\w.-]+(?:/[\w.-]*)+|[\w-]+\.(?:py|md|yaml|toml|txt)")
_NAME = re.compile(r"kartu(?:\.\w+)+")

# Made-up names of the page's own examples, and files that a project or a wheel has.
_EXAMPLES = {
    *("kartu/cli/<name>.py", "tests/examples/reject/<code>.txt", "cards/<deck>/1.yaml"),
    *("templates/_shared/fields/link.html", "cards/contoh/kartu.yaml"),
}


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return re.sub(r"```.*?```", "", (root / "docs/architecture.md").read_text("utf-8"), flags=re.S)


def resolve(name: str) -> object:
    """The module, class, function or constant of a dotted name; an exception for none."""
    module, rest = name, list[str]()
    while True:
        try:
            found: object = importlib.import_module(module)
            break
        except ModuleNotFoundError:
            module, _, last = module.rpartition(".")
            rest.insert(0, last)
    for part in rest:
        found = getattr(found, part)
    return found


def test_what_the_page_names_is_there(page: str, root: Path) -> None:
    """Each path in it exists, and each dotted name below kartu can be imported."""
    words = set(_WORD.findall(page)) - _EXAMPLES
    paths = {one for one in words if _PATH.fullmatch(one)}
    names = {one for one in words if _NAME.fullmatch(one)} - paths
    assert len(paths) > 40
    assert len(names) > 40
    missing = [one for one in paths if not (root / one).exists()]
    assert missing == []
    for name in sorted(names):
        assert resolve(name) is not None


def test_bare_names_are_in_the_file_of_their_line(page: str, root: Path) -> None:
    """A constant or function without its module is in a file that the same item names."""
    for item in re.split(r"\n(?=\n|\d+\. |- |   - )", page):
        files = [root / one for one in _WORD.findall(item) if one.endswith((".py", "/"))]
        dotted = " ".join(one for one in _WORD.findall(item) if _NAME.fullmatch(one))
        sources = "".join(one.read_text("utf-8") for one in files if one.is_file())
        for name in re.findall(r"`(_?[A-Z][A-Z_]+[A-Z]|_\w+)`", item):
            assert not files or re.search(rf"\b{name}\b", sources + dotted), (name, item)


def test_the_table_has_the_rooms_in_their_order(page: str) -> None:
    """A row of the table is a row of the architecture test."""
    rows = re.findall(r"^\| (`kartu/.+?) \|", page, re.MULTILINE)
    told = [{one.strip("`/").removeprefix("kartu/").removesuffix(".py") for one in row.split(", ")}
            for row in rows]  # fmt: skip
    assert told == [set(row) for row in ROOMS]
