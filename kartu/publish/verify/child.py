"""What runs in the interpreter that has Anki: `PYTHON -E child.py JOB RESULT`, both JSON files.

It needs Python 3.10, the standard library and anki; kartu itself need not be installed there.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import re
import sys
from types import ModuleType
from typing import Any

# Older ones put answers on fronts when a spare is claimed (import-behaviour.md, section 11).
_OLDEST = (23, 12)


def main(job_path: str, result_path: str) -> None:
    """Runs the gate that JOB describes. RESULT is written at the start and completed at the end."""
    if importlib.util.find_spec("anki") is None:
        _write(result_path, {"state": "no-anki"})
        return
    version = importlib.metadata.version("anki")
    if tuple(int(part) for part in re.findall(r"\d+", version)[:2]) < _OLDEST:
        _write(result_path, {"state": "old-anki", "anki": version})
        return
    from kartu.core.language import use
    from kartu.publish.verify.findings import Report
    from kartu.publish.verify.gates import run_gate

    with open(job_path, encoding="utf-8") as file:
        job = json.load(file)
    use(job["language"])
    report = Report()
    _write(result_path, {"state": "begun", **report.as_json()})
    run_gate(job["file"], job["old"], job["folder"], report, job["between"])
    _write(result_path, {"state": "done", **report.as_json()})


def _write(path: str, content: dict[str, Any]) -> None:
    with open(path, "w", encoding="utf-8") as file:
        json.dump(content, file)


def _make_kartu_importable() -> None:
    """Only kartu: its folder on the path would make the packages next to it importable too."""
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [path for path in sys.path if os.path.abspath(path) != here]
    package = ModuleType("kartu")
    package.__path__ = [os.path.dirname(os.path.dirname(here))]
    sys.modules["kartu"] = package


if __name__ == "__main__":
    _make_kartu_importable()
    main(*sys.argv[1:])
