"""The licences of all that is in the program to download, found by where each file came from."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path
from typing import NamedTuple

_TEXT = re.compile(r"(licen[cs]e|copying|copyright|notice|authors|ofl)", re.IGNORECASE)
# Of all files of a package, as Debian's machine-readable files tell it.
_OF_ALL = re.compile(r"^Files: *\*\n(?:.+\n)*?License: *(.+)$", re.MULTILINE)
_COMMON = re.compile(r"/usr/share/common-licenses/([\w.+-]*\w)")

_HEAD = """\
What is in this folder, and under which licence. The texts are in licences/<name>/.

kartu itself is under the MIT licence, the cards that it comes with are under CC BY 4.0. Anki's
engine is not in it. Each library under the LGPL is a file of its own in _internal/, which you may
replace by your own build; where its source code is, the text of its licence says.

"""


class Part(NamedTuple):
    """Something under one licence; `texts` are the files that hold its text."""

    name: str
    version: str
    licence: str
    texts: tuple[Path, ...]


def write_licences(made: Path, work: Path, fonts: Collection[Path]) -> None:
    """Writes LICENCES.txt and licences/ into the program's folder.

    Args:
        work: Where PyInstaller wrote what it has put together, and from where.
        fonts: Files that were added to that.

    Raises SystemExit for a file of which the licence is not known.
    """
    parts = sorted(_parts(_sources(work), fonts), key=lambda part: part.name.lower())
    lines = [f"{one.name} {one.version}: {one.licence}" for one in parts]
    text = _HEAD + "\n".join(lines) + "\n"
    (made / "LICENCES.txt").write_text(text, "utf-8", newline="\r\n")
    for part in parts:
        folder = made / "licences" / part.name
        folder.mkdir(parents=True)
        for path in part.texts:
            shutil.copyfile(path, folder / path.name)


def _sources(work: Path) -> set[Path]:
    """The files that the program was made of."""
    modules = ast.literal_eval((work / "PYZ-00.toc").read_text("utf-8"))[1]
    files = ast.literal_eval((work / "COLLECT-00.toc").read_text("utf-8"))[0]
    kinds = ("PYMODULE", "EXTENSION", "BINARY", "DATA")
    found = {source for _name, source, kind in (*modules, *files) if kind in kinds}
    return {
        Path(source)
        for source in found
        if os.path.isfile(source) and work not in [*Path(source).parents]
    }


def _parts(sources: set[Path], fonts: Collection[Path]) -> Iterator[Part]:
    owners = {
        os.path.realpath(str(one.locate_file(file))): one
        for one in distributions()
        for file in one.files or ()
    }
    names = {
        owners[path].name for source in sources if (path := os.path.realpath(source)) in owners
    }
    for name in {*names, "kartu", "pyinstaller"}:
        yield _of_distribution(distribution(name))
    yield _python()
    others = [one for one in sources if os.path.realpath(one) not in owners and not _of_python(one)]
    yield from _of_system([*others, *fonts])


def _of_distribution(one: Distribution) -> Part:
    def said(key: str) -> list[str]:
        return list(one.metadata.get_all(key) or ())

    kinds = [
        kind.rpartition(" :: ")[2] for kind in said("Classifier") if kind.startswith("License")
    ]
    short = [text.partition("\n")[0] for text in said("License")]
    licence = ", ".join(said("License-Expression") or short or kinds)
    texts = [
        Path(str(one.locate_file(file)))
        for file in one.files or ()
        if ".dist-info" in file.parts[0] and _TEXT.match(file.name)
    ]
    if not texts:  # the metadata names it at least
        texts = [
            Path(str(one.locate_file(file))) for file in one.files or () if file.name == "METADATA"
        ]
    if not licence and not texts:
        raise SystemExit(f"the licence of {one.name} is not known")
    return Part(one.name, one.version, licence or "see its text", tuple(texts))


def _of_python(source: Path) -> bool:
    return any(
        Path(place) in source.parents
        for place in (sys.base_prefix, os.path.realpath(sys.base_prefix))
    )


def _python() -> Part:
    places = (Path(os.__file__).parent, Path(sys.base_prefix), Path("/usr/share/doc/python3"))
    texts = [place / name for place in places for name in ("LICENSE.txt", "copyright")]
    found = next((text for text in texts if text.is_file()), None)
    if found is None:
        raise SystemExit("the licence of Python is not known")
    return Part("Python", sys.version.split()[0], "PSF-2.0", (found,))


def _of_system(files: Iterable[Path]) -> Iterator[Part]:
    """The packages of the system that these files belong to."""
    of = {"linux": _of_debian, "darwin": _of_homebrew, "win32": _of_msys}[sys.platform]
    parts = {part.name: part for part in map(of, files)}
    for part in parts.values():
        if not part.texts:
            raise SystemExit(f"the licence of {part.name} is not known")
        yield part


def _of_debian(file: Path) -> Part:
    for path in {file, Path(os.path.realpath(file)), Path(str(file).removeprefix("/usr"))}:
        done = _output("dpkg", "-S", str(path))
        if done:
            package = done.partition(":")[0].partition(",")[0]
            break
    else:
        raise SystemExit(f"{file} is of no package")
    text = Path("/usr/share/doc", package, "copyright")
    content = text.read_text("utf-8", "replace")
    named = sorted(set(_COMMON.findall(content)))
    common = [Path("/usr/share/common-licenses", name) for name in named]
    version = _output("dpkg-query", "-W", "-f", "${Version}", package)
    licence = found[1] if (found := _OF_ALL.search(content)) else "see its text"
    return Part(package, version, licence, (text, *filter(Path.is_file, common)))


def _of_homebrew(file: Path) -> Part:
    parts = Path(os.path.realpath(file)).parts
    if "Cellar" not in parts:
        raise SystemExit(f"{file} is of no formula")
    at = parts.index("Cellar")
    keg = Path(*parts[: at + 3])
    texts = tuple(
        sorted(path for path in keg.iterdir() if path.is_file() and _TEXT.match(path.name))
    )
    return Part(parts[at + 1], parts[at + 2], "see its text", texts)


def _of_msys(file: Path) -> Part:
    if "windows" in (part.lower() for part in file.parts):  # Python's licence tells of it as well
        return _python()._replace(
            name="Microsoft Visual C++ runtime", version="", licence="its own"
        )
    tree = file.parents[1]
    pacman = tree.parent / "usr/bin/pacman.exe"
    owner = _output(str(pacman), "-Qo", f"/{tree.name}/bin/{file.name}").split()
    if len(owner) < 2:
        raise SystemExit(f"{file} is of no package")
    short = re.sub(r"^mingw-w64-(?:\w+-)?x86_64-", "", owner[-2])
    folder = tree / "share/licenses" / short
    texts = tuple(sorted(path for path in folder.rglob("*") if path.is_file()))
    return Part(owner[-2], owner[-1], "see its text", texts)


def _output(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""
