"""Gives a reader of kartu inputs that a coverage-guided fuzzer makes, until it breaks a promise.

    python -m pip install atheris==3.0.0      (no dependency of kartu)
    python tests/fuzz/run.py csv -runs=100000

The readers are those of tests/support/readers.py; without one their names are told. Options are
libFuzzer's. What it found out is kept below build/fuzz/, and is where the next run goes on; an
input that breaks a promise is kept there too, and tried again by `run.py csv FILE`.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path

import atheris

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

with atheris.instrument_imports(include=["kartu"]):
    import kartu

    # Many modules are imported only when they are needed: too late to be watched.
    for module in pkgutil.walk_packages(kartu.__path__, "kartu."):
        if not module.name.startswith(("kartu.__main__", "kartu.publish.verify.", "kartu.cli")):
            importlib.import_module(module.name)
    from support.readers import READERS
    from support.seeds import TOKENS, seeds

# No input takes longer, or more memory, than this.
BOUNDS = ("-timeout=5", "-rss_limit_mb=2048")
ARCHIVES = ("apkg", "xlsx", "ods", "import")  # they are longer than what is in them


def main(arguments: list[str]) -> None:
    if not arguments or arguments[0] not in READERS:
        raise SystemExit(f"which reader? {' '.join(READERS)}")
    name, *options = arguments
    own = [*BOUNDS, f"-max_len={40_000 if name in ARCHIVES else 4096}"]
    if not any(Path(one).is_file() for one in options):
        folder = ROOT / "build" / "fuzz" / name
        folder.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(seeds(name)):
            (folder / f"seed-{number}").write_bytes(seed)
        words = folder.with_suffix(".words")
        words.write_text("".join(f'"{_escaped(token)}"\n' for token in TOKENS), "ascii")
        options += [f"-dict={words}", f"-artifact_prefix={folder.parent}/{name}-", str(folder)]
    atheris.Setup([sys.argv[0], *own, *options], READERS[name])
    atheris.Fuzz()


def _escaped(token: str) -> str:
    return "".join(f"\\x{byte:02X}" for byte in token.encode())


if __name__ == "__main__":
    main(sys.argv[1:])
