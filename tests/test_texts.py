"""What is written is what is shown: no word or number of a text is lost without a diagnostic.

KARTU_TEXTS is the number of random texts that are tried, for each format.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.program import ROOT, Run
from support.sampling import examples, sampled
from support.seen import Seen, lost
from support.texts import FORMATS, IN_SHEETS, TEXTS, Project, project

from kartu.compile.render import html as cards_html
from kartu.compile.render import markdown
from kartu.compile.render.literal import as_meant, may_differ
from kartu.core.markdown import parser

_PER_PROJECT = 20
ENDINGS = st.sampled_from((".yaml", ".csv", ".md"))
COUNT = int(os.environ.get("KARTU_TEXTS", "0")) or examples(3_000, 12)


def _violations(texts: Sequence[str], ending: str) -> list[str]:
    formats = FORMATS if ending == ".yaml" else IN_SHEETS
    if ending == ".md":  # there comments are meant to be hidden, and ^id is an id
        texts = [text.replace("<!--", "<!-").replace("^", "") for text in texts]
    cases = [(format, text) for text in texts for format in formats if text.strip()]
    found = []
    with project() as one:
        for format, text, html, reported in one.shown(cases, ending=ending):
            if html is None and not reported:
                found.append(f"{format}: {text!r} has no field, and nothing is reported")
            elif html is not None and not Seen(html).anything:
                found.append(f"{format}: {text!r} shows nothing")
            elif html is not None and not reported and (missing := lost(text, html)):
                found.append(f"{format}: {text!r} loses {missing} in {html!r}")
    return found


@settings(max_examples=max(1, COUNT // _PER_PROJECT))
@given(st.lists(TEXTS, min_size=_PER_PROJECT, max_size=_PER_PROJECT), ENDINGS)
def test_no_word_is_lost_without_a_diagnostic(texts: list[str], ending: str) -> None:
    """Every word and number is seen, or is markup that works, or is reported at its place."""
    assert _violations(texts, ending) == []


@given(TEXTS)
@example("2. dua")
@example("1. 1949. Pengakuan")
@example("1. a\n2. b\n3) c")
@example("a*b*c")
def test_texts_without_a_look_need_none(text: str) -> None:
    """The quick test of a text says no only where a look would find nothing."""
    if not may_differ(text):
        assert as_meant(text, parser()) == (text, [])


# A text in Markdown, and the HTML of what students see.
AS_TYPED = {
    "[Na+]: 145": "[Na+]: 145",
    "Natrium [Na+]\n\n[Na+]: 145\n[K+]: 4": "<p>Natrium [Na+]</p>\n<p>[Na+]: 145<br>\n[K+]: 4</p>",
    "[^1]: catatan": "[^1]: catatan",
    "[a]: https://a.id": "[a]: https://a.id",
    "<!DOCTYPE html>": "&lt;!DOCTYPE html&gt;",
    "With <?php echo 1; ?> in": "With &lt;?php echo 1; ?&gt; in",
    "a <![CDATA[ x ]]> b": "a &lt;![CDATA[ x ]]&gt; b",
    "a <!-- b": "a &lt;!-- b",
    "1945. Proklamasi\n1949. Pengakuan\n1998. Reformasi": (
        "1945. Proklamasi<br>\n1949. Pengakuan<br>\n1998. Reformasi"
    ),
    "1945. Proklamasi": "1945. Proklamasi",
    "007. Bond": "007. Bond",
    "3. c\n2. b\n1. a": "3. c<br>\n2. b<br>\n1. a",
    "5.": "5.",
    "-": "-",
    "- 5 derajat": "- 5 derajat",
    "Suhu:\n- 5 derajat": "Suhu:<br>\n- 5 derajat",
    "- x = 5": "- x = 5",
    "- Rp 5.000": "- Rp 5.000",
    "+ muatan": "+ muatan",
    "* 3 = 6": "* 3 = 6",
    "> 5 tahun": "&gt; 5 tahun",
    ">= 5": "&gt;= 5",
    ">>> print(5)\n5": "&gt;&gt;&gt; print(5)\n5",
    "# 1 di dunia": "# 1 di dunia",
    "#": "#",
    "a\n-": "a<br>\n-",
    "2 + 3\n=\n5": "2 + 3<br>\n=\n5",
    "Tanya\n---\nJawab": "<p>Tanya</p>\n<hr>\n<p>Jawab</p>",
    "__init__ dan obj.__foo__": "__init__ dan obj.__foo__",
    "2*3*4": "2*3*4",
    "x**2 + y**2": "x**2 + y**2",
    "2*x + 3*y": "2*x + 3*y",
    "p*q dan r*s": "p*q dan r*s",
    "L = panjang*lebar*tinggi": "L = panjang*lebar*tinggi",
    "~5 sampai~ 10": "~5 sampai~ 10",
    "5~10 dan 20~30": "5~10 dan 20~30",
    r"C:\_x dan \\server\bagi": r"C:\_x dan \\server\bagi",
    "$5-$10": "$5-$10",
    "US$5 atau US$10": "US$5 atau US$10",
    "$50% \\cdot x$": r"\(50\% \cdot x\)",
    "f[i](x)": "f[i](x)",
    "```x = 5\nfoo\n```": "<pre><code>x = 5\nfoo\n</code></pre>",
    "```Jakarta\n```": "<pre><code>Jakarta\n</code></pre>",
    "Run convert <min> <max>, then": "Run convert &lt;min&gt; &lt;max&gt;, then",
    "A set<int> keeps its keys.": "A set&lt;int&gt; keeps its keys.",
    "if a<b and c>d": "if a&lt;b and c&gt;d",
    "map<std::string, int>, <std::string>": "map&lt;std::string, int&gt;, &lt;std::string&gt;",
    "{{c1::vector<int>}}": "{{c1::vector&lt;int&gt;}}",
    "Elemen <title>, <td>, <img> dan <script>.": (
        "Elemen &lt;title&gt;, &lt;td&gt;, &lt;img&gt; dan &lt;script&gt;."
    ),
    "[[type:Isi]]": "&#91;[type:Isi]]",
}
AS_MARKUP = {
    "1. a\n2. b": "<ol>\n<li>a</li>\n<li>b</li>\n</ol>",
    "1. a\n1. b": "<ol>\n<li>a</li>\n<li>b</li>\n</ol>",
    "3. a\n4. b": '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>',
    "- a": "<ul>\n<li>a</li>\n</ul>",
    "- 2 telur\n- 1 kg gula": "<ul>\n<li>2 telur</li>\n<li>1 kg gula</li>\n</ul>",
    "> 5 tahun\n> lamanya": "<blockquote>\n<p>5 tahun\nlamanya</p>\n</blockquote>",
    "# 1. Judul": "<h1>1. Judul</h1>",
    "Judul\n===": "<h1>Judul</h1>",
    "__penting__": "<strong>penting</strong>",
    "meng*ajar*kan": "meng<em>ajar</em>kan",
    "第**3**章": "第<strong>3</strong>章",
    "~~salah~~": "<del>salah</del>",
    "$x$ dan $y$": r"\(x\) dan \(y\)",
    "[a]\n\n[a]: https://a.id": '<a href="https://a.id" rel="noopener noreferrer">a</a>',
    "```python\nx\n```": '<pre><code class="language-python">x\n</code></pre>',
    "|a|b|\n|:-|-:|\n|1|2|": (
        '<table><thead><tr><th style="text-align: left">a</th>'
        '<th style="text-align: right">b</th></tr></thead><tbody>\n'
        '<tr><td style="text-align: left">1</td>'
        '<td style="text-align: right">2</td></tr>\n</tbody></table>'
    ),
    '<img alt="a > b" src="f.png">': '<img alt="a &gt; b" src="f.png">',
    "R&D &copy; H<sub>2</sub>O": "R&amp;D © H<sub>2</sub>O",
}


@pytest.mark.parametrize(("text", "shown"), (AS_TYPED | AS_MARKUP).items())
def test_signs_are_shown_where_they_are_meant(text: str, shown: str) -> None:
    """What a teacher means as a sign is shown; lists, emphasis and the like still work."""
    assert (cards_html.inert(markdown.render_fully(text).html), markdown.render_fully(text)[1]) == (
        shown,
        [],
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("set<int> & <!DOCTYPE html>", "set&lt;int&gt; &amp; &lt;!DOCTYPE html&gt;"),
        ("?a=1&copy=2", "?a=1&amp;copy=2"),
        ("<foo bar='x'>a</foo>", "&lt;foo bar='x'&gt;a&lt;/foo&gt;"),
        ('<div class="x";>a</div>', '<div class="x">a</div>'),
        ("a <b ;> c", "a &lt;b ;&gt; c"),
        ("<text>a</text> <set> <path d='x'>", None),
    ],
)
def test_what_is_no_element_is_text(text: str, shown: str | None) -> None:
    """In the format html, names that are none of HTML's are shown, whatever SVG calls so."""
    html, problems = cards_html.cleaned(text)
    assert problems == []
    assert shown is None or html == shown
    assert lost(text, html) == []


