"""Makes the program to download: a folder with Python, kartu and all libraries, and its archive.

    python .ci/bundle/pack.py OUT

It runs in an environment that has .ci/bundle/constraints.txt and kartu's wheel, and writes
OUT/kartu/ and OUT/kartu-<version>-<system>.tar.xz (.zip for Windows). The same commit gives the
same bytes on the same system: SOURCE_DATE_EPOCH is the time of all files in it.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import distribution
from pathlib import Path

from licences import write_licences

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SYSTEMS = {"linux": "linux", "darwin": "macos", "win32": "windows"}
MACHINES = {"amd64": "x86_64", "aarch64": "arm64"}

# The engine is under the AGPL and readline under the GPL; what only builds or tests has nothing to
# do in it.
LEFT_OUT = (
    "anki",
    "babel",
    "curses",
    "hatchling",
    "pip",
    "pytest",
    "readline",
    "setuptools",
    "tkinter",
)

# For machines without any font: the other systems come with some.
FONTS = Path("/usr/share/fonts/truetype/dejavu")
FONT_FILES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSansMono.ttf")

# Where fontconfig finds those of the system.
SYSTEM_FONTS = {
    "linux": '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>',
    "darwin": "".join(
        f"<dir>{one}</dir>"
        for one in ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts")
    ),
    "win32": "<dir>WINDOWSFONTDIR</dir><dir>WINDOWSUSERFONTDIR</dir>",
}


def main(out: str) -> None:
    """Writes the folder and its archive."""
    moment = int(os.environ["SOURCE_DATE_EPOCH"])
    folder = Path(out).resolve()
    _freeze(folder)
    made = folder / "kartu"
    inside = made / "_internal"
    _add_fonts(inside / "fonts")
    _add_metadata(inside)
    write_licences(made, folder / "work" / "kartu", _fonts())
    text = (HERE / "BACA-SAYA.txt").read_text("utf-8")
    (made / "BACA-SAYA.txt").write_text(text, "utf-8", newline="\r\n")
    version = distribution("kartu").version
    machine = platform.machine().lower()
    name = f"kartu-{version}-{SYSTEMS[sys.platform]}-{MACHINES.get(machine, machine)}"
    write = _write_zip if sys.platform == "win32" else _write_tar
    archive = write(made, folder / name, moment)
    size = sum(path.stat().st_size for path in made.rglob("*") if not path.is_symlink())
    print(f"{archive}: {archive.stat().st_size / 1e6:.1f} MB, unpacked {size / 1e6:.1f} MB")


def _freeze(folder: Path) -> None:
    """Has PyInstaller write kartu/ in the folder."""
    options = [
        "--noconfirm",
        "--clean",
        "--log-level=WARN",
        "--name=kartu",
        "--console",
        "--noupx",
        f"--distpath={folder}",
        f"--workpath={folder / 'work'}",
        f"--specpath={folder / 'work'}",
        f"--additional-hooks-dir={HERE / 'hooks'}",
        *(f"--exclude-module={name}" for name in LEFT_OUT),
    ]
    if sys.platform == "linux":  # elsewhere it would break signatures
        options.append("--strip")
    if sys.platform == "win32":  # a console of its own is out of the way, and can be closed
        options.append("--hide-console=minimize-late")
    command = [sys.executable, "-m", "PyInstaller", *options, str(HERE / "start.py")]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}  # it orders what is in the program
    subprocess.run(command, check=True, cwd=folder.parent, env=environment)


def _add_fonts(fonts: Path) -> None:
    fonts.mkdir()
    text = (HERE / "fonts.conf").read_text("utf-8")
    text = text.replace("THEIR-FOLDERS", SYSTEM_FONTS[sys.platform])
    (fonts / "fonts.conf").write_text(text, "utf-8", newline="\n")
    for path in _fonts():
        shutil.copy(path, fonts)


def _fonts() -> list[Path]:
    return [FONTS / name for name in FONT_FILES] if sys.platform == "linux" else []


def _add_metadata(inside: Path) -> None:
    """By which `kartu new` knows what a project's CI is to install: this version."""
    found = distribution("kartu")
    folder = inside / f"kartu-{found.version}.dist-info"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    text = found.read_text("METADATA")
    assert text is not None
    (folder / "METADATA").write_text(text, "utf-8", newline="\n")


def _entries(made: Path) -> Iterator[tuple[Path, str]]:
    """All files, in one order, with their names in the archive."""
    for path in sorted(made.rglob("*"), key=lambda path: path.as_posix()):
        if path.is_symlink() or path.is_file():
            yield path, path.relative_to(made.parent).as_posix()


def _write_tar(made: Path, name: Path, moment: int) -> Path:
    def plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
        info.uid = info.gid = 0
        info.uname = info.gname = ""
        info.mtime = moment
        info.mode = 0o755 if info.mode & 0o100 else 0o644
        return info

    archive = name.with_name(f"{name.name}.tar.xz")
    with tarfile.open(archive, "w:xz", format=tarfile.PAX_FORMAT) as tar:
        for path, inside in _entries(made):
            tar.add(path, inside, recursive=False, filter=plain)
    return archive


def _write_zip(made: Path, name: Path, moment: int) -> Path:
    archive = name.with_name(f"{name.name}.zip")
    date = datetime.fromtimestamp(moment, UTC).timetuple()[:6]
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for path, inside in _entries(made):
            file.writestr(zipfile.ZipInfo(inside, date), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return archive


if __name__ == "__main__":
    main(*sys.argv[1:])
