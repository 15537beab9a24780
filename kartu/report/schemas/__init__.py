"""JSON Schemas of what commands print for programs, one file per report.

The `$id` ends with the version of the report's shape, which objects also hold as `report`. It is
raised when a key is removed or changes its meaning, not when one is added.
"""

from __future__ import annotations

from pathlib import Path

from kartu.core.atomic import write_all
from kartu.core.usage import writing

_HERE = Path(__file__).parent


def report_schemas() -> dict[str, bytes]:
    """Returns the contents of the schema files by name."""
    return {path.name: path.read_bytes() for path in sorted(_HERE.glob("*.json"))}


def write_report_schemas(out: Path) -> list[str]:
    """Writes the schemas into `out` and returns their names.

    Raises:
        UsageError: The folder cannot be written.
    """
    files = report_schemas()
    with writing(f"into {out}"):
        write_all(out, files)
    return list(files)
