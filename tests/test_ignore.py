"""Comments `# kartu: ignore[code]`: what is a comment, and what it speaks of."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.program import Run
from support.projects import sections, write_project
from support.sheets import xlsx

from kartu.checks.ignore import comments_in_yaml, read_ignore
from kartu.core.diagnostics import Diagnostic, Diagnostics
from kartu.core.source import Span
from kartu.load.yaml import parse
from kartu.pipeline import Options, check

HEAD = "--- cards/contoh/kartu.yaml\nnote_type: dasar\nnotes:\n"
REASON = "# kartu: ignore[html-removed] memang begitu"


def told(root: Path, text: str) -> list[tuple[str, int]]:
    """Code and line of all that check tells of a card set."""
    write_project(root, HEAD + text)
    return [(one.code, one.span.line) for one in check(Options(root))]


def blink(id: str) -> str:
    return f"  - id: {id}\n    depan: {id}\n    belakang: <blink>{id}</blink>\n"


# what is a comment

SIGN = " # kartu: ignore[x]"
TEXTS = st.sampled_from(["a", "日👍", "a#b", "a" + SIGN, "x" + SIGN + " y", "a\\"])
COMMENT = st.sampled_from(["", "", " # c", " # 'c\" [ |", "  #" + SIGN, " #日"])


@st.composite
def entries(draw: st.DrawFn) -> tuple[str, list[str], str]:
    """A key of a mapping with its value, the comments in it, and the value's text."""
    text, after, above = draw(TEXTS), draw(COMMENT), draw(COMMENT)
    style = draw(st.sampled_from(["plain", "single", "double", "|", ">-", "list", "last"]))
    content = text
    if style in ("|", ">-"):
        value = f"{style}{after}\n    {text}\n\n    {SIGN[1:]}\n"
        content = f"{text}\n\n{SIGN[1:]}\n" if style == "|" else f"{text}\n{SIGN[1:]}"
    elif style == "plain":
        content = text.partition(" #")[0]
        value = f"{content}{after}\n"
    elif style == "last":
        content, value = "", f"{after}\n"
    else:
        quoted = "'" + text + "'" if style != "double" else '"' + text.replace("\\", "\\\\") + '"'
        value = f"[{quoted},{after}\n   {quoted}]\n" if style == "list" else f"{quoted}{after}\n"
    lines = f"{above.strip()}\n" if above else ""
    comments = [one.strip()[1:] for one in (above, after) if one]
    return f"{lines}k: {value}", comments, content


@given(st.lists(entries(), max_size=6))
def test_comments_are_told_from_texts(made: list[tuple[str, list[str], str]]) -> None:
    """In every style of text a # is part of it, and elsewhere a comment, with its place."""
    content = ""
    for number, (text, _, _) in enumerate(made):
        content += text.replace("k: ", f"k{number}: ")
    found = list(comments_in_yaml("a", content))
    assert [text for _, text in found] == [one for _, comments, _ in made for one in comments]
    lines = content.split("\n")
    for span, text in found:
        assert lines[span.line - 1][span.column - 1 :] == "#" + text


@given(st.text("ab#:|>-'\"[], \n&*{}%!?"))
@example("a: |#x\n  #y\n #z\n")
@example("- 'a'#b\n")
def test_a_comment_means_nothing_to_yaml(content: str) -> None:
    """Another comment in the place of each one changes no value of a readable file."""
    said = Diagnostics()
    before = parse(content, "a", said)
    if said:
        return
    lines = content.split("\n")
    for span, text in comments_in_yaml("a", content):
        assert lines[span.line - 1][span.column - 1 :] == "#" + text
        lines[span.line - 1] = lines[span.line - 1][: span.column - 1] + "#: [ 'x"
    assert parse("\n".join(lines), "a", said) == before
    assert not said


