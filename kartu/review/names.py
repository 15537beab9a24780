"""Looks at the names of files: a project is cloned and unpacked on every system."""

from __future__ import annotations

import re
import unicodedata

from kartu.core.diagnostics import Diagnostics
from kartu.core.source import Span
from kartu.load.files import Files

# Microsoft, "Naming Files, Paths, and Namespaces": devices have these names with any ending.
_DEVICE = re.compile(r"(?:CON|PRN|AUX|NUL|(?:COM|LPT)[1-9¹²³])\s*(?:\..*)?", re.IGNORECASE)
_SIGNS = re.compile(r'[<>:"|?*\\\x00-\x1f]')

# Windows stops at 260, of which the folder of the project takes its part.
_LONGEST = 200


def check_names(files: Files, diagnostics: Diagnostics) -> None:
    """Each file and folder of cards/ and templates/ can lie on Windows, macOS and Linux alike.

    Names that begin with . are left out.
    """
    for top in ("cards", "templates"):
        _below(files, top, diagnostics)


def _below(files: Files, folder: str, diagnostics: Diagnostics) -> None:
    same: dict[str, str] = {}
    for name in files.names(folder):
        path = f"{folder}/{name}"
        if name.startswith(".") or not files.inside(path):
            continue
        twin = same.setdefault(unicodedata.normalize("NFC", name).casefold(), name)
        fault = _fault(name, path)
        if twin != name:
            fault = f'on Windows and macOS it is one with "{twin}", and only one of them arrives'
        if fault:
            help = "give it another name: letters, digits, - and _ are safe"
            diagnostics.add("unportable-name", Span(path), fault, help)
        if files.is_folder(path):
            _below(files, path, diagnostics)


def _fault(name: str, path: str) -> str:
    """Why the file could not lie on every system, or nothing."""
    if _DEVICE.fullmatch(name):
        return f'Windows keeps the name "{name.partition(".")[0]}" to itself'
    if found := _SIGNS.search(name):
        return f"Windows allows no {found[0]} in names" if found[0] > " " else "a control character"
    if name.endswith((".", " ")):
        return f"Windows takes the {'dot' if name.endswith('.') else 'space'} at the end away"
    if len(path) > _LONGEST:
        return (
            f"the path has {len(path)} characters, and Windows reaches 260 with the folder before"
        )
    return ""
