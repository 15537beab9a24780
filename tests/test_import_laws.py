"""What holds for every deck: built, brought along and built again, it is the same."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import yaml
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from support.projects import TWO_NOTE_TYPES, write_project
from support.sampling import examples

from kartu.compile.render.html import escape
from kartu.core.diagnostics import Diagnostics
from kartu.importing.run import ImportOptions, import_file
from kartu.importing.texts import as_text, clean_field, source_of, stays_html
from kartu.load.yaml import parse
from kartu.pipeline import BuildOptions, build
from kartu.rewrite.yaml import entry, items, scalar

SIGNS = "ab ñé漢:#-'\"|>&<%@`!?{}[]*_\\\n\t0.,~=$"
texts = st.text(SIGNS, min_size=1, max_size=20).filter(str.strip)
YAML_SIGNS = "-?:,[]{}#&*!|>'\"%@`=~<\\. a0"
words = st.text("abcde", min_size=1, max_size=4)
any_text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)


@given(texts | any_text)
@example("0:?")
def test_yaml_is_read_back_as_it_was(text: str) -> None:
    """Whatever a field, a tag or a name holds, the YAML that is written means just that."""
    kept = clean_field(text)
    tag = "".join(kept.split()) or "t"
    content = (
        f"{entry('a', kept, 0)}{entry('b', tag, 2).lstrip()}c: {items([tag])}\nd: {scalar(tag)}\n"
    )
    read = parse(content, "a.yaml", Diagnostics())
    assert read == {"a": kept, "b": tag, "c": [tag], "d": tag} or not kept


def test_whatever_signs_meet_is_read_back() -> None:
    """Any three of the signs that mean something in YAML, wherever a text can be; what is written
    without quotes is read so by a parser too that is stricter between brackets than kartu's."""
    for text in dict.fromkeys(map("".join, itertools.product(["", *YAML_SIGNS], repeat=3))):
        block, flow = scalar(text), scalar(text, flow=True)
        lines = f"a: {block}", "b:", f"- {block}", f"c: {items([text, 'x', text])}"
        content = "\n".join((*lines, f"d: {{a: {flow}, b: {flow}}}\n"))
        wanted = {"a": text, "b": [text], "c": [text, "x", text], "d": {"a": text, "b": text}}
        assert parse(content, "a.yaml", Diagnostics()) == wanted, content
        if flow == text:
            assert yaml.load(content, yaml.BaseLoader) == wanted, content


@given(texts | any_text)
@example("\U0002f800")  # NFC gives another sign
@example("<\u0338")  # escaped, they are not composed
def test_plain_texts_stay_plain(text: str) -> None:
    """What the format text makes of a text is brought along as that text."""
    html = clean_field(escape(text.strip()).replace("\n", "<br>"))
    plain = as_text(html)
    assume(plain is not None)
    assert plain == clean_field(text.strip())
    assert source_of(html, "text") == plain


@given(st.lists(st.sampled_from(["<b>", "</b>", "<br>", "<i style=x>", "&amp;", "x", " ", "<x"])))
def test_html_is_kept_byte_for_byte_or_taken_as_it_is(parts: list[str]) -> None:
    """No field gets the format html whose HTML that would change."""
    from kartu.compile.render.html import inert, sanitise

    value = clean_field("".join(parts))
    if stays_html(value):
        assert inert(sanitise(value.strip())) == value


@st.composite
def card_sets(draw: st.DrawFn) -> str:
    """Card sets of two note types, with subdecks, tags and retired notes, in any order."""
    files: dict[str, list[str]] = {}  # by subdeck: a package does not tell how those alternate
    count = 0
    for _ in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from(["dasar", "isian"]))
        lines, subdeck = [f"note_type: {name}"], ""
        if draw(st.booleans()):
            subdeck = f"subdeck: {draw(words)}{draw(st.sampled_from(['', '::Satu']))}"
            lines.append(subdeck)
        lines.append("notes:")
        for _ in range(draw(st.integers(1, 4))):
            count += 1
            lines.append(f"  - id: n{count}")
            lines += draw(_basic() if name == "dasar" else _gaps())
            lines += draw(st.just([]) | words.map(lambda word: [f"    tags: [{word}]"]))
            lines += draw(st.just([]) | words.map(lambda word: [f"    retired: {word}"]))
        files.setdefault(subdeck, []).append("\n".join(lines) + "\n")
    contents = itertools.chain.from_iterable(files.values())
    return "".join(f"--- cards/contoh/{n}.yaml\n{one}" for n, one in enumerate(contents))


def _basic() -> st.SearchStrategy[list[str]]:
    def lines(values: tuple[str, str]) -> list[str]:
        return [f"    depan: {_quoted(values[0])}", f"    belakang: {_quoted(values[1])}"]

    return st.tuples(texts, texts).map(lines)


def _gaps() -> st.SearchStrategy[list[str]]:
    return words.map(lambda word: [f"    teks: {_quoted(f'{word} {{{{c2::x::{word}}}}}')}"])


def _quoted(text: str) -> str:
    return scalar(f" {text}")


@settings(max_examples=examples(40, 4), suppress_health_check=list(HealthCheck))
@given(card_sets(), st.sampled_from(["Contoh", "Kelas 8::IPS"]), any_text)
def test_built_brought_along_and_built_again(sets: str, name: str, about: str) -> None:
    """build → import → build gives the same content digest, and no difference is told."""
    with tempfile.TemporaryDirectory() as folder:
        first, second = Path(folder, "first"), Path(folder, "second")
        own = f"--- cards/contoh/deck.yaml\nid: contoh\nuid: a1b2c3d4e5f60718\nname: {name}\n"
        own += f"language: id\nversion: 1.0.0\n{entry('description', clean_field(about), 0)}"
        write_project(first, TWO_NOTE_TYPES, "--- cards/contoh/kartu.yaml\n", own, sets)
        before = build(BuildOptions(first))
        assume(before.packages)
        result = import_file(ImportOptions(before.out / "contoh.apkg", second))
        assert result.differences == []
        assert result.diagnostics == []
        (after,) = build(BuildOptions(second)).packages
        assert after.content_sha256 == before.packages[0].content_sha256
        assert not after.draft
