"""JSON Schemas of what commands print for programs, a file a report.

The `$id` ends with the version of the report's shape, `report` in it where it is an object with
names of its own: raised when a key goes or means something else, not when one is added.
"""

from __future__ import annotations

from pathlib import Path

from kartu.core.atomic import write_all
from kartu.core.usage import writing

_HERE = Path(__file__).parent


def report_schemas() -> dict[str, bytes]:
    """The schema files by name."""
    return {path.name: path.read_bytes() for path in sorted(_HERE.glob("*.json"))}


def write_report_schemas(out: Path) -> list[str]:
    """Writes them into `out` and tells their names; UsageError for a folder that cannot be."""
    files = report_schemas()
    with writing(f"into {out}"):
        write_all(out, files)
    return list(files)
