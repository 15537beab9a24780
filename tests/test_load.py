"""Reading files: encodings, positions, bounds, and that nothing an author types breaks kartu."""

from __future__ import annotations

import os
import re
from contextvars import copy_context
from pathlib import Path
from typing import Any

import pytest
import yaml as pyyaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.projects import EXAMPLES, sections, write_project
from support.sampling import examples

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import LANGUAGES, use
from kartu.core.source import Mapping, Node, Sequence, Span, Text
from kartu.load import load_project
from kartu.load.files import CONTROL, control_in, natural_order
from kartu.load.names import tag_fault
from kartu.load.yaml import parse
from kartu.pipeline import Options, check

BASE = sections((EXAMPLES / "base.txt").read_text("utf-8"))
SET = "cards/contoh/kartu.yaml"


def codes(root: Path) -> list[str]:
    return [one.code for one in check(Options(root))]


# --- files -------------------------------------------------------------------------------------


@given(st.text(), st.characters(), st.text(st.characters(max_codepoint=0x10F), max_size=5))
def test_what_must_not_stand_in_a_source_is_found(before: str, sign: str, after: str) -> None:
    """The quick way to look for control characters finds the first one, as the plain way does."""
    content = before + sign + after
    found, expected = control_in(content), CONTROL.search(content)
    assert (found and found.span()) == (expected and expected.span())


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
    ],
    ids=["utf-8", "bom", "crlf", "cr"],
)
def test_a_file_may_come_from_any_editor(tmp_path: Path, encode: Any) -> None:
    """A byte order mark and other line ends change neither the values nor their places."""
    root = write_project(tmp_path)
    (root / SET).write_bytes(encode(BASE[SET].replace("One", "Épée 🙂 x")))
    project, said = load_project(root)
    assert said == []
    (note,) = project.decks[0].notes
    value = note.values["belakang"]
    assert value == "Épée 🙂 x"
    assert value.span == Span(SET, 5, 15)


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ("note_type: dasar\n".encode("utf-16"), (1, 1)),
        (b"note_type: dasar\n# caf\xe9\n", (2, 6)),
        (b"\xef\xbb\xbfa\r\nb\xff", (2, 2)),
    ],
)
def test_other_encodings_are_named_at_their_place(
    tmp_path: Path, data: bytes, place: tuple[int, int]
) -> None:
    """What is not UTF-8 is told with line and column of the first wrong byte."""
    root = write_project(tmp_path)
    (root / SET).write_bytes(data)
    (fault, *_) = check(Options(root))
    assert (fault.code, fault.span) == ("file-encoding", Span(SET, *place))


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    """Above the limit kartu says so instead of filling the memory."""
    root = write_project(tmp_path)
    with open(root / SET, "r+b") as file:
        file.truncate(65 * 1024 * 1024)  # a sparse file
    assert codes(root) == ["file-too-large"]


@pytest.mark.skipif(os.name != "posix", reason="links need a right on Windows")
def test_a_link_out_of_the_project_is_not_followed(tmp_path: Path) -> None:
    """Neither card sets nor media nor templates lie outside the project."""
    outside = tmp_path / "secret.yaml"
    outside.write_text("note_type: dasar\nnotes: []\n")
    root = write_project(tmp_path / "project")
    (root / "cards/contoh/lain.yaml").symlink_to(outside)
    (root / "templates/dasar/maju.back.html").unlink()
    (root / "templates/dasar/maju.back.html").symlink_to(outside)
    assert set(codes(root)) == {"path-outside-project"}


def test_one_broken_file_hides_no_other(tmp_path: Path) -> None:
    """Faults of all files are told in one run, in the order of the files."""
    root = write_project(
        tmp_path,
        "--- cards/contoh/a.yaml\nnote_type: [\n"
        "--- cards/contoh/b.yaml\nnote_type: dasar\nnotes:\n  - {id: B, depan: x}\n"
        "--- cards/contoh/deck.yaml\nid: contoh\n"
        "--- templates/dasar/maju.back.html\n{{Lain}}\n",
    )
    assert codes(root) == [
        "yaml-syntax",
        "bad-id",
        *["missing-key"] * 4,
        "unknown-field",
    ]


def test_numbers_in_names_count() -> None:
    """2 comes before 10, in every locale; the order is total."""
    names = ["10.yaml", "2.yaml", "a10b", "a2b", "A3", "é", "02.yaml"]
    assert sorted(names, key=natural_order) == [
        *("02.yaml", "2.yaml", "10.yaml", "A3", "a2b", "a10b", "é"),
    ]


# --- YAML --------------------------------------------------------------------------------------


def plain(node: Node | None) -> Any:
    if isinstance(node, Mapping):
        return {str(key): plain(value) for key, value in node.items()}
    if isinstance(node, Sequence):
        return [plain(value) for value in node]
    return None if node is None else str(node)


VALUES = st.recursive(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp", "Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc:- ", min_size=1), inner)
    ),
    max_leaves=12,
)


