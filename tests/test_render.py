"""Fields as HTML: Markdown, escaping, sanitising, and templates of strangers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.projects import write_project

from kartu.compile.render import fields, html, markdown
from kartu.core.dates import written
from kartu.core.progress import no_progress
from kartu.core.source import Span
from kartu.pipeline import Options, check, compile_decks

PROSE = st.text(st.sampled_from("ab 1.)-+#>=*_`[]<>&~$\\|{}:!\n\té🙂"), max_size=30)


@given(PROSE)
@example("satu - dua (tiga), {{c1::empat::lima}}: 5 + 5 = 10!")
@example("1.5 juta")
@example("2) dua")
@example("- satu")
@example("+ satu")
@example("> satu")
@example("# satu")
def test_the_short_cut_changes_nothing(source: str) -> None:
    """Text in which Markdown finds nothing to do comes out as the renderer would give it."""
    source = source.strip()
    if markdown.is_plain(source):
        assert markdown.render_fully(source).html == source


@given(PROSE.map(lambda source: f"a{source}b"))
@example("a1. b")
@example("a  b: #c +d = {e} ^f")
def test_what_is_shown_as_it_is_needs_no_rendering(source: str) -> None:
    """The quick look at a value says yes only where rendering it would change nothing."""
    for format, harmless in fields._HARMLESS.items():
        if source.isascii() and not source.encode().translate(None, harmless):
            rendered = html.escape(source)
            if format == "markdown":
                rendered = markdown.render_fully(source).html
            assert rendered == source


INLINE = st.recursive(
    st.sampled_from(("a", " b ", "&", "&lt;", "“c”", "\n", "**d**", "<br>", "<b>", "</i>", "")),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
        st.sampled_from(("b", "i", "em", "strong", "sub", "p", "s", "kbd")),
        st.lists(inner, max_size=3),
    ),
    max_leaves=6,
)


@given(st.one_of(PROSE, st.text(), st.lists(INLINE, max_size=5).map("".join)))
@example("```py\n**a**\n```")
@example("a <b>b</b> **c** <sub>2</sub>")
@example("a <b>b")
@example("1<b>")
@example("a <b>b **c</b> d**")
@example("http://contoh.id")
@example("---\na  \nb")
def test_what_markdown_writes_by_itself_is_safe(source: str) -> None:
    """Text that goes by the sanitiser is what that would have let through."""
    source = source.strip()
    unsafe = markdown.unsafe_html(source)
    if not markdown.needs_sanitiser(source, unsafe):
        assert html.sanitise(unsafe) == unsafe
        assert html.refused(unsafe) == []


@given(st.text())
@example("<script>alert(1)</script>")
@example('<img src=x onerror="alert(1)">')
@example("[a](javascript:alert(1))")
@example("<svg><script>1</script></svg>")
@example("<p style='position:fixed'>x</p>")
@example("<a href='data:text/html,x'>x</a>")
def test_nothing_runs_on_a_card(source: str) -> None:
    """No script, event handler, style or dangerous address survives Markdown or HTML."""
    for result in (
        markdown.render_fully(source.strip()).html,
        html.sanitise(source),
        html.escape(source),
    ):
        tags = re.findall(r"<[^>]*>", result)
        assert not [tag for tag in tags if re.search(r"(?i)<script|<style|<svg|<iframe", tag)]
        assert not [tag for tag in tags if re.search(r"(?i)\son\w+\s*=|style\s*=", tag)]
        assert not [tag for tag in tags if re.search(r"(?i)=\s*[\"']?(javascript|data):", tag)]


@given(st.text(st.characters(exclude_characters="\n")))
def test_escaped_text_shows_what_was_typed(source: str) -> None:
    """Text comes back from its HTML unchanged."""
    import html as standard

    assert standard.unescape(html.escape(source)) == standard.unescape(source.replace("&", "&amp;"))


@pytest.mark.parametrize(
    ("template", "code"),
    [
        ('[[= "".__class__.__mro__ ]]', "template-undefined"),
        ("[[= texts.__init__.__globals__ ]]", "template-undefined"),
        ("[[= cycler.__init__.__globals__.os ]]", "template-undefined"),
        ('[[% include "../../pyproject.toml" %]]', "template-missing"),
        ('[[% include "/etc/passwd" %]]', "template-missing"),
        ("[[% for a in range(999999999) %]]x[[% endfor %]]", "template-failed"),
        ("[[= [1] | random ]]", "template-syntax"),
        ("[[= lipsum() ]]", "template-undefined"),
    ],
)
def test_a_strangers_template_gets_nowhere(tmp_path: Path, template: str, code: str) -> None:
    """No way to Python, to files outside templates/, to chance or to endless loops."""
    root = write_project(
        tmp_path, "--- templates/dasar/maju.front.html\n{{Depan}}" + template + "\n"
    )
    assert [one.code for one in check(Options(root))] == [code]


def test_a_field_template_shapes_its_format(tmp_path: Path) -> None:
    """A teacher can change in templates/_shared/fields how a format looks; faults are located."""
    root = write_project(tmp_path, "--- templates/_shared/fields/text.html\n\n<b>[[= valu ]]</b>\n")
    (fault,) = check(Options(root))
    assert (fault.code, fault.span) == (
        "template-undefined",
        Span("templates/_shared/fields/text.html", 2, 8),
    )
    assert fault.help == 'did you mean "value"?'


def test_a_file_that_two_note_types_share_is_told_once(tmp_path: Path) -> None:
    """Also where it cannot be read, so that neither note type has its cards."""
    sides = "--- templates/dasar/maju.front.html\n{{Depan}}[[% include '_shared/sama.html' %]]\n"
    other = "--- templates/lain/maju.front.html\n{{Isi}}[[% include '_shared/sama.html' %]]\n"
    root = write_project(tmp_path, sides, LAIN, other)
    (root / "templates/_shared/sama.html").write_bytes(b"\xff")
    assert [one.code for one in check(Options(root))] == ["file-encoding"]


LAIN = """--- templates/lain/note_type.yaml
id: lain
name: Lain
fields:
  - {key: isi, name: Isi, id: 1, required: true}
