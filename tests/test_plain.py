"""Card sets read line by line are read as YAML would read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kartu.core.diagnostics import Diagnostics
from kartu.core.model import FieldType, Note, NoteType
from kartu.core.source import Mapping, Node, Sequence, Span, text
from kartu.load import yaml
from kartu.load import yaml_fast as plain
from kartu.load.card_set import common_of, fast_notes, load_card_set, read_note
from kartu.load.files import Files

KEYS = st.sampled_from(("id", "note_type", "tags", "a-b", "_x", "notes", "é", "a b", "yes"))
VALUES = st.one_of(
    st.sampled_from(
        (
            *("a", "a: b", "a:b", "a #b", "a#b", '"q"', '"q" x', "'s'", "'it''s'", '"a\\n"', "[]"),
            *("[a, b]", '["x::y", b]', "[a, ]", "[a,, b]", "[a: b]", "[a #c]", "-5", "- a"),
            *(
                "~",
                "{a: b}",
                "&x a",
                "*x",
                "!t a",
                "|",
                ">",
                "é😀 x",
                "a\u0301",
                "a:",
                "a::b",
                "#c",
            ),
            *(
                "#c",
                "[é, 😀]",
                '["a" , "b"]',
                '["a,b"]',
                "[a -b]",
                "---",
                "...",
                "<<",
                "",
                " ",
                "x  y",
            ),
        )
    ),
    st.text(st.sampled_from("ab :#-,[]{}'\"&*!|>%@?é\u00a0😀"), max_size=8),
)
LINES = st.builds(
    lambda indent, hyphen, key, space, value, end: f"{indent}{hyphen}{key}:{space}{value}{end}",
    st.sampled_from(("", "  ", "    ", "      ", " ")),
    st.sampled_from(("", "", "- ", "-   ")),
    KEYS,
    st.sampled_from((" ", " ", "  ", "")),
    VALUES,
    st.sampled_from(("", "", " ", " # c")),
)
OTHERS = st.sampled_from(("", "  ", "# c", "   # c", "text", "- a", "---", "  - a", "\ta: b"))


@st.composite
def card_sets(draw: st.DrawFn) -> str:
    """Files like those that teachers write, right but for a line here and there."""
    lines = [f"note_type: {draw(VALUES)}", "notes:"]
    indent = draw(st.sampled_from(("", "  ")))
    for _ in range(draw(st.integers(1, 3))):
        keys = draw(st.lists(KEYS, min_size=1, max_size=4))
        first, *rest = [f"{key}: {draw(VALUES)}" for key in keys]
        lines += [f"{indent}- {first}", *(f"{indent}  {line}" for line in rest)]
        lines += draw(st.lists(st.one_of(OTHERS, LINES), max_size=1))
    return "\n".join(lines)


@given(st.one_of(card_sets(), st.lists(st.one_of(LINES, OTHERS), max_size=6).map("\n".join)))
@example("notes:\n- id: a\n  tags: [a, b]\n- id: b\nnote_type: x")
@example("notes:\n  - id: a\n  -   id: b\n      tags: []\n# c\n\n")
@example("a: b\n c: d")
@example("notes:\n- id: a\n- id:\n  - b: c")
def test_what_is_read_line_by_line_is_what_yaml_reads(content: str) -> None:
    """The same keys, values and places as the reader of all YAML gives, and no fault there."""
    assert_as_yaml(content)


@st.composite
def alike(draw: st.DrawFn) -> str:
    """Files whose notes have the same keys, with something else between them now and then."""
    indent, space = draw(st.sampled_from(("", "  "))), draw(st.sampled_from((" ", "   ")))
    keys = draw(st.lists(KEYS, min_size=1, max_size=4, unique=True))
    lines = ["note_type: x", "notes:"]
    for _ in range(draw(st.integers(2, 6))):
        first, *rest = [f"{key}: {draw(VALUES)}" for key in keys]
        lines += [f"{indent}-{space}{first}", *(f"{indent} {space}{line}" for line in rest)]
        lines += draw(st.lists(st.one_of(OTHERS, LINES), max_size=1))
    lines += draw(st.sampled_from(([], ["tags: [a]"], ["subdeck: x", ""], [""])))
    return "\n".join(lines)


@given(alike())
@example("notes:\n- id: a\n- id: b\n- id: c\n  x: y\n- id: d\n    e\n")
@example("notes:\n- id: a\n- id: b \n\n\n- id: 'c'\n\n  \n- id: d\ntags: [a]")
@example("notes:\n- id: a\n- id: b\n# c\n- id: d #e\n- id: f: g")
def test_notes_of_one_shape_are_read_as_one_by_one(content: str) -> None:
    """What a pattern reads at once is, to the last place, what YAML holds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain, "_OFTEN", 1)
        assert_as_yaml(content)


