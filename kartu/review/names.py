"""Checks on names of files: a project is cloned and unpacked on every operating system."""

from __future__ import annotations

import re
import unicodedata

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _
from kartu.core.source import Span
from kartu.load.files import Files

# Microsoft, "Naming Files, Paths, and Namespaces": devices have these names with any ending.
_DEVICE = re.compile(r"(?:CON|PRN|AUX|NUL|(?:COM|LPT)[1-9¹²³])\s*(?:\..*)?", re.IGNORECASE)
_RESERVED_CHARACTERS = re.compile(r'[<>:"|?*\\\x00-\x1f]')

# The limit of Windows is 260 (MAX_PATH), including the folder of the project.
_MAX_PATH = 200


def check_names(files: Files, diagnostics: Diagnostics) -> None:
    """Reports names in cards/ and templates/ that Windows, macOS or Linux cannot store.

    Names that begin with . are skipped.
    """
    for top in ("cards", "templates") if files.one is None else ():
        _check_folder(files, top, diagnostics)


def _check_folder(files: Files, folder: str, diagnostics: Diagnostics) -> None:
    by_normalized_name: dict[str, str] = {}
    for name in files.names(folder):
        path = f"{folder}/{name}"
        if name.startswith(".") or not files.inside(path):
            continue
        other = by_normalized_name.setdefault(unicodedata.normalize("NFC", name).casefold(), name)
        fault = name_fault(name, path)
        if other != name:
            fault = _(
                'on Windows and macOS it is the same file as "{other}": only one of them arrives',
                other=other,
            )
        if fault:
            help = _("give it another name: letters, digits, - and _ are safe")
            diagnostics.add("unportable-name", Span(path), fault, help)
        if files.is_folder(path):
            _check_folder(files, path, diagnostics)


def name_fault(name: str, path: str) -> str:
    """Describes why some system cannot store the file; empty if all can."""
    if _DEVICE.fullmatch(name):
        return _('Windows reserves the name "{name}"', name=name.partition(".")[0])
    if found := _RESERVED_CHARACTERS.search(name):
        return (
            _("Windows does not allow {character} in names", character=found[0])
            if found[0] > " "
            else _("the name has a control character")
        )
    if name.endswith((".", " ")):
        return (
            _("Windows drops the dot at the end")
            if name.endswith(".")
            else _("Windows drops the space at the end")
        )
    if len(path) > _MAX_PATH:
        return _(
            "the path has {count} characters; with the folder before it, Windows allows 260",
            count=len(path),
        )
    return ""