cards:
  - {id: 1, name: Maju, front: maju.front.html, back: maju.back.html}
--- templates/lain/maju.back.html
{{Isi}}
--- cards/contoh/lain.yaml
note_type: lain
notes:
  - {id: lain, isi: Lain}
"""


@pytest.mark.parametrize(
    ("date", "indonesian", "english"),
    [
        ("2026-11-03", "3 November 2026", "3 November 2026"),
        ("2026-05", "Mei 2026", "May 2026"),
        ("2026", "2026", "2026"),
        ("Mei 2026", "Mei 2026", "Mei 2026"),
        ("2026-13-01", "2026-13-01", "2026-13-01"),
        ("", "", ""),
    ],
)
def test_dates_are_as_people_write_them(date: str, indonesian: str, english: str) -> None:
    """In Indonesian and English; in other languages, and what is no date, as it was."""
    assert [written(date, one) for one in ("id", "en-GB", "jv")] == [indonesian, english, date]


SOURCES = """--- cards/contoh/deck.yaml
id: contoh
uid: a1b2c3d4e5f60718
name: Contoh
language: LANGUAGE
version: 1.0.0
sources:
  satu: {title: Satu, publisher: R & D, date: 2021-05-14}
  dua: {title: Dua}
  tiga: {title: Tiga, publisher: R & D, url: "https://example.org/"}
--- cards/contoh/kartu.yaml
note_type: tanya
notes:
  - {id: a, soal: Apa?, jawaban: Ini, sources: [satu, dua, tiga], as_of: 2026-03}
"""


@pytest.mark.parametrize(
    ("language", "date", "as_of"),
    [("id", "14 Mei 2021", "Keadaan per Maret 2026"), ("en", "14 May 2021", "As of March 2026")],
)
def test_sources_name_a_publisher_once(
    tmp_path: Path, language: str, date: str, as_of: str
) -> None:
    """The sources of a publisher stand together after its name, and below the answer, folded."""
    root = write_project(tmp_path, SOURCES.replace("LANGUAGE", language), base=False)
    ((deck, *_), faults) = compile_decks(root, (), None, no_progress)
    assert not faults
    (note,) = deck.built.notes
    assert (
        f'<b>R &amp; D</b>: Satu ({date}); <a href="https://example.org/">Tiga</a>; Dua · {as_of}'
        in note.fields
    )
    back = note.note_type.cards[0].back
    folded = re.search(r"<details class=\"source\">.*?</details>", back, re.DOTALL)
    assert folded is not None
    assert "{{S" in folded[0]
    assert "</details>{{/S" in back[back.index("</div>", back.index('class="answer"')) :]


@pytest.mark.parametrize(
    ("report", "address"),
    [
        ("mailto:guru@a.example", "mailto:guru@a.example?subject=Contoh"),
        ("mailto:guru@a.example?subject=x", "mailto:guru@a.example?subject=x"),
        ("https://a.example/?a=1&b=2", "https://a.example/?a=1&amp;b=2"),
        ('https://a.example/"><b>', "https://a.example/&#34;&gt;&lt;b&gt;"),
        ("https://a.example/?q={{Belakang}}", "https://a.example/?q=%7B%7BBelakang%7D%7D"),
        ("", ""),
    ],
)
def test_where_mistakes_are_reported(tmp_path: Path, report: str, address: str) -> None:
    """Below the sources, in the layout: given later, it touches no note that students have."""
    text = SOURCES.replace("LANGUAGE", f"id\nreport: '{report}'" if report else "id")
    root = write_project(tmp_path, text, base=False)
    ((deck, *_), faults) = compile_decks(root, (), None, no_progress)
    assert not faults
    (note,) = deck.built.notes
    (found,) = [one for one in note.fields if "R &amp; D" in one]
    assert found.endswith("2026")
    link = f' · <a href="{address}">Laporkan kesalahan</a>' if report else ""
    assert f"{{{{Sumber}}}}{link}</details>" in note.note_type.cards[0].back