# A text, and the codes that check, build and release report: warnings, and what stops a build.
WARNED = {
    "a <!-- catatan --> b": ["html-removed"],
    "<script>alert(1)</script> a": ["html-removed"],
    "<font color=red>merah</font>": ["html-removed"],
    "<svg><text>a</text></svg> b": ["html-removed"],
    "<p align=center onclick=x>a</p>": ["html-removed", "html-removed"],
    "<b>a": ["html-unbalanced"],
    "a</b>": ["html-unbalanced"],
    "[a](halaman.html)": ["bad-link"],
}
REFUSED = {
    "<!-- catatan -->": ["html-removed", "invisible-value"],
    "<iframe src='https://a.id'></iframe>": ["html-removed", "invisible-value"],
    "|a|b|\n|-|-|\n|1|2|3|": ["bad-table"],
    "\u3164": ["invisible-value"],
    "<b></b>": ["invisible-value"],
}


@pytest.mark.parametrize("expected", [WARNED, REFUSED], ids=["warnings", "errors"])
def test_check_build_and_release_report_the_same(
    expected: dict[str, list[str]], kartu: Run, tmp_path: Path
) -> None:
    """What is left out is reported at its place by all three; what shows nothing stops them."""
    cases = [("markdown", text) for text in expected]
    Project(tmp_path).write(cases, range(len(cases)), ending=".yaml")
    wanted = sorted(
        (line, code) for line, codes in enumerate(expected.values(), 3) for code in codes
    )
    codes = {code for _, code in wanted}
    for command in ("check", "build", "release --dry-run"):
        done = kartu(*command.split(), cwd=tmp_path)
        found = re.findall(
            r"(?m)^cards/contoh/markdown.yaml:(\d+):.*\[(.*?)\]", done.stdout + done.stderr
        )
        assert sorted((int(line), code) for line, code in found if code in codes) == wanted, command
        assert done.returncode == (1 if expected is REFUSED else 0), command


