"""Whatever a file holds, kartu reads it in bounded time and memory and says what is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.packages import collection, zipped
from support.readers import READERS, workbook_members
from support.sampling import WHOLE, examples, sampled
from support.seeds import TOKENS, ods, seeds

from kartu.publish.verify.package import UnreadablePackageError, read_package

known_seeds = cache(seeds)


@st.composite
def inputs(draw: st.DrawFn, name: str) -> bytes:
    """Bytes, tokens of all formats, and what the reader expects with either put into it."""
    noise = draw(st.binary(max_size=60) | st.lists(st.sampled_from(TOKENS)).map(_joined))
    if draw(st.booleans()):
        return noise
    seed = draw(st.sampled_from(known_seeds(name)))
    start, end = sorted(draw(st.tuples(*[st.integers(0, len(seed))] * 2)))
    return seed[:start] + noise + seed[end if draw(st.booleans()) else start :]


def _joined(tokens: list[str]) -> bytes:
    return "".join(tokens).encode()


@pytest.mark.hypothesis
@pytest.mark.parametrize("name", READERS)
def test_readers_keep_their_promises_whatever_they_read(name: str) -> None:
    """No reader raises anything but what it documents, and faults stand inside of the file."""

    @settings(max_examples=examples(25, 2), suppress_health_check=list(HealthCheck))
    @given(inputs(name))
    def law(data: bytes) -> None:
        READERS[name](data)

    law()


# In 100,000 characters of these, anything that looks again from each place takes minutes.
PIECES = (
    *(
        "[",
        "{",
        "{{",
        "}}",
        "{{c1::",
        "{{c1::a}}",
        "{{#A}}",
        "*_*_",
        "$",
        "|",
        "`",
        "~~",
        "- ",
        "> ",
    ),
    *(
        "<",
        "<a ",
        "<b>",
        "</b>",
        "<!--",
        "<style>",
        "<script>",
        "<a href='",
        '<a "',
        "&",
        "\\(",
        "\\[",
    ),
    *("[sound:", "[anki:tts]", "[[type:", "a[", "![a](", '"', "'", '"a"b;', "\tx\n", "\n", "#\n"),
    *("# kartu: ignore[html-removed]\n", "a: b\n", "&a ", "*a ", "? ", "(", "not ", "tag:a and "),
    *("[[= ", "[[% if a %]]", "[[#", "table:", ";", ","),
)
HEADS = {
    "card-set": ("note_type: dasar\nnotes:\n  - id: a\n    markdown: |\n      ",),
    "ignore": ("x: |\n  kartu:\n", "kartu: x\n"),
    "show": ("{{furigana:A}}{{text:A}}\0{{text:A}}\0", "{{cloze:A}}\0{{cloze:A}}\0{{c1::a}}"),
    "deck": ('editions: {a: {include: "',),
    "csv": ("id;note_type;text\n",),
}
REPEATED = ("yaml", "card-set", "deck", "selection", "mustache", "cloze", "show", "html", "ignore")


def test_time_grows_with_the_length_only() -> None:
    """Readers come to the end of any piece repeated often, all within the process's limit."""
    code = (
        "from test_robustness import *; [READERS[name]((head + one * (60_000 // len(one)))"
        ".encode()) for name in REPEATED for head in ('', *HEADS.get(name, ()))"
        f" for one in PIECES[::{1 if WHOLE else 5}]]"
    )
    _within(60, code)


def _within(seconds: int, code: str, *arguments: str) -> None:
    """Runs the code in a process that the system ends after `seconds` of CPU time, so that other
    work on the computer does not count."""
    tests = Path(__file__).parent
    environment = {"PYTHONPATH": f"{tests.parent}:{tests}"}
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_CPU, ({seconds}, {seconds}))\n"
    command = [sys.executable, "-c", limit + code, *arguments]
    subprocess.run(command, check=True, env=environment)


def _levels(anchors: int) -> bytes:
    """Aliases in aliases, of which each alone is not too deep."""
    lines = [f"a{n}: &a{n} {'[' * 40}*a{n - 1}{']' * 40}\n" for n in range(1, anchors)]
    return "".join(["a0: &a0 x\n", *lines]).encode()


def _laughs(rows: int) -> bytes:
    lines = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, rows)]
    return "".join(["a0: &a0 ha\n", *lines]).encode()


