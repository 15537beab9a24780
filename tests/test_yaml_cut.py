"""What YAML drops or joins of a text is reported at its place; what it reads whole is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from support.program import Run
from support.projects import write_project
from support.sampling import examples

from kartu.core.diagnostics import Diagnostics
from kartu.load.yaml import parse

WORDS = ("Peringkat", "1", "di", "dunia", "Bab-2", "a:b", "C++", "é", "日本", "5%", "F#", "x_y")
MARKS = (
    *("#1", "#", "##", "#a", "&", "&a", "*", "*a*", "**b**", "!", "!a", "|", ">", ">5", "-"),
    *("?", ":", "%", "@", "`", '"', "'", '"a"', "'b'", "~", "null", "<<", "---", "...", "{", "}"),
    *("[", "]", ",", "[a]", "{b: c}", "{{c1::a}}", "=", "\\", "a:", "&a;", "#kata"),
)
TYPED = st.lists(st.sampled_from((*WORDS, *MARKS)), min_size=1, max_size=5).map(" ".join)
SHOWN = re.compile(r"\w")
REAL_COMMENT = re.compile(r"(?:^|\s)#+\s.*")
# Nobody types an anchor before a quote, a bracket, | or > who does not mean one.
ANCHORED = re.compile(r"(?:[&!]\S*\s+)+[|>\"'\[{]")
# After a list or mapping in brackets nothing can be meant as text.
ANY_COMMENT = re.compile(r"(?:^|\s)#.*")


@settings(max_examples=examples(4000, 4))
@given(TYPED, st.sampled_from(("b: c", "  lagi", "")))
@example("Peringkat #1 di dunia", "b: c")
@example("&copy 2024", "b: c")
@example(">5", "b: c")
@example("#1", "b: c")
def test_each_typed_letter_is_read_or_reported(typed: str, after: str) -> None:
    """Every letter and digit of a text is in its value, or a diagnostic is on its lines.

    What follows a # and a space is a comment, and that alone is left out silently.
    """
    assume(not ANCHORED.match(typed))
    diagnostics = Diagnostics()
    node = parse(f"a: {typed}\n{after}\n", "a.yaml", diagnostics)
    if diagnostics:
        assert all(one.span.line <= 3 for one in diagnostics)
        return
    comment = REAL_COMMENT if isinstance(node["a"], str) else ANY_COMMENT  # type: ignore[index,call-overload]
    written = SHOWN.findall(comment.sub("", typed))
    assert SHOWN.findall(str(node))[1 : len(written) + 1] == written


PLAIN = (*(word for word in WORDS if ":" not in word), "/", "(a)")


@given(st.lists(st.sampled_from(PLAIN), min_size=1, max_size=5).map(" ".join))
def test_texts_with_real_comments_are_not_reported(typed: str) -> None:
    """A comment with a space after its #, and lines that are just long, are no fault."""
    diagnostics = Diagnostics()
    content = f"# a\na: {typed} # kata #1\nb: {typed}\n  {typed} ## {typed}\nc: # {typed}\n"
    parse(f"{content}d: [x, y] #z\ne: #todo\n  - x\n", "a.yaml", diagnostics)
    assert not list(diagnostics)


@given(st.lists(st.sampled_from((*WORDS, "#1", "'", '"', "\\", ",")), min_size=2).map(" ".join))
@example("a #1")
def test_the_help_is_what_to_write(typed: str) -> None:
    """The text in quotes that the help shows is read as the text that was typed."""
    diagnostics = Diagnostics()
    parse(f"a: x {typed}", "a.yaml", diagnostics)
    cut = [one for one in diagnostics if one.code == "text-cut"]
    for one in cut if len(typed) < 50 else ():
        shown = one.help.removeprefix("put all of it in quotes: ").rpartition(";")[0]
        assert parse(f"a: {shown}", "a.yaml", Diagnostics()) == {"a": f"x {typed}"}


@pytest.mark.parametrize("command", ["check", "build", "release"])
def test_every_command_reports_a_cut_text(command: str, kartu: Run, tmp_path: Path) -> None:
    """`check`, `build` and `release` name the text of which a part is dropped."""
    root = write_project(
        tmp_path,
        "--- cards/contoh/kartu.yaml\nnote_type: dasar\nnotes:\n"
        "  - {id: satu, depan: Satu}\n  - id: dua\n    depan: Peringkat #1 di dunia\n",
    )
    done = kartu(command, cwd=root)
    assert done.returncode == 0
    assert "kartu.yaml:5:22: warning[text-cut]: the text ends" in done.stdout + done.stderr


def test_blank_cells_are_no_fault(kartu: Run, tmp_path: Path) -> None:
    """In a sheet, a column that few rows fill is as usual: only a key in YAML must not be blank."""
    root = write_project(
        tmp_path,
        "--- cards/contoh/a.csv\nnote_type,id,depan,retired,guid,as_of,subdeck\n"
        "dasar,a,A,,,,\ndasar,b,B,diganti,,,\n",
    )
    assert "no faults" in kartu("check", cwd=root).stdout