@given(VALUES, st.booleans())
def test_yaml_is_read_as_pyyaml_reads_it(value: Any, flow: bool) -> None:
    """What PyYAML writes comes back as the same texts, lists and mappings."""
    content = pyyaml.safe_dump(value, allow_unicode=True, default_flow_style=flow)
    said = Diagnostics()
    read = parse(content, "a.yaml", said)
    expected = pyyaml.load(content, pyyaml.BaseLoader)
    assert not said
    assert plain(read) == expected


@given(VALUES)
def test_every_value_knows_its_place(value: Any) -> None:
    """At a plain or quoted value's line and column stands the beginning of it."""
    content = pyyaml.safe_dump(value, allow_unicode=True)
    lines = content.split("\n")

    def look(node: Node) -> None:
        if isinstance(node, Text):
            there = lines[node.span.line - 1][node.span.column - 1 :]
            assert there[:1] in ("'", '"', "|", ">") or there.startswith(node[:1]) or not node
        else:
            for child in node.values() if isinstance(node, Mapping) else node:
                look(child)

    read = parse(content, "a.yaml", Diagnostics())
    if read is not None:
        look(read)


def test_columns_count_characters() -> None:
    """A place after emoji, combining marks and wide signs is what an editor shows."""
    read = parse('{a: "🙂é日", b: c}\n', "a.yaml", Diagnostics())
    assert isinstance(read, Mapping)
    assert read["b"].span == Span("a.yaml", 1, 15)


def test_an_alias_is_the_value_of_its_anchor() -> None:
    """Anchors work within bounds; one that refers to itself is refused."""
    assert plain(parse("a: &x [1, 2]\nb: *x\n", "a.yaml", Diagnostics())) == {
        "a": ["1", "2"],
        "b": ["1", "2"],
    }
    said = Diagnostics()
    parse("a: &x [*x]\n", "a.yaml", said)
    assert [one.code for one in said] == ["yaml-syntax"]


# --- whatever is typed -------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *("note_type: dasar\n", "notes:\n", "  - id: satu\n", "    depan: ", "name: ", "id: "),
        *("fields: ", "cards: ", "uid: ", "include: ", "tag:", "not ", "(", "&a ", "*a", "<<: "),
        *(
            "- ",
            ": ",
            "\t",
            "\r\n",
            "[",
            "]",
            "{",
            "}",
            "'",
            '"',
            "|\n",
            "!!python/object",
            "---\n",
        ),
        *(
            "{{c1::",
            "}}",
            "[[= ",
            "]]",
            "[[% if x %]]",
            "[[% endif %]]",
            "{{#Depan}}",
            "{{/Depan}}",
        ),
        *("{{Depan}}", "<script>", "![x](y.png)", "[sound:a.mp3]", "$x$", "#", "\x00", "\u2028"),
        *("\ufeff", "é", "🙂"),
    ]
)
CONTENT = st.one_of(
    st.binary(max_size=200),
    st.lists(PIECES, max_size=30).map(lambda parts: "".join(parts).encode()),
)


def test_levels_count_through_aliases() -> None:
    """Fifty levels inside each other are too many, however many aliases they are written with."""
    deep = [f"x{n}: &x{n} " + "[" * 40 + (f"*x{n - 1}" if n else "x") + "]" * 40 for n in range(60)]
    said = Diagnostics()
    assert parse("\n".join(deep), "a.yaml", said) is None
    assert [(one.code, one.span.line) for one in said] == [("yaml-too-complex", 2)]


@settings(max_examples=examples(400, 8))
@given(st.sampled_from(sorted(BASE)), CONTENT, st.booleans())
@example("cards/contoh/deck.yaml", b"editions: {a: }", False)
@example("cards/contoh/kartu.yaml", b"[" * 20_000, False)
@example("cards/contoh/kartu.yaml", b"\nx-a: [ # no end", True)
@example(
    "templates/dasar/note_type.yaml", b"anki: {id: 1, name: x, fields: {a: b}, cards: 1}", True
)
def test_any_bytes_in_any_file_give_diagnostics(
    tmp_path: Path, name: str, content: bytes, append: bool
) -> None:
    """Whatever stands in a file, `check` returns; it never raises."""
    root = write_project(tmp_path)
    content = (BASE[name].encode() if append else b"") + content
    (root / name).write_bytes(content)
    lines = len(re.split(rb"\r\n|\r|\n", content))
    for one in check(Options(root)):
        for span in (one.span, *(related.span for related in one.related)):
            assert 1 <= span.line <= lines or span.path != name
        assert one.span.column >= 1
        assert one.message


def test_a_fault_is_in_the_language_of_who_reads_now() -> None:
    """What is cached of a file or a tag is not shown in another reader's language."""
    found: dict[str, tuple[str, str]] = {}
    for language in (*LANGUAGES, *LANGUAGES):
        context = copy_context()
        context.run(use, language)
        diagnostics = Diagnostics()
        context.run(parse, "depan: Satu\ndepan: Dua\n", "a.yaml", diagnostics)
        texts = (next(iter(diagnostics)).message, context.run(tag_fault, "dua kata"))
        assert found.setdefault(language, texts) == texts
    assert len(set(found.values())) == len(LANGUAGES)
