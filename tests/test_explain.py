"""`kartu explain`: every code has a reason and an example, and every example is true."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest
import yaml
from support.paper import require_pango
from support.program import Run
from support.projects import EXAMPLES, sections

from kartu.core import language
from kartu.core.codes import ALL, ERRORS, severity, title
from kartu.core.diagnostics import Diagnostic
from kartu.pipeline import BuildOptions, Options, check
from kartu.publish.one_file import build_file
from kartu.publish.release import ReleaseOptions, release
from kartu.report.diff import markdown
from kartu.report.explanations import Explanation, explanations
from kartu.show.paper.options import PrintOptions
from kartu.show.paper.run import print_deck

CATALOGUE = [*ALL]


def explained(code: str) -> dict[str, Explanation]:
    language.use(code)
    try:
        return {one.code: one for one in explanations()}
    finally:
        language.use("en")


IN_LANGUAGE = {code: explained(code) for code in language.LANGUAGES}
EXPLAINED = IN_LANGUAGE["en"]
EXAMPLES_IN_LANGUAGES = [(code, one) for code in language.LANGUAGES for one in EXPLAINED]

# The small project of the English examples: the same as tests/examples/base.txt.
ENGLISH_BASE = """\
--- cards/example/deck.yaml
id: example
uid: a1b2c3d4e5f60718
name: Example
language: en
version: 1.0.0
--- cards/example/cards.yaml
note_type: basic
notes:
  - id: one
    question: One
    answer: Uno
--- templates/basic/note_type.yaml
id: basic
name: Basic
fields:
  - {key: question, name: Question, id: 1, required: true}
  - {key: answer, name: Answer, id: 2, format: markdown}
cards:
  - {id: 1, name: Forward, front: forward.front.html, back: forward.back.html}
--- templates/basic/forward.front.html
{{Question}}
--- templates/basic/forward.back.html
{{FrontSide}}<hr id="answer">{{Answer}}
"""
_BASE = sections((EXAMPLES / "base.txt").read_text("utf-8"))
BASES = {
    "en": sections(ENGLISH_BASE) | {x: _BASE[x] for x in _BASE if x.startswith("templates/_")},
    "id": _BASE,
}


def workbook(content: bytes) -> bytes:
    """A row a line, with a date for each ellipsis."""
    book, made = openpyxl.Workbook(), BytesIO()
    sheet = book.create_sheet("Kartu", 0)
    for line in content.decode().splitlines():
        sheet.append([date(2021, 5, 14) if x == "…" else x for x in line.split(";")])
    book.save(made)
    return made.getvalue()


def merged(content: bytes) -> bytes:
    """A row a line, where an ellipsis is merged with the cell above it."""
    book, made = openpyxl.Workbook(), BytesIO()
    sheet = book.worksheets[0]
    for number, line in enumerate(content.decode().splitlines(), 1):
        cells = line.split(";")
        sheet.append([one if one != "…" else "" for one in cells])
        for column, one in enumerate(cells, 1):
            if one == "…":
                sheet.merge_cells(
                    start_row=number - 1, end_row=number, start_column=column, end_column=column
                )
    book.save(made)
    return made.getvalue()


# What no text can hold: bytes that are not UTF-8, workbooks, and sizes.
BYTES: dict[str, Callable[[bytes], bytes]] = {
    "csv-encoding": lambda content: content.decode().encode("cp1252"),
    "file-encoding": lambda content: content.decode().encode("cp1252"),
    "file-too-large": lambda content: content.ljust(64 * 1024 * 1024 + 1),
    "not-text": workbook,
    "outside-cells": merged,
    "sheets-not-installed": workbook,
    "media-too-large": lambda content: content.replace("…".encode(), b"x" * 1024 * 1024),
    "too-long-for-paper": lambda content: content.replace("…".encode(), b"kata " * 4000),
    "value-too-long": lambda content: content.replace("…".encode(), b"x" * 100_000),
}


# `kartu print` tells these.
OF_PAPER = {"too-long-for-paper", "picture-not-printed"}


def test_every_code_is_explained() -> None:
    """Each code of codes.py stands in explanations.yaml, in the same order, and no other."""
    for code in CATALOGUE:
        assert code in EXPLAINED, (
            f"kartu/report/explanations.yaml has no {code}: add `since`, `why`, `wrong` and `right`"
            " there, then `kartu explain --format markdown > docs/diagnostics.md`"
        )
    assert list(EXPLAINED) == CATALOGUE


def test_explanations_are_short() -> None:
    """One to three sentences say why; titles begin small and end without a full stop."""
    for code, one in EXPLAINED.items():
        assert len(one.why) < 300, code
        assert one.why.endswith("."), code
        assert re.fullmatch(r"\d+\.\d+\.\d+", one.since), code
        assert title(code)[-1] not in ".!", code


# Examples of a file that is a deck of its own.
OF_FILES = {"row-gone"}

# What an example cannot be without.
ALONG = {"ledger-not-copied": {"upstream-identity"}}


@pytest.mark.parametrize(("code", "name"), EXAMPLES_IN_LANGUAGES)
def test_the_wrong_example_has_this_fault_alone(
    code: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`check`, or `print`, tells exactly this code of the wrong example, with a place and words."""
    if name == "sheets-not-installed":
        monkeypatch.setitem(sys.modules, "openpyxl", None)
    one = IN_LANGUAGE[code][name]
    said = Example(one, BASES[code], tmp_path).check(one.wrong)
    assert {one.code for one in said} == {name, *ALONG.get(name, ())}, said


