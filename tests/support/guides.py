"""Follows a guide to the letter: writes its files, makes its edits, runs its commands.

What a block of a guide is, its first word and line say:

- `sh`: commands, a line each; what they print stands in a `console` block right below, in which
  `…` stands for anything. `sh pasang` and `sh install`, `sh jaringan` and `sh network`, and
  `powershell` hold what needs the network and cannot be tried: nothing else may stand there.
- `yaml`, `html` and `css`: a file, whose path the comment in its first line tells.
- `diff`: an edit of the file that its first line tells.
- `csv`, or a table, below a comment with a path: a sheet, or the cells of it to change.
"""

from __future__ import annotations

import csv
import io
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(
    r"(?:^<!-- (?P<path>\S+) -->\n)?"
    r"(?:^```(?P<kind>[^\n]*)\n(?P<text>.*?)^```$|(?<=-->\n)(?P<table>(?:^\|[^\n]*\n)+))",
    re.MULTILINE | re.DOTALL,
)
_COMMENT = re.compile(r"^(?:#|<!--|/\*|\[\[#) (?P<path>\S+)(?: -->| \*/| #\]\])?\n")

# What cannot be tried, and how its commands begin.
UNTRIED = {
    "sh pasang": ("python3 -m venv ", "~/kartu-program/bin/pip install ", "export PATH="),
    "sh install": ("python3 -m venv ", "~/kartu-program/bin/pip install ", "export PATH="),
    "powershell": ("winget install ", "py -m pip install "),
    "sh jaringan": ("git ",),
}


@dataclass(frozen=True)
class Block:
    """A block of a guide, with the file that it speaks of."""

    line: int
    kind: str
    text: str
    path: str = ""


def blocks(guide: str) -> Iterator[Block]:
    """The blocks of a guide in their order; a diff is without its first line."""
    for match in _BLOCK.finditer(guide):
        line = guide.count("\n", 0, match.start()) + 1
        path = match["path"] or ""
        if match["table"]:
            yield Block(line, "table", match["table"], path)
            continue
        kind, text = match["kind"], match["text"]
        if kind in ("yaml", "html", "css", "diff") and (told := _COMMENT.match(text)):
            path = told["path"]
            text = text[told.end() :] if kind == "diff" else text
        yield Block(line, kind, text, path)


def commands(block: Block) -> list[list[str]]:
    """The words of each command; only `kartu` and `cd` are known."""
    lines = [shlex.split(line, comments=True) for line in block.text.splitlines()]
    assert all(words[0] in ("kartu", "cd") for words in lines), block
    return lines


def change(folder: Path, block: Block) -> None:
    """Does to the files below `folder` what the block says."""
    path = folder / block.path
    assert block.path, f"line {block.line}: of which file?"
    if block.kind == "table":
        path.write_bytes(_with_cells(path.read_bytes(), block.text))
    elif block.kind == "diff":
        path.write_text(_edited(path.read_text("utf-8"), block), "utf-8")
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, "utf-8")


def _edited(text: str, block: Block) -> str:
    lines = block.text.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if line[0] in " -")
    new = "".join(line[1:] for line in lines if line[0] in " +")
    assert text.count(old) == 1, f"line {block.line}: the text to change stands there once"
    return text.replace(old, new)


def _with_cells(sheet: bytes, table: str) -> bytes:
    """A sheet as a spreadsheet saves it, after the cells of the table were typed in."""
    head, _, *rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()
    ]
    reader = csv.DictReader(io.StringIO(sheet.decode("utf-8-sig")))
    notes = list(reader)
    for row in rows:
        (note,) = [one for one in notes if one["id"] == row[0]]
        note.update(zip(head, row, strict=True))
    out = io.StringIO()
    writer = csv.DictWriter(out, list(reader.fieldnames or ()))
    writer.writeheader()
    writer.writerows(notes)
    return out.getvalue().encode("utf-8-sig")


def fits(shown: str, printed: str) -> bool:
    """Whether a `console` block is what was printed; it may show only the last command's."""
    pattern = "(?:.*\n)?" + ".*?".join(map(re.escape, shown.split("…")))
    return re.fullmatch(pattern, printed, re.DOTALL) is not None
