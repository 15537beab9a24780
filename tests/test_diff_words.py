"""The words of a difference: what a student reads, and which words came and went."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kartu.compile.render.visible import visible
from kartu.publish.diff.word_diff import changed_words

WORDS = st.lists(st.sampled_from(["a", "b.", "<b>c</b>", "&lt;", "{{c1::d::e}}", "語", "<br>"]))


@given(WORDS, WORDS)
def test_no_word_is_lost(old: list[str], new: list[str]) -> None:
    """What stayed and went is the old text, what stayed and came the new one."""
    texts = visible(" ".join(old)), visible(" ".join(new))
    parts = changed_words(*texts)
    for kind, text in zip(("old", "new"), texts, strict=True):
        told = "".join(part.text for part in parts if part.kind in ("same", kind))
        assert told.replace(" ", "") == text.replace(" ", "")


def test_the_text_that_a_student_reads() -> None:
    """Markup goes, entities are decoded, clozes, pictures and sounds show what they hold."""
    for html, text in {
        "<ul><li>a</li><li>b</li></ul>": "a b",
        "a<br>b <!-- c --><style>d</style>": "a b",
        "<b>a</b>b &lt;i&gt; 1 < 2": "ab <i> 1 < 2",
        '<img src="peta-0123456789abcdef.png">': "[peta.png]",
        '<img alt="Peta > x" src=p.png>': "[Peta > x]",
        "[sound:salam-0123456789abcdef.mp3]": "[sound:salam.mp3]",
        "{{c1::a {{c2::b::c}}}} {{c3::<i>d</i>}} {{c4::e": "a b (c) d {{c4::e",
        "{{c1::image-occlusion:rect:left=.1:top=.1}}": "",
    }.items():
        assert visible(html) == text
