"""WeasyPrint whole, with Pango and what else it opens by name, which PyInstaller cannot see."""

from __future__ import annotations

import sys

from PyInstaller.depend.bindepend import resolve_library_path
from PyInstaller.utils.hooks import collect_all

# As WeasyPrint (text/ffi.py) tries them.
_NAMES = {
    "linux": (
        "libgobject-2.0.so.0",
        "libpango-1.0.so.0",
        "libpangoft2-1.0.so.0",
        "libharfbuzz.so.0",
        "libharfbuzz-subset.so.0",
        "libfontconfig.so.1",
    ),
    "darwin": (
        "libgobject-2.0.0.dylib",
        "libpango-1.0.dylib",
        "libpangoft2-1.0.dylib",
        "libharfbuzz.0.dylib",
        "libharfbuzz-subset.0.dylib",
        "libfontconfig.1.dylib",
    ),
    "win32": (
        "libgobject-2.0-0.dll",
        "libpango-1.0-0.dll",
        "libpangoft2-1.0-0.dll",
        "libharfbuzz-0.dll",
        "libharfbuzz-subset-0.dll",
        "libfontconfig-1.dll",
    ),
}


def _library(name: str) -> tuple[str, str]:
    path = resolve_library_path(name)
    if path is None:
        raise SystemExit(f"{name} is not on this machine: kartu print needs Pango")
    return path, "."


datas, binaries, hiddenimports = collect_all("weasyprint", include_py_files=False)
binaries += [_library(name) for name in _NAMES[sys.platform]]
