"""All of kartu: commands are found by name, and libraries are imported where they are needed."""

from __future__ import annotations

from PyInstaller.utils.hooks import collect_all, collect_submodules

# With its sources: `verify --anki` runs some in another Python, and the cache looks at all.
module_collection_mode = {"kartu": "pyz+py"}

datas, binaries = [], []
hiddenimports = collect_submodules("kartu")
for _name in (
    "cssselect2",
    "genanki",
    "kartu",
    "latex2mathml",
    "pyphen",
    "segno",
    "tinycss2",
    "tinyhtml5",
):
    _files, _programs, _modules = collect_all(_name, include_py_files=False)
    datas += _files
    binaries += _programs
    hiddenimports += _modules
