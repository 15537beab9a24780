"""Writes constraints.txt, .ci/lowest.txt and .ci/bundle/constraints.txt from pyproject.toml.

    python .ci/constraints.py [--upgrade | --check]

They are for Python 3.11 and newer. Without --upgrade each version stays where pyproject.toml still
allows it. --check writes nothing, and ends with 1 where a file would change. uv, which resolves, is
installed for it into build/uv.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
from functools import cache
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parent.parent
UV = "uv==0.13.9"
UV_OPTIONS = (
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-annotate",
    "--no-header",
    "--quiet",
)

# Only for the command line of axe-playwright-python, from which CI takes axe-core.
LEFT_OUT = ("greenlet", "playwright", "pyee")

ALL = """\
# The exact versions with which CI works: `python .ci/constraints.py` writes this file, and
# docs/ci.md says how it is used.

# What kartu[sheets,verify] needs, and what builds it, as the CI of a project of decks does.
{ours}
# What the tests of kartu need besides.
{rest}"""

LOWEST = """\
# The lowest versions that pyproject.toml allows: `python .ci/constraints.py` writes this file, and
# tests/test_lowest.py holds that packages come out the same with them.

{low}"""

BUNDLE = """\
# What is in the program to download, and what makes it, with the versions of constraints.txt:
# `python .ci/constraints.py` writes this file.

{bundle}"""


def main(*options: str) -> int:
    """0, or with --check 1 where a file would change."""
    changed = False
    for path, content in files(upgrade="--upgrade" in options).items():
        if not path.exists() or path.read_text("utf-8") != content:
            changed = True
            print(
                f"{path.relative_to(ROOT)}: {'out of date' if '--check' in options else 'written'}"
            )
            if "--check" not in options:
                path.write_text(content, "utf-8")
    return int(changed and "--check" in options)


def files(*, upgrade: bool) -> dict[Path, str]:
    """The files with what they should hold."""
    path, lowest = ROOT / "constraints.txt", ROOT / ".ci/lowest.txt"
    bundle = ROOT / ".ci/bundle/constraints.txt"
    project = ("--extra=sheets", "--extra=verify", "--group=build")
    inside = ("--extra=edit", "--extra=print", "--extra=sheets", "--group=build", "--group=bundle")
    with tempfile.TemporaryDirectory() as folder:
        now, least = Path(folder, "constraints.txt"), Path(folder, "lowest.txt")
        tools = Path(folder, "bundle.txt")
        if not upgrade:
            now.write_text("".join(packages(path).values()), "utf-8")
            named = direct()
            known = (text for name, text in packages(lowest).items() if name not in named)
            least.write_text("".join(known), "utf-8")
            tools.write_text("".join(packages(bundle).values()), "utf-8")
        both = compiled(now, "--all-extras", "--group=ci")
        ours = compiled(Path(folder, "project.txt"), *project, f"--constraints={now}")
        made = compiled(tools, *inside, f"--constraints={now}")
        low = compiled(least, "--all-extras", "--resolution=lowest-direct")
    rest = (text for name, text in both.items() if name not in {*ours, *LEFT_OUT})
    return {
        path: ALL.format(ours="".join(both[name] for name in ours), rest="".join(rest)),
        lowest: LOWEST.format(low="".join(low.values())),
        bundle: BUNDLE.format(bundle="".join(made.values())),
    }


def direct() -> set[str]:
    """The names, as uv writes them, of what pyproject.toml asks for itself."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    return {re.split(r"[>\[]", text)[0].replace(".", "-") for text in asked}


def packages(path: Path) -> dict[str, str]:
    """The lines of each package, by its name."""
    text = path.read_text("utf-8") if path.exists() else ""
    found = re.findall(r"^[^ #].*\n(?: +--hash.*\n)+", text, re.MULTILINE)
    return {lines.partition("==")[0]: lines for lines in found}


def compiled(out: Path, *options: str) -> dict[str, str]:
    """What uv resolves, and writes to a file; versions that are there already are preferred."""
    command: list[str | Path] = [
        uv(),
        "pip",
        "compile",
        "pyproject.toml",
        f"--output-file={out}",
        *UV_OPTIONS,
    ]
    subprocess.run([*command, *options], check=True, cwd=ROOT)
    return packages(out)


@cache
def uv() -> Path:
    """The program, in an environment made for it."""
    place = ROOT / "build/uv"
    subprocess.run([sys.executable, "-m", "venv", place], check=True)
    (python,) = (path for path in place.glob("*/python*") if path.stem == "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", UV], check=True)
    return python.with_name("uv")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