def assert_as_yaml(content: str) -> None:
    read = plain.read(content, "a.yaml")
    if read is not None:
        said = Diagnostics()
        assert shown(read) == shown(yaml.parse(content, "a.yaml", said))
        assert not said


ITEMS = st.sampled_from(("a", "b::c", "a b", '"x"', "leech", "é", "retired", "A", "[x]", "{a: b}"))
LISTS = st.lists(ITEMS, max_size=3).map(lambda items: f"[{', '.join(items)}]")
NOTE = st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from(("a", "b-1", "B", '""', "é", "[a]")),
        "istilah": st.sampled_from(("x", '" "', '""', "[a, b]", "**b**", "'1'")),
        "arti": st.sampled_from(("y", '"  "', "{a: b}", "[]")),
        "meaning": st.sampled_from(("y", '"  "', "{a: b}", "[]")),
        "tags": st.one_of(LISTS, st.sampled_from(("a", "{}", "[]", '""'))),
        "sources": LISTS,
        "facts": LISTS,
        "as_of": st.sampled_from(("2026-11-24", "x", '""')),
        "retired": st.sampled_from(("salah", '" "', '""')),
        "lain": st.just("z"),
    },
)


@given(st.lists(NOTE.map(dict), min_size=1, max_size=3))
def test_the_fast_path_reads_notes_as_the_full_reader_does(notes: list[dict[str, str]]) -> None:
    """A note that is read in one go is what the long way gives, which has nothing to tell."""
    common = common_of("istilah", TERM, text("", Span("a")), ())
    lines = [
        f"{'  ' if place else '- '}{key}: {value}"
        for note in notes
        for place, (key, value) in enumerate(note.items())
    ]
    said = Diagnostics()
    read = yaml.parse("\n".join(lines), "a.yaml", said)
    usual = fast_notes(common)
    for node in read if isinstance(read, Sequence) and not said else ():
        note = usual.read(node)
        if note is not None:
            assert note == read_note(node, common, said)
            assert places(note) == places(read_note(node, common, said))
            assert not said


def places(note: Note | None) -> list[Span]:
    assert note is not None
    texts = [note.id, *note.tags, *note.sources, *note.facts]
    return [one.span for one in [*texts, *note.values.values()]]


def field(id: int, key: str, *, required: bool = False) -> FieldType:
    return FieldType(id, text(key, Span("t")), key, "markdown", required, "", False)


FIELDS = (field(1, "istilah", required=True), field(2, "arti"))
TERM = NoteType(
    "istilah", "Istilah", "standard", FIELDS, (), 2, 1, False, None, "templates/istilah", Span("t")
)


def test_what_all_notes_share_may_stand_below_them(tmp_path: Path) -> None:
    """The subdeck and tags of a card set hold for its notes, wherever in the file they stand."""
    notes = "".join(f"- id: n{number}\n  istilah: x\n" for number in range(100))
    (tmp_path / "set.yaml").write_text(
        f"note_type: istilah\nnotes:\n{notes}subdeck: S\ntags: [t]\n"
    )
    said = Diagnostics()
    read = load_card_set(Files(tmp_path), "set.yaml", {"istilah": TERM}, said)
    assert not said
    assert {(note.subdeck, note.tags) for note in read} == {("S", ("t",))}
    assert len({note.id for note in read}) == 100


def test_card_sets_are_mostly_read_line_by_line() -> None:
    """The short way is taken: by seven of ten card sets of this project at least."""
    sets = sorted(Path(__file__).parent.parent.glob("cards/*/[0-9]*.yaml"))
    plainly = [path for path in sets if plain.read(path.read_text("utf-8"), path.name)]
    assert len(plainly) >= 0.7 * len(sets) > 0


def shown(node: Node | None) -> Any:
    """A node with every place in it."""
    if isinstance(node, Mapping):
        pairs = [(str(key), node.key_span(key), shown(value)) for key, value in node.items()]
        return "mapping", node.span, pairs
    if isinstance(node, Sequence):
        return "list", node.span, [shown(value) for value in node]
    return node if node is None else ("text", str(node), node.span)
