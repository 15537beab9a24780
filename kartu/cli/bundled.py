"""kartu as a program to download: one folder that holds Python and all libraries.

.ci/bundle makes it. Whoever double-clicks it has no terminal: without arguments, it opens the
editor.
"""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from kartu.core.folders import documents_folder
from kartu.core.language import _

_FONTS = "fonts/fonts.conf"

_FONTCONFIG = "FONTCONFIG_FILE"

# What PyInstaller's loader sets for this process; it keeps the user's own as <name>_ORIG.
_LOADER = ("LD_LIBRARY_PATH",)

# Options of Python's own that its processes may be started with, and how many words each is.
_OF_PYTHON = {"-B": 1, "-E": 1, "-I": 1, "-X": 2}


def run() -> NoReturn:
    """Runs the command that the arguments ask for as the whole of this process.

    `-m kartu.MODULE` runs a module, as Python does: here sys.executable is this program.
    """
    _prepare_environment(Path(sys.executable).parent)
    asked = module_asked(sys.argv[1:])
    if asked:
        sys.argv[1:] = asked[1:]
        runpy.run_module(asked[0], run_name="__main__", alter_sys=True)
        sys.exit()
    clicked = len(sys.argv) == 1 and not Path("cards").is_dir()
    if clicked:
        sys.argv += ["-C", str(own_project()), "edit", "--until-closed"]
    from kartu.cli import program

    program.run(_wait_for_reader if clicked else lambda status: None)


def module_asked(arguments: Sequence[str]) -> list[str]:
    """Returns the module of kartu to run, with its arguments; empty for a command line of kartu."""
    rest = list(arguments)
    while rest and rest[0] in _OF_PYTHON:
        del rest[: _OF_PYTHON[rest[0]]]
    return rest[1:] if rest[:1] == ["-m"] and rest[1:2] and rest[1].startswith("kartu.") else []


def own_project() -> Path:
    """Returns the folder for those who name none: `kartu` in the user's documents.

    There people look for what they made, it is in backups, and it stays when the program is
    replaced. Where a program may not write there, it is in the home directory.
    """
    folder = _of_decks(documents_folder())
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = _of_decks(Path.home())
        folder.mkdir(exist_ok=True)
    return folder


def _of_decks(parent: Path) -> Path:
    """Returns `kartu` in a folder, another one where the program itself was unpacked there."""
    folder = parent / "kartu"
    return parent / "kartu-dek" if folder == Path(sys.executable).parent else folder


def _prepare_environment(inside: Path) -> None:
    """Undoes for other programs what made this one find its libraries; names its fonts."""
    for name in _LOADER:
        before = os.environ.pop(f"{name}_ORIG", None)
        if before is not None:
            os.environ[name] = before
        else:
            os.environ.pop(name, None)
    if sys.platform == "win32":  # cffi looks for libraries in these folders alone
        os.add_dll_directory(getattr(sys, "_MEIPASS", str(inside)))
    fonts = Path(getattr(sys, "_MEIPASS", inside), _FONTS)
    if fonts.exists():
        os.environ.setdefault(_FONTCONFIG, str(fonts))


def _wait_for_reader(status: int) -> None:
    """Leaves the window open in which the reason is to be read."""
    if status and sys.stdin is not None and sys.stdin.isatty():
        input(_("Press Enter to close this window."))
