"""Follows a guide to the letter: writes its files, makes its edits, runs its commands.

What a block of a guide is, its first word and line say:

- `sh`: commands, a line each; what they print stands in a `console` block right below, in which
  `…` stands for anything. `sh pasang`, `sh jaringan` and `powershell` hold what needs the
  network and cannot be tried: nothing else may stand there.
- `yaml`, `html` and `css`: a file, whose path the comment in its first line tells.
- `diff`: an edit of the file that its first line tells.
- `csv`, or a table, below a comment with a path: a sheet, or the cells of it to change; a table of
  a workbook is its whole sheet.
- a picture of the guide below a comment with a path: the file to save it in.
"""

from __future__ import annotations

import csv
import io
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from support.gallery import ROOT, previewing
from support.program import in_process

_BLOCK = re.compile(
    r"(?:^<!-- (?P<path>\S+) -->\n)?"
    r"(?:^```(?P<kind>[^\n]*)\n(?P<text>.*?)^```$|(?<=-->\n)(?P<table>(?:^\|[^\n]*\n)+)"
    r"|(?<=-->\n)!\[[^\]]*\]\((?P<picture>[^)\s]+)\)$)",
    re.MULTILINE | re.DOTALL,
)
_COMMENT = re.compile(r"^(?:#|<!--|/\*|\[\[#) (?P<path>\S+)(?: -->| \*/| #\]\])?\n")

# What cannot be tried, and how its commands begin.
UNTRIED = {
    "sh pasang": ("python3 -m venv ", "~/kartu-program/bin/pip install ", "export "),
    "powershell": ("winget install ", "py -m pip install ", "setx KARTU_LANG "),
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
        if match["picture"]:
            yield Block(line, "picture", match["picture"], path)
            continue
        kind, text = match["kind"], match["text"]
        if kind in ("yaml", "html", "css", "diff") and (comment := _COMMENT.match(text)):
            path = comment["path"]
            text = text[comment.end() :] if kind == "diff" else text
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
    if path.suffix == ".xlsx":
        _write_workbook(path, block.text)
    elif block.kind == "table":
        path.write_bytes(_with_cells(path.read_bytes(), block.text))
    elif block.kind == "picture":
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "docs" / block.text, path)
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


def _cells(table: str) -> list[list[str]]:
    lines = [line.strip("|").split("|") for line in table.splitlines()]
    head, _, *rows = [[cell.strip().strip("`") for cell in line] for line in lines]
    return [head, *rows]


def _write_workbook(path: Path, table: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in _cells(table):
        sheet.append(row)
    book.save(path)


def _with_cells(sheet: bytes, table: str) -> bytes:
    """A sheet as a spreadsheet saves it, after the cells of the table were typed in."""
    head, *rows = _cells(table)
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
    """Whether a `console` block is what was printed; it may show only the last command's.

    Where kartu came from is another matter on each computer.
    """
    printed = re.sub(r"^requirements\.txt: .*\n", "", printed, flags=re.MULTILINE)
    pattern = "(?:.*\n)?" + ".*?".join(map(re.escape, shown.split("…")))
    return re.fullmatch(pattern, printed, re.DOTALL) is not None


class Reader:
    """Someone who follows a guide in a folder, with an Anki that listens at a port.

    kartu speaks the language of the guide, and is answered what is `typed` where it is interactive.
    """

    def __init__(self, folder: Path, port: int, language: str, *, typed: str = "") -> None:
        self.here = self._home = folder.resolve()
        self._port = port
        self._language = language
        self._typed = typed
        self._printed = ""
        self._status = 0
        self._asked = ""

    def follow(self, guide: str) -> None:
        """Does what each block says; a command that fails must be shown to fail."""
        for block in blocks(guide):
            if block.kind == "console":
                assert fits(block.text, self._printed), f"{block}\n\nprinted:\n{self._printed}"
                self._status *= not re.search(r"(error|kesalahan)\[", block.text)
            else:
                self._end()
                self._do(block)
        self._end()

    def _end(self) -> None:
        assert self._status == 0, f"{self._asked}\n{self._printed}"
        self._printed = ""

    def _do(self, block: Block) -> None:
        if block.kind == "sh":
            for words in commands(block):
                assert self._status == 0, f"{self._asked}\n{self._printed}"
                self._run(words)
        elif block.kind in UNTRIED:
            lines = block.text.splitlines()
            assert all(line.startswith(UNTRIED[block.kind]) for line in lines), block
        else:
            change(self.here, block)

    def _run(self, words: list[str]) -> None:
        self._asked = " ".join(words)
        if words[0] == "cd":
            self.here = (self.here / words[1]).resolve()
            assert self._home in (self.here, *self.here.parents)
            return
        if words[1] in ("preview", "edit"):
            cache = self._home / "cache"
            with previewing(self.here, *words[2:], cache=cache, command=words[1]):
                return
        if words[1] == "push":
            words = [*words, "--port", str(self._port)]
        surroundings = {
            "GITHUB_ACTIONS": "",
            "KARTU_LANG": self._language,
            "XDG_CACHE_HOME": str(self._home / "cache"),
        }
        words = [name for word in words for name in self._files(word)]
        typed = self._typed if "--interactive" in words else ""
        done = in_process(*words[1:], cwd=self.here, env=surroundings, together=True, typed=typed)
        self._printed += done.stdout
        # With --diff some commands end with 1 where there is a difference.
        self._status = done.returncode if "--diff" not in words else done.returncode // 2

    def _files(self, word: str) -> list[str]:
        """What a shell makes of a word: the files that a pattern means."""
        if "*" not in word:
            return [word]
        return sorted(path.relative_to(self.here).as_posix() for path in self.here.glob(word))
