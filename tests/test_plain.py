"""Card sets read line by line are read as YAML would read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from kartu.load import plain, yaml
from kartu.source import Mapping, Node, Sequence

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
    read = plain.read(content, "a.yaml")
    if read is not None:
        said: list[Any] = []
        assert shown(read) == shown(yaml.parse(content, "a.yaml", said))
        assert not said


def test_card_sets_are_mostly_read_line_by_line() -> None:
    """The short way is taken: by four of five card sets of this project at least."""
    sets = sorted(Path(__file__).parent.parent.glob("cards/*/[0-9]*.yaml"))
    plainly = [path for path in sets if plain.read(path.read_text("utf-8"), path.name)]
    assert len(plainly) >= 0.8 * len(sets) > 0


def shown(node: Node | None) -> Any:
    """A node with every place in it."""
    if isinstance(node, Mapping):
        pairs = [(str(key), node.key_span(key), shown(value)) for key, value in node.items()]
        return "mapping", node.span, pairs
    if isinstance(node, Sequence):
        return "list", node.span, [shown(value) for value in node]
    return node if node is None else ("text", str(node), node.span)
