"""Coverage-guided fuzzing of the readers, with atheris (not a dependency: pip install atheris).

    python tests/fuzz/run.py TARGET [-runs=100000] [-max_len=512] [any option of libFuzzer]

A finding ends the run with a traceback and a file crash-…; `python tests/fuzz/run.py TARGET FILE`
tries it again. An input that takes longer than five seconds or more than a GiB is a finding too.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
import tempfile
import zipfile
from pathlib import Path

import atheris

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)]

with atheris.instrument_imports(include=["kartu"]):
    from targets import TARGETS

    for package in ("anki", "load", "load.sheets", "render", "diff", "verify", "check"):
        for module in pkgutil.iter_modules([str(ROOT / "kartu" / package.replace(".", "/"))]):
            if module.name not in ("engine", "child"):
                importlib.import_module(f"kartu.{package}.{module.name}")

# What the seeds are made of; libFuzzer mutates and joins them.
WORDS = (
    "note_type", "notes", "id", "tags", "subdeck", "fields", "cards", "slots", "editions",
    "include", "tag:", "and", "not", "{{c1::", "}}", "{{#A}}", "{{/A}}", "{{cloze:A}}",
    "[sound:", "- {", "]", ": ", "&a", "*a", "|", ">", "!!", "<<", "# kartu: ignore[", "'", "$",
    "<b>", "</b>", "<c r='A1' t='inlineStr'><is><t>", "<row r='1'>", "office:value-type",
    "table:number-columns-repeated", "release", "time", "content", "hash", "models", "flds",
)  # fmt: skip


def seeds(folder: Path) -> Path:
    """The sections of all examples as files."""
    for path in sorted((ROOT / "tests/examples").glob("*/*.txt")):
        parts = re.split(r"^--- .*\n", path.read_text("utf-8"), flags=re.MULTILINE)
        for number, part in enumerate(parts):
            if 0 < len(part) < 600:
                (folder / f"{path.stem}-{number}").write_text(part, "utf-8")
    for path in sorted((ROOT / "tests/examples/libreoffice").glob("*.*s*")):
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for name in ("content.xml", "xl/worksheets/sheet1.xml"):
                    if name in archive.namelist():
                        (folder / f"{path.name}.xml").write_bytes(archive.read(name))
    return folder


def main() -> None:
    name, *options = sys.argv[1:]
    target = TARGETS[name]
    folder = Path(tempfile.mkdtemp(prefix="kartu-fuzz-"))
    dictionary = folder / "dictionary"
    dictionary.write_text("".join(f'"{word}"\n' for word in WORDS), "utf-8")
    (folder / "seeds").mkdir()
    arguments = [sys.argv[0], "-timeout=5", "-rss_limit_mb=1024", f"-dict={dictionary}", *options]
    if not any(Path(one).is_file() for one in options):
        (folder / "found").mkdir()
        arguments += [str(folder / "found"), str(seeds(folder / "seeds"))]
    atheris.Setup(arguments, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