_OF_PAGES = re.compile(r"!?\[([^\[\]]*)\]\((?!https?://)[^()]*\)|<!--.*?-->", re.DOTALL)
_SENTENCE = re.compile(r"(?<=[.!?:;])\s+(?=[A-Z“\"(`*])")


def _sentences() -> list[str]:
    """The sentences of the guides and cards of this project: ordinary ones, in two languages."""
    found: dict[str, None] = {}
    for page in sorted((ROOT / "docs").glob("*.md")):
        text = re.sub(r"(?ms)^```.*?^```", "", page.read_text("utf-8"))
        for block in re.split(r"\n\s*\n", _OF_PAGES.sub(r"\1", text)):
            block = re.sub(r"(?m)^\s*(?:[-*+]|\d+\.|#+|>)\s+", "", block)
            parts = block.split("|") if "|" in block else _SENTENCE.split(block)
            found |= dict.fromkeys(" ".join(part.split()) for part in parts)
    for cards in sorted((ROOT / "cards").rglob("*.yaml")):
        documents = yaml.safe_load(cards.read_text("utf-8"))
        found |= dict.fromkeys(_texts_of(documents))
    return [one for one in found if " " in one]


def _texts_of(value: object) -> Iterator[str]:
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts_of(one)
    else:
        yield str(value).strip()


def test_ordinary_sentences_are_not_reported() -> None:
    """At most one of two hundred sentences that people wrote before has a diagnostic."""
    sentences = sampled(_sentences()[::3], 5)
    formats = ("text", "markdown", "html", "list")
    cases = [(format, one) for one in sentences for format in formats]
    reported = []
    with project() as one:
        for format, text, _, found in one.shown(cases):
            reported += [(format, text, found)] if found else []
    assert len(sentences) > 300
    assert len(reported) <= len(cases) * 0.005, reported