@pytest.mark.parametrize(("code", "name"), EXAMPLES_IN_LANGUAGES)
def test_the_right_example_has_no_fault(code: str, name: str, tmp_path: Path) -> None:
    """`check` finds nothing at all in the right example."""
    one = IN_LANGUAGE[code][name]
    assert Example(one, BASES[code], tmp_path).check(one.right, right=True) == []


class Example(NamedTuple):
    one: Explanation
    base: dict[str, str]
    root: Path

    def check(self, files: dict[str, str], *, right: bool = False) -> list[Diagnostic]:
        one, root = self.one, self.root
        if one.code in OF_FILES:
            (deck,) = one.published
            self.write(one.published)
            assert build_file(BuildOptions(root / deck), markdown).packages
            self.write(files)
            return check(Options(root / deck))
        for published in filter(None, (one.earlier, one.published)):
            self.write(published)
            assert release(ReleaseOptions(root, touch_all=True), markdown).packages
        self.write(files, None if right else BYTES.get(one.code))
        if one.code in OF_PAPER and not right:
            require_pango()
            return print_deck(PrintOptions(root, out=root / "kartu.pdf")).diagnostics
        return check(Options(root, strict=one.code == "ids-not-saved"))

    def write(self, files: dict[str, str], change: Callable[[bytes], bytes] | None = None) -> None:
        """The base project with these files in it."""
        base = dict(self.base)
        for deck in self.root.glob("cards/*/deck.yaml"):  # a release may have written its version
            name = deck.relative_to(self.root).as_posix()
            base |= {name: deck.read_text("utf-8")} if name in base else {}
        for name in {**base, **files}:
            content = base.get(name, "")
            if name in files:
                content = put_into(content, files[name]) if name.endswith(".yaml") else files[name]
            path = self.root / name
            path.unlink(missing_ok=True)
            if content:
                data = content.encode()
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(change(data) if change and name in files else data)


def put_into(content: str, snippet: str) -> str:
    """A YAML file with the top-level keys of the snippet in place of its own."""
    keys = set(re.findall(r"^(\w+):", snippet, re.MULTILINE))
    blocks = re.split(r"^(?=\w)", content, flags=re.MULTILINE)
    return snippet and "".join(b for b in blocks if b.partition(":")[0] not in keys) + snippet


def test_explain_tells_all_that_is_known(kartu: Run) -> None:
    """As text and as JSON: severity, meaning, reason, since when, wrong and right."""
    one = EXPLAINED["no-card"]
    text = kartu("explain", "no-card").stdout
    assert text.startswith(f"error[no-card]: {ERRORS['no-card']} (since {one.since})\n")
    assert one.why in text.replace("\n", " ")
    for line in [*one.wrong.values(), *one.right.values()]:
        assert line.splitlines()[0] in text
    (told,) = json.loads(kartu("explain", "no-card", "--format", "json").stdout)
    assert told == {
        "code": "no-card",
        "severity": "error",
        "title": ERRORS["no-card"],
        **one._asdict(),
    }


def test_explain_lists_all_codes(kartu: Run) -> None:
    """Without a CODE: a line each; as JSON everything."""
    lines = kartu("explain").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [f"{severity(c)}[{c}]" for c in CATALOGUE]
    told = json.loads(kartu("explain", "--format", "json").stdout)
    assert [one["code"] for one in told] == CATALOGUE


