"""Laws of `kartu check --fix`, on card sets of every layout: nothing beside the mends changes."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.projects import TWO_NOTE_TYPES, write_project
from support.sampling import examples

from kartu.core.diagnostics import Diagnostics
from kartu.load.yaml import outline, parse
from kartu.rewrite.fix.meaning import same_meaning
from kartu.rewrite.fix.run import fix

SET = "cards/contoh/kartu.yaml"

# Pieces of a card set as they are and as they must be: what is alike must stay.
Piece = tuple[str, str]


def same(text: str) -> Piece:
    return text, text


def joined(pieces: list[Piece]) -> Piece:
    return "".join(a for a, _ in pieces), "".join(b for _, b in pieces)


SPACES = st.sampled_from(["", "", "", " ", "  ", "\t", " \t "])
COMMENTS = st.sampled_from(["", "", "", " # one", " #two #", '   # it\'s "so"'])
WORDS = st.sampled_from(
    ["kata", "Cafe\u0301", "dua: 'x'", "é ü", "a # b", "- x", "{{c1::x}}", "tags: [a, a]", "日本"]
)


@st.composite
def line_ends(draw: st.DrawFn) -> Piece:
    """A comment or none, then white space that goes."""
    comment, space = draw(COMMENTS), draw(SPACES)
    return comment + space + "\n", comment + "\n"


@st.composite
def values(draw: st.DrawFn, indent: int) -> Piece:
    """A value in any style after `key:`, with the end of its line."""
    words = [draw(WORDS) for _ in range(draw(st.integers(1, 3)))]
    nfc = [unicodedata.normalize("NFC", word) for word in words]
    end = draw(line_ends())
    deeper = " " * (indent + draw(st.integers(1, 3)))
    style = draw(st.sampled_from(["'", '"', "|", ">-", "|2", "plain"]))
    if style == "plain":
        return joined([same(" kata"), draw(line_ends()) if "#" not in end[0] else end])
    if style in ("'", '"'):
        fold = draw(st.sampled_from([" ", "  \n" + deeper]))
        texts = [
            fold.join(each).replace("'", "''" if style == "'" else "’") for each in (words, nfc)
        ]
        if style == '"':
            texts = [each.replace('"', "") for each in texts]
        return joined([(f" {style}{texts[0]}{style}", f" {style}{texts[1]}{style}"), end])
    if style == "|2":
        deeper = " " * (indent + 2)
    kept = draw(st.sampled_from(["", "  ", "\t"]))
    lines = [
        tuple(f"{deeper}{word}{kept}\n" for word in pair) for pair in zip(words, nfc, strict=True)
    ]
    blank = draw(st.sampled_from(["", "\n", "   \n"]))
    body = [same(f" {style}"), end, *((a, b) for a, b in lines), same(blank)]
    return joined(body)


@st.composite
def block_notes(draw: st.DrawFn, dash: str, number: int) -> Piece:
    """A note in block style, perhaps without an id or with a tag twice; its keys are in order."""
    wide = " " * draw(st.integers(1, 3))
    indent = len(dash) + 1 + len(wide)
    pad = " " * indent
    pieces = [same(f"{dash}-{wide}")]
    has_id = draw(st.booleans())
    if has_id:
        pieces += [same(f"id: n{number}"), draw(line_ends()), same(pad)]
    else:
        pieces += [("", f"id: soal-{number}\n{pad}")]
    pieces += [same(f"depan: soal {number}"), draw(line_ends())]
    if draw(st.booleans()):
        comment = draw(st.sampled_from(["", f"{pad}# the answer\n", f"  # {number}\n", "\n"]))
        pieces += [same(f"{comment}{pad}belakang:"), draw(values(indent))]
    if draw(st.booleans()):
        pieces += [same(f"{pad}tags: ["), draw(flow_tags()), same("]"), draw(line_ends())]
    elif draw(st.booleans()):
        pieces += [same(f"{pad}tags:"), draw(line_ends()), draw(block_tags(pad))]
    return joined(pieces)


@st.composite
def flow_tags(draw: st.DrawFn) -> Piece:
    gap = draw(st.sampled_from([", ", ",", " , "]))
    return draw(
        st.sampled_from(
            [same(f"x{gap}y"), (f"x{gap}x", "x"), (f"x{gap}y{gap}bab{gap}x", f"x{gap}y")]
        )
    )


@st.composite
def block_tags(draw: st.DrawFn, pad: str) -> Piece:
    deeper = pad + draw(st.sampled_from(["", "  "]))
    first = joined([same(f"{deeper}- x"), draw(line_ends())])
    twice = draw(st.sampled_from([("", ""), (f"{deeper}- x \n", ""), (f"{deeper}- 'bab'\n", "")]))
    return joined([first, twice, same(draw(st.sampled_from(["", f"{deeper}-  y\n"])))])


@st.composite
def flow_notes(draw: st.DrawFn, dash: str, number: int) -> Piece:
    space = draw(st.sampled_from(["", " "]))
    pieces = [same(f"{dash}- {{{space}")]
    pieces += [same(f"id: n{number}, ") if draw(st.booleans()) else ("", f"id: soal-{number}, ")]
    pieces += [same(f"depan: soal {number}")]
    if draw(st.booleans()):
        pieces += [same(", tags: ["), draw(flow_tags()), same("]")]
    return joined([*pieces, same(space + "}"), draw(line_ends())])


@st.composite
def card_sets(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A whole file before and after."""
    dash = " " * draw(st.sampled_from([0, 2, 4]))
    pieces = [(draw(st.sampled_from(["", "\ufeff"])), "")]
    pieces += [same(draw(st.sampled_from(["", "# who made it\n", "---\n"])))]
    pieces += [same("note_type: dasar"), draw(line_ends())]
    pieces += [same("tags: [bab]"), draw(line_ends()), same("notes:"), draw(line_ends())]
    for number in range(draw(st.integers(1, 4))):
        style = draw(st.sampled_from([block_notes, flow_notes]))
        pieces += [draw(style(dash, number)), same(draw(st.sampled_from(["", "", "\n", "# so\n"])))]
    before, after = joined(pieces)
    if draw(st.booleans()):
        before, after = before.rstrip("\n"), after.rstrip("\n")
    if draw(st.booleans()):
        before, after = before.replace("\n", "\r\n"), after.replace("\n", "\r\n")
    return before.encode(), after.encode()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(tmp_path_factory.mktemp("laws"), TWO_NOTE_TYPES)


