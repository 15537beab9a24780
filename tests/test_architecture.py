"""The house: which module may know which, and where each library lives."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

# The rooms from the ground up: a module imports from its own room and from those of earlier rows.
# Files directly in kartu/ are rooms of their own; the API in kartu/__init__.py is above all.
ROOMS = (
    {"core"},
    {"anki"},
    {"load"},
    {"compile"},
    {"checks", "ledger"},
    {"review", "package"},
    {"rewrite", "cache"},
    {"pipeline"},
    {"publish", "schema", "export", "stats"},
    {"importing"},
    {"report"},
    {"show"},
    {"cli"},
    {"__init__", "__main__"},
)

# Each library is known to one module.
LIBRARIES = {
    "anki": "kartu.publish.verify.engine",
    "backports": "kartu.anki.apkg.zstd",
    "compression": "kartu.anki.apkg.zstd",
    "deflate": "kartu.package.archive",
    "genanki": "kartu.package.anki",
    "jinja2": "kartu.compile.render.jinja",
    "markupsafe": "kartu.compile.render.markup",
    "openpyxl": "kartu.load.sheets.xlsx",
    "PIL": "kartu.rewrite.pictures",
    "nh3": "kartu.compile.render.html",
    "pyromark": "kartu.core.markdown",
    "rapidfuzz": "kartu.review.duplicates",
    "rich": "kartu.cli.terminal",
    "segno": "kartu.show.paper.qr",
    "starlette": "kartu.show.editor.app",
    "tinyhtml5": "kartu.show.paper.markup",
    "latex2mathml": "kartu.show.gallery.maths",
    "uvicorn": "kartu.show.editor.serve",
    "watchfiles": "kartu.show.editor.watch",
    "weasyprint": "kartu.show.paper.engine",
    "yaml": "kartu.load.yaml",
}


Nodes = Sequence[ast.AST]


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def modules(root: Path) -> dict[str, Nodes]:
    """All that is in each module."""
    found: dict[str, Nodes] = {}
    for path in sorted((root / "kartu").rglob("*.py")):
        name = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        found[name] = [*ast.walk(parsed(path))]
    return found


def imports(nodes: Nodes) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            if node.module == "kartu":
                yield from (f"kartu.{alias.name}" for alias in node.names)
            else:
                yield node.module or ""


def room(module: str) -> str:
    """The folder, or the file directly in kartu/, that holds a module."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


@cache
def arrows(root: Path) -> dict[tuple[str, str], list[str]]:
    """Which room imports from which other one, by which modules; imports in functions too."""
    found: dict[tuple[str, str], list[str]] = {}
    for name, nodes in modules(root).items():
        for wanted in imports(nodes):
            if wanted.split(".")[0] == "kartu" and room(wanted) != room(name):
                found.setdefault((room(name), room(wanted)), []).append(f"{name} -> {wanted}")
    return found


def test_arrows_between_rooms_point_down(root: Path) -> None:
    """Every room has its row, and none imports from its own row or one above: no circles."""
    row = {name: number for number, names in enumerate(ROOMS) for name in names}
    assert {room(name) for name in modules(root)} <= set(row)
    found = arrows(root)
    for (above, below), places in found.items():
        assert row[below] < row[above], places
    print(f"{len(row)} rooms, {len(found)} arrows, 0 circles")


def test_only_the_pipeline_knows_the_cache(root: Path) -> None:
    """What runs leave for each other is read and written in one place."""
    above = {above for above, below in arrows(root) if below == "cache"}
    assert above == {"pipeline"}


def test_each_library_lives_in_one_module(root: Path) -> None:
    """Outside the standard library a module imports only what lives in it; click is the cli's."""
    for name, nodes in modules(root).items():
        for wanted in imports(nodes):
            library = wanted.split(".")[0]
            if library in sys.stdlib_module_names or library == "kartu":
                continue
            if library == "click":
                assert name.startswith("kartu.cli"), f"{name} imports click"
            else:
                assert LIBRARIES.get(library) == name, f"{name} imports {library}"


ENDS = ("print", "exit", "quit")


