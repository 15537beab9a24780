"""`kartu explain`: every code has a reason and an example, and every example is true."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
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
EXPLAINED = {one.code: one for one in explanations()}

DECK = "cards/contoh/deck.yaml"


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


@pytest.mark.parametrize("code", EXPLAINED)
def test_explanations_are_short(code: str) -> None:
    """One to three sentences say why; titles begin small and end without a full stop."""
    one = EXPLAINED[code]
    assert len(one.why) < 300
    assert one.why.endswith(".")
    assert re.fullmatch(r"\d+\.\d+\.\d+", one.since)
    assert title(code)[-1] not in ".!"


# The examples of files that are decks of their own.
OF_FILES = {"row-gone": "kata.csv"}

# What an example cannot be without.
ALONG = {"ledger-not-copied": {"upstream-identity"}}


@pytest.mark.parametrize("code", EXPLAINED)
def test_the_wrong_example_has_this_fault_alone(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`check`, or `print`, tells exactly this code of the wrong example, with a place and words."""
    if code == "sheets-not-installed":
        monkeypatch.setitem(sys.modules, "openpyxl", None)
    said = check_example(EXPLAINED[code], EXPLAINED[code].wrong, tmp_path)
    assert {one.code for one in said} == {code, *ALONG.get(code, ())}, said


@pytest.mark.parametrize("code", EXPLAINED)
def test_the_right_example_has_no_fault(code: str, tmp_path: Path) -> None:
    """`check` finds nothing at all in the right example."""
    assert check_example(EXPLAINED[code], EXPLAINED[code].right, tmp_path, right=True) == []


def check_example(
    one: Explanation, files: dict[str, str], root: Path, *, right: bool = False
) -> list[Diagnostic]:
    if one.code in OF_FILES:
        write_example(root, one.published or {})
        assert build_file(BuildOptions(root / OF_FILES[one.code]), markdown).packages
        write_example(root, files)
        return check(Options(root / OF_FILES[one.code]))
    for published in filter(None, (one.earlier, one.published)):
        write_example(root, published)
        assert release(ReleaseOptions(root, touch_all=True), markdown).packages
    write_example(root, files, change=None if right else BYTES.get(one.code))
    if one.code in OF_PAPER and not right:
        require_pango()
        return print_deck(PrintOptions(root, out=root / "kartu.pdf")).diagnostics
    return check(Options(root, strict=one.code == "ids-not-saved"))


def write_example(
    root: Path, files: dict[str, str], change: Callable[[bytes], bytes] | None = None
) -> None:
    """The base project with these files in it."""
    base = sections((EXAMPLES / "base.txt").read_text("utf-8"))
    if (root / DECK).exists():  # a release may have written its version there
        base[DECK] = (root / DECK).read_text("utf-8")
    for name in {**base, **files}:
        content = base.get(name, "")
        if name in files:
            content = put_into(content, files[name]) if name.endswith(".yaml") else files[name]
        path = root / name
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


@pytest.fixture
def indonesian(english_again: None) -> dict[str, Explanation]:
    language.use("id")
    return {one.code: one for one in explanations()}


@pytest.mark.parametrize("code", EXPLAINED)
def test_every_code_is_explained_in_indonesian(
    indonesian: dict[str, Explanation], code: str
) -> None:
    """The reason is another text; addresses, commands and code in it are the same."""
    english, translation = EXPLAINED[code].why, indonesian[code].why
    assert translation != english
    assert translation.endswith(".")
    assert len(translation) < 300
    assert constants(translation) == constants(english)


def constants(text: str) -> set[str]:
    """What is typed or opened as it is written, but for a `<place>` in it."""
    return {re.sub("<.*?>", "", one) for one in re.findall(r"`[^`]+`|https://[^\s)]+", text)}


@pytest.mark.parametrize("code", EXPLAINED)
def test_examples_differ_in_their_comments(indonesian: dict[str, Explanation], code: str) -> None:
    """A translated example is the same project: only what follows a # in it is another text."""
    for part in ("earlier", "published", "wrong", "right"):
        english, translation = getattr(EXPLAINED[code], part), getattr(indonesian[code], part)
        assert list(map(bare, english.values())) == list(map(bare, translation.values()))
        assert list(english) == list(translation)


def bare(content: str) -> str:
    return re.sub("# .*", "#", content)


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