# what it speaks of


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"  {REASON}\n{blink('a')}{blink('b')}", "b"),
        (f"{REASON}\n{blink('a')}{blink('b')}", "b"),
        (f"  - id: a {REASON}\n{blink('a')[10:]}{blink('b')}", "b"),
        (f"  - {REASON}\n{blink('a').replace('- ', '  ')}{blink('b')}", "b"),
        (f"  -\n    {REASON}\n{blink('a').replace('- ', '  ')}{blink('b')}", "b"),
        (f"{blink('a')}    {REASON}\n{blink('b')}", "b"),
        (f"{blink('a')}  {REASON}\n{blink('b')}", "a"),
        (f"{blink('a')}  {REASON}\n  # lagi\n{blink('b')}", "a"),
        (f"{blink('a')}  {REASON}\n\n{blink('b')}", "b"),
        (f"{blink('a')}{blink('b')}{REASON}\n", "a"),
        (f"{blink('a')}{blink('b')}x-lain: 1 {REASON}\n", "ab"),
    ],
)
def test_a_comment_speaks_of_its_note(tmp_path: Path, text: str, left: str) -> None:
    """It covers the note it stands in, or the one that it stands right above."""
    lines = ["", *sections(HEAD + text)["cards/contoh/kartu.yaml"].splitlines()]
    found = [lines[line][-9] for code, line in told(tmp_path, text) if code == "html-removed"]
    assert "".join(found) == left


def test_elsewhere_it_speaks_of_its_line_or_the_next(tmp_path: Path) -> None:
    """In deck.yaml a comment covers its own line, or alone on a line the one below."""
    root = write_project(
        tmp_path,
        "--- cards/contoh/deck.yaml\nid: contoh\nuid: a1b2c3d4e5f60718\nname: Contoh\n"
        "language: id\nversion: 1.0.0\nsources:\n"
        "  a: {title: A} # kartu: ignore[unused-source] nanti\n"
        "  b: {title: B}\n"
        "  # kartu: ignore[unused-source] nanti\n"
        "  # (lagi)\n"
        "  c: {title: C}\n"
        "  d: {title: D}\n",
    )
    said = check(Options(root))
    assert [(one.code, one.span.line) for one in said] == [
        ("unused-source", 8),
        ("unused-source", 12),
    ]


def test_translations_and_facts_have_such_comments_too(tmp_path: Path) -> None:
    """A note of a language variant and a line of the list of facts can accept a warning."""
    root = write_project(
        tmp_path,
        "--- cards/contoh/deck.yaml\nid: contoh\nuid: a1b2c3d4e5f60718\nname: Contoh\n"
        "language: id\nversion: 1.0.0\nfacts: _fakta.yaml\n"
        "--- cards/contoh/_fakta.yaml\n"
        "F1: satu # kartu: ignore[fact-without-note] belum\n"
        "# kartu: ignore[fact-without-note] belum\nF2: dua\n"
        "--- cards/contoh/i18n/en.yaml\nuid: b1b2c3d4e5f60718\nname: Example\nnotes:\n"
        "  satu: # kartu: ignore[html-removed] is meant\n"
        "    {depan: One, belakang: <blink>One</blink>}\n",
    )
    assert check(Options(root)) == []


def test_only_the_codes_it_names_are_ignored(tmp_path: Path) -> None:
    """A comment leaves out no other code, and nothing outside its note."""
    text = f"  {REASON.replace('html-removed', 'unused-source, html-removed')}\n{blink('a')}"
    assert told(tmp_path, text) == [("unused-ignore", 3)]


def test_text_that_looks_like_a_comment_is_none(tmp_path: Path) -> None:
    """In a block text or in quotes `# kartu: ignore[...]` is what the card shows."""
    text = f"  - id: a\n    depan: A\n    belakang: |\n      <blink>x</blink>\n      {REASON}\n"
    assert told(tmp_path, text) == [("html-removed", 5)]
    text = f"  - id: a\n    depan: A\n    belakang: '<blink>x</blink> {REASON}'\n"
    assert told(tmp_path, text) == [("html-removed", 5)]


def test_errors_are_never_ignored(kartu: Run, tmp_path: Path) -> None:
    """An error stays one, whatever a comment says."""
    text = f"{HEAD}  # kartu: ignore[missing-field]\n  - id: a\n    belakang: B\n"
    done = kartu("check", cwd=write_project(tmp_path, text))
    assert done.returncode == 1
    assert "error[missing-field]" in done.stdout
    assert 'warning[bad-ignore]: "missing-field" is an error' in done.stdout