def last_name(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr


def test_only_the_command_line_prints_and_exits(root: Path) -> None:
    """print, sys.exit and click.echo stand in kartu/cli alone."""
    for name, nodes in modules(root).items():
        if name.startswith("kartu.cli"):
            continue
        for node in nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                called = ast.unparse(node.func) if last_name(node.func) in ENDS else ""
                assert called not in ("print", "sys.exit", "exit", "quit"), name


def test_faults_are_found_in_one_way(root: Path) -> None:
    """What can find faults takes the collector as its last positional parameter, `diagnostics`."""
    found = 0
    for name, nodes in modules(root).items():
        for node in nodes:
            if not isinstance(node, ast.FunctionDef) or name == "kartu.core.diagnostics":
                continue
            returned = ast.unparse(node.returns) if node.returns else ""
            assert returned != "Iterator[Diagnostic]", f"{name}.{node.name}"
            positional = [*node.args.posonlyargs, *node.args.args]
            for one in [*positional, *node.args.kwonlyargs]:
                if isinstance(one.annotation, ast.Name) and one.annotation.id == "Diagnostics":
                    assert (one.arg, one) == ("diagnostics", positional[-1]), f"{name}.{node.name}"
                    found += 1
    assert found > 100


# Functions whose effect is on all threads of the process, and stays.
PROCESS_WIDE = {
    *("atexit.register", "codecs.register", "codecs.register_error", "csv.field_size_limit"),
    *("contextlib.chdir", "contextlib.redirect_stderr", "contextlib.redirect_stdout"),
    *("faulthandler.enable", "gc.disable", "gc.enable", "gc.freeze", "gc.set_threshold"),
    *("importlib.reload", "locale.setlocale", "logging.basicConfig", "logging.disable"),
    *("mimetypes.add_type", "os._exit", "os.chdir", "os.dup2", "os.fchdir", "os.nice", "os.putenv"),
    *("os.umask", "os.unsetenv", "random.seed", "signal.alarm", "signal.signal"),
    *("socket.setdefaulttimeout", "sqlite3.register_adapter", "sqlite3.register_converter"),
    *("sys.setrecursionlimit", "sys.setswitchinterval", "sys.settrace", "time.tzset"),
    *("threading.setprofile", "threading.settrace", "threading.stack_size"),
    *("warnings.catch_warnings", "warnings.filterwarnings", "warnings.simplefilter"),
}
# What these objects hold belongs to the process, and these of their methods change it.
OF_PROCESS = ("os.environ", "sys.meta_path", "sys.modules", "sys.path", "sys.path_hooks")
CHANGING = {
    *("append", "clear", "extend", "insert", "pop", "popitem", "remove", "setdefault", "update"),
    *("__setitem__", "__delitem__"),
}


def imported_names(nodes: Nodes) -> dict[str, str]:
    """What each name means that an import of the module binds."""
    found = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.split(".")[0]
                found[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return found


def process_wide(nodes: Nodes) -> Iterator[str]:
    """What in a module changes the process or another module: assignments, deletions, calls."""
    names = imported_names(nodes)

    def meant(node: ast.expr) -> str:
        root = node
        while isinstance(root, ast.Attribute | ast.Subscript):
            root = root.value
        if not isinstance(root, ast.Name) or root.id not in names:
            return ""
        return names[root.id] + ast.unparse(node).removeprefix(root.id)

    for node in nodes:
        if isinstance(node, ast.Attribute | ast.Subscript):
            if isinstance(node.ctx, ast.Store | ast.Del) and meant(node):
                yield ast.unparse(node)
        elif isinstance(node, ast.Call):
            called = meant(node.func)
            of, _, method = called.rpartition(".")
            setter = isinstance(node.func, ast.Name) and node.func.id in ("setattr", "delattr")
            sets = setter and meant(node.args[0])
            if called in PROCESS_WIDE or (of in OF_PROCESS and method in CHANGING) or sets:
                yield ast.unparse(node)


@pytest.mark.parametrize(
    "code",
    [
        *("import sys\nsys.modules['a'] = b", "import sys as s\ndel s.modules['a']"),
        *("import os\nos.environ['A'] = 'b'", "from os import environ\nenviron['A'] = 'b'"),
        *("import os\nos.environ.update(A='b')", "import sys\nsys.path.insert(0, '')"),
        *("import sys\nsys.stdout = None", "import sys\nsys.stdout, a = None, 1"),
        *("import genanki\ngenanki.Model.x = 1", "from a.b import C\nsetattr(C, 'd', 1)"),
        *("from gc import disable\ndisable()", "import warnings as w\nw.simplefilter('ignore')"),
        "import contextlib\nwith contextlib.redirect_stdout(None): pass",
    ],
)
def test_what_changes_the_process_is_seen(code: str) -> None:
    """Whatever an import calls the thing that is changed."""
    assert list(process_wide([*ast.walk(ast.parse(code))]))


def test_only_programs_change_the_process(root: Path) -> None:
    """Outside the command line nothing assigns to a module or changes what all threads share.

    What runs in a process of its own is a program as well.
    """
    programs = {"kartu.publish.verify.child", "kartu.compile.render.bounds"}
    for name, nodes in modules(root).items():
        if not name.startswith("kartu.cli") and name not in programs:
            assert not list(process_wide(nodes)), name


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """All statements in a node, without what they are made of."""
    for part in ("body", "handlers", "cases", "orelse", "finalbody"):
        for one in getattr(node, part, ()):
            yield one
            yield from statements(one)


@pytest.mark.parametrize("folder", ["kartu", "tests"])
def test_modules_and_functions_are_short(root: Path, folder: str) -> None:
    """No module is over 400 lines, no function over 50."""
    for path in (root / folder).rglob("*.js"):
        assert path.read_text("utf-8").count("\n") <= 400, path
    for path in (root / folder).rglob("*.py"):
        assert path.read_text("utf-8").count("\n") <= 400, path
        for node in statements(parsed(path)):
            if isinstance(node, ast.FunctionDef):
                length = (node.end_lineno or 0) - node.lineno
                assert length < 50, f"{path}: {node.name} has {length} lines"


def test_the_root_holds_what_the_design_names(root: Path) -> None:
    """Beside the fixed names only what tools demand stands at the root."""
    wanted = {"build_deck.py", "cards", "templates", "kartu", "tests", "docs"}
    wanted |= {"pyproject.toml", "README.md", "README.id.md", "LICENSE", "constraints.txt"}
    there = {path.name for path in root.iterdir() if not path.name.startswith(".")}
    assert there - {"build", "dist", "PKG-INFO"} <= wanted  # the last one in an sdist
