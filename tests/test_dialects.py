"""Markdown as other programs write it: shown as it is meant, or reported with what to write."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kartu.compile.render.markdown import render_fully
from kartu.importing.texts import source_of
from kartu.show.paper.markup import as_html, paper_tree

PICTURES = {
    "![[Pasted image 1.png]]": '<img src="Pasted%20image%201.png" alt="">',
    "![[peta.png|300]]": '<img src="peta.png" width="300">',
    r"![[peta.png\|300]]": '<img src="peta.png" width="300">',
    "![[lampiran/peta Asia.png|Peta|300x200]]": (
        '<img src="lampiran/peta Asia.png" alt="Peta" width="300" height="200">'
    ),
    "![[Peta.PNG|Peta Asia]]": '<img src="Peta.PNG" alt="Peta Asia">',
    "![[suara saya.mp3]]": "[sound:suara saya.mp3]",
    "![Peta](Pasted image 1.png)": '<img src="Pasted%20image%201.png" alt="Peta">',
    "![](foto (1).png)": '<img src="foto%20(1).png" alt="">',
    '![a](b c.png "Judul")': '<img src="b%20c.png" alt="a" title="Judul">',
    "![a|300](b.png)": '<img src="b.png" alt="a" width="300">',
    "![a](b c.png =300x200)": '<img src="b c.png" alt="a" width="300" height="200">',
    "![a](<b c.png>)": '<img src="b%20c.png" alt="a">',
    "![[a & b.png|“k” & l|20]]": '<img src="a &amp; b.png" alt="“k” &amp; l" width="20">',
    "![x](p q.png) dan ![y](r s.jpg)": (
        '<img src="p%20q.png" alt="x"> dan <img src="r%20s.jpg" alt="y">'
    ),
    '![Kata "dekat"|100](a.png)': '<img src="a.png" alt="Kata &quot;dekat&quot;" width="100">',
    "![[a.png|20]]\n**b**": '<img src="a.png" width="20">\n<strong>b</strong>',
    "`![[a.png]]`": "<code>![[a.png]]</code>",
    "    ![[a.png]]".strip() + " `![b](c d.png)`": (
        '<img src="a.png" alt=""> <code>![b](c d.png)</code>'
    ),
    "Lihat ![[Catatan]]": "Lihat ![[Catatan]]",
}

HIGHLIGHTS = {
    "a ==b c== d": "a <mark>b c</mark> d",
    "==b==": "<mark>b</mark>",
    "(==b==).": "(<mark>b</mark>).",
    "これは==重要==です": "これは<mark>重要</mark>です",
    "==**tebal** kata==": "<mark><strong>tebal</strong> kata</mark>",
    "{{c1::==x==::petunjuk}}": "{{c1::<mark>x</mark>::petunjuk}}",
    "if a==b and c==d": "if a==b and c==d",
    "x == 1 atau y == 2": "x == 1 atau y == 2",
    "x ==1 || y ==2": "x ==1 || y ==2",
    'Operator "==" dan "==="': 'Operator "==" dan "==="',
    "(==) dan (==)": "(==) dan (==)",
    "`a ==b== c`": "<code>a ==b== c</code>",
    "$a ==b== c$": r"\(a ==b== c\)",
}

EMPHASIS = {
    "**重要（注意）**です。": "<strong>重要（注意）</strong>です。",
    "これは**（重要）**です": "これは<strong>（重要）</strong>です",
    "*重要（注意）*です": "<em>重要（注意）</em>です",
    "***重要（注意）***です": "<em><strong>重要（注意）</strong></em>です",
    "~~取消（注意）~~です": "<del>取消（注意）</del>です",
    "**重要。**次": "<strong>重要。</strong>次",
    "**A**（**B**）と**C**": "<strong>A</strong>（<strong>B</strong>）と<strong>C</strong>",
    "中文**“强调”**文字": "中文<strong>“强调”</strong>文字",
    "**중요(주의)**입니다": "<strong>중요(주의)</strong>입니다",
    "**สำคัญ (หมายเหตุ)**ที่สุด": "<strong>สำคัญ (หมายเหตุ)</strong>ที่สุด",
    'ที่**"สำคัญ"**มาก': 'ที่<strong>"สำคัญ"</strong>มาก',
    "و**«مهم»** x": "و<strong>«مهم»</strong> x",
    'ב**"הארץ"** x': 'ב<strong>"הארץ"</strong> x',
    "**PBB (Perserikatan Bangsa-Bangsa)**nya": (
        "<strong>PBB (Perserikatan Bangsa-Bangsa)</strong>nya"
    ),
    "(a)**n + (b)**n": "(a)**n + (b)**n",
    "f(x)*g(x)*h": "f(x)*g(x)*h",
    "`**重要（注意）**です`": "<code>**重要（注意）**です</code>",
    r"（\*字*）です": "（*字*）です",
}

# Marks of lists and headings without a text are what was typed.
SIGNS = {"1665.": "1665.", "1665.\n1666.": "1665.\n1666.", "12)": "12)", "-": "-", "#": "#"}

FORMULAS = {
    "$$\na\n\nb\n$$": "\\[\na\nb\n\\]",
    "$$x^2\n \n\n+ 1$$": r"\[x^2 + 1\]",
    "> $$\n> a\n>\n> b\n> $$": "<blockquote>\n<p>\\[\na\nb\n\\]</p>\n</blockquote>",
    "$$\na\n- b\n= c\n$$": "\\[\na - b = c\n\\]",
    "$$\na\n> b\n1. c\n---\n$$": "\\[\na &gt; b 1. c ---\n\\]",
    "```\n$$\na\n\nb\n$$\n```": "<pre><code>$$\na\n\nb\n$$\n</code></pre>",
    "Harga $$ a\n\nb $$ c": "<p>Harga $$ a</p>\n<p>b $$ c</p>",
}


@pytest.mark.parametrize(
    ("source", "shown"),
    [*PICTURES.items(), *HIGHLIGHTS.items(), *EMPHASIS.items(), *FORMULAS.items(), *SIGNS.items()],
)
def test_marks_of_other_programs_are_shown_as_meant(source: str, shown: str) -> None:
    """Pictures, highlights, emphasis and formulas come out as their author saw them elsewhere."""
    assert render_fully(source).html == shown


def test_a_table_is_aligned_as_its_author_wrote() -> None:
    """Columns have the alignment of their head, on cards and paper, and no warning."""
    shown, reported = render_fully("a | b | c\n--|:-:|--:\n1 | 2 | 3")
    assert '<td>1</td><td style="text-align: center">2</td>' in shown
    assert '<th style="text-align: right">c</th>' in shown
    assert reported == []
    assert '<th style="text-align: right">c</th>' in as_html(paper_tree(shown, front=False))


MARKS = st.text(st.sampled_from("ab*~=!$()[]（）「」字。é \n`|<"), max_size=40)


@given(MARKS)
@example("**字（*字）*字")
@example("a\ufdd0**（字）**字")
def test_no_character_is_added_for_the_renderer(source: str) -> None:
    """What helps the renderer to see emphasis is not on the card."""
    shown = render_fully(source.strip()).html
    assert shown.count("\ufdd0") <= source.count("\ufdd0")
    assert "%EF%B7%90" not in shown


@pytest.mark.parametrize("text", ["a ==b== c", "![[a.png]]", "**重要（注意）**です", "~~（a）~~字"])
def test_what_was_no_mark_in_anki_is_none_here(text: str) -> None:
    """An imported text is written so that it shows the characters that Anki showed."""
    assert render_fully(source_of(text, "markdown")).html == text