def fixed(root: Path, content: bytes) -> bytes:
    (root / SET).write_bytes(content)
    fix(root)
    return (root / SET).read_bytes()


@settings(max_examples=examples(150, 6), suppress_health_check=list(HealthCheck))
@given(card_sets())
def test_what_is_no_mend_stays_byte_for_byte(root: Path, pair: tuple[bytes, bytes]) -> None:
    """All faults that stand there are gone, every other byte is the same; again changes nothing."""
    before, after = pair
    assert fixed(root, before) == after
    assert fixed(root, after) == after


KEYS = ("id", "depan", "belakang", "contoh", "tags", "sources", "as_of", "x-a", "x-b")


@st.composite
def notes_out_of_order(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A note whose keys, each with its comments, stand in any order; and in the right one."""
    blocks = {}
    for key in [*draw(st.lists(st.sampled_from(KEYS[1:]), unique=True)), "id"]:
        comment = draw(st.sampled_from(["", "    # a\n", "    # a\n    #b: |\n"]))
        value = draw(
            st.sampled_from([" x", " 'x'  # c", " |-\n      a\n       b", "\n    - x\n    -  y"])
        )
        blocks[key] = f"{comment}    {key}:{' a' if key == 'id' else value}\n"
    written = draw(st.permutations(list(blocks)))
    own = [key for key in written if key.startswith("x-")]
    in_order = [key for key in KEYS if key in blocks and key not in own] + own
    before, after = ("".join(blocks[key] for key in keys) for keys in (written, in_order))
    if not any(text.startswith("    #") for text in (before, after)):
        dash = "  - "
        before, after = before[4:], after[4:]
    else:
        dash = "  - # one\n"
    # Comments above the first key speak of the note and stay above it.
    if before.startswith("    #") or (dash == "  - " and "" in (before, after)):
        before = after
    head = "note_type: dasar\nnotes:\n" + dash
    end = draw(st.sampled_from(["\n", "\r\n"]))
    cut = 1 if draw(st.booleans()) else 0
    texts = [(head + text)[: len(head + text) - cut].replace("\n", end) for text in (before, after)]
    return texts[0].encode(), texts[1].encode()


@settings(max_examples=examples(150, 6), suppress_health_check=list(HealthCheck))
@given(notes_out_of_order())
def test_keys_move_with_all_that_is_theirs(root: Path, pair: tuple[bytes, bytes]) -> None:
    """In their order stand the same blocks to the byte, comments right above them with them."""
    before, after = pair
    assert fixed(root, before) == after
    assert fixed(root, after) == after


LINES = st.sampled_from(
    [
        *("note_type: dasar", "tags: [a, a]", "tags: &t [a, b]", "tags: *t", "notes:", "notes: ["),
        *("- depan: A", "  - depan: A", "  - {depan: A}", "- {id: a, depan: A}", "- *n", "- &n"),
        *(
            "  depan: B",
            "    depan: B  ",
            "    id: b",
            "  id:",
            "    id: ''",
            "    tags: [a, c, a]",
        ),
        *(
            "    tags:",
            "    - a",
            "      - a",
            "      - 'a' # x",
            "    belakang: |",
            "    belakang: >+",
        ),
        *(
            "      text  ",
            "        deeper \t",
            "  ",
            "",
            "# comment ",
            "    # comment",
            "      # c",
        ),
        *("    belakang: 'a  ", "      b'", "    belakang: e\u0301", "    ? contoh", "    : x"),
        *(
            "    x-a: {a: [b,",
            "      c]}",
            "]",
            "}",
            "---",
            "...",
            "\tx: y",
            "    sources: [a] \t#",
        ),
    ]
)


@settings(max_examples=examples(300, 8), suppress_health_check=list(HealthCheck))
@given(st.lists(LINES, max_size=14), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
@example(["note_type: dasar", "notes:", "- depan: A", "  belakang: e\u0301", "  id:"], "\r", True)
def test_whatever_stands_there_keeps_its_meaning(
    root: Path, lines: list[str], end: str, last: bool
) -> None:
    """What is no YAML stays; all else reads as before but for the mends, and is mended at once."""
    lines = ["note_type: dasar", "notes:", *lines] if lines[:1] != ["notes:"] else lines
    text = end.join(lines) + (end if last else "")
    after = fixed(root, text.encode()).decode()
    node = parse(text, "", Diagnostics())
    if node is None:
        assert after == text
    else:
        assert same_meaning(node, parse(after, "", Diagnostics()))
        assert fixed(root, after.encode()).decode() == after


@settings(max_examples=examples(100, 3))
@given(st.lists(LINES, max_size=14), st.sampled_from(["\n", "\r\n", "\r"]))
def test_an_outline_tells_where_each_text_stands(lines: list[str], end: str) -> None:
    """Begin and end lie in the file, in order; plain texts are what stands between them."""
    text = end.join(lines)
    if parse(text, "", Diagnostics()) is None:
        return
    todo = [node for node in [outline(text)] if node is not None]
    while todo:
        node = todo.pop()
        assert 0 <= node.begin <= node.end <= len(text)
        if node.kind == "text" and not node.style and not node.anchored and end not in node.value:
            assert text[node.begin : node.end].split() == node.value.split()
        for one, other in zip(node.inside, node.inside[1:], strict=False):
            assert one.end <= other.begin
        todo += node.inside
