"""Formulas on the page: what Anki sets with MathJax, browsers show as MathML."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.browser import needs_browser
from support.gallery import gallery, looking
from support.projects import write_project

from kartu.compile.render.formulas import safe_formulas
from kartu.show.gallery.maths import has_formula, with_formulas

TEX = st.text(st.sampled_from("\\()[]{}<>&;a1^_ $"), max_size=40)


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        (r"\(\frac{a}{b}\)", "<mfrac>"),
        (r"a \[\sqrt{2}\] b", "<msqrt>"),
        (r"\(a &lt; b\)", "<mo>&lt;</mo>"),
        (r"\[\begin{pmatrix}1&amp;2\end{pmatrix}\]", "<mtable>"),
    ],
)
def test_formulas_are_shown(html: str, shown: str) -> None:
    """Inline and on a line of their own, with the signs that HTML writes otherwise."""
    assert has_formula(html)
    made = with_formulas(html)
    assert shown in made
    assert "\\" not in made


@pytest.mark.parametrize(
    "html",
    [
        r"\(\frac{\)",
        r"\(\ce{H2O}\)",
        r"<code>\(a\)</code>",
        r'<img alt="\(a\)">',
        r"<script>f(/\(a\)/)</script>",
        r"\(a",
        r"\(a<br>\)",
        "\\(" + "{" * 1500 + "\\)",
    ],
)
def test_what_is_no_formula_stays(html: str) -> None:
    """As it is what MathJax leaves alone, and what cannot be read."""
    assert with_formulas(html) == html


@given(TEX)
def test_a_formula_brings_no_markup(tex: str) -> None:
    """Of HTML a formula has only elements of MathML, whatever stands in it."""
    made = with_formulas(rf"\({tex.replace('<', '&lt;')}\)")
    assert "href" not in made
    assert all(f"<{name}" not in made for name in ("script", "img", "a "))


@needs_browser
def test_the_page_shows_them(tmp_path: Path) -> None:
    """On the card, and on the tile a word that Anki's look a little different."""
    cards = "--- cards/contoh/kartu.yaml\nnote_type: dasar\nnotes:\n"
    cards += "  - {id: satu, depan: Satu, belakang: '$\\frac{a}{b}$ dan dua'}\n"
    markdown = "--- templates/_shared/fields/text.html\n[[= value ]]\n"
    project = write_project(tmp_path / "proyek", cards, markdown, MARKDOWN)
    with gallery() as page, looking(project) as address:
        page.open(f"{address}#side=back&view=one")
        page.wait("document.querySelector('.current').dataset.painted === 'back'")
        assert page.in_frames("document.querySelector('mfrac').getBoundingClientRect().height > 9")
        assert page.text(".formulas") == "Formulas look a little different in Anki"
        page.run("window.dispatchEvent(new Event('beforeprint'))")
        assert page.run("document.querySelector('.pair mfrac') !== null")
        assert page.errors() == []


MARKDOWN = """--- templates/dasar/note_type.yaml
id: dasar
name: Dasar
fields:
  - {key: depan, name: Depan, id: 1, required: true}
  - {key: belakang, name: Belakang, id: 2, format: markdown}
cards:
  - {id: 1, name: Maju, front: maju.front.html, back: maju.back.html}
"""


PARTS = ["\\", "\\(", "\\)", "href", "style", "{", "}", "a", " "]


@given(st.lists(st.sampled_from(PARTS), max_size=30).map("".join))
def test_no_formula_has_commands_that_are_html(tex: str) -> None:
    """A formula is without them, and all else stays as it was written."""
    safe, problems = safe_formulas(rf"\({tex}\)")
    inside = re.search(r"\\\((.*?)\\\)", safe)
    assert inside is None or not re.search(r"\\(href|style)(?![a-z])", inside[1])
    assert problems or safe == rf"\({tex}\)"


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        (r"\(\href{javascript:f()}{x}\)", r"\({x}\)"),
        (r"\[\style{a{b}c}{x}\]", r"\[{x}\]"),
        (r"\(\let\a\href \a{b}{c}\)", r"\(\let\a \a{b}{c}\)"),
        (r"\(x\) C:\style{a}", r"\(x\) C:\style{a}"),
        (r"<code>\(\href{a}{b}\)</code>", r"<code>\(\href{a}{b}\)</code>"),
        (r"\(\hrefs{a}\)", r"\(\hrefs{a}\)"),
        (r"\href{a}{x}\)", r"{x}\)"),
        (r"\(\class{a", r"\("),
    ],
)
def test_what_is_left_out(html: str, safe: str) -> None:
    """The command with its argument, in what a card can take for a formula alone."""
    assert safe_formulas(html)[0] == safe