def test_nothing_is_called_unused_beside_an_error(tmp_path: Path) -> None:
    """With an error some checks are not made, so what they would find may still be meant."""
    text = f"  {REASON}\n  - {{id: a, depan: A}}\n  - {{id: b}}\n"
    assert told(tmp_path, text) == [("missing-field", 5)]


def test_build_follows_the_comments(kartu: Run, tmp_path: Path) -> None:
    """What check leaves out build does not tell either, and both end with 0."""
    root = write_project(tmp_path, f"{HEAD}  {REASON}\n{blink('a')}")
    assert kartu("check", "--strict", cwd=root).returncode == 0
    done = kartu("build", cwd=root)
    assert (done.returncode, done.stderr) == (0, "")
    write_project(root, HEAD + blink("a"))
    assert "html-removed" in kartu("build", cwd=root).stderr


@pytest.mark.parametrize(
    ("comment", "codes", "faults"),
    [
        (" kartu: ignore[html-removed] ya", ["html-removed"], []),
        ("kartu:ignore [html-removed,unused-source]", ["html-removed", "unused-source"], []),
        (" lihat dulu # kartu: ignore[html-removed]", ["html-removed"], []),
        (" kartu: ignore[no-card, html-removed, x]", ["html-removed"], [25, 48]),
        (" kartu: ignore", [], [11]),
        (" kartu: ignore[]", [], [11]),
        (" kartu: ignored", [], []),
        (" kartu ini bagus", [], []),
        (" tentang kartu: ignore[no-card]", [], []),
    ],
)
def test_a_cell_can_hold_a_comment(comment: str, codes: list[str], faults: list[int]) -> None:
    """Any text with the place where it begins can be read, such as a cell of a spreadsheet."""
    said = Diagnostics()
    found = read_ignore(comment, Span("k.csv", 7, 10), range(7, 9), said)
    assert [ignore.code for ignore in found] == codes
    assert [(one.code, one.span.column) for one in said] == [("bad-ignore", at) for at in faults]
    for ignore in found:
        inside = Diagnostic(ignore.code, Span("k.csv", 8), "x")
        assert ignore.covers(inside)
        assert not ignore.covers(inside._replace(span=Span("k.csv", 9)))
        assert not ignore.covers(inside._replace(span=Span("l.csv", 8)))
        assert comment[ignore.code.span.column - 10 :].startswith(ignore.code)


ROWS = """id;note_type;depan;belakang;#catatan
satu;dasar;Satu;"<b onclick='x'>Satu</b>
lagi";"kartu: ignore[html-removed] sengaja; contoh"
dua;dasar;Dua;<b onclick='x'>Dua</b>;
tiga;dasar;Tiga;Tiga;kartu: ignore[html-removed]
"""


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_row_of_a_spreadsheet_has_comments_too(ending: str, tmp_path: Path) -> None:
    """In a column whose name begins with #, of its own row; one that accepts nothing is told."""
    root = write_project(tmp_path)
    (root / "cards/contoh/kartu.yaml").unlink()
    rows = list(csv.reader(ROWS.splitlines(keepends=True), delimiter=";"))
    content = ROWS.encode() if ending == ".csv" else xlsx(rows)
    (root / f"cards/contoh/soal{ending}").write_bytes(content)
    said = check(Options(root))
    last = len(ROWS.splitlines()) if ending == ".csv" else len(rows)
    assert [(one.code, one.span.line) for one in said] == [
        ("html-removed", last - 1),
        ("unused-ignore", last),
    ]


@pytest.mark.parametrize("notes", ["[]", "{}", "", "x", "[[]]", "[{}]"])
def test_a_card_set_without_notes_has_comments(notes: str, tmp_path: Path) -> None:
    """A comment in it speaks of its line, and nothing breaks."""
    text = f"--- cards/contoh/kartu.yaml\nnote_type: dasar\nnotes: {notes} {REASON}\n"
    assert check(Options(write_project(tmp_path, text)))
