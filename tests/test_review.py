"""The second look at built decks: what it promises beside the examples."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from support.projects import MUNDUR, TWO_NOTE_TYPES, write_project
from support.sampling import examples

from kartu.compile.render.html import sanitise
from kartu.compile.render.tags import markup
from kartu.pipeline import Options, check

SET = "--- cards/contoh/kartu.yaml\nnote_type: dasar\nnotes:\n"

# A deck and its English variant, each with a question that breaks a rule of the other's language.
VARIANT = (
    SET
    + """  - {id: satu, depan: Is it true that two is even?, belakang: "Yes"}
  - {id: dua, depan: "Apakah tiga ganjil, ya atau tidak?", belakang: "Ya"}
--- cards/contoh/i18n/en.yaml
uid: b1b2c3d4e5f60718
name: Example
notes:
  satu: {depan: Is two even?}
"""
)

WORDS = ["negara", "kota", "laut", "gunung", "sungai", "raja", "perang", "damai", "dagang"]
WORDS += ["ekspor", "impor", "pulau"]
TEXT = st.lists(st.sampled_from(WORDS), min_size=4, max_size=8, unique=True).map(" ".join)
BITS = ["<b>", "</b>", "<", ">", "&", "<!--", "<![x", "<!", "<?", "$", "\\(", "\\)", "{", "}", "x "]
BITS += [
    "![](",
    "[a](",
    ")",
    "http://",
    "<img",
    "<a href=",
    '"',
    "'",
    "=",
    "`",
    "\\",
    "{{c1::",
    "}}",
]
MARKUP = st.lists(st.sampled_from(BITS), max_size=12).map("".join)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def told(root: Path) -> list[tuple[str, int]]:
    return [(one.code, one.span.line) for one in check(Options(root))]


def test_a_variant_is_read_in_its_own_language(tmp_path: Path) -> None:
    """Texts that a variant translates are judged in its language, the others in the deck's."""
    write_project(tmp_path, VARIANT)
    found = [(one.span.path, one.span.line, one.code) for one in check(Options(tmp_path))]
    assert [one for one in found if one[2] != "missing-translation"] == [
        ("cards/contoh/i18n/en.yaml", 4, "yes-no-question"),
        ("cards/contoh/kartu.yaml", 4, "yes-no-question"),
    ]


def test_retired_notes_are_left_in_peace(tmp_path: Path) -> None:
    """Nobody mends a card that is no longer studied."""
    note = "  - {id: satu, depan: 'Apakah itu benar, ya atau tidak?', belakang: Ya%s}\n"
    assert told(write_project(tmp_path, SET + note % "")) == [("yes-no-question", 3)]
    assert told(write_project(tmp_path, SET + note % ", retired: lama")) == []


def test_a_rule_can_be_set_aside(tmp_path: Path) -> None:
    """A comment with the code accepts what a rule on teaching tells of the note."""
    note = "  # kartu: ignore[yes-no-question] they learn to judge\n"
    note += "  - {id: satu, depan: 'Dua itu genap, benar atau salah?', belakang: Benar}\n"
    assert told(write_project(tmp_path, SET + note)) == []


def test_the_answer_is_what_the_back_adds(tmp_path: Path) -> None:
    """Of a back with more on it only the first field that the front lacks is judged."""
    long = "kata " * 40
    note = f"  - {{id: satu, depan: Satu, belakang: One, contoh: {long}}}\n"
    types = TWO_NOTE_TYPES.replace(MUNDUR, "")
    for name, back, expected in (
        ("a", "{{FrontSide}}{{Belakang}}{{Contoh}}", []),
        ("b", "{{FrontSide}}{{Contoh}}{{Belakang}}", [("answer-too-long", 3)]),
    ):
        layout = f"--- templates/dasar/maju.back.html\n{back}\n"
        assert told(write_project(tmp_path / name, types, layout, SET + note)) == expected


def test_an_unused_file_may_stay_by_its_name(tmp_path: Path) -> None:
    """A media file used by a variant only is used; names beginning with _ may be unused."""
    variant = VARIANT.replace("depan: Is two even?", "belakang: '![Two](dua.svg)'")
    media = "".join(f"--- cards/contoh/media/{name}\nx\n" for name in ("dua.svg", "_lama.svg"))
    root = write_project(tmp_path, variant, media)
    assert "media-unused" not in {code for code, _ in told(root)}


def test_a_build_does_not_look_twice(tmp_path: Path) -> None:
    """`build` neither makes these checks nor loads what they need."""
    root = write_project(tmp_path, VARIANT)
    program = (
        "import sys; from pathlib import Path; from kartu.pipeline import BuildOptions, build;"
        "assert build(BuildOptions(Path(sys.argv[1]))).packages;"
        "assert not {'rapidfuzz', 'html.parser', 'kartu.review'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(root)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@settings(max_examples=30)
@given(st.lists(TEXT, min_size=1, max_size=6, unique_by=lambda text: frozenset(text.split())))
def test_a_copied_note_is_always_found(tmp_path: Path, texts: list[str]) -> None:
    """Whatever the deck holds, a copy of a note under another id is told, and only that."""
    notes = [f"  - {{id: n{n}, depan: {text}, belakang: {n}}}\n" for n, text in enumerate(texts)]
    copy = f"  - {{id: copy, depan: {texts[0]}, belakang: 0}}\n"
    assert told(write_project(tmp_path, SET + "".join(notes))) == []
    expected = [("near-duplicate", len(texts) + 3)]
    assert told(write_project(tmp_path, SET + "".join(notes) + copy)) == expected


@settings(max_examples=examples(60, 2))
@given(MARKUP, st.sampled_from(["markdown", "html", "text"]))
def test_no_text_breaks_the_checks(tmp_path: Path, text: str, form: str) -> None:
    """Any text gives diagnostics and never a traceback."""
    types = TWO_NOTE_TYPES.replace("format: markdown", f"format: {form}")
    note = f"  - id: satu\n    depan: Satu\n    belakang: {quoted(text)}\n"
    for one in check(Options(write_project(tmp_path, types, SET + note))):
        assert one.message


@settings(max_examples=examples(300, 4))
@given(MARKUP)
def test_what_is_sanitised_is_balanced(text: str) -> None:
    """The sanitiser closes everything, so the check never tells of what it made."""
    assert markup(sanitise(text)).unbalanced == ""
