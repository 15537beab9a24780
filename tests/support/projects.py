"""Small projects written as one text: `--- path` lines begin a file, the rest is its content.

`--- path as utf-16 crlf` writes the file in that encoding and with those line ends.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from support.sampling import WHOLE

EXAMPLES = Path(__file__).parent.parent / "examples"

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

_FILE = re.compile(r"^--- (.+)\n", re.MULTILINE)

# A standard note type with two cards and a cloze one, for what needs both.
TWO_NOTE_TYPES = """--- templates/dasar/note_type.yaml
id: dasar
name: Dasar
fields:
  - {key: depan, name: Depan, id: 1, required: true}
  - {key: belakang, name: Belakang, id: 2, format: markdown}
  - {key: contoh, name: Contoh, id: 3}
cards:
  - {id: 1, name: Maju, front: maju.front.html, back: maju.back.html}
  - {id: 2, name: Mundur, front: mundur.front.html, back: maju.back.html}
--- templates/dasar/mundur.front.html
{{Belakang}}
--- templates/isian/note_type.yaml
id: isian
name: Isian
kind: cloze
fields:
  - {key: teks, name: Teks, id: 1, required: true}
cards:
  - {id: 1, name: Isian, front: isian.front.html, back: isian.back.html}
--- templates/isian/isian.front.html
{{cloze:Teks}}
--- templates/isian/isian.back.html
{{cloze:Teks}}
"""

# Its second card, for what needs the first one alone.
MUNDUR = "  - {id: 2, name: Mundur, front: mundur.front.html, back: maju.back.html}\n"


# Of the real deck: note types of every kind, each edition, and what histories of it change.
_SOME_SETS = re.compile(r"01-|05-(02|09|10)-")


def copy_decks(root: Path, folder: Path) -> Path:
    """Copies the checkout's decks and templates into `folder`, as they were before any release.

    Where tests are quick, the decks have a quarter of their card sets, and no translations.
    """
    released = shutil.ignore_patterns("ledger*.jsonl", "changelog*.md")
    for name in ("cards", "templates"):
        shutil.copytree(root / name, folder / name, ignore=released)
    for deck in (folder / "cards").iterdir() if not WHOLE else ():
        shutil.rmtree(deck / "i18n", ignore_errors=True)
        for path in deck.glob("[0-9]*.yaml"):
            if not _SOME_SETS.match(path.name) and "id: traktat\n" not in path.read_text("utf-8"):
                path.unlink()
    return folder


def sections(text: str) -> dict[str, str]:
    """The files of a text by path."""
    parts = _FILE.split(text)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def write_project(root: Path, *texts: str, base: bool = True) -> Path:
    """Writes the base example and over it the files of each text; an empty file is left out."""
    files: dict[str, str] = {}
    for text in ((EXAMPLES / "base.txt").read_text("utf-8"), *texts) if base else texts:
        files |= sections(text)
    for head, content in files.items():
        name, _, written = head.partition(" as ")
        path = root / name
        if content == "" and path.suffix != ".png":
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        ends = "\r\n" if "crlf" in written else "\n"
        encoding = written.replace("crlf", "").strip() or "utf-8"
        path.write_bytes(content.replace("\n", ends).encode(encoding))
    return root
