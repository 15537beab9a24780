"""The house: which module may know which, and where each library lives."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# From the ground up: a module may import from its own floor and those below.
FLOORS = [
    {
        "kartu",
        "kartu.source",
        "kartu.canonical",
        "kartu.clock",
        "kartu.codes",
        "kartu.identity",
        "kartu.kept",
        "kartu.patterns",
        "kartu.progress",
    },
    {"kartu.diagnostics"},
    {"kartu.model", "kartu.anki", "kartu.load"},
    {"kartu.check", "kartu.render", "kartu.schema"},
    {"kartu.build", "kartu.known"},
    {"kartu.ledger"},
    {"kartu.apkg"},
    {"kartu.package", "kartu.verify"},
    {"kartu.fix"},
    {
        "kartu.project",
        "kartu.release",
        "kartu.diff",
        "kartu.editor",
        "kartu.explain",
        "kartu.exporting",
        "kartu.gallery",
        "kartu.importing",
        "kartu.new",
        "kartu.paper",
        "kartu.report",
        "kartu.review",
        "kartu.stats",
        "kartu.unchanged",
    },
    {"kartu.preview", "kartu.publish", "kartu.push", "kartu.site"},
    {"kartu.cli", "kartu.__main__"},
]

# Each library is known to one module.
LIBRARIES = {
    "anki": "kartu.verify.engine",
    "backports": "kartu.apkg.zstd",
    "compression": "kartu.apkg.zstd",
    "deflate": "kartu.package.archive",
    "genanki": "kartu.package.anki",
    "jinja2": "kartu.render.jinja",
    "markupsafe": "kartu.render.templates",
    "openpyxl": "kartu.load.sheets.xlsx",
    "nh3": "kartu.render.html",
    "pyromark": "kartu.render.markdown",
    "rapidfuzz": "kartu.review.twins",
    "rich": "kartu.cli.terminal",
    "segno": "kartu.paper.qr",
    "tinyhtml5": "kartu.paper.markup",
    "latex2mathml": "kartu.gallery.maths",
    "watchfiles": "kartu.preview.watch",
    "weasyprint": "kartu.paper.engine",
    "yaml": "kartu.load.yaml",
}


def modules(root: Path) -> dict[str, ast.Module]:
    found = {}
    for path in sorted((root / "kartu").rglob("*.py")):
        name = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        found[name] = ast.parse(path.read_text("utf-8"))
    return found


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or ""


def floor(module: str) -> int:
    for number, names in enumerate(FLOORS):
        if module in names or ".".join(module.split(".")[:2]) in names - {"kartu"}:
            return number
    raise AssertionError(f"{module} is on no floor")


def test_arrows_point_down(root: Path) -> None:
    """No module imports from a floor above its own."""
    for name, tree in modules(root).items():
        for wanted in imports(tree):
            if wanted.split(".")[0] == "kartu":
                assert floor(wanted) <= floor(name), f"{name} imports {wanted}"


def test_each_library_lives_in_one_module(root: Path) -> None:
    """Outside the standard library a module imports only what lives in it; click is the cli's."""
    for name, tree in modules(root).items():
        for wanted in imports(tree):
            library = wanted.split(".")[0]
            if library in sys.stdlib_module_names or library == "kartu":
                continue
            if library == "click":
                assert name.startswith("kartu.cli"), f"{name} imports click"
            else:
                assert LIBRARIES.get(library) == name, f"{name} imports {library}"


def test_only_the_command_line_prints_and_exits(root: Path) -> None:
    """print, sys.exit and click.echo stand in kartu/cli alone."""
    for name, tree in modules(root).items():
        if name.startswith("kartu.cli"):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in ("print", "sys.exit", "exit", "quit"), name


@pytest.mark.parametrize("folder", ["kartu", "tests"])
def test_modules_and_functions_are_short(root: Path, folder: str) -> None:
    """No module is over 400 lines, no function over 50."""
    for path in (root / folder).rglob("*.js"):
        assert path.read_text("utf-8").count("\n") <= 400, path
    for path in (root / folder).rglob("*.py"):
        content = path.read_text("utf-8")
        assert content.count("\n") <= 400, path
        for node in ast.walk(ast.parse(content)):
            if isinstance(node, ast.FunctionDef):
                length = (node.end_lineno or 0) - node.lineno
                assert length < 50, f"{path}: {node.name} has {length} lines"


def test_the_root_holds_what_the_design_names(root: Path) -> None:
    """Beside the fixed names only what tools demand stands at the root."""
    wanted = {"build_deck.py", "cards", "templates", "kartu", "tests", "docs"}
    wanted |= {"pyproject.toml", "README.md", "LICENSE"}
    there = {path.name for path in root.iterdir() if not path.name.startswith(".")}
    assert there - {"build", "dist"} <= wanted