LONG = "x" * 100_000
BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "levels": ("yaml", lambda: b"[" * 10_000),
    "block-levels": ("yaml", lambda: "".join(" " * n + "a:\n" for n in range(2000)).encode()),
    "levels-of-aliases": ("card-set", lambda: _levels(60)),
    "billion-laughs": ("card-set", lambda: _laughs(20)),
    "one-line": ("yaml", lambda: b"a: " + b"x" * 30_000_000),
    "many-keys": ("deck", lambda: "".join(f"k{n}: a\n" for n in range(20_000)).encode()),
    "comments": ("ignore", lambda: b"x: kartu\n" + b"# kartu: ignore[html-removed]\n" * 10_000),
    "json-levels": ("ledger", lambda: b'{"a":' * 100_000),
    "ods-repeated": (
        "ods-content",
        lambda: ods("id").replace(
            b"<table:table-cell>", b'<table:table-cell table:number-columns-repeated="99999999">'
        ),
    ),
    "xml-laughs": (
        "ods-content",
        lambda: b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>',
    ),
    "xlsx-unfolds": (
        "xlsx",
        lambda: zipped(
            workbook_members() | {"xl/worksheets/sheet1.xml": b" " * 200_000_000},
            zipfile.ZIP_DEFLATED,
        ),
    ),
    "template-doubles": (
        "layout",
        lambda: f'[[% set a = "{LONG}" %]]{"[[% set a = a ~ a %]]" * 20}[[= a ]]'.encode(),
    ),
    "template-adds": (
        "layout",
        lambda: f'[[% set a = "{LONG}" %]]{"[[% set a = a + a %]]" * 20}[[= a ]]'.encode(),
    ),
    "template-loops": (
        "layout",
        lambda: (
            f'[[% set a = "{LONG}" %]][[% for i in range(99999) %]][[= a ]][[% endfor %]]'.encode()
        ),
    ),
    "template-replaces": (
        "layout",
        lambda: f'[[% set a = "{LONG}" %]][[= a.replace("x", a) ]]'.encode(),
    ),
    "template-formats": ("layout", lambda: b'[[= "{:3000000000}".format(1) ]]'),
    "template-lists": (
        "layout",
        lambda: b"[[% set a = [1] %]]" + b"[[% set a = [a,a,a,a,a,a] %]]" * 15 + b"[[= a ]]",
    ),
    "template-calls": (
        "layout",
        lambda: (
            b"[[% macro f(n) %]][[% if n %]][[= f(n-1) ]][[= f(n-1) ]][[% endif %]]"
            b"[[% endmacro %]][[= f(60) ]]"
        ),
    ),
}


def test_small_files_that_unfold_huge_are_bounded() -> None:
    """Each ends within seconds, in a process that may take two GiB."""
    code = "import sys; from test_robustness import *; each_in_bounds(sys.argv[1:])"
    _within(60, code, *sampled(list(BOMBS), 3))


def each_in_bounds(bombs: list[str]) -> None:
    """Reads each in a copy of this process, which has loaded all readers; ends with the names of
    those that went wrong."""
    wrong = [bomb for bomb in bombs if not _in_bounds(bomb)]
    sys.exit(f"unbounded: {wrong}" if wrong else 0)


def _in_bounds(bomb: str) -> bool:
    import resource

    copy = os.fork()
    if copy:
        return os.waitpid(copy, 0)[1] == 0
    try:
        resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
        resource.setrlimit(resource.RLIMIT_CPU, (30, 30))
        reader, make = BOMBS[bomb]
        READERS[reader](make())
        os._exit(0)
    except BaseException:
        traceback.print_exc()
    os._exit(1)


ENDLESS = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n AS id,"
ROW = "'g' AS guid, 1 AS mid, 1 AS mod, '' AS tags, 'a' AS flds"
PACKAGES = {
    "endless rows": ("", f"DROP TABLE notes; CREATE VIEW notes AS {ENDLESS} {ROW} FROM r;"),
    "huge values": (
        "",
        (
            "DROP TABLE notes; CREATE TABLE notes (id, guid, mid, mod, tags,"
            " flds AS (hex(zeroblob(90000000)))); INSERT INTO notes VALUES (1, 'g', 1, 1, '');"
        ),
    ),
    "deep JSON": ("[" * 100_000, ""),
}


@pytest.mark.parametrize("case", PACKAGES)
def test_a_database_makes_up_no_rows(tmp_path: Path, case: str) -> None:
    """A package whose database would reckon for ever, or huge texts, is refused with the reason."""
    models, statements = PACKAGES[case]
    path = tmp_path / "a.apkg"
    stored = collection(models, statements=statements)
    path.write_bytes(zipped({"collection.anki2": stored, "media": b"{}"}))
    with pytest.raises(UnreadablePackageError, match="cannot be read"):
        read_package(str(path))
    READERS["apkg"](path.read_bytes())


@pytest.mark.parametrize("member", ["0", "media", "kartu.json", "collection.anki2"])
def test_a_package_unfolds_within_bounds(tmp_path: Path, member: str) -> None:
    """A member that unfolds to far more than the file holds is not unpacked."""
    path = tmp_path / "a.apkg"
    members = {"collection.anki2": collection(), "media": b'{"0": "a.png"}'}
    bomb = {member: members.get(member, b"") + b" " * 50_000_000}
    path.write_bytes(zipped(members | bomb, zipfile.ZIP_DEFLATED))
    with pytest.raises(UnreadablePackageError, match="expands to more"):
        read_package(str(path))
    READERS["apkg"](path.read_bytes())
