"""The project of edit_model on the disk."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import kartu
from support.edit_model import FOLDER, PROJECT
from support.projects import write_project


@cache
def template() -> Path:
    """The project with one note released."""
    folder = Path(tempfile.mkdtemp())
    root = write_project(folder / "p", PROJECT)
    path = root / FOLDER / "1-kartu.yaml"
    content = path.read_text("utf-8")
    others = [
        path,
        *(root / FOLDER / name for name in ("2-kartu.yaml", "3-lembar.csv", "4-lain.yaml")),
    ]
    saved = {one: one.read_bytes() for one in [*others, root / FOLDER / "i18n/en.yaml"]}
    for one in saved:
        one.unlink()
    path.write_text(content.partition("\n  # sebelum dua")[0], "utf-8")
    done = kartu.release(root, out=folder / "out")
    assert done.ok, done.diagnostics
    for one, data in saved.items():
        one.parent.mkdir(exist_ok=True)
        one.write_bytes(data)
    return root


def files_of(root: Path) -> dict[str, bytes]:
    found = (path for path in sorted(root.rglob("*")) if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}
