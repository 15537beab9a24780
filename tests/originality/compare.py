"""Tells what the cards have taken from their sources word by word.

    python tests/originality/compare.py                 against the runs that are known
    python tests/originality/compare.py SOURCE...       writes runs.txt from the sources first

A SOURCE is a text, read line by line, or a list of facts in YAML with a text under `fact_id`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.originality import RUNS, hashes, known_runs, names, taken  # noqa: E402

from kartu.core.progress import no_progress  # noqa: E402
from kartu.pipeline import compile_decks  # noqa: E402


def texts(path: Path) -> Iterator[str]:
    """The passages of a source; no run goes from one to the next."""
    content = path.read_text("utf-8")
    if path.suffix == ".yaml":
        yield from (fact["fact_id"] for fact in yaml.safe_load(content))
    else:
        yield from content.splitlines()


def main(sources: list[Path]) -> int:
    if sources:
        found = hashes(text for path in sources for text in texts(path))
        RUNS.write_text("\n".join(found) + "\n", "utf-8")
        print(f"{len(found)} runs of five words from {len(sources)} sources")
    compiled, _ = compile_decks(ROOT, (), None, no_progress)
    told = [one for deck in compiled for one in taken(deck.built, known_runs(), names())]
    for one in told:
        print(f"{one.note} {one.field}: {one.words}")
    print(f"{sum(len(deck.built.notes) for deck in compiled)} notes, {len(told)} runs taken")
    return bool(told)


if __name__ == "__main__":
    sys.exit(main([Path(argument) for argument in sys.argv[1:]]))