@pytest.mark.parametrize(
    "written",
    [
        ["no-card", "tag-case"],
        ["no-card,tag-case"],
        ["No-Card", "no-card", " tag-case "],
        ["error[no-card]", "error[tag-case]"],
        ["cards/a.yaml:3:9: error[no-card]: Anki would … error[tag-case]"],
    ],
)
def test_codes_are_understood_as_printed(kartu: Run, written: list[str]) -> None:
    """A code may be copied out of what kartu printed; each is told once."""
    text = kartu("explain", *written).stdout
    assert re.findall(r"^(?:error|warning)\[(.+?)\]", text, re.MULTILINE) == ["no-card", "tag-case"]


def test_an_unknown_code_is_wrong_use(kartu: Run) -> None:
    """It exits with 2 and names the near miss, or how to see all codes."""
    near = kartu("explain", "no-crad")
    assert (near.returncode, near.stdout) == (2, "")
    assert 'there is no code "no-crad"; did you mean "no-card"?' in near.stderr
    assert "kartu explain lists them" in kartu("explain", "zzz").stderr


PAGES = {"en": "diagnostics.md", "id": "arti-pesan.md"}


@pytest.fixture
def english_again() -> Iterator[None]:
    """A command with --lang sets the language of this process."""
    yield
    language.use("en")


@pytest.mark.usefixtures("english_again")
@pytest.mark.parametrize("code", language.LANGUAGES)
def test_the_page_is_what_explain_prints(kartu: Run, root: Path, code: str) -> None:
    """Each is current: `kartu --lang CODE explain --format markdown > docs/PAGE`."""
    page = (root / "docs" / PAGES[code]).read_text("utf-8")
    assert page == kartu("--lang", code, "explain", "--format", "markdown").stdout
    for other in {*PAGES.values()} - {PAGES[code]}:
        assert f"({other})" in page


def test_every_code_is_explained_in_indonesian() -> None:
    """The reason is another text; addresses, commands and code in it are the same."""
    for code, one in EXPLAINED.items():
        english, translation = one.why, IN_LANGUAGE["id"][code].why
        assert translation != english, code
        assert translation.endswith("."), code
        assert len(translation) < 300, code
        assert constants(translation) == constants(english), code


def constants(text: str) -> set[str]:
    """What is typed or opened as it is written, but for a `<place>` in it."""
    return {re.sub("<.*?>", "", one) for one in re.findall(r"`[^`]+`|https://[^\s)]+", text)}


def test_examples_have_no_word_of_the_other_language(root: Path) -> None:
    """Each word of the table is in an example, and in none of the other language."""
    file = "kartu/report/explanations.id.yaml"
    table: dict[str, str] = yaml.safe_load((root / file).read_text("utf-8"))["examples"]
    english, indonesian = (examples_text(IN_LANGUAGE[code]) for code in ("en", "id"))
    keys, values = set(map(str.lower, table)), set(map(str.lower, table.values()))
    assert not {one for one in table if not stands_in(english, one)}
    assert not {
        one for one in table.values() if one.lower() not in keys and stands_in(english, one)
    }
    assert not {one for one in table if one.lower() not in values and stands_in(indonesian, one)}


def stands_in(examples: str, text: str) -> bool:
    """With the capital that a sentence or a name begins with, or without."""
    first, rest = re.escape(text[0]), re.escape(text[1:])
    return re.search(rf"(?<!\w)(?:{first}|{first.upper()}){rest}(?!\w)", examples) is not None


def examples_text(explained: dict[str, Explanation]) -> str:
    return "\n".join(
        f"{path}\n{content}"
        for one in explained.values()
        for files in (one.earlier, one.published, one.wrong, one.right)
        for path, content in files.items()
    )


# Words of English sentences that are none of Indonesian.
ENGLISH_WORDS = re.compile(
    r"(?i)\b(?:the|of|and|are|is|was|were|that|this|which|with|without|from|for|has|have|not|no|it|"
    r"its|by|in|on|to|as|at|or|one|two|more|than|file|there|cannot|does|since|wrong|right)\b"
)


@pytest.mark.usefixtures("english_again")
def test_nothing_is_english_in_indonesian(kartu: Run) -> None:
    """No sentence, heading or comment of an example, but what is typed: keys, code, addresses."""
    page = kartu("--lang", "id", "explain", "--format", "markdown").stdout
    comments = re.findall("# (.*)", "\n".join(re.findall(r"(?s)```.*?```", page)))
    text = re.sub(r"(?s)```.*?```|`[^`]*`|^## .*$|\]\(\S*\)|https?://\S+", " ", page, flags=re.M)
    text = re.sub(r"\band, or, not\b|\btrue atau false\b", " ", text)  # the words of an `include`
    found = [line for line in [*text.splitlines(), *comments] if ENGLISH_WORDS.search(line)]
    assert found == []
